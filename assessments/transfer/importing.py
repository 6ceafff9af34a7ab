"""Questions out of files into the bank: read one by one, stored in portions, each told about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.bank import media
from assessments.formats import FORMATS, FileRefused, Found
from assessments.models import LineFate
from assessments.transfer.drafts import Bank
from assessments.transfer.entries import Entry, Keep, entries_of, fates_of, store_entries
from assessments.wording import in_words
from competencies.framework import leaf_titles
from core.errors import Refusal
from people.models import Person, Role
from people.roles import check_role

PORTION = 500


@dataclass(frozen=True)
class Line:
    """Something to be told about one place of the file."""

    where: str
    reason: str


@dataclass
class ImportReport:
    """What came of a file. `imported` are new or changed questions, `unchanged` were in the bank already."""

    imported: int = 0
    unchanged: int = 0
    skipped: list[Line] = field(default_factory=list)
    warnings: list[Line] = field(default_factory=list)
    types: Counter[str] = field(default_factory=Counter)

    @property
    def read(self) -> int:
        """How many entries of the file were looked at."""
        return self.imported + self.unchanged + len(self.skipped)


def import_questions(
    *,
    source: BinaryIO,
    format: str,
    bank: Bank,
    by: Person | None,
    now: datetime,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Read a file and store every question that can be used; the same file a second time changes nothing.

    `format` is one of `formats.FORMATS`. Questions are stored in portions, each in one transaction with one audit
    entry; `progress` is told after each how many entries were read. With `dry_run` nothing is stored and the report is
    the same. Raises Refusal for an unknown format or leaf and for a file that cannot be read at all, NotAllowed for
    somebody who is not an author.
    """
    if by:
        check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    check_target(format, bank)
    report, said = ImportReport(), dict[str, str]()
    keep = keeper(by=by, now=now, dry_run=dry_run)
    for portion in portions_of(source, format, PORTION):
        entries = entries_of(portion, bank, keep, carries_media=FORMATS[format].carries_media)
        usable = [entry for entry in entries if entry.content is not None]
        fates = fates_of(usable, said) if dry_run else store_entries(entries=usable, by=by, now=now)
        _tell(report, entries, fates)
        if progress:
            progress(report.read)
    return report


def check_target(format: str, bank: Bank) -> None:
    """Raises Refusal unless there is such a format and such a leaf."""
    if format not in FORMATS:
        raise Refusal(_("There is no format %(format)s.") % {"format": format}, code="format")
    if bank.leaf not in leaf_titles():
        raise Refusal(_("There is no leaf competency %(leaf)s.") % {"leaf": bank.leaf}, code="leaf")


def portions_of(source: BinaryIO, format: str, size: int, *, skip: int = 0) -> Iterator[list[Found]]:
    """What a file holds, that many entries at a time, without the first `skip`.

    Raises Refusal when the file cannot be read at all.
    """
    try:
        each = islice(FORMATS[format].read(source), skip, None)
        while portion := list(islice(each, size)):
            yield portion
    except FileRefused as refused:
        raise Refusal(in_words(refused.reason), code="file") from refused


def keeper(*, by: Person | None, now: datetime, dry_run: bool = False) -> Keep:
    """Keeps a picture or sound in the bank and gives its name there; raises Refusal for what is not taken.

    With `dry_run` nothing is kept, and the names and refusals are the same.
    """
    if dry_run:
        return lambda content, name: media.file_of(content)
    return lambda content, name: media.keep_medium(content=content, name=name, by=by, now=now).file


def _tell(report: ImportReport, entries: Iterable[Entry], fates: Sequence[LineFate]) -> None:
    for entry in entries:
        report.warnings += [Line(entry.where, warning) for warning in entry.warnings]
        if entry.content is None:
            report.skipped.append(Line(entry.where, entry.reason))
        else:
            report.types[entry.content["type"]] += 1
    report.unchanged += fates.count(LineFate.SAME)
    report.imported += len(fates) - fates.count(LineFate.SAME)
