"""What certificates ask the rooms below: is this person eligible now, and whose endorsement stands in the proof."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery

from assessments import decisions
from assessments.considering import Considered, explain, explain_each
from assessments.deciding import ProofNode
from assessments.models import Decision, SchemeVersion
from mentoring.models import Pairing
from people.models import Person

TOGETHER = 200  # people decided about in one transaction


def consider_now(*, person: Person, scheme: SchemeVersion) -> Considered:
    """The newest release of the scheme over the evidence as it stands. Stores nothing. Two queries."""
    return explain(person, scheme.key)


def consider_each_now(people: Iterable[UUID], *, scheme: SchemeVersion) -> dict[UUID, Considered]:
    """The same for several people. Two queries, however many they are."""
    return explain_each([Person(pk=person_id) for person_id in people], scheme.key)


def decide_now(*, person: Person, scheme: SchemeVersion, now: datetime) -> Decision:
    """The same, recorded: the decision a certificate cites."""
    return decisions.decide(person=person, scheme_key=scheme.key, now=now)


def bring_up_to_date(people: Iterable[UUID], *, now: datetime) -> None:
    """Decide again for those of these people whose evidence or schemes changed since their last decision.

    As many queries for each two hundred as for one: a new scheme makes everybody due at once.
    """
    behind = sorted(set(people) & set(decisions.people_to_reconsider()))
    for first in range(0, len(behind), TOGETHER):
        decisions.reconsider_people(people=behind[first : first + TOGETHER], now=now)


def people_who_met(scheme: SchemeVersion) -> Iterable[UUID]:
    """People whose last recorded decision on this scheme version was a yes. One query."""
    last = Decision.objects.filter(person=OuterRef("person"), scheme_version=scheme).order_by("-pk")
    met = Decision.objects.filter(scheme_version=scheme, met=True, pk=Subquery(last.values("pk")[:1]))
    return met.values_list("person_id", flat=True)


def proof_of(decision: Decision) -> ProofNode:
    """The proof tree a decision stores."""
    return ProofNode.from_json(decision.proof["tree"])


def pairing_of_proof(agreement_no: str | None) -> Pairing | None:
    """The pairing whose endorsement stands in a proof, by its agreement number. One query."""
    if agreement_no is None:
        return None
    return Pairing.objects.filter(agreement_no=agreement_no).first()
