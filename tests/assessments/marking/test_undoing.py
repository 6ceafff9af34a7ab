"""Taking a mark back, and results that wait for that time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from assessments.marking.completing import complete_marked
from assessments.marking.leasing import take_scripts
from assessments.marking.plans import PlanTerms, set_plan
from assessments.marking.undoing import undo_mark
from assessments.models import Attempt, AttemptStatus, Mark, MarkingLease, Result
from assessments.results.scoring import standing_marks
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Notice, Person, Role
from tests.assessments.making import make_exam, make_submitted
from tests.assessments.marking.scripts import TWICE, answer_of, item_of, make_marker, make_written, mark
from tests.factories import make_person

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def marker() -> Person:
    return make_marker()


@pytest.fixture
def attempt(now: datetime) -> Attempt:
    """Two written answers, of which the second keeps the result back."""
    make_exam(types=("short_answer", "short_answer"))
    return make_submitted(make_person(), now=now)


def plan(now: datetime, undo_minutes: int) -> None:
    admin = make_person(roles=(Role.ADMINISTRATOR,))
    set_plan(exam_key="base", terms=PlanTerms(undo_minutes=undo_minutes), by=admin, now=now)


def test_mark_taken_back_counts_no_more_and_stays_readable(
    attempt: Attempt, marker: Person, now: datetime
) -> None:
    given = mark(attempt, marker, now, "2", penalty="0.5")
    undone = undo_mark(mark=given, by=marker, now=now)
    assert standing_marks(attempt) == {}
    said = [(each.points, each.penalty, each.marks, each.round) for each in (given, undone)]
    assert said[0] == said[1]
    entry = AuditEntry.objects.get(action="mark.undone")
    assert (entry.detail, Mark.objects.count()) == ({"slot": 1, "mark": given.pk}, 2)


def test_taking_back_twice_is_once(attempt: Attempt, marker: Person, now: datetime) -> None:
    given = mark(attempt, marker, now)
    assert undo_mark(mark=given, by=marker, now=now) == undo_mark(mark=given, by=marker, now=now)
    assert Mark.objects.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Mark.objects.create(
            answer=given.answer,
            marks={},
            penalty="0",
            points=0,
            undoes=given,
            marked_by=marker,
            marked_at=now,
        )


def test_script_comes_back_into_the_hand(attempt: Attempt, marker: Person, now: datetime) -> None:
    undo_mark(mark=mark(attempt, marker, now), by=marker, now=now)
    lease = MarkingLease.objects.get()
    assert (lease.answer, lease.marker, lease.round) == (answer_of(attempt), marker, 1)
    assert mark(attempt, marker, now).round == 1
    assert MarkingLease.objects.count() == 0


def test_mark_before_it_counts_again_and_nothing_is_leased(
    attempt: Attempt, marker: Person, now: datetime
) -> None:
    old, new = mark(attempt, marker, now, "1"), mark(attempt, marker, now, "2")
    undo_mark(mark=new, by=marker, now=now)
    assert standing_marks(attempt)[answer_of(attempt).pk].counted == (old.pk,)
    assert MarkingLease.objects.count() == 0


def test_only_ones_own_newest_mark(attempt: Attempt, marker: Person, now: datetime) -> None:
    old = mark(attempt, marker, now, "1")
    mark(attempt, marker, now, "2")
    with pytest.raises(Refusal) as refused:
        undo_mark(mark=old, by=marker, now=now)
    assert refused.value.code == "not_newest"
    with pytest.raises(NotAllowed):
        undo_mark(mark=old, by=make_marker(), now=now)
    assert Mark.objects.filter(undoes__isnull=False).count() == 0


def test_imported_mark_and_a_mark_of_an_older_answer_stay(
    attempt: Attempt, marker: Person, now: datetime
) -> None:
    given = mark(attempt, marker, now)
    attempt.answers.filter(slot=1).update(saved_at=now + MINUTE, sequence=99)
    with pytest.raises(Refusal) as refused:
        undo_mark(mark=given, by=marker, now=now + 2 * MINUTE)
    assert refused.value.code == "not_newest"
    imported = Mark.objects.create(
        answer=given.answer,
        marks={},
        penalty="0",
        points=1,
        imported=True,
        marked_by=marker,
        marked_at=now + 2 * MINUTE,
    )
    with pytest.raises(NotAllowed):
        undo_mark(mark=imported, by=marker, now=now + 2 * MINUTE)


def test_refused_once_the_result_is_out(attempt: Attempt, marker: Person, now: datetime) -> None:
    given = mark(attempt, marker, now)
    mark(attempt, marker, now, slot=2)
    with pytest.raises(Refusal) as refused:
        undo_mark(mark=given, by=marker, now=now)
    assert (refused.value.code, Mark.objects.count()) == ("final", 2)


def test_taking_back_one_of_two_brings_the_answer_back_to_its_round(marker: Person, now: datetime) -> None:
    (attempt,) = make_written(now=now, **TWICE)
    plan(now, 30)
    first, other = mark(attempt, marker, now, "1"), make_marker()
    mark(attempt, other, now, "1")
    undo_mark(mark=first, by=marker, now=now)
    MarkingLease.objects.all().delete()
    third = make_marker()
    (lease,) = take_scripts(marker=third, item=item_of(attempt), now=now)
    assert lease.round == 1
    assert mark(attempt, third, now, "1.5").round == 1


def test_result_waits_until_no_mark_can_be_taken_back(
    attempt: Attempt, marker: Person, now: datetime
) -> None:
    plan(now, 30)
    mark(attempt, marker, now)
    last = mark(attempt, marker, now + MINUTE, "1", slot=2)
    assert complete_marked(now=now + 30 * MINUTE) == 0
    undo_mark(mark=last, by=marker, now=now + 30 * MINUTE)
    assert complete_marked(now=now + 90 * MINUTE) == 0
    mark(attempt, marker, now + 60 * MINUTE, "2", slot=2)
    assert [complete_marked(now=now + minutes * MINUTE) for minutes in (89, 90, 91)] == [0, 1, 0]
    attempt.refresh_from_db()
    assert (attempt.status, attempt.results.get(number=2).points) == (AttemptStatus.COMPLETE, 3.5)
    assert (Result.objects.count(), Notice.objects.count()) == (2, 1)


def test_shorter_time_sends_out_what_waits(attempt: Attempt, marker: Person, now: datetime) -> None:
    plan(now, 1440)
    for slot in (1, 2):
        mark(attempt, marker, now, slot=slot)
    assert complete_marked(now=now + MINUTE) == 0
    plan(now, 0)
    assert complete_marked(now=now + MINUTE) == 1


def test_paper_that_waits_for_a_marker_is_not_sent_out(
    attempt: Attempt, marker: Person, now: datetime
) -> None:
    mark(attempt, marker, now)
    assert complete_marked(now=now + timedelta(days=30)) == 0
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.MARKING


def test_looking_for_papers_to_send_out_takes_the_same_queries(
    attempt: Attempt, marker: Person, now: datetime, django_assert_num_queries: object
) -> None:
    plan(now, 30)
    mark(attempt, marker, now)
    with django_assert_num_queries(2):  # type: ignore[operator]
        complete_marked(now=now)
    for _number in range(2):
        mark(make_submitted(make_person(), now=now), marker, now)
    with django_assert_num_queries(2):  # type: ignore[operator]
        complete_marked(now=now)
