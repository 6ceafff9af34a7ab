"""The sign of life of a sitting's page: what it noticed, and what it must know.

A page reports every twenty seconds and when something happened. None of it is a judgement, and nothing of it decides
anything: the time that the page says is kept beside the server's own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from assessments.attempts import is_over, refuse_unknown
from assessments.models import Attempt, AttemptStatus, EventKind, SittingEvent
from assessments.sittings.tokens import Window
from core.prepared import prepared

FROM_PAGES = (EventKind.HIDDEN, EventKind.SHOWN, EventKind.OFFLINE, EventKind.ONLINE, EventKind.PASTED)
MOST_AT_ONCE = 50
MOST_EVENTS = 2_000
MOST_DETAILS = 8
LARGEST = 2**53
SEEN_EVERY = timedelta(seconds=10)
CODE = re.compile(r"[a-z0-9_.-]{1,32}")
NO_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)


class EventsInvalid(ValueError):
    """What a page reports has another shape, or too much of it."""


@dataclass(frozen=True)
class Noticed:
    """Something a page noticed, when by its own clock, and numbers or codes about it."""

    kind: EventKind
    said_at: datetime | None
    detail: dict[str, int | str]


@dataclass(frozen=True)
class Pulse:
    """What the page must know: seconds to the deadline as it stands now, open or closed, whether a newer window writes;
    `message` says what to do, "" where nothing is."""

    seconds: int
    status: str
    fenced: bool
    message: str


def take_pulse(*, attempt_id: UUID, window: Window, noticed: Sequence[Noticed], now: datetime) -> Pulse:
    """Keep what the page noticed, and answer how its sitting stands.

    The same event twice (its answer was lost on the way) is one; beyond `MOST_EVENTS` of an attempt nothing is kept. A
    life sign is written every ten seconds at most. Raises NoSuchAnswer. Three queries at most.
    """
    moments = [each.said_at for each in noticed if each.said_at] or [NO_MOMENT]
    rows = _states(attempt_id, window.person.pk, moments)
    if not rows:
        refuse_unknown()
    status, deadline_at, fence, seen_at, count, _kind, _said_at = rows[0]
    _keep(attempt_id, noticed, known={row[-2:] for row in rows}, room=MOST_EVENTS - count, now=now)
    is_open = status == AttemptStatus.OPEN and not is_over(Attempt(deadline_at=deadline_at), now=now)
    fenced = window.fence < fence
    if is_open and not fenced and (seen_at is None or now - seen_at >= SEEN_EVERY):
        Attempt.objects.filter(pk=attempt_id, status=AttemptStatus.OPEN).update(seen_at=now)
    seconds = max(0, int((deadline_at - now).total_seconds())) if is_open else 0
    return Pulse(seconds, "open" if is_open else "closed", fenced, _message(is_open, fenced))


def read_noticed(data: Any) -> tuple[Noticed, ...]:
    """What a page reports, from JSON: {events: [{kind, at, detail}]}. Raises EventsInvalid."""
    events = data.get("events", []) if isinstance(data, dict) else None
    if not isinstance(events, list) or len(events) > MOST_AT_ONCE:
        raise EventsInvalid("events")
    return tuple(_read_event(each) for each in events)


def read_moment(said: Any) -> datetime | None:
    """A page's own time: ISO text with a zone, or milliseconds since 1970; None for anything else."""
    try:
        if isinstance(said, str):
            moment = datetime.fromisoformat(said)
        elif type(said) in (int, float):
            moment = datetime.fromtimestamp(said / 1000, UTC)
        else:
            return None
        return moment.astimezone(UTC) if moment.tzinfo and 1970 <= moment.year <= 9000 else None
    except (ValueError, OverflowError, OSError):
        return None


@prepared
def _states(
    attempt_id: UUID, person: UUID, moments: Sequence[datetime]
) -> QuerySet[Attempt, tuple[str, datetime, int, datetime | None, int, str | None, datetime | None]]:
    """The attempt, once for each event that its pages noticed at one of these moments, else once."""
    told = SittingEvent.objects.filter(attempt=OuterRef("pk"), kind__in=FROM_PAGES)
    count = told.order_by().values("attempt").annotate(count=Count("pk")).values("count")
    return (
        Attempt.objects.filter(pk=attempt_id, person=person)
        .annotate(
            event_count=Coalesce(Subquery(count), 0),
            known=FilteredRelation("events", condition=Q(events__said_at__in=moments)),
        )
        .values_list(
            "status", "deadline_at", "fence", "seen_at", "event_count", F("known__kind"), F("known__said_at")
        )
    )


def _keep(
    attempt_id: UUID,
    noticed: Sequence[Noticed],
    *,
    known: set[tuple[str | None, datetime | None]],
    room: int,
    now: datetime,
) -> None:
    new = [each for each in noticed if each.said_at is None or (each.kind, each.said_at) not in known]
    SittingEvent.objects.bulk_create(
        SittingEvent(
            attempt_id=attempt_id,
            kind=each.kind,
            happened_at=now,
            said_at=each.said_at,
            detail=each.detail,
        )
        for each in new[: max(0, room)]
    )


def _read_event(said: Any) -> Noticed:
    kind = said.get("kind") if isinstance(said, dict) else None
    if kind not in FROM_PAGES:
        raise EventsInvalid("kind")
    detail = said.get("detail") or {}
    if not isinstance(detail, dict) or len(detail) > MOST_DETAILS:
        raise EventsInvalid("detail")
    if not all(CODE.fullmatch(name) and _is_small(value) for name, value in detail.items()):
        raise EventsInvalid("detail")
    return Noticed(EventKind(kind), read_moment(said.get("at")), detail)


def _is_small(value: Any) -> bool:
    """A number or a short code: nothing in which a page could carry away what somebody wrote."""
    if isinstance(value, str):
        return CODE.fullmatch(value) is not None
    return type(value) in (int, bool) and abs(value) <= LARGEST


def _message(is_open: bool, fenced: bool) -> str:
    if not is_open:
        return _("This exam has been handed in. Open its result page to read on.")
    if fenced:
        return _("This exam was opened in another window. Go on there, or reload this page to write here.")
    return ""
