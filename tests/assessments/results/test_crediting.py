"""What the grade over several sittings leaves standing in the ledger."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from assessments.attempts import submit_attempt
from assessments.considering import explain
from assessments.exams.releasing import release_exam
from assessments.models import Attempt
from assessments.results.rescoring import Reason, rescore_attempt
from assessments.results.scoring import record_exam_evidence, score_answers
from assessments.schemes.releasing import release_scheme
from cms.consistency import findings
from competencies.models import Evidence
from people.models import Person
from tests.assessments.making import make_attempt, make_exam, make_question, save
from tests.assessments.test_schemes import EXAM_RULE, scheme
from tests.factories import LONG_AGO_AT

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def sit(person: Person, now: datetime, right: int, *, day: int = 0) -> Attempt:
    """A sitting with so many of the questions right, from the first on."""
    at = now + day * DAY
    attempt = make_attempt(person, now=at)
    for slot in range(1, right + 1):
        save(attempt, slot, ["o2"], sequence=slot, now=at)
    return submit_attempt(attempt_id=attempt.pk, by=person, now=at)


def standing() -> list[tuple[str, Decimal | None]]:
    return [(row.source_key, row.score) for row in Evidence.objects.standing().order_by("occurred_at", "id")]


def again(attempt: Attempt, now: datetime) -> None:
    """The same news delivered a second time."""
    result = attempt.results.latest("number")
    record_exam_evidence(attempt, result, score_answers(attempt), now=now)


@pytest.fixture
def how(request: Any) -> str:
    """An exam of three questions under this way of grading."""
    make_exam(types=("single",) * 3, grading=request.param)
    return str(request.param)


@pytest.mark.parametrize("how", ["best"], indirect=True)
def test_with_the_best_every_sitting_is_evidence(how: str, person: Person, now: datetime) -> None:
    sat = [sit(person, now, right, day=day) for day, right in enumerate((1, 3, 2))]
    scores = (Decimal("0.3333"), Decimal(1), Decimal("0.6666"))
    assert standing() == [(f"attempt:{each.pk}", score) for each, score in zip(sat, scores, strict=True)]
    assert Evidence.objects.count() == 3


@pytest.mark.parametrize("how", ["last"], indirect=True)
def test_with_the_last_a_new_sitting_supersedes_the_one_before(
    how: str, person: Person, now: datetime
) -> None:
    sat = [sit(person, now, right, day=day) for day, right in enumerate((3, 1))]
    assert standing() == [(f"attempt:{sat[1].pk}", Decimal("0.3333"))]
    old, new = Evidence.objects.order_by("pk")
    assert (new.supersedes, old.passed, new.passed) == (old, True, False)


@pytest.mark.parametrize("how", ["first"], indirect=True)
def test_with_the_first_later_sittings_leave_no_row(how: str, person: Person, now: datetime) -> None:
    first = sit(person, now, 1)
    sit(person, now, 3, day=1)
    assert standing() == [(f"attempt:{first.pk}", Decimal("0.3333"))]
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize("how", ["average"], indirect=True)
def test_with_the_average_one_row_stands_for_all(how: str, person: Person, now: datetime) -> None:
    sit(person, now, 3)
    sit(person, now, 1, day=1)
    assert [score for _key, score in standing()] == [Decimal("0.6666")]
    sit(person, now, 0, day=2)
    row = Evidence.objects.standing().get()
    assert (row.score, row.passed, row.occurred_at) == (Decimal("0.4444"), False, now + 2 * DAY)
    assert row.leaf_scores == {"DIG": "0.4444", "LAW": "0.4444"}
    assert row.weights == {"DIG": "0.7500", "LAW": "0.2500"}
    assert Evidence.objects.count() == 3


def test_average_of_a_leaf_is_over_the_sittings_that_asked_for_it(person: Person, now: datetime) -> None:
    make_question("A", leaves={"DIG": 1})
    make_question("B", leaves={"LAW": 1})
    for key in ("A", "B"):
        make_exam(types=(), grading="average", questions=[{"key": key, "points": 2}])
        sit(person, now, key == "A", day=ord(key))
    row = Evidence.objects.standing().get()
    assert row.weights == {"DIG": "0.5000", "LAW": "0.5000"}
    assert row.leaf_scores == {"DIG": "1.0000", "LAW": "0.0000"}
    assert row.score == Decimal("0.5")


@pytest.mark.parametrize("how", ["best", "last", "first", "average"], indirect=True)
def test_news_delivered_again_leaves_the_same_rows_standing(how: str, person: Person, now: datetime) -> None:
    """Row 37."""
    sat = [sit(person, now, right, day=day) for day, right in enumerate((1, 3, 2))]
    before, rows = standing(), Evidence.objects.count()
    for attempt in (*sat, *sat[::-1]):
        again(attempt, now + 9 * DAY)
    assert (standing(), Evidence.objects.count()) == (before, rows)


@pytest.mark.parametrize(
    ("how", "scores"),
    [
        ("best", ["0.6666", "0.3333"]),
        ("last", ["0.3333"]),
        ("first", ["0.6666"]),
        ("average", ["0.5000"]),
    ],
    indirect=["how"],
)
def test_rescoring_of_the_first_sitting_moves_what_stands_on_it(
    how: str, scores: list[str], person: Person, now: datetime
) -> None:
    first = sit(person, now, 1)
    sit(person, now, 1, day=1)
    first.answers.filter(slot=2).update(response="o2")
    for _delivery in range(3):
        rescore_attempt(attempt=first, reason=Reason.LATE_ANSWER, by=None, now=now + 2 * DAY)
    assert [str(score) for _key, score in standing()] == scores
    again(first, now + 3 * DAY)
    assert [str(score) for _key, score in standing()] == scores


def test_a_release_that_grades_otherwise_counts_from_its_first_sitting_and_back(
    person: Person, now: datetime
) -> None:
    for day, (how, expected) in enumerate(
        (
            ("best", ["1.0000"]),
            ("best", ["1.0000", "0.0000"]),
            ("last", ["0.6666"]),
            ("best", ["1.0000", "0.0000", "0.6666", "0.3333"]),
            ("first", ["1.0000"]),
            ("average", ["0.4666"]),
        )
    ):
        make_exam(types=("single",) * 3, grading=how)
        sit(person, now, (3, 0, 2, 1, 0, 1)[day], day=day)
        if how != "average":
            assert [str(score) for _key, score in standing()] == expected, (day, how)
    # 3 + 0 + 2 + 1 + 0 + 1 of 18
    assert [str(score) for _key, score in standing()] == ["0.3888"]


def test_failing_a_section_is_in_the_ledger_although_the_points_would_do(
    person: Person, now: datetime
) -> None:
    """A scheme that asks for a passed exam does not count it, one that asks for points alone does."""
    for number in range(1, 5):
        make_question(f"Q{number}")
    sections = [
        {"title": "一", "points": 2, "questions": ["Q1", "Q2", "Q3"]},
        {"title": "二", "points": 2, "questions": ["Q4"], "pass_percent": 50},
    ]
    definition = {"key": "base", "title": "考试", "minutes": 20, "pass_percent": 60, "shuffle": False}
    release_exam(definition={**definition, "sections": sections}, by=None, now=LONG_AGO_AT)
    sit(person, now, 3)
    row = Evidence.objects.get()
    assert (row.score, row.passed) == (Decimal("0.75"), False)
    for key, strict in (("points", {}), ("passed", {"must_pass": True})):
        release_scheme(definition=scheme({**EXAM_RULE, **strict}, key=key), by=None, now=LONG_AGO_AT)
        assert explain(person, key).decision.met is not bool(strict)


@pytest.mark.parametrize("how", ["best", "last", "first", "average"], indirect=True)
def test_nightly_look_misses_nothing(how: str, person: Person, now: datetime) -> None:
    for day in range(2):
        sit(person, now, 2, day=day)
    assert [each for each in findings(now=now) if "evidence" in each] == []
