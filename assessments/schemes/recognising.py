"""What an administrator puts into the ledger after looking at it: a prior certificate, and hours of practice.

Neither goes through a candidate's page: the paper is shown to a person, and the entry says who looked. Nothing personal
is stored, neither number nor issuer: the kind of certificate is a subject that schemes can name.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.deciding.validating import SLUG
from assessments.entry.exemptions import check_day
from assessments.models import SchemeVersion
from competencies.ledger import record_evidence, register_subject, withdraw_evidence
from competencies.models import Evidence, EvidenceKind, Subject, SubjectKind
from core import audit
from core.errors import NotAllowed, Refusal
from core.hashing import content_hash
from people.models import Person, Role
from people.roles import check_role
from people.scope import people_overseen_by

MOST_HOURS = Decimal(200)
OURS = {EvidenceKind.CERTIFICATE: "recognised:", EvidenceKind.PRACTICE: "practice:"}


class WithdrawalReason(models.TextChoices):
    """Why an entry is taken back. Codes, because the trail keeps them and is not erasable."""

    MISTAKE = "mistake", gettext_lazy("Entered by mistake")
    WRONG = "wrong", gettext_lazy("Person, day or hours were wrong; entered anew")
    UNPROVEN = "unproven", gettext_lazy("The paper did not hold up")


def register_certificate(*, key: str, title: str, by: Person, now: datetime) -> Subject:
    """Make a kind of certificate from elsewhere nameable by rules, or give it another title.

    Raises Refusal for a key that is none or that a scheme of ours has ("key") and an empty or long title ("title"),
    NotAllowed for somebody who is not an administrator.
    """
    check_role(by, Role.ADMINISTRATOR, on=timezone.localdate(now))
    if not SLUG.fullmatch(key):
        raise Refusal(_("A key is made of letters, digits, - and _."), code="key")
    if is_ours(key):
        raise Refusal(_("This key belongs to a certificate of ours. Choose another one."), code="key")
    if not 0 < len(title.strip()) <= 120:
        raise Refusal(_("Write what the certificate is called, in at most 120 characters."), code="title")
    with transaction.atomic():
        subject = register_subject(kind=SubjectKind.CERTIFICATE, key=key, title=title.strip())
        audit.record(
            action="certificate_kind.registered", target=f"competencies.subject:{subject.pk}", by=by, now=now
        )
    return subject


def recognise_certificate(
    *, person: Person, subject: Subject, issued_on: date, by: Person, now: datetime
) -> Evidence:
    """Enter that this person holds a certificate of this kind; one that stands already is returned as it is.

    The evidence is as old as the certificate: ages count from its day of issue. Raises Refusal for another kind of
    subject or a certificate of ours ("subject") and for a day to come ("issued_on"), NotAllowed unless `by`
    administers where the person works and is somebody else.
    """
    _check_may_enter(by, person, at=now)
    if subject.kind != SubjectKind.CERTIFICATE:
        raise Refusal(_("Choose a kind of certificate."), code="subject")
    if is_ours(subject.key):
        raise Refusal(_("Certificates of ours are issued, not recognised."), code="subject")
    check_day(issued_on, on=timezone.localdate(now))
    with transaction.atomic():
        _lock(person)
        rows = Evidence.objects.filter(person=person, subject=subject, kind=EvidenceKind.CERTIFICATE)
        existing = rows.standing().first()
        if existing:
            return existing
        evidence = record_evidence(
            person=person,
            subject=subject,
            kind=EvidenceKind.CERTIFICATE,
            version_hash=content_hash({"certificate": subject.key, "issued_on": issued_on.isoformat()}),
            source_key=f"recognised:{person.pk.hex}:{subject.pk}:{rows.count()}",
            occurred_at=_noon(issued_on),
            now=now,
        )
        _audit("certificate.recognised", evidence, by=by, now=now)
    return evidence


def record_practice(
    *, person: Person, subject: Subject, hours: Decimal, on: date, token: UUID, by: Person, now: datetime
) -> Evidence:
    """登记实践学时: enter hours of practice on a day, under what they were done for; the same `token` is one entry.

    Raises Refusal for hours that are none, or more than 200 ("hours"), for a day to come ("on") and for a token that
    made another entry, or one that was taken back ("token"); NotAllowed as above.
    """
    _check_may_enter(by, person, at=now)
    if not 0 < hours <= MOST_HOURS or hours != hours.quantize(Decimal("0.1")):
        raise Refusal(_("Give the hours with at most one decimal, from 0.1 to 200."), code="hours")
    if on > timezone.localdate(now):
        raise Refusal(_("This day is still to come."), code="on")
    with transaction.atomic():
        _lock(person)
        source_key = f"practice:{token}"
        existing = Evidence.objects.filter(source_key=source_key).first()
        if existing:
            _check_same(existing, person=person, subject=subject, hours=hours, on=on)
            return existing
        evidence = record_evidence(
            person=person,
            subject=subject,
            kind=EvidenceKind.PRACTICE,
            version_hash=content_hash({"practice": subject.key, "on": on.isoformat()}),
            source_key=source_key,
            occurred_at=_noon(on),
            now=now,
            hours=hours,
        )
        _audit("practice.recorded", evidence, by=by, now=now)
    return evidence


def withdraw_entry(*, evidence: Evidence, reason: WithdrawalReason, by: Person, now: datetime) -> Evidence:
    """Take back an entry made here; both rows stay readable. A second time changes nothing.

    Raises Refusal for evidence that was not entered here ("other"), NotAllowed as above.
    """
    _check_may_enter(by, evidence.person, at=now)
    prefix = OURS.get(EvidenceKind(evidence.kind))
    if prefix is None or not evidence.source_key.startswith(prefix):
        raise Refusal(_("Only what was entered by hand is taken back by hand."), code="other")
    with transaction.atomic():
        _lock(evidence.person)
        source_key = f"{evidence.source_key}:withdrawn"
        existing = Evidence.objects.filter(source_key=source_key).first()
        if existing:
            return existing
        withdrawal = withdraw_evidence(evidence=evidence, source_key=source_key, now=now)
        _audit("evidence.withdrawn", evidence, by=by, now=now, reason=reason.value)
    return withdrawal


def is_ours(key: str) -> bool:
    """Whether certificates of this kind are issued here: they bear the key of their scheme."""
    return SchemeVersion.objects.filter(key=key).exists()


def _lock(person: Person) -> None:
    """Entries about one person wait for each other."""
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)


def _check_same(existing: Evidence, *, person: Person, subject: Subject, hours: Decimal, on: date) -> None:
    """A form that was changed after it was sent must not pass for sent. Raises Refusal ("token")."""
    made = (existing.person_id, existing.subject_id, existing.hours, existing.occurred_at)
    stands = Evidence.objects.standing().filter(pk=existing.pk).exists()
    if made != (person.pk, subject.pk, hours, _noon(on)) or not stands:
        raise Refusal(
            _(
                "This page made an entry already, with other values or since withdrawn. Send it again to add one."
            ),
            code="token",
        )


def _check_may_enter(by: Person, person: Person, *, at: datetime) -> None:
    overseen = people_overseen_by(by, roles=[Role.ADMINISTRATOR], at=at)
    if by.pk == person.pk or not overseen.filter(pk=person.pk).exists():
        raise NotAllowed(_("Only an administrator of this person's organisation may do this."))


def _noon(day: date) -> datetime:
    """In the middle of the day, so that it is this day in Shanghai whatever is rounded."""
    return timezone.make_aware(datetime.combine(day, time(12)))


def _audit(action: str, evidence: Evidence, *, by: Person, now: datetime, **more: str) -> None:
    audit.record(
        action=action,
        target=f"competencies.evidence:{evidence.pk}",
        by=by,
        now=now,
        subject=evidence.subject_id,
        hours=str(evidence.hours),
        **more,
    )
