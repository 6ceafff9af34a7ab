"""One question of a file: its texts, numbers and files, and the warnings about what they lose on the way."""

import base64
import binascii
import re
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from lxml import etree

from assessments.formats.markup import pictures, plain
from assessments.items.checking import as_decimal
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

SPACES = re.compile(r"[ \t\r\n\f]+")
PLACE = "@@PLUGINFILE@@/"
MARKDOWN = ("*", "_", "`", "#", "](", "> ")
TEX = ("\\(", "\\[", "$$")
SHOWN = 60  # letters of a text quoted in a message
DIGITS = 40  # of a number that is taken seriously


class Skip(Exception):
    """The question cannot be kept; `reason` says why."""

    def __init__(self, msgid: str, **params: str | int) -> None:
        self.reason = Message(msgid, params)
        super().__init__(str(self.reason))


class Asked:
    """A `<question>` and what has to be told about reading it. Each warning is told once."""

    def __init__(self, element: Any) -> None:
        self.element = element
        self.warnings: list[Message] = []
        self.files: dict[str, bytes] = {}
        self._told: set[str] = set()

    def warn(self, msgid: str, **params: str | int) -> None:
        message = Message(msgid, params)
        if str(message) not in self._told:
            self._told.add(str(message))
            self.warnings.append(message)

    def find(self, path: str) -> Any:
        """The elements of this path, in their order."""
        return self.element.findall(path)

    def word(self, path: str) -> str:
        """The text of a simple element such as `<single>`, small letters; empty when there is none."""
        return (self.element.findtext(path) or "").strip().lower()

    def shown(self, element: Any) -> str:
        """What a reader sees of a text element; pictures, tables and formulas are told as lost."""
        return "" if element is None else self.seen(source_of(element), element.get("format", "html"))

    def seen(self, source: str, style: str = "html") -> str:
        """The same of its source text, in a format as Moodle names it."""
        if style == "plain_text":
            return source.strip()
        if style == "markdown":
            if any(mark in source for mark in MARKDOWN):
                self.warn(_("Markdown stays as it is typed."))
            return plain(source) if "<" in source else source.strip()
        self._tell_lost(source)
        if style != "moodle_auto_format" and "<pre" not in source.lower():
            source = SPACES.sub(" ", source)
        return _plain(source)

    def _tell_lost(self, source: str) -> None:
        for address in _pictures(source):
            name = unquote(address.removeprefix(PLACE).partition("?")[0])
            if address.startswith(PLACE) and name in self.files:
                self.warn(
                    _("The file %(name)s is kept, but not where it stands in the text."), name=shorten(name)
                )
            else:
                self.warn(_("The picture or sound %(name)s is not kept."), name=shorten(name))
        lower = source.lower()
        if "<table" in lower:
            self.warn(_("A table is kept as lines of text only."))
        if "<math" in lower or any(mark in source for mark in TEX):
            self.warn(_("A formula is kept as it is typed only."))

    def read_files(self) -> list[bytes]:
        """The files beside the stem, in their order; those the stem refers to become files of the draft."""
        found = []
        stem = self.element.find("questiontext")
        referred = {
            unquote(each.removeprefix(PLACE).partition("?")[0])
            for each in (_pictures(source_of(stem)) if stem is not None else ())
            if each.startswith(PLACE)
        }
        for each in self.find("questiontext/file"):
            name = each.get("path", "/").strip("/") + "/" + each.get("name", "")
            name = name.removeprefix("/")
            content = _decoded(each)
            found.append(content or b"")
            if content is not None and name in referred:
                self.files[name] = content
            else:
                self.warn(_("The file %(name)s is not kept."), name=shorten(name))
        return found


def source_of(element: Any) -> str:
    """The source of a text: of its `<text>`, else its own, with markup that somebody forgot to escape."""
    inner = element.find("text")
    if inner is None:
        return element.text or ""
    if not len(inner):
        return inner.text or ""
    return (inner.text or "") + "".join(etree.tostring(each, encoding="unicode") for each in inner)


def number_of(text: str | None) -> Decimal | None:
    """The number a file says, a comma for its point allowed; None for anything else and for absurd sizes."""
    written = (text or "").strip()
    if len(written) > DIGITS:
        return None
    if "." not in written and written.count(",") == 1:
        written = written.replace(",", ".")
    number = as_decimal(written)
    if number is None or (number and not -15 <= number.adjusted() <= 15):
        return None
    return number if number else Decimal(0)


def shorten(text: str) -> str:
    """The text as it is quoted in a message."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"


def _pictures(source: str) -> list[str]:
    try:
        return pictures(source)
    except (ValueError, etree.LxmlError):
        return []


def _plain(source: str) -> str:
    try:
        return plain(source)
    except (ValueError, RecursionError, etree.LxmlError):
        raise Skip(_("Its HTML cannot be read.")) from None


def _decoded(file: Any) -> bytes | None:
    if file.get("encoding", "base64") != "base64":
        return None
    try:
        return base64.b64decode(file.text or "")
    except (binascii.Error, ValueError):
        return None
