"""Cases: a certificate that a person must look at again. A case changes nothing by itself."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from certificates.models.record import Certificate
from core.constraints import in_order, one_of
from people.models import Person


class CaseKind(models.TextChoices):
    """What opened it."""

    GROUND_LOST = "ground_lost", _("No longer meets its scheme")
    CORRECTION_ASKED = "correction_asked", _("The holder asks for a correction")


class CaseOutcome(models.TextChoices):
    """What was decided."""

    KEPT = "kept", _("Stays as it is")
    SUSPENDED = "suspended", _("Suspended")
    REVOKED = "revoked", _("Revoked")
    CORRECTED = "corrected", _("Corrected")


class CertificateCase(models.Model):
    """Open until `outcome` is said. `decision` is the one that took the ground away; `wanted_name` and `words` are what
    a holder asks for, `note` why it was settled as it was. Free words: erasable."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=20, choices=CaseKind)
    decision = models.ForeignKey(
        "assessments.Decision", on_delete=models.PROTECT, null=True, related_name="+"
    )
    wanted_name = models.CharField(max_length=80, blank=True)
    words = models.TextField(blank=True)
    opened_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=CaseOutcome, blank=True)
    note = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            one_of("kind", CaseKind),
            one_of("outcome", ["", *CaseOutcome]),
            in_order("opened_at", "settled_at"),
            models.CheckConstraint(
                condition=Q(outcome="", settled_at=None, settled_by=None)
                | (~Q(outcome="") & Q(settled_at__isnull=False, settled_by__isnull=False)),
                name="%(app_label)s_%(class)s_settled_by_someone",
            ),
            models.UniqueConstraint(
                fields=["certificate", "kind"],
                condition=Q(outcome=""),
                name="%(app_label)s_%(class)s_one_open",
            ),
            models.UniqueConstraint(
                fields=["certificate", "decision"], name="%(app_label)s_%(class)s_decision_once"
            ),
        ]
