"""免修: an earlier certificate in place of an exam, handed in as a file and looked at by an administrator.

A granted exemption is evidence about the exam that scheme rules accept in place of a mark; it never pretends one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.contents import read_handed_in
from assessments.entry import news
from assessments.exams.releasing import newest_release
from assessments.models import REHEARSAL, REQUEST_TRANSITIONS, ExamVersion, Exemption, RequestStatus
from assessments.sittings.uploads import fitting_name
from competencies.ledger import record_evidence, withdraw_evidence
from competencies.models import Evidence, EvidenceKind, Subject, SubjectKind
from core import audit, private_files
from core.errors import NotAllowed, Refusal
from people.models import Person, Role
from people.scope import people_overseen_by

MOST_MB = 10
FOLDER = "exemptions"
TAKEN = frozenset({".pdf", ".png", ".jpg", ".webp", ".gif"})
TEXT_LENGTH = 500
CURRENT = (RequestStatus.REQUESTED, RequestStatus.GRANTED)


@dataclass(frozen=True)
class PriorCertificate:
    """What is said about a certificate from elsewhere."""

    title: str
    issuer: str
    issued_on: date
    number: str = ""


def request_exemption(
    *, person: Person, exam_key: str, certificate: PriorCertificate, file: File, now: datetime
) -> Exemption:
    """Hand in a certificate in place of this exam; what waits or holds already is returned as it is.

    The file is a PDF or a picture of at most 10 MB, told from its bytes and kept privately. Raises Refusal for an exam
    from which nobody can be exempted ("not_released"), for a day to come ("issued_on") and for a file that is not
    taken (codes of the file: "size", "empty", "kind", and those of `contents`).
    """
    _check_exam(exam_key)
    check_day(certificate.issued_on, on=timezone.localdate(now))
    content, suffix = checked_content(file)
    name = fitting_name(file.name or "", suffix)
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        current = Exemption.objects.filter(person=person, exam_key=exam_key, status__in=CURRENT).first()
        if current:
            return current
        exemption = Exemption(person=person, exam_key=exam_key, requested_at=now, file_name=name)
        stored = private_files.store(content, folder=f"{FOLDER}/{exemption.pk}", suffix=suffix)
        exemption.file_sha256, exemption.file_path = stored.sha256, stored.path
        exemption.certificate_title, exemption.issuer = certificate.title, certificate.issuer
        exemption.certificate_number, exemption.issued_on = certificate.number, certificate.issued_on
        exemption.save()
        _audit("exemption.requested", exemption, by=person, now=now)
        news.ask_for_exemption(exemption, now=now)
    return exemption


def grant_exemption(*, exemption: Exemption, word: str, by: Person, now: datetime) -> Exemption:
    """Accept the certificate: the exam counts as fulfilled from now on. One that was decided stays as it is.

    Raises NotAllowed unless `may_decide`, Refusal for a word that is too long ("word").
    """
    return _decide(exemption, RequestStatus.GRANTED, word.strip(), by=by, now=now)


def refuse_exemption(*, exemption: Exemption, word: str, by: Person, now: datetime) -> Exemption:
    """Do not accept it, and say why. One that was decided stays as it is.

    Raises NotAllowed unless `may_decide`, Refusal without a word or for one that is too long ("word").
    """
    if not word.strip():
        raise Refusal(_("Write a word to the person: why, and what they can do instead."), code="word")
    return _decide(exemption, RequestStatus.REFUSED, word.strip(), by=by, now=now)


def end_exemption(*, exemption: Exemption, by: Person, now: datetime, word: str = "") -> Exemption:
    """Take a request back, or end what was granted: its evidence is withdrawn, both rows stay. Once is enough.

    Raises NotAllowed for anybody but the person and whoever `may_decide`, Refusal for a word that is too long ("word").
    """
    _check_word(word)
    with transaction.atomic():
        exemption = _locked(exemption)
        if by.pk != exemption.person_id:
            _check_may_decide(by, exemption, at=now)
        if RequestStatus.ENDED not in REQUEST_TRANSITIONS[RequestStatus(exemption.status)]:
            return exemption
        evidence = Evidence.objects.filter(source_key=_source_key(exemption)).first()
        if evidence:
            withdraw_evidence(evidence=evidence, source_key=f"{_source_key(exemption)}:ended", now=now)
        exemption.status = RequestStatus.ENDED
        exemption.decision_text = word.strip() or exemption.decision_text
        exemption.save(update_fields=["status", "decision_text"])
        _audit("exemption.ended", exemption, by=by, now=now)
        news.settle(exemption, now=now)
        if by.pk != exemption.person_id:
            news.exemption_decided(exemption, now=now)
    return exemption


def exemptions_overseen_by(overseer: Person, *, at: datetime) -> QuerySet[Exemption]:
    """Those of the people this administrator oversees, never their own; lazy."""
    overseen = people_overseen_by(overseer, roles=[Role.ADMINISTRATOR], at=at)
    return Exemption.objects.filter(person__in=overseen).exclude(person=overseer)


def may_decide(overseer: Person, exemption: Exemption, *, at: datetime) -> bool:
    """Whether this person administers the part of the organisation the candidate works in, and is not the candidate."""
    return exemptions_overseen_by(overseer, at=at).filter(pk=exemption.pk).exists()


def visible_exemption(*, exemption_id: UUID, viewer: Person, at: datetime) -> Exemption | None:
    """The certificate, for the person it is of and for whoever may decide about it; else None."""
    exemption = Exemption.objects.filter(pk=exemption_id).first()
    if exemption is None or exemption.person_id == viewer.pk:
        return exemption
    return exemption if may_decide(viewer, exemption, at=at) else None


def newest_exemptions(person: Person) -> dict[str, Exemption]:
    """This person's newest by exam key, whatever became of it. One query."""
    rows = Exemption.objects.filter(person=person).order_by("requested_at", "pk")
    return {row.exam_key: row for row in rows}


