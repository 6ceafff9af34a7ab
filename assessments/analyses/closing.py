"""Exams that are over: nobody sits them any more, so that what their papers say about the questions stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, Max, OuterRef

from assessments.analyses.selecting import may_be_analysed
from assessments.exams.settings import ExamSettings
from assessments.models import Attempt, AttemptStatus, ExamSession, ExamVersion, Result


def is_closed(version: ExamVersion, *, now: datetime) -> bool:
    """Whether nobody can sit this release any more, and nobody does. Three queries.

    Its window and its sessions are over, or a newer release took its place. One without a window that is still the
    newest is never closed: for an exam that is always open, “closed” is something of each candidate (docs/adr/0008).
    """
    if Attempt.objects.filter(exam_version=version, status=AttemptStatus.OPEN).exists():
        return False
    if ExamVersion.objects.filter(key=version.key, number__gt=version.number).exists():
        return True
    ends_at = window_ends_at(version)
    return ends_at is not None and ends_at <= now


def window_ends_at(version: ExamVersion) -> datetime | None:
    """When the last window or session of the exam ends; None for one that has neither. One query."""
    settings = ExamSettings.of(version.document)
    last = ExamSession.objects.filter(exam_key=version.key).aggregate(last=Max("closes_at"))["last"]
    if settings.seats_only:
        return last
    return None if settings.closes_at is None else max(settings.closes_at, last or settings.closes_at)


def closed_exams(*, now: datetime) -> Iterator[ExamVersion]:
    """Releases that are over and that somebody has a complete result of."""
    results = Result.objects.filter(attempt__exam_version=OuterRef("pk"), complete=True)
    for version in ExamVersion.objects.held().filter(Exists(results)).order_by("pk"):
        if may_be_analysed(version) and is_closed(version, now=now):
            yield version
