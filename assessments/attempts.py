"""One sitting of an exam: starting and handing in; the answers in between are saved by `saving`.

The server's clock decides.
"""

from __future__ import annotations

import logging
import secrets
from datetime import datetime, timedelta
from typing import NoReturn
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from assessments.exams import newest_release
from assessments.models import Answer, Attempt, AttemptStatus, ExamVersion
from assessments.papers import lay_out
from assessments.scoring import record_exam_evidence, record_result, score_answers
from core import audit
from core.errors import Refusal
from people.models import Person

logger = logging.getLogger(__name__)

# How long after the deadline an answer still on its way is taken.
GRACE = timedelta(seconds=60)


class NoSuchAnswer(Refusal):
    """The person has no such attempt, or its paper no such slot."""

    code = "not_found"


class AttemptClosed(Refusal):
    """Handed in, or past its deadline and grace."""

    code = "closed"


def start_attempt(*, person: Person, exam_key: str, now: datetime) -> Attempt:
    """Start a sitting of the exam's newest release, or give the one that is open.

    Raises Refusal when the exam has no release, when an earlier sitting still waits for marks, or when the exam's
    `max_attempts` are used up.
    """
    version = newest_release(exam_key)
    if version is None:
        raise Refusal(_("This exam has not been released yet."), code="not_released")
    current = _open_attempt(person, exam_key)
    if current and not is_over(current, now=now):
        return current
    if current:
        submit_attempt(attempt_id=current.pk, by=None, now=now)
    check_may_start(person, version)
    try:
        return _create_attempt(person, version, now)
    except IntegrityError:
        current = _open_attempt(person, exam_key)
        if current is None:
            raise
        return current


def check_may_start(person: Person, version: ExamVersion) -> None:
    """Raises Refusal when the person's earlier sittings stand in the way of a new one. One query."""
    statuses = list(
        Attempt.objects.filter(person=person, exam_key=version.key).values_list("status", flat=True)
    )
    if AttemptStatus.MARKING in statuses:
        raise Refusal(
            _("Your last paper is still being marked. You can sit the exam again once its result is out."),
            code="awaiting_marks",
        )
    most = version.document["max_attempts"]
    if most is not None and len(statuses) >= most:
        raise Refusal(
            _("All %(most)s attempts at this exam are used.") % {"most": most}, code="attempts_used"
        )


def submit_attempt(*, attempt_id: UUID, by: Person | None, now: datetime) -> Attempt:
    """Hand in: score what can be scored, append Result 1, and record evidence when nothing waits for a marker.

    `by=None` is the system, after the deadline. An attempt that was handed in before is returned as it is. A sitting
    ends at its deadline at the latest. Raises NoSuchAnswer when `by` is not the candidate.
    """
    with transaction.atomic():
        attempt = _locked(attempt_id)
        if by is not None and by.pk != attempt.person_id:
            refuse_unknown()
        if attempt.status != AttemptStatus.OPEN:
            return attempt
        attempt.submitted_at = max(attempt.started_at, min(now, attempt.deadline_at))
        scored = score_answers(attempt)
        result = record_result(attempt, scored, now=now)
        attempt.move_to(AttemptStatus.COMPLETE if result.complete else AttemptStatus.MARKING)
        attempt.save(update_fields=["status", "submitted_at"])
        if result.complete:
            record_exam_evidence(attempt, result, scored, now=now)
        audit.record(action="attempt.submitted", target=f"assessments.attempt:{attempt.pk}", by=by, now=now)
    return attempt


def submit_overdue(*, now: datetime) -> int:
    """Hand in every attempt whose deadline and grace are over; returns how many. One failure stops no other."""
    overdue = Attempt.objects.filter(status=AttemptStatus.OPEN, deadline_at__lt=now - GRACE)
    submitted = 0
    for attempt_id in list(overdue.values_list("pk", flat=True)):
        try:
            submit_attempt(attempt_id=attempt_id, by=None, now=now)
            submitted += 1
        except Exception:
            logger.exception("attempt %s could not be handed in", attempt_id)
    return submitted


def is_over(attempt: Attempt, *, now: datetime) -> bool:
    """Whether deadline and grace have passed, so that nothing more is taken."""
    return now > attempt.deadline_at + GRACE


def _create_attempt(person: Person, version: ExamVersion, now: datetime) -> Attempt:
    seed = secrets.token_hex(8)
    items = version.items.select_related("question_version").defer(
        "question_version__answer", "question_version__explanation"
    )
    settings = version.document
    paper = lay_out(items, seed=seed, shuffle=settings["shuffle"], draw=settings.get("draw"))
    with transaction.atomic():
        attempt = Attempt.objects.create(
            person=person,
            exam_version=version,
            exam_key=version.key,
            seed=seed,
            started_at=now,
            deadline_at=now + timedelta(minutes=version.minutes),
        )
        Answer.objects.bulk_create(
            Answer(attempt=attempt, slot=place.slot, item=place.item, order=place.order) for place in paper
        )
    return attempt


def _open_attempt(person: Person, exam_key: str) -> Attempt | None:
    return Attempt.objects.filter(person=person, exam_key=exam_key, status=AttemptStatus.OPEN).first()


def _locked(attempt_id: UUID) -> Attempt:
    attempts = Attempt.objects.select_for_update(of=("self",)).select_related("exam_version", "person")
    attempt = attempts.filter(pk=attempt_id).first()
    return attempt or refuse_unknown()


def refuse_unknown() -> NoReturn:
    """What a stranger and a wrong slot are told alike. Raises NoSuchAnswer."""
    raise NoSuchAnswer(_("There is no such question on your paper."))
