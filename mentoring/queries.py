"""What other rooms' pages ask about pairings, each in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from core.prepared import prepared
from mentoring.circles import Bond, Circle, Side, circle_of
from mentoring.models import Pairing, PairingGoal
from people.models import Person


@dataclass(frozen=True)
class LineageNode:
    """One person of the line of masters and pupils, in the shape components/lineage.html takes.

    `note` says tier, post and organisation; `url` leads to the pairing's record where the viewer may open it.
    """

    person_id: UUID
    name: str
    note: str
    url: str = ""
    children: tuple[LineageNode, ...] = field(default=())


def mentees_of(person: Person, *, at: datetime) -> tuple[Bond, ...]:
    """The pairings in which `person` leads now, longest first. One query."""
    return circle_of(person, at=at).leads


def lineage_of(person: Person, *, at: datetime) -> tuple[LineageNode, ...]:
    """Mentors at the top, `person` below each, the mentees below: only people whom `person` is paired with now.

    Without a mentor the top is the person; without any pairing the answer is empty. One query.
    """
    return lineage_in(circle_of(person, at=at))


def lineage_in(circle: Circle) -> tuple[LineageNode, ...]:
    """The same of a circle that is at hand."""
    if not circle.led_by and not circle.leads:
        return ()
    own = circle.led_by[0].mentee if circle.led_by else circle.leads[0].mentor
    pupils = tuple(_node(bond.mentee, url=record_url(bond.agreement_no)) for bond in circle.leads)
    me = _node(own, children=pupils)
    masters = tuple(
        _node(bond.mentor, url=record_url(bond.agreement_no), children=(me,)) for bond in circle.led_by
    )
    return masters or (me,)


def goals_of(agreement_numbers: Iterable[str]) -> dict[str, tuple[PairingGoal, ...]]:
    """The goals of several pairings by agreement number, in their order. One query."""
    found: dict[str, list[PairingGoal]] = {}
    for goal in _goals(tuple(agreement_numbers)):
        found.setdefault(goal.pairing.agreement_no, []).append(goal)
    return {number: tuple(goals) for number, goals in found.items()}


@prepared
def _goals(agreement_numbers: Sequence[str]) -> QuerySet[PairingGoal]:
    rows = PairingGoal.objects.filter(pairing__agreement_no__in=agreement_numbers)
    return rows.select_related("pairing").order_by("pk")


def pairing_by_agreement(agreement_no: str) -> Pairing | None:
    """The pairing behind an agreement number, ended or not, with both people's accounts. One query."""
    rows = Pairing.objects.filter(agreement_no=agreement_no)
    return rows.select_related("mentor__account", "mentee__account").first()


def pairing_of(mentee: Person, *, at: datetime) -> Pairing | None:
    """The pairing in which this person is led at this moment, ended since or not; the general one before special
    ones. One query."""
    held = Pairing.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), mentee=mentee, started_at__lte=at)
    rows = held.select_related("mentor__account", "mentee__account")
    return rows.order_by("kind", "started_at", "pk").first()


def record_url(agreement_no: str) -> str:
    """The pairing's record page."""
    return reverse("mentoring:pairing", args=[agreement_no])


def _node(side: Side, *, url: str = "", children: tuple[LineageNode, ...] = ()) -> LineageNode:
    note = _(", ").join(part for part in (str(side.tier.label), side.organisation, side.post) if part)
    return LineageNode(side.person_id, side.name, note, url, children)
