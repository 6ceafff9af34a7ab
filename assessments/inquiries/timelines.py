"""A sitting as it went, in words: what page and server noticed, time that was added, what happened at the seat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.inquiries.boards import number_in, span
from assessments.models import Attempt, EventKind, HandedInBy, Incident, SittingEvent

# Further apart than this, the page's own time is told beside the server's: it was offline, or its clock is wrong.
APART = timedelta(seconds=30)


@dataclass(frozen=True)
class Moment:
    """One line: when by the server, what, and how much. `said_at` is the page's own time where that is far from it."""

    at: datetime
    title: str
    note: str = ""
    said_at: datetime | None = None


def timeline_of(attempt: Attempt, *, texts: bool) -> tuple[Moment, ...]:
    """Everything in its order. `texts`: with what invigilators wrote about the seat, which may name people.

    Two queries, one without a seat.
    """
    moments = [
        Moment(attempt.started_at, _("The sitting began")),
        *_end(attempt),
        *map(_moment, attempt.events.order_by("happened_at", "pk")),
        *_incidents(attempt, texts=texts),
    ]
    return tuple(sorted(moments, key=lambda moment: moment.at))


def _end(attempt: Attempt) -> Iterator[Moment]:
    """The end of the time: as planned while somebody writes, then only where it came before the paper was handed in."""
    if attempt.submitted_at is None:
        yield Moment(attempt.deadline_at, _("The time ends, as planned now"))
    elif attempt.deadline_at <= attempt.submitted_at:
        yield Moment(attempt.deadline_at, _("The time was over"))


def _moment(event: SittingEvent) -> Moment:
    said = event.said_at
    is_apart = said is not None and abs(event.happened_at - said) > APART
    kind = EventKind(event.kind)
    return Moment(event.happened_at, str(kind.label), _note(kind, event.detail), said if is_apart else None)


def _note(kind: EventKind, detail: dict[str, Any]) -> str:
    """Numbers in words; what else a page may have sent is not shown."""
    parts = list(_parts(kind, detail))
    if slot := number_in(detail, "slot"):
        parts.append(_("question %(slot)s") % {"slot": slot})
    return _(", ").join(parts)


def _parts(kind: EventKind, detail: dict[str, Any]) -> Iterator[str]:
    if kind == EventKind.SHOWN:
        yield _("after %(span)s") % {"span": span(number_in(detail, "seconds"))}
    elif kind == EventKind.ONLINE:
        yield _("gone for %(span)s") % {"span": span(number_in(detail, "seconds"))}
    elif kind == EventKind.PASTED:
        count = number_in(detail, "characters")
        yield ngettext("%(count)s character", "%(count)s characters", count) % {"count": count}
    elif kind == EventKind.EXTENDED:
        minutes = number_in(detail, "minutes")
        yield ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    elif kind in (EventKind.OPENED, EventKind.MOVED, EventKind.FENCED):
        if window := number_in(detail, "fence"):
            yield _("window %(number)s") % {"number": window}
    elif kind == EventKind.CLOSED and detail.get("by") in HandedInBy:
        yield str(HandedInBy(detail["by"]).label)


def _incidents(attempt: Attempt, *, texts: bool) -> Iterator[Moment]:
    if attempt.seat_id is None:
        return
    for incident in Incident.objects.filter(seat=attempt.seat_id).order_by("recorded_at", "pk"):
        title = _("Invigilator: %(kind)s") % {"kind": incident.get_kind_display()}
        yield Moment(incident.recorded_at, title, incident.text if texts else "")
