"""A new certificate beside those somebody holds: none of the same scheme, unless it corrects or renews one."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from assessments.models import SchemeVersion
from certificates.grounds import ground_lost
from certificates.life.ending import outlooks
from certificates.models import Certificate
from certificates.preflight.applicants import Applicant
from certificates.preflight.findings import Finding
from certificates.queries import standing
from certificates.standing import CORRECTABLE, Standing

RENEWABLE = (Standing.VALID, Standing.EXPIRED)


def duplicate(each: Applicant, *, renews: bool) -> Finding | None:
    """They hold no certificate of the scheme, or only the one that is renewed."""
    if each.held is None or (renews and each.follows and each.follows.serial == each.held):
        return None
    return Finding(
        "duplicate",
        _("Already holds a certificate of this scheme: %(serial)s") % {"serial": each.held},
        _("Nothing to do; a correction supersedes the old one"),
    )


def renewable(each: Applicant, *, scheme: SchemeVersion, on: date, at: datetime) -> Finding | None:
    """The certificate to renew is theirs and in force, or ran out by itself, and what the scheme asks for besides was
    done. A query."""
    if (missing := _not_theirs(each)) is not None:
        return missing
    assert each.follows is not None  # noqa: S101 -- for the type checker
    now = standing(each.follows, on=on)
    if now in RENEWABLE:
        return _trained(each.follows, scheme, at=at)
    return Finding(
        "follows",
        _("The certificate to renew, %(serial)s: %(standing)s") % _facts(each.follows, now),
        _("Only a certificate that is valid or has expired is renewed; settle what stands against it first"),
    )


def correctable(each: Applicant, *, on: date) -> Finding | None:
    """The certificate to correct is theirs, in force, the last of its scheme, and its scheme is still met. A query,
    three where its ground is lost."""
    if (missing := _not_theirs(each)) is not None:
        return missing
    assert each.follows is not None  # noqa: S101 -- for the type checker
    now = standing(each.follows, on=on)
    if now not in CORRECTABLE:
        return Finding(
            "follows",
            _("The certificate to correct, %(serial)s: %(standing)s") % _facts(each.follows, now),
            _("Only a certificate in force is corrected; settle what stands against it first"),
        )
    if each.held is not None and each.held != each.follows.serial:
        return Finding(
            "follows",
            _("A newer certificate has taken its place: %(serial)s") % {"serial": each.held},
            _("Correct the newer one"),
        )
    if ground_lost(each.follows, on=on):
        return Finding(
            "follows",
            _("The certificate to correct, %(serial)s, no longer meets its scheme")
            % {"serial": each.follows.serial},
            _("Settle its case first"),
        )
    return None


def _trained(old: Certificate, scheme: SchemeVersion, *, at: datetime) -> Finding | None:
    outlook = outlooks([old], scheme, at=at)[0]
    if outlook.renewal is None or outlook.renewal.may_renew:
        return None
    return Finding(
        "follows",
        _("The certificate to renew, %(serial)s: %(standing)s")
        % {"serial": old.serial, "standing": outlook.lacks},
        _("The person's own page shows what is missing"),
    )


def _not_theirs(each: Applicant) -> Finding | None:
    if each.follows is not None and each.follows.person_id == each.person_id:
        return None
    return Finding(
        "follows",
        _("There is no certificate of this person to correct or renew"),
        _("Take the person out of this batch"),
    )


def _facts(certificate: Certificate, now: Standing) -> dict[str, str]:
    return {"serial": certificate.serial, "standing": str(now.label)}
