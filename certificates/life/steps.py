"""One step in the life of a certificate: who may take it, whether it may follow, and everything it leaves behind.

A step is an event, the note of whoever took it, an entry in the log under a checkpoint, the ledger brought to agree,
and one audit entry, all in the transaction of the operation that calls.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from certificates import log
from certificates.authority import check_may_issue_in
from certificates.life.evidence import put_into_ledger, take_out_of_ledger
from certificates.life.table import LEAVES, may_follow
from certificates.models import (
    CaseOutcome,
    Certificate,
    CertificateBatch,
    CertificateCase,
    CertificateEvent,
    EventKind,
    EventNote,
    Reason,
)
from certificates.standing import Standing, standing_of
from core import audit
from core.errors import NotAllowed, Refusal
from people.models import Person

IN_THE_LEDGER = frozenset({EventKind.RELEASED, EventKind.RESTORED})
OUT_OF_THE_LEDGER = frozenset({EventKind.SUSPENDED, EventKind.REVOKED, EventKind.SUPERSEDED})
OUTCOMES = {EventKind.REVOKED: CaseOutcome.REVOKED, EventKind.SUPERSEDED: CaseOutcome.CORRECTED}


def locked(certificate: Certificate) -> Certificate:
    """The certificate, held against everybody else's steps until the transaction ends. Whoever also locks its cases
    locks them after it."""
    return Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)


def check_may_act_on(certificate: Certificate, *, by: Person, now: datetime) -> None:
    """Raises NotAllowed outside the actor's organisations and for the actor's own certificate."""
    batch = CertificateBatch.objects.select_related("organisation").get(rows__certificate=certificate)
    check_may_issue_in(by, batch.organisation, on=timezone.localdate(now))
    if certificate.person_id == by.pk:
        raise NotAllowed(_("Nobody decides about their own certificate: ask another issuer."))


def standing_now(certificate: Certificate, *, now: datetime) -> Standing:
    """How it stands by what is in the database. One query."""
    return standing_of(certificate, certificate.events.all(), on=timezone.localdate(now))


def check_step(certificate: Certificate, kind: EventKind, *, now: datetime) -> None:
    """Raises Refusal unless this may happen to the certificate as it stands."""
    standing = standing_now(certificate, now=now)
    if may_follow(standing, kind):
        return
    if standing == Standing.UNRELEASED:
        raise Refusal(_("This certificate was never handed out: there is nothing to do about it."))
    if kind == EventKind.SUSPENDED and standing == Standing.EXPIRED:
        raise Refusal(_("This certificate has expired: there is nothing left to suspend."), code="expired")
    raise Refusal(
        _("This cannot be done any more: the certificate stands as “%(standing)s”.")
        % {"standing": standing.label},
        code="standing",
    )


def write_step(
    certificate: Certificate,
    kind: EventKind,
    *,
    reason: Reason,
    by: Person | None,
    now: datetime,
    note: str = "",
    **detail: str,
) -> CertificateEvent:
    """Write the event and what belongs to it. The caller holds the lock and has checked; `detail` goes into the audit
    entry, codes only. A step that ends the certificate settles what was asked about it."""
    event = CertificateEvent.objects.create(
        certificate=certificate, kind=kind, reason=reason.value, at=now, by=by
    )
    if note.strip():
        EventNote.objects.create(event=event, text=note.strip())
    leaf = LEAVES[kind]
    if leaf:
        log.append_leaf(certificate=certificate, kind=leaf, now=now)
        log.write_checkpoint(now=now)
    if kind in IN_THE_LEDGER:
        put_into_ledger(certificate, now=now)
    if kind in OUT_OF_THE_LEDGER:
        take_out_of_ledger(certificate, why=kind.value, now=now)
    if kind in OUTCOMES and by:
        _settle_cases(certificate, OUTCOMES[kind], note, by=by, now=now)
    audit.record(
        action=f"certificate.{kind.value}",
        target=f"certificates.certificate:{certificate.serial}",
        by=by,
        now=now,
        reason=reason.value,
        **detail,
    )
    return event


def _settle_cases(
    certificate: Certificate, outcome: CaseOutcome, note: str, *, by: Person, now: datetime
) -> None:
    open_ones = CertificateCase.objects.filter(certificate=certificate, outcome="")
    open_ones.update(outcome=outcome, note=note.strip(), settled_by=by, settled_at=now)
