"""What a worker does for an analysis: collects the papers into a matrix, then computes the figures.

Killed, it begins the step anew: collecting takes seconds and writes nothing before its end. Delivered twice, both
deliveries come to the same rows. `due_analyses` finds what stands still.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.analyses.collecting import collect
from assessments.analyses.figures import figures_of
from assessments.analyses.layouts import layout_of
from assessments.analyses.matrices import pack, stored_matrix
from assessments.analyses.selecting import Selection, select_sittings
from assessments.analyses.suspecting import raise_suspicions
from assessments.models import Analysis, AnalysisStatus, ScoreMatrix, Which

logger = logging.getLogger(__name__)

STANDS_STILL = timedelta(minutes=2)
UNDER_WAY = (AnalysisStatus.WAITING, AnalysisStatus.COLLECTING, AnalysisStatus.COMPUTING)

Clock = Callable[[], datetime]


def advance_analysis(*, analysis: Analysis, clock: Clock = timezone.now) -> Analysis:
    """Do what is left of an analysis. May run any number of times, in any number of workers at once.

    Papers handed in or regraded since it was asked for are taken in. What cannot be computed is FAILED, with a word for
    whoever asked, who may ask again.
    """
    analysis = Analysis.objects.select_related("exam_version", "matrix").get(pk=analysis.pk)
    try:
        if analysis.status in (AnalysisStatus.WAITING, AnalysisStatus.COLLECTING):
            analysis = _collect(analysis, clock)
        if analysis.status == AnalysisStatus.COMPUTING:
            analysis = _compute(analysis, clock)
    except Exception:
        logger.exception("analysis %s cannot be computed", analysis.pk)
        problem = _("Something went wrong in computing. Ask again; if it stays, tell your administrator.")
        return _move(analysis, AnalysisStatus.FAILED, clock(), problem=problem)
    return analysis


def due_analyses(*, now: datetime) -> list[UUID]:
    """What should move and has not for two minutes; marked as touched, so that nobody else finds it too."""
    found = []
    still = Analysis.objects.filter(status__in=UNDER_WAY, touched_at__lte=now - STANDS_STILL)
    for pk, touched_at in still.values_list("pk", "touched_at"):
        if Analysis.objects.filter(pk=pk, touched_at=touched_at).update(touched_at=now):
            found.append(pk)
    return found


def _collect(analysis: Analysis, clock: Clock) -> Analysis:
    selection = select_sittings(analysis.exam_version, Which(analysis.which))
    analysis = _begin(analysis, selection, clock())
    if analysis.status != AnalysisStatus.COLLECTING:
        return analysis

    def tell(done: int) -> None:
        here = Analysis.objects.filter(pk=analysis.pk, status=AnalysisStatus.COLLECTING)
        here.update(done_count=done, touched_at=clock())

    layout = layout_of(analysis.exam_version)
    matrix = collect(layout, selection, tell)
    rows, columns = matrix.scores.shape
    stored, _is_new = ScoreMatrix.objects.get_or_create(
        exam_version=analysis.exam_version,
        which=analysis.which,
        fingerprint=selection.fingerprint,
        defaults={
            "rows": rows,
            "columns": columns,
            "per_point": matrix.per_point,
            "layout": layout.as_json(),
            "scores": pack(matrix.scores),
            "choices": pack(matrix.choices),
            "stored_at": clock(),
        },
    )
    return _move(analysis, AnalysisStatus.COMPUTING, clock(), matrix=stored)


@transaction.atomic
def _begin(analysis: Analysis, selection: Selection, now: datetime) -> Analysis:
    """COLLECTING, of the papers there are now. Where another analysis has those already, this one has failed."""
    found = _locked(analysis)
    if found.status not in (AnalysisStatus.WAITING, AnalysisStatus.COLLECTING):
        return found
    if found.fingerprint != selection.fingerprint:
        others = Analysis.objects.filter(exam_version=found.exam_version_id, which=found.which)
        if others.filter(fingerprint=selection.fingerprint).exists():
            problem = _("More papers came in meanwhile. The statistics of all of them are under way or done.")
            return _move(found, AnalysisStatus.FAILED, now, problem=problem)
        found.fingerprint = selection.fingerprint
    found.total_count, found.done_count, found.touched_at = len(selection.sittings), 0, now
    if found.status == AnalysisStatus.WAITING:
        found.move_to(AnalysisStatus.COLLECTING)
    found.save(update_fields=["fingerprint", "status", "total_count", "done_count", "touched_at"])
    return found


def _compute(analysis: Analysis, clock: Clock) -> Analysis:
    if analysis.matrix is None:
        raise ValueError("an analysis that is being computed has a matrix")
    figures = figures_of(stored_matrix(analysis.matrix))
    with transaction.atomic():
        analysis = _move(analysis, AnalysisStatus.DONE, clock(), figures=figures)
        if analysis.status == AnalysisStatus.DONE:
            _forget_outdated(analysis)
            raise_suspicions(analysis=analysis, now=clock())
    return analysis


@transaction.atomic
def _move(analysis: Analysis, status: AnalysisStatus, now: datetime, **said: object) -> Analysis:
    """The analysis with this status and what is said of it, unless somebody else was faster."""
    found = _locked(analysis)
    if (found.status, found.fingerprint) != (analysis.status, analysis.fingerprint):
        return found
    found.move_to(status)
    for name, value in {**said, "touched_at": now}.items():
        setattr(found, name, value)
    found.finished_at = now if status in (AnalysisStatus.DONE, AnalysisStatus.FAILED) else None
    found.save(update_fields=["status", "touched_at", "finished_at", *said])
    return found


def _locked(analysis: Analysis) -> Analysis:
    found = Analysis.objects.select_for_update(of=("self",)).select_related("exam_version", "matrix")
    return found.get(pk=analysis.pk)


def _forget_outdated(analysis: Analysis) -> None:
    """Matrices of papers that are no longer those of the exam; the figures computed from them stay to be compared."""
    of_exam = ScoreMatrix.objects.filter(exam_version=analysis.exam_version_id, which=analysis.which)
    of_exam.exclude(fingerprint=analysis.fingerprint).delete()
