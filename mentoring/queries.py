"""What other rooms' pages ask about pairings, each in a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from competencies.models import Evidence, EvidenceKind, SubjectKind
from mentoring.models import Pairing
from mentoring.terms import SessionStatus, Tier
from people.models import Account, Membership, Person


@dataclass(frozen=True)
class Mentee:
    """One active pairing seen by its mentor. `unconfirmed` counts sessions that wait for either side;
    `endorsed`: an endorsement of this pairing stands in the ledger."""

    person_id: UUID
    name: str
    organisation: str
    tier: Tier
    agreement_no: str
    area: str
    since_on: date
    last_session_on: date | None
    confirmed: int
    unconfirmed: int
    endorsed: bool


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


def mentees_of(person: Person, *, at: datetime) -> tuple[Mentee, ...]:
    """The people whom `person` leads now, longest first. One query."""
    rows = _with_facts(Pairing.objects.active().filter(mentor=person), at).order_by("since_on", "pk")
    return tuple(
        Mentee(
            person_id=row.mentee_id,
            name=row.mentee_name or "",
            organisation=row.organisation_name or "",
            tier=Tier(row.mentee_tier),
            agreement_no=row.agreement_no,
            area=row.area,
            since_on=row.since_on,
            last_session_on=row.last_session_on,
            confirmed=row.confirmed,
            unconfirmed=row.session_count - row.confirmed,
            endorsed=row.endorsed,
        )
        for row in rows
    )


def lineage_of(person: Person, *, at: datetime) -> tuple[LineageNode, ...]:
    """Mentors at the top, `person` below each, the mentees below: only people whom `person` is paired with now.

    Without a mentor the top is the person; without any pairing the answer is empty. Two queries.
    """
    pairings = list(
        Pairing.objects.active().filter(Q(mentor=person) | Q(mentee=person)).order_by("since_on", "pk")
    )
    if not pairings:
        return ()
    labels = _labels(
        {person.pk, *(pairing.mentor_id for pairing in pairings), *(p.mentee_id for p in pairings)}, at
    )
    above = [pairing for pairing in pairings if pairing.mentee_id == person.pk]
    below = [pairing for pairing in pairings if pairing.mentor_id == person.pk]
    own_tier = above[0].mentee_tier if above else below[0].mentor_tier
    pupils = tuple(_node(p.mentee_id, p.mentee_tier, labels, url=_record_url(p)) for p in below)
    me = _node(person.pk, own_tier, labels, children=pupils)
    masters = tuple(
        _node(p.mentor_id, p.mentor_tier, labels, url=_record_url(p), children=(me,)) for p in above
    )
    return masters or (me,)


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


def _with_facts(pairings: QuerySet[Pairing], at: datetime) -> QuerySet[Any]:
    membership = Membership.objects.active(on=timezone.localdate(at)).filter(person=OuterRef("mentee"))
    account = Account.objects.filter(person=OuterRef("mentee"))
    endorsements = Evidence.objects.standing().filter(
        person=OuterRef("mentee"),
        kind=EvidenceKind.ENDORSEMENT,
        subject__kind=SubjectKind.PAIRING,
        subject__key=OuterRef("agreement_no"),
    )
    return pairings.annotate(
        mentee_name=Subquery(account.values("name")[:1]),
        organisation_name=Subquery(membership.values("organisation__name")[:1]),
        last_session_on=Max("sessions__held_on"),
        session_count=Count("sessions"),
        confirmed=Count("sessions", filter=Q(sessions__status=SessionStatus.CONFIRMED)),
        endorsed=Exists(endorsements),
    )


@dataclass(frozen=True)
class _Label:
    name: str
    post: str
    organisation: str


def _labels(person_ids: set[UUID], at: datetime) -> dict[UUID, _Label]:
    membership = Membership.objects.active(on=timezone.localdate(at)).filter(person=OuterRef("person"))
    rows = Account.objects.filter(person_id__in=person_ids).annotate(
        post=Subquery(membership.values("post")[:1]),
        organisation_name=Subquery(membership.values("organisation__name")[:1]),
    )
    found = rows.values_list("person_id", "name", "post", "organisation_name")
    return {person_id: _Label(name, post or "", place or "") for person_id, name, post, place in found}


def _node(
    person_id: UUID,
    tier: str,
    labels: dict[UUID, _Label],
    *,
    url: str = "",
    children: tuple[LineageNode, ...] = (),
) -> LineageNode:
    label = labels.get(person_id, _Label("", "", ""))
    note = _(", ").join(part for part in (str(Tier(tier).label), label.organisation, label.post) if part)
    return LineageNode(person_id, label.name, note, url, children)


def _record_url(pairing: Pairing) -> str:
    return reverse("mentoring:pairing", args=[pairing.agreement_no])
