"""A handed-in paper scored again: both results readable, the ledger follows, the candidate is told, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from assessments.attempts import submit_attempt
from assessments.marking.recording import record_mark
from assessments.models import Attempt, AttemptStatus, Result
from assessments.results.rescoring import Reason, reason_text, rescore_attempt
from competencies.models import Evidence
from core.errors import Refusal
from core.models import AuditEntry
from people.models import Notice, Person, Role
from tests.assessments.making import make_attempt, make_exam, make_submitted, save
from tests.factories import make_person

pytestmark = pytest.mark.django_db

LATER = timedelta(hours=1)


def take_in(attempt: Attempt, slot: int, response: Any) -> None:
    """What accepting a late answer leaves behind."""
    attempt.answers.filter(slot=slot).update(response=response)


def rescore(attempt: Attempt, now: datetime, **extra: Any) -> Result:
    return rescore_attempt(attempt=attempt, reason=Reason.LATE_ANSWER, by=None, now=now + LATER, **extra)


@pytest.fixture
def attempt(person: Person, now: datetime) -> Attempt:
    """Half of the points: the second of two questions was left open."""
    make_exam(types=("single", "single"))
    attempt = make_attempt(person, now=now)
    save(attempt, 1, ["o2"], sequence=1, now=now)
    return submit_attempt(attempt_id=attempt.pk, by=person, now=now)


def test_result_that_differs_is_appended_with_its_reason_and_the_first_stays(
    attempt: Attempt, now: datetime
) -> None:
    take_in(attempt, 2, "o2")
    result = rescore(attempt, now)
    rows = attempt.results.order_by("number").values_list(
        "number", "points", "passed", "reason", "recorded_at"
    )
    assert list(rows) == [
        (1, Decimal(2), False, "", now),
        (2, Decimal(4), True, "late_answer", now + LATER),
    ]
    assert reason_text(result) == "留存的答案已收入试卷"
    assert reason_text(attempt.results.get(number=1)) == ""


def test_evidence_is_superseded_by_a_row_of_the_same_sitting(attempt: Attempt, now: datetime) -> None:
    take_in(attempt, 2, "o2")
    rescore(attempt, now)
    old, new = Evidence.objects.order_by("pk")
    assert (old.source_key, new.source_key) == (f"attempt:{attempt.pk}", f"attempt:{attempt.pk}:2")
    assert (new.supersedes, old.score, new.score) == (old, Decimal("0.5"), Decimal(1))
    assert (new.occurred_at, new.recorded_at, old.passed, new.passed) == (now, now + LATER, False, True)
    assert list(Evidence.objects.standing()) == [new]


def test_rescoring_five_times_is_once(attempt: Attempt, now: datetime) -> None:
    """Row 37."""
    take_in(attempt, 2, "o2")
    numbers = {rescore(attempt, now).number for _delivery in range(5)}
    assert numbers == {2}
    assert (Result.objects.count(), Evidence.objects.count(), Notice.objects.count()) == (2, 2, 1)
    assert AuditEntry.objects.filter(action="attempt.rescored").count() == 1


def test_rescoring_of_what_did_not_change_changes_nothing(attempt: Attempt, now: datetime) -> None:
    assert rescore(attempt, now) == attempt.results.get()
    assert (Evidence.objects.count(), Notice.objects.count()) == (1, 0)
    assert AuditEntry.objects.filter(action="attempt.rescored").count() == 0


def test_candidate_is_told_why_and_what(attempt: Attempt, now: datetime) -> None:
    take_in(attempt, 2, "o2")
    rescore(attempt, now)
    notice = Notice.objects.get()
    assert (notice.title, notice.body) == (
        "你的考试成绩重新核算过：考试base",
        "留存的答案已收入试卷。得 4 分，满分 4 分。",
    )
    assert (notice.recipient, notice.url) == (attempt.person, f"/exams/attempt/{attempt.pk}/result/")


def test_audit_names_result_and_reason_in_codes(attempt: Attempt, now: datetime) -> None:
    clerk = make_person(roles=(Role.ADMINISTRATOR,))
    take_in(attempt, 2, "o2")
    rescore_attempt(attempt=attempt, reason=Reason.LATE_ANSWER, by=clerk, now=now)
    entry = AuditEntry.objects.get(action="attempt.rescored")
    assert (entry.actor, entry.target) == (str(clerk.pk), f"assessments.attempt:{attempt.pk}")
    assert entry.detail == {"result": 2, "reason": "late_answer"}


def test_open_attempt_is_refused(person: Person, now: datetime) -> None:
    make_exam()
    open_attempt = make_attempt(person, now=now)
    with pytest.raises(Refusal) as refused:
        rescore(open_attempt, now)
    assert refused.value.code == "open"
    assert Result.objects.count() == 0


def test_paper_that_waits_for_marks_goes_on_waiting_and_keeps_the_marks_it_has(
    person: Person, now: datetime
) -> None:
    make_exam(types=("single", "short_answer", "short_answer"))
    attempt = make_attempt(person, now=now)
    for slot, raw in ((2, ["一"]), (3, ["二"])):
        save(attempt, slot, raw, sequence=slot, now=now)
    submit_attempt(attempt_id=attempt.pk, by=person, now=now)
    marker = make_person(roles=(Role.EXAMINER,))
    record_mark(attempt=attempt, slot=2, marks={"c1": "1.5"}, comment="", by=marker, now=now)
    take_in(attempt, 1, "o2")
    result = rescore(attempt, now)
    attempt.refresh_from_db()
    assert (attempt.status, result.complete, result.points) == (
        AttemptStatus.MARKING,
        False,
        Decimal("3.5"),
    )
    assert Evidence.objects.count() == 0
    record_mark(attempt=attempt, slot=3, marks={"c1": "2"}, comment="", by=marker, now=now + 2 * LATER)
    assert attempt.results.get(number=3).points == Decimal("5.5")
    assert Evidence.objects.get().source_key == f"attempt:{attempt.pk}"


def test_written_answer_taken_into_a_complete_paper_sends_it_to_a_marker(
    person: Person, now: datetime
) -> None:
    make_exam(types=("single", "short_answer"))
    attempt = make_attempt(person, now=now)
    save(attempt, 1, ["o2"], sequence=1, now=now)
    submit_attempt(attempt_id=attempt.pk, by=person, now=now)
    take_in(attempt, 2, "迟到的方案")
    rescore(attempt, now)
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.MARKING
    assert Evidence.objects.standing().get().score == Decimal("0.5")
    marker = make_person(roles=(Role.EXAMINER,))
    record_mark(attempt=attempt, slot=2, marks={"c1": "2"}, comment="", by=marker, now=now + 2 * LATER)
    results = attempt.results.order_by("number").values_list("complete", "points", "reason")
    assert list(results) == [
        (True, Decimal(2), ""),
        (False, Decimal(2), "late_answer"),
        (True, Decimal(4), ""),
    ]
    standing = Evidence.objects.standing().get()
    assert (standing.score, standing.source_key) == (Decimal(1), f"attempt:{attempt.pk}:3")


def test_practice_paper_scored_again_leaves_no_evidence(person: Person, now: datetime) -> None:
    make_exam(types=("single", "single"), practice=True)
    attempt = make_submitted(person, now=now)
    take_in(attempt, 2, None)
    assert rescore(attempt, now).points == Decimal(2)
    assert Evidence.objects.count() == 0
