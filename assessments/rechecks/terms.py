"""Whether a recheck may be asked for, and until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.exams.settings import ExamSettings, Phase, Shown
from assessments.models import Attempt, AttemptStatus, Result
from assessments.results.scoring import standing_marks
from core.errors import NotAllowed, Refusal
from people.models import Person


@dataclass(frozen=True)
class Period:
    """The days in which a recheck of one result may be asked for; the last counts to its end. `waits`: an objection of
    the candidate has no answer yet."""

    first_on: date
    last_on: date
    waits: bool

    def days_left(self, *, on: date) -> int:
        """How many days are left after this one; 0 on the last day, and when it is over."""
        return max((self.last_on - on).days, 0)

    def is_over(self, *, on: date) -> bool:
        return on > self.last_on


def period_of(attempt: Attempt, result: Result) -> Period | None:
    """When a recheck of this result may be asked for; None where the exam has none or the result is not out.

    The days begin with the result. Where marks do not show before the exam's window or session is over, they begin with
    that; where an objection to a finding was answered later, with the answer. The attempt comes with its version. One
    query, a second for a seat's session.
    """
    settings = ExamSettings.of(attempt.exam_version.document)
    if not settings.recheck_days or settings.practice or settings.rehearsal or not result.complete:
        return None
    objections = attempt.inquiries.filter(objected_at__isnull=False).values_list("replied_at", flat=True)
    replied_at = tuple(objections)
    begins_on = timezone.localdate(max(_moments(attempt, result, settings, replied_at)))
    last_on = begins_on + timedelta(days=settings.recheck_days)
    return Period(begins_on, last_on, waits=None in replied_at)


def has_marks_by_people(attempt: Attempt) -> bool:
    """Whether there is anything for another marker to look at: marks by people or from a file. One query; the attempt
    comes with its version."""
    return bool(standing_marks(attempt))


def check_can_ask(attempt: Attempt, result: Result, *, by: Person, now: datetime) -> None:
    """Raises NotAllowed for anybody but the candidate, and Refusal: before there is a result ("status"), where the exam
    has no recheck ("none"), where the machine scored every answer ("machine"), after the last day ("late"), while an
    objection waits for its answer ("objection").
    """
    if by.pk != attempt.person_id:
        raise NotAllowed(_("Only the candidate may ask for a recheck."))
    if attempt.status != AttemptStatus.COMPLETE or not result.complete:
        raise Refusal(_("The result is not out yet. Ask once you have it."), code="status")
    period = period_of(attempt, result)
    if period is None:
        raise Refusal(_("This exam has no recheck."), code="none")
    if not has_marks_by_people(attempt):
        raise Refusal(
            _(
                "The machine scored every answer of this paper, so there is no marking to recheck. Is a question or "
                "its key wrong? Report that question on the result page."
            ),
            code="machine",
        )
    if period.waits:
        raise Refusal(
            _(
                "Your objection about this sitting waits for its answer. Ask afterwards; the days begin anew then."
            ),
            code="objection",
        )
    if period.is_over(on=timezone.localdate(now)):
        last_on = f"{period.last_on:%Y-%m-%d}"
        raise Refusal(_("A recheck could be asked for until %(day)s.") % {"day": last_on}, code="late")


def _moments(
    attempt: Attempt, result: Result, settings: ExamSettings, replied_at: Sequence[datetime | None]
) -> Iterator[datetime]:
    yield result.recorded_at
    yield from filter(None, replied_at)
    if Shown.MARK not in settings.review[Phase.SUBMITTED]:
        closes_at = attempt.seat.session.closes_at if attempt.seat else settings.closes_at
        if closes_at:
            yield closes_at
