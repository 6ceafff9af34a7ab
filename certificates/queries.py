"""Reads that several pages and operations share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet
from django.utils import timezone

from certificates.authority import approving_paths, issuing_paths, within_paths
from certificates.life.holding import says
from certificates.models import (
    BatchRow,
    BatchStatus,
    Certificate,
    CertificateBatch,
    CertificateEvent,
    EventKind,
    NameAnswer,
    NameConfirmation,
    RowState,
)
from certificates.standing import CORRECTABLE, HOLDING, Standing, standing_of
from people.models import Person
from people.scope import OVERSEEING_ROLES, people_overseen_by

NEVER_HANDED_OUT = (Standing.VOIDED, Standing.UNRELEASED)
RULES_AND_PROOFS = ("scheme_version__definition", "decision__proof", "decision__evidence_ids")


@dataclass(frozen=True)
class HeldCertificate:
    """One line of a holder's list; `says` is how long it is valid, or since when it is not."""

    certificate: Certificate
    title: str
    scheme_title: str
    standing: Standing
    has_document: bool
    says: str = ""

    @property
    def chip(self) -> str:
        """The state of its chip."""
        chips = {Standing.VALID: "done", Standing.REVOKED: "revoked", Standing.SUSPENDED: "due"}
        return chips.get(self.standing, "plain")

    @property
    def may_be_corrected(self) -> bool:
        """Whether its holder may ask for a correction."""
        return self.standing in CORRECTABLE


class Revoked(NamedTuple):
    """A certificate that was taken back, and when."""

    serial: str
    at: datetime


def with_record(certificates: QuerySet[Certificate]) -> QuerySet[Certificate]:
    """With issuer, scheme, holder's data, file and events at hand: two queries whatever the number.

    Rules and proofs stay where they are: a certificate names them by their hashes.
    """
    events = CertificateEvent.objects.select_related("note").order_by("at", "pk")
    record = certificates.select_related("issuer", "scheme_version", "decision", "holder", "document")
    return record.defer(*RULES_AND_PROOFS).prefetch_related(Prefetch("events", queryset=events))


def held_by(person: Person, *, now: datetime) -> tuple[HeldCertificate, ...]:
    """What a person was given, the newest first; voided and unreleased numbers are not theirs. Two queries."""
    on = timezone.localdate(now)
    rows = with_record(Certificate.objects.filter(person=person)).order_by("-issued_at", "-pk")
    stands = {row: standing(row, on=on) for row in rows}
    own = {row: now_is for row, now_is in stands.items() if now_is not in NEVER_HANDED_OUT}
    followers = {row.follows_id: row for row in own}
    return tuple(
        HeldCertificate(
            row,
            row.title,
            row.scheme_version.title,
            now_is,
            hasattr(row, "document"),
            says(row, now_is, followers.get(row.pk), on=on),
        )
        for row, now_is in own.items()
    )


def standing(certificate: Certificate, *, on: date) -> Standing:
    """The standing of a certificate loaded by `with_record`, without a query."""
    return standing_of(certificate, certificate.events.all(), on=on)


def certificates_held(people: Iterable[UUID], scheme_key: str, *, on: date) -> dict[UUID, str]:
    """Serials that keep people from a second certificate of a scheme. Two queries."""
    rows = Certificate.objects.filter(person__in=list(people), scheme_version__key=scheme_key)
    return {
        row.person_id: row.serial
        for row in rows.prefetch_related("events").order_by("pk")
        if standing_of(row, row.events.all(), on=on) in HOLDING
    }


def certificates_in_force(
    people: Iterable[UUID], scheme_keys: Iterable[str], *, on: date
) -> list[Certificate]:
    """What these people hold of these schemes and nobody took back, each with its scheme, by serial. Two queries."""
    rows = Certificate.objects.filter(person__in=list(people), scheme_version__key__in=list(scheme_keys))
    record = rows.select_related("scheme_version").defer(*RULES_AND_PROOFS).prefetch_related("events")
    return [row for row in record.order_by("serial") if standing_of(row, row.events.all(), on=on) in HOLDING]


