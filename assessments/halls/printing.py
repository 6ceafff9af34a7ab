"""What an exam day prints: 准考证 for candidates, 考场门贴 for the doors, 签到表 to sign. Pure functions of the rows.

The words are the site's, not the printing person's. WeasyPrint takes about 20 ms a ticket: call this outside
transactions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.exams.releasing import newest_release
from assessments.exams.settings import ExamSettings
from assessments.models import ExamRoom, ExamSession, ExamVersion, Seat
from core.pdf import PdfTheme

THEME = Path(__file__).parent / "themes" / "hall"


@dataclass(frozen=True)
class Ticket:
    """One seat as it is printed. `masked` is the ID number's last digits, or the staff number's where none is kept."""

    seat: Seat
    name: str
    number_label: str
    masked: str
    qr_svg: SafeString


def print_tickets(session: ExamSession, seats: Iterable[Seat]) -> bytes:
    """准考证 as one PDF, two to an A4 sheet, in the order of the seats given. `seats` come from `seats_to_print`."""
    with translation.override(settings.LANGUAGE_CODE):
        tickets = [_ticket(seat, qr=True) for seat in seats]
        html = render_to_string(
            "assessments/halls/print/tickets.html", {**_facts(session), "tickets": tickets}
        )
    return _theme().render(html)


def print_door_lists(session: ExamSession, rooms: Iterable[ExamRoom]) -> bytes:
    """考场门贴 as one PDF: a sheet for each room with its seats in order. Two queries."""
    return _lists("door", session, list(rooms))


def print_sign_in_sheets(session: ExamSession, rooms: Iterable[ExamRoom]) -> bytes:
    """签到表 as one PDF: a line to sign for each seat, room after room. Two queries."""
    return _lists("sign_in", session, list(rooms))


def seats_to_print(**where: Any) -> list[Seat]:
    """Seats with everything their papers say, by room and number. One query."""
    seats = Seat.objects.filter(**where).select_related("session", "room", "person__account__identity")
    return list(seats.order_by("room__name", "number"))


def _lists(name: str, session: ExamSession, rooms: Sequence[ExamRoom]) -> bytes:
    with translation.override(settings.LANGUAGE_CODE):
        tickets = [_ticket(seat) for seat in seats_to_print(room__in=[room.pk for room in rooms])]
        by_room = [(room, [each for each in tickets if each.seat.room_id == room.pk]) for room in rooms]
        html = render_to_string(f"assessments/halls/print/{name}.html", {**_facts(session), "rooms": by_room})
    return _theme().render(html)


@cache
def _theme() -> PdfTheme:
    return PdfTheme(THEME, ("hall.css",))


def _facts(session: ExamSession) -> dict[str, Any]:
    version = newest_release(session.exam_key)
    return {
        "session": session,
        "exam_title": version.title if version else session.title,
        "minutes": version.minutes if version else 0,
        "when": when(session),
        "rules": _rules(session, version),
        "issuer_name": settings.ISSUER_NAME,
    }


def when(session: ExamSession) -> str:
    """Day and hours of a session, as people write them."""
    opens, closes = timezone.localtime(session.opens_at), timezone.localtime(session.closes_at)
    until = date_format(closes, "H:i" if opens.date() == closes.date() else "DATETIME_FORMAT")
    return (
        f"{date_format(opens, 'DATE_FORMAT')} {date_format(opens, 'l')} {date_format(opens, 'H:i')}–{until}"
    )


def _rules(session: ExamSession, version: ExamVersion | None) -> list[str]:
    """What everybody must know on the day, then the exam's own rules, a line each."""
    said = [
        _("Bring this ticket and your identity card; be at the room 15 minutes before the time."),
        _("Sign in with your staff number and your own password; the invigilator shows the room's code."),
        _("If the screen stops, raise your hand. What you wrote is kept, and lost time can be given back."),
    ]
    if session.late_entry_minutes is not None:
        minutes = session.late_entry_minutes
        late = ngettext(
            "Nobody is let in later than %(minutes)d minute after the beginning.",
            "Nobody is let in later than %(minutes)d minutes after the beginning.",
            minutes,
        )
        said.insert(1, late % {"minutes": minutes})
    own = ExamSettings.of(version.document).rules if version else ""
    return said + [line.strip() for line in own.splitlines() if line.strip()]


def _ticket(seat: Seat, *, qr: bool = False) -> Ticket:
    account = getattr(seat.person, "account", None)
    identity = getattr(account, "identity", None)
    return Ticket(
        seat=seat,
        name=account.name if account else "",
        number_label=_("ID number") if identity else _("Staff number"),
        masked=identity.masked if identity else _masked(account.staff_number if account else ""),
        qr_svg=_qr(seat.ticket_number) if qr else SafeString(""),
    )


def _masked(staff_number: str) -> str:
    """A staff number is half of a login: the ends tell it apart for its bearer, not for who finds the ticket."""
    hidden = max(len(staff_number) - 6, 0)
    return f"{staff_number[:4]}{'*' * hidden}{staff_number[4 + hidden :]}"


def _qr(text: str) -> SafeString:
    """An inline SVG, painted by attributes: the page's CSS does not reach into it."""
    svg: str = segno.make(text, error="m", micro=False).svg_inline(
        border=1, dark="#1d2829", light="#fff", omitsize=True, svgclass=None, lineclass=None
    )
    return mark_safe(svg)  # noqa: S308 -- made of numbers by segno
