"""The evidence ledger: one call down for every finished activity, passed or not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from competencies.framework import leaf_titles
from competencies.models import Evidence, EvidenceKind, Subject, SubjectKind
from competencies.signals import evidence_recorded
from core.errors import Refusal
from people.models import Person


def register_subject(
    *, kind: SubjectKind, key: str, title: str, hours: Decimal = Decimal(0), url: str = ""
) -> Subject:
    """Make something nameable by evidence and scheme rules; a later release may change title, hours and url."""
    subject, _created = Subject.objects.update_or_create(
        kind=kind, key=key, defaults={"title": title, "hours": hours, "url": url}
    )
    return subject


@transaction.atomic
def record_evidence(
    *,
    person: Person,
    subject: Subject,
    kind: EvidenceKind,
    version_hash: str,
    source_key: str,
    occurred_at: datetime,
    now: datetime,
    score: Decimal | None = None,
    hours: Decimal = Decimal(0),
    weights: Mapping[str, Decimal] | None = None,
    leaf_scores: Mapping[str, Decimal] | None = None,
    supersedes: Evidence | None = None,
    passed: bool | None = None,
) -> Evidence:
    """Append one row. The same `source_key` twice gives the row that is already there.

    `score` and `leaf_scores` are 0..1; `weights` per leaf, any positive scale; `passed` is the activity's own word,
    None where it has none. Raises Refusal on an unknown leaf,
    or when `supersedes` belongs to somebody else or was superseded already.
    """
    existing = Evidence.objects.filter(source_key=source_key).first()
    if existing:
        return existing
    _check(person, weights or {}, leaf_scores or {}, supersedes)
    evidence = Evidence.objects.create(
        person=person,
        subject=subject,
        kind=kind,
        version_hash=version_hash,
        source_key=source_key,
        occurred_at=occurred_at,
        recorded_at=now,
        score=score,
        hours=hours,
        weights=_as_text(weights),
        leaf_scores=_as_text(leaf_scores),
        supersedes=supersedes,
        passed=passed,
    )
    evidence_recorded.send(sender=Evidence, evidence=evidence)
    return evidence


@transaction.atomic
def withdraw_evidence(*, evidence: Evidence, source_key: str, now: datetime) -> Evidence:
    """Append a row that takes another back (a certificate revoked, an attempt annulled). Both stay readable.

    The same `source_key` twice is once. Raises Refusal when the evidence was corrected or withdrawn already.
    """
    existing = Evidence.objects.filter(source_key=source_key).first()
    if existing:
        return existing
    _check_standing(evidence)
    withdrawal = Evidence.objects.create(
        person_id=evidence.person_id,
        subject_id=evidence.subject_id,
        kind=evidence.kind,
        version_hash=evidence.version_hash,
        source_key=source_key,
        occurred_at=now,
        recorded_at=now,
        supersedes=evidence,
        withdrawn=True,
    )
    evidence_recorded.send(sender=Evidence, evidence=withdrawal)
    return withdrawal


def _check(
    person: Person,
    weights: Mapping[str, Decimal],
    leaf_scores: Mapping[str, Decimal],
    supersedes: Evidence | None,
) -> None:
    unknown = ({*weights, *leaf_scores}) - set(leaf_titles())
    if unknown:
        raise Refusal(_("Unknown leaf competency: %(keys)s.") % {"keys": ", ".join(sorted(unknown))})
    if any(not 0 <= score <= 1 for score in leaf_scores.values()):
        raise Refusal(_("A leaf score lies between 0 and 1."))
    if any(weight < 0 for weight in weights.values()):
        raise Refusal(_("A weight is not negative."))
    if supersedes and supersedes.person_id != person.pk:
        raise Refusal(_("Evidence can only be corrected for the same person."))
    if supersedes:
        _check_standing(supersedes)


def _check_standing(evidence: Evidence) -> None:
    if evidence.withdrawn or Evidence.objects.filter(supersedes=evidence).exists():
        raise Refusal(_("This evidence was corrected or withdrawn already."))


def _as_text(numbers: Mapping[str, Decimal] | None) -> dict[str, str]:
    return {leaf: format(number, "f") for leaf, number in sorted((numbers or {}).items())}
