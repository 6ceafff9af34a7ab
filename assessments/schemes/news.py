"""What people are told about their decisions: that a certificate can be applied for, and what has grown too old."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from assessments.deciding import ProofNode
from assessments.models import Decision
from assessments.schemes.wording import age_note
from people.models import Notice
from people.notices import send_notices


def tell_met(decisions: Iterable[Decision], *, now: datetime) -> None:
    """Tell each person once for each scheme that it is met. No query where nothing is, two otherwise."""
    with translation.override(settings.LANGUAGE_CODE):
        _send(_met(decision, now) for decision in decisions if decision.met)


def tell_lapsed(lapsed: Iterable[tuple[Decision, ProofNode]], *, now: datetime) -> None:
    """Tell each person, once for this decision, what of a scheme that was met has grown too old.

    Quietly: a certificate that was issued stays what it is. Queries as above.
    """
    with translation.override(settings.LANGUAGE_CODE):
        _send(_lapsed(decision, tree, now) for decision, tree in lapsed)


def _send(notices: Iterable[Notice]) -> None:
    found = list(notices)
    if found:
        send_notices(found)


def _met(decision: Decision, now: datetime) -> Notice:
    version = decision.scheme_version
    return Notice(
        recipient_id=decision.person_id,
        title=_("You can apply for a certificate: %(title)s") % {"title": version.title},
        body=_("Everything the scheme asks for is there. Your administrator proposes the certificate."),
        url="/me/",
        source_key=f"scheme-met:{version.key}:{decision.person_id}",
        sent_at=now,
    )


def _lapsed(decision: Decision, tree: ProofNode, now: datetime) -> Notice:
    lost = [
        _("%(rule)s (%(why)s)") % {"rule": node.title, "why": age_note(node)}
        for node in tree.leaves()
        if node.too_old
    ]
    return Notice(
        recipient_id=decision.person_id,
        title=_("Something has grown too old for %(title)s") % {"title": decision.scheme_version.title},
        body=_("%(lost)s. Certificates you hold stay as they are; for a new one, do this once more.")
        % {"lost": _(", ").join(lost)},
        url="/me/",
        source_key=f"scheme-lapsed:{decision.pk}",
        sent_at=now,
    )
