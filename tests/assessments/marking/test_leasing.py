"""Scripts in hand: as many as planned, for as long as planned, never in two hands."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from assessments.marking.leasing import return_scripts, take_scripts
from assessments.marking.plans import PlanTerms, set_plan
from assessments.marking.queueing import scripts_in_hand
from assessments.marking.undoing import undo_mark
from assessments.models import Attempt, Mark, MarkingLease
from core.errors import NotAllowed, Refusal
from people.grants import open_grant
from people.models import Person, Role
from tests.assessments.making import make_exam
from tests.assessments.marking.scripts import (
    TWICE,
    answer_of,
    item_of,
    make_marker,
    make_papers,
    make_written,
    mark,
)
from tests.factories import make_person

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def marker() -> Person:
    return make_marker()


@pytest.fixture
def other() -> Person:
    return make_marker()


def plan(now: datetime, key: str = "base", **terms: Any) -> None:
    set_plan(exam_key=key, terms=PlanTerms(**terms), by=make_person(roles=(Role.ADMINISTRATOR,)), now=now)


def taken(marker: Person, attempt: Attempt, now: datetime, count: int | None = None) -> list[Attempt]:
    leases = take_scripts(marker=marker, item=item_of(attempt), now=now, count=count)
    return [lease.answer.attempt for lease in leases]


def test_usual_hand_is_ten_for_four_hours(marker: Person, now: datetime) -> None:
    papers = make_written(11, now=now)
    assert len(taken(marker, papers[0], now)) == 10
    assert set(MarkingLease.objects.values_list("taken_at", "expires_at", "round")) == {
        (now, now + 4 * HOUR, 1)
    }


def test_two_markers_never_have_the_same(marker: Person, other: Person, now: datetime) -> None:
    papers = make_written(3, now=now)
    plan(now, hold=2)
    first, second = taken(marker, papers[0], now), taken(other, papers[0], now)
    assert (len(first), len(second), {*first, *second}) == (2, 1, set(papers))


def test_taking_again_takes_no_more(marker: Person, now: datetime) -> None:
    papers = make_written(3, now=now)
    one = taken(marker, papers[0], now, count=1)
    assert taken(marker, papers[0], now, count=1) == one
    assert taken(marker, papers[0], now, count=2)[0] == one[0]
    assert MarkingLease.objects.count() == 2


def test_hand_is_one_for_all_questions_of_an_exam(marker: Person, now: datetime) -> None:
    make_exam(types=("short_answer", "short_answer"))
    papers = make_papers(2, now)
    plan(now, hold=2)
    taken(marker, papers[0], now)
    with pytest.raises(Refusal) as refused:
        take_scripts(marker=marker, item=item_of(papers[0], 2), now=now)
    assert refused.value.code == "hold"
    (elsewhere,) = make_written(now=now, key="elsewhere")
    assert taken(marker, elsewhere, now) == [elsewhere]


def test_quota_counts_what_is_marked_and_what_is_in_hand(marker: Person, now: datetime) -> None:
    papers = make_written(4, now=now)
    plan(now, quota=2)
    mark(papers[0], marker, now)
    assert len(taken(marker, papers[0], now)) == 1
    (held,) = scripts_in_hand(marker, at=now)
    free = next(each for each in papers[1:] if each.pk != held.answer.attempt_id)
    with pytest.raises(Refusal) as refused:
        mark(free, marker, now)
    assert refused.value.code == "quota"
    mark(held.answer.attempt, marker, now)
    with pytest.raises(Refusal) as refused:
        taken(marker, free, now)
    assert refused.value.code == "quota"


def test_mark_taken_back_gives_its_place_in_the_quota_back(marker: Person, now: datetime) -> None:
    (attempt,) = make_written(now=now, **TWICE)
    plan(now, quota=1)
    undo_mark(mark=mark(attempt, marker, now), by=marker, now=now)
    assert taken(marker, attempt, now) == [attempt]


def test_lapsed_scripts_are_given_to_others(marker: Person, other: Person, now: datetime) -> None:
    (attempt,) = make_written(now=now)
    plan(now, lease_minutes=5)
    taken(marker, attempt, now)
    assert taken(other, attempt, now + timedelta(minutes=4)) == []
    assert taken(other, attempt, now + timedelta(minutes=5)) == [attempt]
    assert list(scripts_in_hand(marker, at=now + timedelta(minutes=5))) == []
    assert MarkingLease.objects.get().marker == other


def test_each_takes_the_round_the_answer_waits_for(now: datetime) -> None:
    (attempt,) = make_written(now=now, **TWICE)
    rounds = []
    for points in ("0", "2", "1"):
        marker = make_marker()
        (lease,) = take_scripts(marker=marker, item=item_of(attempt), now=now)
        rounds.append(lease.round)
        mark(attempt, marker, now, points)
    assert rounds == [1, 2, 3]


def test_only_examiners_take_and_only_what_they_may_mark(marker: Person, now: datetime) -> None:
    (attempt,) = make_written(now=now)
    with pytest.raises(NotAllowed):
        taken(make_person(roles=(Role.ADMINISTRATOR,)), attempt, now)
    open_grant(viewer=marker, subject=attempt.person, kind="pairing", reason="QL-1", now=now)
    assert taken(marker, attempt, now) == []


def test_mentee_in_hand_is_out_of_it(marker: Person, now: datetime) -> None:
    (attempt,) = make_written(now=now)
    taken(marker, attempt, now)
    open_grant(viewer=marker, subject=attempt.person, kind="pairing", reason="QL-1", now=now)
    assert list(scripts_in_hand(marker, at=now)) == []


def test_return_gives_back_only_what_is_ones_own(marker: Person, other: Person, now: datetime) -> None:
    papers = make_written(3, now=now)
    plan(now, hold=2)
    mine = taken(marker, papers[0], now)
    taken(other, papers[0], now)
    answers = [answer_of(each) for each in papers]
    assert return_scripts(marker=marker, answers=[answer_of(mine[0])]) == 1
    assert return_scripts(marker=marker, answers=answers) == 1
    assert return_scripts(marker=marker) == 0
    assert MarkingLease.objects.get().marker == other


def test_taking_keeps_what_is_in_hand_for_the_whole_time_again(
    marker: Person, other: Person, now: datetime
) -> None:
    papers = make_written(2, now=now)
    taken(marker, papers[0], now, count=1)
    taken(other, papers[0], now)
    later = now + 3 * HOUR
    taken(marker, papers[0], later, count=1)
    expected = {marker.pk: later + 4 * HOUR, other.pk: now + 4 * HOUR}
    assert dict(MarkingLease.objects.values_list("marker", "expires_at")) == expected


def test_what_a_file_settled_goes_out_of_the_hand(marker: Person, now: datetime) -> None:
    make_exam(types=("short_answer", "short_answer"))
    papers = make_papers(3, now)
    plan(now, hold=2)
    first, second = taken(marker, papers[0], now)
    said = {"marks": {}, "penalty": "0", "points": 1, "imported": True, "marked_at": now}
    Mark.objects.create(answer=answer_of(first), marked_by=make_marker(), **said)
    again = taken(marker, papers[0], now)
    assert (first in again, second in again, len(again)) == (False, True, 2)


def test_database_has_one_marker_for_a_round_and_one_round_for_a_marker(
    marker: Person, other: Person, now: datetime
) -> None:
    (attempt,) = make_written(now=now)
    lease = {"answer": answer_of(attempt), "taken_at": now, "expires_at": now + HOUR}
    MarkingLease.objects.create(round=1, marker=marker, **lease)
    for round, who in ((1, other), (2, marker)):
        with pytest.raises(IntegrityError), transaction.atomic():
            MarkingLease.objects.create(round=round, marker=who, **lease)
    MarkingLease.objects.create(round=2, marker=other, **lease)
