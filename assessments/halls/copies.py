"""Papers on paper: who gets one, and which questions it has.

A copy is registered before it is printed: its seed and version give the same paper whenever it is printed or typed in.
Papers may lie ready before anybody knows whether they are needed; nobody gets one who sits the exam on a screen.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from assessments.attempts import fresh_paper
from assessments.exams.releasing import newest_release
from assessments.halls.watching import rooms_overseen_by
from assessments.models import Attempt, AttemptStatus, ExamItem, ExamRoom, ExamVersion, PaperCopy, Seat
from assessments.papers import Place, lay_out
from core import audit
from core.errors import NotAllowed, Refusal
from people.models import Person, Role, ScopeGrant
from people.scope import people_overseen_by


@dataclass(frozen=True)
class Registered:
    """What may be printed, in the order of the seats, and the seats that get nothing, each with the reason."""

    copies: tuple[PaperCopy, ...]
    refused: tuple[tuple[Seat, str], ...]


def register_copies(
    *, room: ExamRoom, by: Person, now: datetime, seats: Iterable[UUID] | None = None
) -> Registered:
    """Register a paper for these seats of the room, or for all of them; one that is there stays as it is.

    Raises NotAllowed unless `by` oversees the room, and Refusal where the exam has no release.
    """
    if not rooms_overseen_by(by, at=now).filter(pk=room.pk).exists():
        raise NotAllowed(_("Only whoever watches over this room or administers it may print its papers."))
    version = newest_release(room.session.exam_key)
    if version is None:
        raise Refusal(
            _("This exam has not been released yet: there is no paper to print."), code="not_released"
        )
    with transaction.atomic():
        found = _locked(room, seats)
        refused = _refused(found, by)
        refused_ids = {seat.pk for seat, _reason in refused}
        copies = tuple(_copy(seat, version, by, now) for seat in found if seat.pk not in refused_ids)
    return Registered(copies, refused)


def copies_within_reach(person: Person, *, at: datetime) -> QuerySet[PaperCopy]:
    """The papers this person may type in, as one lazy query; never one's own.

    Those of the rooms one oversees; an examiner those of the people examined in that part of the tree, without whom
    the examiner accompanies, as in marking.
    """
    rooms = rooms_overseen_by(person, at=at).values("pk")
    examined = people_overseen_by(person, roles=[Role.EXAMINER], at=at).values("pk")
    accompanied = ScopeGrant.objects.active(at=at).filter(viewer=person).values("subject")
    as_examiner = Q(seat__person__in=examined) & ~Q(seat__person__in=accompanied)
    reached = PaperCopy.objects.filter(Q(seat__room__in=rooms) | as_examiner)
    return reached.exclude(seat__person=person)


def papers_of(copies: Iterable[PaperCopy]) -> dict[int, tuple[Place, ...]]:
    """The places of each paper by the copy's id, without the questions' keys. One query for each release."""
    pinned: dict[int, list[ExamItem]] = {}
    found = {}
    for copy in copies:
        version = copy.exam_version
        if version.pk not in pinned:
            pinned[version.pk] = _pinned(version)
        found[copy.pk] = lay_out(version, seed=copy.seed, items=pinned[version.pk])
    return found


def sat_on_a_screen() -> Exists:
    """Whether whoever has a seat (the outer row) sits or sat this exam in its session otherwise than on this paper."""
    own = Attempt.objects.filter(person=OuterRef("person"), exam_key=OuterRef("session__exam_key"))
    in_session = Q(
        started_at__gte=OuterRef("session__opens_at"), started_at__lte=OuterRef("session__closes_at")
    )
    here = Q(seat=OuterRef("pk")) | Q(status=AttemptStatus.OPEN) | in_session
    return Exists(own.filter(here, paper_copy=None))


def refuse_paper() -> str:
    """Why somebody with a sitting gets no paper, and what to do."""
    return _(
        "This candidate sits or sat this exam on a screen, and those answers count. Seat them at another device; "
        "minutes that were lost can be added in the room."
    )


def _pinned(version: ExamVersion) -> list[ExamItem]:
    items = version.items.select_related("question_version")
    return list(items.defer("question_version__answer", "question_version__explanation"))


def _locked(room: ExamRoom, seats: Iterable[UUID] | None) -> Sequence[Seat]:
    """The seats under lock, then what there is to know about them: what a statement that waited for a lock joins in
    may be older than the lock."""
    wanted = Seat.objects.filter(room=room).select_for_update().order_by("number")
    if seats is not None:
        wanted = wanted.filter(pk__in=list(seats))
    locked = list(wanted.values_list("pk", flat=True))
    found = Seat.objects.filter(pk__in=locked).order_by("number")
    found = found.select_related("paper_copy__exam_version", "session", "room")
    return list(found.annotate(sat=sat_on_a_screen()))


def _refused(seats: Sequence[Seat], by: Person) -> tuple[tuple[Seat, str], ...]:
    refused = []
    for seat in seats:
        if seat.person_id == by.pk:
            refused.append((seat, _("This is your own paper: somebody else has to print it.")))
        elif seat.sat:  # type: ignore[attr-defined]
            refused.append((seat, refuse_paper()))
    return tuple(refused)


def _copy(seat: Seat, version: ExamVersion, by: Person, now: datetime) -> PaperCopy:
    copy = getattr(seat, "paper_copy", None)
    first = copy is None
    if copy is None:
        copy = PaperCopy.objects.create(
            code=secrets.token_hex(16),
            seat=seat,
            exam_version=version,
            seed=fresh_paper(version)[0],
            printed_by=by,
            printed_at=now,
        )
    target = f"assessments.seat:{seat.pk}"
    audit.record(action="paper.printed", target=target, by=by, now=now, copy=copy.pk, again=not first)
    return copy
