"""The result of a paper goes out when its last answer is settled, and no mark can be taken back any more."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from assessments.exams.settings import Phase, tells_mark
from assessments.marking.plans import terms_by_key, terms_for
from assessments.marking.rounds import waiting_answers
from assessments.models import Attempt, AttemptStatus, Mark, Result
from assessments.results.scoring import record_exam_evidence, record_result, score_answers
from people.notices import send_notice


def complete_if_settled(attempt: Attempt, *, now: datetime) -> Result | None:
    """Append the paper's next result, put it into the ledger and tell the candidate, once every answer is settled and
    the last mark can no longer be taken back; else None. Call it under the attempt's lock."""
    if attempt.status != AttemptStatus.MARKING:
        return None
    scored = score_answers(attempt)
    if any(each.score.needs_marking for each in scored):
        return None
    undo = terms_for(attempt.exam_key).undo
    if undo and (last := _last_marked_at(attempt)) and now < last + undo:
        return None
    result = record_result(attempt, scored, now=now)
    attempt.move_to(AttemptStatus.COMPLETE)
    attempt.save(update_fields=["status"])
    record_exam_evidence(attempt, result, scored, now=now)
    _tell_candidate(attempt, result, now)
    return result


def complete_marked(*, now: datetime) -> int:
    """Send out the results of papers whose marks can no longer be taken back; returns how many. Each paper is a
    transaction of its own: killed in between, the rest goes out next time."""
    waiting = waiting_answers().filter(attempt=OuterRef("pk"))
    settled = (
        Attempt.objects.filter(~Exists(waiting), status=AttemptStatus.MARKING)
        .annotate(last_at=Max("answers__marks__marked_at"))
        .order_by("pk")
        .values_list("pk", "exam_key", "last_at")
    )
    found = list(settled)
    terms = terms_by_key({exam_key for _pk, exam_key, _last_at in found})
    done = 0
    for pk, exam_key, last_at in found:
        if last_at is None or now >= last_at + terms[exam_key].undo:
            with transaction.atomic():
                locked = Attempt.objects.select_for_update(of=("self",))
                attempt = locked.select_related("exam_version", "person").get(pk=pk)
                done += complete_if_settled(attempt, now=now) is not None
    return done


def _last_marked_at(attempt: Attempt) -> datetime | None:
    last: datetime | None = Mark.objects.filter(answer__attempt=attempt).aggregate(at=Max("marked_at"))["at"]
    return last


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
