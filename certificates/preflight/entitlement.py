"""Whether somebody may have the certificate at all: the scheme, the mentor behind it, and who decides."""

from __future__ import annotations

from django.utils.translation import gettext as _

from assessments.considering import Considered
from assessments.models import SchemeVersion
from certificates.eligibility import pairing_of_proof
from certificates.preflight.applicants import Applicant
from certificates.preflight.findings import Finding
from mentoring.terms import PairingStatus
from people.models import Person


def eligible(considered: Considered, *, scheme: SchemeVersion) -> Finding | None:
    """The newest release of the scheme is the batch's own, and it is met."""
    if considered.version.pk != scheme.pk:
        return Finding(
            "eligible",
            _("The scheme has been released anew since; this batch follows version %(number)s")
            % {"number": scheme.number},
            _("Propose a batch of the new version"),
        )
    if not considered.decision.met:
        return Finding(
            "eligible",
            _("Decided anew, the evidence does not meet the scheme"),
            _("The person's own page shows what is missing"),
        )
    return None


def pairing(considered: Considered) -> Finding | None:
    """The endorsement in the proof comes from a pairing that stands. A query where there is one."""
    agreement_no = considered.decision.tree.endorsed_pairing()
    if agreement_no is None:
        return None
    found = pairing_of_proof(agreement_no)
    if found is None or found.status == PairingStatus.DISSOLVED:
        return Finding(
            "pairing",
            _("The endorsement comes from pairing %(number)s, which is unknown or was dissolved")
            % {"number": agreement_no},
            _("Ask the present mentor for an endorsement"),
        )
    return None


def under_way(title: str | None) -> Finding | None:
    """No other batch is about to give them the same."""
    if title is None:
        return None
    return Finding(
        "under_way",
        _("Stands in the batch “%(title)s” already, which is not finished") % {"title": title},
        _("Wait for that batch, or have it returned"),
    )


def separate(each: Applicant, *, proposer: Person, approver: Person | None) -> Finding | None:
    """Nobody proposes or approves their own certificate."""
    reason = None
    if each.person_id == proposer.pk:
        reason = _("The holder is the one who proposes this batch")
    elif approver and each.person_id == approver.pk:
        reason = _("The holder is the one who approves this batch")
    if reason is None:
        return None
    return Finding("separate", reason, _("Have other people propose and approve this certificate"))
