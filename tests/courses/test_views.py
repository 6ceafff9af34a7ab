"""The learner's pages: what they show, what they keep to themselves, what they cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments import selfchecks
from competencies.ledger import register_subject
from competencies.models import Evidence, SubjectKind
from courses import progress
from courses.checks import present_all
from courses.enrolments import enrol
from courses.models import CheckAnswer, CoursePage, Enrolment, LessonProgress, Reflection
from courses.releasing import release_course
from people.models import Person
from tests.courses.factories import CANARY, add_lesson, make_course, make_question, release
from tests.factories import AccountFactory

pytestmark = pytest.mark.django_db
Login = Callable[[Any], Client]
LESSON = "/courses/lift/lessons/lesson-1/"


@pytest.fixture
def learner(person: Person, login: Login) -> Client:
    return login(person)


def page_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("get", "/courses/"),
        ("get", "/courses/lift/"),
        ("get", LESSON),
        ("post", "/courses/lift/enrol/"),
        ("post", f"{LESSON}check/check-1/"),
        ("post", f"{LESSON}complete/"),
        ("get", f"/courses/media/{'0' * 64}/image.svg"),
    ],
)
def test_strangers_are_sent_to_sign_in(method: str, url: str, client: Client, now: datetime) -> None:
    release(now=now)
    response = getattr(client, method)(url)
    assert (response.status_code, response["Location"].partition("?")[0]) == (302, reverse("account_login"))


def test_the_shelf_shows_released_courses_only(learner: Client, now: datetime) -> None:
    make_course("draft", title="还在写的课")
    release(now=now, title="加装电梯怎么办")
    shelf = page_of(learner, "/courses/")
    assert "加装电梯怎么办" in shelf
    assert "还在写的课" not in shelf


def test_an_empty_shelf_says_so(learner: Client) -> None:
    assert 'class="empty"' in page_of(learner, "/courses/")


def test_joining_leads_into_the_first_lesson_and_back_to_where_one_was(
    learner: Client, now: datetime
) -> None:
    release(now=now, lessons=2)
    assert learner.post("/courses/lift/enrol/")["Location"] == LESSON
    page_of(learner, "/courses/lift/lessons/lesson-2/")
    assert learner.post("/courses/lift/enrol/")["Location"] == "/courses/lift/lessons/lesson-2/"


def test_a_lesson_opens_only_to_those_who_joined(learner: Client, now: datetime) -> None:
    release(now=now)
    assert learner.get(LESSON)["Location"] == "/courses/lift/"
    assert learner.post(f"{LESSON}complete/").status_code == 404
    assert not Enrolment.objects.exists()


@pytest.mark.postgres
def test_a_course_is_learned_to_its_end_without_a_script(
    learner: Client, person: Person, now: datetime
) -> None:
    make_question(now=now)
    release(now=now, checks=("CHK-1",))
    learner.post("/courses/lift/enrol/")
    check = f"{LESSON}check/check-1/"
    assert learner.post(check, {"check-check-1": "o1"})["Location"] == f"{LESSON}#block-check-1"
    assert learner.post(f"{LESSON}complete/")["Location"] == LESSON
    learner.post(check, {"check-check-1": "o2"})
    assert f'action="{LESSON}complete/"' in page_of(learner, LESSON)
    assert learner.post(f"{LESSON}complete/")["Location"] == "/courses/lift/"
    assert Evidence.objects.get().person == person
    assert f'href="{LESSON}"' in page_of(learner, "/courses/lift/")


def test_an_answer_that_is_none_is_refused_on_the_spot(learner: Client, now: datetime) -> None:
    make_question(now=now)
    release(now=now, checks=("CHK-1",))
    learner.post("/courses/lift/enrol/")
    response = learner.post(f"{LESSON}check/check-1/", {})
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert not CheckAnswer.objects.exists()


def test_no_page_gives_an_answer_away_before_it_is_given(learner: Client, now: datetime) -> None:
    """faults.md, row 18."""
    make_question(now=now)
    release(now=now, checks=("CHK-1",))
    learner.post("/courses/lift/enrol/")
    urls = ["/courses/", "/courses/lift/", LESSON]
    before = "".join(page_of(learner, url) for url in urls)
    assert "题干CHK-1" in before
    assert CANARY not in before
    refused = learner.post(f"{LESSON}check/check-1/", {"check-check-1": "o9"})
    learner.post(f"{LESSON}check/check-1/", {"check-check-1": "o1"})
    wrong = page_of(learner, LESSON)
    assert CANARY not in refused.content.decode() + wrong
    learner.post(f"{LESSON}check/check-1/", {"check-check-1": "o2"})
    assert CANARY in page_of(learner, LESSON)


def test_foreign_lessons_and_blocks_are_not_found(learner: Client, now: datetime) -> None:
    """faults.md, row 22: every child swapped for one of another course, or for one that is not there."""
    make_question(now=now)
    release("lift", now=now, checks=("CHK-1",))
    other = make_course("other")
    block = {"type": "self_check", "id": "foreign", "value": {"question": "CHK-1", "prompt": ""}}
    add_lesson(other, "elsewhere", body=[block])
    release_course(page=other, by=None, now=now)
    learner.post("/courses/lift/enrol/")
    for url in (
        "/courses/lift/lessons/elsewhere/complete/",
        "/courses/lift/lessons/elsewhere/check/foreign/",
        f"{LESSON}check/foreign/",
        f"{LESSON}check/opening/",
        f"{LESSON}reflect/opening/",
        f"{LESSON}seen/",
        "/courses/other/lessons/elsewhere/check/foreign/",
        "/courses/other/lessons/elsewhere/complete/",
        "/courses/nothing/enrol/",
    ):
        answers = {"check-foreign": "o2", "check-opening": "o2", "text": "x", "block": "foreign"}
        assert (url, learner.post(url, answers).status_code) == (url, 404)
    for url in ("/courses/nothing/", "/courses/lift/lessons/elsewhere/", "/courses/nothing/lessons/x/"):
        assert (url, learner.get(url).status_code) == (url, 404)
    assert not LessonProgress.objects.exists()


def test_fields_nobody_asked_for_are_ignored(learner: Client, person: Person, now: datetime) -> None:
    """faults.md, row 24."""
    make_question(now=now)
    release(now=now, checks=("CHK-1",))
    other = AccountFactory().person
    extra = {
        "person": str(other.pk),
        "score": "1",
        "correct": "true",
        "completed_at": "2020-01-01",
        "hours": "99",
    }
    learner.post("/courses/lift/enrol/", extra)
    learner.post(f"{LESSON}check/check-1/", {"check-check-1": "o1", **extra})
    learner.post(f"{LESSON}complete/", extra)
    enrolment = Enrolment.objects.get()
    assert (enrolment.person, enrolment.completed_at) == (person, None)
    assert not CheckAnswer.objects.get().correct
    assert not Evidence.objects.exists()


def test_a_reflection_is_read_by_its_writer_alone(
    learner: Client, person: Person, login: Login, now: datetime
) -> None:
    course = make_course()
    block = {"type": "reflection", "id": "think", "value": {"prompt": "怎么开口？", "hint": "站在门里面想"}}
    add_lesson(course, "thinking", body=[block])
    release_course(page=course, by=None, now=now)
    url = "/courses/lift/lessons/thinking/"
    other = login(AccountFactory())
    for client in (learner, other):
        client.post("/courses/lift/enrol/")
    learner.post(f"{url}reflect/think/", {"text": "先问他膝盖好些没有"})
    assert Reflection.objects.get().enrolment.person == person
    assert "先问他膝盖好些没有" in page_of(learner, url)
    assert "先问他膝盖好些没有" not in page_of(other, url)
    assert learner.post(f"{url}reflect/think/", {"text": "长" * 4001}).status_code == 422


def test_the_block_last_seen_is_where_one_goes_on(learner: Client, now: datetime) -> None:
    release(now=now)
    learner.post("/courses/lift/enrol/")
    page_of(learner, LESSON)
    assert learner.post(f"{LESSON}seen/", {"block": "opening"}).status_code == 204
    assert f'href="{LESSON}#block-opening"' in page_of(learner, "/courses/lift/")


def test_links_to_other_rooms_carry_their_titles(learner: Client, now: datetime) -> None:
    register_subject(kind=SubjectKind.SCENARIO, key="S1", title="老楼新梯", url="/simulations/S1/")
    register_subject(kind=SubjectKind.EXAM, key="base", title="基础模块考试", url="/exams/base/")
    course = make_course(lessons=0)
    body = [
        {"type": "scenario", "id": "s", "value": {"key": "S1", "invitation": "去试试"}},
        {"type": "exam", "id": "e", "value": {"key": "base", "invitation": "去考试"}},
    ]
    add_lesson(course, "lesson-1", body=body)
    release_course(page=course, by=None, now=now)
    learner.post("/courses/lift/enrol/")
    lesson = page_of(learner, LESSON)
    assert 'href="/simulations/S1/"' in lesson
    assert 'href="/exams/base/"' in lesson
    assert "《老楼新梯》" in lesson
    assert "《基础模块考试》" in lesson


def test_wagtail_pages_lead_learners_to_the_released_course(learner: Client, now: datetime) -> None:
    release(now=now)
    course = CoursePage.objects.get()
    lesson = course.get_children().get().specific
    index = course.get_parent().specific
    places = [page.serve(None).url for page in (index, course, lesson)]
    assert places == ["/courses/", "/courses/lift/", LESSON]


def test_questions_are_drawn_as_the_bank_draws_them(now: datetime) -> None:
    make_question("CHK-1", now=now)
    make_question("CHK-2", now=now)
    drawn = present_all({"a": "CHK-1", "b": "CHK-2"}, seed="x", responses={"CHK-1": "o1"}, passed=["CHK-2"])
    assert drawn == {
        "a": selfchecks.present("CHK-1", "x", response="o1", name="check-a"),
        "b": selfchecks.present("CHK-2", "x", name="check-b", disabled=True),
    }


def test_an_old_answer_to_a_question_that_changed_is_not_shown(now: datetime) -> None:
    make_question(now=now)
    drawn = present_all({"a": "CHK-1"}, seed="x", responses={"CHK-1": ["gone"]}, passed=[])
    assert [option.chosen for option in drawn["a"].form.options] == [False, False]


@pytest.mark.parametrize("size", [1, 3])
def test_the_shelf_costs_the_same_with_one_course_and_with_three(
    size: int, learner: Client, person: Person, now: datetime, django_assert_num_queries: Any
) -> None:
    for number in range(size):
        release(f"course-{number}", now=now)
        enrol(person=person, course_key=f"course-{number}", now=now)
    with django_assert_num_queries(6):
        page_of(learner, "/courses/")


@pytest.mark.parametrize("size", [1, 3])
def test_a_course_costs_the_same_with_one_lesson_and_with_three(
    size: int, learner: Client, person: Person, now: datetime, django_assert_num_queries: Any
) -> None:
    release(now=now, lessons=size)
    enrol(person=person, course_key="lift", now=now)
    with django_assert_num_queries(6):
        page_of(learner, "/courses/lift/")


@pytest.mark.parametrize("size", [1, 3])
def test_a_lesson_costs_the_same_with_one_block_of_a_kind_and_with_three(
    size: int, learner: Client, person: Person, now: datetime, django_assert_num_queries: Any
) -> None:
    course = make_course(lessons=0)
    body = []
    for number in range(size):
        key = make_question(f"CHK-{number}", now=now)
        register_subject(kind=SubjectKind.EXAM, key=f"exam-{number}", title="考试", url="/exams/x/")
        body += [
            {"type": "self_check", "id": f"c{number}", "value": {"question": key, "prompt": ""}},
            {"type": "exam", "id": f"e{number}", "value": {"key": f"exam-{number}", "invitation": "来"}},
            {"type": "reflection", "id": f"r{number}", "value": {"prompt": "想想", "hint": ""}},
        ]
    for number in range(size):
        add_lesson(course, f"lesson-{number + 1}", body=body)
    version = release_course(page=course, by=None, now=now)
    enrolment = enrol(person=person, course_key="lift", now=now)
    for number in range(size):
        progress.answer_check(
            enrolment=enrolment,
            lesson_id=version.content["lessons"][0]["id"],
            block_id=f"c{number}",
            raw="o2",
            now=now,
        )
    Enrolment.objects.update(last_lesson="")
    with django_assert_num_queries(14):
        page_of(learner, LESSON)
    with django_assert_num_queries(10):
        page_of(learner, LESSON)
