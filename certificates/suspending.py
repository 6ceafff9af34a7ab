"""Suspending: a certificate is not valid while a question about it is open; restoring ends that.

Both may alternate as often as it takes. What has expired is not suspended: there is nothing left to hold back.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from certificates.life.steps import check_may_act_on, check_step, locked, standing_now, write_step
from certificates.models import Certificate, CertificateEvent, EventKind, Reason
from certificates.standing import Standing
from core.errors import Refusal
from people.models import Person
from people.notices import send_notice

WHY_SUSPENDED = (Reason.UNDER_REVIEW, Reason.HOLDER_DATA_WRONG, Reason.HOLDER_REQUEST)
WHY_RESTORED = (Reason.QUESTION_SETTLED, Reason.HOLDER_REQUEST)


@transaction.atomic
def suspend_certificate(
    *, certificate: Certificate, reason: Reason, note: str, by: Person, now: datetime
) -> CertificateEvent:
    """Suspend a certificate that is in force, or will be; the suspension that holds already.

    Raises NotAllowed outside the actor's scope and for one's own certificate, Refusal for a reason that is not one
    of WHY_SUSPENDED and for a certificate that is not in force.
    """
    certificate = locked(certificate)
    check_may_act_on(certificate, by=by, now=now)
    if standing_now(certificate, now=now) == Standing.SUSPENDED:
        return _last(certificate, EventKind.SUSPENDED)
    if reason not in WHY_SUSPENDED:
        raise Refusal(_("Choose a reason."), code="reason")
    check_step(certificate, EventKind.SUSPENDED, now=now)
    event = write_step(certificate, EventKind.SUSPENDED, reason=reason, note=note, by=by, now=now)
    _tell_of_suspension(certificate, event, now=now)
    return event


@transaction.atomic
def restore_certificate(
    *, certificate: Certificate, reason: Reason, note: str, by: Person, now: datetime
) -> CertificateEvent:
    """Let a suspended certificate be valid again, as far as its dates go; the restoring that was the last word.

    Raises as `suspend_certificate` does, with WHY_RESTORED, for a certificate that is not suspended.
    """
    certificate = locked(certificate)
    check_may_act_on(certificate, by=by, now=now)
    if reason not in WHY_RESTORED:
        raise Refusal(_("Choose a reason."), code="reason")
    if standing_now(certificate, now=now) != Standing.SUSPENDED and _was_restored(certificate):
        return _last(certificate, EventKind.RESTORED)
    check_step(certificate, EventKind.RESTORED, now=now)
    event = write_step(certificate, EventKind.RESTORED, reason=reason, note=note, by=by, now=now)
    _tell_of_restoring(certificate, event, now=now)
    return event


def _last(certificate: Certificate, kind: EventKind) -> CertificateEvent:
    return certificate.events.filter(kind=kind).latest("at", "pk")


def _was_restored(certificate: Certificate) -> bool:
    last = certificate.events.order_by("-at", "-pk").first()
    return last is not None and last.kind == EventKind.RESTORED


def _tell_of_suspension(certificate: Certificate, event: CertificateEvent, *, now: datetime) -> None:
    send_notice(
        recipient=certificate.person,
        title=_("A certificate of yours is suspended: %(serial)s") % {"serial": certificate.serial},
        body=_(
            "Reason: %(reason)s. While it is suspended the public page says so. You will be told as soon as the "
            "question is settled; if you can help to settle it, speak to the issuer."
        )
        % {"reason": event.get_reason_display()},
        url="/me/",
        source_key=f"certificate-suspended:{certificate.serial}:{event.pk}",
        now=now,
    )


def _tell_of_restoring(certificate: Certificate, event: CertificateEvent, *, now: datetime) -> None:
    send_notice(
        recipient=certificate.person,
        title=_("Your certificate is no longer suspended: %(serial)s") % {"serial": certificate.serial},
        body=_("Reason: %(reason)s. The public page shows it from now on.")
        % {"reason": event.get_reason_display()},
        url="/me/",
        source_key=f"certificate-restored:{certificate.serial}:{event.pk}",
        now=now,
    )
