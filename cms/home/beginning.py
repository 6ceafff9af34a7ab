"""A site on its first day: what has to be there before anybody can earn a certificate, and who brings it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.models import ExamVersion, SchemeVersion
from courses.models import CourseVersion
from mentoring.models import Pairing
from people.models import Account, Membership


@dataclass(frozen=True)
class Beginning:
    """The first steps of a site, in the shape components/timeline.html takes: `state` "done" or ""."""

    steps: Sequence[dict[str, str | Promise]]


FIRST_STEPS: tuple[tuple[str, str | Promise, str | Promise], ...] = (
    ("people", _("Organisations and people"), _("Whoever runs the installation imports the roster.")),
    ("course", _("A course"), _("An author writes lessons under “Content” and releases them.")),
    ("exam", _("An exam"), _("Questions go into the bank; an exam picks from them and is released.")),
    ("scheme", _("A scheme"), _("It says which courses, exams and endorsements earn a certificate.")),
    ("pairing", _("A pairing"), _("Mentor, mentee and unit sign; the agreement is entered.")),
)


def beginning_of() -> Beginning | None:
    """What is there already and what is not; None once everything is. One query."""
    there = Account.objects.order_by("pk").annotate(**_exists()).values(*_exists()).first() or {}
    if all(there.get(key) for key, _title, _text in FIRST_STEPS):
        return None
    return Beginning(
        [
            {"title": title, "text": text, "state": "done" if there.get(key) else ""}
            for key, title, text in FIRST_STEPS
        ]
    )


def _exists() -> dict[str, Exists]:
    return {
        "people": Exists(Membership.objects.filter(person__roles=None)),
        "course": Exists(CourseVersion.objects.all()),
        "exam": Exists(ExamVersion.objects.held()),
        "scheme": Exists(SchemeVersion.objects.all()),
        "pairing": Exists(Pairing.objects.all()),
    }
