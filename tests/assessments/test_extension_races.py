"""faults.md row 9: time added wins over whatever ends sittings at the same moment. SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from assessments import attempts, extensions
from assessments.attempts import GRACE, submit_attempt, submit_overdue
from assessments.extensions import extend, minutes_added
from assessments.models import Attempt, AttemptStatus, Extension
from core.once import new_key
from tests.assessments.halls.making import make_invigilator, make_room, make_seat, make_session, sit
from tests.assessments.making import make_exam
from tests.assessments.test_races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def room(now: datetime) -> Any:
    make_exam()
    return make_room(make_session(now))


def test_overdue_task_that_listed_a_sitting_before_it_was_extended_leaves_it_open(
    room: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The task looks at the deadline again with the row in its hand."""
    attempt, invigilator = sit(make_seat(room), now=now), make_invigilator(room)
    end = attempt.deadline_at + GRACE
    submit, once = attempts.submit_attempt, []

    def extended_in_between(**asked: Any) -> Attempt:
        once.append(extend(minutes=10, by=invigilator, now=end, key=new_key(), room=room))
        return submit(**asked)

    monkeypatch.setattr(attempts, "submit_attempt", extended_in_between)
    assert submit_overdue(now=end + timedelta(seconds=1)) == 0
    attempt.refresh_from_db()
    assert (len(once), attempt.status) == (1, AttemptStatus.OPEN)
    assert attempt.deadline_at == end - GRACE + timedelta(minutes=10)


def test_extension_waits_for_a_sitting_that_is_being_handed_in_and_leaves_it(
    room: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt, invigilator = sit(make_seat(room), now=now), make_invigilator(room)
    deadline = attempt.deadline_at
    record, is_scored, goes_on = attempts.record_result, threading.Event(), threading.Event()

    def slow_record(*args: Any, **kwargs: Any) -> Any:
        is_scored.set()
        goes_on.wait(timeout=1)
        return record(*args, **kwargs)

    monkeypatch.setattr(attempts, "record_result", slow_record)
    with ThreadPoolExecutor(1) as pool:
        ending = pool.submit(_submit, attempt, now)
        assert is_scored.wait(timeout=30)
        extend(minutes=10, by=invigilator, now=now, key=new_key(), room=room)
        assert ending.result() != AttemptStatus.OPEN
    attempt.refresh_from_db()
    assert attempt.deadline_at == deadline


def test_twenty_clicks_with_one_key_add_once(room: Any, now: datetime) -> None:
    attempt, invigilator, key = sit(make_seat(room), now=now), make_invigilator(room), new_key()
    deadline = attempt.deadline_at
    given = at_once(
        lambda: extend(minutes=5, by=invigilator, now=now, key=key, room=room).pk, calls=20, connections=10
    )
    attempt.refresh_from_db()
    assert set(given) == {Extension.objects.get().pk}
    assert attempt.deadline_at == deadline + timedelta(minutes=5)


def test_two_invigilators_at_the_same_moment_both_count(room: Any, now: datetime) -> None:
    attempt, invigilator = sit(make_seat(room), now=now), make_invigilator(room)
    deadline = attempt.deadline_at
    at_once(
        lambda: extend(minutes=5, by=invigilator, now=now, key=new_key(), room=room), calls=10, connections=10
    )
    attempt.refresh_from_db()
    assert attempt.deadline_at == deadline + timedelta(minutes=50)


@pytest.mark.usefixtures("postgres_only")
def test_sitting_that_is_being_started_is_never_left_out(
    room: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has read what was added so far and has not yet written the sitting makes the extension wait for it."""
    seat, invigilator = make_seat(room), make_invigilator(room)
    has_read, tries = threading.Event(), threading.Event()
    hold = extensions._let_starts_finish

    def trying(exam_key: str) -> None:
        tries.set()
        hold(exam_key)

    monkeypatch.setattr(extensions, "_let_starts_finish", trying)

    def start() -> None:
        try:
            with transaction.atomic():
                added = minutes_added(exam_key="base", seat=seat)
                has_read.set()
                assert tries.wait(timeout=30)
                sit(seat, now=now)
                assert added == 0
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        starting = pool.submit(start)
        assert has_read.wait(timeout=30)
        extend(minutes=10, by=invigilator, now=now, key=new_key(), room=room)
        starting.result()
    attempt = Attempt.objects.get()
    assert attempt.deadline_at == now + timedelta(minutes=attempt.exam_version.minutes + 10)


def _submit(attempt: Attempt, now: datetime) -> str:
    try:
        return submit_attempt(attempt_id=attempt.pk, by=attempt.person, now=now).status
    finally:
        connection.close()
