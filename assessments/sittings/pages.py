"""What the sitting pages show: one question, the navigator, the clock. The key is never read here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils.translation import gettext as _

from assessments.bank.media import Size, sizes_for
from assessments.items import ITEM_TYPES, item_type
from assessments.items.checking import as_text
from assessments.models import Answer, Attempt
from assessments.presenting import PresentedItem, files_address, present_item
from assessments.sittings.checked import Told, read_told
from assessments.wording import from_data


class UnknownSlot(LookupError):
    """The paper has no such place."""


@dataclass(frozen=True)
class SlotState:
    """One square of the navigator; `label` says in words what its colours say, `begins` which section begins here."""

    slot: int
    answered: bool
    flagged: bool
    label: str
    begins: str = ""


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
class Question:
    """One question of an open attempt, ready to be drawn. One that was `checked` no longer changes: `told` is what came
    of it. `may_check`: the candidate could ask for its mark, where the exam tells it after each question."""

    slot: int
    total: int
    section: str
    item: PresentedItem
    points_text: str
    rule_note: str
    answered: bool
    flagged: bool
    saved_at: datetime | None
    sequence: int
    checked: bool
    may_check: bool
    told: Told | None

    @property
    def previous(self) -> int | None:
        return self.slot - 1 if self.slot > 1 else None

    @property
    def next(self) -> int | None:
        return self.slot + 1 if self.slot < self.total else None


@dataclass(frozen=True)
class Sitting(Question):
    """The question that a window opens at, and what stands around it."""

    overview: Overview

    @property
    def next_sequence(self) -> int:
        """The number the plain form saves with."""
        return self.overview.sequence + 1


def read_overview(attempt: Attempt, *, now: datetime) -> Overview:
    """One query, for an attempt with its exam."""
    given = ExpressionWrapper(Q(response__isnull=False), BooleanField())
    rows = list(
        attempt.answers.order_by("slot").values_list("slot", "flagged", "sequence", "item__section", given)
    )
    slots, before = [], 0
    for slot, flagged, _sequence, section, answered in rows:
        begins = section_title(attempt, section) if section != before else ""
        slots.append(_slot_state(slot, answered, flagged, begins))
        before = section
    return Overview(
        slots=tuple(slots),
        sequence=max((sequence for _slot, _flagged, sequence, *_rest in rows), default=0),
        seconds=max(0, int((attempt.deadline_at - now).total_seconds())),
    )


def read_overlong(attempt: Attempt, overview: Overview) -> tuple[SlotState, ...]:
    """The places whose text goes over its question's limit: nothing is refused for it, but its writer is told. One
    query."""
    by_hand = [code for code, kind in ITEM_TYPES.items() if kind.marked_by_person]
    question = "item__question_version"
    written = attempt.answers.filter(response__isnull=False, **{f"{question}__type__in": by_hand})
    rows = written.values_list("slot", f"{question}__type", f"{question}__body", "order", "response")
    over = {slot for slot, type, *asked in rows if _is_over(type, *asked)}
    return tuple(each for each in overview.slots if each.slot in over)


def _is_over(type: str, body: Any, order: Any, response: Any) -> bool:
    return any(box.over for box in item_type(type).form(body, order, response, "answer").boxes)


def section_title(attempt: Attempt, section: int) -> str:
    """What the exam calls this section; "" where it has none."""
    sections = attempt.exam_version.document.get("sections")
    return str(sections[section - 1]["title"]) if sections else ""


def read_sitting(attempt: Attempt, slot: str | None, *, now: datetime, raw: Any = None) -> Sitting:
    """The question in this slot, or the first unanswered one; `raw` shows a refused answer in place of the stored.

    Raises UnknownSlot. Two queries, one where the question shows pictures, and one where answers can be checked.
    """
    overview = read_overview(attempt, now=now)
    number = _slot_number(slot, overview)
    answer = _answers(attempt).get(slot=number)
    told = read_told(attempt, number).get(number)
    section = section_title(attempt, answer.item.section)
    return Sitting(**_question(answer, len(overview.slots), section, raw=raw, told=told), overview=overview)


def read_paper(attempt: Attempt) -> tuple[Question, ...]:
    """Every question of the paper, so that a window can turn its pages without a network. Two queries, and one where
    answers can be checked."""
    answers = list(_answers(attempt).order_by("slot"))
    sizes = sizes_for(answer.item.question_version.body for answer in answers)
    told = read_told(attempt)
    return tuple(
        Question(
            **_question(
                answer,
                len(answers),
                section_title(attempt, answer.item.section),
                sizes=sizes,
                told=told.get(answer.slot),
            )
        )
        for answer in answers
    )


def _answers(attempt: Attempt) -> QuerySet[Answer]:
    """The places of the paper with their questions, without the keys."""
    answers = Answer.objects.filter(attempt=attempt).select_related("item__question_version")
    return answers.defer("item__question_version__answer", "item__question_version__explanation")


def _question(
    answer: Answer,
    total: int,
    section: str,
    *,
    raw: Any = None,
    sizes: Mapping[str, Size] | None = None,
    told: Told | None = None,
) -> dict[str, Any]:
    """The fields of a Question."""
    checked = answer.checked_at is not None
    by_person = item_type(answer.item.question_version.type).marked_by_person
    return {
        "slot": answer.slot,
        "total": total,
        "section": section,
        "item": present_item(
            answer.item.question_version,
            order=answer.order,
            response=answer.response if raw is None else raw,
            disabled=checked,
            sizes=sizes,
            files_at=files_address(answer.attempt_id, answer.slot),
        ),
        "points_text": as_text(answer.item.points),
        "rule_note": from_data(answer.item.rule),
        "answered": answer.response is not None,
        "flagged": answer.flagged,
        "saved_at": answer.saved_at,
        "sequence": answer.sequence,
        "checked": checked,
        "may_check": not checked and not by_person,
        "told": told,
    }


def _slot_number(slot: str | None, overview: Overview) -> int:
    if slot is None:
        return next((each.slot for each in overview.slots if not each.answered), 1)
    if not slot.isdecimal() or not 1 <= int(slot) <= len(overview.slots):
        raise UnknownSlot(slot)
    return int(slot)


def _slot_state(slot: int, answered: bool, flagged: bool, begins: str) -> SlotState:
    parts = [_("Question %(slot)s") % {"slot": slot}, _("answered") if answered else _("not answered")]
    if flagged:
        parts.append(_("flagged"))
    return SlotState(slot, answered, flagged, _(", ").join(parts), begins)
