"""导师推荐: the mentor's judgement on named goals, which becomes evidence when all of them are reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from competencies.ledger import record_evidence, withdraw_evidence
from competencies.models import Evidence, EvidenceKind
from core import audit
from core.errors import NotAllowed, Refusal
from core.hashing import content_hash, sha256_hex
from mentoring import news
from mentoring.models import Endorsement, EndorsementText, Pairing, PairingGoal, SessionLog
from mentoring.pairings import lock_active, subject_of
from mentoring.terms import Judgement, SessionStatus
from people.models import Person

TEXT_LENGTH = (20, 1_000)
SESSIONS_NEEDED = 1


def sessions_needed() -> int:
    """How many sessions both sides must have confirmed: setting MENTORING_SESSIONS_NEEDED, at least 1."""
    return max(SESSIONS_NEEDED, getattr(settings, "MENTORING_SESSIONS_NEEDED", SESSIONS_NEEDED))


def endorse(
    *, pairing: Pairing, judgements: Mapping[int, Judgement], text: str, by: Person, now: datetime
) -> Endorsement:
    """Record the mentor's judgement per goal id; the same judgement in the same words twice is once.

    All goals reached: evidence of kind endorsement, score 1, on the goals' leaves. A later judgement on the same
    goals takes the earlier one's evidence back, and replaces it when all are reached again.
    Raises NotAllowed for anyone but the mentor, Refusal for an ended pairing, too few confirmed sessions, a text
    outside 20..1000 characters, no goal, or a goal of another pairing.
    """
    text = text.strip()
    _check_text(text)
    with transaction.atomic():
        pairing = _lock_as_mentor(pairing, by)
        _check_sessions(pairing)
        goals = _goals(pairing, judgements)
        digest = _digest(pairing, goals, judgements, text)
        earlier = _same_goals(pairing, judgements)
        if earlier and earlier[-1].content_hash == digest:
            return earlier[-1]
        endorsement = Endorsement.objects.create(
            pairing=pairing,
            endorsed_by=by,
            endorsed_at=now,
            judgements={str(goal.pk): judgements[goal.pk].value for goal in goals},
            all_reached=all(judgement == Judgement.REACHED for judgement in judgements.values()),
            content_hash=digest,
        )
        EndorsementText.objects.create(endorsement=endorsement, text=text)
        _leave_evidence(endorsement, goals, earlier, now)
        audit.record(
            action="endorsement.given",
            target=f"mentoring.endorsement:{endorsement.pk}",
            by=by,
            now=now,
            content_hash=digest,
        )
        news.endorsed(endorsement, now=now)
    return endorsement


def can_endorse(pairing: Pairing) -> bool:
    """Whether enough sessions are confirmed by both sides."""
    return confirmed_sessions(pairing) >= sessions_needed()


def confirmed_sessions(pairing: Pairing) -> int:
    """How many sessions both sides stand by."""
    return SessionLog.objects.filter(pairing=pairing, status=SessionStatus.CONFIRMED).count()


def _check_text(text: str) -> None:
    if not TEXT_LENGTH[0] <= len(text) <= TEXT_LENGTH[1]:
        raise Refusal(_("Give your reasons in 20 to 1000 characters."), code="text")


def _check_sessions(pairing: Pairing) -> None:
    if not can_endorse(pairing):
        needed = sessions_needed()
        message = ngettext(
            "An endorsement needs %(count)d session confirmed by both sides.",
            "An endorsement needs %(count)d sessions confirmed by both sides.",
            needed,
        )
        raise Refusal(message % {"count": needed}, code="sessions")


def _lock_as_mentor(pairing: Pairing, by: Person) -> Pairing:
    pairing = lock_active(pairing, by=by)
    if pairing.mentor_id != by.pk:
        raise NotAllowed(_("Only the mentor can endorse."))
    return pairing


def _goals(pairing: Pairing, judgements: Mapping[int, Judgement]) -> list[PairingGoal]:
    goals = list(PairingGoal.objects.filter(pairing=pairing, pk__in=judgements).order_by("pk"))
    if not goals:
        raise Refusal(_("Judge at least one goal."), code="goals")
    if len(goals) != len(judgements):
        raise Refusal(_("A goal of another pairing cannot be judged here."), code="goals")
    return goals


def _digest(
    pairing: Pairing, goals: Iterable[PairingGoal], judgements: Mapping[int, Judgement], text: str
) -> str:
    return content_hash(
        {
            "agreement_no": pairing.agreement_no,
            "goals": [
                {"leaf": goal.leaf, "target": goal.target, "judgement": judgements[goal.pk].value}
                for goal in goals
            ],
            "words": sha256_hex(text.encode()),
        }
    )


def _same_goals(pairing: Pairing, judgements: Mapping[int, Judgement]) -> list[Endorsement]:
    named = {str(goal_id) for goal_id in judgements}
    rows = Endorsement.objects.filter(pairing=pairing).order_by("pk")
    return [row for row in rows if set(row.judgements) == named]


def _leave_evidence(
    endorsement: Endorsement, goals: list[PairingGoal], earlier: list[Endorsement], now: datetime
) -> None:
    keys = [_source_key(row) for row in earlier]
    standing = Evidence.objects.standing().filter(source_key__in=keys).first()
    if endorsement.all_reached:
        record_evidence(
            person=endorsement.pairing.mentee,
            subject=subject_of(endorsement.pairing),
            kind=EvidenceKind.ENDORSEMENT,
            version_hash=endorsement.content_hash,
            source_key=_source_key(endorsement),
            occurred_at=now,
            now=now,
            score=Decimal(1),
            weights=_equal_weights(goals),
            supersedes=standing,
        )
    elif standing:
        withdraw_evidence(evidence=standing, source_key=_source_key(endorsement), now=now)


def _equal_weights(goals: list[PairingGoal]) -> dict[str, Decimal]:
    leaves = {goal.leaf for goal in goals}
    share = (Decimal(1) / len(leaves)).quantize(Decimal("0.0001"))
    return dict.fromkeys(leaves, share)


def _source_key(endorsement: Endorsement) -> str:
    return f"endorsement:{endorsement.pk}"
