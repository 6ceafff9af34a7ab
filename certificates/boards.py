"""What the staff pages show, gathered in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from certificates.models import BatchRow, BatchStatus, CertificateBatch, RowState
from certificates.preflight import CHECKS, Checked
from people.accounts import names_of
from people.models import Account, Membership

CHECK_TITLES: dict[str, Promise] = {
    "eligible": _("Decided anew, the scheme is met"),
    "follows": _("The certificate to correct or renew stands"),
    "printable": _("Every character of the name can be printed"),
    "photo": _("A photo is there where the design shows one"),
    "confirmed": _("The person has confirmed the name"),
    "duplicate": _("No second certificate of the scheme"),
    "under_way": _("In no other batch on its way"),
    "separate": _("Proposer, approver and holder are three people"),
    "pairing": _("The endorsing pairing is known"),
    "wording": _("No forbidden words"),
    "fits": _("Everything fits on the page"),
    "reads": _("The trial print reads back word for word"),
}
CHIPS = {
    BatchStatus.PROPOSED: "due",
    BatchStatus.RETURNED: "plain",
    BatchStatus.APPROVED: "doing",
    BatchStatus.COMPLETED: "done",
}


@dataclass(frozen=True)
class PersonLine:
    """One person of a batch or of a proposal. `findings` are those of the preflight, as JSON; `revoked` is the serial
    of an earlier certificate that was taken back, in a proposal."""

    person_id: UUID
    name: str
    staff_number: str
    organisation: str
    findings: Sequence[dict[str, Any]] = ()
    row: BatchRow | None = None
    revoked: str = ""

    @property
    def must_be_asked(self) -> bool:
        """Whether a question about the name would help."""
        return any(finding["ask"] for finding in self.findings)

    @property
    def awaits_answer(self) -> bool:
        """Whether the person has yet to answer the question about their name."""
        return any(finding.get("waits", False) for finding in self.findings)

    def has(self, code: str) -> bool:
        """Whether this check (one of CHECKS) found something."""
        return any(finding["code"] == code for finding in self.findings)


@dataclass(frozen=True)
class CheckLine:
    """One check over all people."""

    title: Promise
    passed: int
    failed: int


@dataclass(frozen=True)
class BatchBoard:
    """A batch page: its people by state, the checks, and how far it has come."""

    batch: CertificateBatch
    lines: Sequence[PersonLine]
    checks: Sequence[CheckLine]
    proposer: str
    approver: str

    def _in(self, *states: RowState) -> list[PersonLine]:
        return [line for line in self.lines if line.row and line.row.state in states]

    @property
    def quarantined(self) -> list[PersonLine]:
        return self._in(RowState.QUARANTINED)

    @property
    def names_to_settle(self) -> bool:
        """Whether somebody is in quarantine over the spelling of their name."""
        return any(line.has("confirmed") for line in self.quarantined)

    @property
    def going(self) -> list[PersonLine]:
        """Everyone who is to get a certificate out of this batch, or did."""
        return self._in(*(state for state in RowState if state != RowState.QUARANTINED))

    @property
    def released(self) -> list[PersonLine]:
        return self._in(RowState.RELEASED)

    @property
    def failed(self) -> list[PersonLine]:
        return self._in(RowState.FAILED)

    @property
    def voided(self) -> list[PersonLine]:
        return self._in(RowState.VOIDED)

    @property
    def chip(self) -> str:
        return CHIPS[BatchStatus(self.batch.status)]

    @property
    def is_waiting(self) -> bool:
        return self.batch.status == BatchStatus.PROPOSED

    @property
    def is_running(self) -> bool:
        return self.batch.status == BatchStatus.APPROVED


def batch_board(batch: CertificateBatch, *, now: datetime) -> BatchBoard:
    """The page of one batch. Four queries."""
    rows = list(batch.rows.select_related("certificate").order_by("pk"))
    people = {row.person_id: row for row in rows}
    described = _described(people, now=now)
    lines = [
        PersonLine(*described.get(row.person_id, (row.person_id, "", "", "")), row.findings, row)
        for row in rows
    ]
    actors = names_of({key for key in (batch.proposed_by_id, batch.approved_by_id) if key})
    return BatchBoard(
        batch,
        lines,
        _checks([line.findings for line in lines]),
        actors.get(batch.proposed_by_id, ""),
        actors.get(batch.approved_by_id, "") if batch.approved_by_id else "",
    )


def proposal_lines(checked: Mapping[UUID, Checked], *, now: datetime) -> list[PersonLine]:
    """People who could stand in a batch, with what is in the way. Two queries."""
    described = _described(checked, now=now)
    return [
        PersonLine(
            *described[person_id],
            [finding.as_json() for finding in each.findings],
            revoked=each.revoked,
        )
        for person_id, each in checked.items()
        if person_id in described
    ]


def batch_list(batches: QuerySet[CertificateBatch]) -> list[tuple[CertificateBatch, str]]:
    """Batches, the newest first, with counts and the state of their chip. One query."""
    counted = batches.annotate(
        people=Count("rows"),
        set_aside=Count("rows", filter=Q(rows__state=RowState.QUARANTINED)),
        released=Count("rows", filter=Q(rows__state=RowState.RELEASED)),
    )
    return [(batch, CHIPS[BatchStatus(batch.status)]) for batch in counted.order_by("-proposed_at", "-pk")]


def _checks(findings: Sequence[Sequence[dict[str, Any]]]) -> list[CheckLine]:
    lines = []
    for code in CHECKS:
        failed = sum(any(each["code"] == code for each in row) for row in findings)
        lines.append(CheckLine(CHECK_TITLES[code], len(findings) - failed, failed))
    return lines


def _described(people: Iterable[UUID], *, now: datetime) -> dict[UUID, tuple[UUID, str, str, str]]:
    """Id, name, staff number and organisation of people who still have an account."""
    ids = list(people)
    places = dict(
        Membership.objects.active(on=timezone.localdate(now))
        .filter(person__in=ids)
        .values_list("person_id", "organisation__name")
    )
    accounts = Account.objects.filter(person__in=ids).values_list("person_id", "name", "staff_number")
    return {
        person_id: (person_id, name, number, places.get(person_id, ""))
        for person_id, name, number in accounts
        if person_id
    }
