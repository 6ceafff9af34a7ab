"""Questions that rest on a rule come up again after a year."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from assessments import tasks
from assessments.bank.cataloguing import Filing, file_question
from assessments.bank.reviews import (
    REVIEWED_EVERY,
    confirm_review,
    next_review,
    questions_to_review,
    remind_authors,
    resting_on_repealed,
)
from assessments.bank.storing import store_question
from assessments.bank.workflow import move_question
from assessments.models import Question, QuestionStatus, QuestionVersion
from core.errors import NotAllowed
from library.clauses import repeal_clause
from people.models import Notice, Role
from tests.assessments.making import make_clause, question_item
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def stored(key: str, as_of: str, at: datetime, **fields: str) -> None:
    store_question(item=question_item(key, as_of=as_of, **fields), by=None, now=at, live=True)


def due(at: datetime) -> list[str]:
    return [version.question.key for version in questions_to_review(at=at)]


def test_question_with_a_dated_basis_is_due_after_a_year(now: datetime) -> None:
    stored("Q1", "《民法典》第278条", now)
    assert due(now + REVIEWED_EVERY - timedelta(seconds=1)) == []
    assert due(now + REVIEWED_EVERY) == ["Q1"]


@pytest.mark.parametrize("as_of", ["", "不涉政策", "不涉政策（响应时限以本地预案为准）"])
def test_question_without_a_rule_is_never_due(as_of: str, now: datetime) -> None:
    stored("Q1", as_of, now)
    assert due(now + 3 * REVIEWED_EVERY) == []


def test_storing_it_again_with_a_new_date_takes_it_off_the_list(now: datetime) -> None:
    stored("Q1", "2025-04-01 施行", now)
    later = now + REVIEWED_EVERY
    stored("Q1", "2025-04-01 施行，2027-11 核对", later)
    assert due(later) == []


def test_oldest_comes_first_and_answers_stay_in_the_database(now: datetime) -> None:
    stored("Q2", "2026-01", now)
    stored("Q1", "2026-01", now - timedelta(days=1))
    assert due(now + REVIEWED_EVERY) == ["Q1", "Q2"]
    assert all(
        {"answer", "explanation"} <= version.get_deferred_fields()
        for version in questions_to_review(at=now + REVIEWED_EVERY)
    )


def test_a_day_of_its_own_comes_before_the_rule_of_a_year(now: datetime) -> None:
    stored("Q1", "2026-01", now)
    question = Question.objects.get()
    file_question(
        question=question, filing=Filing(review_on=(now + timedelta(days=30)).date()), by=None, now=now
    )
    assert (due(now + timedelta(days=28)), due(now + timedelta(days=31))) == ([], ["Q1"])
    file_question(
        question=question, filing=Filing(review_on=(now + 2 * REVIEWED_EVERY).date()), by=None, now=now
    )
    assert due(now + REVIEWED_EVERY) == []


def test_a_retired_question_is_due_no_more(now: datetime) -> None:
    stored("Q1", "2026-01", now)
    move_question(question=Question.objects.get(), to=QuestionStatus.RETIRED, by=None, now=now, reason="过时")
    assert due(now + REVIEWED_EVERY) == []
    assert next_review(Question.objects.get(), QuestionVersion.objects.get()) is None


@pytest.mark.parametrize(("as_of", "days"), [("2026-01", 365), ("不涉政策", None)])
def test_the_next_review_is_told(as_of: str, days: int | None, now: datetime) -> None:
    stored("Q1", as_of, now)
    expected = timezone.localdate(now + timedelta(days=days)) if days else None
    question, version = Question.objects.get(), QuestionVersion.objects.get()
    assert next_review(question, version) == expected
    question.review_on = date(2027, 5, 1)
    assert next_review(question, version) == date(2027, 5, 1)


def test_confirming_is_for_authors_and_takes_it_off_the_list(now: datetime) -> None:
    stored("Q1", "2026-01", now)
    later, author = now + REVIEWED_EVERY, make_person(roles=(Role.AUTHOR,))
    with pytest.raises(NotAllowed):
        confirm_review(question=Question.objects.get(), by=make_person(), now=later)
    assert due(later) == ["Q1"]
    confirm_review(question=Question.objects.get(), by=author, now=later)
    assert (due(later), due(later + REVIEWED_EVERY)) == ([], ["Q1"])


@pytest.mark.postgres
def test_authors_are_reminded_once_a_month_of_what_is_theirs(now: datetime) -> None:
    author, former = make_person(roles=(Role.AUTHOR,)), make_person()
    for key, owner in (("Q1", author), ("Q2", author), ("Q3", former), ("Q4", None)):
        stored(key, "2026-01", now)
        question = Question.objects.get(key=key)
        file_question(question=question, filing=Filing(author=owner), by=None, now=now)
    assert remind_authors(now=now) == 0
    later = now + REVIEWED_EVERY + timedelta(days=1)
    for day in (later, later):
        assert remind_authors(now=day) == 1
    notice = Notice.objects.get()
    assert (notice.recipient, "2" in notice.title) == (author, True)
    assert notice.url == "/admin/bank/?author=me&flag=review"
    remind_authors(now=later + timedelta(days=31))
    assert Notice.objects.count() == 2


def test_the_daily_task_reminds(now: datetime) -> None:
    author = make_person(roles=(Role.AUTHOR,))
    stored("Q1", "2020-01", now - 9 * REVIEWED_EVERY)
    file_question(question=Question.objects.get(), filing=Filing(author=author), by=None, now=now)
    assert tasks.remind_authors() == 1
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert tasks.remind_authors.name in scheduled


def test_repealed_bases_are_found_from_their_day_on(now: datetime) -> None:
    stored("Q1", "2026-01", now)
    clause = make_clause("c")
    file_question(question=Question.objects.get(), filing=Filing(clauses=("c",)), by=None, now=now)
    repeal_clause(clause=clause, on=date(2026, 12, 1), by=None, now=now)
    flagged = [
        [question.key for question in resting_on_repealed(Question.objects.all(), on=day)]
        for day in (date(2026, 11, 30), date(2026, 12, 1))
    ]
    assert flagged == [[], ["Q1"]]
    move_question(question=Question.objects.get(), to=QuestionStatus.RETIRED, by=None, now=now, reason="过时")
    assert not resting_on_repealed(Question.objects.all(), on=date(2027, 1, 1)).exists()