def can_be_exempted(version: ExamVersion) -> bool:
    """Whether a certificate can stand in for it: not for practice, which counts for nothing."""
    return version.key != REHEARSAL and not version.document.get("practice")


def _decide(
    exemption: Exemption, status: RequestStatus, word: str, *, by: Person, now: datetime
) -> Exemption:
    _check_word(word)
    with transaction.atomic():
        exemption = _locked(exemption)
        _check_may_decide(by, exemption, at=now)
        if exemption.status != RequestStatus.REQUESTED:
            return exemption
        exemption.status, exemption.decision_text = status, word
        exemption.decided_by, exemption.decided_at = by, now
        exemption.save(update_fields=["status", "decision_text", "decided_by", "decided_at"])
        if status == RequestStatus.GRANTED:
            _record(exemption, now=now)
        _audit(f"exemption.{status.value}", exemption, by=by, now=now)
        news.settle(exemption, now=now)
        news.exemption_decided(exemption, now=now)
    return exemption


def _record(exemption: Exemption, *, now: datetime) -> None:
    """Evidence without score, hours and weights: it meets rules and says nothing about competencies."""
    record_evidence(
        person=exemption.person,
        subject=Subject.objects.get(kind=SubjectKind.EXAM, key=exemption.exam_key),
        kind=EvidenceKind.EXEMPTION,
        version_hash=exemption.file_sha256,
        source_key=_source_key(exemption),
        occurred_at=now,
        now=now,
    )


def _source_key(exemption: Exemption) -> str:
    return f"exemption:{exemption.pk}"


def _check_exam(exam_key: str) -> None:
    version = newest_release(exam_key)
    if version is None or not can_be_exempted(version):
        raise Refusal(_("No certificate can stand in for this exam."), code="not_released")


def check_day(issued_on: date, *, on: date) -> None:
    """Raises Refusal ("issued_on") for a day that is still to come."""
    if issued_on > on:
        raise Refusal(_("This day is still to come. Look at the date on the certificate."), code="issued_on")


def checked_content(file: File) -> tuple[bytes, str]:
    """The bytes, and the suffix that says what they are. Raises Refusal."""
    file.seek(0)  # the form looks at it first, the operation again
    content, suffix = read_handed_in(file, most_mb=MOST_MB)
    if suffix not in TAKEN:
        raise Refusal(_("Hand in the certificate as a PDF or as a picture (a photo will do)."), code="kind")
    return content, suffix


def _check_word(word: str) -> None:
    if len(word.strip()) > TEXT_LENGTH:
        raise Refusal(_("The text is longer than %(most)s characters.") % {"most": TEXT_LENGTH}, code="word")


def _check_may_decide(by: Person, exemption: Exemption, *, at: datetime) -> None:
    if not may_decide(by, exemption, at=at):
        raise NotAllowed(_("Only an administrator of this person's organisation may do this."))


def _locked(exemption: Exemption) -> Exemption:
    found = Exemption.objects.select_for_update(of=("self",)).select_related("person")
    return found.get(pk=exemption.pk)


def _audit(action: str, exemption: Exemption, *, by: Person, now: datetime) -> None:
    audit.record(
        action=action,
        target=f"assessments.exemption:{exemption.pk}",
        by=by,
        now=now,
        exam=exemption.exam_key,
        file=exemption.file_sha256,
    )
