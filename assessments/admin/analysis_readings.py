"""The figures of an analysis in words: each with its interval and a sentence that says what it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from assessments.admin.analysis_meanings import MEANINGS, discrimination_meaning, void_text
from assessments.analyses.suspecting import grave_reasons
from assessments.analyses.wording import (
    interval_text,
    number_text,
    percent_text,
    reason_text,
    reason_title,
    share_text,
)
from assessments.items import item_type

SORTS = {
    "number": "number",
    "n": "n",
    "facility": "facility",
    "sd": "sd",
    "guess": "random_guess_score",
    "intended": "intended_weight",
    "effective": "effective_weight",
    "discrimination": "discrimination_index",
    "efficiency": "discriminative_efficiency",
}
"""What the table of items can be sorted by: the name in the address, and the figure."""


@dataclass(frozen=True)
class Reading:
    """One figure: its name, its value, the 95 % interval or "", and what it means. `figure` and `ends` are the same as
    numbers in `unit`, for tables to be computed on."""

    name: str
    value: str
    meaning: str
    interval: str = ""
    figure: float | None = None
    unit: str = ""
    ends: Mapping[str, float] | None = None


@dataclass(frozen=True)
class ItemRow:
    """One line of the table of items, everything as text. `notes` are titles of suspicions, the gravest first."""

    number: int
    title: str
    type: str
    n: int
    facility: str
    facility_interval: str
    sd: str
    guess: str
    intended: str
    effective: str
    discrimination: str
    discrimination_interval: str
    efficiency: str
    upper: str
    lower: str
    difference: str
    notes: tuple[str, ...]
    void: str
    is_doubted: bool
    negative: bool


@dataclass(frozen=True)
class Doubt:
    """An item with the sentences of what is suspected of it; a grave one moves the question in the bank."""

    number: int
    title: str
    said: tuple[str, ...]
    is_grave: bool


@dataclass(frozen=True)
class PartRow:
    """A section or a leaf competency."""

    title: str
    items: int
    n: int
    maximum: str
    share: str
    sd: str
    alpha: str
    alpha_interval: str


def test_readings(figures: Mapping[str, Any]) -> list[Reading]:
    """The whole test."""
    test = figures["test"]
    return [*_of_points(test), *_of_shape(test), *_of_chance(test), *_of_the_line(figures["histogram"])]


def _of_points(test: Mapping[str, Any]) -> list[Reading]:
    """How many papers, and where their points lie."""
    points = {"max": number_text(test["maximum"])}
    return [
        Reading(
            _("Papers"),
            str(test["n"]),
            _("How many papers were counted, one row of the matrix each."),
            figure=test["n"],
        ),
        Reading(
            _("Mean"),
            number_text(test["mean"]),
            _("Mean points, of %(max)s.") % points,
            figure=test["mean"],
            unit=_("points"),
        ),
        Reading(
            _("Median"),
            number_text(test["median"]),
            _("Half of the papers have at most, half at least so many points."),
            figure=test["median"],
            unit=_("points"),
        ),
        Reading(
            _("Standard deviation"),
            number_text(test["sd"]),
            _("How far papers lie from the mean, in points. Small: the exam hardly tells candidates apart."),
            figure=test["sd"],
            unit=_("points"),
        ),
    ]


def _of_shape(test: Mapping[str, Any]) -> list[Reading]:
    """How the points are spread, against a bell curve."""
    return [
        Reading(
            _("Skewness"),
            number_text(test["skewness"]),
            _("Below 0 when most papers are good and a few lie far behind; above 0 the other way round."),
            figure=test["skewness"],
        ),
        Reading(
            _("Kurtosis"),
            number_text(test["kurtosis"]),
            _("0 as in a bell curve; above 0 more papers lie close to the mean and at the far ends."),
            figure=test["kurtosis"],
        ),
    ]


def _of_chance(test: Mapping[str, Any]) -> list[Reading]:
    """How much of the points chance made."""
    return [
        Reading(
            _("Internal consistency"),
            number_text(test["alpha"]),
            _(
                "Cronbach's alpha: how far the items measure one thing. 0.7 and more is usual for exams that decide."
            ),
            interval_text(test["alpha_interval"]),
            figure=test["alpha"],
            ends=test["alpha_interval"],
        ),
        Reading(
            _("Error ratio"),
            percent_text(test["error_ratio"]),
            _(
                "How much of the spread comes from chance rather than from what people can do; less than half is good."
            ),
            figure=test["error_ratio"],
            unit="%",
        ),
        Reading(
            _("Standard error"),
            number_text(test["standard_error"]),
            _("So many points a paper may lie off by chance: two people closer than that are alike."),
            figure=test["standard_error"],
            unit=_("points"),
        ),
    ]


def _of_the_line(histogram: Mapping[str, Any]) -> list[Reading]:
    """How many reach the pass line; nothing where there is none."""
    if histogram["passed"] is None or not histogram["n"]:
        return []
    return [
        Reading(
            _("Reach the line"),
            share_text(histogram["passed"] / histogram["n"]),
            _(
                "%(passed)s papers have %(percent)s or more of the points. Demands on sections or axes come on top."
            )
            % {"passed": histogram["passed"], "percent": percent_text(histogram["pass_percent"])},
            figure=100 * histogram["passed"] / histogram["n"],
            unit="%",
        )
    ]


def item_readings(item: Mapping[str, Any]) -> list[Reading]:
    """One item."""
    found = [
        _about("facility", share_text(item["facility"]), _percents(item["facility_interval"], factor=100)),
        _about("sd", number_text(item["sd"])),
        _about("guess", share_text(item["random_guess_score"])),
        Reading(
            str(MEANINGS["discrimination"][0]),
            percent_text(item["discrimination_index"]),
            discrimination_meaning(item["discrimination_interval"]),
            _percents(item["discrimination_interval"]),
        ),
        _about("efficiency", percent_text(item["discriminative_efficiency"])),
        _about("intended", percent_text(item["intended_weight"])),
        _about("effective", percent_text(item["effective_weight"])),
    ]
    if item["negative_covariance"]:
        meaning = str(MEANINGS["covariance"][1])
        found.append(Reading(_("Covariance with the total"), _("negative"), meaning))
    return found


def _about(name: str, value: str, interval: str = "") -> Reading:
    title, meaning = MEANINGS[name]
    return Reading(str(title), value, str(meaning), interval)


def _percents(interval: Mapping[str, float] | None, *, factor: float = 1) -> str:
    return interval_text(interval, factor=factor, places=1, unit="%")


def item_rows(
    items: Sequence[Mapping[str, Any]], *, sort: str = "number", falls: bool = False
) -> list[ItemRow]:
    """The table, sorted; what cannot be told comes last whichever way."""
    name = SORTS.get(sort, "number")
    known = [each for each in items if each[name] is not None]
    unknown = [each for each in items if each[name] is None]
    known.sort(key=lambda each: (each[name], each["number"]), reverse=falls)
    return [_row(each) for each in [*known, *unknown]]


def _row(item: Mapping[str, Any]) -> ItemRow:
    contrast = item["contrast"]
    return ItemRow(
        number=item["number"],
        title=item["title"],
        type=_(item_type(item["type"]).title),
        n=item["n"],
        facility=share_text(item["facility"]),
        facility_interval=_percents(item["facility_interval"], factor=100),
        sd=number_text(item["sd"]),
        guess=share_text(item["random_guess_score"]),
        intended=percent_text(item["intended_weight"]),
        effective=percent_text(item["effective_weight"]),
        discrimination=percent_text(item["discrimination_index"]),
        discrimination_interval=_percents(item["discrimination_interval"]),
        efficiency=percent_text(item["discriminative_efficiency"]),
        upper=share_text(contrast["upper"]),
        lower=share_text(contrast["lower"]),
        difference=share_text(contrast["difference"]),
        notes=tuple(reason_title(each["reason"]) for each in item["suspicions"]),
        void=void_text(item),
        is_doubted=bool(grave_reasons(item)),
        negative=item["negative_covariance"],
    )


def doubts_of(items: Sequence[Mapping[str, Any]]) -> list[Doubt]:
    """Items of which something is suspected, the grave ones first."""
    found = [
        Doubt(
            each["number"],
            each["title"],
            tuple(reason_text(reason) for reason in each["suspicions"]),
            bool(grave_reasons(each)),
        )
        for each in items
        if each["suspicions"]
    ]
    return sorted(found, key=lambda each: (not each.is_grave, each.number))


def part_rows(parts: Sequence[Mapping[str, Any]], titles: Mapping[str, str]) -> list[PartRow]:
    """Sections or leaves by their titles."""
    return [
        PartRow(
            title=titles.get(each["part"]) or each["part"],
            items=each["items"],
            n=each["n"],
            maximum=number_text(each["maximum"]),
            share=share_text(each["share"]),
            sd=share_text(each["sd"]),
            alpha=number_text(each["alpha"]),
            alpha_interval=interval_text(each["alpha_interval"]),
        )
        for each in parts
    ]
