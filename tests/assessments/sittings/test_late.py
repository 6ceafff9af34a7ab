"""Answers after the end: kept, decided by the exam's policy or by a person, never dropped."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from assessments.attempts import GRACE, submit_attempt, submit_overdue
from assessments.models import HELD_TRANSITIONS, Attempt, AttemptStatus, HandedInBy, HeldStatus
from assessments.sittings.fencing import open_paper
from assessments.sittings.late import can_decide, decide_held_answers
from assessments.sittings.saving import AnswerSuperseded, Held, Saved, SequenceReused
from competencies.models import Evidence
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Person, Role
from tests.assessments.making import make_attempt, make_exam, save
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def person(db: Any) -> Person:
    """Somebody who works in the district, as the examiner and the administrator do."""
    return make_person()


def sitting(person: Person, now: datetime, **settings: Any) -> Attempt:
    """An open sitting of two questions of one right option each, the first answered wrong."""
    make_exam(types=("single", "single"), **settings)
    attempt = make_attempt(person, now=now)
    save(attempt, 1, ["o1"], sequence=1, now=now)
    return attempt


def late_save(attempt: Attempt, *, sequence: int = 5, slot: int = 1, **fields: Any) -> Any:
    return save(attempt, slot, ["o2"], sequence=sequence, **{"now": over(attempt), **fields})


def over(attempt: Attempt) -> datetime:
    """The first moment at which nothing more is taken."""
    return attempt.deadline_at + GRACE + SECOND


def stored(attempt: Attempt, slot: int = 1) -> Any:
    return attempt.answers.get(slot=slot).response


def kinds(attempt: Attempt) -> list[str]:
    return list(attempt.events.order_by("pk").values_list("kind", flat=True))


def test_transitions_cover_every_status_of_a_held_answer() -> None:
    assert set(HELD_TRANSITIONS) == set(HeldStatus)


def test_answer_after_the_deadline_hands_in_and_waits_for_a_person(person: Person, now: datetime) -> None:
    attempt = sitting(person, now)
    outcome = late_save(attempt)
    assert isinstance(outcome, Held)
    assert (outcome.reason, outcome.refused) == ("late", False)
    attempt.refresh_from_db()
    assert (attempt.status, attempt.handed_in_by) == (AttemptStatus.COMPLETE, HandedInBy.CLOCK)
    held = attempt.held_answers.get()
    assert (held.response, held.received_at, held.status) == ("o2", over(attempt), "held")
    assert (stored(attempt), attempt.results.count()) == ("o1", 1)
    assert kinds(attempt) == ["closed", "late"]


def test_deadline_and_grace_are_the_servers_to_the_microsecond(person: Person, now: datetime) -> None:
    attempt = sitting(person, now)
    assert isinstance(late_save(attempt, now=attempt.deadline_at + GRACE), Saved)
    assert isinstance(late_save(attempt, now=over(attempt), sequence=6, slot=2), Held)


def test_extension_wins_over_the_time_that_was_up(person: Person, now: datetime) -> None:
    """Row 9."""
    attempt = sitting(person, now)
    Attempt.objects.filter(pk=attempt.pk).update(deadline_at=attempt.deadline_at + 10 * MINUTE)
    assert isinstance(late_save(attempt), Saved)
    assert (stored(attempt), attempt.held_answers.count()) == ("o2", 0)


def test_same_late_save_twice_is_one_row_and_one_event(person: Person, now: datetime) -> None:
    attempt = sitting(person, now)
    assert late_save(attempt) == late_save(attempt, now=over(attempt) + MINUTE)
    assert (attempt.held_answers.count(), kinds(attempt).count("late")) == (1, 1)


def test_late_save_under_a_used_number_with_another_content_has_no_effect(
    person: Person, now: datetime
) -> None:
    """Row 2."""
    attempt = sitting(person, now)
    late_save(attempt)
    with pytest.raises(SequenceReused):
        save(attempt, 1, ["o3"], sequence=5, now=over(attempt))
    with pytest.raises(SequenceReused):
        save(attempt, 1, ["o3"], sequence=1, now=over(attempt))
    assert [held.response for held in attempt.held_answers.all()] == ["o2"]


def test_late_save_that_a_newer_one_overtook_in_time_is_superseded(person: Person, now: datetime) -> None:
    attempt = sitting(person, now)
    save(attempt, 1, ["o3"], sequence=9, now=now)
    with pytest.raises(AnswerSuperseded):
        late_save(attempt)
    assert attempt.held_answers.count() == 0


def test_late_save_that_says_what_is_stored_is_acknowledged(person: Person, now: datetime) -> None:
    attempt = sitting(person, now)
    outcome = save(attempt, 1, ["o1"], sequence=7, now=over(attempt))
    assert isinstance(outcome, Saved)
    assert (outcome.saved_at, outcome.sequence) == (now, 1)
    assert isinstance(save(attempt, 2, [], sequence=8, now=over(attempt)), Saved)
    assert attempt.held_answers.count() == 0


def test_policy_takes_what_the_clock_cut_off_and_scores_again(person: Person, now: datetime) -> None:
    attempt = sitting(person, now, late_answers="accept", late_minutes=15)
    submit_overdue(now=over(attempt))
    assert attempt.results.get().points == 0
    outcome = late_save(attempt, now=attempt.deadline_at + 15 * MINUTE)
    assert isinstance(outcome, Saved)
    held = attempt.held_answers.get()
    assert (held.status, held.decided_by, held.replaced) == ("accepted", None, "o1")
    assert stored(attempt) == "o2"
    results = list(attempt.results.order_by("number").values_list("number", "points"))
    assert results == [(1, 0), (2, 2)]
    assert sorted(Evidence.objects.values_list("score", flat=True)) == [0, Decimal("0.5000")]
    assert attempt.entries.count() == 2
    assert AuditEntry.objects.get(action="attempt.held_answer_accepted").actor == "system"
    assert late_save(attempt, now=attempt.deadline_at + 15 * MINUTE) == outcome


@pytest.mark.parametrize("how", ["candidate", "invigilator", "after the window", "fenced"])
def test_policy_takes_nothing_else_by_itself(how: str, person: Person, now: datetime) -> None:
    attempt = sitting(person, now, late_answers="accept", late_minutes=15)
    at, fence = over(attempt), None
    if how == "candidate":
        submit_attempt(attempt_id=attempt.pk, by=person, now=now)
    if how == "invigilator":
        submit_attempt(attempt_id=attempt.pk, by=make_person(), now=now, through=HandedInBy.INVIGILATOR)
    if how == "after the window":
        at = attempt.deadline_at + 15 * MINUTE + SECOND
    if how == "fenced":
        open_paper(attempt=attempt, opened_from="a", now=now)
        fence = 0
    assert isinstance(late_save(attempt, now=at, fence=fence), Held)
    assert (stored(attempt), attempt.held_answers.get().status) == ("o1", "held")


def test_policy_that_refuses_keeps_the_answer_all_the_same(person: Person, now: datetime) -> None:
    attempt = sitting(person, now, late_answers="refuse")
    outcome = late_save(attempt)
    assert isinstance(outcome, Held)
    assert outcome.refused is True
    held = attempt.held_answers.get()
    assert (held.response, held.status, held.decided_at) == ("o2", "refused", over(attempt))
    assert stored(attempt) == "o1"
    assert late_save(attempt) == outcome


def test_person_takes_what_waits_in_the_order_it_was_written(person: Person, now: datetime) -> None:
    attempt = sitting(person, now)
    late_save(attempt, sequence=6)
    save(attempt, 1, ["o3"], sequence=5, now=over(attempt))
    late_save(attempt, sequence=7, slot=2)
    by = make_person(roles=(Role.EXAMINER,))
    decided = decide_held_answers(attempt=attempt, accept=True, by=by, now=over(attempt) + MINUTE)
    assert [(held.slot, held.sequence, held.status, held.decided_by, held.replaced) for held in decided] == [
        (1, 5, "accepted", by, "o1"),
        (1, 6, "accepted", by, "o3"),
        (2, 7, "accepted", by, None),
    ]
    assert (stored(attempt, 1), stored(attempt, 2)) == ("o2", "o2")
    assert list(attempt.results.order_by("number").values_list("number", "points")) == [(1, 0), (2, 4)]
    assert attempt.entries.count() == 4
    entries = AuditEntry.objects.filter(action="attempt.held_answer_accepted").order_by("id")
    assert [entry.detail["slot"] for entry in entries] == [1, 1, 2]
    assert "o2" not in str([entry.detail for entry in entries])


def test_person_refuses_what_waits_and_nothing_changes(person: Person, now: datetime) -> None:
    attempt = sitting(person, now)
    late_save(attempt)
    by = make_person(roles=(Role.ADMINISTRATOR,))
    decide_held_answers(attempt=attempt, accept=False, by=by, now=over(attempt))
    assert (stored(attempt), attempt.results.count()) == ("o1", 1)
    assert attempt.held_answers.get().status == "refused"
    assert decide_held_answers(attempt=attempt, accept=True, by=by, now=over(attempt)) == ()
    assert stored(attempt) == "o1"


def test_answer_of_a_fenced_window_can_be_taken_once_the_paper_is_handed_in(
    person: Person, now: datetime
) -> None:
    attempt = sitting(person, now)
    open_paper(attempt=attempt, opened_from="a", now=now)
    late_save(attempt, now=now, fence=0, sequence=1, slot=2)
    by = make_person(roles=(Role.EXAMINER,))
    for accept in (True, False):
        with pytest.raises(Refusal) as refused:
            decide_held_answers(attempt=attempt, accept=accept, by=by, now=now)
        assert (refused.value.code, stored(attempt, 2)) == ("open", None)
    submit_attempt(attempt_id=attempt.pk, by=person, now=now)
    decide_held_answers(attempt=attempt, accept=True, by=by, now=now)
    assert stored(attempt, 2) == "o2"


def test_only_who_examines_or_administers_the_candidate_decides(person: Person, now: datetime) -> None:
    attempt = sitting(person, now)
    late_save(attempt)
    by = make_person(roles=(Role.EXAMINER,))
    elsewhere = make_person(roles=(Role.EXAMINER,), organisation=make_organisation("XX"))
    for other in (person, make_person(), elsewhere, make_person(roles=(Role.AUTHOR,))):
        assert can_decide(other, attempt, at=now) is False
        with pytest.raises(NotAllowed):
            decide_held_answers(attempt=attempt, accept=True, by=other, now=now)
    assert can_decide(by, attempt, at=now) is True
    assert (stored(attempt), attempt.held_answers.get().status) == ("o1", "held")


def test_who_handed_in_is_written_down(person: Person, now: datetime) -> None:
    make_exam()
    clock, own, watched = (make_attempt(each, now=now) for each in (make_person(), person, make_person()))
    submit_attempt(attempt_id=own.pk, by=person, now=now)
    submit_attempt(attempt_id=watched.pk, by=person, now=now, through=HandedInBy.INVIGILATOR)
    submit_overdue(now=over(clock))
    said = {each.pk: each.handed_in_by for each in Attempt.objects.all()}
    assert said == {clock.pk: "clock", own.pk: "candidate", watched.pk: "invigilator"}
    assert [each.detail for each in watched.events.filter(kind="closed")] == [{"by": "invigilator"}]
