"""What the figures of an item are called and mean, a line each: for the page of an item and the table of all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MEANINGS = {
    "facility": (
        gettext_lazy("Facility"),
        gettext_lazy("The mean mark as a share of the full mark: the higher, the easier."),
    ),
    "discrimination": (
        gettext_lazy("Discrimination index"),
        gettext_lazy(
            "Whether those who do well on the others do well on this one. 30% and more is good, under 20% weak."
        ),
    ),
    "efficiency": (
        gettext_lazy("Discriminative efficiency"),
        gettext_lazy(
            "The same against the most that is possible at this facility: fair to very easy and very hard items."
        ),
    ),
    "sd": (
        gettext_lazy("Standard deviation"),
        gettext_lazy("How far marks differ, in points; near 0 the question tells nobody apart."),
    ),
    "intended": (
        gettext_lazy("Intended weight"),
        gettext_lazy("The part of the points that it has on the paper."),
    ),
    "effective": (
        gettext_lazy("Effective weight"),
        gettext_lazy(
            "The part of the differences between papers that it makes. Far from the intended one: look at it."
        ),
    ),
    "guess": (
        gettext_lazy("Random guess score"),
        gettext_lazy(
            "What blind guessing earns in the mean; a facility close to it means that people guess."
        ),
    ),
    "covariance": (
        gettext_lazy("negative covariance"),
        gettext_lazy(
            "On these papers marks on it fall as the total rises, so it has no effective weight. Whether that is "
            "chance, the interval of the discrimination index tells."
        ),
    ),
}
"""Name of the column → title, meaning; in the order of the table."""


def column_meanings() -> list[tuple[str, str]]:
    """Titles and meanings of the columns of the table of items."""
    return [(str(title), str(meaning)) for title, meaning in MEANINGS.values()]


def discrimination_meaning(interval: Mapping[str, float] | None) -> str:
    """What a discrimination index means, and what its interval allows to say: nothing while 0 lies within."""
    said = str(MEANINGS["discrimination"][1])
    if interval is None or interval["low"] > 0:
        return said
    if interval["high"] < 0:
        return said + _(" The whole interval lies below 0: check the key first.")
    return said + _(" The interval crosses 0: too few people to tell.")


def void_text(item: Mapping[str, Any]) -> str:
    """How an item counts that a regrade gave to everybody; "" for the others."""
    return _("Full marks for all (regrade)") if item.get("void") == "full" else ""
