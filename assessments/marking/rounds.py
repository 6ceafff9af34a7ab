"""Which round an answer waits for, asked of the database: what `settling` says of one answer, for many at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Abs
from django.db.models.lookups import GreaterThan

from assessments.items import ITEM_TYPES
from assessments.marking.settling import Round, Rules
from assessments.models import Answer, Attempt, AttemptStatus, ExamCorrection, ExamVersion, Mark, MarkRound
from assessments.regrading.terms import Void, terms_of

BY_HAND = tuple(code for code, kind in ITEM_TYPES.items() if kind.marked_by_person)
SETTLED_BY = (MarkRound.THIRD, MarkRound.RECHECK)


def written_answers() -> QuerySet[Answer]:
    """Answers that only a person can mark; lazy."""
    return Answer.objects.filter(item__question_version__type__in=BY_HAND, response__isnull=False)


def waiting_answers(attempts: QuerySet[Attempt] | None = None) -> QuerySet[Any]:
    """Written answers of papers that wait for marks, each with the round it waits for as `wanted`; those that wait for
    none are left out, and so are questions that count for nobody any more. Lazy, after one query and one for each
    release among them that was corrected."""
    versions = open_versions()
    answers = written_answers().filter(attempt__status=AttemptStatus.MARKING)
    if attempts is not None:
        answers = answers.filter(attempt__in=attempts)
    for version in (each for each in versions if each.is_corrected):
        resting = [number for number, said in terms_of(version).corrected.items() if said.void != Void.NO]
        if resting:
            answers = answers.exclude(item__exam_version=version, item__number__in=resting)
    return with_wanted(answers, doubles_of(versions)).filter(wanted__isnull=False)


def open_versions() -> list[Any]:
    """Releases with papers that wait for marks and with rules of their own: marked twice, or corrected
    (`is_corrected`). One query."""
    waiting = Attempt.objects.filter(exam_version=OuterRef("pk"), status=AttemptStatus.MARKING)
    corrections = ExamCorrection.objects.filter(exam_version=OuterRef("pk"))
    versions = ExamVersion.objects.filter(Exists(waiting)).annotate(is_corrected=Exists(corrections))
    return list(versions.filter(Q(document__double_marking=True) | Q(is_corrected=True)))


def doubles_of(versions: Iterable[ExamVersion]) -> dict[int, Rules]:
    """How marks come together in those releases in which each answer is marked twice, by release."""
    return {
        version.pk: Rules(True, Decimal(str(version.document.get("marking_tolerance", 2))))
        for version in versions
        if version.document.get("double_marking")
    }


def with_wanted(answers: QuerySet[Answer], doubles: Mapping[int, Rules]) -> QuerySet[Any]:
    """The answers with the round each waits for as `wanted`, None where enough marks were given; lazy.

    `doubles` names the releases that are marked twice; every other is marked once.
    """
    left = Mark.objects.filter(
        Q(answer=OuterRef("pk")),
        Q(marked_at__gte=OuterRef("saved_at")) | Q(answer__saved_at=None),
        undoes=None,
        undone_by=None,
    )
    decided = Exists(left.filter(Q(imported=True) | Q(round__in=SETTLED_BY)))
    apart = [
        When(
            GreaterThan(Abs(F("first_points") - F("second_points")), Value(rules.tolerance, POINTS)),
            attempt__exam_version=version,
            then=Value(Round.THIRD.value),
        )
        for version, rules in doubles.items()
    ]
    return answers.alias(
        first_points=_newest(left, Round.FIRST), second_points=_newest(left, Round.SECOND)
    ).annotate(
        wanted=Case(
            When(decided, then=Value(None)),
            When(first_points=None, then=Value(Round.FIRST.value)),
            When(~Q(attempt__exam_version__in=list(doubles)), then=Value(None)),
            When(second_points=None, then=Value(Round.SECOND.value)),
            *apart,
            default=Value(None),
        )
    )


POINTS: DecimalField[Any, Any] = DecimalField(max_digits=6, decimal_places=2)


def _newest(left: QuerySet[Mark], round: Round) -> Subquery:
    given = left.filter(round=round.value, imported=False).order_by("-id")
    return Subquery(given.values("points")[:1], output_field=POINTS)
