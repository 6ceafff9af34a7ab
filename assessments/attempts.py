"""One sitting of an exam: starting and handing in; the answers in between are saved by `saving`.

The server's clock decides.
"""

from __future__ import annotations

import logging
import secrets
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.blueprints import NoPaper
from assessments.entry.admission import Candidacy, entrance_at, why_not
from assessments.entry.candidacy import candidacy_of
from assessments.entry.deadlines import GRACE, deadline
from assessments.entry.door import (
    NOTHING,
    Presented,
    WrongCode,
    note_wrong_code,
    why_turned_away,
    why_wait,
)
from assessments.exams.releasing import newest_release
from assessments.extensions import minutes_added
from assessments.models import REHEARSAL, Answer, Attempt, AttemptStatus, EventKind, ExamVersion, HandedInBy
from assessments.papers import Place, lay_out
from assessments.results.scoring import record_exam_evidence, record_result, score_answers
from assessments.sittings import journal
from core import audit
from core.clocks import check_clocks
from core.errors import Refusal
from people.models import Person

logger = logging.getLogger(__name__)

MOST_DRAWS = 20


class NoSuchAnswer(Refusal):
    """The person has no such attempt, or its paper no such slot."""

    code = "not_found"


class AttemptClosed(Refusal):
    """Handed in, or past its deadline and grace."""

    code = "closed"


def start_attempt(*, person: Person, exam_key: str, now: datetime, presented: Presented = NOTHING) -> Attempt:
    """Start a sitting of the exam's newest release, or give the one that is open.

    `presented` is what the person brings to the door: code, address, the rules they confirmed. Everything is decided
    in the transaction that makes the sitting, and one after the other for one person: two windows cannot overdraw the
    attempts. Raises ClocksDisagree, and Refusal when the exam has no release or somebody may not start now (codes:
    `entry.admission.why_not`, `entry.door`).
    """
    version = newest_release(exam_key)
    if version is None:
        raise Refusal(_("This exam has not been released yet."), code="not_released")
    current = _open_attempt(person, exam_key)
    if current and not is_over(current, now=now):
        return current
    if current:
        submit_attempt(attempt_id=current.pk, by=None, now=now)
    check_clocks()
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        current = _open_attempt(person, exam_key)
        if current:
            return current
        candidacy = candidacy_of(person, version, now=now)
        refusal = why_not_start(person, version, candidacy, presented, now=now)
        if refusal is None:
            return _create_attempt(person, version, candidacy, presented, now)
        if isinstance(refusal, WrongCode):
            note_wrong_code(person, version.key, now=now)
    raise refusal  # after the transaction, so that the note of a wrong code stays


def why_not_start(
    person: Person, version: ExamVersion, candidacy: Candidacy, presented: Presented, *, now: datetime
) -> Refusal | None:
    """What stands in the way of a new sitting, None when nothing does. One query where a code is asked for."""
    refusal = why_not(candidacy, now=now)
    entrance = entrance_at(candidacy, now=now)
    if refusal or entrance is None:
        return refusal
    wait = why_wait(person, version.key, now=now) if entrance.access_code else None
    return wait or why_turned_away(entrance, rules=candidacy.settings.rules, presented=presented)


def submit_attempt(
    *, attempt_id: UUID, by: Person | None, now: datetime, through: HandedInBy | None = None
) -> Attempt:
    """Hand in: score what can be scored, append Result 1, and record evidence when nothing waits for a marker.

    `by=None` is the clock, after the deadline; a candidate hands in their own. `through` says who did where it is
    neither, an invigilator say: whether `by` may do that the caller has checked. An attempt that was handed in before
    is returned as it is. A sitting ends at its deadline at the latest. Raises NoSuchAnswer when `by` is not the
    candidate.
    """
    with transaction.atomic():
        attempt = _locked(attempt_id)
        if by is not None and through is None and by.pk != attempt.person_id:
            refuse_unknown()
        if attempt.status != AttemptStatus.OPEN:
            return attempt
        if by is None and through is None and not is_over(attempt, now=now):
            return attempt  # time was added after the caller had read that it was over
        attempt.handed_in_by = through or (HandedInBy.CANDIDATE if by else HandedInBy.CLOCK)
        attempt.submitted_at = max(attempt.started_at, min(now, attempt.deadline_at))
        scored = score_answers(attempt)
        result = record_result(attempt, scored, now=now)
        is_done = result.complete or attempt.exam_key == REHEARSAL  # which nobody marks
        attempt.move_to(AttemptStatus.COMPLETE if is_done else AttemptStatus.MARKING)
        attempt.save(update_fields=["status", "submitted_at", "handed_in_by"])
        journal.note(attempt, EventKind.CLOSED, now=now, by=attempt.handed_in_by)
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
            attempt = submit_attempt(attempt_id=attempt_id, by=None, now=now)
            submitted += attempt.status != AttemptStatus.OPEN
        except Exception:
            logger.exception("attempt %s could not be handed in", attempt_id)
    return submitted


def is_over(attempt: Attempt, *, now: datetime) -> bool:
    """Whether deadline and grace have passed, so that nothing more is taken."""
    return now > attempt.deadline_at + GRACE


def _create_attempt(
    person: Person, version: ExamVersion, candidacy: Candidacy, presented: Presented, now: datetime
) -> Attempt:
    """Inside the transaction of `start_attempt`, after everything was looked at."""
    entrance = entrance_at(candidacy, now=now)
    seat = entrance.seat if entrance else None
    added = minutes_added(exam_key=version.key, seat=seat, opened_at=candidacy.settings.opens_at)
    seed, paper = fresh_paper(version)
    attempt = Attempt.objects.create(
        person=person,
        exam_version=version,
        exam_key=version.key,
        seed=seed,
        started_at=now,
        deadline_at=deadline(
            started_at=now,
            duration=candidacy.settings.duration,
            closes_at=entrance.closes_at if entrance else None,
            time_factor=candidacy.time_factor,
            minutes_added=added,
        ),
        seat=seat,
    )
    Answer.objects.bulk_create(
        Answer(attempt=attempt, slot=place.slot, item=place.item, order=place.order) for place in paper
    )
    audit.record(
        action="attempt.started",
        target=f"assessments.attempt:{attempt.pk}",
        by=person,
        now=now,
        exam=version.key,
        number=version.number,
        rules=presented.confirmed,
        seat=str(seat.pk) if seat else "",
    )
    return attempt


def fresh_paper(version: ExamVersion) -> tuple[str, tuple[Place, ...]]:
    """A seed nobody has had, and its paper. Raises Refusal where one draw after the other fails."""
    for _draw in range(MOST_DRAWS):
        seed = secrets.token_hex(8)
        try:
            return seed, lay_out(version, seed=seed)
        except NoPaper:
            logger.warning("no paper of %s within tolerance for a seed", version.key)
    raise Refusal(
        _("No paper could be put together. Please try again; if it happens again, tell your administrator."),
        code="no_paper",
    )


def _open_attempt(person: Person, exam_key: str) -> Attempt | None:
    return Attempt.objects.filter(person=person, exam_key=exam_key, status=AttemptStatus.OPEN).first()


def _locked(attempt_id: UUID) -> Attempt:
    attempts = Attempt.objects.select_for_update(of=("self",)).select_related("exam_version", "person")
    attempt = attempts.filter(pk=attempt_id).first()
    return attempt or refuse_unknown()


def refuse_unknown() -> NoReturn:
    """What a stranger and a wrong slot are told alike. Raises NoSuchAnswer."""
    raise NoSuchAnswer(_("There is no such question on your paper."))
