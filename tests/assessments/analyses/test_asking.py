"""Statistics are asked for, computed by a worker, found again while the papers are the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from assessments import tasks
from assessments.analyses import advancing
from assessments.analyses.advancing import advance_analysis, due_analyses
from assessments.analyses.asking import FEWEST, analyse_closed, ask_analysis
from assessments.analyses.closing import is_closed
from assessments.models import (
    ANALYSIS_TRANSITIONS,
    Analysis,
    AnalysisStatus,
    Answer,
    ScoreMatrix,
    Which,
)
from assessments.results.rescoring import Reason, rescore_attempt
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Role
from tests.assessments.analyses.making import HALF, RIGHT, analysed, sit, sit_many
from tests.assessments.halls.making import make_session
from tests.assessments.making import make_attempt, make_exam
from tests.factories import make_person

pytestmark = pytest.mark.django_db
ROWS = [[RIGHT["single"], None]] * 3 + [[RIGHT["single"], HALF], [None, RIGHT["multiple"]]]


def ask(version: Any, now: datetime, *, by: Any = None, which: Which = Which.FIRST) -> Analysis:
    return ask_analysis(exam_version=version, which=which, by=by, now=now)


def test_every_status_has_its_transitions() -> None:
    assert set(ANALYSIS_TRANSITIONS) == set(AnalysisStatus)


@pytest.mark.postgres
def test_analysis_is_asked_for_and_computed(now: datetime, django_capture_on_commit_callbacks: Any) -> None:
    version, author = make_exam(), make_person(roles=(Role.AUTHOR,))
    sit_many(ROWS, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        asked = ask(version, now, by=author)
    analysis = Analysis.objects.get()
    assert (asked.pk, analysis.status, analysis.done_count, analysis.total_count) == (
        analysis.pk,
        AnalysisStatus.DONE,
        5,
        5,
    )
    assert analysis.figures["test"]["n"] == 5
    assert analysis.figures["test"]["mean"] == pytest.approx((3 * 2 + 2.5 + 2) / 5)
    assert [item["facility"] for item in analysis.figures["items"]] == pytest.approx([0.8, 2.5 / 10])
    assert (analysis.matrix.rows, analysis.matrix.columns) == (5, 2)
    assert AuditEntry.objects.filter(action="analysis.asked").count() == 1


def test_same_papers_give_the_same_analysis(now: datetime) -> None:
    version, author = make_exam(), make_person(roles=(Role.AUTHOR,))
    sit_many(ROWS, now=now)
    first = analysed(version, now=now)
    again = ask(version, now + timedelta(days=1), by=author)
    assert (again.pk, again.asked_at) == (first.pk, first.asked_at)
    assert AuditEntry.objects.filter(action="analysis.asked").count() == 1


def test_a_new_paper_gives_a_new_analysis_and_its_matrix_takes_the_place_of_the_old(now: datetime) -> None:
    version = make_exam()
    sit_many(ROWS, now=now)
    first = analysed(version, now=now)
    sit(make_person(), ROWS[0], now=now)
    second = analysed(version, now=now)
    assert second.pk != first.pk
    assert ScoreMatrix.objects.get() == second.matrix
    first.refresh_from_db()
    assert (first.status, first.matrix, first.figures["test"]["n"]) == (AnalysisStatus.DONE, None, 5)


def test_a_regrade_gives_a_new_analysis(now: datetime) -> None:
    version = make_exam()
    attempt = sit_many(ROWS, now=now)[0]
    first = analysed(version, now=now)
    with transaction.atomic():
        Answer.objects.filter(attempt=attempt, slot=2).update(response=["o1", "o3"], sequence=9, saved_at=now)
        rescore_attempt(attempt=attempt, reason=Reason.QUESTION, by=None, now=now)
    second = analysed(version, now=now)
    assert second.pk != first.pk
    assert second.figures["test"]["mean"] == pytest.approx(first.figures["test"]["mean"] + 2 / 5)


def test_few_papers_and_practice_have_no_statistics(now: datetime) -> None:
    version = make_exam()
    sit_many(ROWS[: FEWEST - 1], now=now)
    with pytest.raises(Refusal) as few:
        ask(version, now)
    assert few.value.code == "few"
    practice = make_exam("practice", practice=True)
    with pytest.raises(Refusal) as refused:
        ask(practice, now)
    assert refused.value.code == "practice"
    assert not Analysis.objects.exists()


@pytest.mark.parametrize("role", [Role.EXAMINER, Role.INVIGILATOR, None])
def test_only_authors_and_administrators_ask(role: Any, now: datetime) -> None:
    version = make_exam()
    sit_many(ROWS, now=now)
    with pytest.raises(NotAllowed):
        ask(version, now, by=make_person(roles=(role,) if role else ()))
    assert ask(version, now, by=make_person(roles=(Role.ADMINISTRATOR,))).pk


def test_papers_that_came_in_since_are_taken_in(now: datetime) -> None:
    version = make_exam()
    sit_many(ROWS, now=now)
    asked = ask(version, now)
    sit(make_person(), ROWS[0], now=now)
    done = advance_analysis(analysis=asked, clock=lambda: now)
    assert (done.status, done.total_count, done.figures["test"]["n"]) == (AnalysisStatus.DONE, 6, 6)
    assert ask(version, now).pk == done.pk


def test_two_analyses_never_become_one(now: datetime) -> None:
    version = make_exam()
    sit_many(ROWS, now=now)
    early = ask(version, now)
    sit(make_person(), ROWS[0], now=now)
    late = ask(version, now)
    overtaken = advance_analysis(analysis=early, clock=lambda: now)
    assert (overtaken.status, "更多试卷" in overtaken.problem) == (AnalysisStatus.FAILED, True)
    assert advance_analysis(analysis=late, clock=lambda: now).status == AnalysisStatus.DONE


def test_killed_between_the_steps_it_goes_on(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a kill leaves behind is a status; whichever it is, the next worker comes to the same figures."""
    version = make_exam()
    sit_many(ROWS, now=now)
    asked = ask(version, now)
    whole = analysed(version, now=now, which=Which.ALL).figures

    class Killed(BaseException):
        pass

    def kill(*_args: Any, **_kwargs: Any) -> None:
        raise Killed

    for step in ("collect", "pack", "figures_of"):
        with monkeypatch.context() as patched:
            patched.setattr(advancing, step, kill)
            with pytest.raises(Killed):
                advance_analysis(analysis=asked, clock=lambda: now)
    assert Analysis.objects.get(pk=asked.pk).status == AnalysisStatus.COMPUTING
    assert advance_analysis(analysis=asked, clock=lambda: now).figures == whole


