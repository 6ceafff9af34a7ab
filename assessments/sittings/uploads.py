"""Files handed in with an answer: stored privately, named by the answer, taken back while the exam is open.

The response names what counts, under the same rules of sequence and deadline as every other answer; a row of
`AnswerFile` says that a file was handed in for this very answer, so that no answer can name somebody else's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.contents import MB, read_handed_in
from assessments.items.media import suffix_of
from assessments.items.types.file_upload import (
    KINDS,
    MOST_FILES,
    MOST_MB,
    TITLES,
    FileUpload,
    most_files,
    most_mb,
    named_files,
)
from assessments.models import Answer, AnswerFile
from assessments.queries import answers_to_mark
from assessments.rechecks.reach import rechecks_handed_to
from assessments.sittings.saving import Held, Place, Saved, own_place, store_response
from core import audit, private_files
from core.errors import Refusal
from core.hashing import sha256_hex
from people.models import Person

FOLDER = "answers"
MOST_REQUEST = (MOST_MB + 2) * MB
MOST_ROWS = 2 * MOST_FILES  # what was un-named by an older window may be named again, but not without end
LONGEST_NAME = 120
STEPS = re.compile(r"[/\\]")
UNFIT = re.compile(r'[<>:"|?*]')
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
SAME = {".jpeg": ".jpg"}


@dataclass(frozen=True)
class HandedInFile:
    """A file of the answer, and the save that named it, in the paper or beside it."""

    file: AnswerFile
    saved: Saved | Held

    @property
    def value(self) -> str:
        """What the response calls it."""
        return f"{self.file.sha256}/{self.file.name}"


def hand_in_file(
    *,
    attempt_id: UUID,
    person: Person,
    slot: int,
    file: File,
    sequence: int,
    now: datetime,
    fence: int | None = None,
) -> HandedInFile:
    """Add a file to an answer of the person's own open attempt; the same bytes are handed in once.

    After the end or from an older window it is kept beside the paper like any answer. Raises NoSuchAnswer,
    AnswerSuperseded and what else a save does, or Refusal for a file that the question does not take.
    """
    place = check_takes_files(attempt_id, person, slot)
    content, suffix = _checked_content(place.body, file)
    name, sha256 = fitting_name(file.name or "", suffix), sha256_hex(content)
    with transaction.atomic():
        answer = Answer.objects.select_for_update().get(pk=place.answer_id)
        row = answer.files.filter(sha256=sha256).first() or _new_row(
            answer, sha256, name, suffix, content, now
        )
        response = [*_named(answer), f"{row.sha256}/{row.name}"]
        saved = _save(place, answer, list(dict.fromkeys(response)), sequence, now, fence)
        private_files.store(content, folder=_folder(answer), suffix=suffix)
        _record("answer.file_handed_in", place, slot, sha256, person, now)
    return HandedInFile(row, saved)


def take_back_file(
    *,
    attempt_id: UUID,
    person: Person,
    slot: int,
    sha256: str,
    sequence: int,
    now: datetime,
    fence: int | None = None,
) -> Held | None:
    """Remove a file from an answer of the person's own open attempt, and erase it; one that is gone stays gone.

    Held: it was asked for after the end or in an older window, and the file stays. Raises NoSuchAnswer,
    AnswerSuperseded and what else a save does.
    """
    place = check_takes_files(attempt_id, person, slot)
    with transaction.atomic():
        answer = Answer.objects.select_for_update().get(pk=place.answer_id)
        row = answer.files.filter(sha256=sha256).first()
        if row is None:
            return None
        left = [each for each in _named(answer) if not each.startswith(f"{sha256}/")]
        saved = _save(place, answer, left, sequence, now, fence)
        if isinstance(saved, Held):
            return saved
        _erase(row)
        _record("answer.file_taken_back", place, slot, sha256, person, now)
    return None


def is_too_long(request: HttpRequest) -> bool:
    """Whether a request announces more than one file of the largest size: told before any of it is read."""
    return int(request.META.get("CONTENT_LENGTH") or 0) > MOST_REQUEST


def too_long() -> str:
    """What to do then."""
    return _("This is more than %(most)s MB at once. Hand in smaller files, one after the other.") % {
        "most": MOST_MB
    }


def visible_file(
    *, attempt_id: UUID, slot: int, sha256: str, viewer: Person, at: datetime
) -> AnswerFile | None:
    """The file, for the candidate it is of, and for whoever may mark or recheck the answer that names it; else None."""
    files = AnswerFile.objects.filter(answer__attempt=attempt_id, answer__slot=slot, sha256=sha256)
    file = files.select_related("answer__attempt").first()
    if file is None or file.answer.attempt.person_id == viewer.pk:
        return file
    is_named = f"{file.sha256}/{file.name}" in _named(file.answer)
    marks = answers_to_mark(viewer, at=at).filter(pk=file.answer_id)
    rechecks = rechecks_handed_to(viewer, at=at).filter(attempt=attempt_id)
    return file if is_named and (marks.exists() or rechecks.exists()) else None


def check_takes_files(attempt_id: UUID, person: Person, slot: int) -> Place:
    """The slot of the person's own paper. Raises NoSuchAnswer, or Refusal where the question takes no files."""
    place = own_place(attempt_id, person, slot)
    if place.type != FileUpload.code:
        raise Refusal(_("This question takes no files."), code="no_files")
    return place


