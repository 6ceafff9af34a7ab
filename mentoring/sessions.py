"""Session records (帮带记录): one side writes, the other confirms or asks for a change; confirmed is frozen."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import NotAllowed, Refusal
from mentoring import news
from mentoring.models import MINUTES, Pairing, SessionLog, SessionText
from mentoring.pairings import lock_active
from mentoring.terms import SESSION_STEPS, Method, SessionStatus
from people.models import Person

TEXT_LENGTH = (1, 2_000)
COMMENT_LENGTH = (1, 500)


def write_session(
    *,
    pairing: Pairing,
    key: UUID,
    held_on: date,
    minutes: int,
    method: Method,
    text: str,
    by: Person,
    now: datetime,
) -> SessionLog:
    """Record a meeting; the other side is asked to confirm. The same `key` twice is the same record.

    Raises NotAllowed for anyone but the two sides, Refusal for a day outside the pairing or in the future, minutes
    outside 1..600, an empty text, or an ended pairing.
    """
    _check_meeting(pairing, held_on, minutes, text, now)
    with transaction.atomic():
        pairing = lock_active(pairing, by=by)
        existing = SessionLog.objects.filter(pairing=pairing, key=key).first()
        if existing:
            return existing
        session = SessionLog.objects.create(
            pairing=pairing,
            key=key,
            held_on=held_on,
            minutes=minutes,
            method=method,
            written_by=by,
            written_at=now,
        )
        SessionText.objects.create(session=session, text=text.strip())
        _record("session.written", session, by, now)
        news.session_written(session, now=now)
    return session


def revise_session(
    *,
    session: SessionLog,
    held_on: date,
    minutes: int,
    method: Method,
    text: str,
    by: Person,
    now: datetime,
) -> SessionLog:
    """Answer a wish for change: the writer writes the record anew and asks again. Raises as `write_session`."""
    _check_meeting(session.pairing, held_on, minutes, text, now)
    with transaction.atomic():
        session = _lock(session, by)
        if session.written_by_id != by.pk:
            raise NotAllowed(_("Only the one who wrote this record can change it."))
        _check_step(session, SessionStatus.WRITTEN)
        session.held_on, session.minutes, session.method = held_on, minutes, method
        session.status, session.written_at = SessionStatus.WRITTEN, now
        session.save(update_fields=["held_on", "minutes", "method", "status", "written_at"])
        SessionText.objects.update_or_create(session=session, defaults={"text": text.strip(), "comment": ""})
        _record("session.revised", session, by, now)
        news.change_made(session, now=now)
        news.session_written(session, now=now)
    return session


def confirm_session(*, session: SessionLog, by: Person, now: datetime) -> SessionLog:
    """The other side stands by the record; from now on it is frozen. Twice is once."""
    with transaction.atomic():
        session = _lock(session, by)
        _check_other_side(session, by)
        if session.status == SessionStatus.CONFIRMED:
            return session
        _check_step(session, SessionStatus.CONFIRMED)
        session.status, session.confirmed_at = SessionStatus.CONFIRMED, now
        session.save(update_fields=["status", "confirmed_at"])
        _record("session.confirmed", session, by, now)
        news.session_answered(session, now=now)
    return session


def ask_change(*, session: SessionLog, comment: str, by: Person, now: datetime) -> SessionLog:
    """The other side says what is not right yet. Raises Refusal without a comment of 1..500 characters."""
    comment = comment.strip()
    if not COMMENT_LENGTH[0] <= len(comment) <= COMMENT_LENGTH[1]:
        raise Refusal(_("Say in at most 500 characters what should be changed."), code="comment")
    with transaction.atomic():
        session = _lock(session, by)
        _check_other_side(session, by)
        _check_step(session, SessionStatus.CHANGE_ASKED)
        session.status = SessionStatus.CHANGE_ASKED
        session.save(update_fields=["status"])
        SessionText.objects.filter(session=session).update(comment=comment)
        _record("session.change_asked", session, by, now)
        news.session_answered(session, now=now)
        news.change_asked(session, by=by, now=now)
    return session


def can_confirm(session: SessionLog, person: Person) -> bool:
    """Whether it is this person's turn to confirm the record."""
    return session.status == SessionStatus.WRITTEN and _is_other_side(session, person)


def _check_meeting(pairing: Pairing, held_on: date, minutes: int, text: str, now: datetime) -> None:
    if held_on > timezone.localdate(now):
        raise Refusal(_("A session cannot be dated in the future."), code="held_on")
    if held_on < pairing.since_on:
        raise Refusal(_("This day lies before the pairing began."), code="held_on")
    if not MINUTES[0] <= minutes <= MINUTES[1]:
        raise Refusal(_("A session lasts 1 to 600 minutes."), code="minutes")
    if not TEXT_LENGTH[0] <= len(text.strip()) <= TEXT_LENGTH[1]:
        raise Refusal(_("Write what was done, in at most 2000 characters."), code="text")


def _lock(session: SessionLog, by: Person) -> SessionLog:
    # The pairing first, as everywhere: its end and its sessions queue on one row.
    pairing = lock_active(session.pairing, by=by)
    session = SessionLog.objects.select_for_update().get(pk=session.pk)
    session.pairing = pairing
    return session


def _is_other_side(session: SessionLog, person: Person) -> bool:
    return session.pairing.has_side(person) and session.written_by_id != person.pk


def _check_other_side(session: SessionLog, by: Person) -> None:
    if not _is_other_side(session, by):
        raise NotAllowed(_("A record is confirmed by the side that did not write it."))


def _check_step(session: SessionLog, status: SessionStatus) -> None:
    current = SessionStatus(session.status)
    if status in SESSION_STEPS[current]:
        return
    if current == SessionStatus.CONFIRMED:
        raise Refusal(_("Both sides have confirmed this record: it stays as it is."), code="frozen")
    raise Refusal(_("It is the other side's turn with this record."), code="turn")


def _record(action: str, session: SessionLog, by: Person, now: datetime) -> None:
    audit.record(action=action, target=f"mentoring.session:{session.pk}", by=by, now=now)
