"""Markers are told a day before the marking of an exam is due, while answers wait for them; leases that lapsed long ago
are cleared away."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.marking.queueing import free_scripts
from assessments.models import ExamVersion, MarkingLease, MarkingPlan
from people.models import Notice, Person, Role, RoleAssignment
from people.notices import send_notice

NOTICE_BEFORE = timedelta(hours=24)
KEPT_LAPSED = timedelta(days=7)


def remind_markers(*, now: datetime) -> int:
    """Tell every marker for whom answers of an exam wait that its marking is due within a day; once for each date.
    Returns how many were told."""
    told = 0
    for plan in MarkingPlan.objects.filter(due_at__gt=now, due_at__lte=now + NOTICE_BEFORE).order_by("pk"):
        for marker in _markers_to_tell(plan, now):
            waiting = free_scripts(marker, at=now).filter(attempt__exam_key=plan.exam_key).count()
            if waiting:
                _tell(plan, marker, waiting, now)
                told += 1
    return told


def clear_lapsed(*, now: datetime) -> int:
    """Leases that lapsed long ago go away; returns how many."""
    count, _rows = MarkingLease.objects.filter(expires_at__lte=now - KEPT_LAPSED).delete()
    return count


def _markers_to_tell(plan: MarkingPlan, now: datetime) -> QuerySet[Person]:
    roles = RoleAssignment.objects.active(on=timezone.localdate(now)).filter(
        person=OuterRef("pk"), role=Role.EXAMINER
    )
    told = Notice.objects.filter(source_key__startswith=f"{_key(plan)}:").values("recipient")
    return Person.objects.filter(Exists(roles)).exclude(pk__in=told).order_by("pk")


def _tell(plan: MarkingPlan, marker: Person, waiting: int, now: datetime) -> None:
    assert plan.due_at  # noqa: S101 -- only plans that are due come here
    newest = ExamVersion.objects.newest().get(key=plan.exam_key)
    with translation.override(settings.LANGUAGE_CODE):
        until = date_format(timezone.localtime(plan.due_at), "DATETIME_FORMAT")
        count = ngettext("%(count)s answer waits.", "%(count)s answers wait.", waiting) % {"count": waiting}
        send_notice(
            recipient=marker,
            title=_("Marking is due soon: %(title)s") % {"title": newest.title},
            body=_("%(count)s Please mark by %(until)s.") % {"count": count, "until": until},
            url=reverse("assessments:marking"),
            source_key=f"{_key(plan)}:{marker.pk}",
            now=now,
        )


def _key(plan: MarkingPlan) -> str:
    assert plan.due_at  # noqa: S101
    return f"marking-due:{plan.exam_key}:{plan.due_at:%Y%m%d%H%M}"