def _checked_content(body: Mapping[str, Any], file: File) -> tuple[bytes, str]:
    """The bytes, and the suffix that says what they are. Raises Refusal."""
    content, suffix = read_handed_in(file, most_mb=most_mb(body))
    if not any(suffix in KINDS[kind] for kind in body["kinds"]):
        taken = pgettext("list", ", ").join(_(TITLES[kind]) for kind in KINDS if kind in body["kinds"])
        raise Refusal(
            _("This file cannot be handed in here. What is taken: %(kinds)s.") % {"kinds": taken}, code="kind"
        )
    return content, suffix


def fitting_name(name: str, suffix: str) -> str:
    """The last part of the name as it may be stored and downloaded, with a suffix that fits the bytes.

    Raises Refusal when signs of writing direction would show another name than there is.
    """
    if BIDI.search(name):
        raise Refusal(
            _("The name of this file contains signs that turn it around. Rename it and try again."),
            code="name",
        )
    last = STEPS.split(name)[-1]
    printable = "".join(each for each in last if unicodedata.category(each)[0] != "C")
    plain = " ".join(UNFIT.sub("_", printable).split()).strip(" .") or "file"
    own = suffix_of(plain)
    stem, tail = (plain[: -len(own)], plain[-len(own) :]) if SAME.get(own, own) == suffix else (plain, suffix)
    return f"{stem[: LONGEST_NAME - len(tail)].rstrip(' .') or 'file'}{tail}"


def _new_row(
    answer: Answer, sha256: str, name: str, suffix: str, content: bytes, now: datetime
) -> AnswerFile:
    if answer.files.count() >= MOST_ROWS:
        named = dict(named_files(answer.response))
        for row in answer.files.exclude(sha256__in=named):
            _erase(row)
    return AnswerFile.objects.create(
        answer=answer,
        sha256=sha256,
        name=name,
        size=len(content),
        path=private_files.path_of(f"{sha256}{suffix}", folder=_folder(answer)),
        uploaded_at=now,
    )


def _save(
    place: Place, answer: Answer, files: list[str], sequence: int, now: datetime, fence: int | None
) -> Saved | Held:
    most = most_files(place.body)
    if len(files) > most:
        raise Refusal(
            _("At most %(most)s files belong here. Take one back before you add another.") % {"most": most},
            code="full",
        )
    return store_response(place, files or None, flagged=None, sequence=sequence, now=now, fence=fence)


def _named(answer: Answer) -> list[str]:
    return [f"{sha256}/{name}" for sha256, name in named_files(answer.response)]


def _folder(answer: Answer) -> str:
    """Each answer has its own, so that erasing one person's file never touches another's."""
    return f"{FOLDER}/{answer.pk}"


def _erase(row: AnswerFile) -> None:
    path = row.path
    row.delete()
    transaction.on_commit(lambda: private_files.storage().delete(path))


def _record(action: str, place: Place, slot: int, sha256: str, by: Person, now: datetime) -> None:
    target = f"assessments.attempt:{place.attempt_id}"
    audit.record(action=action, target=target, by=by, now=now, slot=slot, sha256=sha256)
