"""A batch on its way from proposal to release, row by row. Jobs are rows: a lost message loses nothing."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certificates.models.issuers import Issuer
from certificates.models.record import Certificate
from core.constraints import in_order, not_the_same, one_of, within
from people.models import Organisation, Person


class BatchStatus(models.TextChoices):
    """Where a batch stands."""

    PROPOSED = "proposed", _("Awaiting approval")
    RETURNED = "returned", _("Returned")
    APPROVED = "approved", _("Being issued")
    COMPLETED = "completed", _("All issued")


BATCH_TRANSITIONS: dict[BatchStatus, frozenset[BatchStatus]] = {
    BatchStatus.PROPOSED: frozenset({BatchStatus.RETURNED, BatchStatus.APPROVED}),
    BatchStatus.RETURNED: frozenset(),
    BatchStatus.APPROVED: frozenset({BatchStatus.COMPLETED}),
    BatchStatus.COMPLETED: frozenset({BatchStatus.APPROVED}),  # a quarantined row was put right
}


class BatchKind(models.TextChoices):
    """What the certificates of a batch are to those that people hold already."""

    ISSUE = "issue", _("First issue")
    CORRECTION = "correction", _("Correction")
    RENEWAL = "renewal", pgettext_lazy("certificate", "Renewal")


class CertificateBatch(models.Model):
    """Certificates of one scheme version for people of one organisation's subtree, proposed by one and approved
    by another.

    `valid_from` is the day of a ceremony to come, printed as the first day of validity; without it certificates are
    valid from the day they are issued. `approved_for` is whoever the approver stood in for, as their deputy.
    """

    scheme_version = models.ForeignKey(
        "assessments.SchemeVersion", on_delete=models.PROTECT, related_name="+"
    )
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="batches")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("batch title"), max_length=80)
    kind = models.CharField(max_length=12, choices=BatchKind, default=BatchKind.ISSUE)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    theme = models.CharField(_("design"), max_length=40, default="standard")
    status = models.CharField(max_length=12, choices=BatchStatus, default=BatchStatus.PROPOSED)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_for = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    remark = models.TextField(blank=True)

    class Meta:
        verbose_name = _("certificate batch")
        verbose_name_plural = _("certificate batches")
        constraints = [
            one_of("status", BatchStatus),
            one_of("kind", BatchKind),
            not_the_same("proposed_by", "approved_by"),
            in_order("proposed_at", "approved_at"),
            models.CheckConstraint(
                condition=Q(status__in=["proposed", "returned"]) | Q(approved_by__isnull=False),
                name="%(app_label)s_%(class)s_approved_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RowState(models.TextChoices):
    """Where one person's certificate stands."""

    PENDING = "pending", _("Waiting for preflight")
    QUARANTINED = "quarantined", _("Quarantined")
    READY = "ready", _("Ready to issue")
    RESERVED = "reserved", _("Number taken")
    ISSUED = "issued", _("Printed")
    RELEASED = "released", _("Handed out")
    FAILED = "failed", _("Failed, will be tried again")
    VOIDED = "voided", _("Voided")


ROW_TRANSITIONS: dict[RowState, frozenset[RowState]] = {
    RowState.PENDING: frozenset({RowState.QUARANTINED, RowState.READY}),
    RowState.QUARANTINED: frozenset({RowState.PENDING, RowState.READY}),
    RowState.READY: frozenset({RowState.PENDING, RowState.QUARANTINED, RowState.RESERVED}),
    RowState.RESERVED: frozenset({RowState.ISSUED, RowState.FAILED, RowState.VOIDED}),
    RowState.FAILED: frozenset({RowState.ISSUED, RowState.FAILED, RowState.VOIDED}),
    RowState.ISSUED: frozenset(
        {RowState.RELEASED, RowState.VOIDED}
    ),  # voided: the old one may not be superseded
    RowState.RELEASED: frozenset(),
    RowState.VOIDED: frozenset(),
}
WITHOUT_CERTIFICATE = (RowState.PENDING, RowState.QUARANTINED, RowState.READY)


class BatchRow(models.Model):
    """One person in a batch. `findings` are [{code, reason, remedy, ask}] of the last preflight; a row is leased while
    somebody prints it, and free again when the lease has run out.

    `follows` is the certificate that this one corrects or renews. `seat` orders the ceremony: numbers, paper and lists
    go by it. `proof` is the SHA-256 of what the trial print printed: as long as it is the same nothing is tried again.
    """

    batch = models.ForeignKey(CertificateBatch, on_delete=models.CASCADE, related_name="rows")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=RowState, default=RowState.PENDING)
    findings = models.JSONField(default=list)
    reason = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    certificate = models.OneToOneField(
        Certificate, on_delete=models.PROTECT, null=True, related_name="batch_row"
    )
    leased_until = models.DateTimeField(null=True)
    follows = models.ForeignKey(Certificate, on_delete=models.PROTECT, null=True, related_name="+")
    seat = models.PositiveIntegerField(_("seat"), null=True)
    reading = models.CharField(max_length=80, blank=True)
    proof = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "person"], name="%(app_label)s_%(class)s_person_once"),
            one_of("state", RowState),
            within("attempts", 0, 1000),
            models.UniqueConstraint(fields=["batch", "seat"], name="%(app_label)s_%(class)s_one_a_seat"),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in WITHOUT_CERTIFICATE], certificate=None)
                | (~Q(state__in=[s.value for s in WITHOUT_CERTIFICATE]) & Q(certificate__isnull=False)),
                name="%(app_label)s_%(class)s_certificate_when_numbered",
            ),
        ]
        indexes = [models.Index(fields=["state", "leased_until"])]
