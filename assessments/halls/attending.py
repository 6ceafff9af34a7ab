"""What an invigilator does while people sit: let somebody in, hand in for who leaves, write down what happened."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.attempts import submit_attempt
from assessments.halls.watching import rooms_overseen_by
from assessments.models import Attempt, AttemptStatus, ExamRoom, HandedInBy, Incident, IncidentKind, Seat
from core import audit
from core.errors import NotAllowed, Refusal
from core.once import once
from people.models import Person

TEXT_LENGTH = 1000


def admit_latecomer(*, seat: Seat, by: Person, now: datetime) -> Seat:
    """Let somebody start after the bar for latecomers; twice is once. The time lost stays lost, unless it is given.

    Raises NotAllowed for whoever does not oversee the room.
    """
    check_oversees(by, seat.room_id, at=now)
    with transaction.atomic():
        seat = Seat.objects.select_for_update(of=("self",)).select_related("room", "session").get(pk=seat.pk)
        if seat.admitted_at is not None:
            return seat
        seat.admitted_at, seat.admitted_by = now, by
        seat.save(update_fields=["admitted_at", "admitted_by"])
        audit.record(action="hall.latecomer_admitted", target=f"assessments.seat:{seat.pk}", by=by, now=now)
    return seat


def hand_in_for(*, seat: Seat, by: Person, now: datetime) -> Attempt:
    """Hand in the open paper of somebody who leaves the room; one handed in before is returned as it is.

    Raises NotAllowed for whoever does not oversee the room or sits there, Refusal where nobody has started.
    """
    check_oversees(by, seat.room_id, at=now)
    if seat.person_id == by.pk:
        raise NotAllowed(_("Your own paper you hand in on your own page."))
    attempt = Attempt.objects.filter(seat=seat).order_by("-started_at").first()
    if attempt is None:
        raise Refusal(
            _("Nobody has started on this seat, so there is nothing to hand in."), code="not_started"
        )
    if attempt.status != AttemptStatus.OPEN:
        return attempt
    return submit_attempt(attempt_id=attempt.pk, by=by, now=now, through=HandedInBy.INVIGILATOR)


def record_incident(
    *,
    room: ExamRoom,
    kind: IncidentKind,
    text: str,
    by: Person,
    now: datetime,
    key: str | UUID,
    seat: Seat | None = None,
) -> Incident:
    """Write a line into the room's log, about one seat of it or about all. The same `key` again writes no second one.

    Nothing follows from a line by itself. Raises NotAllowed for whoever does not oversee the room, Refusal for an
    empty text or a seat elsewhere, KeyReused.
    """
    check_oversees(by, room.pk, at=now)
    text = text.strip()
    if not text or len(text) > TEXT_LENGTH:
        raise Refusal(
            _("Write what happened, in at most %(most)s characters.") % {"most": TEXT_LENGTH}, code="text"
        )
    if seat is not None and seat.room_id != room.pk:
        raise Refusal(_("This seat is in another room."), code="seat")
    said = {"room": str(room.pk), "seat": str(seat.pk) if seat else "", "kind": kind.value, "text": text}
    with transaction.atomic():
        if not once(key=key, by=by, action="hall.incident", body=said, now=now):
            return Incident.objects.filter(room=room, seat=seat, kind=kind, text=text, recorded_by=by).latest(
                "recorded_at", "pk"
            )
        incident = Incident.objects.create(
            room=room, seat=seat, kind=kind, text=text, recorded_by=by, recorded_at=now
        )
        audit.record(
            action="hall.incident_recorded",
            target=f"assessments.examroom:{room.pk}",
            by=by,
            now=now,
            kind=kind.value,
            seat=said["seat"],
        )
    return incident


def check_oversees(person: Person, room_id: UUID, *, at: datetime) -> None:
    """Raises NotAllowed unless the person watches over this room now or administers its session."""
    if not rooms_overseen_by(person, at=at).filter(pk=room_id).exists():
        raise NotAllowed(_("You do not watch over this room now. Ask the administrator of the session."))
