"""Schemes over somebody's evidence: what they come to now. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

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
    versions = SchemeVersion.objects.newest().order_by("title", "key")
    return consider_versions(person, versions)


def explain(person: Person, scheme_key: str) -> Considered:
    """One scheme over the person's standing evidence. Stores nothing. Raises Refusal for an unknown scheme."""
    return consider_versions(person, [newest_scheme(scheme_key)])[0]


def consider_versions(person: Person, versions: Iterable[SchemeVersion]) -> tuple[Considered, ...]:
    """These versions over the person's standing evidence."""
    facts = [_fact(row) for row in Evidence.objects.standing().of(person).select_related("subject")]
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
