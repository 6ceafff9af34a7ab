"""Questions reported by learners, and the authors' answers."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from assessments.bank.errata import answer_erratum, report_erratum
from assessments.models import Erratum, ErratumKind, QuestionVersion
from cms.demo.histories.steps import ErratumAnswered, ErratumReported
from cms.demo.telling.telling import People, tell


@tell.register
@transaction.atomic
def _reported(step: ErratumReported, people: People) -> None:
    if _errata(step, people).exists():
        return
    report_erratum(
        version=QuestionVersion.objects.shown().get(question__key=step.question),
        reporter=people[step.person],
        kind=ErratumKind(step.kind),
        text=step.text,
        now=step.at,
    )


@tell.register
@transaction.atomic
def _answered(step: ErratumAnswered, people: People) -> None:
    answer_erratum(
        erratum=_errata(step, people).earliest("reported_at"),
        accepted=step.accepted,
        answer=step.answer,
        by=people[step.by],
        now=step.at,
    )


def _errata(step: ErratumReported | ErratumAnswered, people: People) -> QuerySet[Erratum]:
    """What this person has reported about this question."""
    return Erratum.objects.filter(reporter=people[step.person], question_version__question__key=step.question)
