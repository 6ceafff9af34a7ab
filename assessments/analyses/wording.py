"""Figures as people read them, and what is suspected in a sentence. Nothing here gives an answer away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from assessments.statistics.suspicions import Reason

NONE = "—"


def number_text(value: float | None, places: int = 2) -> str:
    """With so many decimals at most; a dash for what cannot be told."""
    if value is None:
        return NONE
    text = f"{value:.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text.replace("-", "−")


def share_text(value: float | None, places: int = 1) -> str:
    """A share of 0 to 1 as a percentage."""
    return NONE if value is None else f"{number_text(100 * value, places)}%"


def percent_text(value: float | None, places: int = 1) -> str:
    """What is a percentage already."""
    return NONE if value is None else f"{number_text(value, places)}%"


def interval_text(
    interval: Mapping[str, float] | None, *, factor: float = 1, places: int = 2, unit: str = ""
) -> str:
    """From … to …, each in the unit; "" without an interval. No dash between them: it reads as a minus."""
    if interval is None:
        return ""
    low, high = (number_text(interval[end] * factor, places) for end in ("low", "high"))
    return _("%(low)s to %(high)s") % {"low": f"{low}{unit}", "high": f"{high}{unit}"}


def reason_text(suspicion: Mapping[str, Any]) -> str:
    """One suspicion in a sentence with its figure and the interval that supports it."""
    reason = Reason(suspicion["reason"])
    percent = reason in (Reason.NEGATIVE,)
    factor = 1 if percent else 100
    said = {
        "figure": percent_text(suspicion["figure"] * factor),
        "interval": interval_text(suspicion["interval"], factor=factor, places=1, unit="%"),
        "limit": percent_text(suspicion["limit"] * factor),
    }
    match reason:
        case Reason.WRONG_KEY:
            said |= {
                "figure": number_text(suspicion["figure"]),
                "interval": interval_text(suspicion["interval"]),
                "key": interval_text(suspicion["key_interval"]),
            }
            words = _(
                "the key may be wrong: those who do well elsewhere choose another option (correlation %(figure)s, 99%% "
                "interval %(interval)s) and avoid the keyed one (%(key)s)"
            )
        case Reason.NEGATIVE:
            words = _(
                "those who do well elsewhere do worse on it: discrimination %(figure)s (99%% interval %(interval)s)"
            )
        case Reason.BELOW_GUESSING:
            words = _(
                "answered worse than by guessing: facility %(figure)s (99%% interval %(interval)s), guessing earns "
                "%(limit)s"
            )
        case Reason.HARD:
            words = _("hardly anybody can do it: facility %(figure)s (99%% interval %(interval)s)")
        case Reason.EASY:
            words = _("nearly everybody can do it: facility %(figure)s (99%% interval %(interval)s)")
    return words % said


def reason_title(code: str) -> str:
    """The same in two words, for tables."""
    return {
        Reason.WRONG_KEY: _("Key may be wrong"),
        Reason.NEGATIVE: _("Negative discrimination"),
        Reason.BELOW_GUESSING: _("Below guessing"),
        Reason.HARD: _("Too hard"),
        Reason.EASY: _("Too easy"),
    }[Reason(code)]
