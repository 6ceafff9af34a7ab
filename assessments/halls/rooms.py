"""The rooms of a session: where they are, how one gets in, who watches over them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.halls.sessions import locked_session, record
from assessments.models import Attempt, ExamRoom, ExamSession, Extension, Invigilator, PaperCopy, Seat
from core.errors import Refusal
from people.models import Person, Role
from people.roles import grant_role, has_role

# Letters and digits that nobody mistakes for another when they are read out or written on a board.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 6
MOST_ADDRESSES = 20


@dataclass(frozen=True)
class RoomDetails:
    """What a room is called, where it is, what is asked at its door. Empty `access_code`, no addresses: no such bar."""

    name: str
    place: str = ""
    access_code: str = ""
    addresses: tuple[str, ...] = ()


def new_access_code() -> str:
    """Six characters out of thirty: about 7 × 10⁸ codes, read out without asking back."""
    return "".join(secrets.choice(ALPHABET) for _number in range(CODE_LENGTH))


def clean_addresses(lines: Iterable[str]) -> tuple[str, ...]:
    """Networks as they are compared, from one address or network in CIDR a line. Raises Refusal naming a wrong one."""
    cleaned = []
    for line in filter(None, map(str.strip, lines)):
        try:
            cleaned.append(str(ip_network(line, strict=False)))
        except ValueError as error:
            raise Refusal(
                _("“%(line)s” is no address. Write one a line, like 10.20.3.0/24 or 10.20.3.7.")
                % {"line": line},
                code="address",
            ) from error
    if len(cleaned) > MOST_ADDRESSES:
        raise Refusal(_("At most %(most)s addresses for a room.") % {"most": MOST_ADDRESSES}, code="address")
    return tuple(dict.fromkeys(cleaned))


def add_room(*, session: ExamSession, details: RoomDetails, by: Person, now: datetime) -> ExamRoom:
    """Another room. Raises NotAllowed, or Refusal when the name is taken in this session or an address is none."""
    addresses = clean_addresses(details.addresses)
    with transaction.atomic():
        session = locked_session(session.pk, by=by, now=now)
        _check_name_free(session, details.name)
        room = ExamRoom.objects.create(
            session=session,
            name=details.name,
            place=details.place,
            access_code=details.access_code,
            addresses=list(addresses),
        )
        record(session, "hall.room_added", by=by, now=now, room=str(room.pk))
    return room


def change_room(*, room: ExamRoom, details: RoomDetails, by: Person, now: datetime) -> ExamRoom:
    """Another name, place, code or addresses, at any time; the same again changes nothing. Raises as `add_room`."""
    said = {**vars(details), "addresses": list(clean_addresses(details.addresses))}
    with transaction.atomic():
        session = locked_session(room.session_id, by=by, now=now)
        room = ExamRoom.objects.select_for_update().get(pk=room.pk)
        changed = [name for name, value in said.items() if getattr(room, name) != value]
        if not changed:
            return room
        if "name" in changed:
            _check_name_free(session, details.name)
        for name in changed:
            setattr(room, name, said[name])
        room.save(update_fields=changed)
        record(session, "hall.room_changed", by=by, now=now, room=str(room.pk), what=changed)
    return room


def remove_room(*, room: ExamRoom, by: Person, now: datetime) -> None:
    """Take a room away with its seats. Raises NotAllowed, or Refusal once somebody sat there or was given something."""
    with transaction.atomic():
        session = locked_session(room.session_id, by=by, now=now)
        used = (
            Attempt.objects.filter(seat__room=room).exists()
            or Extension.objects.filter(room=room).exists()
            or PaperCopy.objects.filter(seat__room=room).exists()
        )
        if used:
            raise Refusal(_("Somebody has sat in this room, so that it stays as a record."), code="begun")
        record(session, "hall.room_removed", by=by, now=now, room=str(room.pk))
        ExamRoom.objects.filter(pk=room.pk).delete()


def assign_invigilator(*, room: ExamRoom, person: Person, by: Person, now: datetime) -> Invigilator:
    """Let somebody watch over a room, with the role if they do not hold it; twice is once.

    Raises NotAllowed, or Refusal for somebody who sits the exam in this session.
    """
    with transaction.atomic():
        session = locked_session(room.session_id, by=by, now=now)
        if Seat.objects.filter(session=session, person=person).exists():
            raise Refusal(
                _("This person has a seat in the session and cannot watch over it. Choose somebody else."),
                code="candidate",
            )
        on = timezone.localdate(now)
        if not has_role(person, Role.INVIGILATOR, on=on):
            grant_role(
                person=person,
                role=Role.INVIGILATOR,
                organisation=session.organisation,
                since_on=on,
                by=by,
                now=now,
            )
        invigilator, created = Invigilator.objects.get_or_create(room=room, person=person)
        if created:
            record(
                session,
                "hall.invigilator_assigned",
                by=by,
                now=now,
                room=str(room.pk),
                person=str(person.pk),
            )
    return invigilator


def dismiss_invigilator(*, room: ExamRoom, person: Person, by: Person, now: datetime) -> None:
    """Shut the room's screen to somebody at once; the role stays. Nobody there: nothing happens."""
    with transaction.atomic():
        session = locked_session(room.session_id, by=by, now=now)
        removed, _by_model = Invigilator.objects.filter(room=room, person=person).delete()
        if removed:
            record(
                session,
                "hall.invigilator_dismissed",
                by=by,
                now=now,
                room=str(room.pk),
                person=str(person.pk),
            )


def _check_name_free(session: ExamSession, name: str) -> None:
    if ExamRoom.objects.filter(session=session, name=name).exists():
        raise Refusal(_("This session has a room of this name already. Choose another name."), code="name")
