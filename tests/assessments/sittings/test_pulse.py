"""The sign of life of a sitting's page: what it may say, what it is told, what it costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessments.attempts import submit_attempt
from assessments.models import Attempt, EventKind, SittingEvent
from assessments.sittings.fencing import open_paper
from assessments.sittings.pulse import MOST_EVENTS, Pulse, read_moment, read_noticed, take_pulse
from assessments.sittings.tokens import Window, attempt_token
from people.models import Person
from tests.assessments.making import make_attempt, make_exam
from tests.factories import make_person

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
JSON = "application/json"


@pytest.fixture
def attempt(person: Person) -> Attempt:
    """An open sitting; pulses over HTTP read the host's clock."""
    make_exam()
    return make_attempt(person, now=timezone.now())


def pulse(attempt: Attempt, *events: Any, token: str | None = None) -> Any:
    headers = {"X-Attempt-Token": attempt_token(attempt) if token is None else token}
    return Client(enforce_csrf_checks=True).post(
        f"/exams/attempt/{attempt.pk}/pulse/", {"events": events}, content_type=JSON, headers=headers
    )


def take(attempt: Attempt, *events: Any, now: datetime | None = None, fence: int = 0) -> Pulse:
    return take_pulse(
        attempt_id=attempt.pk,
        window=Window(attempt.person, fence),
        noticed=read_noticed({"events": list(events)}),
        now=now or attempt.started_at,
    )


def noticed(attempt: Attempt) -> list[tuple[str, dict[str, Any]]]:
    return list(attempt.events.order_by("pk").values_list("kind", "detail"))


def test_events_are_kept_with_both_clocks(attempt: Attempt) -> None:
    at = "2020-01-01T00:00:00.000Z"
    reply = pulse(attempt, {"kind": "hidden", "at": at, "detail": {"slot": 1}}, {"kind": "pasted"})
    assert reply.status_code == 200
    assert reply["Cache-Control"] == "private, no-store"
    assert noticed(attempt) == [("hidden", {"slot": 1}), ("pasted", {})]
    event = attempt.events.get(kind="hidden")
    assert event.said_at == datetime(2020, 1, 1, tzinfo=UTC)
    assert abs(event.happened_at - timezone.now()) < timedelta(minutes=1)


def test_page_is_told_how_much_time_is_left_by_the_deadline_as_it_stands_now(attempt: Attempt) -> None:
    """Row 9: an extension wins over the browser's “time up”."""
    end = attempt.deadline_at
    assert take(attempt, now=end - 90 * SECOND) == Pulse(90, "open", False, "")
    assert take(attempt, now=end + SECOND) == Pulse(0, "open", False, "")
    Attempt.objects.filter(pk=attempt.pk).update(deadline_at=end + 600 * SECOND)
    assert take(attempt, now=end + SECOND) == Pulse(599, "open", False, "")


def test_page_is_told_that_the_paper_is_closed(attempt: Attempt) -> None:
    late = take(attempt, now=attempt.deadline_at + 61 * SECOND)
    submit_attempt(attempt_id=attempt.pk, by=attempt.person, now=attempt.started_at)
    early = take(attempt)
    assert (late.status, late.seconds) == (early.status, early.seconds) == ("closed", 0)
    assert late.message == early.message == "这份试卷已经交卷。请打开成绩页查看。"


def test_page_is_told_that_a_newer_window_writes(attempt: Attempt) -> None:
    open_paper(attempt=attempt, opened_from="a", now=attempt.started_at)
    assert take(attempt, fence=1).fenced is False
    old = take(attempt, fence=0)
    assert (old.fenced, old.status) == (True, "open")
    assert old.message == "这场考试已在别的窗口打开。请到那里继续，或刷新本页在这里作答。"


def test_sign_of_life_is_written_every_ten_seconds_by_the_newest_window(attempt: Attempt) -> None:
    start = attempt.started_at

    def seen_after(seconds: int, **options: Any) -> datetime | None:
        take(attempt, now=start + seconds * SECOND, **options)
        attempt.refresh_from_db()
        return attempt.seen_at

    assert seen_after(0) == start
    assert seen_after(9) == start
    assert seen_after(10) == start + 10 * SECOND
    Attempt.objects.filter(pk=attempt.pk).update(fence=1)
    assert seen_after(30) == start + 10 * SECOND
    assert seen_after(30, fence=1) == start + 30 * SECOND


