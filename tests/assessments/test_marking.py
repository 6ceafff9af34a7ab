"""Marking: blind, by somebody else, in half points, final when the last answer is marked."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from assessments.attempts import start_attempt
from assessments.marking.queueing import attempts_to_mark, can_mark, free_scripts
from assessments.marking.recording import record_mark
from assessments.models import Attempt, AttemptStatus, Mark, Result
from assessments.results.rescoring import Reason, rescore_attempt
from competencies.models import Evidence
from core.appendonly import AppendOnlyViolation
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.grants import end_grants, open_grant
from people.models import Notice, Person, Role
from tests.assessments.making import make_exam, make_submitted
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def marker(db: Any) -> Person:
    return make_person("阅卷人", roles=(Role.EXAMINER,))


@pytest.fixture
def candidate(db: Any) -> Person:
    return make_person("李考生")


@pytest.fixture
def attempt(candidate: Person, now: datetime) -> Attempt:
    make_exam(types=("single", "short_answer"))
    return make_submitted(candidate, now=now)


def mark(attempt: Attempt, by: Person, now: datetime, points: str = "1.5", **extra: Any) -> Mark:
    values = {"slot": 2, "marks": {"c1": points}, "comment": "", "penalty": "0", **extra}
    return record_mark(attempt=attempt, by=by, now=now, **values)


def test_last_mark_makes_a_second_result_evidence_and_a_notice(
    attempt: Attempt, marker: Person, now: datetime
) -> None:
    mark(attempt, marker, now)
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.COMPLETE
    results = attempt.results.order_by("number").values_list("number", "points", "complete", "passed")
    assert list(results) == [(1, Decimal(2), False, None), (2, Decimal("3.5"), True, True)]
    assert Evidence.objects.get().score == Decimal("0.8750")
    notice = Notice.objects.get(recipient=attempt.person)
    assert (notice.title, notice.url) == ("考试成绩已出：考试base", f"/exams/attempt/{attempt.pk}/result/")
    assert AuditEntry.objects.filter(action="answer.marked").count() == 1


def test_penalty_is_taken_off_and_never_below_nothing(
    attempt: Attempt, marker: Person, now: datetime
) -> None:
    assert mark(attempt, marker, now, "0.5", penalty="1").points == 0


@pytest.mark.parametrize(
    ("marks", "penalty"),
    [
        ({"c1": "1.25"}, "0"),
        ({"c1": "2.5"}, "0"),
        ({"c1": "-1"}, "0"),
        ({}, "0"),
        ({"c1": "1"}, "0.3"),
        ({"c9": "1"}, "0"),
    ],
)
def test_marks_that_do_not_fit_the_rubric_are_refused_and_nothing_is_written(
    marks: dict[str, str], penalty: str, attempt: Attempt, marker: Person, now: datetime
) -> None:
    with pytest.raises(Refusal):
        mark(attempt, marker, now, marks=marks, penalty=penalty)
    assert (Mark.objects.count(), attempt.results.count()) == (0, 1)


def test_objective_answer_cannot_be_marked_by_hand(attempt: Attempt, marker: Person, now: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        mark(attempt, marker, now, slot=1)
    assert refused.value.code == "not_found"


def test_mark_replaces_an_earlier_one_until_everything_is_marked(
    marker: Person, candidate: Person, now: datetime
) -> None:
    make_exam(types=("short_answer", "short_answer"))
    attempt = make_submitted(candidate, now=now)
    mark(attempt, marker, now, "0", slot=1)
    mark(attempt, marker, now, "2", slot=1)
    assert attempt.results.count() == 1
    mark(attempt, marker, now, "1", slot=2)
    assert attempt.results.get(number=2).points == Decimal(3)
    assert Mark.objects.count() == 3


def test_mark_after_the_result_is_out_is_refused(attempt: Attempt, marker: Person, now: datetime) -> None:
    mark(attempt, marker, now)
    with pytest.raises(Refusal) as refused:
        mark(attempt, marker, now, "2")
    assert refused.value.code == "final"
    assert list(attempt.results.values_list("number", flat=True).order_by("number")) == [1, 2]


def test_same_mark_five_times_is_one_mark_one_evidence_one_notice(
    attempt: Attempt, marker: Person, now: datetime
) -> None:
    """Row 37."""
    marks = {mark(attempt, marker, now, comment="写得具体").pk for _delivery in range(5)}
    assert len(marks) == 1
    assert (Result.objects.count(), Evidence.objects.count(), Notice.objects.count()) == (2, 1, 1)


def test_result_and_mark_cannot_be_changed(attempt: Attempt, marker: Person, now: datetime) -> None:
    given = mark(attempt, marker, now)
    for row in (given, attempt.results.get(number=1)):
        with pytest.raises(AppendOnlyViolation), transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).update(points=0)


def test_candidate_cannot_mark_own_paper(now: datetime) -> None:
    make_exam(types=("short_answer",))
    examiner = make_person(roles=(Role.EXAMINER,))
    attempt = make_submitted(examiner, now=now)
    with pytest.raises(NotAllowed):
        mark(attempt, examiner, now, slot=1)


def test_mentor_cannot_mark_while_the_grant_holds(attempt: Attempt, marker: Person, now: datetime) -> None:
    open_grant(viewer=marker, subject=attempt.person, kind="pairing", reason="QL-1", now=now)
    assert can_mark(marker, attempt, at=now) is False
    with pytest.raises(NotAllowed):
        mark(attempt, marker, now)
    end_grants(kind="pairing", reason="QL-1", now=now)
    assert can_mark(marker, attempt, at=now + timedelta(seconds=1)) is True


def test_examiner_of_another_district_cannot_mark(attempt: Attempt, now: datetime) -> None:
    elsewhere = make_person(organisation=make_organisation("ELSE"), roles=(Role.EXAMINER,))
    assert list(attempts_to_mark(elsewhere, at=now)) == []


def test_examiner_above_the_candidates_organisation_can_mark(now: datetime, marker: Person) -> None:
    make_exam(types=("short_answer",))
    below = make_person(organisation=make_organisation("QH-1", make_organisation()))
    attempt = make_submitted(below, now=now)
    assert list(attempts_to_mark(marker, at=now)) == [attempt]


def test_person_without_the_role_cannot_mark(attempt: Attempt, now: datetime) -> None:
    for role in (Role.AUTHOR, Role.ADMINISTRATOR, Role.ISSUER):
        assert can_mark(make_person(roles=(role,)), attempt, at=now) is False


def test_candidate_may_sit_again_once_the_result_is_out(
    attempt: Attempt, marker: Person, now: datetime
) -> None:
    mark(attempt, marker, now)
    assert start_attempt(person=attempt.person, exam_key="base", now=now).status == AttemptStatus.OPEN


def test_mark_given_to_an_answer_that_was_replaced_since_does_not_count(
    attempt: Attempt, marker: Person, now: datetime
) -> None:
    """A late answer was taken in after marking: it is read again, and both marks stay readable."""
    mark(attempt, marker, now, "2")
    late = now + timedelta(hours=1)
    attempt.answers.filter(slot=2).update(response="迟到的另一稿", saved_at=late, sequence=99)
    rescore_attempt(attempt=attempt, reason=Reason.LATE_ANSWER, by=None, now=late)
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.MARKING
    assert free_scripts(marker, at=late).count() == 1
    mark(attempt, marker, late + timedelta(minutes=1), "1")
    assert [result.points for result in attempt.results.order_by("number")] == [2, 4, 2, 3]
    assert Mark.objects.count() == 2
