"""Time added while an exam runs: to one sitting, one seat, a room, a session, or everybody who sits the exam.

An extension changes the deadline of every sitting in reach and is kept, so that it counts for whoever starts later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q, Subquery, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.entry.deadlines import GRACE
from assessments.halls.watching import rooms_overseen_by, sessions_administered_by
from assessments.models import (
    MOST_MINUTES_ADDED,
    Attempt,
    AttemptStatus,
    EventKind,
    ExamRoom,
    ExamSession,
    Extension,
    Seat,
    SittingEvent,
)
from core import audit
from core.errors import NotAllowed, Refusal
from core.once import once
from people.models import Organisation, Person, Role, RoleAssignment
from people.scope import people_overseen_by


@dataclass(frozen=True)
class _Reach:
    """Whom an extension is for: the columns of its row."""

    exam_key: str
    session_id: UUID | None = None
    room_id: UUID | None = None
    seat_id: UUID | None = None
    attempt_id: UUID | None = None

    @property
    def columns(self) -> dict[str, Any]:
        return {
            "exam_key": self.exam_key,
            "session_id": self.session_id,
            "room_id": self.room_id,
            "seat_id": self.seat_id,
            "attempt_id": self.attempt_id,
        }

    @property
    def sittings(self) -> Q:
        """The attempts it reaches, whatever became of them."""
        if self.attempt_id:
            return Q(pk=self.attempt_id)
        if self.seat_id:
            return Q(seat=self.seat_id)
        if self.room_id:
            return Q(seat__room=self.room_id)
        if self.session_id:
            return Q(seat__session=self.session_id)
        return Q(exam_key=self.exam_key)


def extend(
    *,
    minutes: int,
    by: Person,
    now: datetime,
    key: str | UUID,
    attempt: Attempt | None = None,
    seat: Seat | None = None,
    room: ExamRoom | None = None,
    session: ExamSession | None = None,
    exam_key: str | None = None,
) -> Extension:
    """Add minutes for exactly one of: a sitting, a seat, a room, a session, all who sit an exam. Returns the row.

    Every open sitting in reach ends so much later, also one whose time ran out less than the grace ago; what was
    handed in stays so. The same `key` again adds nothing and gives the first row. Raises NotAllowed (see
    `check_may_extend`), KeyReused, and Refusal for minutes outside 1…240.
    """
    reach = _reach(attempt=attempt, seat=seat, room=room, session=session, exam_key=exam_key)
    _check_minutes(minutes)
    _check_may_extend(by, reach, at=now)
    with transaction.atomic():
        _let_starts_finish(reach.exam_key)
        body = {"minutes": minutes, **{name: str(value) for name, value in reach.columns.items() if value}}
        if not once(key=key, by=by, action="sitting.extended", body=body, now=now):
            return _given(reach, minutes, by)
        extension = Extension.objects.create(**reach.columns, minutes=minutes, added_by=by, added_at=now)
        reached = _add_time(reach, minutes, now)
        audit.record(
            action="sitting.extended",
            target=f"assessments.extension:{extension.pk}",
            by=by,
            now=now,
            minutes=minutes,
            sittings=reached,
            **{name: str(value) for name, value in reach.columns.items() if value},
        )
    return extension


def minutes_added(*, exam_key: str, seat: Seat | None, opened_at: datetime | None = None) -> int:
    """Minutes that whoever starts now gets on top: those of the seat, its room, its session and the whole exam.

    Called inside the transaction that makes the sitting, so that no extension falls between the two. What was given
    to a whole exam counts when it was given since `opened_at`, the opening of its window; a seat's session says that
    itself; an exam without a window has nothing that later ones could share. One query; on PostgreSQL a second one,
    which makes an extension that is being given wait or be seen.
    """
    _let_extensions_finish(exam_key)
    found = Extension.objects.filter(_counting(exam_key, seat, opened_at), attempt=None)
    return found.aggregate(minutes=Sum("minutes"))["minutes"] or 0


def may_extend(
    person: Person,
    *,
    at: datetime,
    attempt: Attempt | None = None,
    seat: Seat | None = None,
    room: ExamRoom | None = None,
    session: ExamSession | None = None,
    exam_key: str | None = None,
) -> bool:
    """Whether this person may add time there.

    An invigilator in the rooms of now, and an administrator of the session, for a seat, a room or a sitting in it;
    the administrator alone for a session; for a sitting without a seat who administers the candidate; for everybody
    who sits an exam only who administers the whole tree. Nobody gives time to oneself.
    """
    reach = _reach(attempt=attempt, seat=seat, room=room, session=session, exam_key=exam_key)
    return _may_extend(person, reach, at=at)


def _counting(exam_key: str, seat: Seat | None, opened_at: datetime | None) -> Q:
    everybody = Q(exam_key=exam_key, session=None)
    if seat is None:
        return everybody & Q(added_at__gte=opened_at) if opened_at else Q(pk__in=[])
    opening = Subquery(ExamSession.objects.filter(pk=seat.session_id).values("opens_at")[:1])
    here = Q(session=seat.session_id, room=None) | Q(room=seat.room_id, seat=None) | Q(seat=seat.pk)
    return here | (everybody & Q(added_at__gte=opened_at or opening))


def _reach(
    *,
    attempt: Attempt | None,
    seat: Seat | None,
    room: ExamRoom | None,
    session: ExamSession | None,
    exam_key: str | None,
) -> _Reach:
    if sum(each is not None for each in (attempt, seat, room, session, exam_key)) != 1:
        raise TypeError("an extension is for one sitting, seat, room, session or exam")
    if attempt:
        return _Reach(attempt.exam_key, attempt_id=attempt.pk)
    if seat:
        return _Reach(seat.session.exam_key, seat.session_id, seat.room_id, seat.pk)
    if room:
        return _Reach(room.session.exam_key, room.session_id, room.pk)
    if session:
        return _Reach(session.exam_key, session.pk)
    return _Reach(exam_key or "")


def _add_time(reach: _Reach, minutes: int, now: datetime) -> int:
    """Move the deadlines and write it into every journal; returns how many sittings.

    Locked first and in one order: a sitting that is being handed in at this moment is waited for, and left alone
    when it is.
    """
    running = Attempt.objects.filter(reach.sittings, status=AttemptStatus.OPEN, deadline_at__gte=now - GRACE)
    found = list(running.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    Attempt.objects.filter(pk__in=found).update(deadline_at=F("deadline_at") + timedelta(minutes=minutes))
    SittingEvent.objects.bulk_create(
        SittingEvent(attempt_id=pk, kind=EventKind.EXTENDED, happened_at=now, detail={"minutes": minutes})
        for pk in found
    )
    return len(found)


def _given(reach: _Reach, minutes: int, by: Person) -> Extension:
    """What an earlier call with the same key added: the newest of its kind."""
    return Extension.objects.filter(**reach.columns, minutes=minutes, added_by=by).latest("added_at", "pk")


def _check_minutes(minutes: int) -> None:
    if not 1 <= minutes <= MOST_MINUTES_ADDED:
        raise Refusal(
            _("Give between 1 and %(most)s minutes at a time.") % {"most": MOST_MINUTES_ADDED}, code="minutes"
        )


def _check_may_extend(by: Person, reach: _Reach, *, at: datetime) -> None:
    if not _may_extend(by, reach, at=at):
        raise NotAllowed(_("Only whoever watches over this room or administers it may add time there."))


def _may_extend(by: Person, reach: _Reach, *, at: datetime) -> bool:
    if Attempt.objects.filter(reach.sittings, person=by, status=AttemptStatus.OPEN).exists():
        return False
    if reach.attempt_id:
        seated = rooms_overseen_by(by, at=at).filter(seats__attempts=reach.attempt_id)
        overseen = people_overseen_by(by, roles=[Role.ADMINISTRATOR], at=at)
        return seated.exists() or overseen.filter(attempts=reach.attempt_id).exists()
    if reach.room_id:
        return rooms_overseen_by(by, at=at).filter(pk=reach.room_id).exists()
    if reach.session_id:
        return sessions_administered_by(by, at=at).filter(pk=reach.session_id).exists()
    return _administers_everything(by, at=at)


def _administers_everything(by: Person, *, at: datetime) -> bool:
    held = RoleAssignment.objects.active(on=timezone.localdate(at)).filter(person=by, role=Role.ADMINISTRATOR)
    roots = Organisation.objects.filter(depth=1)
    return roots.exists() and not roots.exclude(pk__in=held.values("organisation")).exists()


def _let_starts_finish(exam_key: str) -> None:
    """Wait for sittings that are being started, and keep new ones waiting until this transaction ends.

    PostgreSQL only; SQLite admits one writer at a time.
    """
    _hold("pg_advisory_xact_lock", exam_key)


def _let_extensions_finish(exam_key: str) -> None:
    """The other side: starts do not wait for each other."""
    _hold("pg_advisory_xact_lock_shared", exam_key)


def _hold(function: str, exam_key: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(hashtext(%s))", [f"assessments.extension:{exam_key}"])
