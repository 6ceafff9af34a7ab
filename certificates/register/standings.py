"""The standing of many certificates in SQL: `certificates.standing.standing_of` said once more for filters and counts.

A test compares the two over every sequence of events that can happen.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from certificates.models import Certificate, CertificateEvent, EventKind
from certificates.standing import Standing

SWITCHES = (EventKind.SUSPENDED, EventKind.RESTORED)


def with_standing(certificates: QuerySet[Certificate], *, on: date) -> QuerySet[Any]:
    """Annotated with `standing_now`, the value of a Standing on this local day."""
    events = CertificateEvent.objects.filter(certificate=OuterRef("pk"))
    last_switch = events.filter(kind__in=SWITCHES).order_by("-at", "-pk").values("kind")[:1]
    return certificates.annotate(last_switch=Subquery(last_switch)).annotate(
        standing_now=Case(
            When(_has(events, EventKind.VOIDED), then=Value(Standing.VOIDED.value)),
            When(~_has(events, EventKind.RELEASED), then=Value(Standing.UNRELEASED.value)),
            When(_has(events, EventKind.REVOKED), then=Value(Standing.REVOKED.value)),
            When(_has(events, EventKind.SUPERSEDED), then=Value(Standing.SUPERSEDED.value)),
            When(last_switch=EventKind.SUSPENDED, then=Value(Standing.SUSPENDED.value)),
            When(Q(valid_until__lt=on), then=Value(Standing.EXPIRED.value)),
            When(Q(valid_from__gt=on), then=Value(Standing.NOT_YET_VALID.value)),
            default=Value(Standing.VALID.value),
            output_field=CharField(),
        )
    )


def _has(events: QuerySet[CertificateEvent], kind: EventKind) -> Exists:
    return Exists(events.filter(kind=kind))
