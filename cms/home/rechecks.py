"""成绩复核 on a staff home: requests to decide about, and papers that wait for their other marker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.rechecks.reach import count_to_decide, count_to_settle
from cms.home.rows import Group, Row
from people.models import Person, Role


def rechecks(person: Person, roles: frozenset[str], *, at: datetime) -> Group:
    """What waits, a line for each of the two kinds. One query a role."""
    return Group(
        gettext_lazy("Rechecks"),
        gettext_lazy("When a candidate asks to have the marks of a paper looked at again, it appears here."),
        tuple(_rows(person, roles, at)),
    )


def _rows(person: Person, roles: frozenset[str], at: datetime) -> Iterator[Row]:
    url = reverse("assessments:rechecks")
    if Role.ADMINISTRATOR in roles and (count := count_to_decide(person, at=at)):
        number = ngettext("%(count)s request", "%(count)s requests", count) % {"count": count}
        note = _("Say who looks at the paper again, or why nobody does.")
        yield Row(_("Requests for a recheck"), note, url, _("Decide on them"), number)
    if Role.EXAMINER in roles and (count := count_to_settle(person, at=at)):
        number = ngettext("%(count)d paper", "%(count)d papers", count) % {"count": count}
        note = _("Others marked them: keep the marks of each answer, or give new ones.")
        yield Row(_("Papers to recheck"), note, url, _("Look at them again"), number)
