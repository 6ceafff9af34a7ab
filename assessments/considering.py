"""Schemes over somebody's evidence: what they come to. Reads only.

Everything here is decided `at` a moment, now unless stated: evidence can be too old for a rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from assessments import deciding
from assessments.deciding import EvidenceFact
from assessments.models import SchemeVersion
from assessments.schemes.releasing import definition_of, newest_scheme
from competencies.models import Evidence
from competencies.queries import StandingEvidence, standing_evidence
from core.prepared import prepared
from people.models import Person

Scheme = tuple[SchemeVersion, deciding.SchemeDefinition]


@dataclass(frozen=True)
class Considered:
    """A scheme version and what it comes to over somebody's evidence."""

    version: SchemeVersion
    decision: deciding.Decision


def consider(person: Person, *, at: datetime | None = None) -> tuple[Considered, ...]:
    """Every released scheme over the person's standing evidence, by title. Stores nothing. Two queries."""
    return consider_each([person], at=at)[person.pk]


def consider_each(
    people: Iterable[Person], *, at: datetime | None = None
) -> dict[UUID, tuple[Considered, ...]]:
    """The same for several people, by person id. Two queries, however many they are."""
    return consider_evidence(standing_evidence(people), at=at)


def consider_evidence(
    evidence: StandingEvidence, *, at: datetime | None = None
) -> dict[UUID, tuple[Considered, ...]]:
    """The same where the standing evidence is at hand, or what would stand. One query."""
    schemes = deciding_now()
    return {person_id: over(schemes, rows, at=at) for person_id, rows in evidence.items()}


def deciding_now() -> list[Scheme]:
    """The newest release of every scheme, by title, each with its definition. One query."""
    return [(version, definition_of(version)) for version in _schemes_deciding()]


@prepared
def _schemes_deciding() -> QuerySet[SchemeVersion]:
    return SchemeVersion.objects.newest().order_by("title", "key")


def explain(person: Person, scheme_key: str, *, at: datetime | None = None) -> Considered:
    """One scheme over the person's standing evidence. Stores nothing. Raises Refusal for an unknown scheme."""
    return consider_versions(person, [newest_scheme(scheme_key)], at=at)[0]


def explain_each(people: Iterable[Person], scheme_key: str) -> dict[UUID, Considered]:
    """The same for several people, by person id. Two queries, however many they are."""
    version = newest_scheme(scheme_key)
    schemes = [(version, definition_of(version))]
    return {person_id: over(schemes, rows)[0] for person_id, rows in standing_evidence(people).items()}


def consider_versions(
    person: Person, versions: Iterable[SchemeVersion], *, at: datetime | None = None
) -> tuple[Considered, ...]:
    """These versions over the person's standing evidence."""
    schemes = [(version, definition_of(version)) for version in versions]
    return over(schemes, standing_evidence([person])[person.pk], at=at)


def consider_renewal(
    person: Person, version: SchemeVersion, *, issued_on: date, at: datetime
) -> deciding.RenewalDecision | None:
    """How far the renewal of a certificate issued on that day under this version is; None where it has no rules.

    One query.
    """
    facts = facts_of(standing_evidence([person])[person.pk])
    return deciding.decide_renewal(definition_of(version), facts, issued_on=issued_on, at=at)


def over(
    schemes: Iterable[Scheme], evidence: Sequence[Evidence], *, at: datetime | None = None
) -> tuple[Considered, ...]:
    """These schemes over one person's rows. No query."""
    facts, moment = facts_of(evidence), at or timezone.now()
    return tuple(
        Considered(version, deciding.decide(scheme, facts, at=moment)) for version, scheme in schemes
    )


def facts_of(evidence: Iterable[Evidence]) -> list[EvidenceFact]:
    """Rows of the ledger, each with its subject, as a decision reads them."""
    return [
        EvidenceFact(
            id=str(row.pk),
            kind=row.kind,
            subject_kind=row.subject.kind,
            subject_key=row.subject.key,
            occurred_at=row.occurred_at,
            score=row.score,
            hours=row.hours,
            attributes={} if row.passed is None else {"passed": row.passed},
            weights=row.weights,
            leaf_scores=row.leaf_scores,
        )
        for row in evidence
    ]
