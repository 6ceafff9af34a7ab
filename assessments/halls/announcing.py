"""Telling candidates where they sit: once for each seat, and again when seat, room or time changed."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from assessments.halls.printing import when
from assessments.halls.sessions import locked_session, record
from assessments.models import ExamSession, Seat
from people.models import Notice, Person
from people.notices import send_notices, settle_notices


def announce_seats(*, session: ExamSession, by: Person, now: datetime) -> int:
    """A notice for everybody whose seat was not announced as it is now; returns how many. The ticket is one tap away.

    What was said before of a seat that changed counts as read. Raises NotAllowed.
    """
    with transaction.atomic():
        session = locked_session(session.pk, by=by, now=now)
        seats = list(Seat.objects.filter(session=session).select_related("room").order_by("pk"))
        with translation.override(settings.LANGUAGE_CODE):
            notices = {seat.pk: _notice(session, seat, now) for seat in seats}
        known = set(
            Notice.objects.filter(source_key__in=[each.source_key for each in notices.values()]).values_list(
                "source_key", flat=True
            )
        )
        new = [seat for seat in seats if notices[seat.pk].source_key not in known]
        for seat in new:
            settle_notices(source_key=f"seat:{seat.pk}", now=now)
        sent = send_notices(notices[seat.pk] for seat in new)
        if sent:
            record(session, "hall.seats_announced", by=by, now=now, notices=sent)
    return sent


def _notice(session: ExamSession, seat: Seat, now: datetime) -> Notice:
    place = f"{seat.room.name}{f'（{seat.room.place}）' if seat.room.place else ''}"
    said = {"title": session.title, "when": when(session), "room": place, "number": seat.number}
    opens = int(session.opens_at.timestamp())
    return Notice(
        recipient_id=seat.person_id,
        title=(_("Your seat: %(title)s") % said)[:120],
        body=_("%(when)s, %(room)s, seat %(number)s. Your admission ticket is behind this notice.") % said,
        url=reverse("assessments:ticket", args=[seat.pk]),
        source_key=f"seat:{seat.pk}:{seat.room_id.hex[:12]}:{seat.number}:{opens}",
        sent_at=now,
    )
