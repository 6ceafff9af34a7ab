"""Audit actions of this room in words. A test finds every action the room writes and asks for its words here."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Promise] = {
    "batch.proposed": _("Batch proposed"),
    "batch.tried": _("All certificates of the batch tried"),
    "batch.rechecked": _("Batch checked again"),
    "batch.approved": _("Batch approved"),
    "batch.withdrawn": _("Batch taken back"),
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
    "case.correction_asked": _("Correction asked for"),
    "case.withdrawn": _("Request taken back by the holder"),
    "case.not_corrected": _("Correction sent back: nothing was corrected"),
    "name.asked": _("Asked to check the name"),
    "name.confirmed": _("Name confirmed by the holder"),
    "name.disputed": _("Mistake reported by the holder"),
    "ceremony.seats_set": _("Seats arranged"),
    "ceremony.reading_set": _("Reading of a name set"),
    "ceremony.signing_printed": _("Signing sheet printed"),
    "ceremony.announcing_printed": _("Announcing list printed"),
    "ceremony.print_asked": _("Print run asked for"),
    "mark.added": _("Seal or signature added"),
    "mark.retired": _("Seal or signature retired"),
    "theme.dressed": _("Seal and signature of a design chosen"),
    "theme.offered": _("Design offered"),
    "theme.withdrawn": _("Design withdrawn"),
    "transcript.printed": _("Transcript printed"),
    "register.exported": _("Register taken out as a workbook"),
    "issuer.registered": _("Issuer registered"),
    "certificates.holder_erased": _("Holder’s data erased"),
}


def words_for(action: str) -> str:
    """The action in words; one without words here by its own name."""
    return str(WORDS.get(action, action))
