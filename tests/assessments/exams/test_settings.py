"""What candidates meet of an exam's settings: drawn papers, practice, closing words, results of the old system."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from assessments.attempts import submit_attempt
from assessments.models import Attempt, PriorSitting
from cms.consistency import findings
from competencies.models import Evidence
from people.models import Person
from tests.assessments.making import make_attempt, make_exam, make_submitted
from tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(db: Any) -> Person:
    return make_person()


@pytest.fixture
def at(db: Any) -> datetime:
    return timezone.now()


def prior(person: Person, number: int = 1, **fields: Any) -> PriorSitting:
    usual = {
        "exam_key": "base",
        "exam_title": "旧考试",
        "started_at": datetime(2024, 3, number, tzinfo=timezone.get_current_timezone()),
        "complete": True,
        "points": Decimal(7),
        "max_points": Decimal(9),
        "passed": True,
        "source_key": f"test:{number}",
        "recorded_at": timezone.now(),
    }
    return PriorSitting.objects.create(person=person, **{**usual, **fields})


def test_a_sitting_of_a_drawn_exam_has_so_many_questions(person: Person, at: datetime) -> None:
    make_exam(types=("single",) * 5, draw=2)
    attempt = make_attempt(person, now=at, answered=True)
    submit_attempt(attempt_id=attempt.pk, by=person, now=at)
    result = attempt.results.get()
    assert (attempt.answers.count(), result.max_points, result.passed) == (2, Decimal(4), True)
    assert Evidence.objects.get().score == 1


def test_two_candidates_get_papers_of_their_own(at: datetime) -> None:
    make_exam(types=("single",) * 9, draw=3)
    papers = {
        tuple(make_attempt(make_person(), now=at).answers.order_by("slot").values_list("item", flat=True))
        for _number in range(6)
    }
    assert len(papers) > 1


def test_the_exam_page_says_how_a_paper_is_drawn(person: Person, login: Any) -> None:
    make_exam(types=("single",) * 5, draw=2)
    page = login(person).get("/exams/base/").content.decode()
    assert "2 题，4 分" in page
    assert "每份试卷从 5 道题中随机抽取" in page


def test_practice_shows_its_result_and_records_nothing(person: Person, at: datetime, login: Any) -> None:
    make_exam(practice=True, fail_text="再学一遍<b>。")
    attempt = make_attempt(person, now=at)
    submit_attempt(attempt_id=attempt.pk, by=person, now=at)
    assert Evidence.objects.count() == 0
    client = login(person)
    assert "练习卷" in client.get("/exams/base/").content.decode()
    page = client.get(f"/exams/attempt/{attempt.pk}/result/").content.decode()
    assert "再学一遍&lt;b&gt;。" in page
    assert "解析" in page
    assert "不计入任何证书" in page


def test_practice_hides_its_keys_while_it_is_sat_again(person: Person, at: datetime, login: Any) -> None:
    make_exam(practice=True, pass_text="祝贺")
    first = make_submitted(person, now=at)
    client = login(person)
    assert client.get(f"/exams/attempt/{first.pk}/result/").context["report"].shows_key
    make_attempt(person, now=at + timedelta(minutes=1))
    page = client.get(f"/exams/attempt/{first.pk}/result/")
    assert not page.context["report"].shows_key
    assert "祝贺" in page.content.decode()


def test_a_marked_practice_paper_leaves_no_evidence_either(person: Person, at: datetime) -> None:
    from assessments.results.scoring import record_exam_evidence, score_answers

    make_exam("base", practice=True)
    attempt = make_submitted(person, now=at)
    assert record_exam_evidence(attempt, attempt.results.get(), score_answers(attempt), now=at) is None


def test_closing_words_wait_for_the_marks(person: Person, at: datetime, login: Any) -> None:
    make_exam(types=("short_answer",), pass_text="祝贺", fail_text="再来")
    attempt = make_submitted(person, now=at)
    page = login(person).get(f"/exams/attempt/{attempt.pk}/result/").content.decode()
    assert ("祝贺" in page, "再来" in page) == (False, False)


@pytest.mark.postgres
def test_the_nightly_look_misses_no_evidence_of_practice(person: Person, at: datetime) -> None:
    make_exam("real")
    make_exam("base", practice=True)
    make_submitted(person, "base", now=at)
    make_submitted(person, "real", now=at)
    assert [each for each in findings(now=at) if "no evidence" in each] == []
    Attempt.objects.filter(exam_key="base").update(exam_version=make_exam("real"))
    assert len([each for each in findings(now=at) if "no evidence" in each]) == 1


def test_results_of_the_old_system_stand_on_the_exams_page(person: Person, login: Any) -> None:
    make_exam()
    prior(person)
    prior(person, 2, complete=False, passed=None, points=Decimal("1.5"))
    prior(make_person(), 3, points=Decimal(8))
    page = login(person).get("/exams/base/")
    assert [each.source_key for each in page.context["desk"].prior_sittings] == ["test:2", "test:1"]
    for text in ("以往成绩（由旧系统导入）", "7 分，满分 9 分", "未完成", "不计入任何证书"):
        assert text in page.content.decode()


def test_an_exams_page_without_such_results_is_silent_about_them(person: Person, login: Any) -> None:
    make_exam()
    assert "以往成绩" not in login(person).get("/exams/base/").content.decode()


@pytest.mark.postgres
def test_the_list_tells_the_newest_old_result_and_those_of_no_exam_here(person: Person, login: Any) -> None:
    make_exam()
    prior(person, 1, points=Decimal(3))
    prior(person, 2)
    prior(person, 4, complete=False, passed=None)
    prior(person, 3, exam_key="gone", exam_title="早已取消的考试")
    page = login(person).get("/exams/")
    assert page.context["cards"][0].prior.source_key == "test:2"
    assert [each.exam_key for each in page.context["elsewhere"]] == ["gone"]
    assert "早已取消的考试" in page.content.decode()


def test_the_list_without_any_exam_still_tells_old_results(person: Person, login: Any) -> None:
    prior(person)
    assert "旧考试" in login(person).get("/exams/").content.decode()


@pytest.mark.parametrize("size", [1, 3])
def test_old_results_cost_the_list_and_the_page_one_query(
    size: int, person: Person, login: Any, django_assert_num_queries: Any
) -> None:
    make_exam()
    client = login(person)
    for number in range(1, size + 1):
        prior(person, number)
    client.get("/exams/")
    with django_assert_num_queries(11):
        client.get("/exams/")
    with django_assert_num_queries(10):
        client.get("/exams/base/")
