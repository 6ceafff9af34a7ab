"""A sitting: started once, saved by the highest sequence, handed in once."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.attempts import (
    NoSuchAnswer,
    start_attempt,
    submit_attempt,
    submit_overdue,
)
from assessments.items import ResponseInvalid
from assessments.models import TRANSITIONS, Answer, Attempt, AttemptStatus
from assessments.sittings.saving import AnswerChecked, AnswerSuperseded, Held, Saved, SequenceReused
from competencies.models import Evidence
from core.errors import Refusal
from core.models import AuditEntry
from people.models import Person
from tests.assessments.making import make_attempt, make_exam, make_submitted, save

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def stored(attempt: Attempt, slot: int = 1) -> object:
    return attempt.answers.get(slot=slot).response


def test_transitions_cover_every_status() -> None:
    assert set(TRANSITIONS) == set(AttemptStatus)


def test_start_gives_a_paper_and_a_deadline_by_the_server(person: Person, now: datetime) -> None:
    make_exam()
    attempt = start_attempt(person=person, exam_key="base", now=now)
    assert attempt.deadline_at == now + 20 * MINUTE
    assert list(attempt.answers.order_by("slot").values_list("slot", "item__number")) == [(1, 1), (2, 2)]


def test_start_while_one_is_open_gives_that_one(person: Person, now: datetime) -> None:
    make_exam()
    first = start_attempt(person=person, exam_key="base", now=now)
    assert start_attempt(person=person, exam_key="base", now=now + MINUTE) == first


def test_second_open_attempt_is_refused_by_the_database(person: Person, now: datetime) -> None:
    make_exam()
    attempt = make_attempt(person, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(
            person=person,
            exam_version=attempt.exam_version,
            exam_key="base",
            seed="x",
            started_at=now,
            deadline_at=now,
        )


def test_start_after_the_deadline_hands_in_the_old_and_opens_a_new(person: Person, now: datetime) -> None:
    make_exam()
    old = make_attempt(person, now=now)
    new = start_attempt(person=person, exam_key="base", now=now + 30 * MINUTE)
    old.refresh_from_db()
    assert (old.status, new.status) == (AttemptStatus.COMPLETE, AttemptStatus.OPEN)


def test_start_of_an_unreleased_exam_is_refused(person: Person, now: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        start_attempt(person=person, exam_key="none", now=now)
    assert refused.value.code == "not_released"


def test_start_while_one_awaits_marks_is_refused(person: Person, now: datetime) -> None:
    make_exam(types=("short_answer",))
    make_submitted(person, now=now)
    with pytest.raises(Refusal) as refused:
        start_attempt(person=person, exam_key="base", now=now)
    assert refused.value.code == "awaiting_marks"


def test_start_beyond_the_allowed_attempts_is_refused(person: Person, now: datetime) -> None:
    make_exam(max_attempts=2)
    make_submitted(person, now=now)
    make_submitted(person, now=now)
    with pytest.raises(Refusal) as refused:
        start_attempt(person=person, exam_key="base", now=now)
    assert refused.value.code == "attempts_used"


def test_attempt_stays_on_the_version_it_started_on(person: Person, now: datetime) -> None:
    make_exam()
    attempt = make_attempt(person, now=now)
    make_exam(minutes=5)
    assert start_attempt(person=person, exam_key="base", now=now).exam_version == attempt.exam_version


def test_save_of_a_lower_sequence_changes_nothing(person: Person, now: datetime) -> None:
    make_exam()
    attempt = make_attempt(person, now=now)
    save(attempt, 1, ["o1"], sequence=5, now=now)
    with pytest.raises(AnswerSuperseded):
        save(attempt, 1, ["o3"], sequence=4, now=now)
    assert stored(attempt) == "o1"


def test_save_repeated_is_acknowledged_again(person: Person, now: datetime) -> None:
    make_exam()
    attempt = make_attempt(person, now=now)
    first = save(attempt, 1, ["o1"], sequence=5, now=now)
    assert save(attempt, 1, ["o1"], sequence=5, now=now + MINUTE) == first


def test_answer_whose_mark_was_looked_at_no_longer_changes(person: Person, now: datetime) -> None:
    """Feedback “each”: neither in time nor after the end, and what says the same is acknowledged."""
    make_exam()
    attempt = make_attempt(person, now=now)
    first = save(attempt, 1, ["o1"], sequence=1, now=now)
    attempt.answers.filter(slot=1).update(checked_at=now)
    for at in (now, now + 30 * MINUTE):
        with pytest.raises(AnswerChecked):
            save(attempt, 1, ["o2"], sequence=2, now=at)
        assert save(attempt, 1, ["o1"], sequence=3, now=at) == first
    assert (stored(attempt), attempt.held_answers.count()) == ("o1", 0)


def test_save_of_nothing_clears_the_answer(person: Person, now: datetime) -> None:
    make_exam()
    attempt = make_attempt(person, now=now)
    save(attempt, 1, ["o1"], sequence=1, now=now)
    save(attempt, 1, [], sequence=2, now=now)
    assert stored(attempt) is None


def test_save_keeps_the_flag_unless_told_otherwise(person: Person, now: datetime) -> None:
    make_exam()
    attempt = make_attempt(person, now=now)
    save(attempt, 1, ["o1"], sequence=1, now=now, flagged=True)
    save(attempt, 1, ["o2"], sequence=2, now=now)
    assert attempt.answers.get(slot=1).flagged is True


def test_save_of_an_unknown_option_is_refused(person: Person, now: datetime) -> None:
    make_exam()
    attempt = make_attempt(person, now=now)
    with pytest.raises(ResponseInvalid):
        save(attempt, 1, ["o9"], sequence=1, now=now)


def test_save_within_grace_is_taken_and_after_it_kept_beside_the_paper(person: Person, now: datetime) -> None:
    make_exam()
    attempt = make_attempt(person, now=now)
    end = attempt.deadline_at + timedelta(seconds=60)
    assert isinstance(save(attempt, 1, ["o1"], sequence=1, now=end), Saved)
    assert isinstance(save(attempt, 1, ["o2"], sequence=2, now=end + timedelta(microseconds=1)), Held)
    assert stored(attempt) == "o1"


def test_save_after_handing_in_is_kept_beside_the_paper(person: Person, now: datetime) -> None:
    make_exam()
    attempt = make_attempt(person, now=now, answered=True)
    submit_attempt(attempt_id=attempt.pk, by=person, now=now)
    assert isinstance(save(attempt, 1, ["o1"], sequence=99, now=now), Held)
    assert stored(attempt) == "o2"


def test_save_repeated_after_handing_in_is_still_acknowledged(person: Person, now: datetime) -> None:
    make_exam()
    attempt = make_attempt(person, now=now)
    first = save(attempt, 1, ["o1"], sequence=1, now=now)
    submit_attempt(attempt_id=attempt.pk, by=person, now=now)
    assert save(attempt, 1, ["o1"], sequence=1, now=now) == first


def test_save_into_another_persons_attempt_or_beyond_the_paper_finds_nothing(
    person: Person, now: datetime
) -> None:
    make_exam()
    attempt = make_attempt(person, now=now)
    with pytest.raises(NoSuchAnswer):
        save(attempt, 3, ["o1"], sequence=1, now=now)
    attempt.person = Person.objects.create()
    with pytest.raises(NoSuchAnswer):
        save(attempt, 1, ["o1"], sequence=1, now=now)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    saves=st.lists(
        st.tuples(st.integers(1, 2), st.integers(1, 12), st.sampled_from(["o1", "o2", "o3"])), max_size=20
    )
)
def test_saves_in_any_order_leave_the_highest_sequence_of_each_slot(
    saves: list[tuple[int, int, str]], person: Person, now: datetime
) -> None:
    """Row 5: reordered and duplicated autosaves. Of two different answers with one number the first stays."""
    content: dict[tuple[int, int], str] = {}
    make_exam(types=("single", "single"))
    with transaction.atomic():
        attempt = make_attempt(person, now=now)
        expected: dict[int, tuple[int, str]] = {}
        for slot, sequence, option in saves:
            newest, first = expected.get(slot, (0, "")), content.get((slot, sequence))
            try:
                save(attempt, slot, [option], sequence=sequence, now=now)
            except AnswerSuperseded:
                assert newest[0] > sequence
                assert option not in (newest[1], first)
            except SequenceReused:
                assert first not in (None, option)
            else:
                if newest[0] < sequence:
                    content[slot, sequence] = option
                expected[slot] = max(newest, (sequence, option), key=lambda each: each[0])
        kept = attempt.answers.exclude(sequence=0).values_list("slot", "sequence", "response")
        assert {slot: (sequence, response) for slot, sequence, response in kept} == expected
        transaction.set_rollback(True)


def test_submit_scores_what_is_objective_and_records_evidence(person: Person, now: datetime) -> None:
    version = make_exam(types=("single", "multiple"))
    attempt = make_attempt(person, now=now)
    save(attempt, 1, ["o2"], sequence=1, now=now)
    save(attempt, 2, ["o1"], sequence=2, now=now)
    attempt = submit_attempt(attempt_id=attempt.pk, by=person, now=now + MINUTE)
    result = attempt.results.get()
    assert (result.number, result.points_text, result.max_points_text) == (1, "2.5", "4")
    assert (result.complete, result.passed) == (True, True)
    assert [(line["slot"], line["points"]) for line in result.items] == [(1, "2"), (2, "0.5")]
    evidence = Evidence.objects.get()
    assert evidence.score == Decimal("0.6250")
    assert evidence.version_hash == version.content_hash
    assert evidence.source_key == f"attempt:{attempt.pk}"
    assert evidence.occurred_at == now + MINUTE
    assert evidence.weights == {"DIG": "0.7500", "LAW": "0.2500"}
    assert evidence.leaf_scores == {"DIG": "0.6250", "LAW": "0.6250"}


def test_evidence_score_is_rounded_down(person: Person, now: datetime) -> None:
    make_exam(types=("single",) * 3)
    attempt = make_attempt(person, now=now)
    for slot in (1, 2):
        save(attempt, slot, ["o2"], sequence=slot, now=now)
    submit_attempt(attempt_id=attempt.pk, by=person, now=now)
    assert Evidence.objects.get().score == Decimal("0.6666")


def test_leaf_scores_follow_the_items_that_touch_the_leaf(person: Person, now: datetime) -> None:
    from tests.assessments.making import make_question

    make_question("A", leaves={"DIG": 1})
    make_question("B", leaves={"LAW": 1})
    make_exam(types=(), questions=[{"key": "A", "points": 3}, {"key": "B", "points": 1}])
    attempt = make_attempt(person, now=now)
    save(attempt, 1, ["o2"], sequence=1, now=now)
    submit_attempt(attempt_id=attempt.pk, by=person, now=now)
    evidence = Evidence.objects.get()
    assert evidence.weights == {"DIG": "0.7500", "LAW": "0.2500"}
    assert evidence.leaf_scores == {"DIG": "1.0000", "LAW": "0.0000"}


def test_failed_attempt_is_evidence_too(person: Person, now: datetime) -> None:
    make_exam()
    submit_attempt(attempt_id=make_attempt(person, now=now).pk, by=person, now=now)
    assert Evidence.objects.get().score == 0


def test_submit_twice_is_one_result_and_one_audit_entry(person: Person, now: datetime) -> None:
    make_exam()
    attempt = make_submitted(person, now=now)
    again = submit_attempt(attempt_id=attempt.pk, by=person, now=now + MINUTE)
    assert (again.submitted_at, again.results.count()) == (now, 1)
    assert AuditEntry.objects.filter(action="attempt.submitted").count() == 1


def test_submit_with_a_written_answer_waits_for_marks(person: Person, now: datetime) -> None:
    make_exam(types=("single", "short_answer"))
    attempt = make_submitted(person, now=now)
    result = attempt.results.get()
    assert attempt.status == AttemptStatus.MARKING
    assert (result.complete, result.passed, result.points_text) == (False, None, "2")
    assert Evidence.objects.count() == 0


def test_submit_with_the_written_answer_left_empty_is_complete(person: Person, now: datetime) -> None:
    make_exam(types=("single", "short_answer"))
    attempt = submit_attempt(attempt_id=make_attempt(person, now=now).pk, by=person, now=now)
    assert attempt.status == AttemptStatus.COMPLETE


def test_submit_of_somebody_elses_attempt_finds_nothing(person: Person, now: datetime) -> None:
    make_exam()
    attempt = make_attempt(person, now=now)
    with pytest.raises(NoSuchAnswer):
        submit_attempt(attempt_id=attempt.pk, by=Person.objects.create(), now=now)


def test_overdue_attempts_are_handed_in_at_their_deadline_and_only_after_grace(
    person: Person, now: datetime
) -> None:
    make_exam()
    attempt = make_attempt(person, now=now, answered=True)
    end = attempt.deadline_at + timedelta(seconds=60)
    assert submit_overdue(now=end) == 0
    assert submit_overdue(now=end + timedelta(seconds=1)) == 1
    attempt.refresh_from_db()
    assert attempt.submitted_at == attempt.deadline_at
    assert attempt.results.get().points_text == "4"


def test_overdue_task_delivered_five_times_gives_one_result_and_one_evidence(
    person: Person, now: datetime
) -> None:
    """Row 37."""
    make_exam()
    attempt = make_attempt(person, now=now, answered=True)
    for _delivery in range(5):
        submit_overdue(now=now + 30 * MINUTE)
    assert (attempt.results.count(), Evidence.objects.count()) == (1, 1)


def test_answer_row_says_when_it_was_saved_exactly_if_it_was(person: Person, now: datetime) -> None:
    make_exam()
    attempt = make_attempt(person, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.filter(attempt=attempt).update(sequence=3)
