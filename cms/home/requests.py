"""What people ask for before an exam: arrangements, and certificates in place of one."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.entry.requests import count_waiting
from cms.home.rows import Group, Row
from people.models import Person


def requests(person: Person, *, at: datetime) -> Group:
    """What waits for an administrator, as one line. One query."""
    count = count_waiting(person, at=at)
    number = ngettext("%(count)s request", "%(count)s requests", count) % {"count": count}
    row = Row(
        _("Requests before an exam"),
        _("More time, another attempt, or a certificate in place of the exam."),
        reverse("assessments:requests"),
        _("Decide on them"),
        number,
    )
    return Group(
        gettext_lazy("Arrangements and exemptions"),
        gettext_lazy(
            "When somebody asks for more time in an exam or hands in a certificate, it appears here."
        ),
        (row,) if count else (),
    )
