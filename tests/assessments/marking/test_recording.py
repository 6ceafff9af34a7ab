"""Marks in rounds: whose turn it is, whose hand the script is in, and what two markers come to."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from assessments.marking.leasing import take_scripts
from assessments.marking.undoing import undo_mark
from assessments.models import Attempt, AttemptStatus, Mark, MarkingLease
from assessments.results.reports import read_report
from assessments.results.scoring import score_answers, standing_marks
from core.errors import Refusal
from core.models import AuditEntry
from people.models import Notice, Person
from tests.assessments.making import make_exam, make_submitted
from tests.assessments.marking.scripts import TWICE, answer_of, item_of, make_marker, make_written, mark
from tests.factories import make_person

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def markers() -> list[Person]:
    return [make_marker() for _number in range(4)]


@pytest.fixture
def twice(now: datetime) -> Attempt:
    return make_written(now=now, **TWICE)[0]


def refused(attempt: Attempt, by: Person, now: datetime, **said: str) -> str:
    """With which code; nothing was stored."""
    before = Mark.objects.count()
    with pytest.raises(Refusal) as refusal:
        mark(attempt, by, now, **said)
    assert Mark.objects.count() == before
    return refusal.value.code


def test_two_markers_who_agree_come_to_their_mean_and_not_to_the_higher(
    twice: Attempt, markers: list[Person], now: datetime
) -> None:
    first = mark(twice, markers[0], now, "1.5", comment="依据具体")
    twice.refresh_from_db()
    assert (twice.status, Notice.objects.count()) == (AttemptStatus.MARKING, 0)
    second = mark(twice, markers[1], now, "2", comment="结构清楚")
    twice.refresh_from_db()
    assert (twice.status, first.round, second.round) == (AttemptStatus.COMPLETE, 1, 2)
    assert twice.results.get(number=2).points == Decimal("1.75")
    assert twice.results.get(number=2).items[0]["detail"] == {"c1": "1.75", "penalty": "0"}
    assert read_report(twice, now=now).lines[0].comment == "依据具体\n结构清楚"


def test_markers_who_are_apart_wait_for_a_third_whose_mark_counts(
    twice: Attempt, markers: list[Person], now: datetime
) -> None:
    mark(twice, markers[0], now, "0")
    mark(twice, markers[1], now, "2")
    twice.refresh_from_db()
    assert twice.status == AttemptStatus.MARKING
    third = mark(twice, markers[2], now, "0.5")
    twice.refresh_from_db()
    assert (third.round, twice.status) == (3, AttemptStatus.COMPLETE)
    assert twice.results.get(number=2).points == Decimal("0.5")


def test_nobody_gives_two_rounds_of_an_answer(twice: Attempt, markers: list[Person], now: datetime) -> None:
    mark(twice, markers[0], now, "0")
    again = mark(twice, markers[0], now, "0.5")
    assert (again.round, standing_marks(twice)) == (1, {})
    mark(twice, markers[1], now, "2")
    assert mark(twice, markers[1], now, "1.5").round == 2
    twice.refresh_from_db()
    assert twice.status == AttemptStatus.MARKING
    assert set(Mark.objects.values_list("round", "marked_by")) == {
        (1, markers[0].pk),
        (2, markers[1].pk),
    }


def test_a_marker_who_took_a_mark_back_gives_no_other_round(
    twice: Attempt, markers: list[Person], now: datetime
) -> None:
    given = mark(twice, markers[0], now, "0")
    undo_mark(mark=given, by=markers[0], now=now)
    MarkingLease.objects.all().delete()
    mark(twice, markers[1], now, "0")
    assert refused(twice, markers[0], now, points="1") == "other_round"


def test_marking_changed_by_the_first_marker_can_bring_two_apart_together(
    twice: Attempt, markers: list[Person], now: datetime
) -> None:
    mark(twice, markers[0], now, "0")
    mark(twice, markers[1], now, "2")
    mark(twice, markers[0], now, "1.5")
    assert twice.results.get(number=2).points == Decimal("1.75")


def test_answer_that_others_marked_is_refused_kindly(markers: list[Person], now: datetime) -> None:
    """The second tab of another marker: nothing is lost in silence, and nothing is overwritten."""
    make_exam(types=("short_answer", "short_answer"))
    attempt = make_submitted(make_person(), now=now)
    mark(attempt, markers[0], now)
    assert refused(attempt, markers[1], now, points="2") == "marked"
    mark(attempt, markers[1], now, slot=2)
    assert refused(attempt, markers[1], now, points="2") == "final"


def test_same_marker_in_two_tabs(markers: list[Person], now: datetime) -> None:
    make_exam(types=("short_answer", "short_answer"))
    attempt = make_submitted(make_person(), now=now)
    one, same = mark(attempt, markers[0], now, "1"), mark(attempt, markers[0], now, "1")
    other = mark(attempt, markers[0], now, "2")
    assert (one, Mark.objects.count()) == (same, 2)
    assert standing_marks(attempt)[answer_of(attempt).pk].counted == (other.pk,)
    mark(attempt, markers[0], now, slot=2)
    assert mark(attempt, markers[0], now, "2") == other
    assert refused(attempt, markers[0], now, points="1") == "final"


def test_script_in_another_hand_is_refused_and_the_words_say_until_when(
    markers: list[Person], now: datetime
) -> None:
    (attempt,) = make_written(now=now)
    (lease,) = take_scripts(marker=markers[0], item=item_of(attempt), now=now)
    with pytest.raises(Refusal, match=r"另一位.*本页") as refusal:
        mark(attempt, markers[1], now)
    assert (refusal.value.code, Mark.objects.count()) == ("leased", 0)
    assert MarkingLease.objects.get() == lease


def test_mark_takes_its_lease_away(markers: list[Person], now: datetime) -> None:
    attempt, other = make_written(2, now=now)
    take_scripts(marker=markers[0], item=item_of(attempt), now=now)
    mark(attempt, markers[0], now)
    assert list(MarkingLease.objects.values_list("answer__attempt", flat=True)) == [other.pk]
    mark(other, markers[0], now)
    assert MarkingLease.objects.count() == 0


def test_killed_between_lease_and_mark_the_script_is_given_to_another(
    markers: list[Person], now: datetime
) -> None:
    (attempt,) = make_written(now=now)
    take_scripts(marker=markers[0], item=item_of(attempt), now=now)
    later = now + 5 * HOUR
    (lease,) = take_scripts(marker=markers[1], item=item_of(attempt), now=later)
    assert lease.marker == markers[1]
    assert refused(attempt, markers[0], later) == "leased"
    mark(attempt, markers[1], later)
    assert refused(attempt, markers[0], later) == "final"


def test_lapsed_script_that_nobody_took_is_still_marked_by_whoever_had_it(
    markers: list[Person], now: datetime
) -> None:
    (attempt,) = make_written(now=now)
    take_scripts(marker=markers[0], item=item_of(attempt), now=now)
    mark(attempt, markers[0], now + 5 * HOUR)
    assert MarkingLease.objects.count() == 0
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.COMPLETE


def test_lapsed_script_is_free_for_whoever_marks_it(markers: list[Person], now: datetime) -> None:
    (attempt,) = make_written(now=now)
    take_scripts(marker=markers[0], item=item_of(attempt), now=now)
    assert mark(attempt, markers[1], now + 4 * HOUR).marked_by == markers[1]


def test_audit_says_which_round(twice: Attempt, markers: list[Person], now: datetime) -> None:
    mark(twice, markers[0], now)
    mark(twice, markers[1], now)
    entries = AuditEntry.objects.filter(action="answer.marked").order_by("id")
    assert [entry.detail["round"] for entry in entries] == [1, 2]


def test_imported_mark_scores_a_question_of_any_type_up_to_its_points(now: datetime, person: Person) -> None:
    make_exam(types=("single", "short_answer"))
    attempt, clerk = make_submitted(person, now=now), make_marker()
    for slot, points, marks in ((1, "0.5", {}), (2, "9", {"c1": "9"})):
        Mark.objects.create(
            answer=answer_of(attempt, slot),
            marks=marks,
            penalty="0",
            points=Decimal(points),
            imported=True,
            marked_by=clerk,
            marked_at=now,
        )
    scores = [each.score for each in score_answers(attempt)]
    assert [(score.points, score.max, score.needs_marking) for score in scores] == [
        (Decimal("0.5"), 2, False),
        (2, 2, False),
    ]
