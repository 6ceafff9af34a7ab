"""Schemes over somebody's evidence: what they come to now. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from assessments import deciding
from assessments.deciding import EvidenceFact
from assessments.models import SchemeVersion
from assessments.schemes.releasing import definition_of, newest_scheme
from competencies.models import Evidence
from competencies.queries import StandingEvidence, standing_evidence
from core.prepared import prepared
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
    return consider_evidence(standing_evidence(people))


def consider_evidence(evidence: StandingEvidence) -> dict[UUID, tuple[Considered, ...]]:
    """The same where the standing evidence is at hand. One query."""
    versions = _schemes_deciding()
    schemes = [(version, definition_of(version)) for version in versions]
    return {person_id: _over(schemes, rows) for person_id, rows in evidence.items()}


@prepared
def _schemes_deciding() -> QuerySet[SchemeVersion]:
    return SchemeVersion.objects.newest().order_by("title", "key")


def explain(person: Person, scheme_key: str) -> Considered:
    """One scheme over the person's standing evidence. Stores nothing. Raises Refusal for an unknown scheme."""
    return consider_versions(person, [newest_scheme(scheme_key)])[0]


def consider_versions(person: Person, versions: Iterable[SchemeVersion]) -> tuple[Considered, ...]:
    """These versions over the person's standing evidence."""
    schemes = [(version, definition_of(version)) for version in versions]
    return _over(schemes, standing_evidence([person])[person.pk])


def _over(
    schemes: Iterable[tuple[SchemeVersion, deciding.SchemeDefinition]], evidence: Sequence[Evidence]
) -> tuple[Considered, ...]:
    facts = [_fact(row) for row in evidence]
    return tuple(Considered(version, deciding.decide(scheme, facts)) for version, scheme in schemes)


def _fact(row: Evidence) -> EvidenceFact:
    return EvidenceFact(
        id=str(row.pk),
        kind=row.kind,
        subject_kind=row.subject.kind,
        subject_key=row.subject.key,
        occurred_at=row.occurred_at,
        score=row.score,
        hours=row.hours,
        attributes={} if row.passed is None else {"passed": row.passed},
    )
