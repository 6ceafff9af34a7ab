"""A batch on its way from proposal to release, row by row. Jobs are rows: a lost message loses nothing."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

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


class CertificateBatch(models.Model):
    """Certificates of one scheme version for people of one organisation's subtree, proposed by one and approved
    by another."""

    scheme_version = models.ForeignKey(
        "assessments.SchemeVersion", on_delete=models.PROTECT, related_name="+"
    )
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="batches")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("batch title"), max_length=80)
    theme = models.CharField(_("design"), max_length=40, default="standard")
    status = models.CharField(max_length=12, choices=BatchStatus, default=BatchStatus.PROPOSED)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    remark = models.TextField(blank=True)

    class Meta:
        verbose_name = _("certificate batch")
        verbose_name_plural = _("certificate batches")
        constraints = [
            one_of("status", BatchStatus),
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
    RowState.QUARANTINED: frozenset({RowState.READY}),
    RowState.READY: frozenset({RowState.QUARANTINED, RowState.RESERVED}),
    RowState.RESERVED: frozenset({RowState.ISSUED, RowState.FAILED, RowState.VOIDED}),
    RowState.FAILED: frozenset({RowState.ISSUED, RowState.FAILED, RowState.VOIDED}),
    RowState.ISSUED: frozenset({RowState.RELEASED}),
    RowState.RELEASED: frozenset(),
    RowState.VOIDED: frozenset(),
}
WITHOUT_CERTIFICATE = (RowState.PENDING, RowState.QUARANTINED, RowState.READY)


class BatchRow(models.Model):
    """One person in a batch. `findings` are [{code, reason, remedy, ask}] of the last preflight; a row is leased while
    somebody prints it, and free again when the lease has run out."""

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

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "person"], name="%(app_label)s_%(class)s_person_once"),
            one_of("state", RowState),
            within("attempts", 0, 1000),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in WITHOUT_CERTIFICATE], certificate=None)
                | (~Q(state__in=[s.value for s in WITHOUT_CERTIFICATE]) & Q(certificate__isnull=False)),
                name="%(app_label)s_%(class)s_certificate_when_numbered",
            ),
        ]
        indexes = [models.Index(fields=["state", "leased_until"])]
