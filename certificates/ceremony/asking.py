"""Asking for paper: which seats, on what, and why once more.

A certificate's first run needs no reason, every later one does; a run that is under way counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates import tasks
from certificates.authority import check_may_issue_in
from certificates.ceremony.lines import SeatLine, lines_of, seats_in_words
from certificates.models import (
    CertificateBatch,
    PrintKind,
    PrintReason,
    PrintRun,
    PrintSheet,
    PrintState,
    RowState,
)
from certificates.press import Offset
from core import audit
from core.errors import Refusal
from core.once import once
from people.models import Person

MOST_SEATS = 500
MOST_OFFSET = 200  # tenths of a millimetre


@dataclass(frozen=True)
class Paper:
    """What somebody wants printed. Offsets count on preprinted blanks alone."""

    kind: PrintKind
    first_seat: int
    last_seat: int
    reason: PrintReason = PrintReason.FIRST
    offset: Offset = field(default_factory=Offset)

    def as_json(self) -> dict[str, object]:
        return {
            "kind": self.kind.value,
            "seats": [self.first_seat, self.last_seat],
            "reason": self.reason.value,
            "offset": [self.offset.right, self.offset.down],
        }


@transaction.atomic
def ask_print(*, batch: CertificateBatch, paper: Paper, key: str, by: Person, now: datetime) -> PrintRun:
    """A run that the worker puts together; with the same key the run that was asked for before.

    Raises NotAllowed without the role over the batch; Refusal for seats and offsets that cannot be, where nobody in
    this range has a certificate yet, and for a certificate's second print without a reason.
    """
    batch = (
        CertificateBatch.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=batch.pk)
    )
    check_may_issue_in(by, batch.organisation, on=timezone.localdate(now))
    _check_paper(paper)
    if not once(key=key, by=by, action=f"ceremony.print:{batch.pk}", body=paper.as_json(), now=now):
        return batch.print_runs.filter(asked_by=by).latest("pk")
    lines = _lines_to_print(batch, paper, now)
    _check_reason(lines, paper)
    seats = [line.seat for line in lines if line.seat]
    run = PrintRun.objects.create(
        batch=batch,
        kind=paper.kind,
        reason=paper.reason,
        first_seat=min(seats),  # as far as there is anybody: the log is of paper, not of wishes
        last_seat=max(seats),
        offset_right=paper.offset.right,
        offset_down=paper.offset.down,
        asked_by=by,
        asked_at=now,
    )
    PrintSheet.objects.bulk_create(_sheet(run, line) for line in lines)
    audit.record(
        action="ceremony.print_asked",
        target=f"certificates.batch:{batch.pk}",
        by=by,
        now=now,
        run=run.pk,
        sheets=len(lines),
        **paper.as_json(),
    )
    transaction.on_commit(partial(_enqueue, run.pk))
    return run


def times_printed(certificates: Iterable[int]) -> dict[int, int]:
    """How often each certificate went to paper, or is on its way there. One query."""
    sheets = PrintSheet.objects.filter(certificate__in=list(certificates), left_out="")
    counted = sheets.exclude(run__state=PrintState.FAILED).values_list("certificate")
    return dict(counted.annotate(Count("pk")))


def last_offset(batch: CertificateBatch) -> Offset:
    """What the last run on blanks was moved by: of this batch, else of the issuer's last with the same theme."""
    runs = PrintRun.objects.filter(kind=PrintKind.OVERPRINT).order_by("-pk")
    own = runs.filter(batch=batch.pk).first()
    alike = {"batch__issuer": batch.issuer_id, "batch__theme": batch.theme}
    found = own or runs.filter(**alike).first()
    return Offset(found.offset_right, found.offset_down) if found else Offset()


def _check_paper(paper: Paper) -> None:
    if not 1 <= paper.first_seat <= paper.last_seat:
        raise Refusal(_("The first seat comes before the last one."), code="seats")
    if paper.last_seat - paper.first_seat >= MOST_SEATS:
        raise Refusal(
            _("At most %(most)s seats go into one file: print the rest after it.") % {"most": MOST_SEATS},
            code="seats",
        )
    if max(abs(paper.offset.right), abs(paper.offset.down)) > MOST_OFFSET:
        raise Refusal(_("The print can be moved by 20 mm at most."), code="offset")


def _lines_to_print(batch: CertificateBatch, paper: Paper, now: datetime) -> list[SeatLine]:
    rows = batch.rows.filter(
        state=RowState.RELEASED, seat__gte=paper.first_seat, seat__lte=paper.last_seat
    ).order_by("seat")
    lines = lines_of(rows, now=now)
    if not any(line.has_paper for line in lines):
        raise Refusal(_("Nobody in these seats has a certificate that could be printed."), code="seats")
    return lines


def _check_reason(lines: list[SeatLine], paper: Paper) -> None:
    printed = times_printed(
        line.row.certificate_id for line in lines if line.has_paper and line.row.certificate_id
    )
    if printed and paper.reason == PrintReason.FIRST:
        seats = seats_in_words(
            line.seat for line in lines if line.row.certificate_id in printed and line.seat
        )
        raise Refusal(
            _(
                "These seats were printed before: %(seats)s. Say why they are printed again, or choose other seats."
            )
            % {"seats": seats},
            code="reason",
        )


def _sheet(run: PrintRun, line: SeatLine) -> PrintSheet:
    assert line.certificate is not None  # noqa: S101 -- as they were chosen
    assert line.seat is not None  # noqa: S101
    return PrintSheet(run=run, certificate=line.certificate, seat=line.seat, left_out=line.left_out or "")


def _enqueue(run_id: int) -> None:
    tasks.put_paper_together.delay(run_id)
