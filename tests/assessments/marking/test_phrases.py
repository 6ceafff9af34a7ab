"""Phrases: a marker's own, for one question or for all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from assessments.marking.phrases import MOST, delete_phrase, phrases_for, store_phrase
from assessments.models import MarkingPhrase, Question
from core.errors import Refusal
from people.models import Person, Role
from tests.assessments.making import make_question
from tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def marker(db: Any) -> Person:
    return make_person(roles=(Role.EXAMINER,))


@pytest.fixture
def question(db: Any) -> Question:
    return make_question("q1", "short_answer").question


def test_phrases_of_the_question_come_before_those_for_all(
    marker: Person, question: Question, now: datetime
) -> None:
    other = make_question("q2", "short_answer").question
    store_phrase(text="写得具体", by=marker, now=now)
    store_phrase(text="缺法律依据", by=marker, now=now, question=question)
    store_phrase(text="别的题的话", by=marker, now=now, question=other)
    store_phrase(text="别人的话", by=make_person(), now=now)
    assert [phrase.text for phrase in phrases_for(marker, question)] == ["缺法律依据", "写得具体"]


def test_same_phrase_is_kept_once_whatever_the_spaces(
    marker: Person, question: Question, now: datetime
) -> None:
    for text in ("写得 具体", "  写得\n具体 "):
        store_phrase(text=text, by=marker, now=now, question=question)
    assert MarkingPhrase.objects.get().text == "写得 具体"


@pytest.mark.parametrize("text", ["", " \n ", "长" * 501])
def test_nothing_or_too_much_is_refused(text: str, marker: Person, now: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        store_phrase(text=text, by=marker, now=now)
    assert (refused.value.code, MarkingPhrase.objects.count()) == ("comment", 0)


def test_there_is_room_for_so_many_and_no_more(marker: Person, question: Question, now: datetime) -> None:
    for number in range(MOST):
        store_phrase(text=f"第{number}句", by=marker, now=now)
    with pytest.raises(Refusal):
        store_phrase(text="再一句", by=marker, now=now)
    store_phrase(text="第0句", by=marker, now=now)
    store_phrase(text="再一句", by=marker, now=now, question=question)
    assert MarkingPhrase.objects.count() == MOST + 1


def test_only_ones_own_phrase_is_deleted(marker: Person, now: datetime) -> None:
    mine = store_phrase(text="写得具体", by=marker, now=now)
    delete_phrase(phrase_id=mine.pk, by=make_person())
    assert MarkingPhrase.objects.count() == 1
    for _click in range(2):
        delete_phrase(phrase_id=mine.pk, by=marker)
    assert MarkingPhrase.objects.count() == 0
