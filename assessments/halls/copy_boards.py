"""What the pages about paper show: who has a paper in a room, which papers wait, one paper as a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.bank.media import sizes_for
from assessments.halls.copies import papers_of, sat_on_a_screen
from assessments.halls.keying import BLIND, Progress
from assessments.halls.readings import Run, compared
from assessments.items import item_type
from assessments.items.types.file_upload import FileUpload
from assessments.models import ExamRoom, Keying, PaperCopy, Seat
from assessments.papers import Place
from assessments.presenting import PresentedItem, present_item
from people.accounts import names_of
from people.models import Person

FIRST, SECOND, OWN = "1", "2", "own"


@dataclass(frozen=True)
class SeatLine:
    """A seat of a room and its paper; `copy` is None before it was printed."""

    seat: Seat
    name: str
    copy: PaperCopy | None
    sat: bool


@dataclass(frozen=True)
class Part:
    """A part of an answer in two readings, in pieces that are marked where they differ."""

    label: str
    first: tuple[Run, ...]
    second: tuple[Run, ...]


@dataclass(frozen=True)
class KeyedQuestion:
    """A question to be typed in. `parts` are the two readings to settle; `choice`, `blank` and `problem` are those of a
    refused post."""

    slot: int
    item: PresentedItem
    takes_file: bool
    parts: tuple[Part, ...]
    blank: bool
    choice: str
    problem: str


def seat_lines(room: ExamRoom) -> tuple[SeatLine, ...]:
    """The room seat by seat. Two queries."""
    seats = room.seats.select_related("paper_copy").annotate(sat=sat_on_a_screen()).order_by("number")
    found = list(seats.select_related("paper_copy__exam_version").defer("paper_copy__exam_version__document"))
    names = names_of({seat.person_id for seat in found})
    return tuple(
        SeatLine(seat, names.get(seat.person_id, ""), getattr(seat, "paper_copy", None), seat.sat)
        for seat in found
    )


def waiting_copies(copies: QuerySet[PaperCopy], *, viewer: Person, now: datetime) -> QuerySet[PaperCopy]:
    """Those of the copies that are not typed in and whose exam has begun, with `readings`, `mine`; lazy.

    Not those that lay ready for somebody who sits or sat on a screen: nothing of them is ever typed in.
    """
    mine = Keying.objects.filter(copy=OuterRef("pk"), keyed_by=viewer)
    on_a_screen = Seat.objects.filter(sat_on_a_screen(), pk=OuterRef("seat"))
    return (
        copies.filter(~Exists(on_a_screen), attempt=None, seat__session__opens_at__lte=now)
        .annotate(readings=Count("keyings"), mine=Exists(mine))
        .select_related("seat__room__session", "exam_version")
        .defer("exam_version__document")
        .order_by("-seat__session__opens_at", "seat__room__name", "seat__number")
    )


def state_of(copy: Any, *, now: datetime) -> tuple[str, str]:
    """State and words for components/chip.html, of a copy from `waiting_copies`.

    While the exam runs, a paper that nobody read only lies ready; whether it is used shows when it is over.
    """
    if copy.mine:
        words = _("Waits for a third person") if copy.readings >= BLIND else _("Waits for somebody else")
        return "doing", words
    if copy.readings >= BLIND:
        return "due", _("Two readings differ")
    if copy.readings:
        return "doing", _("Typed in once")
    if now < copy.seat.room.session.closes_at:
        return "plain", _("Printed; the exam is still on")
    return "open", _("Not typed in yet")


def keyed_questions(
    copy: PaperCopy,
    progress: Progress,
    *,
    answers: Mapping[int, Any] | None = None,
    choices: Mapping[int, str] | None = None,
    problems: Mapping[int, str] | None = None,
) -> tuple[KeyedQuestion, ...]:
    """The questions that this reading is about, with what was posted and refused. One query, one more for pictures."""
    places = papers_of([copy])[copy.pk]
    if progress.is_settling:
        places = tuple(place for place in places if place.slot in progress.open_slots)
    sizes = sizes_for([place.item.question_version.body for place in places])
    answers, choices, problems = answers or {}, choices or {}, problems or {}
    return tuple(
        KeyedQuestion(
            slot=place.slot,
            item=present_item(
                place.item.question_version,
                order=place.order,
                response=answers.get(place.slot),
                name=f"q{place.slot}",
                sizes=sizes,
            ),
            takes_file=place.item.question_version.type == FileUpload.code,
            parts=_parts(place, progress.readings) if progress.is_settling else (),
            blank=choices.get(place.slot) == "",
            choice=choices.get(place.slot, ""),
            problem=problems.get(place.slot, ""),
        )
        for place in places
    )


def told(copy: PaperCopy, progress: Progress) -> str:
    """What happened with the reading that was just stored."""
    if copy.attempt_id:
        return _("Typed in. The paper is a sitting now, and its candidate has been told.")
    if progress.round == BLIND:
        return _("Stored. Somebody else types the same paper in without seeing your reading.")
    open_ = len(progress.open_slots)
    return ngettext(
        "Stored. %(count)s question was read differently; a third person settles it.",
        "Stored. %(count)s questions were read differently; a third person settles them.",
        open_,
    ) % {"count": open_}


def _parts(place: Place, readings: Sequence[Keying]) -> tuple[Part, ...]:
    """What two people read, by part where the answer was written, else in words."""
    version = place.item.question_version
    kind, slot = item_type(version.type), str(place.slot)
    first, second = readings[0].responses.get(slot), readings[1].responses.get(slot)
    texts = [kind.form(version.body, place.order, each, "").boxes for each in (first, second)]
    if texts[0]:
        return tuple(
            Part(mine.label, *compared(mine.text, theirs.text)) for mine, theirs in zip(*texts, strict=True)
        )
    words = [kind.in_words(version.body, place.order, each) for each in (first, second)]
    return (Part("", *(((Run(each, False),) if each else ()) for each in words)),)
