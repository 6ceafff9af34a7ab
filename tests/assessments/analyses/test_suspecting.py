"""Figures of an exam that is over make questions suspect; a person decides, once on the same evidence."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from assessments.analyses.suspecting import raise_suspicions
from assessments.bank.storing import store_question
from assessments.bank.workflow import move_question
from assessments.models import Analysis, ExamVersion, Question, QuestionMove, QuestionStatus, Suspicion, Which
from people.models import Notice, Role
from tests.assessments.analyses.making import RIGHT, WRONG, analysed, sit_many
from tests.assessments.making import make_exam, question_item
from tests.factories import make_person

pytestmark = pytest.mark.django_db
WINDOW = timedelta(hours=5)


def closing_exam(now: datetime, **fields: Any) -> ExamVersion:
    return make_exam(types=("single",) * 4, closes_at=(now + WINDOW).isoformat(), **fields)


def rows(count: int) -> list[list[Any]]:
    """Half of them strong on the first three questions; on the fourth the strong choose o1, the weak the key, but for
    the first two."""
    strong = [RIGHT["single"]] * 3 + [WRONG["single"]]
    weak = [WRONG["single"]] * 3 + [RIGHT["single"]]
    exceptions = [[RIGHT["single"]] * 4, [WRONG["single"]] * 4]
    return [*exceptions, *[strong] * (count - 1), *[weak] * (count - 1)]


def states() -> list[str]:
    return list(Question.objects.order_by("key").values_list("status", flat=True))


def back_into_use(now: datetime) -> None:
    author = make_person(roles=(Role.AUTHOR,))
    move_question(question=Question.objects.get(key="base-4"), to=QuestionStatus.LIVE, by=author, now=now)


@pytest.mark.postgres
def test_wrong_key_becomes_suspect_with_figure_and_interval(now: datetime) -> None:
    author = make_person(roles=(Role.AUTHOR,))
    version = closing_exam(now)
    sit_many(rows(8), now=now)
    analysed(version, now=now + WINDOW, which=Which.BEST)
    assert states() == ["live", "live", "live", "suspect"]
    move = QuestionMove.objects.get(status=QuestionStatus.SUSPECT)
    assert move.moved_by is None
    assert "考试base" in move.reason
    assert "16 人" in move.reason
    assert "答案可能有误" in move.reason
    assert "99% 区间" in move.reason
    assert "o1" not in move.reason
    notice = Notice.objects.get(recipient=author)
    assert "base-4" in notice.title
    suspicion = Suspicion.objects.get()
    assert (suspicion.code, suspicion.candidates, suspicion.number) == ("wrong_key", 16, 1)


def test_nothing_is_suspected_while_the_exam_goes_on(now: datetime) -> None:
    version = closing_exam(now)
    sit_many(rows(8), now=now)
    analysed(version, now=now + WINDOW - timedelta(seconds=1), which=Which.BEST)
    assert states() == ["live"] * 4


def test_only_the_usual_sittings_are_evidence(now: datetime) -> None:
    version = closing_exam(now)
    sit_many(rows(8), now=now)
    analysed(version, now=now + WINDOW, which=Which.FIRST)
    assert states() == ["live"] * 4


def test_a_second_run_raises_nothing(now: datetime) -> None:
    version = closing_exam(now)
    sit_many(rows(8), now=now)
    analysis = analysed(version, now=now + WINDOW, which=Which.BEST)
    back_into_use(now + WINDOW)
    assert raise_suspicions(analysis=analysis, now=now + WINDOW) == []
    assert (states(), Suspicion.objects.count()) == (["live"] * 4, 1)


def test_put_back_it_is_doubted_again_only_on_more_candidates(now: datetime) -> None:
    version = closing_exam(now)
    attempts = sit_many(rows(8), now=now)
    analysed(version, now=now + WINDOW, which=Which.BEST)
    back_into_use(now + WINDOW)
    _as_if_rescored(attempts[0])
    again = analysed(version, now=now + WINDOW, which=Which.BEST)
    assert (Analysis.objects.count(), again.total_count) == (2, 16)
    assert states() == ["live"] * 4, "as many candidates as before"
    more = make_exam("more", types=("single",), closes_at=(now + WINDOW).isoformat(), questions=_questions())
    sit_many(rows(9), "more", now=now)
    analysed(more, now=now + WINDOW, which=Which.BEST)
    assert states()[:4] == ["live", "live", "live", "suspect"]


def test_question_changed_since_is_left_alone(now: datetime) -> None:
    version = closing_exam(now)
    sit_many(rows(8), now=now)
    store_question(item=question_item("base-4", explanation="新解析"), by=None, now=now, live=True)
    analysed(version, now=now + WINDOW, which=Which.BEST)
    assert states() == ["live"] * 4


@pytest.mark.parametrize(("reason", "moves"), [("too_easy", 0), ("too_hard", 0), ("below_guessing", 1)])
def test_very_easy_and_very_hard_questions_are_told_and_not_moved(
    reason: str, moves: int, now: datetime
) -> None:
    version = closing_exam(now)
    sit_many(rows(3), now=now)
    analysis = analysed(version, now=now, which=Which.BEST)
    said = {"figure": 0.1, "interval": {"low": 0.05, "high": 0.2}, "limit": 0.3}
    analysis.figures["items"][0]["suspicions"] = [{"reason": reason, **said}]
    assert len(raise_suspicions(analysis=analysis, now=now + WINDOW)) == moves


def _questions() -> list[dict[str, Any]]:
    return [{"key": f"base-{number}", "points": 2} for number in range(1, 5)]


def _as_if_rescored(attempt: Any) -> None:
    """A later result that says the same, as a regrade of the rule to pass leaves it."""
    result = attempt.results.get()
    result.pk, result.number = None, 2
    result._state.adding = True
    result.save(force_insert=True)
