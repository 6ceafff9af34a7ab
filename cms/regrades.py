"""What a regrade would change beyond marks: the decisions that flip, and the certificates that rest on them.

Nothing happens to a certificate by itself: who may revoke it is led to its page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.admin.regrade_effects import CertificateLine, DecisionLine, Effects
from assessments.admin.regrade_lines import names_in_scope, numbered
from assessments.models import Regrade, SchemeVersion
from assessments.regrading.changes import changes_text
from assessments.regrading.consequences import Flip, decisions_flipping
from certificates.models import Certificate
from certificates.queries import certificates_in_force, certificates_overseen_by
from cms.words import together
from people.models import Person

SHOWN = 100
Names = Mapping[UUID, str]


def read_effects(regrade: Regrade, viewer: Person, at: datetime) -> Effects:
    """For one reader. Eight queries at most, however many decisions flip."""
    flips = decisions_flipping(regrade)
    names = _names(regrade, viewer, flips, at) if flips else {}
    return effects_over(flips, names, viewer, at, what=changes_text(regrade.changes))


def effects_over(flips: Sequence[Flip], names: Names, viewer: Person, at: datetime, *, what: str) -> Effects:
    """What comes of these decisions, of people by these names; `what` says the correction in a few words. Six queries
    at most, none where nothing flips."""
    if not flips:
        return Effects(_("No decision of a scheme comes out differently."), (), (), 0, 0, 0)
    schemes = SchemeVersion.objects.defer("definition").in_bulk({flip.scheme_version_id for flip in flips})
    held = _certificates_losing(flips, schemes, at)
    gained = sum(flip.after for flip in flips)
    ordered = sorted(flips, key=lambda flip: (flip.after, schemes[flip.scheme_version_id].title))
    return Effects(
        sentence=_sentence(what, len(held), gained, len(flips) - gained),
        certificates=_lines(held, viewer, names, at),
        decisions=[
            DecisionLine(names.get(flip.person_id, ""), schemes[flip.scheme_version_id].title, flip.after)
            for flip in ordered[:SHOWN]
        ],
        count=len(flips),
        gained=gained,
        lost=len(flips) - gained,
    )


def _certificates_losing(
    flips: Sequence[Flip], schemes: Mapping[int, SchemeVersion], at: datetime
) -> list[Certificate]:
    """Certificates of people and schemes that are met now and would not be."""
    losing = {(flip.person_id, schemes[flip.scheme_version_id].key) for flip in flips if not flip.after}
    if not losing:
        return []
    people, keys = ({pair[side] for pair in losing} for side in (0, 1))
    held = certificates_in_force(people, keys, on=timezone.localdate(at))  # type: ignore[arg-type]
    return [each for each in held if (each.person_id, each.scheme_version.key) in losing]


def _names(regrade: Regrade, viewer: Person, flips: Sequence[Flip], at: datetime) -> Names:
    """How this reader knows the people: by name in their scope, else by the number of the paper."""
    people = {flip.person_id for flip in flips}
    lines = regrade.lines.filter(attempt__person__in=people).select_related("attempt")
    numbers = {line.attempt.person_id: numbered(line) for line in lines.order_by("-pk")}
    return {**numbers, **names_in_scope(viewer, people, at=at)}


def _lines(
    held: Sequence[Certificate], viewer: Person, names: Names, at: datetime
) -> tuple[CertificateLine, ...]:
    if not held:
        return ()
    overseen = certificates_overseen_by(viewer, on=timezone.localdate(at))
    own = set(overseen.filter(pk__in=[each.pk for each in held]).values_list("pk", flat=True))
    return tuple(_line(each, names, may_revoke=each.pk in own) for each in held)


def _line(certificate: Certificate, names: Names, *, may_revoke: bool) -> CertificateLine:
    if may_revoke:
        note = _("Once the regrade is carried out: open it, look at the new decision, revoke it if need be.")
    else:
        note = _("Whoever issues in the holder's organisation decides.")
    return CertificateLine(
        serial=certificate.serial,
        candidate=names.get(certificate.person_id, ""),
        scheme=certificate.scheme_version.title,
        note=note,
        url=reverse("certificates:certificate", args=[certificate.serial]) if may_revoke else "",
    )


def _sentence(what: str, certificates: int, gained: int, lost: int) -> str:
    """第 17 题作废，不计分：3 张证书的结论会变……"""
    parts = []
    if certificates:
        parts.append(
            ngettext(
                "%(count)d certificate loses its ground.",
                "%(count)d certificates lose their ground.",
                certificates,
            )
            % {"count": certificates}
        )
    if lost:
        parts.append(
            ngettext(
                "%(count)d decision that was met is met no longer.",
                "%(count)d decisions that were met are met no longer.",
                lost,
            )
            % {"count": lost}
        )
    if gained:
        parts.append(
            ngettext("%(count)d decision is newly met.", "%(count)d decisions are newly met.", gained)
            % {"count": gained}
        )
    return _("%(changes)s: %(what)s") % {"changes": what, "what": together(*parts)}
