"""What waits for an administrator: arrangements and certificates of the people they oversee, the oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.entry import news
from assessments.entry.accommodations import accommodations_overseen_by
from assessments.entry.exemptions import exemptions_overseen_by
from assessments.models import Accommodation, ExamVersion, Exemption, RequestStatus
from people.accounts import names_of
from people.models import Person

RECENT = 30
CHIPS = {
    RequestStatus.REQUESTED: "due",
    RequestStatus.GRANTED: "done",
    RequestStatus.REFUSED: "plain",
    RequestStatus.ENDED: "plain",
}


@dataclass(frozen=True)
class Request:
    """One line: who asks for what in which exam. `chip` and `state_text` fit components/chip.html."""

    name: str
    exam_title: str
    what: str
    requested_at: datetime
    chip: str
    state_text: str
    url: str


@dataclass(frozen=True)
class Requests:
    """Those that wait, and what was decided lately."""

    waiting: tuple[Request, ...]
    decided: tuple[Request, ...]


def requests_for(overseer: Person, *, at: datetime) -> Requests:
    """What this administrator may decide about. Four queries at most."""
    rows: list[Accommodation | Exemption] = [
        *accommodations_overseen_by(overseer, at=at).order_by("-requested_at")[: 10 * RECENT],
        *exemptions_overseen_by(overseer, at=at).order_by("-requested_at")[: 10 * RECENT],
    ]
    titles = titles_of({row.exam_key for row in rows})
    names = names_of({row.person_id for row in rows})
    waiting = [row for row in rows if row.status == RequestStatus.REQUESTED]
    decided = [row for row in rows if row.status != RequestStatus.REQUESTED]
    decided.sort(key=lambda row: row.decided_at or row.requested_at, reverse=True)
    return Requests(
        tuple(_line(row, names, titles) for row in sorted(waiting, key=lambda row: row.requested_at)),
        tuple(_line(row, names, titles) for row in decided[:RECENT]),
    )


def count_waiting(overseer: Person, *, at: datetime) -> int:
    """How many wait for this administrator. One query."""
    asked = RequestStatus.REQUESTED
    arrangements = accommodations_overseen_by(overseer, at=at).filter(status=asked).values("person")
    exemptions = exemptions_overseen_by(overseer, at=at).filter(status=asked).values("person")
    return arrangements.union(exemptions, all=True).count()


def titles_of(keys: set[str]) -> dict[str, str]:
    """What exams are called, by key; "" stands for all of them. One query."""
    titles = dict(ExamVersion.objects.newest().filter(key__in=keys).values_list("key", "title"))
    return {**titles, "": _("every exam")}


def _line(row: Accommodation | Exemption, names: dict[UUID, str], titles: dict[str, str]) -> Request:
    is_exemption = isinstance(row, Exemption)
    where = "assessments:exemption" if is_exemption else "assessments:accommodation"
    status = RequestStatus(row.status)
    return Request(
        name=names.get(row.person_id, ""),
        exam_title=titles.get(row.exam_key, row.exam_key),
        what=_("Exemption: %(certificate)s") % {"certificate": row.certificate_title}
        if isinstance(row, Exemption)
        else _("Arrangement: %(what)s") % {"what": news.given(row) or _("something else")},
        requested_at=row.requested_at,
        chip=CHIPS[status],
        state_text=str(status.label),
        url=reverse(where, args=[row.pk]),
    )
