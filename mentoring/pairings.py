"""The life of a pairing: three signatures, the mentor's view of the mentee while it lasts, and its end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from competencies.framework import leaf_titles
from competencies.ledger import register_subject
from competencies.models import Subject, SubjectKind
from core import audit
from core.errors import NotAllowed, Refusal
from mentoring import news
from mentoring.models import GRANT_KIND, MentorStanding, Pairing, PairingGoal
from mentoring.oversight import check_sign_for
from mentoring.terms import MAY_LEAD, PAIRING_STEPS, RESULTS, PairingKind, PairingResult, PairingStatus, Tier
from people.grants import end_grants, open_grant
from people.models import Person

AGREEMENT_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{2,39}")


@dataclass(frozen=True)
class Goal:
    """What is agreed: a leaf key, its target 0..100, and the goal in words."""

    leaf: str
    target: int
    text: str


@dataclass(frozen=True)
class Signatures:
    """师、徒、单位: the day on which each signed."""

    mentor_on: date
    mentee_on: date
    unit_on: date


def start_pairing(
    *,
    agreement_no: str,
    mentor: Person,
    mentee: Person,
    since_on: date,
    goals: Sequence[Goal],
    by: Person,
    now: datetime,
    until_on: date | None = None,
    kind: PairingKind = PairingKind.GENERAL,
    area: str = "",
    signed: Signatures | None = None,
) -> Pairing:
    """Record a signed agreement and let the mentor see the mentee from `now` on. The same number twice is once.

    `by` signs for the unit: an administrator of the mentee's organisation. `signed=None`: all three sign today.
    Raises NotAllowed for anybody else, Refusal (codes `tier`, `capacity`, `already_paired`, `taken`, …) when the
    agreement breaks a rule.
    """
    check_sign_for(by, mentee, at=now)
    today = timezone.localdate(now)
    signed = signed or Signatures(today, today, today)
    _check_agreement(agreement_no, goals, signed, today)
    with transaction.atomic():
        tiers = _lock_standings(mentor, mentee)
        existing = Pairing.objects.filter(agreement_no=agreement_no).first()
        if existing:
            return _same_agreement(existing, mentor, mentee, kind)
        _check_rules(mentor, mentee, tiers, kind)
        pairing = Pairing.objects.create(
            agreement_no=agreement_no,
            kind=kind,
            area=area,
            mentor=mentor,
            mentee=mentee,
            mentor_tier=tiers[mentor.pk].tier,
            mentee_tier=tiers[mentee.pk].tier,
            since_on=since_on,
            until_on=until_on,
            mentor_signed_on=signed.mentor_on,
            mentee_signed_on=signed.mentee_on,
            unit_signed_on=signed.unit_on,
            status=PairingStatus.ACTIVE,
            started_at=now,
        )
        PairingGoal.objects.bulk_create(
            PairingGoal(pairing=pairing, leaf=goal.leaf, target=goal.target, text=goal.text) for goal in goals
        )
        open_grant(viewer=mentor, subject=mentee, kind=GRANT_KIND, reason=agreement_no, now=now)
        subject_of(pairing)
        audit.record(action="pairing.started", target=_target(pairing), by=by, now=now, kind=str(kind))
        news.pairing_started(pairing, now=now)
    return pairing


def end_pairing(*, pairing: Pairing, result: PairingResult, by: Person, now: datetime) -> Pairing:
    """Close a pairing with the unit's verdict; the mentor stops seeing the mentee at once. Twice is once.

    Result `dissolved` ends it early, any other completes it. Raises NotAllowed unless `by` administers the
    mentee's organisation, Refusal when it was closed with another result.
    """
    check_sign_for(by, pairing.mentee, at=now)
    with transaction.atomic():
        pairing = Pairing.objects.select_for_update().get(pk=pairing.pk)
        status = next(status for status, results in RESULTS.items() if result in results)
        if (pairing.status, pairing.result) == (status, result):
            return pairing
        check_step(pairing, status)
        pairing.status, pairing.result, pairing.ended_at = status, result, now
        pairing.save(update_fields=["status", "result", "ended_at"])
        end_grants(kind=GRANT_KIND, reason=pairing.agreement_no, now=now)
        audit.record(
            action="pairing.ended",
            target=_target(pairing),
            by=by,
            now=now,
            result=PairingResult(result).value,
        )
        news.pairing_ended(pairing, now=now)
    return pairing


def check_step(pairing: Pairing, status: PairingStatus) -> None:
    """Raises Refusal unless the pairing may pass into this state."""
    if status not in PAIRING_STEPS[PairingStatus(pairing.status)]:
        raise Refusal(_("This pairing has ended: its record is closed."), code="ended")


def lock_active(pairing: Pairing, *, by: Person) -> Pairing:
    """The pairing locked for a write by one of its two sides. Raises NotAllowed for others, Refusal when it ended."""
    locked = Pairing.objects.select_for_update().get(pk=pairing.pk)
    if not locked.has_side(by):
        raise NotAllowed(_("This record belongs to two other people."))
    if locked.status != PairingStatus.ACTIVE:
        raise Refusal(_("This pairing has ended: its record is closed."), code="ended")
    return locked


def subject_of(pairing: Pairing) -> Subject:
    """What evidence about this pairing names. The title holds no names: it must outlive them."""
    return register_subject(
        kind=SubjectKind.PAIRING,
        key=pairing.agreement_no,
        title=f"师徒结对 {pairing.agreement_no}",
        url=reverse("mentoring:pairing", args=[pairing.agreement_no]),
    )


def _check_agreement(agreement_no: str, goals: Sequence[Goal], signed: Signatures, today: date) -> None:
    if not AGREEMENT_NUMBER.fullmatch(agreement_no):
        raise Refusal(_("An agreement number has 3 to 40 letters, digits and hyphens."), code="number")
    if max(signed.mentor_on, signed.mentee_on, signed.unit_on) > today:
        raise Refusal(_("A signature cannot be dated in the future."), code="signature")
    if not goals:
        raise Refusal(_("An agreement names at least one goal."), code="goals")
    for goal in goals:
        if goal.leaf not in leaf_titles():
            raise Refusal(_("Unknown leaf competency: %(leaf)s.") % {"leaf": goal.leaf}, code="goals")
        if not 0 <= goal.target <= 100 or not goal.text.strip():
            raise Refusal(_("A goal has a target from 0 to 100 and says what it means."), code="goals")


def _lock_standings(mentor: Person, mentee: Person) -> dict[object, MentorStanding]:
    # Both rows, always in one order: starts of the same mentor queue here, and two starts never lock crosswise.
    rows = MentorStanding.objects.select_for_update().filter(person__in=[mentor, mentee]).order_by("pk")
    standings: dict[object, MentorStanding] = {row.person_id: row for row in rows}
    if not {mentor.pk, mentee.pk} <= set(standings):
        raise Refusal(_("Set the tier of both sides first."), code="standing")
    return standings


def _same_agreement(existing: Pairing, mentor: Person, mentee: Person, kind: PairingKind) -> Pairing:
    if (existing.mentor_id, existing.mentee_id, existing.kind) != (mentor.pk, mentee.pk, kind):
        raise Refusal(_("This agreement number belongs to another pairing."), code="taken")
    return existing


def _check_rules(
    mentor: Person, mentee: Person, tiers: dict[object, MentorStanding], kind: PairingKind
) -> None:
    leads = MAY_LEAD[Tier(tiers[mentor.pk].tier)]
    if mentor.pk == mentee.pk or tiers[mentee.pk].tier not in leads:
        raise Refusal(_("A mentor leads the next tier down: senior, backbone, new."), code="tier")
    active = Pairing.objects.active()
    if active.filter(mentee=mentee, kind=kind).exists():
        raise Refusal(_("The mentee has an active pairing of this kind already."), code="already_paired")
    if active.filter(mentor=mentor).count() >= tiers[mentor.pk].capacity:
        raise Refusal(_("The mentor leads as many mentees as the capacity allows."), code="capacity")


def _target(pairing: Pairing) -> str:
    return f"mentoring.pairing:{pairing.agreement_no}"
