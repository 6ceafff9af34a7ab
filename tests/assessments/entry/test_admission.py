"""May somebody start now, and if not, why and until when: a decision without a query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from assessments.entry.admission import Candidacy, entrance_at, why_not
from assessments.exams.settings import ExamSettings
from assessments.models import ExamRoom, ExamSession, Seat

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Sat:
    """An earlier sitting."""

    status: str = "complete"
    submitted_at: datetime | None = NOON - HOUR


def settings(**more: Any) -> ExamSettings:
    return ExamSettings(duration=HOUR, pass_percent=Decimal(60), **more)


def seat(opens: int = -10, closes: int = 120, **more: Any) -> Seat:
    """A seat whose session opens and closes so many minutes from noon; nothing is stored."""
    session = ExamSession(
        opens_at=NOON + opens * MINUTE,
        closes_at=NOON + closes * MINUTE,
        late_entry_minutes=more.pop("late", None),
    )
    room = ExamRoom(session=session, access_code=more.pop("code", ""), addresses=more.pop("addresses", []))
    return Seat(session=session, room=room, number=1, **more)


def told(**more: Any) -> tuple[str, datetime | None] | None:
    """Code and end of what stands in the way; None when nothing does."""
    sittings, seats = more.pop("sittings", ()), more.pop("seats", ())
    extra = more.pop("extra_attempts", 0)
    refusal = why_not(Candidacy(settings(**more), sittings, seats, extra_attempts=extra), now=NOON)
    return None if refusal is None else (refusal.code, refusal.again_at)


def test_an_exam_without_rules_is_open() -> None:
    assert told() is None


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ({"opens_at": NOON}, None),
        ({"opens_at": NOON + MINUTE}, ("not_open", NOON + MINUTE)),
        ({"closes_at": NOON + MINUTE}, None),
        ({"closes_at": NOON}, ("over", None)),
        ({"opens_at": NOON - HOUR, "late_entry": HOUR}, None),
        ({"opens_at": NOON - HOUR, "late_entry": HOUR - MINUTE}, ("late", None)),
        ({"late_entry": MINUTE}, None),
    ],
)
def test_the_window_says_from_when_until_when_and_how_late(window: dict[str, Any], expected: Any) -> None:
    assert told(**window) == expected


def test_a_seat_in_a_session_of_now_stands_in_place_of_the_window() -> None:
    assert told(opens_at=NOON + HOUR, seats=[seat()]) is None
    assert told(closes_at=NOON - HOUR, seats=[seat()]) is None
    assert told(opens_at=NOON - 2 * HOUR, late_entry=MINUTE, seats=[seat()]) is None
    assert told(seats=[seat(opens=-30, late=20)]) == ("late", None)


def test_who_was_let_in_by_an_invigilator_is_not_late() -> None:
    assert told(seats=[seat(opens=-30, late=20, admitted_at=NOON)]) is None


def test_an_exam_in_rooms_asks_for_a_seat_and_names_its_opening() -> None:
    assert told(seats_only=True) == ("no_seat", None)
    assert told(seats_only=True, seats=[seat(opens=30)]) == ("not_open", NOON + 30 * MINUTE)
    assert told(seats_only=True, seats=[seat(opens=-90, closes=-30)]) == ("over", None)
    assert told(seats_only=True, seats=[seat(opens=-90, closes=-30), seat()]) is None


def test_the_soonest_opening_is_named() -> None:
    seats = [seat(opens=90), seat(opens=30)]
    assert told(opens_at=NOON + HOUR, seats=seats) == ("not_open", NOON + 30 * MINUTE)


def test_attempts_are_counted_with_those_given_on_top() -> None:
    assert told(max_attempts=1, sittings=[Sat()]) == ("attempts_used", None)
    assert told(max_attempts=1, sittings=[Sat()], extra_attempts=1) is None
    assert told(max_attempts=1, sittings=[Sat(), Sat()], extra_attempts=1) == ("attempts_used", None)


def test_a_paper_that_waits_for_marks_comes_first() -> None:
    assert told(max_attempts=1, sittings=[Sat("marking")]) == ("awaiting_marks", None)


def test_the_pause_counts_from_the_last_paper_handed_in() -> None:
    sittings = [Sat(submitted_at=NOON - 5 * HOUR), Sat()]
    assert told(cooldown=2 * HOUR, sittings=sittings) == ("cooldown", NOON + HOUR)
    assert told(cooldown=HOUR, sittings=sittings) is None
    assert told(cooldown=2 * HOUR) is None


def test_room_without_code_asks_for_the_exams_and_its_addresses_stand_in_place() -> None:
    exam = settings(access_code="exam", addresses=("10.0.0.0/8",))
    plain = entrance_at(Candidacy(exam, seats=[seat()]), now=NOON)
    own = entrance_at(Candidacy(exam, seats=[seat(code="room", addresses=["10.1.0.0/16"])]), now=NOON)
    assert plain is not None
    assert own is not None
    assert (plain.access_code, plain.addresses) == ("exam", ())
    assert (own.access_code, own.addresses) == ("room", ("10.1.0.0/16",))