def batches_under_way(
    people: Iterable[UUID], scheme_key: str, *, before: CertificateBatch | None = None
) -> dict[UUID, str]:
    """Titles of batches of a scheme that wait or are being issued, by the people who stand in them and are not in
    quarantine there; only batches older than `before`, if it is given. One query."""
    rows = BatchRow.objects.filter(
        person__in=list(people),
        batch__scheme_version__key=scheme_key,
        batch__status__in=[BatchStatus.PROPOSED, BatchStatus.APPROVED],
    ).exclude(state__in=[RowState.QUARANTINED, RowState.VOIDED])
    if before:
        rows = rows.filter(batch__lt=before.pk)
    return dict(rows.order_by("-batch").values_list("person", "batch__title"))


def names_to_ask(batch: CertificateBatch) -> list[Person]:
    """People set aside in a batch whom a question about their name would help. One query."""
    rows = batch.rows.filter(state=RowState.QUARANTINED).select_related("person").order_by("pk")
    return [row.person for row in rows.iterator() if any(finding["ask"] for finding in row.findings)]


def certificates_revoked(people: Iterable[UUID], scheme_key: str) -> dict[UUID, Revoked]:
    """The certificate of a scheme that was taken back from each person last. One query."""
    rows = CertificateEvent.objects.filter(
        kind=EventKind.REVOKED,
        certificate__person__in=list(people),
        certificate__scheme_version__key=scheme_key,
    )
    facts = rows.order_by("at", "pk").values_list("certificate__person", "certificate__serial", "at")
    return {person: Revoked(serial, at) for person, serial, at in facts}


def batches_visible_to(viewer: Person, *, on: date) -> QuerySet[CertificateBatch]:
    """Batches of the organisations the viewer issues for, or approves for in somebody's place. One query, and two for
    the roles."""
    paths = approving_paths(viewer, on=on)
    return CertificateBatch.objects.filter(within_paths("organisation__path", paths)).select_related(
        "scheme_version", "issuer", "organisation"
    )


def certificates_overseen_by(viewer: Person, *, on: date) -> QuerySet[Certificate]:
    """Certificates out of batches of the organisations the viewer issues for."""
    paths = issuing_paths(viewer, on=on)
    return Certificate.objects.filter(within_paths("batch_row__batch__organisation__path", paths))


def confirmations_waiting_for(person: Person, *, on: date) -> list[NameConfirmation]:
    """Questions about their printed name that the person may still answer. One query."""
    open_ones = NameConfirmation.objects.filter(person=person, answer="", due_on__gte=on)
    return list(open_ones.order_by("due_on"))


def disputes_of(person: Person) -> list[NameConfirmation]:
    """What a person found wrong before printing and was not asked about again: the newest question of each scheme,
    where it was answered so. One query."""
    rows = NameConfirmation.objects.filter(person=person).select_related("person").order_by("pk")
    newest = {row.scheme_key: row for row in rows}
    return [row for row in newest.values() if row.answer == NameAnswer.DISPUTED]


def batches_waiting_for(approver: Person, *, on: date) -> QuerySet[CertificateBatch]:
    """Batches in the approver's scope that a second person must decide, and that they did not propose."""
    waiting = batches_visible_to(approver, on=on).filter(status=BatchStatus.PROPOSED)
    return waiting.exclude(proposed_by=approver).order_by("proposed_at")


def names_holding_up(*, on: date) -> QuerySet[NameConfirmation]:
    """Questions about the present name of an account for which nothing can be printed yet: not answered and not past
    their due date, or answered by a correction."""
    unsettled = Q(answer="", due_on__gte=on) | Q(answer=NameAnswer.DISPUTED)
    return NameConfirmation.objects.filter(unsettled, asked_name=F("person__account__name"))


def names_to_settle(overseer: Person, *, at: datetime) -> QuerySet[NameConfirmation]:
    """Names that hold a certificate up, of people the overseer answers for, with their accounts. One query.

    First those a holder corrected and whose account still has the old spelling, then questions not answered yet.
    """
    overseen = people_overseen_by(overseer, roles=OVERSEEING_ROLES, at=at).values("pk")
    names = names_holding_up(on=timezone.localdate(at)).filter(person__in=overseen)
    return names.select_related("person__account").order_by("-answer", "due_on", "pk")
