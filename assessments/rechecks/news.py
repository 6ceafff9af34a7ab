"""Notices about rechecks: to administrators that somebody asks, to the marker, to the candidate what came of it.

No notice to staff says whose paper it is.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from assessments.models import Recheck
from people.models import Person
from people.notices import send_notice, settle_notices
from people.scope import administrators_of


def ask_administrators(recheck: Recheck, *, now: datetime) -> None:
    """Tell every administrator who may decide."""
    with translation.override(settings.LANGUAGE_CODE):
        title = _("Somebody asks for a recheck: %(exam)s") % {"exam": _exam(recheck)}
        for person in administrators_of(recheck.attempt.person, at=now):
            _tell(person, title, "", _page(recheck), f"{_matter(recheck)}:{person.pk}", now)


def ask_marker(recheck: Recheck, *, now: datetime) -> None:
    """What waited for administrators is done; the marker is asked now."""
    settle_notices(source_key=_matter(recheck), now=now)
    assert recheck.marker is not None  # noqa: S101 -- granted with one
    with translation.override(settings.LANGUAGE_CODE):
        title = _("A paper waits for your recheck: %(exam)s") % {"exam": _exam(recheck)}
        body = _("Others marked it. Look at every answer and keep its marks or give new ones.")
        key = f"{_work(recheck)}:{recheck.marker_id}"
        _tell(recheck.marker, title, body, _page(recheck), key, now)


def release_marker(recheck: Recheck, *, now: datetime) -> None:
    """Whoever was asked to recheck it has nothing left to do there."""
    settle_notices(source_key=_work(recheck), now=now)


def tell_granted(recheck: Recheck, *, now: datetime) -> None:
    """Tell the candidate that somebody looks at it."""
    with translation.override(settings.LANGUAGE_CODE):
        title = _("Your paper is being rechecked: %(exam)s") % {"exam": _exam(recheck)}
        _tell_candidate(recheck, title, _("Another marker looks at every answer. You get a notice."), now)


def tell_refused(recheck: Recheck, *, now: datetime) -> None:
    """Tell the candidate that there is no recheck, and what was said to it."""
    settle_notices(source_key=_matter(recheck), now=now)
    with translation.override(settings.LANGUAGE_CODE):
        title = _("There will be no recheck: %(exam)s") % {"exam": _exam(recheck)}
        _tell_candidate(recheck, title, _("The result page says why."), now)


def tell_settled(recheck: Recheck, *, changed: bool, now: datetime) -> None:
    """Tell the candidate what came of it; the points themselves are in the notice of the new result."""
    release_marker(recheck, now=now)
    with translation.override(settings.LANGUAGE_CODE):
        title = _("Your recheck is done: %(exam)s") % {"exam": _exam(recheck)}
        body = _("The result has changed.") if changed else _("The result stays as it is.")
        _tell_candidate(recheck, title, body, now)


def _tell_candidate(recheck: Recheck, title: str, body: str, now: datetime) -> None:
    url = reverse("assessments:recheck_own", args=[recheck.attempt_id])
    key = f"recheck-said:{recheck.pk}:{recheck.status}"
    _tell(recheck.attempt.person, title, body, url, key, now)


def _tell(recipient: Person, title: str, body: str, url: str, key: str, now: datetime) -> None:
    send_notice(recipient=recipient, title=title, body=body, url=url, source_key=key, now=now)


def _exam(recheck: Recheck) -> str:
    return str(recheck.attempt.exam_version.title)


def _page(recheck: Recheck) -> str:
    return reverse("assessments:recheck", args=[recheck.pk])


def _matter(recheck: Recheck) -> str:
    return f"recheck:{recheck.pk}"


def _work(recheck: Recheck) -> str:
    return f"recheck-work:{recheck.pk}"
