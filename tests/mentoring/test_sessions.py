"""A session counts when both sides stand by it, and is frozen then."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from mentoring.models import Pairing, SessionLog
from mentoring.pairings import end_pairing
from mentoring.sessions import ask_change, confirm_session, revise_session, write_session
from mentoring.terms import Method, PairingResult, SessionStatus
from people.models import Notice
from tests.factories import make_person
from tests.mentoring.factories import make_administrator, make_pairing, make_session

MEETING: dict[str, Any] = {
    "held_on": date(2026, 11, 19),
    "minutes": 75,
    "method": Method.HANDS_ON,
    "text": "小满自己去101，先看了地漏。",
}


def write(pairing: Pairing, now: datetime, **fields: Any) -> SessionLog:
    values = {**MEETING, "key": uuid.uuid4(), "by": pairing.mentor, "now": now, **fields}
    return write_session(pairing=pairing, **values)


def test_write_session_asks_the_other_side(db: Any, now: datetime) -> None:
    pairing = make_pairing()
    session = write(pairing, now)
    assert (session.status, session.confirmed_at) == (SessionStatus.WRITTEN, None)
    assert session.words.text == MEETING["text"]
    titles = [notice.title for notice in pairing.mentee.notices.order_by("pk")][1:]
    assert titles == [f"{pairing.mentor.account.name}写了一次帮带记录，请你确认"]


def test_write_session_twice_is_once(db: Any, now: datetime) -> None:
    pairing, key = make_pairing(), uuid.uuid4()
    assert write(pairing, now, key=key) == write(pairing, now, key=key)
    assert SessionLog.objects.count() == 1
    assert AuditEntry.objects.filter(action="session.written").count() == 1


def test_same_key_in_another_pairing_is_another_session(db: Any, now: datetime) -> None:
    key = uuid.uuid4()
    first = write(make_pairing("QL-2026-001"), now, key=key)
    second = write(make_pairing("QL-2026-002"), now, key=key)
    assert first != second


@pytest.mark.parametrize("writer", ["mentor", "mentee"])
def test_session_is_confirmed_by_the_side_that_did_not_write(db: Any, now: datetime, writer: str) -> None:
    pairing = make_pairing()
    by = getattr(pairing, writer)
    other = pairing.mentee if by == pairing.mentor else pairing.mentor
    session = write(pairing, now, by=by)
    with pytest.raises(NotAllowed):
        confirm_session(session=session, by=by, now=now)
    confirmed = confirm_session(session=session, by=other, now=now)
    assert (confirmed.status, confirmed.confirmed_at) == (SessionStatus.CONFIRMED, now)


def test_confirm_session_twice_is_once(db: Any, now: datetime) -> None:
    pairing = make_pairing()
    session = write(pairing, now)
    confirm_session(session=session, by=pairing.mentee, now=now)
    again = confirm_session(session=session, by=pairing.mentee, now=now + timedelta(days=1))
    assert again.confirmed_at == now
    assert AuditEntry.objects.filter(action="session.confirmed").count() == 1


def test_confirmed_session_is_frozen(db: Any, now: datetime) -> None:
    session = make_session(make_pairing())
    with pytest.raises(Refusal) as revised:
        revise_session(session=session, by=session.pairing.mentor, now=now, **MEETING)
    with pytest.raises(Refusal) as asked:
        ask_change(session=session, comment="时长不对", by=session.pairing.mentee, now=now)
    assert (revised.value.code, asked.value.code) == ("frozen", "frozen")


def test_change_is_asked_for_and_answered(db: Any, now: datetime) -> None:
    pairing = make_pairing()
    session = write(pairing, now)
    asked = ask_change(session=session, comment="那天是八十分钟", by=pairing.mentee, now=now)
    assert (asked.status, asked.words.comment) == (SessionStatus.CHANGE_ASKED, "那天是八十分钟")
    later = now + timedelta(hours=1)
    fields = {**MEETING, "minutes": 80}
    revised = revise_session(session=session, by=pairing.mentor, now=later, **fields)
    assert (revised.status, revised.minutes) == (SessionStatus.WRITTEN, 80)
    confirmed = confirm_session(session=session, by=pairing.mentee, now=later)
    assert confirmed.status == SessionStatus.CONFIRMED


def test_asked_change_blocks_confirmation_until_answered(db: Any, now: datetime) -> None:
    pairing = make_pairing()
    session = write(pairing, now)
    ask_change(session=session, comment="那天是八十分钟", by=pairing.mentee, now=now)
    with pytest.raises(Refusal) as refused:
        confirm_session(session=session, by=pairing.mentee, now=now)
    assert refused.value.code == "turn"


def test_only_the_writer_revises(db: Any, now: datetime) -> None:
    pairing = make_pairing()
    session = write(pairing, now)
    ask_change(session=session, comment="那天是八十分钟", by=pairing.mentee, now=now)
    with pytest.raises(NotAllowed):
        revise_session(session=session, by=pairing.mentee, now=now, **MEETING)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"held_on": date(2026, 11, 23)}, "held_on"),
        ({"held_on": date(2026, 6, 30)}, "held_on"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 601}, "minutes"),
        ({"text": "  "}, "text"),
        ({"text": "长" * 2001}, "text"),
    ],
)
def test_session_that_cannot_have_been_is_refused(
    db: Any, now: datetime, fields: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        write(make_pairing(), now, **fields)
    assert refused.value.code == code
    assert SessionLog.objects.count() == 0


def test_session_today_is_judged_by_the_local_day(db: Any, now: datetime) -> None:
    """00:30 in Shanghai is still yesterday in UTC: the meeting of that day is not in the future."""
    after_midnight = now.replace(hour=0, minute=30)
    session = write(make_pairing(), after_midnight, held_on=after_midnight.date())
    assert session.held_on == date(2026, 11, 22)


@pytest.mark.parametrize("minutes", [0, 601])
def test_minutes_out_of_range_are_refused_by_the_database(db: Any, minutes: int) -> None:
    session = make_session(make_pairing())
    with pytest.raises(IntegrityError, match="minutes"), transaction.atomic():
        SessionLog.objects.filter(pk=session.pk).update(minutes=minutes)


def test_stranger_writes_and_confirms_nothing(db: Any, now: datetime) -> None:
    pairing, stranger = make_pairing(), make_person()
    with pytest.raises(NotAllowed):
        write(pairing, now, by=stranger)
    session = write(pairing, now)
    with pytest.raises(NotAllowed):
        confirm_session(session=session, by=stranger, now=now)
    with pytest.raises(NotAllowed):
        ask_change(session=session, comment="不对", by=stranger, now=now)


def test_ended_pairing_takes_no_more_sessions(db: Any, now: datetime) -> None:
    administrator = make_administrator()
    pairing = make_pairing(by=administrator)
    session = write(pairing, now)
    end_pairing(pairing=pairing, result=PairingResult.DISSOLVED, by=administrator, now=now)
    for by in (pairing.mentor, pairing.mentee):
        with pytest.raises(Refusal) as refused:
            write(pairing, now, by=by)
        assert refused.value.code == "ended"
    with pytest.raises(Refusal):
        confirm_session(session=session, by=pairing.mentee, now=now)


def test_words_of_a_session_can_be_erased(db: Any) -> None:
    session = make_session(make_pairing())
    session.words.delete()
    assert SessionLog.objects.filter(pk=session.pk, status=SessionStatus.CONFIRMED).exists()


def test_the_notice_is_settled_when_its_question_is_answered(db: Any, now: datetime) -> None:
    """Somebody who confirmed on the record's page is not told again that there is something to confirm."""
    session = make_session(make_pairing(), confirmed=False)
    mentor, mentee = session.pairing.mentor, session.pairing.mentee
    asked = Notice.objects.filter(source_key__startswith="session-", read_at=None)
    assert [notice.recipient for notice in asked] == [mentee]
    ask_change(session=session, comment="时间不对", by=mentee, now=now)
    assert [notice.recipient for notice in asked.all()] == [mentor]
    words = {"held_on": session.held_on, "minutes": 60, "method": Method.CASE, "text": "改过了"}
    session = revise_session(session=session, by=mentor, now=now, **words)
    assert [notice.recipient for notice in asked.all()] == [mentee]
    confirm_session(session=session, by=mentee, now=now)
    assert not asked.all().exists()
