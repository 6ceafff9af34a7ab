"""What every page of a batch shows, gathered in as many queries for ten thousand people as for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, TextField
from django.db.models.functions import Cast

from certificates.boards import CHECK_TITLES, CHIPS, CheckLine
from certificates.models import BatchStatus, CertificateBatch, RowState
from certificates.preflight import CHECKS
from certificates.trials import TRIED
from core.models import AuditEntry
from people.accounts import names_of

PRINTED = (RowState.ISSUED, RowState.RELEASED)
MOST_NAMESAKES = 20


@dataclass(frozen=True)
class BatchBoard:
    """A batch, how many of its people are where, and the names of those who decide about it.

    `tried_at` is when the last round of trials was over; `seconds` what it took for one person, once that is known;
    `namesakes` are names that stand in the batch more than once, with how often.
    """

    batch: CertificateBatch
    counts: Mapping[str, int]
    checks: Sequence[CheckLine]
    names: Mapping[Any, str]
    entries: int
    tried_at: datetime | None
    seconds: float | None
    namesakes: Sequence[tuple[str, int]]

    def _in(self, *states: RowState) -> int:
        return sum(self.counts.get(state, 0) for state in states)

    @property
    def people(self) -> int:
        return sum(self.counts.values())

    @property
    def pending(self) -> int:
        return self._in(RowState.PENDING)

    @property
    def tried(self) -> int:
        """How many were checked and tried, with whatever result."""
        return self.people - self.pending

    @property
    def quarantined(self) -> int:
        return self._in(RowState.QUARANTINED)

    @property
    def ready(self) -> int:
        return self._in(RowState.READY)

    @property
    def going(self) -> int:
        """Everyone who passed and is to get a certificate out of this batch, or did."""
        return self.people - self.pending - self.quarantined

    @property
    def numbered(self) -> int:
        return self.going - self.ready

    @property
    def printed(self) -> int:
        return self._in(*PRINTED)

    @property
    def released(self) -> int:
        return self._in(RowState.RELEASED)

    @property
    def failed(self) -> int:
        return self._in(RowState.FAILED)

    @property
    def voided(self) -> int:
        return self._in(RowState.VOIDED)

    @property
    def to_issue(self) -> int:
        """Everyone who can still get a certificate out of this batch, or did."""
        return self.going - self.voided

    @property
    def chip(self) -> str:
        return CHIPS[BatchStatus(self.batch.status)]

    @property
    def is_waiting(self) -> bool:
        return self.batch.status == BatchStatus.PROPOSED

    @property
    def is_running(self) -> bool:
        return self.batch.status == BatchStatus.APPROVED

    @property
    def is_moving(self) -> bool:
        """Whether a worker has something to do: the page looks again by itself."""
        return self.is_running or (self.is_waiting and self.pending > 0)

    @property
    def names_to_settle(self) -> bool:
        """Whether somebody is in quarantine over the spelling of their name."""
        return any(line.code == "confirmed" and line.failed for line in self.checks)

    @property
    def seconds_to_issue(self) -> int | None:
        """About how long issuing will take, going by the trial."""
        return None if self.seconds is None else max(1, round(self.seconds * self.ready))

    @property
    def proposer(self) -> str:
        return self.names.get(self.batch.proposed_by_id, "—")

    @property
    def approver(self) -> str:
        return self.names.get(self.batch.approved_by_id, "—")

    @property
    def principal(self) -> str:
        """Whom the approver stood in for, or ""."""
        return self.names.get(self.batch.approved_for_id, "—") if self.batch.approved_for_id else ""


def batch_board(batch: CertificateBatch) -> BatchBoard:
    """The board of one batch. Five queries."""
    counts = dict(batch.rows.values_list("state").annotate(Count("pk")).order_by("state"))
    actors = {batch.proposed_by_id, batch.approved_by_id, batch.approved_for_id} - {None}
    trail = AuditEntry.objects.filter(target=f"certificates.batch:{batch.pk}")
    entries = list(trail.order_by("pk").values_list("action", "at"))
    tried_at, seconds = _trial(batch, entries, sum(counts.values()))
    return BatchBoard(
        batch=batch,
        counts=counts,
        checks=_checks(batch, sum(counts.values()) - counts.get(RowState.PENDING, 0)),
        names=names_of({key for key in actors if key}),
        entries=len(entries),
        tried_at=tried_at,
        seconds=seconds,
        namesakes=_namesakes(batch),
    )


def _checks(batch: CertificateBatch, people: int) -> list[CheckLine]:
    """How many of those checked each check set aside; counted in the database, where findings are text."""
    found = {code: Count("pk", filter=Q(text__contains=f'"code": "{code}"')) for code in CHECKS}
    set_aside = batch.rows.filter(state=RowState.QUARANTINED).annotate(text=Cast("findings", TextField()))
    failed = set_aside.aggregate(**found)
    return [CheckLine(code, CHECK_TITLES[code], people - failed[code], failed[code]) for code in CHECKS]


def _trial(
    batch: CertificateBatch, entries: Sequence[tuple[str, datetime]], people: int
) -> tuple[datetime | None, float | None]:
    """When the last round of trials was over, and how many seconds it took for one person."""
    if not entries or entries[-1][0] != TRIED or not people:
        tried = [at for action, at in entries if action == TRIED]
        return (tried[-1] if tried else None), None
    asked = entries[-2][1] if len(entries) > 1 else batch.proposed_at
    return entries[-1][1], (entries[-1][1] - asked).total_seconds() / people


def _namesakes(batch: CertificateBatch) -> list[tuple[str, int]]:
    """Names that stand in the batch more than once: whoever approves should know."""
    named = batch.rows.filter(person__account__isnull=False).values_list("person__account__name")
    return list(
        named.annotate(n=Count("pk")).filter(n__gt=1).order_by("person__account__name")[:MOST_NAMESAKES]
    )
