"""The name: every character can be printed, and its bearer says that it is right."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certificates import names
from certificates.models import NameAnswer, NameConfirmation, Particular
from certificates.preflight.applicants import Applicant
from certificates.preflight.findings import Finding
from certificates.press import lettering
from certificates.press.theming import CertificateTheme
from people import naming


def printable(each: Applicant, *, theme: CertificateTheme) -> Finding | None:
    """The name is there, is a name, has glyphs in the theme's fonts or those that stand in for them, and is not longer
    than any box."""
    if not each.name:
        return Finding("printable", _("The account was erased"), _("No certificate without a name"))
    strange = naming.strange_characters(each.name)
    if strange:
        return Finding(
            "printable",
            _("The name holds signs that belong in no name: %(signs)s") % {"signs": _listed(strange)},
            _("Correct the name in the account"),
        )
    missing = lettering.missing_glyphs(each.name, fonts=tuple(theme.definition["fonts"]))
    if missing:
        return Finding(
            "printable",
            _("No font can print %(signs)s") % {"signs": lettering.described(missing)},
            _("Install a font that has it, or ask the person how the name may be written"),
        )
    if len(each.name) > naming.LONGEST_NAME:
        return Finding(
            "printable",
            _("The name is longer than %(count)s characters") % {"count": naming.LONGEST_NAME},
            _("Ask the person for a shorter form"),
        )
    return None


def confirmed(each: Applicant, *, on: date) -> Finding | None:
    """The name as it stands was put to its bearer, and counts as right on this day."""
    if each.asked is None or each.asked.asked_name != each.name:
        reason = _("The name has not been put to the person yet")
        return Finding("confirmed", reason, _("Ask for the name to be confirmed"), ask=True)
    if each.asked.answer == NameAnswer.DISPUTED:
        return _disputed(each.asked)
    if names.is_settled(each.asked, on=on):
        return None
    doubtful = naming.look_alikes(each.name)
    if doubtful:
        return Finding(
            "confirmed",
            _("Easily mistaken in this name: %(signs)s") % {"signs": _(", ").join(map(str, doubtful))},
            _("The person must say themself that it is right; silence is not enough here"),
            waits=True,
        )
    return Finding(
        "confirmed",
        _("The person has not confirmed the name yet"),
        _("Wait until %(due)s: silence counts as a yes after that day")
        % {"due": date_format(each.asked.due_on)},
        waits=True,
    )


def _disputed(asked: NameConfirmation) -> Finding:
    if asked.wrong in ("", Particular.NAME):
        return Finding(
            "confirmed",
            _("The person says the name is written “%(name)s”") % {"name": asked.correction},
            _("Correct the account, then ask again"),
        )
    return Finding(
        "confirmed",
        _("The person says that something is wrong, %(what)s: %(correction)s")
        % {"what": asked.get_wrong_display(), "correction": asked.correction},
        _("Put it right, then ask again on the person's page"),
    )


def _listed(characters: Iterable[str]) -> str:
    return ", ".join(naming.code_point(char) for char in characters)
