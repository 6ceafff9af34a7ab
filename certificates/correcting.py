"""A correction never overwrites: a new certificate says what the old one should have said, and takes its place.

It rests on the decision of the old one and is valid on the same days; only what stands in the account is read anew:
name, ID number, picture, and the mentor's name. It goes the way of every batch, proposed by one and approved by
another. The old one stays in force until the new one is handed out, and for good if that never happens.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from certificates import tasks
from certificates.life.steps import check_may_act_on, check_step, locked
from certificates.models import (
    BatchKind,
    BatchRow,
    BatchStatus,
    CaseKind,
    CaseOutcome,
    Certificate,
    CertificateBatch,
    CertificateCase,
    EventKind,
    RowState,
)
from core import audit
from core.errors import Refusal
from people.models import Person

OPEN = (BatchStatus.PROPOSED, BatchStatus.APPROVED)


def correction_under_way(certificate: Certificate) -> CertificateBatch | None:
    """The batch that is to correct this certificate and is not through. One query."""
    rows = BatchRow.objects.filter(follows=certificate, batch__kind=BatchKind.CORRECTION)
    going = rows.filter(batch__status__in=OPEN).exclude(state__in=[RowState.VOIDED, RowState.RELEASED])
    row = going.select_related("batch").order_by("pk").first()
    return row.batch if row else None


@transaction.atomic
def propose_correction(*, certificate: Certificate, why: str, by: Person, now: datetime) -> CertificateBatch:
    """Propose a batch of one that corrects this certificate; the one that is under way.

    `why` is for colleagues, above all whoever approves; it is kept with the certificate's cases, where it can be
    erased. Raises NotAllowed outside the actor's scope and for one's own certificate, Refusal without a reason and
    for a certificate that is not in force.
    """
    certificate = locked(certificate)
    check_may_act_on(certificate, by=by, now=now)
    waiting = correction_under_way(certificate)
    if waiting:
        return waiting
    if not why.strip():
        raise Refusal(_("Write down what is wrong with the old one: whoever approves reads it."), code="why")
    check_step(certificate, EventKind.SUPERSEDED, now=now)
    batch = _write_batch(certificate, by=by, now=now)
    _write_reason(certificate, why.strip(), by=by, now=now)
    audit.record(
        action="batch.proposed",
        target=f"certificates.batch:{batch.pk}",
        by=by,
        now=now,
        scheme=batch.scheme_version.key,
        people=1,
        corrects=certificate.serial,
    )
    transaction.on_commit(partial(tasks.try_batch.delay, batch.pk))
    return batch


def take_back_outcome(*, batch: CertificateBatch, by: Person, now: datetime) -> None:
    """A correction that was sent back corrected nothing: the holder's request waits for an answer again, unless a newer
    one does; what an issuer began by themselves is over, and the certificate stays as it is. The caller's transaction.
    """
    cases = CertificateCase.objects.select_for_update().filter(
        certificate__in=batch.rows.values("follows"),
        kind=CaseKind.CORRECTION_ASKED,
        outcome=CaseOutcome.CORRECTED,
        settled_at__gte=batch.proposed_at,
    )
    for case in cases:
        open_ones = CertificateCase.objects.filter(
            certificate=case.certificate_id, kind=case.kind, outcome=""
        )
        if (case.wanted_name or case.words) and not open_ones.exists():
            case.outcome, case.note, case.settled_by, case.settled_at = "", "", None, None
        else:
            case.outcome = CaseOutcome.KEPT
        case.save(update_fields=["outcome", "note", "settled_by", "settled_at"])
        target = f"certificates.case:{case.pk}"
        audit.record(action="case.not_corrected", target=target, by=by, now=now, outcome=str(case.outcome))


def _write_batch(certificate: Certificate, *, by: Person, now: datetime) -> CertificateBatch:
    """The same scheme version, issuer, organisation and design as before, even where the holder has left or the design
    is offered no more; the row waits for its checks and its trial print."""
    old = CertificateBatch.objects.get(rows__certificate=certificate)
    batch = CertificateBatch.objects.create(
        scheme_version=certificate.scheme_version,
        issuer=certificate.issuer,
        organisation=old.organisation,
        title=_("Correction of %(serial)s") % {"serial": certificate.serial},
        kind=BatchKind.CORRECTION,
        theme=certificate.theme,
        proposed_by=by,
        proposed_at=now,
    )
    BatchRow.objects.create(batch=batch, person_id=certificate.person_id, follows=certificate)
    return batch


def _write_reason(certificate: Certificate, why: str, *, by: Person, now: datetime) -> None:
    """Into the case in which the holder asked for it, or into one of its own."""
    settled = {"outcome": CaseOutcome.CORRECTED, "note": why, "settled_by": by, "settled_at": now}
    asked = CertificateCase.objects.filter(
        certificate=certificate, kind=CaseKind.CORRECTION_ASKED, outcome=""
    )
    if not asked.update(**settled):
        CertificateCase.objects.create(
            certificate=certificate, kind=CaseKind.CORRECTION_ASKED, opened_at=now, **settled
        )
