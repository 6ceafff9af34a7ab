"""When a sitting ends: what is one's own stands outside the cut at the close."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from assessments.entry.deadlines import deadline, own_time

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def test_without_a_close_the_duration_counts() -> None:
    assert deadline(started_at=NOON, duration=HOUR) == NOON + HOUR


def test_the_close_cuts_a_late_start() -> None:
    close = NOON + 20 * MINUTE
    assert deadline(started_at=NOON, duration=HOUR, closes_at=close) == close


def test_extra_time_is_never_cut_by_the_close() -> None:
    """People with extra time marked late: Submitty#10441."""
    close = NOON + HOUR
    assert (
        deadline(started_at=NOON, duration=HOUR, closes_at=close, time_factor=Decimal("1.5"))
        == close + 30 * MINUTE
    )


def test_added_minutes_are_not_cut_either_and_add_up_with_the_own_time() -> None:
    end = deadline(
        started_at=NOON,
        duration=HOUR,
        closes_at=NOON + 40 * MINUTE,
        time_factor=Decimal("1.25"),
        minutes_added=10,
    )
    assert end == NOON + (40 + 15 + 10) * MINUTE


def test_own_time_of_an_odd_duration_is_exact() -> None:
    assert own_time(timedelta(minutes=45), time_factor=Decimal("1.25")) == timedelta(minutes=11, seconds=15)


@given(
    minutes=st.integers(1, 600),
    factor=st.decimals(1, 4, places=2),
    added=st.integers(0, 240),
    left=st.integers(-60, 700),
)
def test_nobody_ends_before_starting_and_more_time_is_never_less(
    minutes: int, factor: Decimal, added: int, left: int
) -> None:
    duration, close = minutes * MINUTE, NOON + left * MINUTE
    plain = deadline(started_at=NOON, duration=duration, closes_at=close)
    more = deadline(
        started_at=NOON, duration=duration, closes_at=close, time_factor=factor, minutes_added=added
    )
    assert NOON <= plain <= NOON + duration
    assert more - plain == own_time(duration, time_factor=factor, minutes_added=added)
