"""The other marker's judgement: up, down or unchanged, with a later result and both sides told."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from assessments.models import Attempt, Mark, MarkRound, Recheck, RecheckStatus
from assessments.rechecks.settling import NewMarks, settle_recheck
from competencies.models import Evidence
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Notice, Person, Role, RoleAssignment
from people.roles import end_role
from tests.assessments.rechecks.making import REPLY, make_granted, make_recheck

pytestmark = pytest.mark.django_db


@pytest.fixture
def recheck(attempt: Attempt, admin: Person, other: Person, now: datetime) -> Recheck:
    return make_granted(attempt, by=admin, marker=other, now=now)


def settle(recheck: Recheck, now: datetime, judged: Any = "keep", **said: Any) -> Recheck:
    judged = {2: None} if judged == "keep" else judged
    by = said.pop("by", recheck.marker)
    return settle_recheck(
        recheck=recheck, judged=judged, reply=said.pop("reply", REPLY), by=by, now=now, **said
    )


def given(points: str, **fields: Any) -> dict[int, NewMarks]:
    return {2: NewMarks(marks={"c1": Decimal(points)}, **fields)}


@pytest.mark.parametrize(("points", "passed"), [("2", True), ("0", False)])
def test_marks_go_up_or_down_by_a_later_result(
    points: str, passed: bool, recheck: Recheck, attempt: Attempt, other: Person, now: datetime
) -> None:
    done = settle(recheck, now, given(points, comment="第二点写到了"))
    assert done.status == RecheckStatus.SETTLED
    results = attempt.results.order_by("number").values_list("points", "passed", "reason")
    assert list(results)[1:] == [
        (Decimal(3), True, ""),
        (Decimal(2) + Decimal(points), passed, "recheck"),
    ]
    mark = Mark.objects.get(round=MarkRound.RECHECK)
    assert (mark.marked_by, mark.points, mark.comment.text) == (other, Decimal(points), "第二点写到了")
    assert done.outcome is not None
    assert (done.result.number, done.outcome.number) == (2, 3)
    standing = Evidence.objects.get(superseded_by=None, withdrawn=False)
    assert standing.score == (Decimal(2) + Decimal(points)) / 4


def test_unchanged_result_is_an_outcome(recheck: Recheck, attempt: Attempt, now: datetime) -> None:
    done = settle(recheck, now)
    assert (done.outcome, done.reply) == (done.result, REPLY)
    assert (attempt.results.count(), Mark.objects.count()) == (2, 1)
    last = Notice.objects.filter(recipient=attempt.person).latest("pk")
    assert (last.title, last.body) == ("你的成绩复核已有结果：考试base", "成绩维持不变。")


def test_new_marks_that_say_the_same_are_none(recheck: Recheck, attempt: Attempt, now: datetime) -> None:
    settle(recheck, now, given("1"))
    assert (attempt.results.count(), Mark.objects.count()) == (2, 1)


def test_candidate_is_told_of_the_new_result_and_why(
    recheck: Recheck, attempt: Attempt, now: datetime
) -> None:
    settle(recheck, now, given("2"))
    said = Notice.objects.filter(recipient=attempt.person).order_by("-pk").values_list("title", "body")[:2]
    assert list(said) == [
        ("你的成绩复核已有结果：考试base", "成绩有变动。"),
        ("你的考试成绩重新核算过：考试base", "阅卷评分经过复核。得 4 分，满分 4 分。"),
    ]


def test_settling_again_changes_nothing(recheck: Recheck, attempt: Attempt, now: datetime) -> None:
    settle(recheck, now, given("2"))
    again = settle(recheck, now + timedelta(hours=1), given("0"), reply="改主意了，重新来过")
    assert (again.reply, attempt.results.count()) == (REPLY, 3)
    assert AuditEntry.objects.filter(action="recheck.settled").count() == 1
    assert AuditEntry.objects.filter(action="answer.rechecked").count() == 1


def test_nobody_but_the_chosen_marker_settles(
    recheck: Recheck, marker: Person, admin: Person, candidate: Person, now: datetime
) -> None:
    for person in (marker, admin, candidate):
        with pytest.raises(NotAllowed):
            settle(recheck, now, by=person)


def test_marker_who_lost_the_role_settles_nothing(recheck: Recheck, other: Person, now: datetime) -> None:
    end_role(assignment=RoleAssignment.objects.get(person=other, role=Role.EXAMINER), by=None, now=now)
    with pytest.raises(NotAllowed):
        settle(recheck, now + timedelta(days=1))


@pytest.mark.parametrize("judged", [{}, {1: None}, {1: None, 2: None}])
def test_every_answer_that_people_marked_is_judged_and_no_other(
    judged: dict[int, Any], recheck: Recheck, now: datetime
) -> None:
    with pytest.raises(Refusal) as refused:
        settle(recheck, now, judged)
    assert refused.value.code == "incomplete"


@pytest.mark.parametrize("points", ["2.5", "-1", "0.25"])
def test_marks_that_do_not_fit_change_nothing(
    points: str, recheck: Recheck, attempt: Attempt, now: datetime
) -> None:
    with pytest.raises(Refusal):
        settle(recheck, now, given(points))
    recheck.refresh_from_db()
    assert (recheck.status, attempt.results.count(), Mark.objects.count()) == (RecheckStatus.GRANTED, 2, 1)


def test_candidate_gets_words(recheck: Recheck, attempt: Attempt, now: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        settle(recheck, now, given("2"), reply="好")
    assert (refused.value.code, attempt.results.count(), Mark.objects.count()) == ("reply", 2, 1)


def test_nothing_is_settled_before_it_is_granted(attempt: Attempt, other: Person, now: datetime) -> None:
    recheck = make_recheck(attempt, now=now)
    with pytest.raises(NotAllowed):
        settle(recheck, now, by=other)
