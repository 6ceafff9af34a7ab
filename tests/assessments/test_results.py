"""The result page: what came of the sitting and why, what shows of it, and what to do next."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from assessments.attempts import submit_attempt
from assessments.entry.admission import in_words
from assessments.models import Attempt, HeldAnswer, HeldReason, HeldStatus
from assessments.results import next_steps as steps_of
from assessments.results.next_steps import LessonToTake
from assessments.results.rescoring import Reason, rescore_attempt
from people.models import Person
from tests.assessments.making import TYPES, make_attempt, make_exam, make_question, make_submitted, save
from tests.factories import make_person

pytestmark = pytest.mark.django_db

CANARY = "金丝雀机密"
HOUR = timedelta(hours=1)


@pytest.fixture
def at() -> datetime:
    """The real moment: views read the host's clock."""
    return timezone.now()


@pytest.fixture(autouse=True)
def no_lessons(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Finders of lessons as this test registers them."""
    finders: list[Any] = []
    monkeypatch.setattr(steps_of, "_finders", finders)
    return finders


def make_marked_exam(leaves: tuple[str, ...] = ("DIG", "DIG"), **fields: Any) -> None:
    """One question for each leaf, its explanation and its right option under the canary."""
    options = [{"id": "o1", "text": "甲"}, {"id": "o2", "text": f"{CANARY}乙"}]
    for number, leaf in enumerate(leaves, start=1):
        make_question(
            f"M{number}",
            body={"stem": f"题干{number}", "options": options},
            answer={"rule": "exact", "correct": "o2"},
            explanation=f"{CANARY}解析",
            leaves={leaf: 1},
        )
    keys = [f"M{number}" for number in range(1, len(leaves) + 1)]
    if "sections" not in fields:
        fields["questions"] = [{"key": key, "points": 2} for key in keys]
        make_exam(types=(), **fields)
        return
    from assessments.exams.releasing import release_exam
    from tests.factories import LONG_AGO_AT

    definition = {"key": "base", "title": "考试base", "minutes": 20, "pass_percent": 60, "shuffle": False}
    release_exam(definition={**definition, **fields}, by=None, now=LONG_AGO_AT)


def sit(person: Person, at: datetime, right: int) -> Attempt:
    attempt = make_attempt(person, now=at)
    for slot in range(1, attempt.answers.count() + 1):
        save(attempt, slot, ["o2" if slot <= right else "o1"], sequence=slot, now=at)
    return submit_attempt(attempt_id=attempt.pk, by=person, now=at)


def page_of(client: Any, attempt: Attempt) -> str:
    return str(client.get(f"/exams/attempt/{attempt.pk}/result/").content.decode())


def two_sections(**second: Any) -> list[dict[str, Any]]:
    return [
        {"title": "法规", "points": 2, "questions": ["M1", "M2"]},
        {"title": "技术", "points": 2, "questions": ["M3", "M4"], **second},
    ]


def test_section_that_was_not_reached_fails_the_paper_and_says_what_was_missing(
    person: Person, at: datetime, login: Any
) -> None:
    make_marked_exam(("LAW", "LAW", "DIG", "DIG"), sections=two_sections(pass_percent=60))
    attempt = sit(person, at, 3)
    result = attempt.results.get()
    assert (result.points_text, result.passed) == ("6", False)
    assert [(part["title"], part["share"], part["met"]) for part in result.parts] == [("技术", "1/2", False)]
    page = page_of(login(person), attempt)
    assert [words in page for words in ("这次没有通过", "各部分要求", "技术", "50%", "还差 10%")] == [
        True
    ] * 5


def test_axis_that_was_not_reached_fails_the_paper(person: Person, at: datetime, login: Any) -> None:
    """并重培养: technique alone is not enough."""
    axes = {"view": "A@1", "axes": {"professional": 50, "technical": 50}}
    make_marked_exam(("DIG", "DIG", "DIG", "LAW"), pass_axes=axes)
    attempt = sit(person, at, 3)
    told = login(person).get(f"/exams/attempt/{attempt.pk}/result/").context["report"].parts
    assert [(part.title, part.percent, part.need, part.short, part.met) for part in told] == [
        ("专业能力", "0", "50", "50", False),
        ("技术能力", "100", "50", "", True),
    ]
    assert attempt.results.get().passed is False


def test_passing_every_part_passes(person: Person, at: datetime, login: Any) -> None:
    make_marked_exam(("LAW", "LAW", "DIG", "DIG"), sections=two_sections(pass_percent=100))
    attempt = make_attempt(person, now=at)
    for slot, option in enumerate(("o2", "o1", "o2", "o2"), start=1):
        save(attempt, slot, [option], sequence=slot, now=at)
    submit_attempt(attempt_id=attempt.pk, by=person, now=at)
    assert attempt.results.get().passed is True


def test_policy_that_shows_nothing_after_handing_in_shows_neither_stem_nor_mark(
    person: Person, at: datetime, login: Any
) -> None:
    closes_at = at + HOUR
    make_marked_exam(review={"submitted": []}, closes_at=closes_at.isoformat())
    attempt = sit(person, at, 2)
    client = login(person)
    page = page_of(client, attempt)
    hidden = (CANARY, "题干1", "得 4 分", "题目 1", "通过</b>")
    assert [words in page for words in hidden] == [False] * len(hidden)
    told = f"{in_words(closes_at)} 考试结束后，可以在这里看：你的作答、得分、正确答案、解析。"
    assert told in page


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ([], (False, False, False, False)),
        (["mark"], (True, False, False, False)),
        (["answer"], (False, True, False, False)),
        (["answer", "mark"], (True, True, False, False)),
        (["key"], (False, False, True, False)),
        (["explanation"], (False, False, False, True)),
        (["answer", "mark", "key", "explanation"], (True, True, True, True)),
    ],
)
def test_page_follows_the_policy_line_by_line(
    shown: list[str], expected: tuple[bool, ...], person: Person, at: datetime, login: Any
) -> None:
    make_marked_exam(review={"submitted": shown}, closes_at=(at + HOUR).isoformat())
    attempt = sit(person, at, 1)
    page = page_of(login(person), attempt)
    assert (
        "2 / 2 分" in page or "共 4 分" in page or "满分 4 分" in page,
        "你选的是" in page,
        f"{CANARY}乙" in page and "正确答案</dt>" in page,
        f"{CANARY}解析" in page,
    ) == expected
    assert ("题干1" in page) == any(expected[1:])


def test_answer_that_does_not_show_is_nowhere_on_the_page(person: Person, at: datetime, login: Any) -> None:
    make_question("W", "short_answer")
    make_exam(types=(), questions=[{"key": "W", "points": 2}], review={"submitted": ["mark"]})
    attempt = make_attempt(person, now=at)
    save(attempt, 1, ["我写的方案"], sequence=1, now=at)
    submit_attempt(attempt_id=attempt.pk, by=person, now=at)
    assert "我写的方案" not in page_of(login(person), attempt)


def test_lists_and_home_keep_marks_back_as_long_as_the_page_does(
    person: Person, at: datetime, login: Any
) -> None:
    make_marked_exam(review={"submitted": []}, closes_at=(at + HOUR).isoformat())
    sit(person, at, 2)
    client = login(person)
    for url in ("/exams/base/", "/"):
        page = client.get(url).content.decode()
        assert ("满分 4 分" in page, "4/4" in page, "已交卷" in page) == (False, False, True), url


def test_after_a_fail_the_page_leads_on(
    person: Person, at: datetime, login: Any, no_lessons: list[Any]
) -> None:
    no_lessons.append(lambda leaves: [LessonToTake("第二课", "/courses/x/lessons/y/", frozenset(leaves[:1]))])
    make_marked_exam(("LAW", "LAW", "DIG", "DIG", "SWK"), max_attempts=3)
    attempt = make_attempt(person, now=at)
    for slot, option in enumerate(("o1", "o1", "o2", "o1", "o1"), start=1):
        save(attempt, slot, [option], sequence=slot, now=at)
    submit_attempt(attempt_id=attempt.pk, by=person, now=at)
    client = login(person)
    steps = client.get(f"/exams/attempt/{attempt.pk}/result/").context["report"].steps
    assert (steps.refusal, steps.attempts_left) == (None, 2)
    assert [(weak.title, weak.percent, weak.questions) for weak in steps.weakest] == [
        ("政策法规", "0", 2),
        ("数字技术", "50", 2),
    ]
    page = page_of(client, attempt)
    for words in ("下一步", "还可以考 2 次", "政策法规：2 题，得分率 0%", 'href="/courses/x/lessons/y/"'):
        assert words in page


def test_after_a_fail_with_a_pause_the_page_says_from_when(person: Person, at: datetime, login: Any) -> None:
    make_marked_exam(cooldown_hours=24)
    attempt = sit(person, at, 0)
    page = page_of(login(person), attempt)
    assert in_words(at + 24 * HOUR) in page
    assert "现在就可以重考" not in page


def test_who_has_passed_in_another_sitting_is_sent_nowhere(person: Person, at: datetime, login: Any) -> None:
    make_marked_exam()
    first = sit(person, at, 0)
    sit(person, at, 2)
    report = login(person).get(f"/exams/attempt/{first.pk}/result/").context["report"]
    assert report.steps is None
    assert report.grade_text == "按最好的一次计：共考 2 次，得分率 100%，已通过。"


def test_result_that_changed_shows_the_one_before_and_why(person: Person, at: datetime, login: Any) -> None:
    make_marked_exam()
    attempt = sit(person, at, 1)
    attempt.answers.filter(slot=2).update(response="o2")
    rescore_attempt(attempt=attempt, reason=Reason.LATE_ANSWER, by=None, now=at + HOUR)
    page = page_of(login(person), attempt)
    for words in ("得 4 分，满分 4 分", "2 分，满分 4 分", "改判原因：留存的答案已收入试卷。"):
        assert words in page


def test_answers_that_wait_beside_the_paper_are_said(person: Person, at: datetime, login: Any) -> None:
    make_marked_exam()
    attempt = sit(person, at, 2)
    other = sit(make_person(), at, 2)
    for holder, slot, status in (
        (attempt, 1, "held"),
        (attempt, 2, "held"),
        (attempt, 1, "refused"),
        (other, 1, "held"),
    ):
        decided = None if status == "held" else at
        HeldAnswer.objects.create(
            attempt=holder,
            slot=slot,
            sequence=9,
            fence=HeldAnswer.objects.count(),
            reason=HeldReason.LATE,
            received_at=at,
            status=HeldStatus(status),
            decided_at=decided,
        )
    assert "2 个晚到的答案已留存，等待处理" in page_of(login(person), attempt)


@pytest.mark.postgres
@pytest.mark.parametrize("questions", [1, 3])
def test_page_of_a_passed_paper_takes_the_same_queries_at_one_and_at_three_questions(
    questions: int, person: Person, at: datetime, login: Any, django_assert_num_queries: Any
) -> None:
    make_exam(types=("single",) * questions)
    attempt = make_submitted(person, now=at)
    client = login(person)
    page_of(client, attempt)
    with django_assert_num_queries(13):
        page_of(client, attempt)


@pytest.mark.postgres
@pytest.mark.parametrize("questions", [1, 3])
def test_page_of_a_failed_paper_with_a_window_and_a_limit_takes_one_query_more(
    questions: int, person: Person, at: datetime, login: Any, django_assert_num_queries: Any
) -> None:
    make_exam(types=("single",) * questions, closes_at=(at + HOUR).isoformat(), max_attempts=2)
    attempt = submit_attempt(attempt_id=make_attempt(person, now=at).pk, by=person, now=at)
    client = login(person)
    page_of(client, attempt)
    with django_assert_num_queries(14):
        page_of(client, attempt)


def test_every_type_of_question_is_drawn_under_every_policy(person: Person, at: datetime, login: Any) -> None:
    client = login(person)
    for number, shown in enumerate(([], ["answer"], ["mark"], ["key"], ["explanation"])):
        key = f"all{number}"
        make_exam(key, types=tuple(TYPES), review={"submitted": shown, "closed": shown})
        attempt = make_submitted(person, key, now=at)
        assert client.get(f"/exams/attempt/{attempt.pk}/result/").status_code == 200
