"""Questions out of the bank into a file of another program, with a word about everything that file cannot carry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.bank.media import bytes_of
from assessments.formats import FORMATS, Draft
from assessments.items.media import files_of
from assessments.models import QuestionVersion
from assessments.models.bank import QuestionVersionQuerySet
from assessments.transfer.drafts import draft_of, filed
from assessments.transfer.importing import Line
from assessments.wording import in_words
from core import audit
from core.errors import Refusal
from people.models import Person, Role
from people.roles import check_role

CHUNK = 200  # questions in memory at one time


@dataclass(frozen=True)
class ExportReport:
    """`exported` questions are in the file, wholly or with a warning; `skipped` ones are not."""

    exported: int
    skipped: tuple[Line, ...]
    warnings: tuple[Line, ...]


def module_versions(module: str) -> QuestionVersionQuerySet:
    """The newest version of every question of a module."""
    return QuestionVersion.objects.newest().filter(module=module)


def export_questions(
    *, versions: QuestionVersionQuerySet, format: str, target: BinaryIO, by: Person | None, now: datetime
) -> ExportReport:
    """Write these versions, keys and all, and note in the audit trail that they went out.

    Raises as `write_questions` does, and NotAllowed for somebody who is not an author.
    """
    if by:
        check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    report = write_questions(versions=versions, format=format, target=target)
    with transaction.atomic():
        audit.record(
            action="questions.exported",
            target="assessments.bank",
            by=by,
            now=now,
            questions=report.exported,
            format=format,
        )
    return report


def write_questions(*, versions: QuestionVersionQuerySet, format: str, target: BinaryIO) -> ExportReport:
    """The file and what it does not carry; for a look at the losses the file may be thrown away.

    Raises Refusal for an unknown format and when there are no questions.
    """
    if format not in FORMATS:
        raise Refusal(_("There is no format %(format)s.") % {"format": format}, code="format")
    count = versions.count()
    if not count:
        raise Refusal(_("There are no questions to export."), code="nothing")
    losses = FORMATS[format].write(_drafts(versions), target)
    told = [(Line(in_words(loss.where), in_words(loss.reason)), loss.whole) for loss in losses]
    skipped = tuple(line for line, whole in told if whole)
    warnings = tuple(line for line, whole in told if not whole)
    return ExportReport(count - len({line.where for line in skipped}), skipped, warnings)


def _drafts(versions: QuestionVersionQuerySet) -> Iterator[Draft]:
    wanted = versions.select_related("question").prefetch_related("question__clauses")
    for version in wanted.order_by("question__key").iterator(CHUNK):
        draft = filed(draft_of(version), version.question)
        yield replace(draft, files=_files(draft))


def _files(draft: Draft) -> dict[str, bytes]:
    """The pictures and sounds of a question; one that the storage has lost is missing, and formats tell of it."""
    found = {}
    for file in files_of(draft.body):
        with suppress(FileNotFoundError):
            found[file] = bytes_of(file)
    return found
