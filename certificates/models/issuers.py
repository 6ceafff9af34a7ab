"""Who issues, and how far each issuer has counted."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import within


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
