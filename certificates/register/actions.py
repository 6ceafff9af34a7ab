"""Audit actions of this room in words. A test finds every action the room writes and asks for its words here."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Promise] = {
    "batch.proposed": _("Batch proposed"),
    "batch.tried": _("All certificates of the batch tried"),
    "batch.rechecked": _("Batch checked again"),
    "batch.approved": _("Batch approved"),
    "batch.returned": _("Batch sent back"),
    "batch.retried": _("Failed rows tried again"),
    "batch.completed": _("Batch finished"),
    "deputy.named": _("Deputy named"),
    "deputy.ended": _("Deputy ended"),
    "certificate.issued": _("Number assigned"),
    "certificate.released": _("Released to the holder"),
    "certificate.voided": _("Voided before release"),
    "certificate.revoked": _("Revoked"),
    "certificate.suspended": _("Suspended"),
    "certificate.restored": _("Restored"),
    "certificate.superseded": _("Superseded by a corrected one"),
    "case.opened": _("Case opened"),
    "case.settled": _("Case settled"),
}


def words_for(action: str) -> str:
    """The action in words; one without words here by its own name."""
    return str(WORDS.get(action, action))
