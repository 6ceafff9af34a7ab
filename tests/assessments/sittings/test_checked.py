"""Right or wrong after each question: one answer settles, and its mark, key and explanation show, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from assessments.attempts import AttemptClosed, NoSuchAnswer, submit_attempt
from assessments.models import Attempt
from assessments.sittings.checked import check_answer, read_told
from assessments.sittings.saving import AnswerChecked
from core.errors import Refusal
from people.models import Person
from tests.assessments.making import make_attempt, make_exam, make_question, save
from tests.factories import make_person

pytestmark = pytest.mark.django_db

CANARY = "金丝雀解析"


@pytest.fixture
def at() -> datetime:
    """The real moment: views read the host's clock."""
    return timezone.now()


def make_checked_exam(types: tuple[str, ...] = ("single", "single"), **fields: Any) -> None:
    for number, type in enumerate(types, start=1):
        make_question(f"C{number}", type, explanation=f"{CANARY}{number}")
    questions = [{"key": f"C{number}", "points": 2} for number in range(1, len(types) + 1)]
    make_exam(types=(), questions=questions, feedback="each", **fields)


@pytest.fixture
def attempt(person: Person, at: datetime) -> Attempt:
    make_checked_exam()
    return make_attempt(person, now=at)


def check(attempt: Attempt, slot: int, now: datetime, by: Person | None = None) -> Any:
    return check_answer(attempt_id=attempt.pk, person=by or attempt.person, slot=slot, now=now)


def test_checked_answer_tells_mark_key_and_explanation(attempt: Attempt, at: datetime) -> None:
    save(attempt, 1, ["o1"], sequence=1, now=at)
    told = check(attempt, 1, at)
    assert (told.points, told.max, told.full) == ("0", "2", False)
    assert (told.key.right[0].endswith("乙"), told.key.explanation) == (True, f"{CANARY}1")
    assert attempt.answers.get(slot=1).checked_at == at
    assert list(read_told(attempt)) == [1]


def test_checked_answer_no_longer_changes_and_is_what_counts(attempt: Attempt, at: datetime) -> None:
    save(attempt, 1, ["o1"], sequence=1, now=at)
    check(attempt, 1, at)
    with pytest.raises(AnswerChecked):
        save(attempt, 1, ["o2"], sequence=2, now=at)
    save(attempt, 2, ["o2"], sequence=3, now=at)
    submit_attempt(attempt_id=attempt.pk, by=attempt.person, now=at)
    result = attempt.results.get()
    assert [line["points"] for line in result.items] == ["0", "2"]


def test_check_again_tells_the_same_and_keeps_its_time(attempt: Attempt, at: datetime) -> None:
    save(attempt, 1, ["o2"], sequence=1, now=at)
    first = check(attempt, 1, at)
    assert check(attempt, 1, at + timedelta(minutes=1)) == first
    assert attempt.answers.get(slot=1).checked_at == at


def test_blank_answer_cannot_be_checked(attempt: Attempt, at: datetime) -> None:
    """A blank check would buy the key."""
    with pytest.raises(Refusal) as refused:
        check(attempt, 1, at)
    assert refused.value.code == "unanswered"
    assert attempt.answers.get(slot=1).checked_at is None


def test_exam_that_tells_at_its_end_checks_nothing(person: Person, at: datetime) -> None:
    make_exam()
    attempt = make_attempt(person, now=at, answered=True)
    with pytest.raises(Refusal) as refused:
        check(attempt, 1, at)
    assert refused.value.code == "at_end"


def test_answer_that_a_person_marks_cannot_be_checked(person: Person, at: datetime) -> None:
    make_checked_exam(("short_answer",))
    attempt = make_attempt(person, now=at)
    save(attempt, 1, ["方案"], sequence=1, now=at)
    with pytest.raises(Refusal) as refused:
        check(attempt, 1, at)
    assert refused.value.code == "by_person"


def test_foreign_attempt_and_unknown_slot_are_not_found(attempt: Attempt, at: datetime) -> None:
    """Rows 21 and 22."""
    save(attempt, 1, ["o2"], sequence=1, now=at)
    for slot, by in ((1, make_person()), (9, attempt.person)):
        with pytest.raises(NoSuchAnswer):
            check(attempt, slot, at, by)
    assert attempt.answers.get(slot=1).checked_at is None


