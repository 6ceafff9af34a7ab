"""What a worker does for an uploaded file: reads it into lines, and takes the chosen lines into the bank.

Every portion stands alone in one transaction and says how far the file is, so that a worker that was killed, a message
that was lost and one that came twice do no harm. `due_imports` finds what stands still.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.bank.cataloguing import Filing
from assessments.bank.neighbours import NeighbourIndex
from assessments.formats import FORMATS, Found
from assessments.models import BankImport, ImportLine, ImportStatus, LineFate
from assessments.transfer.drafts import Bank
from assessments.transfer.entries import Entry, entries_of, fates_of, store_entries
from assessments.transfer.importing import keeper, portions_of
from assessments.transfer.quizzes import import_quizzes
from core import private_files
from core.errors import Refusal
from core.hashing import content_hash

logger = logging.getLogger(__name__)

PORTION = 200
MOST_SIMILAR = 5
MOST_TOLD = 200
STANDS_STILL = timedelta(minutes=2)
TAKEABLE = (LineFate.NEW, LineFate.CHANGED)
HAS_QUIZZES = "django_quiz"  # the format whose files have quizzes and sittings beside their questions

Clock = Callable[[], datetime]


def advance(*, staged: BankImport, clock: Clock = timezone.now) -> BankImport:
    """Do what is due: read, take, or nothing. May run any number of times, in any number of workers at once."""
    staged = read_file(staged=staged, clock=clock)
    return take_chosen(staged=staged, clock=clock) if staged.status == ImportStatus.TAKING else staged


def read_file(*, staged: BankImport, clock: Clock = timezone.now) -> BankImport:
    """Read what is left of a file into lines; one that was read already is left alone.

    A file that cannot be read is refused, with the reason. Whatever else goes wrong in reading is written down as a
    refusal too: tried again, it would go wrong again.
    """
    staged = BankImport.objects.get(pk=staged.pk)
    if staged.status != ImportStatus.READING:
        return staged
    try:
        with private_files.storage().open(staged.path) as source:
            portions = portions_of(
                cast(BinaryIO, source.file), staged.format, PORTION, skip=staged.read_count
            )
            return _read(staged, portions, clock)
    except Refusal as refusal:
        return _refuse(staged, str(refusal), clock())
    except Exception:
        logger.exception("import %s cannot be read", staged.pk)
        problem = _("The file could not be read. Check that it opens in the program it comes from.")
        return _refuse(staged, problem, clock())


def _read(staged: BankImport, portions: Iterator[list[Found]], clock: Clock) -> BankImport:
    bank = Bank(staged.module, staged.leaf)
    neighbours = NeighbourIndex.read()
    for portion in portions:
        now = clock()
        keep = keeper(by=staged.uploaded_by, now=now)
        carries_media = FORMATS[staged.format].carries_media
        entries = entries_of(portion, bank, keep, carries_media=carries_media)
        if not _add_lines(staged, _lines(staged, entries, neighbours), now):
            return BankImport.objects.filter(pk=staged.pk).first() or staged  # read by another, or forgotten
    besides = _besides(staged, clock(), dry_run=True)
    return _finish(staged, ImportStatus.READ, clock(), besides=besides)


def _besides(staged: BankImport, now: datetime, *, dry_run: bool) -> dict[str, Any]:
    """{exams, sittings, told, untold}: quizzes that become exam drafts, sittings that become history, a line for
    whatever is to be said about them, and how many lines more there would be; empty for a file that can have none.
    Doing it twice is doing it once."""
    if staged.format != HAS_QUIZZES:
        return {}
    with private_files.storage().open(staged.path) as source:
        report = import_quizzes(
            source=cast(BinaryIO, source.file), by=staged.uploaded_by, now=now, dry_run=dry_run
        )
    told = [f"{line.where}: {line.reason}" for line in (*report.skipped, *report.warnings)]
    return {
        "exams": report.exams,
        "sittings": report.sittings,
        "told": told[:MOST_TOLD],
        "untold": len(told[MOST_TOLD:]),
    }


def _lines(staged: BankImport, entries: list[Entry], neighbours: NeighbourIndex) -> list[ImportLine]:
    fates = iter(fates_of([entry for entry in entries if entry.content], _said(staged, entries)))
    return [
        _line(staged, number, entry, next(fates) if entry.content else LineFate.SKIPPED, neighbours)
        for number, entry in enumerate(entries, start=staged.read_count + 1)
    ]


def _said(staged: BankImport, entries: list[Entry]) -> dict[str, str]:
    """What earlier lines of the file say under the keys of these entries: key → content hash."""
    keys = [entry.content["key"] for entry in entries if entry.content]
    earlier = staged.lines.filter(key__in=keys).order_by("number").values_list("key", "content")
    return {key: content_hash(content) for key, content in earlier}


def _line(
    staged: BankImport, number: int, entry: Entry, fate: LineFate, neighbours: NeighbourIndex
) -> ImportLine:
    content = entry.content or {}
    is_new = fate in TAKEABLE
    return ImportLine(
        bank_import=staged,
        number=number,
        where=entry.where[:300],
        fate=fate,
        key=content.get("key", ""),
        content=entry.content,
        category=entry.filing.category,
        tags=list(entry.filing.tags),
        clauses=list(entry.filing.clauses),
        review_on=entry.filing.review_on,
        reason=entry.reason,
        warnings=list(entry.warnings),
        similar=neighbours.of(content["body"], exclude=content["key"])[:MOST_SIMILAR] if is_new else [],
        chosen=is_new and not entry.lacks_files,
    )


@transaction.atomic
def _add_lines(staged: BankImport, lines: list[ImportLine], now: datetime) -> bool:
    """Whether these are the next lines of the file, and are stored now. Counts them in `staged`."""
    here = BankImport.objects.select_for_update().filter(pk=staged.pk, status=ImportStatus.READING)
    if here.filter(read_count=staged.read_count).first() is None:
        return False
    ImportLine.objects.bulk_create(lines)
    staged.read_count += len(lines)
    here.update(read_count=staged.read_count, touched_at=now)
    return True


def take_chosen(*, staged: BankImport, clock: Clock = timezone.now) -> BankImport:
    """Take what is left of the chosen lines, each portion in one transaction, then what the file has besides; then
    the file is erased."""
    while _take_portion(staged, clock()):
        pass
    staged = BankImport.objects.get(pk=staged.pk)
    if staged.status != ImportStatus.TAKING:
        return staged
    besides = _besides(staged, clock(), dry_run=False)
    return _finish(staged, ImportStatus.DONE, clock(), besides=besides)


@transaction.atomic
def _take_portion(staged: BankImport, now: datetime) -> bool:
    """Whether there may be more to take."""
    here = BankImport.objects.select_for_update().filter(pk=staged.pk, status=ImportStatus.TAKING)
    staged_now = here.first()
    if staged_now is None:
        return False
    lines = list(chosen_lines(staged_now).filter(taken=False).order_by("number")[:PORTION])
    if not lines:
        return False
    store_entries(entries=[_entry(line) for line in lines], by=staged_now.uploaded_by, now=now)
    staged_now.lines.filter(pk__in=[line.pk for line in lines]).update(taken=True)
    here.update(taken_count=staged_now.taken_count + len(lines), touched_at=now)
    return True


def _entry(line: ImportLine) -> Entry:
    filing = Filing(line.category, tuple(line.tags), None, line.review_on, tuple(line.clauses))
    return Entry(line.where, line.content, filing)


def due_imports(*, now: datetime) -> list[UUID]:
    """What should move and has not for two minutes; marked as touched, so that nobody else finds it too."""
    still = Q(status__in=(ImportStatus.READING, ImportStatus.TAKING), touched_at__lte=now - STANDS_STILL)
    found = []
    for pk, touched_at in BankImport.objects.filter(still).values_list("pk", "touched_at"):
        if BankImport.objects.filter(pk=pk, touched_at=touched_at).update(touched_at=now):
            found.append(pk)
    return found


def chosen_lines(staged: BankImport) -> QuerySet[ImportLine]:
    """What would be taken, or was to be."""
    return staged.lines.filter(chosen=True, fate__in=TAKEABLE)


@transaction.atomic
def _finish(
    staged: BankImport,
    status: ImportStatus,
    now: datetime,
    problem: str = "",
    besides: dict[str, Any] | None = None,
) -> BankImport:
    """The import with this status, unless somebody else was faster. What needs its file no longer loses it."""
    before = staged.status
    found = BankImport.objects.select_for_update().filter(pk=staged.pk, status=before).first()
    if found is None:
        return staged
    found.problem = problem
    found.besides = besides or {}
    move(found, status, now)
    if status == ImportStatus.DONE:
        transaction.on_commit(partial(private_files.storage().delete, found.path))
    return found


def _refuse(staged: BankImport, problem: str, now: datetime) -> BankImport:
    return _finish(staged, ImportStatus.REFUSED, now, problem)


def move(staged: BankImport, status: ImportStatus, now: datetime) -> None:
    """Save the next status of a locked import. Raises ValueError where there is no such step."""
    staged.move_to(status)
    staged.touched_at = now
    staged.finished_at = now if status in (ImportStatus.DONE, ImportStatus.REFUSED) else None
    staged.save(update_fields=["status", "problem", "besides", "touched_at", "finished_at"])
