"""1+N decisions over the evidence ledger: computed at any time, recorded when they change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from assessments import deciding
from assessments.considering import (
    Considered,
    consider,
    consider_each,
    consider_evidence,
    consider_versions,
)
from assessments.models import Decision, Reconsideration, SchemeVersion
from assessments.schemes.news import tell_lapsed, tell_met
from assessments.schemes.releasing import definition_of, newest_scheme
from assessments.standings import AddressOf, SchemeStanding, standings_by_person, standings_of
from competencies.models import Evidence
from competencies.queries import StandingEvidence
from core.hashing import content_hash
from people.models import Person

Recorded = dict[tuple[UUID, str], Decision]
"""Decisions by person id and scheme key."""


def standing(person: Person, *, at: datetime | None = None) -> tuple[SchemeStanding, ...]:
    """The person's standing in every released scheme, by title, for pages. Computed, stored nowhere. 3 queries."""
    return standings_of(consider(person, at=at))


def standings(
    people: Iterable[Person], *, at: datetime | None = None
) -> dict[UUID, tuple[SchemeStanding, ...]]:
    """The same for several people, by person id: a mentor's mentees. Three queries, however many they are."""
    return standings_by_person(consider_each(people, at=at))


def standings_over(
    evidence: StandingEvidence, *, address_of: AddressOf, at: datetime | None = None
) -> dict[UUID, tuple[SchemeStanding, ...]]:
    """The same over evidence the page has read already, for a caller that knows the addresses. One query."""
    return standings_by_person(consider_evidence(evidence, at=at), address_of=address_of)


def decide(*, person: Person, scheme_key: str, now: datetime) -> Decision:
    """Decide now and record it when outcome or proof changed; otherwise the newest recorded decision.

    Raises Refusal for an unknown scheme.
    """
    version = newest_scheme(scheme_key)
    with transaction.atomic():
        _lock([person.pk])
        considered = consider_versions(person, [version], at=now)[0]
        rows = Decision.objects.filter(person=person, scheme_version__key=scheme_key)
        newest = rows.order_by("-pk").first()
        recorded = {(person.pk, scheme_key): newest} if newest else {}
        return _record({person.pk: (considered,)}, recorded, now)[person.pk][0]


def reconsider(*, person: Person, now: datetime) -> tuple[Decision, ...]:
    """Decide every scheme; the decisions that stand now. Tells the person once when a scheme becomes met.

    Idempotent: the same evidence and schemes give the same rows.
    """
    return reconsider_people(people=[person.pk], now=now)[person.pk]


def reconsider_people(*, people: Sequence[UUID], now: datetime) -> dict[UUID, tuple[Decision, ...]]:
    """The same for several people in one transaction, by person id; as many queries for many as for one."""
    with transaction.atomic():
        _lock(people)
        newest = SchemeVersion.objects.order_by("-pk").first()
        ledger = Evidence.objects.filter(person__in=people).order_by().values_list("person")
        seen = dict(ledger.annotate(rows=Count("pk")))
        recorded = newest_decisions(people)
        decided = _record(consider_each([Person(pk=pk) for pk in people], at=now), recorded, now)
        tell_met((decision for one in decided.values() for decision in one), now=now)
        Reconsideration.objects.bulk_create(
            [
                Reconsideration(person_id=pk, evidence_count=seen.get(pk, 0), newest_scheme=newest)
                for pk in people
            ],
            update_conflicts=True,
            unique_fields=["person"],
            update_fields=["evidence_count", "newest_scheme"],
        )
    return decided


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


def newest_decisions(people: Sequence[UUID]) -> Recorded:
    """What was decided last, by person and scheme key; proofs are read when somebody looks at them. One query."""
    rows = Decision.objects.filter(person__in=people).select_related("scheme_version").order_by("pk")
    return _by_scheme(rows.defer("proof", "evidence_ids", "scheme_version__definition"))


def proof_hash(version: SchemeVersion, proof: deciding.Decision) -> str:
    """What tells one outcome of a scheme version from another."""
    return content_hash({"scheme": version.content_hash, "proof": proof.as_json()})


def is_recorded(before: Decision | None, considered: Considered) -> bool:
    """Whether this decision says what the scheme comes to."""
    return (
        before is not None
        and before.scheme_version_id == considered.version.pk
        and before.content_hash == proof_hash(considered.version, considered.decision)
    )


def _by_scheme(rows: Iterable[Decision]) -> Recorded:
    return {(row.person_id, row.scheme_version.key): row for row in rows}


def _lock(people: Sequence[UUID]) -> None:
    """Two decisions about one person wait for each other, so that neither is recorded twice; in the order of their
    ids, so that two portions never wait crosswise. Evidence may come in meanwhile: it is counted next time."""
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk"))


def _record(
    considered: Mapping[UUID, Sequence[Considered]], recorded: Recorded, now: datetime
) -> dict[UUID, tuple[Decision, ...]]:
    """The decisions that stand now, those that changed as new rows. Tells whoever lost a scheme by age."""
    standing: dict[UUID, list[Decision]] = {person_id: [] for person_id in considered}
    new, lapsed = [], []
    for person_id, each in ((person_id, each) for person_id, one in considered.items() for each in one):
        before = recorded.get((person_id, each.version.key))
        if before and is_recorded(before, each):
            standing[person_id].append(before)
            continue
        decision = _decision(person_id, each, now)
        standing[person_id].append(decision)
        new.append(decision)
        if before and _lost_by_age(before, each):
            lapsed.append((decision, each.decision.tree))
    Decision.objects.bulk_create(new)
    tell_lapsed(lapsed, now=now)
    return {person_id: tuple(rows) for person_id, rows in standing.items()}


def _decision(person_id: UUID, considered: Considered, now: datetime) -> Decision:
    return Decision(
        person_id=person_id,
        scheme_version=considered.version,
        met=considered.decision.met,
        proof=considered.decision.as_json(),
        evidence_ids=[int(each) for each in considered.decision.tree.cited()],
        content_hash=proof_hash(considered.version, considered.decision),
        decided_at=now,
    )


def _lost_by_age(before: Decision, considered: Considered) -> bool:
    """Whether the same version over the evidence of now would still be met, had no time passed."""
    version = considered.version
    if not before.met or considered.decision.met or before.scheme_version_id != version.pk:
        return False
    if not definition_of(version).has_ages:
        return False
    return consider_versions(Person(pk=before.person_id), [version], at=before.decided_at)[0].decision.met