def test_nothing_is_checked_after_the_end(attempt: Attempt, at: datetime) -> None:
    save(attempt, 1, ["o2"], sequence=1, now=at)
    with pytest.raises(AttemptClosed):
        check(attempt, 1, attempt.deadline_at + timedelta(seconds=61))
    submit_attempt(attempt_id=attempt.pk, by=attempt.person, now=at)
    with pytest.raises(AttemptClosed):
        check(attempt, 1, at)


@pytest.mark.parametrize(
    ("during", "points", "right", "explanation"),
    [
        (["mark"], "2", None, None),
        (["key"], "", 1, ""),
        (["explanation"], "", 0, f"{CANARY}1"),
        ([], "", None, None),
    ],
)
def test_policy_says_what_of_it_shows(
    during: list[str],
    points: str,
    right: int | None,
    explanation: str | None,
    person: Person,
    at: datetime,
    login: Any,
) -> None:
    make_checked_exam(review={"during": during})
    attempt = make_attempt(person, now=at)
    save(attempt, 1, ["o2"], sequence=1, now=at)
    told = check(attempt, 1, at)
    assert told.points == points
    assert (told.key and len(told.key.right)) == right
    assert (told.key and told.key.explanation) == explanation
    page = login(person).get(f"/exams/attempt/{attempt.pk}/?q=1").content.decode()
    assert (f"{CANARY}1" in page) == bool(explanation)


def test_button_saves_what_stands_on_the_page_and_checks_it(
    attempt: Attempt, at: datetime, login: Any
) -> None:
    client, url = login(attempt.person), f"/exams/attempt/{attempt.pk}/"
    before = client.get(f"{url}?q=1").content.decode()
    assert ('value="check"' in before, CANARY in before) == (True, False)
    data = {"slot": 1, "sequence": 1, "answer": "o2", "go": "check"}
    page = client.post(f"{url}save/", data, follow=True).content.decode()
    assert ("答对了" in page, f"{CANARY}1" in page, 'value="check"' in page) == (True, True, False)
    assert CANARY not in client.get(f"{url}?q=2").content.decode()
    answer = attempt.answers.get(slot=1)
    assert (answer.response, answer.checked_at is not None) == ("o2", True)


def test_going_on_from_a_checked_question_meets_no_warning(
    attempt: Attempt, at: datetime, login: Any
) -> None:
    """Its fields are shut, so the plain form posts no answer."""
    save(attempt, 1, ["o2"], sequence=1, now=at)
    check(attempt, 1, at)
    response = login(attempt.person).post(
        f"/exams/attempt/{attempt.pk}/save/", {"slot": 1, "sequence": 2, "go": "2"}, follow=True
    )
    assert response.redirect_chain == [(f"/exams/attempt/{attempt.pk}/?q=2", 302)]
    assert [str(message) for message in response.context["messages"]] == []
    assert attempt.answers.get(slot=1).response == "o2"


def test_refused_check_says_what_to_do_and_saves_nothing_away(
    attempt: Attempt, at: datetime, login: Any
) -> None:
    data = {"slot": 1, "sequence": 1, "go": "check"}
    response = login(attempt.person).post(f"/exams/attempt/{attempt.pk}/save/", data, follow=True)
    assert [str(message) for message in response.context["messages"]] == ["请先作答，再看对错。"]


def test_whole_paper_tells_of_checked_questions_only(attempt: Attempt, at: datetime, login: Any) -> None:
    """Row 18: the other questions come ahead of time, their keys do not."""
    save(attempt, 1, ["o1"], sequence=1, now=at)
    check(attempt, 1, at)
    client = login(attempt.person)
    client.get(f"/exams/attempt/{attempt.pk}/")
    questions = client.get(f"/exams/attempt/{attempt.pk}/paper/").json()["questions"]
    assert [CANARY in each["html"] for each in questions] == [True, False]


def test_sitting_page_takes_two_queries_more_at_one_and_at_three_checked_questions(
    person: Person, at: datetime, django_assert_num_queries: Any
) -> None:
    make_checked_exam(("single",) * 3)
    attempt = make_attempt(person, now=at, answered=True)
    for slot in (1, 2, 3):
        check(attempt, slot, at)
        with django_assert_num_queries(2):
            assert len(read_told(attempt)) == slot
