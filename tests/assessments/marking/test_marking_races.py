"""Many markers at once: no script in two hands, no round given twice, one result. SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from assessments.marking import leasing, recording
from assessments.marking.completing import complete_marked
from assessments.marking.leasing import take_scripts
from assessments.marking.plans import PlanTerms, set_plan
from assessments.marking.undoing import undo_mark
from assessments.models import Mark, MarkingLease, Result
from core.errors import Refusal
from people.models import Notice, Role
from tests.assessments.making import make_exam
from tests.assessments.marking.scripts import TWICE, item_of, make_marker, make_papers, make_written, mark
from tests.factories import make_person

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def together(*calls: Callable[[], Any]) -> list[Any]:
    """What the calls gave, each in a thread and over a connection of its own, begun at the same moment; the code of a
    refusal where one was refused."""
    gate = threading.Barrier(len(calls))

    def one(call: Callable[[], Any]) -> Any:
        gate.wait(timeout=30)
        try:
            return call()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def meeting(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, parties: int) -> None:
    """Let all callers of `module.name` go on together, as far as the database lets them come there together."""
    original, gate = getattr(module, name), threading.Barrier(parties)

    def met(*args: Any, **kwargs: Any) -> Any:
        answer = original(*args, **kwargs)
        with suppress(threading.BrokenBarrierError):
            gate.wait(timeout=0.3)
        return answer

    monkeypatch.setattr(module, name, met)


def test_takers_at_once_share_nothing(now: datetime) -> None:
    papers, markers = make_written(6, now=now), [make_marker() for _number in range(3)]
    admin = make_person(roles=(Role.ADMINISTRATOR,))
    set_plan(exam_key="base", terms=PlanTerms(hold=2), by=admin, now=now)
    item = item_of(papers[0])
    taken = together(*(lambda who=who: take_scripts(marker=who, item=item, now=now) for who in markers))
    assert [len(each) for each in taken] == [2, 2, 2]
    assert len({lease.answer_id for each in taken for lease in each}) == 6


def test_two_windows_of_one_marker_hold_no_more_than_planned(now: datetime) -> None:
    make_exam(types=("short_answer", "short_answer"))
    papers, marker = make_papers(4, now), make_marker()
    admin = make_person(roles=(Role.ADMINISTRATOR,))
    set_plan(exam_key="base", terms=PlanTerms(hold=3), by=admin, now=now)
    items = [item_of(papers[0], slot) for slot in (1, 2)]
    together(*(lambda item=item: take_scripts(marker=marker, item=item, now=now) for item in items))
    assert MarkingLease.objects.count() == 3


@pytest.mark.parametrize("lapsed", [False, True])
def test_two_markers_of_one_free_script_give_one_mark(
    lapsed: bool, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    (attempt,) = make_written(now=now)
    if lapsed:
        take_scripts(marker=make_marker(), item=item_of(attempt), now=now)
    at, markers = now + timedelta(hours=5), [make_marker(), make_marker()]
    meeting(monkeypatch, recording, "round_for", 2)
    given = together(*(lambda who=who: mark(attempt, who, at) for who in markers))
    assert sorted("mark" if isinstance(each, Mark) else each for each in given) == ["final", "mark"]
    assert (Mark.objects.count(), Result.objects.count(), Notice.objects.count()) == (1, 2, 1)


def test_second_and_first_round_at_once_go_to_two_markers(now: datetime) -> None:
    (attempt,) = make_written(now=now, **TWICE)
    markers = [make_marker() for _number in range(3)]
    given = together(*(lambda who=who: mark(attempt, who, now, "1") for who in markers))
    rounds = Counter(Mark.objects.values_list("round", flat=True))
    assert (rounds, len(set(Mark.objects.values_list("marked_by", flat=True)))) == ({1: 1, 2: 1}, 2)
    assert Counter(each for each in given if isinstance(each, str)) == {"final": 1}


def test_taker_never_holds_what_somebody_marked_meanwhile(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The taker has chosen the script before the marker's transaction ends, and inserts its lease afterwards."""
    (attempt,) = make_written(now=now)
    marker, taker = make_marker(), make_marker()
    meeting(monkeypatch, leasing, "_quota_left", 2)
    given = together(
        lambda: mark(attempt, marker, now),
        lambda: take_scripts(marker=taker, item=item_of(attempt), now=now),
    )
    holds, marked = len(given[1]), isinstance(given[0], Mark)
    assert (holds, marked) in {(0, True), (1, False)}
    assert MarkingLease.objects.count() == holds


def test_same_mark_sent_twice_at_once_is_one(now: datetime) -> None:
    (attempt,) = make_written(now=now)
    marker = make_marker()
    given = together(*[lambda: mark(attempt, marker, now)] * 3)
    assert len({each.pk for each in given}) == Mark.objects.count() == 1


def test_undo_and_the_clock_at_once_end_in_one_of_both(now: datetime) -> None:
    (attempt,) = make_written(now=now)
    marker, admin = make_marker(), make_person(roles=(Role.ADMINISTRATOR,))
    set_plan(exam_key="base", terms=PlanTerms(undo_minutes=5), by=admin, now=now)
    given, over = mark(attempt, marker, now), now + timedelta(minutes=5)
    outcome: Sequence[Any] = together(
        lambda: undo_mark(mark=given, by=marker, now=over), lambda: complete_marked(now=over)
    )
    attempt.refresh_from_db()
    went_out = attempt.results.count() == 2
    assert (outcome[0] == "final", outcome[1]) == (went_out, int(went_out))
    assert Mark.objects.count() == (1 if went_out else 2)
