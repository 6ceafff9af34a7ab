"""Sittings worth a look, by need. Plain counts and times: none of them proves anything, and nothing is added up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Page
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.inquiries.reach import lens_for, sittings_within_reach
from assessments.models import (
    Attempt,
    AttemptStatus,
    EventKind,
    HeldAnswer,
    HeldStatus,
    Inquiry,
    SittingEvent,
)
from people.accounts import names_of
from people.models import Person

RECENT = timedelta(days=90)
MANY_ABSENCES = 3
LONG_ABSENCE = 60  # seconds
TOLD = (EventKind.PASTED, EventKind.MOVED, EventKind.FENCED)


@dataclass(frozen=True)
class InquiryLine:
    """One sitting in the list; `who` is a name or the candidate's number, `facts` are counts and times in words."""

    who: str
    exam_title: str
    submitted_at: datetime
    facts: tuple[str, ...]
    state: str
    state_text: str
    url: str


def sittings_to_look_at(viewer: Person, *, at: datetime) -> QuerySet[Attempt]:
    """Sittings of the last three months with something to look at, and older ones where somebody waits; lazy.

    Objections without an answer first, then answers that wait, then what nobody looked at.
    """
    long_absence = _events(EventKind.SHOWN).filter(detail__seconds__gte=LONG_ABSENCE)
    own = Inquiry.objects.filter(attempt=OuterRef("pk"))
    held = HeldAnswer.objects.filter(attempt=OuterRef("pk"), status=HeldStatus.HELD)
    found = (
        sittings_within_reach(viewer, at=at)
        .exclude(status=AttemptStatus.OPEN)
        .annotate(
            objected=Exists(own.filter(objected_at__isnull=False, replied_at=None)),
            looked_at=Exists(own),
            waiting=_count(held),
            absences=_count(_events(EventKind.HIDDEN)),
            pastes=_count(_events(EventKind.PASTED)),
            moves=_count(_events(EventKind.MOVED)),
        )
    )
    somebody_waits = Q(objected=True) | Q(waiting__gt=0)
    told = Q(absences__gte=MANY_ABSENCES) | Exists(long_absence) | Exists(_events(*TOLD))
    return (
        found.filter(somebody_waits | (Q(submitted_at__gte=at - RECENT) & told))
        .select_related("exam_version")
        .defer("exam_version__document")
        .order_by(
            "-objected", "-waiting", "looked_at", "-moves", "-pastes", "-absences", "-submitted_at", "pk"
        )
    )


def inquiry_lines(page: Page[Any] | Sequence[Any]) -> tuple[InquiryLine, ...]:
    """The sittings of one page in words. Two queries."""
    sittings = list(page)
    lenses = {sitting.pk: lens_for(sitting) for sitting in sittings}
    named = {sitting.person_id for sitting in sittings if lenses[sitting.pk].names}
    names, away = names_of(named), _seconds_away(sitting.pk for sitting in sittings)
    return tuple(
        _line(sitting, names.get(sitting.person_id, "") if lenses[sitting.pk].names else "", away[sitting.pk])
        for sitting in sittings
    )


def numbered(sitting: Attempt) -> str:
    """How the candidate is called where their name is not known."""
    return _("Candidate %(number)s") % {"number": sitting.candidate_number}


def span(seconds: int) -> str:
    """So many seconds in words."""
    minutes, rest = divmod(max(0, seconds), 60)
    if not minutes:
        return ngettext("%(count)s second", "%(count)s seconds", rest) % {"count": rest}
    if not rest:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": rest}


def number_in(detail: dict[str, Any], name: str) -> int:
    """A number of an event, 0 where the page sent none."""
    value = detail.get(name)
    return value if type(value) is int and value > 0 else 0


def _line(sitting: Any, name: str, away: int) -> InquiryLine:
    state, state_text = _state(sitting)
    return InquiryLine(
        who=name or numbered(sitting),
        exam_title=sitting.exam_version.title,
        submitted_at=sitting.submitted_at,
        facts=tuple(_facts(sitting, away)),
        state=state,
        state_text=state_text,
        url=reverse("assessments:inquiry", args=[sitting.pk]),
    )


def _facts(sitting: Any, away: int) -> Iterable[str]:
    if sitting.absences:
        said = {"count": sitting.absences, "span": span(away)}
        yield (
            ngettext(
                "%(count)s time something else in front, %(span)s",
                "%(count)s times something else in front, %(span)s altogether",
                sitting.absences,
            )
            % said
        )
    if sitting.pastes:
        yield ngettext("pasted %(count)s time", "pasted %(count)s times", sitting.pastes) % {
            "count": sitting.pastes
        }
    if sitting.moves:
        yield ngettext(
            "%(count)s change of login or device", "%(count)s changes of login or device", sitting.moves
        ) % {"count": sitting.moves}


def _state(sitting: Any) -> tuple[str, str]:
    if sitting.objected:
        return "due", _("Objection without an answer")
    if sitting.waiting:
        words = ngettext("%(count)s answer waits", "%(count)s answers wait", sitting.waiting)
        return "due", words % {"count": sitting.waiting}
    return ("done", _("Looked at")) if sitting.looked_at else ("open", _("Not looked at"))


def _events(*kinds: EventKind) -> QuerySet[SittingEvent]:
    return SittingEvent.objects.filter(attempt=OuterRef("pk"), kind__in=kinds)


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("attempt").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _seconds_away(attempts: Iterable[UUID]) -> defaultdict[UUID, int]:
    """Added up here and not by the database: what a page sends need not be a number."""
    away: defaultdict[UUID, int] = defaultdict(int)
    events = SittingEvent.objects.filter(attempt__in=list(attempts), kind=EventKind.SHOWN)
    for attempt, detail in events.values_list("attempt", "detail"):
        away[attempt] += number_in(detail, "seconds")
    return away
