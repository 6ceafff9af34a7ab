"""1+N decisions over the evidence ledger: computed at any time, recorded when they change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.translation import gettext as _

from assessments.considering import (
    Considered,
    consider,
    consider_each,
    consider_evidence,
    consider_versions,
)
from assessments.models import Decision, Reconsideration, SchemeVersion
from assessments.schemes.releasing import newest_scheme
from assessments.standings import AddressOf, SchemeStanding, standings_by_person, standings_of
from competencies.models import Evidence
from competencies.queries import StandingEvidence
from core.hashing import content_hash
from people.models import Person
from people.notices import send_notice


def standing(person: Person) -> tuple[SchemeStanding, ...]:
    """The person's standing in every released scheme, by title, for pages. Computed now, stored nowhere. 3 queries."""
    return standings_of(consider(person))


def standings(people: Iterable[Person]) -> dict[UUID, tuple[SchemeStanding, ...]]:
    """The same for several people, by person id: a mentor's mentees. Three queries, however many they are."""
    return standings_by_person(consider_each(people))


def standings_over(
    evidence: StandingEvidence, *, address_of: AddressOf
) -> dict[UUID, tuple[SchemeStanding, ...]]:
    """The same over evidence the page has read already, for a caller that knows the addresses. One query."""
    return standings_by_person(consider_evidence(evidence), address_of=address_of)


def decide(*, person: Person, scheme_key: str, now: datetime) -> Decision:
    """Decide now and record it when outcome or proof changed; otherwise the newest recorded decision.

    Raises Refusal for an unknown scheme.
    """
    version = newest_scheme(scheme_key)
    with transaction.atomic():
        _lock(person)
        return _record(person, consider_versions(person, [version])[0], now)


def reconsider(*, person: Person, now: datetime) -> tuple[Decision, ...]:
    """Decide every scheme; the decisions that stand now. Tells the person once when a scheme becomes met.

    Idempotent: the same evidence and schemes give the same rows.
    """
    with transaction.atomic():
        _lock(person)
        newest = SchemeVersion.objects.order_by("-pk").first()
        seen = Evidence.objects.of(person).count()
        decisions = tuple(_record(person, each, now) for each in consider(person))
        for decision in decisions:
            if decision.met:
                _tell(person, decision, now)
        Reconsideration.objects.update_or_create(
            person=person, defaults={"evidence_count": seen, "newest_scheme": newest}
        )
    return decisions


def people_to_reconsider() -> list[UUID]:
    """Ids of people with evidence, or facing schemes, that their decisions have not taken in. Two queries.

    Counts the whole ledger: linear in its rows, served by the index on (person, kind).
    """
    newest = SchemeVersion.objects.aggregate(newest=Max("pk"))["newest"]
    taken_in = Reconsideration.objects.filter(person=OuterRef("person"), newest_scheme=newest)
    ledger = Evidence.objects.order_by().values("person").annotate(rows=Count("pk"))
    behind = ledger.annotate(seen=Coalesce(Subquery(taken_in.values("evidence_count")), 0)).exclude(
        rows=F("seen")
    )
    return list(behind.values_list("person", flat=True))


def _lock(person: Person) -> None:
    """Two decisions about one person wait for each other, so that neither is recorded twice."""
    Person.objects.select_for_update().get(pk=person.pk)


def _record(person: Person, considered: Considered, now: datetime) -> Decision:
    version, proof = considered.version, considered.decision.as_json()
    digest = content_hash({"scheme": version.content_hash, "proof": proof})
    newest = Decision.objects.filter(person=person, scheme_version__key=version.key).order_by("-pk").first()
    if newest and newest.content_hash == digest and newest.scheme_version_id == version.pk:
        return newest
    return Decision.objects.create(
        person=person,
        scheme_version=version,
        met=considered.decision.met,
        proof=proof,
        evidence_ids=[int(each) for each in considered.decision.tree.cited()],
        content_hash=digest,
        decided_at=now,
    )


def _tell(person: Person, decision: Decision, now: datetime) -> None:
    version = decision.scheme_version
    with translation.override(settings.LANGUAGE_CODE):
        send_notice(
            recipient=person,
            title=_("You can apply for a certificate: %(title)s") % {"title": version.title},
            body=_("Everything the scheme asks for is there. Your administrator proposes the certificate."),
            url="/me/",
            source_key=f"scheme-met:{version.key}:{person.pk}",
            now=now,
        )
