"""Pictures and sounds between a file and `body.media`: which are taken, what they are called, what is told of the rest.

They stand behind the stem, wherever in it they stood in the file. Elsewhere (options, explanations) only what is said
of a picture is kept. Nothing is decoded here: suffix and size count, the bank looks at the bytes.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from assessments.formats.exchange import Draft
from assessments.formats.usual import PICTURE
from assessments.items.media import LONGEST_ALT, PICTURES, SOUNDS, files_of, suffix_of
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _
from assessments.items.writing import shorten

MOST_PICTURE, MOST_SOUND = 5 * 2**20, 20 * 2**20  # bytes, as in the bank
MOST_FILES, MOST_OF_ALL = 20, 32 * 2**20  # of one question
TAKEN = (*PICTURES, *SOUNDS)
UNFIT = re.compile(r"[/\\\x00-\x1f]+")
UNFIT_IN_ARCHIVES = re.compile('[\x00-\x1f\x7f/\\\\:*?"<>|#%\ud800-\udfff\ufffe\uffff]|^[.]')
LONGEST_NAME = 120
NOT_KEPT = _("Pictures and sounds are not kept: %(names)s.")


class Gathered:
    """The pictures and sounds of one question while it is read; `warn` is told of those that are not kept, or that are
    larger than `most` bytes."""

    def __init__(self, warn: Callable[..., None], most: int = MOST_SOUND) -> None:
        self._most = most
        self.files: dict[str, bytes] = {}
        self.media: list[dict[str, str]] = []
        self._warn = warn
        self._met: dict[str, str] = {}
        self._undescribed = 0

    def take(self, address: str, alt: str, content: Callable[[], bytes | None], name: str = "") -> str:
        """Keep what lies at this address of the file. Returns what stays where it stood: nothing, or the description of
        what is not kept. The same address a second time is the same picture."""
        if address not in self._met:
            self._met[address] = self._taken(name or address.rpartition("/")[2], _tidy(alt), content)
        return self._met[address]

    def image(self, alt: str, content: Callable[[], bytes | None], name: str) -> dict[str, str] | None:
        """A picture that is asked about, as {file, alt}; None when it is not kept."""
        own = self.keep(name, content() if suffix_of(name) in PICTURES else b"")
        return {"file": own, "alt": self._alt(own, _tidy(alt))} if own else None

    def describe(self, alt: str, name: str) -> str:
        """What stands for a picture where none is shown."""
        self._warn(
            _("The picture or sound %(name)s stands where only its description is kept."), name=shorten(name)
        )
        return _tidy(alt) or self._numbered()

    def stem(self, text: str) -> str:
        """The stem; what is said of the first picture where there is nothing but pictures."""
        return text or next((each["alt"] for each in self.media), "")

    def of_body(self) -> dict[str, Any]:
        """What they add to the body."""
        return {"media": self.media} if self.media else {}

    def keep(self, name: str, content: bytes | None) -> str:
        """Keep a file that is named elsewhere than in the media. Returns what it is called; nothing if not kept."""
        problem = self._problem(name, content)
        if problem or content is None:
            if problem:
                self._warn(problem.msgid, **problem.params)
            return ""
        own = _free(UNFIT.sub("_", name), self.files)
        self.files[own] = content
        return own

    def _taken(self, name: str, alt: str, content: Callable[[], bytes | None]) -> str:
        own = self.keep(name, content() if suffix_of(name) in TAKEN else b"")
        if not own:
            return alt
        self.media.append({"file": own, "alt": self._alt(own, alt)})
        return ""

    def _alt(self, own: str, alt: str) -> str:
        if alt or suffix_of(own) not in PICTURES:
            return alt
        self._warn(
            _("The picture %(name)s has no description: say in words what it shows."), name=shorten(own)
        )
        return self._numbered()

    def _problem(self, name: str, content: bytes | None) -> Message | None:
        shown = {"name": shorten(name) or "?"}
        if suffix_of(name) not in TAKEN:
            return Message(
                _("The file %(name)s was left out; only these are taken: %(suffixes)s."),
                {**shown, "suffixes": ", ".join(TAKEN)},
            )
        if not content:
            return Message(_("The picture or sound %(name)s cannot be found in the file."), shown)
        most = min(self._most, MOST_SOUND if suffix_of(name) in SOUNDS else MOST_PICTURE)
        if len(content) > most:
            return Message(
                _("The file %(name)s was left out: it is larger than %(most)s MB."),
                {**shown, "most": most // 2**20},
            )
        if len(self.files) >= MOST_FILES or sum(map(len, self.files.values())) + len(content) > MOST_OF_ALL:
            return Message(
                _("The file %(name)s was left out: a question has %(most)s pictures and sounds at most."),
                {**shown, "most": MOST_FILES},
            )
        return None

    def _numbered(self) -> str:
        self._undescribed += 1
        return f"{PICTURE}{self._undescribed}"


def called(draft: Draft, names: Mapping[str, str]) -> Draft:
    """The draft with some of its files called otherwise: old name → new name."""
    if not names:
        return draft
    body = dict(draft.body)
    if "media" in body:
        body["media"] = [{**each, "file": names.get(each["file"], each["file"])} for each in body["media"]]
    if "image" in body:
        body["image"] = {**body["image"], "file": names.get(body["image"]["file"], body["image"]["file"])}
    return replace(
        draft, body=body, files={names.get(name, name): content for name, content in draft.files.items()}
    )


def carried(draft: Draft, most: int = MOST_SOUND) -> tuple[Draft, dict[str, str], list[Message]]:
    """The draft as a file carries it that takes pictures and sounds of `most` bytes; the names in it → ours where they
    had to change; and what is left behind."""
    told: list[Message] = []
    gathered = Gathered(lambda msgid, **params: told.append(Message(msgid, params)), most)
    fit: dict[str, str] = {}
    for place, file in enumerate(files_of(draft.body), start=1):
        if gathered.keep(file, draft.files.get(file)):
            odd = UNFIT_IN_ARCHIVES.search(file) or len(file) > LONGEST_NAME
            fit[file] = _free(f"file-{place}{suffix_of(file)}", draft.files) if odd else file
    media = [each for each in draft.body.get("media", ()) if each["file"] in fit]
    body = {name: value for name, value in draft.body.items() if name != "media"}
    kept = replace(
        draft,
        body=body | ({"media": media} if media else {}),
        files={file: draft.files[file] for file in fit},
    )
    return called(kept, fit), {new: old for old, new in fit.items() if new != old}, told


def without_media(draft: Draft) -> tuple[Draft, list[Message]]:
    """The draft for a file that holds text only, and what is said of the pictures and sounds left behind."""
    names = files_of(draft.body)
    body = {name: value for name, value in draft.body.items() if name != "media"}
    told = [Message(NOT_KEPT, {"names": ", ".join(names)})] if names else []
    return replace(draft, body=body, files={}), told


def _tidy(alt: str) -> str:
    line = " ".join(alt.split())
    return line if len(line) <= LONGEST_ALT else f"{line[: LONGEST_ALT - 1]}…"


def _free(name: str, taken: Mapping[str, Any]) -> str:
    """The name, short enough, and another than those taken."""
    own = name[-LONGEST_NAME:]
    number = 2
    while own in taken:
        start, dot, suffix = name[-LONGEST_NAME + 8 :].rpartition(".")
        own, number = f"{start}-{number}{dot}{suffix}", number + 1
    return own
