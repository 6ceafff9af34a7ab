"""Runs of paper: what was printed of a batch for a ceremony, by whom, and why once more. A job is a row."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from certificates.models.batches import CertificateBatch
from certificates.models.record import Certificate
from core.constraints import in_order, one_of, within
from people.models import Person


class PrintKind(models.TextChoices):
    """What the paper is."""

    WHOLE = "whole", _("Whole certificates")
    OVERPRINT = "overprint", _("On preprinted blanks")


class PrintState(models.TextChoices):
    """How far the job has come."""

    WAITING = "waiting", _("Being put together")
    READY = "ready", _("Ready to download")
    FAILED = "failed", _("Failed")


class PrintReason(models.TextChoices):
    """Why paper is printed; the first run of a seat needs no other."""

    FIRST = "first", _("First print")
    JAM = "jam", _("Paper jam or misfeed")
    SPOILT = "spoilt", _("Spoilt or wrongly placed")
    DAMAGED = "damaged", _("Damaged before it was handed over")
    LOST = "lost", _("Lost before it was handed over")


class PrintRun(models.Model):
    """Seats `first_seat` to `last_seat` of a batch as one PDF in seat order. Offsets are tenths of a millimetre, to the
    right and down, for preprinted blanks. The row is the log of the paper and stays when the file was cleared away."""

    batch = models.ForeignKey(CertificateBatch, on_delete=models.PROTECT, related_name="print_runs")
    kind = models.CharField(max_length=12, choices=PrintKind)
    reason = models.CharField(max_length=12, choices=PrintReason)
    first_seat = models.PositiveIntegerField()
    last_seat = models.PositiveIntegerField()
    offset_right = models.SmallIntegerField(default=0)
    offset_down = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=12, choices=PrintState, default=PrintState.WAITING)
    done = models.PositiveIntegerField(default=0)
    path = models.CharField(max_length=200, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("print run")
        verbose_name_plural = _("print runs")
        constraints = [
            one_of("kind", PrintKind),
            one_of("reason", PrintReason),
            one_of("state", PrintState),
            within("offset_right", -200, 200),
            within("offset_down", -200, 200),
            in_order("first_seat", "last_seat"),
            in_order("asked_at", "finished_at"),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(finished_at__isnull=False),
                name="%(app_label)s_%(class)s_ready_when_finished",
            ),
        ]
        indexes = [models.Index(fields=["state", "leased_until"])]


class LeftOut(models.TextChoices):
    """Why a certificate is not on the paper of a run that reached over its seat."""

    NOT_VALID = "not_valid", _("Voided, revoked, suspended or corrected")
    ERASED = "erased", _("The holder’s data were erased")
    DAMAGED = "damaged", _("The stored file is missing or damaged")


class PrintSheet(models.Model):
    """One certificate of a run, at the seat it had then. Without `left_out` it is on the paper once it is ready."""

    run = models.ForeignKey(PrintRun, on_delete=models.PROTECT, related_name="sheets")
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="print_sheets")
    seat = models.PositiveIntegerField()
    left_out = models.CharField(max_length=12, choices=LeftOut, blank=True)

    class Meta:
        constraints = [
            one_of("left_out", ["", *LeftOut]),
            models.UniqueConstraint(fields=["run", "certificate"], name="%(app_label)s_%(class)s_once_a_run"),
            models.UniqueConstraint(fields=["run", "seat"], name="%(app_label)s_%(class)s_one_a_seat"),
        ]
