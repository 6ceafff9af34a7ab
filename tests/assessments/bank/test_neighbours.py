"""What the bank asks already: by stems and options, never by keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.core.cache import cache

from assessments.bank.neighbours import Neighbour, NeighbourIndex, near_pairs, neighbours_of
from assessments.bank.storing import store_question
from assessments.bank.workflow import move_question
from assessments.items.similarity import Alike
from assessments.models import QuestionStatus
from tests.assessments.making import make_question, question_item

pytestmark = pytest.mark.django_db

LONG = "上门走访独居老人时发现家中有煤气味，首先应当怎么做？"
CLOSE = "上门走访独居老人时发现家里有煤气味，首先应当怎么做？"
OTHER = "居民代表会议应当由谁召集，多少户提议时必须召集？"


@pytest.fixture(autouse=True)
def _no_memory() -> None:
    cache.clear()


def asks(key: str, stem: str, **fields: Any) -> dict[str, Any]:
    item = question_item(key, **fields)
    return {**item, "body": {**item["body"], "stem": stem}}


def stored(key: str, stem: str, now: datetime, **fields: Any) -> Any:
    return store_question(item=asks(key, stem, **fields), by=None, now=now, live=True).question


def test_neighbours_of_a_new_question_are_told_with_their_stems(now: datetime) -> None:
    stored("A1", LONG, now)
    stored("B1", OTHER, now)
    (near,) = neighbours_of(asks("N1", CLOSE))
    assert (near.key, near.stem) == ("A1", LONG)
    assert 80 <= near.percent < 100


def test_a_question_is_no_neighbour_of_itself_and_the_limit_holds(now: datetime) -> None:
    for key in ("A1", "A2", "A3"):
        stored(key, LONG, now)
    assert neighbours_of(asks("A1", LONG), limit=1) == (Neighbour("A2", 100, LONG),)
    index = NeighbourIndex.read()
    assert index.of(asks("A1", LONG)["body"], exclude="A1") == [
        {"key": "A2", "percent": 100},
        {"key": "A3", "percent": 100},
    ]


def test_the_same_key_and_explanation_make_no_neighbours(now: datetime) -> None:
    """Canary: what gives the answer away is not compared."""
    secret = "金丝雀：煤气泄漏时应当先关阀开窗，再到室外打电话报告，不开灯。" * 3
    for key, stem in (("A1", LONG), ("B1", OTHER)):
        store_question(item=asks(key, stem, explanation=secret), by=None, now=now)
    assert near_pairs() == ()
    assert neighbours_of(asks("N1", secret)) == ()


def test_the_bank_is_read_once_for_an_index_and_never_for_asking(
    now: datetime, django_assert_num_queries: Any
) -> None:
    stored("A1", LONG, now)
    with django_assert_num_queries(1):
        index = NeighbourIndex.read()
    with django_assert_num_queries(0):
        index.of(asks("N1", CLOSE)["body"])
    with django_assert_num_queries(1):
        neighbours_of(asks("N1", CLOSE))


def test_pairs_are_kept_until_a_version_comes(now: datetime, django_assert_num_queries: Any) -> None:
    stored("A1", LONG, now)
    stored("A2", CLOSE, now)
    (pair,) = near_pairs()
    assert (pair.one, pair.other) == ("A1", "A2")
    with django_assert_num_queries(2):
        assert near_pairs() == (pair,)
    stored("A2", OTHER, now)
    assert near_pairs() == ()
    stored("A3", OTHER, now)
    assert near_pairs() == (Alike(100, "A2", "A3"),)


def test_a_retired_question_is_in_nobodys_way(now: datetime) -> None:
    stored("A1", LONG, now)
    second = stored("A2", LONG, now)
    assert near_pairs() == (Alike(100, "A1", "A2"),)
    move_question(question=second, to=QuestionStatus.RETIRED, by=None, now=now, reason="与 A1 重复")
    assert near_pairs() == ()


def test_an_empty_bank_has_no_pairs() -> None:
    assert near_pairs() == ()
    make_question("Q1")
    assert near_pairs() == ()
