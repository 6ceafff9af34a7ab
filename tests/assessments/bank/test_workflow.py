"""The life of a question: which steps there are, what they need, and what exams and lessons take meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from assessments.bank import workflow
from assessments.bank.storing import shown_version, store_question
from assessments.bank.workflow import move_question, move_questions
from assessments.exams.releasing import release_exam
from assessments.models import QUESTION_TRANSITIONS, ExamItem, Question, QuestionMove, QuestionStatus
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Role
from tests.assessments.making import make_question, question_item
from tests.factories import LONG_AGO_AT, make_person

pytestmark = pytest.mark.django_db

DRAFT, REVIEWED, LIVE, SUSPECT, RETIRED = QuestionStatus


def _exam(key: str, **fields: Any) -> dict[str, Any]:
    return {
        "key": "e",
        "title": "考试",
        "minutes": 10,
        "pass_percent": 60,
        "questions": [{"key": key, "points": 2}],
        **fields,
    }


def _at(status: QuestionStatus, key: str = "Q1") -> Question:
    """A question brought to this status by its ordinary steps."""
    ways = {
        DRAFT: [],
        REVIEWED: [REVIEWED],
        LIVE: [REVIEWED, LIVE],
        SUSPECT: [REVIEWED, LIVE, SUSPECT],
        RETIRED: [RETIRED],
    }
    version = store_question(item=question_item(key), by=None, now=LONG_AGO_AT)
    question = version.question
    for step in ways[status]:
        question = move_question(question=question, to=step, by=None, now=LONG_AGO_AT, reason="有据")
    return question


def test_the_table_of_transitions_is_total() -> None:
    assert set(QUESTION_TRANSITIONS) == set(QuestionStatus)
    assert set().union(*QUESTION_TRANSITIONS.values()) <= set(QuestionStatus)


@pytest.mark.parametrize("to", list(QuestionStatus))
@pytest.mark.parametrize("status", list(QuestionStatus))
def test_only_steps_of_the_table_are_taken(status: QuestionStatus, to: QuestionStatus, now: datetime) -> None:
    question = _at(status)
    if to == status:
        assert move_question(question=question, to=to, by=None, now=now, reason="有据").status == status
    elif to in QUESTION_TRANSITIONS[status]:
        assert move_question(question=question, to=to, by=None, now=now, reason="有据").status == to
    else:
        with pytest.raises(Refusal) as refused:
            move_question(question=question, to=to, by=None, now=now, reason="有据")
        assert refused.value.code == "transition"
        assert Question.objects.get().status == status


@pytest.mark.parametrize("status", [DRAFT, REVIEWED, SUSPECT, RETIRED])
def test_an_exam_takes_no_question_that_is_not_in_use(status: QuestionStatus, now: datetime) -> None:
    _at(status)
    with pytest.raises(Refusal, match="Q1"):
        release_exam(definition=_exam("Q1"), by=None, now=now)


def test_an_exam_takes_the_version_in_use_while_a_newer_one_is_a_draft(now: datetime) -> None:
    _at(LIVE)
    store_question(item=question_item("Q1", explanation="改过"), by=None, now=now)
    release_exam(definition=_exam("Q1"), by=None, now=now)
    assert ExamItem.objects.get().question_version.number == 1
    assert Question.objects.get().status == DRAFT


def test_lessons_show_the_last_version_that_was_in_use(now: datetime) -> None:
    question = _at(SUSPECT)
    store_question(item=question_item("Q1", explanation="改过"), by=None, now=now)
    assert shown_version("Q1").number == 1
    move_question(question=question, to=REVIEWED, by=None, now=now)
    move_question(question=question, to=LIVE, by=None, now=now)
    assert shown_version("Q1").number == 2


def test_a_question_that_was_never_in_use_shows_its_newest_version(now: datetime) -> None:
    store_question(item=question_item("Q1"), by=None, now=now)
    store_question(item=question_item("Q1", explanation="改过"), by=None, now=now)
    assert shown_version("Q1").number == 2


@pytest.mark.parametrize("to", sorted(workflow.NEEDS_A_REASON))
def test_doubt_and_retirement_need_a_reason(to: QuestionStatus, now: datetime) -> None:
    question = _at(LIVE)
    with pytest.raises(Refusal) as refused:
        move_question(question=question, to=to, by=None, now=now, reason="  ")
    assert refused.value.code == "reason"


def test_a_move_is_kept_with_who_why_and_when_and_audited_once(now: datetime) -> None:
    author = make_person("作者", roles=(Role.AUTHOR,))
    question = _at(LIVE)
    before = AuditEntry.objects.count()
    move_question(question=question, to=SUSPECT, by=author, now=now, reason="区分度为负")
    move_question(question=question, to=SUSPECT, by=author, now=now, reason="又一次")
    newest = QuestionMove.objects.order_by("-pk")[0]
    assert (newest.status, newest.number, newest.reason, newest.moved_by, newest.moved_at) == (
        SUSPECT,
        1,
        "区分度为负",
        author,
        now,
    )
    assert AuditEntry.objects.count() == before + 1


def test_only_authors_move_questions(now: datetime) -> None:
    question = _at(DRAFT)
    with pytest.raises(NotAllowed):
        move_question(question=question, to=REVIEWED, by=make_person("旁人"), now=now)
    with pytest.raises(NotAllowed):
        move_questions(keys=["Q1"], to=REVIEWED, by=make_person("旁人二"), now=now)


def test_one_question_that_cannot_go_there_stops_no_other(now: datetime) -> None:
    author = make_person("作者", roles=(Role.AUTHOR,))
    _at(DRAFT, "A1")
    _at(RETIRED, "B1")
    _at(DRAFT, "C1")
    moved = move_questions(keys=["A1", "B1", "C1"], to=REVIEWED, by=author, now=now)
    assert (moved.moved, moved.refused) == (("A1", "C1"), ("B1",))


def test_the_database_knows_no_question_in_use_without_a_version() -> None:
    make_question("Q1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.update(live_number=None)


def test_the_database_knows_no_withdrawn_question_that_exams_take() -> None:
    make_question("Q1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.update(status=SUSPECT)
