"""A response that is written: from its declaration to the key of a blank (see `assessments.items.blanks`)."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessments.formats.qti.declarations import NUMBERS, Declared
from assessments.formats.qti.processing import MAP, Scoring
from assessments.formats.qti.prose import Prose
from assessments.formats.usual import key_number, number_in
from assessments.items.checking import as_text
from assessments.items.problems import gettext_noop as _


def blank_key(declared: Declared, how: str, scored: Scoring, prose: Prose) -> dict[str, Any] | None:
    """The key; None when nothing is said to be right."""
    tolerance = scored.tolerances.get(declared.identifier)
    best, partial = _earning(declared, prose) if how == MAP else (list(declared.correct), {})
    if named := scored.accepted.get(declared.identifier):
        best = list(dict.fromkeys(named))
    if not best:
        return None
    number = number_in(best[0]) if declared.kind in NUMBERS else None
    if number is not None:
        if len(best) > 1 or partial:
            prose.warn(_("Of several numbers that earn marks only the first is kept."))
        near = {} if tolerance is None else {"tolerance": tolerance}
        return {"value": key_number(number), **near}
    key: dict[str, Any] = {"accepted": best}
    if partial:
        key["partial"] = [{"text": text, "share": share} for text, share in partial.items()]
    heeded = declared.identifier not in scored.caseless
    if how == MAP and declared.mapped:
        heeded = declared.mapped.heeds_case
        if declared.mapped.mixed:
            prose.warn(_("Capitals count in some of the accepted texts only; here they count in none."))
    if heeded and any(text.lower() != text.upper() for text in (*best, *partial)):
        key["case"] = True
    return key


def _earning(declared: Declared, prose: Prose) -> tuple[list[str], dict[str, str]]:
    """The texts that earn all, the declared one first, and the shares of those that earn a part."""
    mapped = declared.mapped
    gains = {each: gain for each, gain in mapped.entries.items() if each and gain > 0} if mapped else {}
    if not mapped or not gains or mapped.best(several=False) <= 0:
        return list(declared.correct), {}
    if mapped.default > 0 or any(gain < 0 for gain in mapped.entries.values()):
        prose.warn(_("Marks given or taken for any other text are not kept."))
    most = mapped.best(several=False)
    best = [each for each, gain in gains.items() if gain >= most]
    first = set(declared.correct)
    best.sort(key=lambda each: each not in first)
    partial = {
        each: as_text(round(Decimal(share.numerator) / share.denominator, 6))
        for each, gain in gains.items()
        if (share := Fraction(gain) / Fraction(most)) < 1
    }
    return best, partial
