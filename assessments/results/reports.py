"""A result as its candidate reads it: what came of the sitting, what shows of it now, and what can be done next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.bank.media import sizes_for
from assessments.entry.admission import Candidacy
from assessments.exams.settings import ExamSettings, Grading
from assessments.items.checking import as_text
from assessments.models import (
    Answer,
    Attempt,
    AttemptStatus,
    HeldAnswer,
    HeldStatus,
    Result,
)
from assessments.regrading.changes import words_of
from assessments.regrading.terms import Terms, terms_of_result
from assessments.results.grading import Grade, grade_of, outcome_of, with_results
from assessments.results.next_steps import NextSteps, next_steps
from assessments.results.passing import Earned, percent_text
from assessments.results.report_lines import ReportLine, line_of
from assessments.results.rescoring import Reason, reason_text, slots_of
from assessments.results.review_policy import Look, look_at, read_situation, when
from assessments.results.scoring import items_by_slot, standing_marks


@dataclass(frozen=True)
class PartLine:
    """A section or an axis that had to be reached. Numbers are text; percents are rounded down, `short` is what is
    missing of the percent needed."""

    title: str
    points: str
    max: str
    percent: str
    need: str
    short: str
    met: bool


@dataclass(frozen=True)
class EarlierResult:
    """A result that was, and why it was recorded ("" for the one that handing in gave)."""

    result: Result
    reason: str


@dataclass(frozen=True)
class Report:
    """The newest result, the earlier ones, and the paper line by line.

    `closing` is what the exam says to this end; `later` says when what does not show yet will; `held` answers wait
    beside the paper for a decision; `steps` follow a fail. `lines` is empty where nothing of the paper shows.
    """

    newest: Result
    reason: str
    earlier: tuple[EarlierResult, ...]
    lines: tuple[ReportLine, ...]
    parts: tuple[PartLine, ...]
    look: Look
    later: str
    closing: str
    held: int
    grade: Grade | None
    steps: NextSteps | None
    pass_percent: str

    @property
    def shows_key(self) -> bool:
        return self.look.keys

    @property
    def is_good(self) -> bool:
        """Whether this sitting passed, and the exam with it."""
        return bool(self.newest.passed and self.grade and self.grade.passed)

    @property
    def grade_text(self) -> str:
        """The grade over several sittings in a sentence; "" while one sitting is all there is."""
        if self.grade is None or self.grade.sittings + self.grade.awaiting < 2:
            return ""
        return _grade_text(self.grade)


def read_report(attempt: Attempt, *, now: datetime) -> Report:
    """The report of an attempt that was handed in, as far as the exam's review policy lets its candidate look now.

    Six queries, whatever the paper; one more each where attempts are limited and where questions show pictures, and
    what the finders of lessons need after a fail.
    """
    results = list(_with_held(attempt).order_by("-number"))
    sittings = list(with_results(Attempt.objects.filter(person=attempt.person_id, exam_key=attempt.exam_key)))
    candidacy, situation = read_situation(attempt, results[0], sittings, now=now)
    look = look_at(ExamSettings.of(attempt.exam_version.document).review, situation, now=now)
    answers = list(attempt.answers.select_related("item__question_version").order_by("slot"))
    terms = terms_of_result(results[0], attempt.exam_version)
    grade = grade_of([outcome_of(each) for each in sittings if each.status != AttemptStatus.OPEN])
    return Report(
        newest=results[0],
        reason=_reason(results[0], answers),
        earlier=_earlier(results, answers),
        lines=_lines(attempt, answers, results[0], look, terms),
        parts=_parts(results[0]) if look.marks else (),
        look=look,
        later=when(look, now=now),
        closing=_closing(attempt, results[0]) if look.marks else "",
        held=results[0].held,
        grade=grade if look.marks else None,
        steps=_steps(results[0], grade, candidacy, answers, look, now),
        pass_percent=terms.pass_percent_text,
    )


def _reason(result: Result, answers: Sequence[Answer]) -> str:
    """Why a result was recorded; where questions were corrected, which and why."""
    regrade = getattr(result.correction, "regrade", None) if result.reason == Reason.QUESTION else None
    return words_of(regrade, slots_of(answers)) if regrade else reason_text(result)


def _grade_text(grade: Grade) -> str:
    names = {
        Grading.BEST: _("Your best sitting counts"),
        Grading.LAST: _("Your last sitting counts"),
        Grading.FIRST: _("Your first sitting counts"),
        Grading.AVERAGE: _("The average of your sittings counts"),
    }
    outcome = _("passed") if grade.passed else _("not passed")
    words = _("%(which)s: %(percent)s%% of the points over %(count)s sittings, %(outcome)s.") % {
        "which": names[grade.grading],
        "percent": grade.percent,
        "count": grade.sittings,
        "outcome": outcome,
    }
    if grade.short:
        parts = pgettext("between things", ", ").join(grade.short)
        words += _("On average these parts are not reached: %(parts)s.") % {"parts": parts}
    if grade.awaiting:
        words += _("One more is waiting for marks and does not count yet.")
    return words


def _with_held(attempt: Attempt) -> QuerySet[Any]:
    """Its results, each with what was corrected and how many answers wait beside the paper."""
    waiting = HeldAnswer.objects.filter(attempt=OuterRef("attempt"), status=HeldStatus.HELD).order_by()
    counted = waiting.values("attempt").annotate(count=Count("pk")).values("count")
    results = attempt.results.select_related("correction__regrade")
    return results.annotate(held=Coalesce(Subquery(counted, output_field=IntegerField()), 0))


def _earlier(results: Sequence[Result], answers: Sequence[Answer]) -> tuple[EarlierResult, ...]:
    return tuple(EarlierResult(each, _reason(each, answers)) for each in results[1:])


def _lines(
    attempt: Attempt, answers: Sequence[Answer], newest: Result, look: Look, terms: Terms
) -> tuple[ReportLine, ...]:
    if not look.shown:
        return ()
    sizes = sizes_for(answer.item.question_version.body for answer in answers)
    marks = standing_marks(attempt) if newest.complete else {}
    scores = items_by_slot(newest)
    return tuple(
        line_of(answer, scores[answer.slot], marks.get(answer.pk), sizes, look.shown, terms)
        for answer in answers
    )


def _parts(newest: Result) -> tuple[PartLine, ...]:
    return tuple(_part(**part) for part in newest.parts)


def _part(*, title: str, points: str, max: str, share: str, need: str, met: bool, **_more: str) -> PartLine:
    percent = percent_text(Fraction(share))
    short = "" if met else as_text(Decimal(need) - Decimal(percent))
    return PartLine(title, points, max, percent, need, short, met)


def _closing(attempt: Attempt, newest: Result) -> str:
    if not newest.complete:
        return ""
    text: str = attempt.exam_version.document.get("pass_text" if newest.passed else "fail_text", "")
    return text


def _steps(
    newest: Result,
    grade: Grade | None,
    candidacy: Candidacy,
    answers: Sequence[Answer],
    look: Look,
    now: datetime,
) -> NextSteps | None:
    """After a fail by the grade over all sittings, where it shows, unless the exam is being sat again. A void question
    says nothing of what somebody is able to do."""
    failed = newest.complete and not (grade and grade.passed)
    if not failed or not look.marks or look.situation.sits_again:
        return None
    scores = items_by_slot(newest)
    earned = (
        Earned(
            answer.item.section,
            answer.item.question_version.leaves,
            Decimal(scores[answer.slot]["points"]),
            Decimal(scores[answer.slot]["max"]),
        )
        for answer in answers
        if not scores[answer.slot].get("void")
    )
    return next_steps(candidacy, earned, now=now)
