"""Anchors 定标样卷: answers whose marks were agreed beforehand. Every marker marks them blind before scripts of that
question, then sees what they are worth: so that all of them measure with one rule.

    choose_anchor ⇄ retire_anchor        record_anchor_mark: once for each marker
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.items import RubricType, item_type
from assessments.items.checking import as_text
from assessments.items.writing import clean_text
from assessments.marking.judging import Judgement, Numbers, judge
from assessments.marking.queueing import people_too_close_to
from assessments.models import (
    AnchorMark,
    AnchorScript,
    Answer,
    Attempt,
    AttemptStatus,
    ExamItem,
    Mark,
)
from assessments.results.scoring import standing_marks
from core import audit
from core.errors import NotAllowed, Refusal
from people.models import Membership, Person, Role, RoleAssignment
from people.roles import check_role
from people.scope import people_overseen_by

CHOOSERS = (Role.ADMINISTRATOR,)  # authors read nobody's answers, here as everywhere
LONGEST_NOTE = 2000


@dataclass(frozen=True)
class AnchorOutcome:
    """What a marker gave an anchor, and what it is worth."""

    mark: AnchorMark
    anchor: AnchorScript

    @property
    def difference(self) -> Decimal:
        """In points, above 0 where too much was given."""
        return self.mark.points - self.anchor.points


def answers_to_anchor(chooser: Person, *, at: datetime) -> QuerySet[Answer]:
    """Answers that this person may make an anchor: handed in, by people in their part of the organisation or by those
    who work nowhere any more; lazy."""
    on = timezone.localdate(at)
    roles = RoleAssignment.objects.active(on=on).filter(person=chooser, role__in=CHOOSERS)
    overseen = people_overseen_by(chooser, roles=CHOOSERS, at=at).values("pk")
    working = Membership.objects.active(on=on).filter(person=OuterRef("attempt__person"))
    return (
        Answer.objects.filter(Exists(roles), response__isnull=False)
        .exclude(attempt__status=AttemptStatus.OPEN)
        .exclude(attempt__person=chooser)
        .filter(Q(attempt__person__in=overseen) | ~Exists(working))
    )


def choose_anchor(
    *,
    answer: Answer,
    by: Person,
    now: datetime,
    marks: Numbers | None = None,
    penalty: Decimal | int | str = 0,
    note: str = "",
) -> AnchorScript:
    """Make an answer an anchor, worth these marks, or those that stand for it where none are given.

    One that is an anchor with the same marks stays it, and one that was retired is one again. Raises NotAllowed, and
    Refusal: nobody marks this question or the marks do not fit it (as `judge`), no marks stand yet ("unsettled"), it
    was an anchor with other marks ("chosen").
    """
    if not answers_to_anchor(by, at=now).filter(pk=answer.pk).exists():
        raise NotAllowed(_("You cannot choose this answer."))
    note = clean_text("note", note.strip()[:LONGEST_NOTE]) if note.strip() else ""
    with transaction.atomic():
        attempt = Attempt.objects.select_for_update(of=("self",)).select_related("exam_version")
        locked = attempt.get(pk=answer.attempt_id)
        answer = Answer.objects.select_related("item__question_version").get(pk=answer.pk)
        version = answer.item.question_version
        worth = _standing(locked, answer) if marks is None else judge(version, marks, penalty)
        anchor = AnchorScript.objects.filter(answer=answer).first()
        if anchor and not worth.is_that_of(anchor):
            raise Refusal(
                _("This answer was an anchor with other marks, and markers know them. Choose another."),
                code="chosen",
            )
        if anchor and anchor.retired_at is None:
            return anchor
        if anchor:
            anchor.retired_at = None
            anchor.save(update_fields=["retired_at"])
        else:
            anchor = AnchorScript.objects.create(
                answer=answer, note=note, chosen_by=by, chosen_at=now, **worth.fields()
            )
        _record("anchor.chosen", anchor, by, now)
    return anchor


def retire_anchor(*, anchor: AnchorScript, by: Person, now: datetime) -> AnchorScript:
    """Give an anchor to markers no more; what they gave it stays. Raises NotAllowed as choosing it does."""
    if not answers_to_anchor(by, at=now).filter(pk=anchor.answer_id).exists():
        raise NotAllowed(_("You cannot choose this answer."))
    with transaction.atomic():
        anchor = AnchorScript.objects.select_for_update().get(pk=anchor.pk)
        if anchor.retired_at is None:
            anchor.retired_at = now
            anchor.save(update_fields=["retired_at"])
            _record("anchor.retired", anchor, by, now)
    return anchor


def anchors_left(marker: Person, item: ExamItem, *, at: datetime) -> QuerySet[AnchorScript]:
    """Anchors of the question, from whatever release, that this marker has yet to mark, the oldest first; lazy."""
    return blind_anchors(marker, at=at).filter(answer__item__question_version=item.question_version_id)


def blind_anchors(marker: Person, *, at: datetime) -> QuerySet[AnchorScript]:
    """The same of all questions. Without those that would not be blind: chosen by the marker, marked by the marker as
    a script, or written by somebody whom the marker never marks."""
    given = AnchorMark.objects.filter(anchor=OuterRef("pk"), marked_by=marker)
    known = Mark.objects.filter(answer=OuterRef("answer"), marked_by=marker)
    return (
        AnchorScript.objects.filter(retired_at=None)
        .exclude(Exists(given))
        .exclude(Exists(known))
        .exclude(chosen_by=marker)
        .exclude(answer__attempt__person__in=people_too_close_to(marker, at=at))
        .order_by("pk")
    )


def next_anchor_for(marker: Person, item: ExamItem, *, at: datetime) -> AnchorScript | None:
    """The next anchor this marker has to do before scripts of the question, with its answer; None when all are done."""
    left = anchors_left(marker, item, at=at)
    return left.select_related("answer__attempt__exam_version", "answer__item__question_version").first()


def check_anchors_done(marker: Person, item: ExamItem, *, at: datetime) -> None:
    """Raises Refusal ("anchors") while anchors of the question are left to this marker."""
    if anchors_left(marker, item, at=at).exists():
        raise Refusal(_("Mark the anchor answers of this question first."), code="anchors")


def record_anchor_mark(
    *, anchor: AnchorScript, marks: Numbers, by: Person, now: datetime, penalty: Decimal | int | str = 0
) -> AnchorOutcome:
    """What a marker gives an anchor, once: what was given first stays, whatever is sent later.

    Raises NotAllowed for anybody it is not left to, and Refusal for marks that do not fit (as `judge`).
    """
    check_role(by, Role.EXAMINER, on=timezone.localdate(now))
    with transaction.atomic():
        anchor = (
            AnchorScript.objects.select_for_update(of=("self",))
            .select_related("answer__item__question_version")
            .get(pk=anchor.pk)
        )
        existing = AnchorMark.objects.filter(anchor=anchor, marked_by=by).first()
        if existing:
            return AnchorOutcome(existing, anchor)
        if not anchors_left(by, anchor.answer.item, at=now).filter(pk=anchor.pk).exists():
            raise NotAllowed(_("This anchor is not for you."))
        given = judge(anchor.answer.item.question_version, marks, penalty)
        mark = AnchorMark.objects.create(anchor=anchor, marked_by=by, marked_at=now, **given.fields())
        audit.record(
            action="anchor.marked",
            target=f"assessments.anchor:{anchor.pk}",
            by=by,
            now=now,
            mark=mark.pk,
        )
    return AnchorOutcome(mark, anchor)


def outcome_for(anchor: AnchorScript, marker: Person) -> AnchorOutcome | None:
    """What this marker gave the anchor and what it is worth; None before it was marked: nobody sees that first."""
    mark = AnchorMark.objects.filter(anchor=anchor, marked_by=marker).first()
    return AnchorOutcome(mark, anchor) if mark else None


def _standing(attempt: Attempt, answer: Answer) -> Judgement:
    """What the marks that count come to. Raises Refusal where they do not yet."""
    standing = standing_marks(attempt).get(answer.pk)
    by_hand = isinstance(item_type(answer.item.question_version.type), RubricType)
    if not by_hand or standing is None or not standing.marks:
        raise Refusal(_("No marks stand for this answer yet; give them here."), code="unsettled")
    return Judgement(dict(standing.marks), standing.penalty, standing.points)


def _record(action: str, anchor: AnchorScript, by: Person, now: datetime) -> None:
    target, worth = f"assessments.anchor:{anchor.pk}", as_text(anchor.points)
    audit.record(action=action, target=target, by=by, now=now, answer=anchor.answer_id, points=worth)
