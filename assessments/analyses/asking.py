"""Asking for the statistics of an exam: found where the papers are still the same, else put to work."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import tasks
from assessments.analyses.closing import closed_exams
from assessments.analyses.selecting import Selection, may_be_analysed, select_sittings, usual_which
from assessments.models import Analysis, AnalysisStatus, ExamVersion, Which
from assessments.permissions import READERS
from core import audit
from core.errors import Refusal
from people.models import Person
from people.roles import check_role

FEWEST = 5
"""Papers below which there are no statistics: they would say more about single people than about questions."""


def ask_analysis(*, exam_version: ExamVersion, which: Which, by: Person | None, now: datetime) -> Analysis:
    """The analysis of the papers as they are now: the one there is, done or under way, or a new one.

    One that failed is tried again. `by=None` is the nightly run. Raises NotAllowed for somebody who is neither author
    nor administrator, Refusal for practice and rehearsals (code "practice") and for fewer than `FEWEST` papers ("few").
    """
    if by:
        check_role(by, *READERS, on=timezone.localdate(now))
    selection = _selection(exam_version, which)
    with transaction.atomic():
        analysis, is_new = Analysis.objects.select_for_update().get_or_create(
            exam_version=exam_version,
            which=which,
            fingerprint=selection.fingerprint,
            defaults={
                "asked_by": by,
                "asked_at": now,
                "touched_at": now,
                "total_count": len(selection.sittings),
            },
        )
        if not is_new and analysis.status != AnalysisStatus.FAILED:
            return analysis
        if not is_new:
            _try_again(analysis, now)
        audit.record(
            action="analysis.asked",
            target=f"assessments.analysis:{analysis.pk}",
            by=by,
            now=now,
            exam=exam_version.key,
            number=exam_version.number,
            which=which,
        )
        transaction.on_commit(partial(_enqueue, analysis.pk))
    return analysis


def analyse_closed(*, now: datetime) -> int:
    """Have every exam analysed that is over, so that its statistics open at once. How many were new or changed."""
    asked = 0
    for version in closed_exams(now=now):
        try:
            analysis = ask_analysis(exam_version=version, which=usual_which(version), by=None, now=now)
        except Refusal:
            continue
        asked += analysis.asked_at == now
    return asked


def _selection(version: ExamVersion, which: Which) -> Selection:
    if not may_be_analysed(version):
        raise Refusal(_("Practice papers and rehearsals have no statistics."), code="practice")
    selection = select_sittings(version, which)
    if len(selection.sittings) < FEWEST:
        raise Refusal(
            _(
                "Statistics need at least %(fewest)s papers with a complete result: fewer would say more about single "
                "people than about questions."
            )
            % {"fewest": FEWEST},
            code="few",
        )
    return selection


def _try_again(analysis: Analysis, now: datetime) -> None:
    analysis.move_to(AnalysisStatus.WAITING)
    analysis.problem, analysis.done_count, analysis.touched_at = "", 0, now
    analysis.save(update_fields=["status", "problem", "done_count", "touched_at"])


def _enqueue(analysis_id: UUID) -> None:
    tasks.advance_analysis.delay(str(analysis_id))
