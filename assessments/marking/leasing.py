"""Scripts in hand: who has which answer for which round, so that no two people mark it at the same time.

A lease is a courtesy with a clock: it lapses by itself, and what lapsed is given to others. What holds whatever happens
stands in the database (one marker for a round, one round for a marker) and in `recording`.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.marking.anchors import check_anchors_done
from assessments.marking.plans import PlanTerms, marked_counts, terms_for
from assessments.marking.queueing import free_scripts, scripts_in_hand
from assessments.marking.rounds import waiting_answers
from assessments.marking.settling import Given, Round, Rules, left_of, may_give, settle
from assessments.models import Answer, ExamItem, MarkingLease
from core.errors import Refusal
from people.models import Person, Role
from people.roles import check_role


def take_scripts(
    *, marker: Person, item: ExamItem, now: datetime, count: int | None = None
) -> tuple[MarkingLease, ...]:
    """See to it that the marker has `count` scripts of this question in hand, as many as the plan allows without one;
    gives those that are, the first taken first. Fewer, or none, where no more wait for a round the marker may give.

    What was in hand of it is kept for the whole time again; twice the same takes no more. Raises NotAllowed without
    the role, and Refusal: anchors of the question are left ("anchors"), the hand is full of other questions ("hold"),
    the quota is reached ("quota").
    """
    check_role(marker, Role.EXAMINER, on=timezone.localdate(now))
    with transaction.atomic():
        # One hand for all windows of a marker; and takers of one question come one after the other.
        Person.objects.select_for_update(no_key=True).get(pk=marker.pk)
        item = (
            ExamItem.objects.select_for_update(of=("self",), no_key=True)
            .select_related("exam_version")
            .get(pk=item.pk)
        )
        check_anchors_done(marker, item, at=now)
        MarkingLease.objects.filter(answer__item=item, expires_at__lte=now).delete()
        _drop_settled(marker, item)
        exam_key = item.exam_version.key
        terms = terms_for(exam_key)
        in_hand = scripts_in_hand(marker, at=now).filter(answer__attempt__exam_key=exam_key)
        here = in_hand.filter(answer__item=item)
        held, room = here.count(), terms.hold - in_hand.count()
        quota_left = _quota_left(marker, exam_key, terms, now)
        if not held:
            _check_room(room, quota_left)
        here.update(expires_at=now + terms.lease)
        more = min(room, quota_left, terms.hold if count is None else count - held)
        if more > 0:
            _take(marker, item, terms, more, now)
        return tuple(here.select_related("answer__attempt"))


def return_scripts(*, marker: Person, answers: Collection[Answer] | None = None) -> int:
    """Give back what the marker has in hand, all of it without `answers`; returns how many. What is not in the
    marker's hand stays where it is."""
    leases = MarkingLease.objects.filter(marker=marker)
    if answers is not None:
        leases = leases.filter(answer__in=[answer.pk for answer in answers])
    count, _rows = leases.delete()
    return count


def round_for(marker: Person, given: Sequence[Given], rules: Rules) -> Round:
    """The round an answer with these marks waits for. Raises Refusal: it waits for none, others marked it or a file did
    ("marked"), or this marker gave a mark in another round ("other_round")."""
    wanted = settle(given, rules).wanted
    if wanted is None and any(each.imported for each in left_of(given)):
        raise Refusal(
            _("Marks for this answer came in from a file, and nothing was stored. Take the next answer."),
            code="marked",
        )
    if wanted is None:
        raise Refusal(
            _("Another marker has marked this answer already, and nothing was stored. Take the next answer."),
            code="marked",
        )
    if not may_give(marker.pk, wanted, given):
        raise Refusal(
            _("You have marked this answer; somebody else gives its next marks. Take the next answer."),
            code="other_round",
        )
    return wanted


def hold_script(*, answer: Answer, round: Round, marker: Person, now: datetime) -> MarkingLease:
    """The marker's lease of the answer for this round; where nobody has it in hand, it is taken. One that lapsed still
    counts until somebody else takes it. Call it under the attempt's lock; the answer comes with its attempt.

    Raises Refusal: another marker has it in hand ("leased"), anchors of the question are left ("anchors"), the quota
    is reached ("quota").
    """
    leases = MarkingLease.objects.filter(answer=answer, round=round)
    lease = leases.select_for_update().first()
    if lease and lease.marker_id == marker.pk:
        return lease
    if lease is None or lease.expires_at <= now:
        exam_key = answer.attempt.exam_key
        terms = terms_for(exam_key)
        check_anchors_done(marker, answer.item, at=now)
        _check_room(1, _quota_left(marker, exam_key, terms, now))
        MarkingLease.objects.filter(answer=answer, expires_at__lte=now).delete()
        _insert(marker, [(answer.pk, round.value)], terms, now)
        lease = leases.get()
    if lease.marker_id != marker.pk:
        until = date_format(timezone.localtime(lease.expires_at), "TIME_FORMAT")
        raise Refusal(
            _(
                "Another marker has this answer in hand until %(time)s, and nothing was stored. Keep this page open "
                "and save again after that time, or take the next answer."
            )
            % {"time": until},
            code="leased",
        )
    return lease


def _take(marker: Person, item: ExamItem, terms: PlanTerms, count: int, now: datetime) -> None:
    own = MarkingLease.objects.filter(answer=OuterRef("pk"), marker=marker)
    free = free_scripts(marker, at=now).filter(item=item).exclude(Exists(own))
    taken = list(free.values_list("pk", "wanted")[:count])
    _insert(marker, taken, terms, now)
    _drop_settled(marker, item)  # what somebody marked while we waited for their lease to go


def _drop_settled(marker: Person, item: ExamItem) -> None:
    """Away with leases of answers that do not wait for that round any more: marked meanwhile, or by a file."""
    waiting = waiting_answers().filter(pk=OuterRef("answer"), wanted=OuterRef("round"))
    MarkingLease.objects.filter(~Exists(waiting), marker=marker, answer__item=item).delete()


def _insert(marker: Person, scripts: list[tuple[int, int]], terms: PlanTerms, now: datetime) -> None:
    """Leases of those that nobody takes at the same moment."""
    MarkingLease.objects.bulk_create(
        [
            MarkingLease(
                answer_id=answer, round=round, marker=marker, taken_at=now, expires_at=now + terms.lease
            )
            for answer, round in scripts
        ],
        ignore_conflicts=True,
    )


def _quota_left(marker: Person, exam_key: str, terms: PlanTerms, now: datetime) -> int:
    """How many scripts of the exam the marker may still take, with what is in hand taken off."""
    if terms.quota is None:
        return sys.maxsize
    in_hand = scripts_in_hand(marker, at=now).filter(answer__attempt__exam_key=exam_key).count()
    return terms.quota - marked_counts(marker, [exam_key]).get(exam_key, 0) - in_hand


def _check_room(room: int, quota_left: int) -> None:
    if quota_left <= 0:
        raise Refusal(
            _("You have marked as many answers of this exam as was planned for you. Others mark the rest."),
            code="quota",
        )
    if room <= 0:
        raise Refusal(
            _(
                "You have as many answers of other questions in hand as is planned. Mark or return some first."
            ),
            code="hold",
        )
