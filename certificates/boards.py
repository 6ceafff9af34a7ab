"""What the staff pages show, gathered in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from certificates.models import BatchRow, BatchStatus, CertificateBatch, RowState
from certificates.preflight import Checked
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
class BatchLine:
    """One batch of a list."""

    batch: CertificateBatch
    counts: Mapping[str, int]

    @property
    def people(self) -> int:
        return sum(self.counts.values())

    @property
    def quarantined(self) -> int:
        return self.counts.get(RowState.QUARANTINED, 0)

    @property
    def released(self) -> int:
        return self.counts.get(RowState.RELEASED, 0)

    @property
    def chip(self) -> str:
        return CHIPS[BatchStatus(self.batch.status)]


@dataclass(frozen=True)
class CheckLine:
    """One check (one of CHECKS) over all people of a batch."""

    code: str
    title: Promise
    passed: int
    failed: int


def proposal_lines(checked: Mapping[UUID, Checked], *, now: datetime) -> list[PersonLine]:
    """People who could stand in a batch, with what is in the way. Two queries."""
    known = described(checked, now=now)
    return [
        PersonLine(
            *known[person_id],
            [finding.as_json() for finding in each.findings],
            revoked=each.revoked,
        )
        for person_id, each in checked.items()
        if person_id in known
    ]


def batch_list(batches: Iterable[CertificateBatch]) -> list[BatchLine]:
    """Some batches with their counts. One query."""
    batches = list(batches)
    counted = BatchRow.objects.filter(batch__in=batches).values_list("batch", "state").annotate(Count("pk"))
    counts: dict[int, dict[str, int]] = {}
    for batch_id, state, count in counted.order_by("batch", "state"):
        counts.setdefault(batch_id, {})[state] = count
    return [BatchLine(batch, counts.get(batch.pk, {})) for batch in batches]


def described(people: Iterable[UUID], *, now: datetime) -> dict[UUID, tuple[UUID, str, str, str]]:
    """Id, name, staff number and organisation of people who still have an account. Two queries."""
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
