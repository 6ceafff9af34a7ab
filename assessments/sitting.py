"""What the sitting pages show: one question, the navigator, the clock. The key is never read here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.translation import gettext as _

from assessments.items.checking import as_text
from assessments.models import Answer, Attempt
from assessments.presenting import PresentedItem, files_address, present_item
from assessments.tokens import attempt_token
from assessments.wording import from_data


class UnknownSlot(LookupError):
    """The paper has no such place."""


@dataclass(frozen=True)
class SlotState:
    """One square of the navigator; `label` says in words what its colours say."""

    slot: int
    answered: bool
    flagged: bool
    label: str


@dataclass(frozen=True)
class Overview:
    """The whole paper at a glance. `sequence` is the highest any save has used; `seconds` are left to the deadline."""

    slots: tuple[SlotState, ...]
    sequence: int
    seconds: int

    @property
    def answered(self) -> int:
        return sum(each.answered for each in self.slots)

    @property
    def unanswered(self) -> tuple[SlotState, ...]:
        return tuple(each for each in self.slots if not each.answered)

    @property
    def flagged(self) -> tuple[SlotState, ...]:
        return tuple(each for each in self.slots if each.flagged)

    @property
    def clock(self) -> str:
        """42:17, as the page's clock starts before JavaScript takes over."""
        return f"{self.seconds // 60:02d}:{self.seconds % 60:02d}"

    @property
    def is_low(self) -> bool:
        """The last five minutes."""
        return self.seconds <= 300


@dataclass(frozen=True)
class Sitting:
    """One question of an open attempt, ready to be drawn."""

    slot: int
    item: PresentedItem
    points_text: str
    rule_note: str
    flagged: bool
    saved_at: datetime | None
    overview: Overview
    token: str

    @property
    def total(self) -> int:
        return len(self.overview.slots)

    @property
    def previous(self) -> int | None:
        return self.slot - 1 if self.slot > 1 else None

    @property
    def next(self) -> int | None:
        return self.slot + 1 if self.slot < self.total else None

    @property
    def next_sequence(self) -> int:
        """The number the plain form saves with."""
        return self.overview.sequence + 1


def read_overview(attempt: Attempt, *, now: datetime) -> Overview:
    """One query."""
    rows = list(
        attempt.answers.order_by("slot").values_list(
            "slot", "flagged", "sequence", ExpressionWrapper(Q(response__isnull=False), BooleanField())
        )
    )
    left = attempt.deadline_at - now
    return Overview(
        slots=tuple(_slot_state(slot, answered, flagged) for slot, flagged, _sequence, answered in rows),
        sequence=max((sequence for _slot, _flagged, sequence, _answered in rows), default=0),
        seconds=max(0, int(left.total_seconds())),
    )


def read_sitting(attempt: Attempt, slot: str | None, *, now: datetime, raw: Any = None) -> Sitting:
    """The question in this slot, or the first unanswered one; `raw` shows a refused answer in place of the stored.

    Raises UnknownSlot. Two queries, and one where the question shows pictures.
    """
    overview = read_overview(attempt, now=now)
    number = _slot_number(slot, overview)
    answer = (
        Answer.objects.filter(attempt=attempt, slot=number)
        .select_related("item__question_version")
        .defer("item__question_version__answer", "item__question_version__explanation")
        .get()
    )
    response = answer.response if raw is None else raw
    return Sitting(
        slot=number,
        item=present_item(
            answer.item.question_version,
            order=answer.order,
            response=response,
            files_at=files_address(attempt.pk, number),
        ),
        points_text=as_text(answer.item.points),
        rule_note=from_data(answer.item.rule),
        flagged=answer.flagged,
        saved_at=answer.saved_at,
        overview=overview,
        token=attempt_token(attempt),
    )


def _slot_number(slot: str | None, overview: Overview) -> int:
    if slot is None:
        return next((each.slot for each in overview.slots if not each.answered), 1)
    if not slot.isdecimal() or not 1 <= int(slot) <= len(overview.slots):
        raise UnknownSlot(slot)
    return int(slot)


def _slot_state(slot: int, answered: bool, flagged: bool) -> SlotState:
    parts = [_("Question %(slot)s") % {"slot": slot}, _("answered") if answered else _("not answered")]
    if flagged:
        parts.append(_("flagged"))
    return SlotState(slot, answered, flagged, _(", ").join(parts))
