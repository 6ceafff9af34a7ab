"""The photo, where the design shows one. A missing one sets its owner aside and nobody else."""

from __future__ import annotations

from django.utils.translation import gettext as _

from certificates.preflight.applicants import Applicant
from certificates.preflight.findings import Finding
from certificates.press.theming import CertificateTheme

REQUIRED = "required"


def present(each: Applicant, *, theme: CertificateTheme) -> Finding | None:
    """Whoever is printed with a design that asks for a photo has one."""
    if theme.photo != REQUIRED or each.photo_is_kept():
        return None
    return Finding(
        "photo",
        _("This design shows a photo, and there is none of this person"),
        _("Add one on the person's page, or ask them to upload it under “My record”"),
    )
