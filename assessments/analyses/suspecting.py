"""From the figures of an exam that is over to suspect questions of the bank. A person decides what becomes of them.

Nothing is suspected twice on the same evidence: once a person put a question back into use, only an analysis with more
candidates may doubt it again. That an item is very easy or very hard is told with the figures and moves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from assessments.analyses.closing import is_closed
from assessments.analyses.selecting import usual_which
from assessments.analyses.wording import reason_text
from assessments.bank.errata import authors_asked
from assessments.bank.workflow import can_move, move_question
from assessments.models import Analysis, Question, QuestionStatus, Suspicion
from assessments.statistics.suspicions import Reason
from people.notices import send_notice

GRAVE = frozenset({Reason.WRONG_KEY, Reason.NEGATIVE, Reason.BELOW_GUESSING})


def raise_suspicions(*, analysis: Analysis, now: datetime) -> list[Suspicion]:
    """Move questions in use to suspect where the figures give a grave reason, and tell their authors. Run again, it
    does nothing more. Only the usual sittings of an exam that is over count as evidence.
    """
    version = analysis.exam_version
    if analysis.which != usual_which(version) or not is_closed(version, now=now):
        return []
    raised = []
    for item in (analysis.figures or {}).get("items", ()):
        reasons = grave_reasons(item)
        if reasons and (suspicion := _raise(analysis, item, reasons, now)):
            raised.append(suspicion)
    return raised


def grave_reasons(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The suspicions of an item that move it, the gravest first."""
    return [each for each in item["suspicions"] if each["reason"] in GRAVE]


@transaction.atomic
def _raise(
    analysis: Analysis, item: Mapping[str, Any], reasons: list[dict[str, Any]], now: datetime
) -> Suspicion | None:
    """The suspicion, unless the question moved on, was asked in another version, or was doubted on as much before."""
    question = Question.objects.select_for_update().filter(pk=item["question_id"]).first()
    if question is None or not can_move(question, QuestionStatus.SUSPECT):
        return None
    if question.live_number != item["version"]:
        return None
    before = Suspicion.objects.filter(question=question, number=item["version"])
    if item["n"] <= (before.aggregate(most=Max("candidates"))["most"] or 0):
        return None
    suspicion, is_new = Suspicion.objects.get_or_create(
        analysis=analysis,
        question=question,
        defaults={
            "number": item["version"],
            "code": reasons[0]["reason"],
            "candidates": item["n"],
            "raised_at": now,
        },
    )
    if not is_new:
        return None
    with translation.override(settings.LANGUAGE_CODE):
        reason = _reason(analysis, item, reasons)
        move_question(question=question, to=QuestionStatus.SUSPECT, by=None, now=now, reason=reason)
        _tell_authors(suspicion, reason, now)
    return suspicion


def _reason(analysis: Analysis, item: Mapping[str, Any], reasons: list[dict[str, Any]]) -> str:
    said = "；".join(reason_text(each) for each in reasons)
    return _("Statistics of “%(exam)s”, %(candidates)s candidates: %(said)s.") % {
        "exam": analysis.exam_version.title,
        "candidates": item["n"],
        "said": said,
    }


def _tell_authors(suspicion: Suspicion, reason: str, now: datetime) -> None:
    question = suspicion.question
    for author in authors_asked(question, on=timezone.localdate(now)):
        send_notice(
            recipient=author,
            title=_("Statistics call question %(key)s suspect") % {"key": question.key},
            body=_("%(reason)s New exams do not take it until somebody has looked at it.")
            % {"reason": reason},
            source_key=f"suspicion:{suspicion.pk}:{author.pk}",
            now=now,
            url=reverse("bank:inspect", args=[question.pk]),
        )
