"""The next batch of a scheme: who is ready, whom somebody must help first, and who needs none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from assessments.models import SchemeVersion
from certificates.batches import candidates
from certificates.boards import PersonLine, proposal_lines
from certificates.preflight import Preflight
from certificates.queries import batches_under_way, certificates_held, certificates_revoked
from people.models import Organisation, Person

MOST_LISTED = 300


@dataclass(frozen=True)
class Proposal:
    """People who meet a scheme, by what a batch needs of them; each list by organisation and staff number.

    `held_back` begins with those whom a question about their name helps, then come those who have yet to answer
    it. `holders` hold a certificate of the scheme and need no second one, whatever else may be in the way. Where they
    are more than a page can list, only `many` says how many could be proposed: each is checked once they were.
    """

    ready: Sequence[PersonLine] = ()
    held_back: Sequence[PersonLine] = ()
    holders: Sequence[PersonLine] = ()
    many: int = 0

    @property
    def to_ask(self) -> list[PersonLine]:
        """Those whose name should be put to them: the first of `held_back`."""
        return [line for line in self.held_back if line.must_be_asked]


def next_proposal(
    *, scheme: SchemeVersion, organisation: Organisation, by: Person, now: datetime
) -> Proposal:
    """What `by` could propose for this organisation now. Every candidate is decided anew, where they can be listed."""
    people = candidates(scheme=scheme, organisation=organisation, now=now)
    if len(people) > MOST_LISTED:
        return Proposal(many=len(_without_others(people, scheme, by, now)))
    under_way = batches_under_way(people, scheme.key)
    checked = Preflight(scheme, by, None, now, under_way=under_way).check(people)
    lines = sorted(proposal_lines(checked, now=now), key=_order)
    others = [line for line in lines if not line.has("duplicate")]
    return Proposal(
        ready=[line for line in others if not line.findings],
        held_back=[line for line in others if line.findings],
        holders=[line for line in lines if line.has("duplicate")],
    )


def everybody(*, scheme: SchemeVersion, organisation: Organisation, by: Person, now: datetime) -> list[UUID]:
    """All whom `by` could propose without looking at each: who meets the scheme, holds no certificate of it, had none
    taken back and stands in no other batch."""
    return _without_others(candidates(scheme=scheme, organisation=organisation, now=now), scheme, by, now)


def _without_others(people: list[UUID], scheme: SchemeVersion, by: Person, now: datetime) -> list[UUID]:
    held = certificates_held(people, scheme.key, on=timezone.localdate(now))
    taken_back = certificates_revoked(people, scheme.key)
    under_way = batches_under_way(people, scheme.key)
    return [
        each
        for each in people
        if each != by.pk and not (each in held or each in taken_back or each in under_way)
    ]


def _order(line: PersonLine) -> tuple[bool, bool, str, str]:
    return (not line.must_be_asked, not line.awaits_answer, line.organisation, line.staff_number)
