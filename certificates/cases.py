"""Cases: somebody looks at a certificate again, and says what becomes of it. A case changes nothing by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.correcting import propose_correction
from certificates.grounds import GroundLost, grounds_lost
from certificates.life.steps import check_may_act_on, locked
from certificates.models import CaseKind, CaseOutcome, Certificate, CertificateCase, Reason
from certificates.revoking import revoke_certificate
from certificates.suspending import suspend_certificate
from core import audit
from core.errors import Refusal
from people.models import Person
from people.notices import send_notice

# How each kind may end. A correction rests on the decision of the old certificate: it mends a name, never a ground.
WAYS_OUT: dict[CaseKind, tuple[CaseOutcome, ...]] = {
    CaseKind.GROUND_LOST: (CaseOutcome.KEPT, CaseOutcome.SUSPENDED, CaseOutcome.REVOKED),
    CaseKind.CORRECTION_ASKED: (CaseOutcome.CORRECTED, CaseOutcome.KEPT),
}


def open_ground_cases(*, now: datetime, people: Iterable[UUID] | None = None) -> int:
    """Open a case for every certificate that lost its ground; returns how many were opened.

    Once for a certificate and a decision, and not while another case about its ground is open. Safe to run at any
    time and twice at once. One query where nothing was lost, and two for each certificate that did.
    """
    lost = grounds_lost(on=timezone.localdate(now), people=people)
    known = _known(lost)
    return sum(
        _open(each, now=now)
        for each in lost
        if (each.certificate_id, each.decision_id) not in known and (each.certificate_id, None) not in known
    )


@transaction.atomic
def settle_case(
    *,
    case: CertificateCase,
    outcome: CaseOutcome,
    note: str,
    by: Person,
    now: datetime,
    reason: Reason = Reason.NONE,
) -> CertificateCase:
    """Say what becomes of the certificate, and do it; what was decided before stands.

    `note` says why, for colleagues; whoever asked for a correction and is refused reads it. `reason` is for strangers,
    where something is taken back. Raises NotAllowed outside the actor's scope and about one's own certificate, Refusal
    for a way out that this kind of case has not, without a note, and for what the operation refuses.
    """
    certificate = locked(case.certificate)
    check_may_act_on(certificate, by=by, now=now)
    case = CertificateCase.objects.select_for_update().get(pk=case.pk)
    if case.outcome:
        return case
    note = note.strip()
    _check(case, outcome, note)
    _carry_out(certificate, outcome, reason=reason, note=note, by=by, now=now)
    case.outcome, case.note, case.settled_by, case.settled_at = outcome, note, by, now
    case.save(update_fields=["outcome", "note", "settled_by", "settled_at"])
    if case.kind == CaseKind.CORRECTION_ASKED:
        _tell_the_holder(case, certificate, now=now)
    audit.record(
        action="case.settled",
        target=f"certificates.case:{case.pk}",
        by=by,
        now=now,
        certificate=certificate.serial,
        outcome=outcome.value,
    )
    return case


def _known(lost: list[GroundLost]) -> set[tuple[int, int | None]]:
    """What needs no new case: (certificate, decision) that had one, (certificate, None) where one is open."""
    if not lost:
        return set()
    rows = CertificateCase.objects.filter(
        kind=CaseKind.GROUND_LOST, certificate__in=[each.certificate_id for each in lost]
    ).values_list("certificate_id", "decision_id", "outcome")
    had = {(certificate, decision) for certificate, decision, _outcome in rows}
    return had | {(certificate, None) for certificate, _decision, outcome in rows if not outcome}


@transaction.atomic
def _open(each: GroundLost, *, now: datetime) -> bool:
    case, created = CertificateCase.objects.get_or_create(
        certificate_id=each.certificate_id,
        kind=CaseKind.GROUND_LOST,
        outcome="",
        defaults={"decision_id": each.decision_id, "opened_at": now},
    )
    if created:
        audit.record(
            action="case.opened",
            target=f"certificates.case:{case.pk}",
            by=None,
            now=now,
            certificate=case.certificate.serial,
            decision=each.decision_id,
        )
    return created


def _check(case: CertificateCase, outcome: CaseOutcome, note: str) -> None:
    if outcome not in WAYS_OUT[CaseKind(case.kind)]:
        raise Refusal(_("Choose what becomes of the certificate."), code="outcome")
    if not note:
        raise Refusal(_("Write down why: whoever comes after you reads it."), code="note")


def _carry_out(
    certificate: Certificate, outcome: CaseOutcome, *, reason: Reason, note: str, by: Person, now: datetime
) -> None:
    if outcome == CaseOutcome.SUSPENDED:
        reason = reason or Reason.UNDER_REVIEW
        suspend_certificate(certificate=certificate, reason=reason, note=note, by=by, now=now)
    elif outcome == CaseOutcome.REVOKED:
        revoke_certificate(certificate=certificate, reason=reason, note=note, by=by, now=now)
    elif outcome == CaseOutcome.CORRECTED:
        propose_correction(certificate=certificate, why=note, by=by, now=now)


def _tell_the_holder(case: CertificateCase, certificate: Certificate, *, now: datetime) -> None:
    facts = {"serial": certificate.serial, "note": case.note}
    if case.outcome == CaseOutcome.CORRECTED:
        body = _("A corrected certificate is on its way. Until it is here, the old one stays valid.")
    else:
        body = _("It stays as it is: %(note)s") % facts
    send_notice(
        recipient=certificate.person,
        title=_("Your request for a correction was looked at: %(serial)s") % facts,
        body=body,
        url="/me/",
        source_key=f"certificate-case:{case.pk}",
        now=now,
    )
