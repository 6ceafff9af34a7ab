"""How far the preparation of a ceremony has come: seats, certificates, paper, lists. Five queries for any batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from certificates.ceremony.lines import SEATABLE
from certificates.models import (
    BatchRow,
    BatchStatus,
    CertificateBatch,
    CertificateEvent,
    EventKind,
    PrintSheet,
    PrintState,
    RowState,
)
from core.models import AuditEntry

SIGNING, ANNOUNCING, SEATS = "ceremony.signing_printed", "ceremony.announcing_printed", "ceremony.seats_set"
GONE = (EventKind.REVOKED, EventKind.SUPERSEDED, EventKind.VOIDED)


@dataclass(frozen=True)
class Checklist:
    """Counts of people, and when the lists were last printed. `going` may have a seat, `seated` have one; `issued` hold
    their certificate, `in_force` of these are to be handed out, `printed` of these are on paper."""

    batch: CertificateBatch
    going: int
    seated: int
    issued: int
    in_force: int
    printed: int
    seats_set_at: datetime | None
    signing_at: datetime | None
    announcing_at: datetime | None

    @property
    def all_seated(self) -> bool:
        return 0 < self.going == self.seated

    @property
    def all_issued(self) -> bool:
        return 0 < self.going == self.issued

    @property
    def all_printed(self) -> bool:
        return self.all_issued and 0 < self.in_force == self.printed

    @property
    def lists_printed(self) -> bool:
        return bool(self.signing_at and self.announcing_at) and not self.lists_are_old

    @property
    def lists_are_old(self) -> bool:
        """Whether seats changed after a list was printed."""
        printed = [at for at in (self.signing_at, self.announcing_at) if at]
        return self.seats_set_at is not None and any(at < self.seats_set_at for at in printed)

    @property
    def is_returned(self) -> bool:
        return self.batch.status == BatchStatus.RETURNED

    @property
    def next_step(self) -> str:
        """The first that is not done: seats, certificates, paper, lists; "" when all is."""
        steps = {
            "seats": self.all_seated,
            "certificates": self.all_issued,
            "paper": self.all_printed,
            "lists": self.lists_printed,
        }
        return next((step for step, is_done in steps.items() if not is_done), "")


def checklist_of(batch: CertificateBatch, *, now: datetime) -> Checklist:
    """Where a batch stands."""
    going = Q(state__in=SEATABLE)
    counts = batch.rows.aggregate(
        going=Count("pk", filter=going),
        seated=Count("pk", filter=going & Q(seat__isnull=False)),
        issued=Count("pk", filter=Q(state=RowState.RELEASED)),
    )
    in_force = rows_in_force(batch, on=timezone.localdate(now))
    on_paper = PrintSheet.objects.filter(
        certificate=OuterRef("certificate"), left_out="", run__state=PrintState.READY
    )
    entries = AuditEntry.objects.filter(target=f"certificates.batch:{batch.pk}")
    last = dict(
        entries.filter(action__in=[SEATS, SIGNING, ANNOUNCING]).values_list("action").annotate(Max("at"))
    )
    return Checklist(
        batch,
        **counts,
        in_force=in_force.count(),
        printed=in_force.filter(Exists(on_paper)).count(),
        seats_set_at=last.get(SEATS),
        signing_at=last.get(SIGNING),
        announcing_at=last.get(ANNOUNCING),
    )


def rows_in_force(batch: CertificateBatch, *, on: date) -> QuerySet[BatchRow]:
    """Rows whose certificate is to be handed out on paper: as `lines.left_out_of` says it, in the database."""
    events = CertificateEvent.objects.filter(certificate=OuterRef("certificate"))
    switches = events.filter(kind__in=[EventKind.SUSPENDED, EventKind.RESTORED]).order_by("-at", "-pk")
    released = batch.rows.filter(state=RowState.RELEASED, certificate__holder__isnull=False)
    standing = released.exclude(Exists(events.filter(kind__in=GONE))).exclude(certificate__valid_until__lt=on)
    last = standing.alias(switch=Subquery(switches.values("kind")[:1]))
    return last.filter(Q(switch=None) | Q(switch=EventKind.RESTORED))
