"""Exams corrected after people sat them: tried and proposed by an author, approved by somebody else, carried out."""

from __future__ import annotations

from django.db import transaction

from assessments import decisions
from assessments.models import ExamItem, ExamVersion, Regrade, RegradeStatus
from assessments.regrading.advancing import advance_regrade
from assessments.regrading.deciding import approve_regrade
from assessments.regrading.drafting import draft_regrade, propose_regrade, try_regrade
from cms.demo.histories.steps import RegradeApproved, RegradeProposed
from cms.demo.telling.telling import People, tell
from people.models import Person


@tell.register
@transaction.atomic
def _proposed(step: RegradeProposed, people: People) -> None:
    version = _release(step.exam)
    if Regrade.objects.filter(exam_version=version).exists():
        return
    item = ExamItem.objects.get(exam_version=version, question_version__question__key=step.question)
    by, now = people[step.by], step.at
    regrade = draft_regrade(
        exam_version=version,
        changes=[{"kind": "void", "item": item.number, "how": step.how}],
        reason=step.reason,
        by=by,
        now=now,
    )
    try_regrade(regrade=regrade, by=by, now=now)
    regrade = advance_regrade(regrade=regrade, clock=lambda: now)
    propose_regrade(regrade=regrade, by=by, now=now)


@tell.register
@transaction.atomic
def _approved(step: RegradeApproved, people: People) -> None:
    """Carried out within the transaction, so that the job, which runs on the real clock, finds nothing to do."""
    regrade = Regrade.objects.filter(exam_version=_release(step.exam), status=RegradeStatus.PROPOSED).first()
    if regrade is None:
        return
    approve_regrade(regrade=regrade, by=people[step.by], now=step.at)
    regrade = advance_regrade(regrade=regrade, clock=lambda: step.at)
    for person in Person.objects.filter(attempts__in=regrade.lines.values("attempt")).distinct():
        decisions.reconsider(person=person, now=step.at)


def _release(exam: str) -> ExamVersion:
    return ExamVersion.objects.newest().get(key=exam)