def test_event_whose_answer_was_lost_is_kept_once(attempt: Attempt) -> None:
    event = {"kind": "offline", "at": "2026-11-22T12:00:00Z", "detail": {"slot": 2}}
    other = {"kind": "online", "at": "2026-11-22T12:00:00Z"}
    take(attempt, event)
    take(attempt, event, other)
    take(attempt, event, event, other)
    assert [kind for kind, _detail in noticed(attempt)] == ["offline", "online"]


def test_journal_of_a_page_ends_at_two_thousand(attempt: Attempt) -> None:
    SittingEvent.objects.bulk_create(
        SittingEvent(attempt=attempt, kind=EventKind.HIDDEN, happened_at=attempt.started_at)
        for _event in range(MOST_EVENTS - 1)
    )
    take(attempt, *[{"kind": "shown"}] * 3)
    assert attempt.events.filter(kind="shown").count() == 1
    assert take(attempt, {"kind": "shown"}).status == "open"
    assert attempt.events.count() == MOST_EVENTS


@pytest.mark.parametrize(
    "body",
    [
        "x",
        "[]",
        '{"events": 5}',
        '{"events": [5]}',
        '{"events": [{"kind": "opened"}]}',
        '{"events": [{"kind": "closed"}]}',
        '{"events": [{"kind": ["hidden"]}]}',
        '{"events": [{"kind": "hidden", "detail": 5}]}',
        '{"events": [{"kind": "pasted", "detail": {"text": "我写的 答案"}}]}',
        '{"events": [{"kind": "pasted", "detail": {"text": {"a": 1}}}]}',
        '{"events": [{"kind": "pasted", "detail": {"n": 1e300}}]}',
        '{"events": [{"kind": "pasted", "detail": {"n": 99999999999999999999}}]}',
        '{"events": [{"kind": "pasted", "detail": {"A B": 1}}]}',
    ],
)
def test_report_that_says_more_than_numbers_and_codes_is_unprocessable(body: str, attempt: Attempt) -> None:
    reply = Client().post(
        f"/exams/attempt/{attempt.pk}/pulse/",
        body,
        content_type=JSON,
        headers={"X-Attempt-Token": attempt_token(attempt)},
    )
    assert (reply.status_code, reply.json()["error"]) == (422, "malformed")
    assert noticed(attempt) == []


def test_at_most_fifty_events_at_once(attempt: Attempt) -> None:
    assert pulse(attempt, *[{"kind": "shown"}] * 51).status_code == 422
    assert pulse(attempt, *[{"kind": "shown"}] * 50).status_code == 200
    assert attempt.events.count() == 50


def test_forged_token_is_told_to_reload(attempt: Attempt) -> None:
    """Rows 21 and 22."""
    foreign = make_attempt(make_person(), now=timezone.now())
    for token in ("x", attempt_token(foreign)):
        reply = pulse(attempt, {"kind": "shown"}, token=token)
        assert (reply.status_code, reply.json()["error"]) == (403, "token")
    assert noticed(attempt) == []


def test_page_without_a_token_needs_session_and_csrf_token(attempt: Attempt, login: Any) -> None:
    url = f"/exams/attempt/{attempt.pk}/pulse/"
    assert pulse(attempt, {"kind": "shown"}, token="").status_code == 403
    assert Client().post(url).status_code == 302
    assert login(make_person()).post(url).status_code == 404
    own = login(attempt.person)
    assert own.get(url).status_code == 405
    assert own.post(url, {"events": [{"kind": "shown"}]}, content_type=JSON).json()["status"] == "open"
    assert noticed(attempt) == [("shown", {})]


@pytest.mark.postgres
def test_pulse_takes_three_queries_at_most(attempt: Attempt, django_assert_num_queries: Any) -> None:
    events = [{"kind": "shown", "at": f"2026-11-22T12:00:0{number}Z"} for number in range(3)]
    with django_assert_num_queries(3):
        assert pulse(attempt, *events).status_code == 200
    with django_assert_num_queries(1):
        assert pulse(attempt, *events).json()["status"] == "open"
    assert attempt.events.count() == 3


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("2026-11-22T12:00:00.000Z", datetime(2026, 11, 22, 12, tzinfo=UTC)),
        ("2026-11-22T20:00:00+08:00", datetime(2026, 11, 22, 12, tzinfo=UTC)),
        (1_795_348_800_000, datetime(2026, 11, 22, 12, tzinfo=UTC)),
        ("2026-11-22T12:00:00", None),
        ("yesterday", None),
        (1e300, None),
        (float("nan"), None),
        (True, None),
        (None, None),
        ("9999-12-31T23:59:59Z", None),
    ],
)
def test_page_may_say_any_time(said: Any, moment: datetime | None) -> None:
    assert read_moment(said) == moment
