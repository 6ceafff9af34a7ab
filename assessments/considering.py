"""Schemes over somebody's evidence: what they come to now. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from assessments import deciding
from assessments.deciding import EvidenceFact, parse_scheme
from assessments.models import SchemeVersion
from assessments.schemes import newest_scheme
from competencies.models import Evidence
from people.models import Person


@dataclass(frozen=True)
class Considered:
    """A scheme version and what it comes to over somebody's evidence now."""

    version: SchemeVersion
    decision: deciding.Decision


def consider(person: Person) -> tuple[Considered, ...]:
    """Every released scheme over the person's standing evidence, by title. Stores nothing. Two queries."""
    return consider_each([person])[person.pk]


def consider_each(people: Iterable[Person]) -> dict[UUID, tuple[Considered, ...]]:
    """The same for several people, by person id. Two queries, however many they are."""
    versions = list(SchemeVersion.objects.newest().order_by("title", "key"))
    facts: dict[UUID, list[EvidenceFact]] = {person.pk: [] for person in people}
    for row in Evidence.objects.standing().filter(person__in=list(facts)).select_related("subject"):
        facts[row.person_id].append(_fact(row))
    return {person_id: _over(versions, found) for person_id, found in facts.items()}


def explain(person: Person, scheme_key: str) -> Considered:
    """One scheme over the person's standing evidence. Stores nothing. Raises Refusal for an unknown scheme."""
    return consider_versions(person, [newest_scheme(scheme_key)])[0]


def consider_versions(person: Person, versions: Iterable[SchemeVersion]) -> tuple[Considered, ...]:
    """These versions over the person's standing evidence."""
    return _over(
        versions, [_fact(row) for row in Evidence.objects.standing().of(person).select_related("subject")]
    )


def _over(versions: Iterable[SchemeVersion], facts: list[EvidenceFact]) -> tuple[Considered, ...]:
    return tuple(
        Considered(version, deciding.decide(parse_scheme(version.definition), facts)) for version in versions
    )


def _fact(row: Evidence) -> EvidenceFact:
    return EvidenceFact(
        id=str(row.pk),
        kind=row.kind,
        subject_kind=row.subject.kind,
        subject_key=row.subject.key,
        occurred_at=row.occurred_at,
        score=row.score,
        hours=row.hours,
    )
