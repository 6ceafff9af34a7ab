"""Marking by a person against the rubric, without knowing whose paper it is unless the exam says so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.items import item_type
from assessments.marking.completing import complete_if_settled
from assessments.marking.given import given_marks, rules_of
from assessments.marking.judging import Judgement, Numbers, judge
from assessments.marking.leasing import hold_script, round_for
from assessments.marking.queueing import check_can_mark
from assessments.marking.settling import Given, Round, left_of
from assessments.models import Answer, Attempt, AttemptStatus, Mark, MarkComment, MarkingLease
from core import audit
from core.errors import Refusal
from people.models import Person


def candidate_name(attempt: Attempt) -> str:
    """What a marker calls the candidate: a number, or the name where the release marks by name and there is one.

    The attempt comes with its version, person and account.
    """
    account = getattr(attempt.person, "account", None)
    if attempt.exam_version.document.get("anonymous_marking", True) or not account or not account.name:
        return _("Candidate %(number)s") % {"number": attempt.candidate_number}
    return str(account.name)


def record_mark(
    *,
    attempt: Attempt,
    slot: int,
    marks: Numbers,
    comment: str,
    by: Person,
    now: datetime,
    penalty: Decimal | int | str = 0,
) -> Mark:
    """Mark one answer in the round it waits for: 0…max per criterion and a penalty, in steps of half a point.

    The marker has it in hand, or takes it now if nobody has. A later mark by the same person replaces the earlier one
    until the last answer of the paper is settled: then the next Result is appended, goes into the ledger, and the
    candidate is told (see `completing`). The same mark twice gives the first.

    Raises NotAllowed, and Refusal: the result is out ("final"), the slot needs no marker ("not_found"), the marks do
    not fit the rubric ("invalid"), others marked it ("marked"), the marker gave a mark in another round
    ("other_round"), or it cannot be taken (as `leasing.hold_script`).
    """
    with transaction.atomic():
        attempt = (
            Attempt.objects.select_for_update(of=("self",)).select_related("exam_version").get(pk=attempt.pk)
        )
        answer = _answer_to_mark(attempt, slot)
        given = given_marks(Answer.objects.filter(pk=answer.pk)).get(answer.pk, ())
        own = [each for each in left_of(given) if each.marker == by.pk and not each.imported]
        judgement = judge(answer.item.question_version, marks, penalty)
        if own and judgement.is_that_of(own[-1]) and own[-1].comment == comment:
            return Mark.objects.get(pk=own[-1].id)
        if attempt.status == AttemptStatus.COMPLETE:
            raise Refusal(_("The result is out; its marks no longer change."), code="final")
        check_can_mark(by, attempt, at=now)
        round = Round(own[-1].round) if own else _take(answer, given, by, now)
        mark = _create_mark(answer, judgement, comment, round, by, now)
        complete_if_settled(attempt, now=now)
    return mark


def _answer_to_mark(attempt: Attempt, slot: int) -> Answer:
    answer = attempt.answers.select_related("item__question_version").filter(slot=slot).first()
    if (
        answer is None
        or answer.response is None
        or not item_type(answer.item.question_version.type).marked_by_person
    ):
        raise Refusal(_("There is nothing to mark here."), code="not_found")
    answer.attempt = attempt
    return answer


def _take(answer: Answer, given: Sequence[Given], by: Person, now: datetime) -> Round:
    """The round the answer waits for, in the hand of this marker from now on."""
    wanted = round_for(by, given, rules_of(answer.attempt))
    hold_script(answer=answer, round=wanted, marker=by, now=now)
    return wanted


def _create_mark(
    answer: Answer, judgement: Judgement, comment: str, round: Round, by: Person, now: datetime
) -> Mark:
    mark = Mark.objects.create(
        answer=answer, round=round.value, marked_by=by, marked_at=now, **judgement.fields()
    )
    if comment:
        MarkComment.objects.create(mark=mark, text=comment)
    MarkingLease.objects.filter(answer=answer, marker=by).delete()
    target = f"assessments.attempt:{answer.attempt_id}"
    audit.record(
        action="answer.marked",
        target=target,
        by=by,
        now=now,
        slot=answer.slot,
        mark=mark.pk,
        round=round.value,
    )
    return mark
