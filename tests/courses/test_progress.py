"""How learners get on: by passing checks, never by time; counted once, whatever is clicked twice."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from competencies.models import Evidence
from core.errors import Refusal
from courses import progress, queries
from courses.enrolments import enrol
from courses.models import (
    CheckAnswer,
    CoursePage,
    CourseVersion,
    Enrolment,
    LessonPage,
    LessonProgress,
    Reflection,
)
from courses.releasing import release_course
from people.models import Person
from tests.courses.factories import CANARY, add_lesson, make_question, release

pytestmark = pytest.mark.django_db


def lesson_ids(version: CourseVersion) -> list[str]:
    return [lesson["id"] for lesson in version.content["lessons"]]


def answer(enrolment: Enrolment, lesson_id: str, raw: object, now: datetime) -> CheckAnswer:
    return progress.answer_check(
        enrolment=enrolment, lesson_id=lesson_id, block_id="check-1", raw=raw, now=now
    )


def test_joining_twice_is_joining_once_and_an_unknown_course_is_refused(
    person: Person, now: datetime
) -> None:
    release(now=now)
    first = enrol(person=person, course_key="lift", now=now)
    assert enrol(person=person, course_key="lift", now=now + timedelta(days=1)) == first
    with pytest.raises(Refusal):
        enrol(person=person, course_key="nothing", now=now)


def test_a_wrong_answer_may_be_retried_and_a_right_one_stays(person: Person, now: datetime) -> None:
    make_question(now=now)
    (lesson,) = lesson_ids(release(now=now, checks=("CHK-1",)))
    enrolment = enrol(person=person, course_key="lift", now=now)
    wrong = answer(enrolment, lesson, "o1", now)
    assert (wrong.correct, wrong.explanation) == (False, "")
    right = answer(enrolment, lesson, "o2", now)
    assert (right.correct, right.tries) == (True, 2)
    assert right.explanation.startswith(CANARY)
    assert answer(enrolment, lesson, "o1", now) == right
    assert CheckAnswer.objects.get().correct


def test_the_third_wrong_answer_is_explained(person: Person, now: datetime) -> None:
    make_question(now=now)
    (lesson,) = lesson_ids(release(now=now, checks=("CHK-1",)))
    enrolment = enrol(person=person, course_key="lift", now=now)
    told = [bool(answer(enrolment, lesson, "o1", now).explanation) for _try in range(3)]
    assert told == [False, False, True]


@pytest.mark.parametrize("raw", [None, "", [], [""], {"a": ""}, "o9", ["o1", "o2"]])
def test_no_answer_and_a_foreign_option_are_refused_and_not_counted(
    raw: object, person: Person, now: datetime
) -> None:
    make_question(now=now)
    (lesson,) = lesson_ids(release(now=now, checks=("CHK-1",)))
    enrolment = enrol(person=person, course_key="lift", now=now)
    with pytest.raises(Refusal):
        answer(enrolment, lesson, raw, now)
    assert not CheckAnswer.objects.exists()


def test_a_lesson_is_completed_only_when_its_checks_are_right(person: Person, now: datetime) -> None:
    make_question(now=now)
    (lesson,) = lesson_ids(release(now=now, checks=("CHK-1",)))
    enrolment = enrol(person=person, course_key="lift", now=now)
    answer(enrolment, lesson, "o1", now)
    with pytest.raises(Refusal):
        progress.complete_lesson(enrolment=enrolment, lesson_id=lesson, now=now)
    assert not Evidence.objects.exists()
    answer(enrolment, lesson, "o2", now)
    assert progress.complete_lesson(enrolment=enrolment, lesson_id=lesson, now=now).completed_at == now


@pytest.mark.postgres
def test_the_last_lesson_records_evidence_once(person: Person, now: datetime) -> None:
    version = release(now=now, lessons=2)
    enrolment = enrol(person=person, course_key="lift", now=now)
    first, second = lesson_ids(version)
    assert progress.complete_lesson(enrolment=enrolment, lesson_id=second, now=now).completed_at is None
    progress.complete_lesson(enrolment=enrolment, lesson_id=first, now=now)
    progress.complete_lesson(enrolment=enrolment, lesson_id=first, now=now + timedelta(days=1))
    evidence = Evidence.objects.get()
    assert (evidence.source_key, evidence.kind, evidence.version_hash) == (
        f"course:{enrolment.pk}",
        "course",
        version.content_hash,
    )
    assert (evidence.score, evidence.hours, evidence.occurred_at) == (Decimal(1), Decimal(3), now)
    assert evidence.weights == {"LAW": "0.6", "SWK": "0.4"}
    assert (evidence.subject.key, evidence.person) == ("lift", person)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_tabs_completing_the_last_lesson_record_evidence_once(person: Person, now: datetime) -> None:
    (lesson,) = lesson_ids(release(now=now))
    enrolment = enrol(person=person, course_key="lift", now=now)
    barrier, failures = threading.Barrier(4), []

    def click() -> None:
        try:
            barrier.wait()
            progress.complete_lesson(enrolment=enrolment, lesson_id=lesson, now=now)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _tab in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (Evidence.objects.count(), LessonProgress.objects.count()) == (1, 1)


def test_a_new_version_keeps_progress_and_a_new_lesson_is_open(person: Person, now: datetime) -> None:
    first, _second = lesson_ids(release(now=now, lessons=2))
    enrolment = enrol(person=person, course_key="lift", now=now)
    progress.complete_lesson(enrolment=enrolment, lesson_id=first, now=now)
    course = CoursePage.objects.get()
    add_lesson(course, "lesson-3")
    LessonPage.objects.filter(slug="lesson-1").update(title="换了标题")
    release_course(page=course, by=None, now=now)
    (mine,) = queries.progress_of([person])[person.pk]
    assert (mine.done, mine.total) == (1, 3)


def test_a_lesson_taken_out_lets_the_rest_complete_the_course(person: Person, now: datetime) -> None:
    first, _second = lesson_ids(release(now=now, lessons=2))
    enrolment = enrol(person=person, course_key="lift", now=now)
    progress.complete_lesson(enrolment=enrolment, lesson_id=first, now=now)
    LessonPage.objects.get(slug="lesson-2").unpublish()
    release_course(page=CoursePage.objects.get(), by=None, now=now)
    assert progress.complete_lesson(enrolment=enrolment, lesson_id=first, now=now).completed_at == now


def test_one_comes_back_to_the_block_last_seen(person: Person, now: datetime) -> None:
    make_question(now=now)
    first, second = lesson_ids(release(now=now, lessons=2, checks=("CHK-1",)))
    enrolment = enrol(person=person, course_key="lift", now=now)
    progress.open_lesson(enrolment=enrolment, lesson_id=second, now=now)
    progress.mark_seen(enrolment=enrolment, lesson_id=second, block_id="check-1", now=now)
    (mine,) = queries.progress_of([person])[person.pk]
    assert mine.next_lesson
    assert mine.next_lesson.url == "/courses/lift/lessons/lesson-2/#block-check-1"
    answer(enrolment, second, "o2", now)
    progress.complete_lesson(enrolment=enrolment, lesson_id=second, now=now)
    (mine,) = queries.progress_of([person])[person.pk]
    assert mine.next_lesson
    assert mine.next_lesson.url == "/courses/lift/lessons/lesson-1/"
    assert first != second


def test_lessons_and_blocks_of_other_courses_do_not_exist_here(person: Person, now: datetime) -> None:
    make_question(now=now)
    (own,) = lesson_ids(release("own", now=now, checks=("CHK-1",)))
    (foreign,) = lesson_ids(release("foreign", now=now, checks=("CHK-1",)))
    enrolment = enrol(person=person, course_key="own", now=now)
    for attempt in (
        lambda: progress.open_lesson(enrolment=enrolment, lesson_id=foreign, now=now),
        lambda: progress.complete_lesson(enrolment=enrolment, lesson_id=foreign, now=now),
        lambda: answer(enrolment, foreign, "o2", now),
        lambda: progress.mark_seen(enrolment=enrolment, lesson_id=own, block_id="nothing", now=now),
        lambda: progress.reflect(enrolment=enrolment, lesson_id=own, block_id="opening", text="x", now=now),
        lambda: progress.answer_check(
            enrolment=enrolment, lesson_id=own, block_id="opening", raw="o2", now=now
        ),
    ):
        with pytest.raises(progress.NotInCourse):
            attempt()


def test_a_reflection_is_kept_changed_and_taken_away(person: Person, now: datetime) -> None:
    course_version = release(now=now)
    course = CoursePage.objects.get()
    block = {"type": "reflection", "id": "think", "value": {"prompt": "怎么开口？", "hint": ""}}
    add_lesson(course, "thinking", body=[block])
    course_version = release_course(page=course, by=None, now=now)
    lesson = lesson_ids(course_version)[1]
    enrolment = enrol(person=person, course_key="lift", now=now)
    place = {"enrolment": enrolment, "lesson_id": lesson, "block_id": "think", "now": now}
    progress.reflect(**place, text="先问好")
    progress.reflect(**place, text="先坐下")
    assert list(Reflection.objects.values_list("text", flat=True)) == ["先坐下"]
    with pytest.raises(Refusal):
        progress.reflect(**place, text="长" * 4001)
    progress.reflect(**place, text="  ")
    assert not Reflection.objects.exists()


@pytest.mark.postgres
def test_the_database_holds_one_place_per_learner(person: Person, now: datetime) -> None:
    (lesson,) = lesson_ids(release(now=now))
    enrolment = enrol(person=person, course_key="lift", now=now)
    progress.open_lesson(enrolment=enrolment, lesson_id=lesson, now=now)
    before = now - timedelta(days=1)
    for attempt in (
        lambda: Enrolment.objects.create(person=person, course_key="lift", enrolled_at=now, last_at=now),
        lambda: LessonProgress.objects.create(enrolment=enrolment, lesson_id=lesson, opened_at=now),
        lambda: LessonProgress.objects.update(completed_at=before),
        lambda: Enrolment.objects.update(completed_at=before),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


@pytest.mark.postgres
def test_progress_of_many_people_takes_two_queries(now: datetime, django_assert_num_queries: object) -> None:
    from tests.factories import AccountFactory

    for number in range(3):
        release(f"course-{number}", now=now, lessons=number + 1)
    for size, courses in ((1, 1), (3, 3)):
        people = [AccountFactory().person for _one in range(size)]
        for person in people:
            for number in range(courses):
                enrol(person=person, course_key=f"course-{number}", now=now)
        with django_assert_num_queries(2):  # type: ignore[operator]
            found = queries.progress_of(people)
        assert {person.pk: len(found[person.pk]) for person in people} == {
            person.pk: courses for person in people
        }


def test_the_catalogue_takes_one_query_and_puts_base_modules_first(
    now: datetime, django_assert_num_queries: object
) -> None:
    release("zoo", now=now, module="base")
    release("alley", now=now, module="special")
    release("bridge", now=now)
    with django_assert_num_queries(1):  # type: ignore[operator]
        shelf = queries.catalogue()
    assert [(card.key, card.hours, card.lessons, card.minutes) for card in shelf] == [
        ("zoo", "3", 1, 8),
        ("alley", "3", 1, 8),
        ("bridge", "3", 1, 8),
    ]


@pytest.mark.postgres
@pytest.mark.parametrize("size", [1, 3])
def test_shelf_and_progress_of_many_people_take_two_queries(
    size: int, now: datetime, django_assert_num_queries: object
) -> None:
    from tests.factories import AccountFactory

    make_question(now=now)
    versions = [release(f"course-{n}", now=now, lessons=2, checks=("CHK-1",)) for n in range(size)]
    people = [AccountFactory().person for _one in range(size)]
    for person in people:
        for version in versions:
            enrolment = enrol(person=person, course_key=version.key, now=now)
            first, second = lesson_ids(version)
            answer(enrolment, first, "o2", now)
            progress.complete_lesson(enrolment=enrolment, lesson_id=first, now=now)
            progress.open_lesson(enrolment=enrolment, lesson_id=second, now=now)
    with django_assert_num_queries(2):  # type: ignore[operator]
        learning = queries.learning_of(people)
    assert [card.key for card in learning.shelf] == [version.key for version in versions]
    mine = learning.progress[people[0].pk][0]
    assert (mine.done, mine.learned_at, mine.next_lesson and mine.next_lesson.begun) == (1, now, True)
    assert learning.progress == queries.progress_of(people)
