"""What becomes of a save that the paper did not take.

It repeats what is there already, and is acknowledged again; or a newer one overtook it; or it came after the end or
from a window that another has fenced, and is kept beside the paper (see `assessments.sittings.late`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.attempts import is_over, submit_attempt
from assessments.models import Answer, AnswerEntry, Attempt, AttemptStatus, HeldReason
from assessments.sittings import late, receipts
from assessments.sittings.late import Held
from assessments.sittings.receipts import SHORT, Link
from core.errors import Refusal


class AnswerSuperseded(Refusal):
    """A save with a higher sequence was here first, with another answer."""

    code = "superseded"


class AnswerChecked(Refusal):
    """The candidate has asked for the mark of this answer: it no longer changes."""

    code = "checked"


class SequenceReused(Refusal):
    """The number of this save was used before, for another content. Nothing has happened."""

    code = "sequence_reused"


@dataclass(frozen=True)
class Saved:
    """An acknowledged answer: stored since `saved_at` by the save numbered `sequence`, as the journal's line `entry`;
    `receipt` is the beginning of that line's hash. Entry 0 is an answer from before there was a journal."""

    saved_at: datetime
    sequence: int
    entry: int
    receipt: str

    @classmethod
    def of(cls, link: Link, saved_at: datetime) -> Saved:
        return cls(saved_at, link.sequence, link.number, link.short)


@dataclass(frozen=True)
class Unstored:
    """A save that was not stored: a cleaned response and what came with it (see `saving.save_answer`)."""

    attempt_id: UUID
    slot: int
    response: Any
    flagged: bool | None
    sequence: int
    fence: int | None
    said_at: datetime | None

    @property
    def digest(self) -> str:
        return receipts.digest_of(self.response)


def settle(save: Unstored, *, now: datetime) -> Saved | Held | None:
    """Acknowledge it again, or keep it beside the paper; None when it can be stored by now and is worth another try.

    Raises AnswerSuperseded, AnswerChecked, SequenceReused.
    """
    with transaction.atomic():
        attempt = _locked(save.attempt_id)
        if attempt.status == AttemptStatus.OPEN and is_over(attempt, now=now):
            submit_attempt(attempt_id=attempt.pk, by=None, now=now)
            attempt = _locked(save.attempt_id)
        answer = attempt.answers.get(slot=save.slot)
        reason = _reason_to_hold(save, attempt)
        if known := _already_known(save, answer, is_held=reason is not None, now=now):
            return known
        if answer.checked_at:
            raise AnswerChecked(_("You have looked at the mark of this answer; it can no longer change."))
        if reason != HeldReason.FENCED:
            _check_newer(save, answer)
        return _keep(save, answer, attempt, reason, now) if reason else None


def _reason_to_hold(save: Unstored, attempt: Attempt) -> HeldReason | None:
    if save.fence is not None and save.fence < attempt.fence:
        return HeldReason.FENCED
    return None if attempt.status == AttemptStatus.OPEN else HeldReason.LATE


def _already_known(save: Unstored, answer: Answer, *, is_held: bool, now: datetime) -> Saved | None:
    """What stands in the paper, or the line of the very same save from before."""
    if save.digest == receipts.digest_of(answer.response):
        if is_held or answer.checked_at or save.sequence < answer.sequence or _flags_alike(save, answer):
            return Saved(answer.saved_at or now, answer.sequence, answer.entry, answer.chain[:SHORT])
        return None
    entry = _entries(save).filter(digest=save.digest).first()
    return Saved(entry.saved_at, entry.sequence, entry.number, entry.hash[:SHORT]) if entry else None


def _flags_alike(save: Unstored, answer: Answer) -> bool:
    return save.sequence == answer.sequence and save.flagged in (None, answer.flagged)


def _check_newer(save: Unstored, answer: Answer) -> None:
    if save.sequence == answer.sequence or _entries(save).exists():
        raise SequenceReused(
            _(
                "Nothing was changed: another answer was saved under this number. Reload the page and try again."
            )
        )
    if save.sequence < answer.sequence:
        raise AnswerSuperseded(
            _("A newer answer to this question was saved from another window. Reload the page to see it.")
        )


def _entries(save: Unstored) -> Any:
    lines = AnswerEntry.objects.filter(attempt=save.attempt_id, slot=save.slot, sequence=save.sequence)
    return lines.order_by("-number")


def _keep(
    save: Unstored, answer: Answer, attempt: Attempt, reason: HeldReason, now: datetime
) -> Saved | Held:
    held = late.hold(
        attempt=attempt,
        slot=save.slot,
        response=save.response,
        sequence=save.sequence,
        fence=attempt.fence if save.fence is None else save.fence,
        reason=reason,
        said_at=save.said_at,
        now=now,
    )
    if receipts.digest_of(held.response) != save.digest:
        raise SequenceReused(
            _(
                "Nothing was changed: another answer was saved under this number. Reload the page and try again."
            )
        )
    if late.is_taken(held):
        answer.refresh_from_db()
        return Saved(answer.saved_at or now, answer.sequence, answer.entry, answer.chain[:SHORT])
    return late.told(held)


def _locked(attempt_id: UUID) -> Attempt:
    attempts = Attempt.objects.select_for_update(of=("self",)).select_related("exam_version", "person")
    return attempts.get(pk=attempt_id)
