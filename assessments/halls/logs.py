"""The log of a room: what invigilators wrote down, and what they did there, each with when, for whom and by whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.halls.boards import INCIDENTS_SHOWN, RoomBoard
from assessments.models import Attempt, Extension, HandedInBy
from core.models import AuditEntry
from people.accounts import names_of


@dataclass(frozen=True)
class LogLine:
    """One line. `about` says whom in words, `seat_id` is None where it is not one seat; `text` only where typed."""

    at: datetime
    title: str
    about: str
    seat_id: UUID | None
    who: str
    text: str = ""


@dataclass(frozen=True)
class _Deed:
    """Something done and not written: `by` is a Person's id as text."""

    at: datetime
    title: str
    about: str
    seat_id: UUID | None
    by: str


def read_log(board: RoomBoard, *, seat_id: UUID | None = None) -> tuple[LogLine, ...]:
    """The newest lines first, those of one seat if named. Four queries, fewer where nothing was done."""
    deeds = [*_extensions(board), *_admissions(board), *_handed_in(board)]
    names = {str(person): name for person, name in names_of({UUID(deed.by) for deed in deeds}).items()}
    lines = [LogLine(each.at, each.title, each.about, each.seat_id, names.get(each.by, "")) for each in deeds]
    lines += _written(board)
    wanted = [line for line in lines if seat_id is None or line.seat_id == seat_id]
    return tuple(sorted(wanted, key=lambda line: line.at, reverse=True)[:INCIDENTS_SHOWN])


def _written(board: RoomBoard) -> Iterator[LogLine]:
    for each in board.incidents:
        account = getattr(each.recorded_by, "account", None)
        yield LogLine(
            at=each.recorded_at,
            title=each.get_kind_display(),
            about=_seat(each.seat.number) if each.seat else "",
            seat_id=each.seat_id,
            who=account.name if account else "",
            text=each.text,
        )


def _extensions(board: RoomBoard) -> Iterator[_Deed]:
    """Minutes that reached this room: its own, those of its seats, of its session, of everybody since it opened."""
    room, session = board.room, board.room.session
    everybody = Q(session=None, attempt=None, exam_key=session.exam_key, added_at__gte=session.opens_at)
    here = Q(session=session, room=None) | Q(room=room) | Q(attempt__seat__room=room)
    found = Extension.objects.filter(here | everybody).select_related("seat", "attempt__seat")
    for each in found:
        seat = each.seat or (each.attempt.seat if each.attempt else None)
        title = ngettext("%(minutes)s minute added", "%(minutes)s minutes added", each.minutes)
        yield _Deed(
            at=each.added_at,
            title=title % {"minutes": each.minutes},
            about=_seat(seat.number) if seat else _widely(each),
            seat_id=seat.pk if seat else None,
            by=str(each.added_by_id),
        )


def _widely(extension: Extension) -> str:
    if extension.room_id:
        return _("The whole room")
    return _("The whole session") if extension.session_id else _("Everybody who sits this exam")


def _admissions(board: RoomBoard) -> Iterator[_Deed]:
    for seat in (line.seat for line in board.lines):
        if seat.admitted_at and seat.admitted_by_id:
            yield _Deed(
                seat.admitted_at, _("Let in late"), _seat(seat.number), seat.pk, str(seat.admitted_by_id)
            )


def _handed_in(board: RoomBoard) -> Iterator[_Deed]:
    """Papers that an invigilator handed in; who and when stands in the audit trail."""
    attempts = Attempt.objects.filter(seat__room=board.room, handed_in_by=HandedInBy.INVIGILATOR)
    found = {f"assessments.attempt:{each.pk}": each for each in attempts.select_related("seat")}
    for entry in AuditEntry.objects.filter(action="attempt.submitted", target__in=list(found)):
        seat = found[entry.target].seat
        if seat is not None:
            yield _Deed(entry.at, _("Handed in by the invigilator"), _seat(seat.number), seat.pk, entry.actor)


def _seat(number: int) -> str:
    return _("seat %(number)s") % {"number": number}
