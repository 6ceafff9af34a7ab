"""Scoring a handed-in paper again: the only way in which its result changes.

What was is never overwritten: the next result is appended with its reason, the evidence of the one before is superseded
by a new row, and the candidate is told. Both results stay readable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.exams.settings import Phase, tells_mark
from assessments.models import Answer, Attempt, AttemptStatus, Result
from assessments.regrading.terms import terms_of_result
from assessments.results.scoring import (
    ScoredPaper,
    record_exam_evidence,
    record_result,
    result_of,
    score_answers,
)
from core import audit
from core.errors import Refusal
from people.models import Person
from people.notices import send_notice

Words = Callable[[Mapping[int, int]], str]
"""What else its candidate is told of a result, given the places of the exam's questions on the paper."""

SAID = ("items", "parts", "points", "max_points", "complete", "passed")
SHOWN = ("points", "max_points", "complete", "passed")


class Reason(models.TextChoices):
    """Why a later result was recorded."""

    LATE_ANSWER = "late_answer", gettext_lazy("An answer that was kept aside was taken into the paper")
    QUESTION = "question", gettext_lazy("A question or its key was corrected")
    RECHECK = "recheck", gettext_lazy("The marks were rechecked")


def rescore_attempt(
    *, attempt: Attempt, reason: str, by: Person | None, now: datetime, words: Words | None = None
) -> Result:
    """Score a handed-in attempt again and append the next result when it differs; otherwise the newest one.

    It differs too where another key or another rule holds for this paper by now: key and mark shown belong together.
    The ledger follows where it says something else, and where a question was corrected its candidate is told when
    points or passing changed, in `words` instead of the reason's own.

    `reason` is one of `Reason`; `by=None` is the system. Marks given by people stay as they are. A paper that waits for
    marks goes on waiting, and one that was complete waits again when an answer that a person must mark came into it.
    Call it in the transaction of what changed, or by itself: it takes the attempt's lock. Raises Refusal (code "open")
    for an attempt that was not handed in.
    """
    with transaction.atomic():
        attempt = (
            Attempt.objects.select_for_update(of=("self",))
            .select_related("exam_version", "person")
            .get(pk=attempt.pk)
        )
        if attempt.status == AttemptStatus.OPEN:
            raise Refusal(_("This paper has not been handed in yet."), code="open")
        scored = score_answers(attempt)
        newest = attempt.results.select_related("correction").order_by("-number")[0]
        again = result_of(attempt, scored)
        if _says_the_same(newest, again) and _is_on_the_same_terms(newest, scored):
            return newest
        if reason == Reason.QUESTION and again.complete and not newest.complete:
            return newest  # its last mark may still be taken back: marking sends it out
        result = record_result(attempt, scored, now=now, reason=reason)
        _move(attempt, result)
        if result.complete:
            record_exam_evidence(attempt, result, scored, now=now)
        target = f"assessments.attempt:{attempt.pk}"
        audit.record(
            action="attempt.rescored", target=target, by=by, now=now, result=result.number, reason=reason
        )
        if reason != Reason.QUESTION or _shows_otherwise(newest, result):
            _tell_candidate(attempt, result, words and partial(words, _slots(scored)), now)
    return result


def reason_text(result: Result) -> str:
    """Why this result was recorded, for its candidate; "" for the one that handing in gave."""
    return str(Reason(result.reason).label) if result.reason in Reason else ""


def slots_of(answers: Iterable[Answer]) -> dict[int, int]:
    """The places of the exam's questions on a paper, by number of the item. The answers come with their items."""
    return {answer.item.number: answer.slot for answer in answers}


def _slots(scored: ScoredPaper) -> dict[int, int]:
    return slots_of(each.answer for each in scored)


def _says_the_same(newest: Result, again: Result) -> bool:
    return all(getattr(newest, name) == getattr(again, name) for name in SAID)


def _is_on_the_same_terms(newest: Result, scored: ScoredPaper) -> bool:
    """Whether key, points and rule are those for this paper that the newest result took in."""
    numbers = _slots(scored)
    before = terms_of_result(newest, newest.attempt.exam_version)
    return before.on(numbers) == scored.terms.on(numbers)


def _shows_otherwise(before: Result, after: Result) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in SHOWN)


def _move(attempt: Attempt, result: Result) -> None:
    status = AttemptStatus.COMPLETE if result.complete else AttemptStatus.MARKING
    if status != attempt.status:
        attempt.move_to(status)
        attempt.save(update_fields=["status"])


def _tell_candidate(attempt: Attempt, result: Result, words: Callable[[], str] | None, now: datetime) -> None:
    """The notice is part of the transaction: it is there when the result is, and only then."""
    with translation.override(settings.LANGUAGE_CODE):
        reason = (words() if words else "") or reason_text(result)
        outcome = _outcome(attempt, result)
        send_notice(
            recipient=attempt.person,
            title=_("Your exam result was looked at again: %(title)s")
            % {"title": attempt.exam_version.title},
            body=_("%(reason)s. %(outcome)s") % {"reason": reason, "outcome": outcome} if reason else outcome,
            url=reverse("assessments:result", args=[attempt.pk]),
            source_key=f"result:{attempt.pk}:{result.number}",
            now=now,
        )


def _outcome(attempt: Attempt, result: Result) -> str:
    if not result.complete:
        return _("One of its answers is being marked by a person. You get a notice when the result is out.")
    if not tells_mark(attempt.exam_version.document.get("review"), Phase.SUBMITTED):
        return _("The result page says when the marks show.")
    return _("%(points)s of %(max)s points.") % {"points": result.points_text, "max": result.max_points_text}
