"""The database says the same as `settling` about the round an answer waits for."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from assessments.marking.given import given_marks
from assessments.marking.rounds import doubles_of, open_versions, waiting_answers, with_wanted
from assessments.marking.settling import Rules, settle
from assessments.models import Answer, ExamCorrection, Mark
from people.models import Person
from tests.assessments.marking.scripts import TWICE, answer_of, make_marker, make_papers, make_written, mark
from tests.factories import make_person

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def history(answer: Answer, dice: random.Random, markers: list[Person], at: datetime) -> Iterator[Mark]:
    """Up to six marks at random: taken back, imported, stale, in any round."""
    given: list[Mark] = []
    for _number in range(dice.randrange(7)):
        points = Decimal(dice.randrange(5)) / 2
        stale = timedelta(hours=-1 if dice.random() < 0.1 else 1)
        left = [each for each in given if each.undoes is None and not hasattr(each, "gone")]
        undoes = dice.choice(left) if left and dice.random() < 0.2 else None
        if undoes:
            undoes.gone = True  # type: ignore[attr-defined]
        given.append(
            Mark.objects.create(
                answer=answer,
                marks={"c1": str(points)},
                penalty="0",
                points=points,
                round=undoes.round if undoes else dice.choice((1, 1, 1, 2, 2, 3, 4)),
                imported=undoes is None and dice.random() < 0.1,
                undoes=undoes,
                marked_by=dice.choice(markers),
                marked_at=at + stale,
            )
        )
    yield from given


@pytest.mark.parametrize("settings", [{}, TWICE])
def test_every_history_waits_for_the_round_that_settling_says(
    settings: dict[str, object], now: datetime
) -> None:
    papers, dice, markers = make_written(8, now=now, **settings), random.Random(6), [make_marker()]
    rules = Rules(True, Decimal("0.5")) if settings else Rules()
    answers = Answer.objects.filter(attempt__in=papers)
    for answer in answers:
        list(history(answer, dice, markers, now))
    given = given_marks(answers)
    expected = {answer.pk: settle(given.get(answer.pk, ()), rules).wanted for answer in answers}
    asked = with_wanted(answers, doubles_of(open_versions()))
    assert dict(asked.values_list("pk", "wanted")) == expected
    waiting = {pk: wanted for pk, wanted in expected.items() if wanted}
    assert dict(waiting_answers().values_list("pk", "wanted")) == waiting


def test_tolerance_is_that_of_each_release(now: datetime) -> None:
    (close,) = make_written(now=now, key="close", **TWICE)
    (wide,) = make_written(now=now, key="wide", double_marking=True, marking_tolerance="1")
    one, two = make_marker(), make_marker()
    for attempt in (close, wide):
        mark(attempt, one, now, "1")
        mark(attempt, two, now, "2")
    assert list(waiting_answers().values_list("attempt", "wanted")) == [(close.pk, 3)]


def test_what_is_not_written_not_handed_in_or_void_waits_for_nobody(now: datetime) -> None:
    (attempt,) = make_written(now=now)
    answer = answer_of(attempt)
    assert list(waiting_answers()) == [answer]
    Answer.objects.filter(pk=answer.pk).update(response=None)
    assert list(waiting_answers()) == []
    Answer.objects.filter(pk=answer.pk).update(response="写了")
    ExamCorrection.objects.create(
        exam_version=attempt.exam_version,
        number=1,
        changes=[{"kind": "void", "item": answer.item.number, "how": "drop"}],
        content_hash="c" * 64,
        proposed_by=make_person(),
        approved_by=make_person(),
        approved_at=now,
    )
    assert list(waiting_answers()) == []


def test_two_queries_whatever_waits(now: datetime, django_assert_num_queries: object) -> None:
    make_written(1, now=now, **TWICE)
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert len(waiting_answers()) == 1
    make_papers(2, now)
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert len(waiting_answers()) == 3
