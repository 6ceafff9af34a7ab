"""Notices about arrangements and exemptions: to administrators that somebody asks, to the person what came of it.

Notices are written in the site's language and say no more than is needed: reasons are read where they are decided on.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from assessments.models import Accommodation, ExamVersion, Exemption, RequestStatus
from people.notices import send_notice, settle_notices
from people.scope import administrators_of

LONGEST_TITLE = 120


def ask_for_accommodation(accommodation: Accommodation, *, now: datetime) -> None:
    """Tell every administrator who may decide."""
    with translation.override(settings.LANGUAGE_CODE):
        _ask(
            accommodation,
            title=_("Somebody asks for an arrangement: %(exam)s") % {"exam": _exam(accommodation.exam_key)},
            url=reverse("assessments:accommodation", args=[accommodation.pk]),
            now=now,
        )


def ask_for_exemption(exemption: Exemption, *, now: datetime) -> None:
    """Tell every administrator who may decide."""
    with translation.override(settings.LANGUAGE_CODE):
        _ask(
            exemption,
            title=_("Somebody asks to be exempted: %(exam)s") % {"exam": _exam(exemption.exam_key)},
            url=reverse("assessments:exemption", args=[exemption.pk]),
            now=now,
        )


def accommodation_decided(accommodation: Accommodation, *, now: datetime, word: str = "") -> None:
    """Tell the person what was given, or why not, or that it has ended."""
    with translation.override(settings.LANGUAGE_CODE):
        exam = _exam(accommodation.exam_key)
        titles = {
            RequestStatus.GRANTED: _("Your arrangement was granted: %(exam)s"),
            RequestStatus.REFUSED: _("Your arrangement was not granted: %(exam)s"),
            RequestStatus.ENDED: _("Your arrangement has ended: %(exam)s"),
        }
        status = RequestStatus(accommodation.status)
        _tell(
            accommodation,
            title=titles[status] % {"exam": exam},
            body=word or (given(accommodation) if status == RequestStatus.GRANTED else ""),
            now=now,
        )


def exemption_decided(exemption: Exemption, *, now: datetime) -> None:
    """Tell the person what became of their certificate."""
    with translation.override(settings.LANGUAGE_CODE):
        exam = _exam(exemption.exam_key)
        titles = {
            RequestStatus.GRANTED: _("You are exempt from the exam: %(exam)s"),
            RequestStatus.REFUSED: _("Your certificate was not accepted in place of the exam: %(exam)s"),
            RequestStatus.ENDED: _("Your exemption has ended: %(exam)s"),
        }
        status = RequestStatus(exemption.status)
        _tell(exemption, title=titles[status] % {"exam": exam}, body=exemption.decision_text, now=now)


def settle(asked: Accommodation | Exemption, *, now: datetime) -> None:
    """What the administrators were asked is done: nobody needs to look any more."""
    settle_notices(source_key=_matter(asked), now=now)


def given(accommodation: Accommodation) -> str:
    """What an arrangement gives, in words: “1.5 times the time, 1 more attempt, until 31 December 2026”."""
    parts = []
    if accommodation.time_factor != 1:
        parts.append(
            _("%(factor)s times the time") % {"factor": f"{accommodation.time_factor.normalize():f}"}
        )
    if accommodation.extra_attempts:
        parts.append(_("attempts on top: %(count)s") % {"count": accommodation.extra_attempts})
    if accommodation.until_on:
        parts.append(_("until %(day)s") % {"day": date_format(accommodation.until_on)})
    return _(", ").join(parts)


def _ask(asked: Accommodation | Exemption, *, title: str, url: str, now: datetime) -> None:
    for administrator in administrators_of(asked.person, at=now):
        send_notice(
            recipient=administrator,
            title=Truncator(title).chars(LONGEST_TITLE, truncate="…"),
            url=url,
            source_key=f"{_matter(asked)}:{administrator.pk}",
            now=now,
        )


def _tell(asked: Accommodation | Exemption, *, title: str, body: str, now: datetime) -> None:
    send_notice(
        recipient=asked.person,
        title=Truncator(title).chars(LONGEST_TITLE, truncate="…"),
        body=body,
        url=reverse("assessments:exam", args=[asked.exam_key])
        if asked.exam_key
        else reverse("assessments:exams"),
        source_key=f"decided-{_matter(asked)}:{asked.status}",
        now=now,
    )


def _matter(asked: Accommodation | Exemption) -> str:
    return f"{type(asked).__name__.lower()}:{asked.pk}"


def _exam(key: str) -> str:
    """What an exam is called, "" standing for all of them."""
    if not key:
        return _("every exam")
    titles = ExamVersion.objects.newest().filter(key=key).values_list("title", flat=True)
    return titles.first() or key
