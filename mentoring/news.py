"""Notices of mentoring, in the site's language: the reader's choice is not known when they are written."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from mentoring.models import Endorsement, Pairing, SessionLog
from people.accounts import names_of
from people.models import Person
from people.notices import send_notice, settle_notices


def pairing_started(pairing: Pairing, *, now: datetime) -> None:
    """Both sides learn that the agreement holds."""
    for recipient, other in _both(pairing):
        with translation.override(settings.LANGUAGE_CODE):
            title = _("You are now paired with %(name)s") % {"name": _name(other)}
            body = _("Agreement %(number)s is signed by all three.") % {"number": pairing.agreement_no}
            _send(pairing, recipient, title, body, f"pairing-started:{pairing.pk}:{recipient}", now)


def pairing_ended(pairing: Pairing, *, now: datetime) -> None:
    """Both sides learn that it is over. The mentor gets no link: the record is closed to them."""
    for recipient, other in _both(pairing):
        with translation.override(settings.LANGUAGE_CODE):
            title = _("Your pairing with %(name)s has ended") % {"name": _name(other)}
            body = _("Agreement %(number)s: %(result)s.") % {
                "number": pairing.agreement_no,
                "result": pairing.get_result_display(),
            }
            key = f"pairing-ended:{pairing.pk}:{recipient}"
            _send(pairing, recipient, title, body, key, now, linked=recipient == pairing.mentee_id)


def session_written(session: SessionLog, *, now: datetime) -> None:
    """The other side is asked to confirm, each time the words changed."""
    pairing = session.pairing
    writer = session.written_by_id
    recipient = pairing.mentee_id if writer == pairing.mentor_id else pairing.mentor_id
    with translation.override(settings.LANGUAGE_CODE):
        title = _("%(name)s wrote a session record for you to confirm") % {"name": _name(writer)}
        key = f"session-written:{session.pk}:{session.written_at.isoformat()}"
        _send(pairing, recipient, title, "", key, now)


def change_asked(session: SessionLog, *, by: Person, now: datetime) -> None:
    """The writer learns what the other side wants changed."""
    with translation.override(settings.LANGUAGE_CODE):
        title = _("%(name)s asks for a change in a session record") % {"name": _name(by.pk)}
        key = f"session-change:{session.pk}:{now.isoformat()}"
        _send(session.pairing, session.written_by_id, title, "", key, now)


def session_answered(session: SessionLog, *, now: datetime) -> None:
    """The other side has said yes or asked for a change: nobody is asked any more."""
    settle_notices(source_key=f"session-written:{session.pk}", now=now)


def change_made(session: SessionLog, *, now: datetime) -> None:
    """The writer has answered the wish for change."""
    settle_notices(source_key=f"session-change:{session.pk}", now=now)


def endorsed(endorsement: Endorsement, *, now: datetime) -> None:
    """The mentee learns that the mentor has judged."""
    pairing = endorsement.pairing
    with translation.override(settings.LANGUAGE_CODE):
        title = _("%(name)s wrote an endorsement for you") % {"name": _name(pairing.mentor_id)}
        _send(pairing, pairing.mentee_id, title, "", f"endorsement:{endorsement.pk}", now)


def _both(pairing: Pairing) -> tuple[tuple[UUID, UUID], tuple[UUID, UUID]]:
    return (pairing.mentor_id, pairing.mentee_id), (pairing.mentee_id, pairing.mentor_id)


def _name(person_id: UUID) -> str:
    return names_of({person_id}).get(person_id, "")


def _send(
    pairing: Pairing,
    recipient: UUID,
    title: str,
    body: str,
    key: str,
    now: datetime,
    *,
    linked: bool = True,
) -> None:
    url = reverse("mentoring:pairing", args=[pairing.agreement_no]) if linked else ""
    send_notice(recipient=Person(pk=recipient), title=title, body=body, source_key=key, now=now, url=url)
