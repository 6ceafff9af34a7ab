"""成绩复核, as the candidate begins it and an administrator decides about it.

    ask_recheck → grant_recheck → settling.settle_recheck
                → refuse_recheck

A recheck looks at the whole paper once more. Marks may go up, go down or stay: the candidate is told so before asking.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from assessments.items.writing import MOST_CHARACTERS, clean_text
from assessments.models import Attempt, Recheck, RecheckStatus
from assessments.rechecks import news
from assessments.rechecks.markers import markers_for
from assessments.rechecks.terms import check_can_ask
from core import audit
from core.errors import NotAllowed, Refusal
from people.models import Person
from people.scope import administrators_of

TEXT_LENGTH = (5, 1_000)


def ask_recheck(*, attempt: Attempt, text: str, by: Person, now: datetime) -> Recheck:
    """The candidate asks, once for an attempt; what was asked first stands, and its administrators are told.

    Raises as `terms.check_can_ask`, and Refusal for a text that is too short or too long ("text").
    """
    text = kept(text)
    with transaction.atomic():
        attempt = (
            Attempt.objects.select_for_update(of=("self",))
            .select_related("exam_version", "person", "seat__session")
            .get(pk=attempt.pk)
        )
        if by.pk != attempt.person_id:
            raise NotAllowed(_("Only the candidate may ask for a recheck."))
        existing = Recheck.objects.filter(attempt=attempt).first()
        if existing:
            return existing
        if not TEXT_LENGTH[0] <= len(text) <= TEXT_LENGTH[1]:
            raise Refusal(_("Say in 5 to 1000 characters what you doubt."), code="text")
        result = attempt.results.order_by("-number")[0]
        check_can_ask(attempt, result, by=by, now=now)
        recheck = Recheck.objects.create(attempt=attempt, result=result, text=text, asked_at=now)
        record("recheck.asked", recheck, by=by, now=now, result=result.number)
        news.ask_administrators(recheck, now=now)
    return recheck


def grant_recheck(*, recheck: Recheck, marker: Person, by: Person, now: datetime) -> Recheck:
    """An administrator of the candidate hands the paper to a marker who had no hand in it; while the recheck runs, to
    another one instead. The same marker again changes nothing.

    Raises NotAllowed for anybody else, and Refusal: once it is decided otherwise ("decided"), for a marker who may
    not recheck this paper ("marker").
    """
    with transaction.atomic():
        recheck = locked(recheck)
        _check_may_decide(by, recheck, now)
        if recheck.status == RecheckStatus.GRANTED and recheck.marker_id == marker.pk:
            return recheck
        if recheck.status not in (RecheckStatus.ASKED, RecheckStatus.GRANTED):
            raise Refusal(_("Somebody has decided about this request."), code="decided")
        if not markers_to_choose(recheck, by=by, at=now).filter(pk=marker.pk).exists():
            raise Refusal(
                _("Choose an examiner who marked nothing of this paper and is not you."), code="marker"
            )
        _hand_over(recheck, marker, by, now)
    return recheck


def refuse_recheck(*, recheck: Recheck, reply: str, by: Person, now: datetime) -> Recheck:
    """An administrator of the candidate says no, and why. Refused again changes nothing.

    Raises NotAllowed for anybody else, and Refusal: once it was granted ("decided"), for a reply that is too short or
    too long ("reply").
    """
    reply = kept(reply)
    with transaction.atomic():
        recheck = locked(recheck)
        _check_may_decide(by, recheck, now)
        if recheck.status == RecheckStatus.REFUSED:
            return recheck
        if recheck.status != RecheckStatus.ASKED:
            raise Refusal(_("Somebody has decided about this request."), code="decided")
        check_reply(reply)
        recheck.move_to(RecheckStatus.REFUSED)
        recheck.reply, recheck.decided_by, recheck.decided_at = reply, by, now
        recheck.save(update_fields=["status", "reply", "decided_by", "decided_at"])
        record("recheck.refused", recheck, by=by, now=now)
        news.tell_refused(recheck, now=now)
    return recheck


def markers_to_choose(recheck: Recheck, *, by: Person, at: datetime) -> QuerySet[Person]:
    """Whom this administrator may hand the paper to; never whoever decides or has decided about it. Lazy."""
    deciders = [pk for pk in (by.pk, recheck.decided_by_id) if pk]
    return markers_for(recheck.attempt, at=at).exclude(pk__in=deciders)


def check_reply(reply: str) -> None:
    """Raises Refusal ("reply") for an answer to the candidate that is too short or too long."""
    if not TEXT_LENGTH[0] <= len(reply) <= TEXT_LENGTH[1]:
        raise Refusal(_("Answer in 5 to 1000 characters; the candidate reads it."), code="reply")


def kept(text: str) -> str:
    """What is kept of somebody's words."""
    return clean_text("text", text[:MOST_CHARACTERS])


def locked(recheck: Recheck) -> Recheck:
    """The recheck under its attempt's lock and its own, in this order, with what notices and checks read."""
    Attempt.objects.select_for_update().get(pk=recheck.attempt_id)
    found = Recheck.objects.select_for_update(of=("self",))
    return found.select_related("attempt__exam_version", "attempt__person", "marker", "result").get(
        pk=recheck.pk
    )


def record(action: str, recheck: Recheck, *, by: Person, now: datetime, **detail: Any) -> None:
    """One audit entry."""
    target, attempt = f"assessments.recheck:{recheck.pk}", str(recheck.attempt_id)
    audit.record(action=action, target=target, by=by, now=now, attempt=attempt, **detail)


def _hand_over(recheck: Recheck, marker: Person, by: Person, now: datetime) -> None:
    first = recheck.status == RecheckStatus.ASKED
    if first:
        recheck.move_to(RecheckStatus.GRANTED)
        recheck.decided_by, recheck.decided_at = by, now
    recheck.marker = marker
    recheck.save(update_fields=["status", "decided_by", "decided_at", "marker"])
    action = "recheck.granted" if first else "recheck.passed_on"
    record(action, recheck, by=by, now=now, marker=str(marker.pk))
    news.release_marker(recheck, now=now)
    news.ask_marker(recheck, now=now)
    if first:
        news.tell_granted(recheck, now=now)


def _check_may_decide(by: Person, recheck: Recheck, now: datetime) -> None:
    if not administrators_of(recheck.attempt.person, at=now).filter(pk=by.pk).exists():
        raise NotAllowed(_("Others decide about this request."))
