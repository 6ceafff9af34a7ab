"""Marking by a person against the rubric, without knowing whose paper it is unless the exam says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from assessments.exams.settings import Phase, tells_mark
from assessments.items import MarksInvalid, RubricType, item_type
from assessments.items.checking import as_text
from assessments.models import Answer, Attempt, AttemptStatus, Mark, MarkComment, Result
from assessments.results.scoring import record_exam_evidence, record_result, score_answers
from assessments.wording import refusal_of
from core import audit
from core.errors import NotAllowed, Refusal
from people.models import Membership, Person, Role, RoleAssignment, ScopeGrant
from people.notices import send_notice
from people.scope import memberships_overseen_by

STEP = Decimal("0.5")


def attempts_to_mark(marker: Person, *, at: datetime) -> QuerySet[Attempt]:
    """Attempts that wait for marks and that this person may mark, as one lazy query.

    An examiner marks candidates who work in the examiner's part of the organisation (or nowhere any more), but never
    themselves, and nobody they accompany: whoever holds a scope grant on the candidate, as a mentor does, is out.
    """
    on = timezone.localdate(at)
    roles = RoleAssignment.objects.active(on=on).filter(person=marker, role=Role.EXAMINER)
    working = Membership.objects.active(on=on).filter(person=OuterRef("person"))
    covered = memberships_overseen_by(marker, roles=[Role.EXAMINER], at=at).values("person")
    accompanied = ScopeGrant.objects.active(at=at).filter(viewer=marker).values("subject")
    return (
        Attempt.objects.filter(Exists(roles), status=AttemptStatus.MARKING)
        .filter(Q(person__in=covered) | ~Exists(working))
        .exclude(Q(person=marker) | Q(person__in=accompanied))
    )


def can_mark(marker: Person, attempt: Attempt, *, at: datetime) -> bool:
    """Whether this attempt is in the marker's queue."""
    return attempts_to_mark(marker, at=at).filter(pk=attempt.pk).exists()


def check_can_mark(marker: Person, attempt: Attempt, *, at: datetime) -> None:
    """Raises NotAllowed unless `can_mark`."""
    if not can_mark(marker, attempt, at=at):
        raise NotAllowed(_("You cannot mark this paper."))


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
    marks: Mapping[str, Decimal | int | str],
    comment: str,
    by: Person,
    now: datetime,
    penalty: Decimal | int | str = 0,
) -> Mark:
    """Mark one answer: 0…max per criterion and a penalty, in steps of half a point.

    A later mark replaces an earlier one until the last open answer is marked: then the next Result is appended, goes
    into the ledger, and the candidate is told. The same mark twice gives the first. Raises NotAllowed, or Refusal
    when the result is final, the slot needs no marker, or the marks do not fit the rubric.
    """
    with transaction.atomic():
        attempt = (
            Attempt.objects.select_for_update(of=("self",)).select_related("exam_version").get(pk=attempt.pk)
        )
        answer = _answer_to_mark(attempt, slot)
        previous = (
            Mark.objects.filter(answer=answer, marked_at__gte=answer.saved_at or attempt.started_at)
            .order_by("-id")
            .select_related("comment")
            .first()
        )
        given = _score(answer, marks, penalty)
        if previous and previous.marked_by_id == by.pk and _says(previous, given, comment):
            return previous
        if attempt.status == AttemptStatus.COMPLETE:
            raise Refusal(_("The result is out; its marks no longer change."), code="final")
        check_can_mark(by, attempt, at=now)
        mark = _create_mark(answer, given, comment, by, now)
        _complete_if_marked(attempt, now)
    return mark


def _answer_to_mark(attempt: Attempt, slot: int) -> Answer:
    answer = attempt.answers.select_related("item__question_version").filter(slot=slot).first()
    if (
        answer is None
        or answer.response is None
        or not item_type(answer.item.question_version.type).marked_by_person
    ):
        raise Refusal(_("There is nothing to mark here."), code="not_found")
    return answer


def _score(
    answer: Answer, marks: Mapping[str, Decimal | int | str], penalty: Decimal | int | str
) -> Mapping[str, str]:
    """Points, penalty and marks per criterion, as decimal text, under the names of `Mark`'s fields."""
    version = answer.item.question_version
    kind = item_type(version.type)
    assert isinstance(kind, RubricType)  # noqa: S101 -- _answer_to_mark lets nothing else through
    try:
        score = kind.score_marks(version.answer, marks, penalty)
    except MarksInvalid as error:
        raise refusal_of(error) from error
    if any(Decimal(number) % STEP for number in score.detail.values()):
        raise Refusal(_("Give marks in steps of half a point."), code="invalid")
    return {**score.detail, "points": as_text(score.points)}


def _says(mark: Mark, given: Mapping[str, str], comment: str) -> bool:
    written = mark.comment.text if hasattr(mark, "comment") else ""
    return {
        **mark.marks,
        "penalty": mark.penalty,
        "points": as_text(mark.points),
    } == given and written == comment


def _create_mark(answer: Answer, given: Mapping[str, str], comment: str, by: Person, now: datetime) -> Mark:
    mark = Mark.objects.create(
        answer=answer,
        marks={each: number for each, number in given.items() if each not in {"penalty", "points"}},
        penalty=given["penalty"],
        points=Decimal(given["points"]),
        marked_by=by,
        marked_at=now,
    )
    if comment:
        MarkComment.objects.create(mark=mark, text=comment)
    target = f"assessments.attempt:{answer.attempt_id}"
    audit.record(action="answer.marked", target=target, by=by, now=now, slot=answer.slot, mark=mark.pk)
    return mark


def _complete_if_marked(attempt: Attempt, now: datetime) -> None:
    scored = score_answers(attempt)
    if any(each.score.needs_marking for each in scored):
        return
    result = record_result(attempt, scored, now=now)
    attempt.move_to(AttemptStatus.COMPLETE)
    attempt.save(update_fields=["status"])
    record_exam_evidence(attempt, result, scored, now=now)
    _tell_candidate(attempt, result, now)


def _tell_candidate(attempt: Attempt, result: Result, now: datetime) -> None:
    tells = tells_mark(attempt.exam_version.document.get("review"), Phase.SUBMITTED)
    with translation.override(settings.LANGUAGE_CODE):
        points = _("%(points)s of %(max)s points.") % {
            "points": result.points_text,
            "max": result.max_points_text,
        }
        send_notice(
            recipient=attempt.person,
            title=_("Your exam result is out: %(title)s") % {"title": attempt.exam_version.title},
            body=points if tells else _("The result page says when the marks show."),
            url=reverse("assessments:result", args=[attempt.pk]),
            source_key=f"result:{attempt.pk}:{result.number}",
            now=now,
        )
