"""The other marker's look at a whole paper: every answer that people marked keeps its marks or gets new ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.items import RubricType, item_type
from assessments.items.checking import as_text
from assessments.marking.judging import STEP, Judgement, judge
from assessments.marking.settling import Standing
from assessments.models import (
    Answer,
    Attempt,
    AttemptStatus,
    Mark,
    MarkComment,
    MarkRound,
    Recheck,
    RecheckStatus,
)
from assessments.rechecks import news
from assessments.rechecks.asking import check_reply, kept, locked, record
from assessments.rechecks.markers import markers_for
from assessments.results.rescoring import Reason, rescore_attempt
from assessments.results.scoring import standing_marks
from core import audit
from core.errors import NotAllowed, Refusal
from people.models import Person


@dataclass(frozen=True)
class NewMarks:
    """What an answer is to get instead: marks by criterion and a penalty, or, for a question without a rubric whose
    marks came from a file, `points`."""

    marks: Mapping[str, Decimal] = field(default_factory=dict)
    penalty: Decimal = Decimal(0)
    points: Decimal | None = None
    comment: str = ""


def settle_recheck(
    *, recheck: Recheck, judged: Mapping[int, NewMarks | None], reply: str, by: Person, now: datetime
) -> Recheck:
    """Store what the other marker found, score the paper again and tell the candidate, in one transaction.

    `judged` says for the slot of every answer that people marked what becomes of it; None keeps its marks. New marks
    that say what stands already are none. A result that stays as it was is an outcome like any other. Settled again
    changes nothing. Raises NotAllowed for anybody but the marker it was handed to and who still may, and Refusal:
    before it is granted ("status"), while the paper waits for marks ("waiting"), where an answer was left out
    ("incomplete"), for marks that do not fit ("invalid"), for a reply that is too short or too long ("reply").
    """
    reply = kept(reply)
    with transaction.atomic():
        recheck = locked(recheck)
        _check_is_marker(by, recheck, now)
        if recheck.status == RecheckStatus.SETTLED:
            return recheck
        _check_can_settle(recheck)
        check_reply(reply)
        given = _give(recheck, judged, by, now)
        before = recheck.attempt.results.order_by("-number")[0]
        outcome = rescore_attempt(attempt=recheck.attempt, reason=Reason.RECHECK, by=by, now=now)
        recheck.move_to(RecheckStatus.SETTLED)
        recheck.outcome, recheck.reply, recheck.settled_at = outcome, reply, now
        recheck.save(update_fields=["status", "outcome", "reply", "settled_at"])
        changed = outcome.number != before.number
        record(
            "recheck.settled", recheck, by=by, now=now, outcome=outcome.number, changed=changed, marks=given
        )
        news.tell_settled(recheck, changed=changed, now=now)
    return recheck


def marked_answers(attempt: Attempt) -> tuple[tuple[Answer, Standing], ...]:
    """The answers with marks by people or from a file, with what stands for each, in the order of the paper.

    Three queries at most. The attempt comes with its version.
    """
    standing = standing_marks(attempt)
    answers = (
        attempt.answers.filter(pk__in=standing).select_related("item__question_version").order_by("slot")
    )
    return tuple((answer, standing[answer.pk]) for answer in answers)


def full_marks(answer: Answer) -> Decimal:
    """What an answer can earn at most. It comes with its item and question."""
    version = answer.item.question_version
    kind = item_type(version.type)
    return kind.full_marks(version.answer) if isinstance(kind, RubricType) else answer.item.points


def _check_is_marker(by: Person, recheck: Recheck, now: datetime) -> None:
    if by.pk != recheck.marker_id:
        raise NotAllowed(_("This paper is rechecked by somebody else."))
    settled = recheck.status == RecheckStatus.SETTLED  # by then the marker has marked it
    if not settled and not markers_for(recheck.attempt, at=now).filter(pk=by.pk).exists():
        raise NotAllowed(_("You may not recheck this paper any more. Tell your administrator."))


def _check_can_settle(recheck: Recheck) -> None:
    if recheck.status != RecheckStatus.GRANTED:
        raise Refusal(_("This paper is not being rechecked."), code="status")
    if recheck.attempt.status != AttemptStatus.COMPLETE:
        raise Refusal(
            _(
                "An answer of this paper is being marked right now. Settle the recheck when its result is out."
            ),
            code="waiting",
        )


def _give(recheck: Recheck, judged: Mapping[int, NewMarks | None], by: Person, now: datetime) -> int:
    """Write the marks that are new; how many they are."""
    answers = marked_answers(recheck.attempt)
    slots = {answer.slot for answer, _standing in answers}
    if slots != set(judged):
        raise Refusal(
            _("Keep the marks of every answer or give new ones; none may be left out."), code="incomplete"
        )
    count = 0
    for answer, standing in answers:
        new = judged[answer.slot]
        if new is None:
            continue
        judgement = _judgement(answer, new)
        if not judgement.is_that_of(standing):
            _create(answer, judgement, new.comment, by, now)
            count += 1
    return count


def _judgement(answer: Answer, new: NewMarks) -> Judgement:
    """Raises Refusal where the marks do not fit the question."""
    version = answer.item.question_version
    if isinstance(item_type(version.type), RubricType):
        return judge(version, new.marks, new.penalty)
    most = full_marks(answer)
    if new.points is None or not 0 <= new.points <= most:
        raise Refusal(_("Give a number from 0 to %(most)s.") % {"most": as_text(most)}, code="invalid")
    if new.points % STEP:
        raise Refusal(_("Give marks in steps of half a point."), code="invalid")
    return Judgement(marks={}, penalty="0", points=new.points)


def _create(answer: Answer, judgement: Judgement, comment: str, by: Person, now: datetime) -> None:
    mark = Mark.objects.create(
        answer=answer, round=MarkRound.RECHECK, marked_by=by, marked_at=now, **judgement.fields()
    )
    if comment:
        MarkComment.objects.create(mark=mark, text=comment)
    target = f"assessments.attempt:{answer.attempt_id}"
    audit.record(action="answer.rechecked", target=target, by=by, now=now, slot=answer.slot, mark=mark.pk)