def test_what_stands_still_is_found_once(now: datetime) -> None:
    version = make_exam()
    sit_many(ROWS, now=now)
    asked = ask(version, now)
    later = now + advancing.STANDS_STILL
    assert due_analyses(now=later - timedelta(seconds=1)) == []
    assert due_analyses(now=later) == [asked.pk]
    assert due_analyses(now=later) == []
    advance_analysis(analysis=asked, clock=lambda: now)
    assert due_analyses(now=later + timedelta(days=1)) == []


def test_sweeper_finishes_what_a_lost_message_left(now: datetime) -> None:
    version = make_exam()
    sit_many(ROWS, now=now)
    asked = ask(version, now - timedelta(days=1000))
    assert tasks.resume_analyses() == 1
    asked.refresh_from_db()
    assert asked.status == AnalysisStatus.DONE


def test_delivered_five_times_it_is_done_once(now: datetime) -> None:
    version = make_exam()
    sit_many(ROWS, now=now)
    asked = ask(version, now)
    for _ in range(5):
        tasks.advance_analysis(str(asked.pk))
    assert (Analysis.objects.count(), ScoreMatrix.objects.count()) == (1, 1)
    assert Analysis.objects.get().status == AnalysisStatus.DONE


def test_what_cannot_be_computed_says_so_and_may_be_asked_again(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = make_exam()
    sit_many(ROWS, now=now)
    asked = ask(version, now)

    def break_down(*_args: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(advancing, "figures_of", break_down)
        failed = advance_analysis(analysis=asked, clock=lambda: now)
    assert (failed.status, failed.problem != "") == (AnalysisStatus.FAILED, True)
    again = ask(version, now + timedelta(hours=1))
    assert (again.pk, again.status, again.problem) == (asked.pk, AnalysisStatus.WAITING, "")
    assert advance_analysis(analysis=again, clock=lambda: now).status == AnalysisStatus.DONE


def test_exam_is_closed_when_nobody_can_sit_it_any_more(now: datetime) -> None:
    opens, closes = now - timedelta(hours=1), now + timedelta(hours=2)
    window = {"opens_at": opens.isoformat(), "closes_at": closes.isoformat()}
    version = make_exam(**window)
    assert not is_closed(version, now=now)
    assert is_closed(version, now=closes)
    make_attempt(make_person(), now=now)
    assert not is_closed(version, now=closes), "somebody still sits"


def test_sessions_and_newer_releases_close_an_exam(now: datetime) -> None:
    always = make_exam()
    assert not is_closed(always, now=now + timedelta(days=3650))
    newer = make_exam(title="新题名")
    assert is_closed(always, now=now)
    assert not is_closed(newer, now=now)
    seated = make_exam("seated", seats_only=True)
    assert not is_closed(seated, now=now)
    session = make_session(now, exam_key="seated")
    assert not is_closed(seated, now=session.closes_at - timedelta(seconds=1))
    assert is_closed(seated, now=session.closes_at)


@pytest.mark.postgres
def test_night_analyses_closed_exams_once(now: datetime) -> None:
    closes = now + timedelta(hours=2)
    version = make_exam(closes_at=closes.isoformat(), grading="last")
    make_exam("open")
    sit_many(ROWS, now=now)
    sit_many(ROWS, "open", now=now)
    assert analyse_closed(now=now) == 0
    assert analyse_closed(now=closes) == 1
    found = Analysis.objects.get()
    assert (found.exam_version, found.which, found.asked_by) == (version, Which.LAST, None)
    assert analyse_closed(now=closes + timedelta(days=1)) == 0
