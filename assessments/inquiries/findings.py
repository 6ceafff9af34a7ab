"""What a person found on looking at a sitting, the candidate's objection, and the answer of somebody else.

A finding changes no mark and closes no way: it is a note that both sides can read. The newest one stands.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from assessments.inquiries.reach import may_look
from assessments.items.writing import MOST_CHARACTERS, clean_text
from assessments.models import Attempt, AttemptStatus, Inquiry, Verdict
from core import audit
from core.errors import NotAllowed, Refusal
from core.once import once
from people.models import Person
from people.notices import send_notice, settle_notices
from people.scope import administrators_of

TEXT_LENGTH = (5, 1_000)


def record_finding(
    *, attempt: Attempt, verdict: Verdict, text: str, by: Person, now: datetime, key: str | UUID
) -> Inquiry:
    """Write down what was found, and tell the candidate. The same `key` again adds nothing and gives what is there.

    Raises NotAllowed (see `reach`), KeyReused, and Refusal: for a note without words or a text that is too long
    ("text"), while the candidate still writes ("open").
    """
    text = _kept(text)
    if (verdict == Verdict.NOTED or text) and not TEXT_LENGTH[0] <= len(text) <= TEXT_LENGTH[1]:
        raise Refusal(_("Say in 5 to 1000 characters what you saw; the candidate reads it."), code="text")
    with transaction.atomic():
        attempt = (
            Attempt.objects.select_for_update(of=("self",)).select_related("exam_version").get(pk=attempt.pk)
        )
        _check_may_look(by, attempt, now)
        if attempt.status == AttemptStatus.OPEN:
            raise Refusal(
                _("The candidate is still writing. Write down what you saw when the paper is handed in."),
                code="open",
            )
        body = {"attempt": str(attempt.pk), "verdict": verdict.value, "text": text}
        if not once(key=key, by=by, action="inquiry.found", body=body, now=now):
            return attempt.inquiries.filter(found_by=by, verdict=verdict).latest("pk")
        inquiry = Inquiry.objects.create(
            attempt=attempt, verdict=verdict, text=text, found_by=by, found_at=now
        )
        _audit("inquiry.found", inquiry, by=by, now=now, verdict=verdict.value)
        _tell_candidate(inquiry, now)
    return inquiry


def object_to(*, inquiry: Inquiry, text: str, by: Person, now: datetime) -> Inquiry:
    """The candidate's own words against a finding, once; what was said first stands.

    Raises NotAllowed for anybody else, Refusal for a text that is too short or too long ("text").
    """
    text = _kept(text)
    if not TEXT_LENGTH[0] <= len(text) <= TEXT_LENGTH[1]:
        raise Refusal(_("Say in 5 to 1000 characters what is wrong with it."), code="text")
    with transaction.atomic():
        inquiry = _locked(inquiry)
        if by.pk != inquiry.attempt.person_id:
            raise NotAllowed(_("Only the candidate may object to a finding."))
        if inquiry.objected_at:
            return inquiry
        inquiry.objection, inquiry.objected_at = text, now
        inquiry.save(update_fields=["objection", "objected_at"])
        _audit("inquiry.objected", inquiry, by=by, now=now)
        _ask_for_answer(inquiry, now)
    return inquiry


def answer_objection(*, inquiry: Inquiry, text: str, by: Person, now: datetime) -> Inquiry:
    """Somebody else than the finder answers the objection, once; both are told.

    Raises NotAllowed (see `reach`), and Refusal: for the finder ("finder"), where nothing was objected ("none"), for
    a text that is too short or too long ("text").
    """
    text = _kept(text)
    if not TEXT_LENGTH[0] <= len(text) <= TEXT_LENGTH[1]:
        raise Refusal(_("Answer in 5 to 1000 characters; the candidate reads it."), code="text")
    with transaction.atomic():
        inquiry = _locked(inquiry)
        _check_may_look(by, inquiry.attempt, now)
        if inquiry.objected_at is None:
            raise Refusal(_("Nothing was objected to this finding."), code="none")
        if inquiry.replied_at:
            return inquiry
        if inquiry.found_by_id == by.pk:
            raise Refusal(_("This is your own finding: somebody else answers the objection."), code="finder")
        inquiry.reply, inquiry.replied_by, inquiry.replied_at = text, by, now
        inquiry.save(update_fields=["reply", "replied_by", "replied_at"])
        _audit("inquiry.answered", inquiry, by=by, now=now)
        settle_notices(source_key=_matter(inquiry), now=now)
        _tell_both(inquiry, now)
    return inquiry


def _check_may_look(by: Person, attempt: Attempt, now: datetime) -> None:
    if not may_look(by, attempt, at=now):
        raise NotAllowed(_("This sitting is looked at by others."))


def _locked(inquiry: Inquiry) -> Inquiry:
    found = Inquiry.objects.select_for_update(of=("self",))
    return found.select_related("attempt__exam_version", "attempt__person", "found_by").get(pk=inquiry.pk)


def _kept(text: str) -> str:
    return clean_text("text", text[:MOST_CHARACTERS])


def _matter(inquiry: Inquiry) -> str:
    return f"objection:{inquiry.pk}"


def _audit(action: str, inquiry: Inquiry, *, by: Person, now: datetime, **detail: Any) -> None:
    target, attempt = f"assessments.inquiry:{inquiry.pk}", str(inquiry.attempt_id)
    audit.record(action=action, target=target, by=by, now=now, attempt=attempt, **detail)


def _tell_candidate(inquiry: Inquiry, now: datetime) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        send_notice(
            recipient=inquiry.attempt.person,
            title=_("Somebody looked at how your exam went: %(title)s")
            % {"title": inquiry.attempt.exam_version.title},
            body=_("%(verdict)s. No mark changes by it. You can read what they saw, and object.")
            % {"verdict": Verdict(inquiry.verdict).label},
            url=reverse("assessments:own_journal", args=[inquiry.attempt_id]),
            source_key=f"inquiry:{inquiry.pk}",
            now=now,
        )


def _ask_for_answer(inquiry: Inquiry, now: datetime) -> None:
    """The finder knows of it; who administers the candidate is asked for the answer. No notice says whose it is."""
    attempt = inquiry.attempt
    url = reverse("assessments:inquiry", args=[attempt.pk])
    with translation.override(settings.LANGUAGE_CODE):
        title = _("An objection waits for an answer: %(title)s") % {"title": attempt.exam_version.title}
        for person in _asked(inquiry, now):
            send_notice(
                recipient=person, title=title, url=url, source_key=f"{_matter(inquiry)}:{person.pk}", now=now
            )
        send_notice(
            recipient=inquiry.found_by,
            title=_("A candidate objects to what you found: %(title)s")
            % {"title": attempt.exam_version.title},
            body=_("Somebody else answers. You are told what they say."),
            url=url,
            source_key=f"objected:{inquiry.pk}",
            now=now,
        )


def _asked(inquiry: Inquiry, now: datetime) -> QuerySet[Person]:
    """Who administers the candidate today, without the finder and the candidate."""
    return administrators_of(inquiry.attempt.person, at=now).exclude(pk=inquiry.found_by_id)


def _tell_both(inquiry: Inquiry, now: datetime) -> None:
    attempt = inquiry.attempt
    with translation.override(settings.LANGUAGE_CODE):
        title = _("An objection was answered: %(title)s") % {"title": attempt.exam_version.title}
        for recipient, url in (
            (attempt.person, reverse("assessments:own_journal", args=[attempt.pk])),
            (inquiry.found_by, reverse("assessments:inquiry", args=[attempt.pk])),
        ):
            send_notice(
                recipient=recipient,
                title=title,
                url=url,
                source_key=f"objection-answer:{inquiry.pk}:{recipient.pk}",
                now=now,
            )
