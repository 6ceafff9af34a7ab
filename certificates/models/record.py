"""What stays on record for good: certificates and what became of them. No names, no free text."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certificates.models.issuers import Issuer
from core.appendonly import AppendOnlyModel
from core.constraints import in_order, one_of, within
from people.models import Person


class Succession(models.TextChoices):
    """What a certificate is to the one it follows."""

    CORRECTION = "correction", _("Correction")
    RENEWAL = "renewal", pgettext_lazy("certificate", "Renewal")


class Certificate(AppendOnlyModel):
    """One issued number. Personal only through an opaque Person; the printed name is in `HolderSnapshot`.

    `code` is the 128-bit random key of the public page. `snapshot` holds what was attested, without names:
    {"axes": [{key, title, score}], "left_out": [titles], "scores": [{title, have}], "period": [from, to]}.
    `credential_hash` is the salted SHA-256 of the credential (see `credentials`); the signature over the credential
    comes in a later version and has its place here. Validity dates are local days, both included; `valid_from` may
    lie after the day of issue, when a ceremony is to come. `follows`: the certificate this one corrects or renews.
    """

    serial = models.CharField(max_length=40, unique=True)
    code = models.CharField(max_length=32, unique=True)
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="certificates")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="certificates")
    scheme_version = models.ForeignKey(
        "assessments.SchemeVersion", on_delete=models.PROTECT, related_name="+"
    )
    decision = models.ForeignKey("assessments.Decision", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=80)
    theme = models.CharField(max_length=40)
    pairing_key = models.CharField(max_length=64, blank=True)
    view_ref = models.CharField(max_length=16)
    snapshot = models.JSONField(default=dict)
    hours = models.DecimalField(max_digits=6, decimal_places=1)
    issued_at = models.DateTimeField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    credential_hash = models.CharField(max_length=64)
    credential_signature = models.TextField(null=True)
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followed_by")
    follows_as = models.CharField(max_length=12, choices=Succession, blank=True)

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "year", "number"], name="%(app_label)s_%(class)s_number_once"
            ),
            within("number", 1, 999_999),
            within("hours", 0, 99_999),
            in_order("valid_from", "valid_until"),
            one_of("follows_as", ["", *Succession]),
            models.CheckConstraint(
                condition=Q(follows=None, follows_as="") | (Q(follows__isnull=False) & ~Q(follows_as="")),
                name="%(app_label)s_%(class)s_follows_as_something",
            ),
        ]
        indexes = [models.Index(fields=["person", "scheme_version"])]

    def __str__(self) -> str:
        return self.serial


class EventKind(models.TextChoices):
    """What can happen to a certificate."""

    ISSUED = "issued", _("Number assigned")
    RELEASED = "released", _("Released to the holder")
    REVOKED = "revoked", _("Revoked")
    SUSPENDED = "suspended", _("Suspended")
    RESTORED = "restored", _("Restored")
    SUPERSEDED = "superseded", _("Superseded by a corrected one")
    VOIDED = "voided", _("Voided before release")


# Happens at most once to a certificate, whatever is delivered twice; suspending and restoring may alternate.
ONCE = (EventKind.ISSUED, EventKind.RELEASED, EventKind.REVOKED, EventKind.SUPERSEDED, EventKind.VOIDED)


class Reason(models.TextChoices):
    """Why, as a stranger may read it. Free words belong into the erasable `EventNote`."""

    NONE = "", "—"
    SCORE_CORRECTED = (
        "score_corrected",
        _("A score was corrected on review and no longer meets the requirement"),
    )
    EVIDENCE_WITHDRAWN = "evidence_withdrawn", _("Evidence it rested on was withdrawn")
    HOLDER_DATA_WRONG = "holder_data_wrong", _("The holder's particulars were wrong")
    ISSUED_IN_ERROR = "issued_in_error", _("Issued in error")
    MISCONDUCT = "misconduct", _("Misconduct in training or examination was established")
    HOLDER_REQUEST = "holder_request", _("At the holder's own request")
    NOT_PRINTABLE = "not_printable", _("It could not be printed; it was never handed out")
    UNDER_REVIEW = "under_review", _("A question about it is being looked into")
    QUESTION_SETTLED = "question_settled", _("The question was settled; nothing speaks against it")


class CertificateEvent(AppendOnlyModel):
    """One thing that happened; the state of a certificate is the fold of its events (`standing`).

    `digest` of a release is the SHA-256 of the PDF as handed out: it outlives the erasable file.
    """

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=EventKind)
    reason = models.CharField(max_length=24, choices=Reason, blank=True)
    digest = models.CharField(max_length=64, blank=True, db_index=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            one_of("kind", EventKind),
            one_of("reason", Reason),
            models.UniqueConstraint(
                fields=["certificate", "kind"],
                condition=Q(kind__in=[kind.value for kind in ONCE]),
                name="%(app_label)s_%(class)s_once",
            ),
        ]
