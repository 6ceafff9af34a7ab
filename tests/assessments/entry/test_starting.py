"""Starting with everything that is looked at, in the one transaction that makes the sitting."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from assessments import attempts
from assessments.attempts import start_attempt, submit_attempt
from assessments.blueprints import NoPaper
from assessments.entry.accommodations import grant_accommodation, request_accommodation
from assessments.entry.door import Presented, rules_mark
from assessments.models import Attempt, Extension
from core import clocks
from core.errors import Refusal
from core.models import AuditEntry
from people.models import Person, Role
from tests.assessments.halls.making import make_room, make_seat, make_session
from tests.assessments.making import make_exam, make_submitted
from tests.factories import make_person

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
RULES = "不得交谈。"


def start(person: Person, now: datetime, **presented: str) -> Attempt:
    return start_attempt(person=person, exam_key="base", now=now, presented=Presented(**presented))


def refused(person: Person, now: datetime, **presented: str) -> str:
    with pytest.raises(Refusal) as caught:
        start(person, now, **presented)
    return caught.value.code


def give(person: Person, now: datetime, factor: str = "1", attempts: int = 0) -> None:
    accommodation = request_accommodation(person=person, exam_key="base", reason="视力", now=now)
    grant_accommodation(
        accommodation=accommodation,
        time_factor=Decimal(factor),
        extra_attempts=attempts,
        by=make_person(roles=(Role.ADMINISTRATOR,)),
        now=now,
    )


def test_start_from_a_seat_keeps_the_seat_and_ends_with_the_session(now: datetime) -> None:
    make_exam(minutes=200, seats_only=True)
    seat = make_seat(make_room(make_session(now), access_code="R1"))
    assert refused(seat.person, now) == "code_wanted"
    attempt = start(seat.person, now, code="r1")
    assert (attempt.seat, attempt.deadline_at) == (seat, seat.session.closes_at)


def test_own_time_and_added_minutes_stand_after_the_close(now: datetime) -> None:
    make_exam(minutes=60)
    room = make_room(make_session(now, closes_at=now + 40 * MINUTE))
    seat = make_seat(room, make_person())
    give(seat.person, now, factor="1.5")
    Extension.objects.create(
        exam_key="base",
        session=room.session,
        room=room,
        minutes=10,
        added_by=make_person(),
        added_at=now,
    )
    assert start(seat.person, now).deadline_at == now + (40 + 30 + 10) * MINUTE


def test_rules_confirmed_stand_in_the_audit_trail_by_their_words(person: Person, now: datetime) -> None:
    make_exam(rules=RULES)
    assert refused(person, now) == "rules"
    attempt = start(person, now, confirmed=rules_mark(RULES))
    entry = AuditEntry.objects.get(action="attempt.started")
    assert entry.target == f"assessments.attempt:{attempt.pk}"
    assert entry.detail == {"exam": "base", "number": 1, "rules": rules_mark(RULES), "seat": ""}


def test_attempt_given_on_top_is_one_more_and_not_two(now: datetime) -> None:
    make_exam(max_attempts=1)
    person = make_person()
    make_submitted(person, now=now)
    assert refused(person, now) == "attempts_used"
    give(person, now, attempts=1)
    make_submitted(person, now=now)
    assert refused(person, now) == "attempts_used"


def test_resit_is_a_fresh_paper_after_the_pause(person: Person, now: datetime) -> None:
    make_exam(cooldown_hours=24)
    first = make_submitted(person, now=now)
    with pytest.raises(Refusal) as caught:
        start(person, now + timedelta(hours=23))
    assert str(caught.value) == "2026年11月23日 20:00起可以再考。"
    assert start(person, now + timedelta(hours=24)).seed != first.seed


def test_no_exam_is_started_while_the_clocks_disagree_and_an_open_one_goes_on(
    person: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 8."""
    make_exam()
    monkeypatch.setattr(clocks, "skew", lambda: timedelta(seconds=3))
    assert refused(person, now) == "clocks"
    monkeypatch.undo()
    attempt = start(person, now)
    monkeypatch.setattr(clocks, "skew", lambda: timedelta(seconds=3))
    assert start(person, now) == attempt


def test_seed_without_a_paper_is_followed_by_another(
    person: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_exam()
    lay_out, seeds = attempts.lay_out, []

    def seldom(version, *, seed):  # type: ignore[no-untyped-def]
        seeds.append(seed)
        if len(seeds) < 3:
            raise NoPaper("too easy")
        return lay_out(version, seed=seed)

    monkeypatch.setattr(attempts, "lay_out", seldom)
    attempt = start(person, now)
    assert (attempt.seed, attempt.answers.count(), len(set(seeds))) == (seeds[2], 2, 3)


def test_exam_without_any_paper_is_refused_and_leaves_nothing(
    person: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_exam()

    def never(version, *, seed):  # type: ignore[no-untyped-def]
        raise NoPaper("too easy")

    monkeypatch.setattr(attempts, "lay_out", never)
    assert refused(person, now) == "no_paper"
    assert Attempt.objects.count() == 0


def test_somebody_elses_seat_lets_nobody_in(person: Person, now: datetime) -> None:
    """Row 22."""
    make_exam(seats_only=True)
    make_seat(make_room(make_session(now)))
    assert refused(person, now) == "no_seat"


def test_seat_in_another_exams_session_lets_nobody_in(now: datetime) -> None:
    make_exam(seats_only=True)
    make_exam("other")
    seat = make_seat(make_room(make_session(now, exam_key="other")))
    assert refused(seat.person, now) == "no_seat"


def test_start_takes_so_many_queries(person: Person, now: datetime, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    make_exam()
    submit_attempt(attempt_id=start(person, now).pk, by=person, now=now)
    with django_assert_num_queries(13):
        start(person, now)
