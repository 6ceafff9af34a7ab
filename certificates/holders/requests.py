"""“There is a mistake on my certificate”: a holder asks for a correction, and may take the request back.

A request changes nothing: somebody who issues looks at it and decides (`certificates.cases`).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from certificates.life.steps import locked, standing_now
from certificates.models import CaseKind, CaseOutcome, Certificate, CertificateCase, HolderSnapshot
from certificates.standing import CORRECTABLE
from core import audit
from core.errors import NotAllowed, Refusal
from people.models import Person
from people.naming import as_name
from people.notices import send_notice, settle_notices
from people.scope import administrators_of

MOST_WORDS = 500


@transaction.atomic
def ask_correction(
    *, certificate: Certificate, wanted_name: str, words: str, by: Person, now: datetime
) -> CertificateCase:
    """A holder says what is wrong on a certificate: how the name should read, or anything else in `words`.

    The same request again is the request there is. Raises NotAllowed for anybody but the holder; Refusal for a
    certificate that is not in force, while another request is open, for what cannot be a name or is what stands there
    already, and where nothing is said.
    """
    certificate = locked(certificate)
    _check_holder(certificate, by)
    words = words.strip()
    wanted_name = _wanted(certificate, wanted_name)
    existing = open_request(certificate)
    if existing:
        return _same(existing, wanted_name, words)
    _check(certificate, wanted_name, words, now)
    case = CertificateCase.objects.create(
        certificate=certificate,
        kind=CaseKind.CORRECTION_ASKED,
        wanted_name=wanted_name,
        words=words,
        opened_at=now,
    )
    _tell_administrators(case, by=by, now=now)
    _audit("case.correction_asked", case, by=by, now=now)
    return case


@transaction.atomic
def withdraw_correction(*, case: CertificateCase, by: Person, now: datetime) -> CertificateCase:
    """The holder takes an open request back; one that was settled or withdrawn stays as it is. Raises NotAllowed for
    anybody else."""
    certificate = locked(case.certificate)
    _check_holder(certificate, by)
    case = CertificateCase.objects.select_for_update().get(pk=case.pk)
    if case.outcome or case.kind != CaseKind.CORRECTION_ASKED:
        return case
    case.outcome, case.settled_by, case.settled_at = CaseOutcome.KEPT, by, now
    case.note = _("Withdrawn by the holder")
    case.save(update_fields=["outcome", "settled_by", "settled_at", "note"])
    settle_notices(source_key=_matter(case), now=now)
    _audit("case.withdrawn", case, by=by, now=now)
    return case


def open_request(certificate: Certificate) -> CertificateCase | None:
    """The request that waits for an answer. One query."""
    return CertificateCase.objects.filter(
        certificate=certificate, kind=CaseKind.CORRECTION_ASKED, outcome=""
    ).first()


def last_request(certificate: Certificate) -> CertificateCase | None:
    """The newest request, answered or not. One query.

    A correction that an issuer began is a case too, opened and settled in one moment and without the holder's words.
    """
    asked = CertificateCase.objects.filter(certificate=certificate, kind=CaseKind.CORRECTION_ASKED)
    return asked.exclude(settled_at=F("opened_at"), wanted_name="", words="").order_by("-pk").first()


def was_withdrawn(case: CertificateCase) -> bool:
    """Whether the holder took it back; nobody decides about their own certificate otherwise. One query."""
    return bool(case.outcome) and case.settled_by_id == case.certificate.person_id


def _check_holder(certificate: Certificate, by: Person) -> None:
    if certificate.person_id != by.pk:
        raise NotAllowed(_("Only the holder can ask for a correction."))


def _wanted(certificate: Certificate, wanted_name: str) -> str:
    if not wanted_name.strip():
        return ""
    try:
        name = as_name(wanted_name)
    except Refusal as refusal:
        raise Refusal(str(refusal), code="wanted_name") from refusal
    if HolderSnapshot.objects.filter(certificate=certificate, printed_name=name).exists():
        raise Refusal(_("This is the name that stands on the certificate."), code="wanted_name")
    return name


def _same(existing: CertificateCase, wanted_name: str, words: str) -> CertificateCase:
    if (existing.wanted_name, existing.words) == (wanted_name, words):
        return existing
    raise Refusal(
        _("Your first request is still being looked at. Take it back before you write another."), code="open"
    )


def _check(certificate: Certificate, wanted_name: str, words: str, now: datetime) -> None:
    if not wanted_name and not words:
        raise Refusal(
            _("Write how your name should read, or what else is wrong on the certificate."), code="words"
        )
    if len(words) > MOST_WORDS:
        raise Refusal(_("At most %(most)s characters.") % {"most": MOST_WORDS}, code="words")
    if standing_now(certificate, now=now) not in CORRECTABLE:
        raise Refusal(_("This certificate is not in force: there is nothing to correct."), code="standing")


def _tell_administrators(case: CertificateCase, *, by: Person, now: datetime) -> None:
    """Whoever administers the holder today; the desk of everybody who issues counts it besides."""
    for administrator in administrators_of(by, at=now):
        send_notice(
            recipient=administrator,
            title=_("A holder asks for a correction: %(serial)s") % {"serial": case.certificate.serial},
            body=_("Look at the request and decide. Until then the certificate stays as it is."),
            url=reverse("certificates:case", args=[case.pk]),
            source_key=f"{_matter(case)}:{administrator.pk}",
            now=now,
        )


def _matter(case: CertificateCase) -> str:
    return f"correction-asked:{case.pk}"


def _audit(action: str, case: CertificateCase, *, by: Person, now: datetime) -> None:
    audit.record(
        action=action,
        target=f"certificates.case:{case.pk}",
        by=by,
        now=now,
        certificate=case.certificate.serial,
    )
