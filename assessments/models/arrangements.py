"""Arrangements for one person: more time or attempts, or no exam at all because of an earlier certificate."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import in_order, one_of, within
from people.models import Person


class RequestStatus(models.TextChoices):
    """What became of a request."""

    REQUESTED = "requested", _("Waiting for a decision")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Not granted")
    ENDED = "ended", _("Ended")


REQUEST_TRANSITIONS: dict[RequestStatus, frozenset[RequestStatus]] = {
    RequestStatus.REQUESTED: frozenset({RequestStatus.GRANTED, RequestStatus.REFUSED, RequestStatus.ENDED}),
    RequestStatus.GRANTED: frozenset({RequestStatus.ENDED}),
    RequestStatus.REFUSED: frozenset(),
    RequestStatus.ENDED: frozenset(),
}


class Accommodation(models.Model):
    """便利安排: more time and more attempts for one person, in one exam or (empty key) in all. Erasable text."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="accommodations")
    exam_key = models.SlugField(max_length=64, blank=True)
    status = models.CharField(max_length=16, choices=RequestStatus, default=RequestStatus.REQUESTED)
    reason = models.TextField(max_length=500, blank=True)
    time_factor = models.DecimalField(max_digits=3, decimal_places=2, default=Decimal(1))
    extra_attempts = models.PositiveSmallIntegerField(default=0)
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            one_of("status", RequestStatus),
            within("time_factor", 1, 4),
            within("extra_attempts", 0, 20),
            in_order("requested_at", "decided_at"),
            models.UniqueConstraint(
                fields=["person", "exam_key"],
                condition=Q(status__in=["requested", "granted"]),
                name="%(app_label)s_%(class)s_one_current",
            ),
        ]


class Exemption(models.Model):
    """免修: a certificate from elsewhere, looked at by a person, in place of an exam. Erasable, its file too."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="exemptions")
    exam_key = models.SlugField(max_length=64)
    certificate_title = models.CharField(max_length=120)
    issuer = models.CharField(max_length=120)
    certificate_number = models.CharField(max_length=64, blank=True)
    issued_on = models.DateField()
    file_name = models.CharField(max_length=120)
    file_sha256 = models.CharField(max_length=64)
    file_path = models.CharField(max_length=200)
    status = models.CharField(max_length=16, choices=RequestStatus, default=RequestStatus.REQUESTED)
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_text = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            one_of("status", RequestStatus),
            in_order("requested_at", "decided_at"),
            models.UniqueConstraint(
                fields=["person", "exam_key"],
                condition=Q(status__in=["requested", "granted"]),
                name="%(app_label)s_%(class)s_one_current",
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=models.F("person")) | Q(decided_by=None),
                name="%(app_label)s_%(class)s_not_by_oneself",
            ),
        ]
