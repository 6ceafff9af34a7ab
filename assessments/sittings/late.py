"""Answers beside the paper: they came after the end, or from a window that another has fenced. None is dropped.

The exam's policy decides about what came late, or a person does, as about what was fenced. What is taken goes into the
paper with its line in the journal, and the paper is scored again; what it replaces stays readable beside it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.exams.settings import ExamSettings, LatePolicy
from assessments.models import (
    HELD_TRANSITIONS,
    Attempt,
    AttemptStatus,
    EventKind,
    HandedInBy,
    HeldAnswer,
    HeldReason,
    HeldStatus,
)
from assessments.results.rescoring import Reason, rescore_attempt
from assessments.sittings import journal
from core import audit
from core.errors import NotAllowed, Refusal
from people.models import Person, Role
from people.scope import people_overseen_by

DECIDERS = (Role.EXAMINER, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Held:
    """An answer that is kept beside the paper, and what to tell its writer; `refused` when the exam takes none."""

    reason: HeldReason
    refused: bool
    message: str


def hold(
    *,
    attempt: Attempt,
    slot: int,
    response: Any,
    sequence: int,
    fence: int,
    reason: HeldReason,
    said_at: datetime | None,
    now: datetime,
) -> HeldAnswer:
    """Keep a cleaned response beside the paper, and decide at once where the exam's policy does.

    Called under the attempt's lock. The same save twice is one row: what is there already is returned as it is.
    """
    held, is_new = HeldAnswer.objects.get_or_create(
        attempt=attempt,
        slot=slot,
        fence=fence,
        sequence=sequence,
        defaults={"response": response, "reason": reason, "said_at": said_at, "received_at": now},
    )
    if is_new:
        _note(attempt, held, now)
        _apply_policy(attempt, held, now)
    return held


def is_taken(held: HeldAnswer) -> bool:
    """Whether it is part of the paper by now."""
    return held.status == HeldStatus.ACCEPTED


def told(held: HeldAnswer) -> Held:
    """What the writer of an answer that is not taken (yet) is told."""
    if held.status == HeldStatus.REFUSED:
        message = _(
            "This answer came after the end, and this exam takes none then. It is kept, but does not count."
        )
    elif held.reason == HeldReason.FENCED:
        message = _(
            "This exam was opened in another window. What you wrote here is kept beside your paper; go on in the other "
            "window, or reload this page to write here."
        )
    else:
        message = _(
            "This answer came after the end. It is kept with your paper, and a person decides if it counts."
        )
    return Held(HeldReason(held.reason), held.status == HeldStatus.REFUSED, message)


def decide_held_answers(
    *, attempt: Attempt, accept: bool, by: Person, now: datetime, only: Collection[int] | None = None
) -> tuple[HeldAnswer, ...]:
    """Take everything that waits beside this paper into it, or nothing of it; gives what was decided.

    `only` names the answers it is about, where not all of them are meant.

    Answers go in by window and sequence, so that of several to one question the newest stands; then the paper is
    scored again. When nothing waits nothing happens. Raises NotAllowed (see `can_decide`), and Refusal while the
    candidate still writes.
    """
    with transaction.atomic():
        attempt = (
            Attempt.objects.select_for_update(of=("self",))
            .select_related("exam_version", "person")
            .get(pk=attempt.pk)
        )
        check_may_decide(by, attempt, at=now)
        if attempt.status == AttemptStatus.OPEN:
            raise Refusal(
                _("The candidate is still writing. Decide when the paper is handed in."), code="open"
            )
        waiting = attempt.held_answers.filter(status=HeldStatus.HELD).order_by("fence", "sequence", "pk")
        decided = tuple(waiting if only is None else waiting.filter(pk__in=only))
        for held in decided:
            _decide(attempt, held, accept=accept, by=by, now=now)
        if decided and accept:
            _score_again(attempt, by, now)
    return decided


def can_decide(person: Person, attempt: Attempt, *, at: datetime) -> bool:
    """Whether the person examines or administers where the candidate works; nobody decides about themselves."""
    overseen = people_overseen_by(person, roles=DECIDERS, at=at)
    return person.pk != attempt.person_id and overseen.filter(pk=attempt.person_id).exists()


def check_may_decide(person: Person, attempt: Attempt, *, at: datetime) -> None:
    """Raises NotAllowed unless `can_decide`."""
    if not can_decide(person, attempt, at=at):
        raise NotAllowed(
            _("An examiner or administrator of the candidate's unit decides about these answers.")
        )


def _note(attempt: Attempt, held: HeldAnswer, now: datetime) -> None:
    """In the journal: each answer after the end, and once for each window that was fenced."""
    if held.reason == HeldReason.LATE:
        journal.note(attempt, EventKind.LATE, now=now, said_at=held.said_at, slot=held.slot)
    elif not attempt.events.filter(kind=EventKind.FENCED, detail__fence=held.fence).exists():
        journal.note(attempt, EventKind.FENCED, now=now, said_at=held.said_at, fence=held.fence)


def _apply_policy(attempt: Attempt, held: HeldAnswer, now: datetime) -> None:
    """Only what the clock cut off is taken without a person: who handed in had finished."""
    if attempt.status == AttemptStatus.OPEN:
        return
    settings = ExamSettings.of(attempt.exam_version.document)
    if settings.late_answers == LatePolicy.REFUSE:
        _decide(attempt, held, accept=False, by=None, now=now)
    elif (
        settings.late_answers == LatePolicy.ACCEPT
        and held.reason == HeldReason.LATE
        and attempt.handed_in_by == HandedInBy.CLOCK
        and now <= attempt.deadline_at + settings.late_window
    ):
        _decide(attempt, held, accept=True, by=None, now=now)
        _score_again(attempt, None, now)


def _decide(attempt: Attempt, held: HeldAnswer, *, accept: bool, by: Person | None, now: datetime) -> None:
    status = HeldStatus.ACCEPTED if accept else HeldStatus.REFUSED
    if status not in HELD_TRANSITIONS[HeldStatus(held.status)]:
        raise ValueError(f"a held answer does not go from {held.status} to {status}")
    if accept:
        answer = attempt.answers.get(slot=held.slot)
        held.replaced = answer.response
        journal.write_answer(answer, held.response, now=now, sequence=held.sequence)
    held.status, held.decided_by, held.decided_at = status, by, now
    held.save(update_fields=["status", "decided_by", "decided_at", "replaced"])
    audit.record(
        action=f"attempt.held_answer_{status}",
        target=f"assessments.attempt:{attempt.pk}",
        by=by,
        now=now,
        slot=held.slot,
        sequence=held.sequence,
        reason=held.reason,
    )


def _score_again(attempt: Attempt, by: Person | None, now: datetime) -> None:
    rescore_attempt(attempt=attempt, reason=Reason.LATE_ANSWER, by=by, now=now)
