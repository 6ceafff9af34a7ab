"""The transparency log's rows; the mathematics is in `certificates.transparency`."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from certificates.models.record import Certificate
from core.appendonly import AppendOnlyModel
from core.constraints import one_of


class LeafKind(models.TextChoices):
    """What a log entry says."""

    ISSUE = "issue", _("Issued")
    REVOKE = "revoke", _("Revoked")
    VOID = "void", _("Voided")
    SUSPEND = "suspend", _("Suspended")
    RESTORE = "restore", _("Restored")
    SUPERSEDE = "supersede", _("Superseded")


# A certificate is suspended and restored as often as it takes; everything else happens to it once.
LOGGED_ONCE = (LeafKind.ISSUE, LeafKind.REVOKE, LeafKind.VOID, LeafKind.SUPERSEDE)


class LogLeaf(AppendOnlyModel):
    """One entry. `digest` is the credential hash; `leaf_hash` covers kind, serial, digest and time (`log.entry`)."""

    index = models.PositiveBigIntegerField(unique=True)
    kind = models.CharField(max_length=12, choices=LeafKind)
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="leaves")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    leaf_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            one_of("kind", LeafKind),
            models.UniqueConstraint(
                fields=["certificate", "kind"],
                condition=models.Q(kind__in=[kind.value for kind in LOGGED_ONCE]),
                name="%(app_label)s_%(class)s_once",
            ),
        ]


class Checkpoint(AppendOnlyModel):
    """The head of the log at a size. `signature` is empty until the log's key exists."""

    size = models.PositiveBigIntegerField(unique=True)
    root_hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    signature = models.TextField(null=True)


class LogHead(models.Model):
    """The growing edge of the log, one row: the lock that keeps indexes gapless, and the peaks that name the head
    without reading every leaf. Derived: `log.verify_log` checks it against the leaves."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.PositiveBigIntegerField(default=0)
    peaks = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="%(app_label)s_%(class)s_only_one")
        ]
