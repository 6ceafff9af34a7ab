"""One sitting of an exam: starting, saving answers, handing in.

The server's clock decides. A save and the guard that admits it are one SQL statement, so that an answer can change
neither after the attempt was handed in nor by an older save, whatever runs at the same time.
"""

from __future__ import annotations

import json
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn
from uuid import UUID

from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from assessments.exams import newest_release
from assessments.items import item_type
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


class AnswerSuperseded(Refusal):
    """A save with a higher sequence was here first, with another answer."""

    code = "superseded"


@dataclass(frozen=True)
class Saved:
    """An acknowledged answer: stored since `saved_at`, by the save numbered `sequence`."""

    saved_at: datetime
    sequence: int


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


def save_answer(
    *,
    attempt_id: UUID,
    person: Person,
    slot: int,
    raw: Any,
    sequence: int,
    now: datetime,
    flagged: bool | None = None,
) -> Saved:
    """Store one answer of the person's own open attempt; the highest `sequence` wins.

    `raw` is what was posted (see the item types); `flagged=None` leaves the flag. A repeated save is acknowledged
    again. Raises NoSuchAnswer, AttemptClosed, AnswerSuperseded, or `items.ResponseInvalid`. Two queries.
    """
    place = _own_place(attempt_id, person, slot)
    response = item_type(place.type).clean_response(place.body, raw)
    flag = place.flagged if flagged is None else flagged
    if _store(place, response, flag, sequence, now):
        return Saved(now, sequence)
    answer = Answer.objects.select_related("attempt").get(pk=place.answer_id)
    if answer.response == response and answer.saved_at and answer.sequence >= sequence:
        return Saved(answer.saved_at, answer.sequence)
    _refuse(answer.attempt, now)


def submit_attempt(*, attempt_id: UUID, by: Person | None, now: datetime) -> Attempt:
    """Hand in: score what can be scored, append Result 1, and record evidence when nothing waits for a marker.

    `by=None` is the system, after the deadline. An attempt that was handed in before is returned as it is. A sitting
    ends at its deadline at the latest. Raises NoSuchAnswer when `by` is not the candidate.
    """
    with transaction.atomic():
        attempt = _locked(attempt_id)
        if by is not None and by.pk != attempt.person_id:
            _refuse_unknown()
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
            Answer(attempt=attempt, slot=place.slot, item=place.item, order=place.order)
            for place in lay_out(items, seed=seed, shuffle=version.document["shuffle"])
        )
    return attempt


def _open_attempt(person: Person, exam_key: str) -> Attempt | None:
    return Attempt.objects.filter(person=person, exam_key=exam_key, status=AttemptStatus.OPEN).first()


def _locked(attempt_id: UUID) -> Attempt:
    attempts = Attempt.objects.select_for_update(of=("self",)).select_related("exam_version", "person")
    attempt = attempts.filter(pk=attempt_id).first()
    return attempt or _refuse_unknown()


def _refuse_unknown() -> NoReturn:
    raise NoSuchAnswer(_("There is no such question on your paper."))


def _refuse(attempt: Attempt, now: datetime) -> NoReturn:
    if attempt.status != AttemptStatus.OPEN:
        raise AttemptClosed(
            _("This exam has been handed in; answers can no longer change. Open its result page to read on.")
        )
    if is_over(attempt, now=now):
        raise AttemptClosed(
            _("Time is over, and what was saved in time has been kept. Open the result page to read on.")
        )
    raise AnswerSuperseded(
        _("A newer answer to this question was saved from another window. Reload the page to see it.")
    )


@dataclass(frozen=True)
class _Place:
    """A slot of the person's own paper: whose answer goes where, and what the question takes."""

    attempt_id: UUID
    answer_id: int
    flagged: bool
    type: str
    body: Any


# Saving is what a whole exam hall does at once, so its two statements are written out: building the same query
# through the ORM costs ten times what the database needs to answer it (benchmarks/answers.py).
_READ = """
SELECT answer.id, answer.flagged, question.type, question.body
FROM assessments_answer AS answer
JOIN assessments_attempt AS attempt ON attempt.id = answer.attempt_id
JOIN assessments_examitem AS item ON item.id = answer.item_id
JOIN assessments_questionversion AS question ON question.id = item.question_version_id
WHERE attempt.id = %s AND attempt.person_id = %s AND answer.slot = %s
"""


def _own_place(attempt_id: UUID, person: Person, slot: int) -> _Place:
    values = [_prepared(Attempt, "id", attempt_id), _prepared(Attempt, "person", person.pk), slot]
    with connection.cursor() as cursor:
        cursor.execute(_READ, values)
        row = cursor.fetchone()
    if row is None:
        _refuse_unknown()
    answer_id, flagged, type, body = row
    return _Place(attempt_id, answer_id, bool(flagged), type, json.loads(body))


# FOR SHARE makes PostgreSQL wait for a submission that is under way and look at the status again after it; SQLite
# admits one writer at a time.
_STORE = """
UPDATE assessments_answer SET response = %s, flagged = %s, sequence = %s, saved_at = %s
WHERE id = %s AND sequence < %s AND EXISTS (
    SELECT 1 FROM assessments_attempt WHERE id = %s AND status = %s AND deadline_at >= %s {lock}
)
"""


def _store(place: _Place, response: Any, flagged: bool, sequence: int, now: datetime) -> bool:
    """Write if the attempt is open and nothing newer is there, in one statement; tells whether it was written."""
    lock = "FOR SHARE" if connection.vendor == "postgresql" else ""
    values = [
        _prepared(Answer, "response", response),
        flagged,
        sequence,
        _prepared(Answer, "saved_at", now),
        place.answer_id,
        sequence,
        _prepared(Attempt, "id", place.attempt_id),
        AttemptStatus.OPEN.value,
        _prepared(Attempt, "deadline_at", now - GRACE),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_STORE.format(lock=lock), values)
        return bool(cursor.rowcount)


def _prepared(model: type[models.Model], name: str, value: Any) -> Any:
    """The value as the ORM would bind it for this column on this database."""
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)  # noqa: S101 -- a column, not a relation seen from its other end
    return field.get_db_prep_save(value, connection)
