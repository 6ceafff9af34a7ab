"""How marking is organised, and who is told that it is due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from assessments import tasks
from assessments.marking.leasing import take_scripts
from assessments.marking.plans import USUAL, PlanTerms, marked_counts, set_plan, terms_by_key, terms_for
from assessments.marking.reminding import clear_lapsed, remind_markers
from assessments.marking.undoing import undo_mark
from assessments.models import MarkingLease, MarkingPlan
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Notice, Person, Role
from tests.assessments.making import make_exam, make_submitted
from tests.assessments.marking.scripts import TWICE, item_of, make_marker, make_written, mark
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def admin() -> Person:
    return make_person(roles=(Role.ADMINISTRATOR,))


def test_without_a_plan_the_usual_holds() -> None:
    assert terms_for("base") == USUAL == PlanTerms(10, 240, None, 0, None)


def test_plan_is_kept_changed_and_recorded(admin: Person, now: datetime) -> None:
    make_exam()
    terms = PlanTerms(hold=5, lease_minutes=60, quota=40, undo_minutes=10, due_at=now + HOUR)
    plan = set_plan(exam_key="base", terms=terms, by=admin, now=now)
    assert set_plan(exam_key="base", terms=terms, by=admin, now=now + HOUR) == plan
    assert (terms_by_key(["base", "other"]), AuditEntry.objects.count()) == (
        {"base": terms, "other": USUAL},
        AuditEntry.objects.exclude(action="marking.planned").count() + 1,
    )
    set_plan(exam_key="base", terms=USUAL, by=admin, now=now + 2 * HOUR)
    assert terms_for("base") == USUAL
    assert MarkingPlan.objects.get().set_at == now + 2 * HOUR
    entry = AuditEntry.objects.filter(action="marking.planned").earliest("id")
    assert (entry.target, entry.detail["quota"]) == ("assessments.exam:base", 40)


@pytest.mark.parametrize(
    "terms",
    [
        {"hold": 0},
        {"hold": 501},
        {"lease_minutes": 4},
        {"lease_minutes": 20161},
        {"undo_minutes": 1441},
        {"quota": 0},
    ],
)
def test_numbers_out_of_range_are_refused(terms: dict[str, int], admin: Person, now: datetime) -> None:
    make_exam()
    with pytest.raises(Refusal) as refused:
        set_plan(exam_key="base", terms=PlanTerms(**terms), by=admin, now=now)
    assert (refused.value.code, MarkingPlan.objects.count()) == ("invalid", 0)


@pytest.mark.parametrize("terms", [{"hold": 0}, {"lease_minutes": 4}, {"undo_minutes": 1441}])
def test_database_holds_the_ranges(terms: dict[str, int], admin: Person, now: datetime) -> None:
    usual = {"hold": 10, "lease_minutes": 240, "undo_minutes": 0, **terms}
    with pytest.raises(IntegrityError), transaction.atomic():
        MarkingPlan.objects.create(exam_key="base", set_by=admin, set_at=now, **usual)


def test_only_administrators_plan_and_only_exams_that_are(admin: Person, now: datetime) -> None:
    make_exam()
    for role in (Role.EXAMINER, Role.AUTHOR):
        with pytest.raises(NotAllowed):
            set_plan(exam_key="base", terms=USUAL, by=make_person(roles=(role,)), now=now)
    with pytest.raises(Refusal) as refused:
        set_plan(exam_key="none", terms=USUAL, by=admin, now=now)
    assert refused.value.code == "not_found"


def test_counted_are_answers_once_and_not_what_was_taken_back(now: datetime) -> None:
    papers, marker = make_written(3, now=now, **TWICE), make_marker()
    mark(papers[0], marker, now, "1")
    mark(papers[0], marker, now, "2")
    mark(papers[1], marker, now)
    undo_mark(mark=mark(papers[2], marker, now), by=marker, now=now)
    assert marked_counts(marker, ["base"]) == {"base": 2}


def due(admin: Person, at: datetime, now: datetime, **terms: Any) -> None:
    set_plan(exam_key="base", terms=PlanTerms(due_at=at, **terms), by=admin, now=now)


def test_markers_with_scripts_left_are_told_a_day_before_and_once(admin: Person, now: datetime) -> None:
    make_written(2, now=now)
    marker = make_marker()
    make_marker(organisation=make_organisation("ELSE"))
    due(admin, now + 25 * HOUR, now)
    assert remind_markers(now=now) == 0
    assert [remind_markers(now=now + HOUR) for _delivery in range(2)] == [1, 0]
    notice = Notice.objects.get()
    assert (notice.recipient, notice.title) == (marker, "阅卷即将截止：考试base")
    assert "还有 2 份" in notice.body
    assert "2026年11月23日 21:00" in notice.body


def test_another_date_is_told_anew_and_a_date_gone_by_is_not(admin: Person, now: datetime) -> None:
    make_written(now=now)
    make_marker()
    due(admin, now + HOUR, now)
    assert remind_markers(now=now + HOUR) == 0
    assert remind_markers(now=now) == 1
    due(admin, now + 2 * HOUR, now)
    assert remind_markers(now=now) == 1


def test_who_has_nothing_left_is_not_told(admin: Person, now: datetime) -> None:
    (attempt,) = make_written(now=now, **TWICE)
    one, two = make_marker(), make_marker()
    mark(attempt, one, now)
    due(admin, now + HOUR, now)
    remind_markers(now=now)
    assert [notice.recipient for notice in Notice.objects.all()] == [two]


def test_leases_go_a_week_after_they_lapsed(now: datetime) -> None:
    make_exam(types=("short_answer",))
    attempt = make_submitted(make_person(), now=now)
    take_scripts(marker=make_marker(), item=item_of(attempt), now=now)
    week = now + 4 * HOUR + timedelta(days=7)
    assert [clear_lapsed(now=at) for at in (week - HOUR, week)] == [0, 1]
    assert MarkingLease.objects.count() == 0


def test_the_clock_calls_both() -> None:
    """Delivered with nothing to do, both are harmless."""
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    for task in (tasks.complete_marked, tasks.remind_markers):
        assert task.name in scheduled
        assert task() == 0
