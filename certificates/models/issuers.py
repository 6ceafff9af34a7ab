"""Who issues, and how far each issuer has counted."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import in_order, not_the_same, one_of, within
from people.models import Person


class Issuer(models.Model):
    """The body that stands behind a certificate. `code` is part of every serial number and never changes."""

    code = models.CharField(_("code"), max_length=8, unique=True, validators=[RegexValidator(r"^[A-Z0-9]+$")])
    name = models.CharField(_("name of the issuer"), max_length=80)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    domain = models.CharField(_("domain"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("issuer")
        verbose_name_plural = _("issuers")

    def __str__(self) -> str:
        return self.name


class SerialCounter(models.Model):
    """The next free running number of an issuer in a year; counted under a row lock."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="counters")
    year = models.PositiveSmallIntegerField()
    next = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "year"], name="%(app_label)s_%(class)s_one_a_year"),
            within("next", 1, 1_000_000),
        ]


class MarkKind(models.TextChoices):
    """What an issuer puts under a certificate."""

    SEAL = "seal", _("Seal")
    SIGNATURE = "signature", _("Signature")


class IssuerMark(models.Model):
    """The picture of a seal or of a signature, in the private storage under its own hash. `signer` and `post` say whose
    signature it is. What is retired stays on the certificates that carry it and is offered no more."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="marks")
    kind = models.CharField(max_length=12, choices=MarkKind)
    title = models.CharField(_("what it is called"), max_length=40)
    signer = models.CharField(_("who signs"), max_length=80, blank=True)
    post = models.CharField(_("post of the signer"), max_length=40, blank=True)
    path = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("seal or signature")
        verbose_name_plural = _("seals and signatures")
        constraints = [one_of("kind", MarkKind), in_order("added_at", "retired_at")]

    def __str__(self) -> str:
        return self.title


class ThemeShelf(models.Model):
    """How an issuer uses a theme: whether new batches may choose it, and what is put under it."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="shelf")
    theme = models.CharField(max_length=40)
    is_offered = models.BooleanField(_("offered for new batches"), default=True)
    seal = models.ForeignKey(IssuerMark, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    signature = models.ForeignKey(
        IssuerMark, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    changed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "theme"], name="%(app_label)s_%(class)s_once"),
        ]


class Deputy(models.Model):
    """Who approves in somebody's place, from one day to another. A deputy has the principal's reach and no more, and
    never approves what they or the principal proposed."""

    principal = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="deputies")
    deputy = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    since_on = models.DateField(_("first day"))
    until_on = models.DateField(_("last day"))
    named_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            not_the_same("principal", "deputy"),
            in_order("since_on", "until_on"),
            in_order("named_at", "ended_at"),
        ]
