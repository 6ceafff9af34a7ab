"""What pages show of rechecks: the lists of those who act, the block on a result, the paper before its other marker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.bank.media import Size, sizes_for
from assessments.items import item_type
from assessments.items.checking import as_text
from assessments.marking.recording import candidate_name
from assessments.marking.settling import Standing
from assessments.models import Answer, Attempt, Recheck, RecheckStatus, Result
from assessments.presenting import PresentedItem, files_address, present_item
from assessments.rechecks.reach import rechecks_administered_by, rechecks_handed_to
from assessments.rechecks.settling import full_marks, marked_answers
from assessments.rechecks.terms import Period, has_marks_by_people, period_of
from assessments.results.rescoring import Reason
from assessments.results.scoring import items_by_slot
from people.accounts import names_of
from people.models import Person

RECENT = 30
CHIPS = {
    RecheckStatus.ASKED: "due",
    RecheckStatus.GRANTED: "doing",
    RecheckStatus.REFUSED: "plain",
    RecheckStatus.SETTLED: "done",
}


@dataclass(frozen=True)
class RecheckLine:
    """One request in a list. `chip` and `state_text` fit components/chip.html."""

    who: str
    exam_title: str
    asked_at: datetime
    chip: str
    state_text: str
    url: str


@dataclass(frozen=True)
class RecheckLists:
    """What waits for a decision, what waits for this marker, what others recheck now, and what is over."""

    to_decide: tuple[RecheckLine, ...]
    to_settle: tuple[RecheckLine, ...]
    under_way: tuple[RecheckLine, ...]
    over: tuple[RecheckLine, ...]


@dataclass(frozen=True)
class RecheckBlock:
    """What a candidate reads about a recheck beside the result: the one there is with what it changed, or how many days
    are left to ask; 0 on the last one."""

    recheck: Recheck | None
    chip: str = ""
    days_left: int = 0
    period: Period | None = None
    can_ask: bool = False
    changes: tuple[Change, ...] = ()

    @property
    def shows(self) -> bool:
        return self.recheck is not None or self.can_ask


@dataclass(frozen=True)
class Change:
    """What a recheck made of the marks of one question."""

    slot: int
    before: str
    after: str


@dataclass(frozen=True)
class CriterionMarks:
    """One criterion with what stands for it ("" where a file gave points alone)."""

    id: str
    text: str
    points: str
    max: str


@dataclass(frozen=True)
class JudgedAnswer:
    """An answer that people marked, as the other marker sees it: what stands, never who gave it."""

    answer: Answer
    item: PresentedItem
    standing: Standing
    points: str
    max: str
    criteria: tuple[CriterionMarks, ...]
    sample: str
    explanation: str
    response: str

    @property
    def slot(self) -> int:
        return self.answer.slot


@dataclass(frozen=True)
class SumLine:
    """One question in the check of the sum."""

    slot: int
    title: str
    points: str
    max: str
    by_people: bool


@dataclass(frozen=True)
class PaperToCheck:
    """A whole paper before its other marker. `adds_up`: the lines come to the points of the result."""

    judged: tuple[JudgedAnswer, ...]
    lines: tuple[SumLine, ...]
    result: Result
    adds_up: bool


def lists_for(person: Person, *, at: datetime) -> RecheckLists:
    """What this person may act on or see. Three queries."""
    administered = _rows(rechecks_administered_by(person, at=at), at)
    handed = _rows(rechecks_handed_to(person, at=at), at)
    own = {row.pk for row in handed}
    names = names_of({row.attempt.person_id for row in administered if row.pk not in own})
    others = [row for row in administered if row.pk not in own]
    over = [row for row in (*others, *handed) if row.status in (RecheckStatus.REFUSED, RecheckStatus.SETTLED)]
    over.sort(key=lambda row: row.settled_at or row.decided_at or row.asked_at, reverse=True)
    return RecheckLists(
        to_decide=_lines((row for row in others if row.status == RecheckStatus.ASKED), names),
        to_settle=_lines((row for row in handed if row.status == RecheckStatus.GRANTED), {}),
        under_way=_lines((row for row in others if row.status == RecheckStatus.GRANTED), names),
        over=_lines(over[:RECENT], names),
    )


def block_of(attempt: Attempt, result: Result, *, now: datetime) -> RecheckBlock:
    """What the candidate reads on the result page. Three queries at most, four where marks show late."""
    recheck = Recheck.objects.filter(attempt=attempt).select_related("outcome", "result").first()
    if recheck:
        chip = CHIPS[RecheckStatus(recheck.status)]
        return RecheckBlock(recheck, chip, changes=changes_of(recheck))
    period, on = period_of(attempt, result), timezone.localdate(now)
    if period is None or period.is_over(on=on):
        return RecheckBlock(None, period=period)
    days = period.days_left(on=on)
    return RecheckBlock(None, "", days, period, can_ask=has_marks_by_people(attempt))


def changes_of(recheck: Recheck) -> tuple[Change, ...]:
    """The questions whose marks the recheck changed, in the order of the paper. One query where it changed any; the
    recheck comes with its outcome."""
    outcome = recheck.outcome
    if outcome is None or outcome.reason != Reason.RECHECK:
        return ()
    before = items_by_slot(Result.objects.get(attempt=recheck.attempt_id, number=outcome.number - 1))
    return tuple(
        Change(slot, before[slot]["points"], line["points"])
        for slot, line in sorted(items_by_slot(outcome).items())
        if line["points"] != before[slot]["points"]
    )


def paper_to_check(recheck: Recheck) -> PaperToCheck:
    """The paper of a recheck. Four queries, and one for pictures."""
    attempt = recheck.attempt
    result = attempt.results.order_by("-number")[0]
    marked = marked_answers(attempt)
    sizes = sizes_for(answer.item.question_version.body for answer, _standing in marked)
    judged = tuple(_judged(answer, standing, sizes) for answer, standing in marked)
    by_people = {each.slot for each in judged}
    scores = items_by_slot(result)
    types = attempt.answers.order_by("slot").values_list("slot", "item__question_version__type")
    lines = tuple(
        SumLine(
            slot,
            str(_(item_type(type).title)),
            scores[slot]["points"],
            scores[slot]["max"],
            slot in by_people,
        )
        for slot, type in types
    )
    total = sum((Decimal(line.points) for line in lines), Decimal(0))
    return PaperToCheck(judged, lines, result, adds_up=total == result.points)


def _rows(rechecks: Any, at: datetime) -> list[Recheck]:
    """What waits, however long, and the newest of what is over."""
    open_ones = Q(status__in=(RecheckStatus.ASKED, RecheckStatus.GRANTED))
    found = rechecks.select_related("attempt__exam_version", "attempt__person__account")
    found = found.order_by("-asked_at")
    recent = list(found.exclude(open_ones)[:RECENT])
    return [*found.filter(open_ones).order_by("asked_at"), *recent]


def _lines(rows: Iterable[Recheck], names: Mapping[Any, str]) -> tuple[RecheckLine, ...]:
    return tuple(
        RecheckLine(
            who=names.get(row.attempt.person_id, "") or candidate_name(row.attempt),
            exam_title=row.attempt.exam_version.title,
            asked_at=row.asked_at,
            chip=CHIPS[RecheckStatus(row.status)],
            state_text=str(RecheckStatus(row.status).label),
            url=reverse("assessments:recheck", args=[row.pk]),
        )
        for row in rows
    )


def _judged(answer: Answer, standing: Standing, sizes: Mapping[str, Size]) -> JudgedAnswer:
    version = answer.item.question_version
    kind, key = item_type(version.type), version.answer
    item = present_item(
        version,
        order=answer.order,
        response=answer.response,
        name=f"answer-{answer.slot}",
        disabled=True,
        sizes=sizes,
        files_at=files_address(answer.attempt_id, answer.slot),
    )
    return JudgedAnswer(
        answer=answer,
        item=item,
        standing=standing,
        points=as_text(standing.points),
        max=as_text(full_marks(answer)),
        criteria=tuple(_criterion(each, standing) for each in key.get("criteria", ())),
        sample=key.get("sample", ""),
        explanation=version.explanation,
        response="" if item.form.boxes else kind.in_words(version.body, answer.order, answer.response),
    )


def _criterion(criterion: Mapping[str, Any], standing: Standing) -> CriterionMarks:
    most = as_text(Decimal(str(criterion["max"])))
    return CriterionMarks(criterion["id"], criterion["text"], standing.marks.get(criterion["id"], ""), most)
