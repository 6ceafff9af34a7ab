"""People of a batch, some at a time: by state, and by a part of their name or number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from certificates.batch_pages.board import BatchBoard
from certificates.boards import PersonLine, described
from certificates.leasing import BY_SEAT
from certificates.models import BatchRow, CertificateBatch, RowState

PER_PAGE = 50
# What somebody looks for, in the order in which the page offers it.
GROUPS: dict[str, tuple[Promise, tuple[RowState, ...]]] = {
    "": (_("Everybody"), tuple(RowState)),
    "waiting": (_("Waiting for the trial"), (RowState.PENDING,)),
    "aside": (_("Quarantined"), (RowState.QUARANTINED,)),
    "ready": (_("Ready to issue"), (RowState.READY,)),
    "printing": (_("Being printed"), (RowState.RESERVED, RowState.ISSUED)),
    "failed": (_("Printing failed"), (RowState.FAILED,)),
    "released": (_("Handed out"), (RowState.RELEASED,)),
    "voided": (_("Voided"), (RowState.VOIDED,)),
}
CHIPS = {
    RowState.PENDING: "open",
    RowState.QUARANTINED: "due",
    RowState.READY: "done",
    RowState.RESERVED: "doing",
    RowState.ISSUED: "doing",
    RowState.RELEASED: "done",
    RowState.FAILED: "missing",
    RowState.VOIDED: "plain",
}


@dataclass(frozen=True)
class Group:
    """One choice of the filter, and how many people it shows."""

    key: str
    title: Promise
    count: int


@dataclass(frozen=True)
class Roster:
    """One page of people, what was asked for, and what else may be."""

    lines: list[tuple[PersonLine, str]]
    page: Page[BatchRow]
    groups: list[Group]
    group: str
    asked: str


def roster(board: BatchBoard, query: QueryDict, *, now: datetime) -> Roster:
    """The people that the query string asks for. Four queries, whatever the size of the batch."""
    group = query.get("state", "")
    group = group if group in GROUPS else ""
    asked = query.get("q", "").strip()[:40]
    page = Paginator(_rows(board.batch, group, asked), PER_PAGE).get_page(query.get("page"))
    lines = [(line, CHIPS[RowState(line.row.state)]) for line in person_lines(page, now=now) if line.row]
    groups = [
        Group(key, title, sum(board.counts.get(state, 0) for state in states))
        for key, (title, states) in GROUPS.items()
    ]
    return Roster(
        lines, page, [each for each in groups if each.count or each.key in ("", group)], group, asked
    )


def person_lines(page: Page[BatchRow], *, now: datetime) -> list[PersonLine]:
    """Rows with who they are. Three queries."""
    rows = list(page.object_list)
    people = described([row.person_id for row in rows], now=now)
    return [
        PersonLine(*people.get(row.person_id, (row.person_id, "", "", "")), row.findings, row) for row in rows
    ]


def set_aside(batch: CertificateBatch, query: QueryDict) -> Page[BatchRow]:
    """Those in quarantine, some at a time. Two queries."""
    rows = batch.rows.filter(state=RowState.QUARANTINED).order_by("pk")
    return Paginator(rows, PER_PAGE).get_page(query.get("page"))


def _rows(batch: CertificateBatch, group: str, asked: str) -> QuerySet[BatchRow]:
    rows = batch.rows.select_related("certificate").order_by(*BY_SEAT)
    if group:
        rows = rows.filter(state__in=GROUPS[group][1])
    if asked:
        named = Q(person__account__name__icontains=asked) | Q(person__account__staff_number__icontains=asked)
        rows = rows.filter(named)
    return rows
