"""Questions that rest on a rule come up again after a year."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from assessments.bank import store_question
from assessments.reviews import REVIEWED_EVERY, questions_to_review
from tests.assessments.making import question_item

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
