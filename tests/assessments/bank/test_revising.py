"""A new version and its filing in one step, and never over a newer one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from assessments.bank.cataloguing import Filing
from assessments.bank.revising import Overtaken, revise_question
from assessments.models import Question, QuestionVersion
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Person, Role
from tests.assessments.making import question_item
from tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(db: Any) -> Person:
    return make_person(roles=(Role.AUTHOR,))


def revise(author: Person, now: datetime, base_number: int, **fields: Any) -> QuestionVersion:
    filing = Filing(category="基础", tags=("电梯",), author=author)
    return revise_question(
        item=question_item("Q1", **fields), filing=filing, base_number=base_number, by=author, now=now
    )


def test_a_question_is_stored_and_filed_at_once(author: Person, now: datetime) -> None:
    version = revise(author, now, 0)
    question = Question.objects.get()
    assert (version.number, question.category, question.tags) == (1, "基础", ["电梯"])
    assert question.author == author
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert [each for each in actions if each.startswith("question.")] == ["question.stored", "question.filed"]


def test_the_same_a_second_time_is_the_same_version(author: Person, now: datetime) -> None:
    first = revise(author, now, 0)
    assert revise(author, now, 0) == first
    assert revise(author, now, 1) == first


def test_a_version_after_an_older_one_is_refused_with_the_newest(author: Person, now: datetime) -> None:
    revise(author, now, 0)
    second = revise(author, now, 1, points=3)
    with pytest.raises(Overtaken) as caught:
        revise(author, now, 1, points=4)
    assert caught.value.newest == second
    assert QuestionVersion.objects.count() == 2


def test_a_new_question_does_not_become_a_version_of_another(author: Person, now: datetime) -> None:
    revise(author, now, 0)
    revise(author, now, 1, points=3)
    with pytest.raises(Overtaken, match="Q1"):
        revise(author, now, 0, points=4)


def test_what_cannot_be_filed_is_not_stored(author: Person, now: datetime) -> None:
    with pytest.raises(Refusal):
        revise_question(
            item=question_item("Q1"), filing=Filing(clauses=("none",)), base_number=0, by=author, now=now
        )
    assert Question.objects.count() == 0


def test_only_authors_revise(now: datetime) -> None:
    with pytest.raises(NotAllowed):
        revise(make_person(roles=(Role.ADMINISTRATOR,)), now, 0)
