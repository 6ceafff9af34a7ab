"""What a marker has before them: one script with its rubric, where it stands among those in hand, and why it may be
closed. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.forms import BoundField
from django.urls import reverse

from assessments.forms import PREFIX, MarkForm
from assessments.items.checking import as_text
from assessments.items.forms import Box
from assessments.marking.given import rules_of
from assessments.marking.scripts import Closed, Script, closed_because
from assessments.marking.settling import Given, Round, newest_by_round
from assessments.marking.words import round_name
from assessments.models import Answer, ExamItem, MarkingLease
from assessments.presenting import PresentedItem, files_address, present_item

WHOLE = Box("whole", "", "", "")  # the one part of an answer that is not written: of files


@dataclass(frozen=True)
class CriterionLine:
    """A criterion with its field, what the earlier rounds gave it, and what this marker gave it already."""

    field: BoundField
    most: str
    both: tuple[tuple[str, str], ...]
    own: str


@dataclass(frozen=True)
class PartLines:
    """A part of an answer, and the criteria that judge it."""

    label: str
    text: str
    length: int
    limit: int | None
    criteria: tuple[CriterionLine, ...]


@dataclass(frozen=True)
class Rival:
    """A mark that an adjudicator decides between, without a name."""

    words: str
    points: str
    penalty: str
    comment: str


@dataclass(frozen=True)
class Own:
    """What this marker gave the script."""

    points: str
    penalty: str
    comment: str


@dataclass(frozen=True)
class Desk:
    """The page of one script."""

    script: Script
    shown: PresentedItem
    parts: tuple[PartLines, ...]
    rivals: tuple[Rival, ...]
    hand: tuple[MarkingLease, ...]
    total: str
    full: str

    @property
    def answer(self) -> Answer:
        return self.script.answer

    @property
    def item(self) -> ExamItem:
        return self.answer.item

    @property
    def is_open(self) -> bool:
        return not self.script.closed

    @property
    def closed(self) -> Closed | None:
        return closed_because(self.script.closed) if self.script.closed else None

    @property
    def shows_answer(self) -> bool:
        """Not the script of somebody else's hand: who looks at it should be going to mark it."""
        return self.is_open or self.script.mine is not None

    @property
    def exam_title(self) -> str:
        return self.answer.attempt.exam_version.title

    @property
    def round_words(self) -> str:
        """Named where there is more than one."""
        is_double = rules_of(self.answer.attempt).double
        return round_name(self.script.round) if self.script.round and is_double else ""

    @property
    def sample(self) -> str:
        return str(self.item.question_version.answer.get("sample", ""))

    @property
    def explanation(self) -> str:
        return self.item.question_version.explanation

    @property
    def own(self) -> Own | None:
        mine = self.script.mine
        if mine is None:
            return None
        penalty = mine.penalty if Decimal(mine.penalty) else ""
        return Own(as_text(mine.points), penalty, mine.comment)

    @property
    def place(self) -> int:
        """1 for the first in hand, 0 where this one is not."""
        ids = [lease.answer_id for lease in self.hand]
        return ids.index(self.answer.pk) + 1 if self.answer.pk in ids else 0

    @property
    def previous_url(self) -> str:
        return script_url(self.hand[self.place - 2]) if self.place > 1 else ""

    @property
    def next_url(self) -> str:
        """The next in hand; behind the last one, and from a script that is not in hand, the first; "" where there is no
        other."""
        others = [lease for lease in self.hand if lease.answer_id != self.answer.pk]
        if not others:
            return ""
        return script_url(self.hand[self.place % len(self.hand)])


def script_url(lease: MarkingLease) -> str:
    """The page of a script in hand. The lease comes with its answer."""
    return reverse("assessments:mark", args=[lease.answer.attempt_id, lease.answer.slot])


def lay_out(script: Script, form: MarkForm, hand: Sequence[MarkingLease]) -> Desk:
    """The script with its parts beside their criteria."""
    answer = script.answer
    version = answer.item.question_version
    shown = present_item(
        version,
        order=answer.order,
        response=answer.response,
        disabled=True,
        files_at=files_address(answer.attempt_id, answer.slot),
    )
    most = {each["id"]: as_text(Decimal(str(each["max"]))) for each in version.answer["criteria"]}
    rivals = _rivals(script)
    parts = tuple(
        PartLines(
            box.label,
            box.text,
            box.length,
            box.limit,
            tuple(_criteria(form.criteria_of(box.id), most, rivals, script.mine)),
        )
        for box in shown.form.boxes or (WHOLE,)
    )
    full = as_text(sum((Decimal(each) for each in most.values()), Decimal(0)))
    told = tuple(Rival(words, as_text(mark.points), _taken(mark), mark.comment) for words, mark in rivals)
    return Desk(script, shown, parts, told, tuple(hand), _total(form, script), full)


def _rivals(script: Script) -> list[tuple[str, Given]]:
    if script.round != Round.THIRD:
        return []
    newest = newest_by_round(script.given)
    return [(round_name(each), newest[each]) for each in (Round.FIRST, Round.SECOND) if each in newest]


def _criteria(
    fields: Sequence[BoundField],
    most: dict[str, str],
    rivals: Sequence[tuple[str, Given]],
    mine: Given | None,
) -> Iterator[CriterionLine]:
    for field in fields:
        each = field.name.removeprefix(PREFIX)
        both = tuple((words, mark.marks.get(each, "–")) for words, mark in rivals)
        yield CriterionLine(field, most[each], both, mine.marks.get(each, "") if mine else "")


def _taken(mark: Given) -> str:
    return mark.penalty if Decimal(mark.penalty) else ""


def _total(form: MarkForm, script: Script) -> str:
    """What stands in the form now, for those without JavaScript."""
    numbers = [_number(form[name].value()) for name in form.fields if name.startswith(PREFIX)]
    return as_text(max(sum(numbers, Decimal(0)) - _number(form["penalty"].value()), Decimal(0)))


def _number(value: Any) -> Decimal:
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return Decimal(0)
    return number if number.is_finite() else Decimal(0)
