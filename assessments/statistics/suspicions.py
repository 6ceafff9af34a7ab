"""Why an item may be at fault. Only what an interval supports is said: a few answers say little. A person decides."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assessments.statistics.intervals import Interval, correlation_interval
from assessments.statistics.items import ItemStatistics, facility_interval
from assessments.statistics.options import Choices, Option

LEVEL = 0.99  # stricter than for figures: a hundred items are looked at together


class Reason(StrEnum):
    """What is suspected."""

    WRONG_KEY = "wrong_key"
    NEGATIVE = "negative_discrimination"
    BELOW_GUESSING = "below_guessing"
    HARD = "too_hard"
    EASY = "too_easy"


@dataclass(frozen=True)
class Limits:
    """Facilities beyond which an item tells nobody from anybody, 0 to 1, and the level of the intervals asked for."""

    hardest: float = 0.05
    easiest: float = 0.95
    level: float = LEVEL


@dataclass(frozen=True)
class Suspicion:
    """The figure, its interval, and the limit that the whole interval is beyond, all in one unit.

    NEGATIVE: discrimination index, percent, against 0. BELOW_GUESSING, HARD, EASY: facility, 0 to 1, against the
    random-guess score or `Limits`. WRONG_KEY: point-biserial of an option that is not keyed, −1 to 1, against 0;
    `option` is its place, `key` that of a keyed one whose point-biserial is negative with `key_interval`.
    """

    reason: Reason
    figure: float
    interval: Interval
    limit: float
    option: int | None = None
    key: int | None = None
    key_interval: Interval | None = None


USUAL = Limits()


def suspicions_of(
    item: ItemStatistics, choices: Choices | None = None, limits: Limits = USUAL
) -> tuple[Suspicion, ...]:
    """Every reason that holds, the gravest first; none for an item nobody had."""
    found = (
        wrong_key(choices, limits.level) if choices else None,
        _negative(item, limits.level),
        *_facilities(item, limits),
    )
    return tuple(each for each in found if each is not None)


def wrong_key(choices: Choices, level: float = LEVEL) -> Suspicion | None:
    """The strong avoid a keyed option and choose one that is not keyed: both intervals lie on their side of 0.

    Of several such options the one that goes furthest with the other items.
    """
    keyed = [(each, found.high) for each, found in _known(choices, level, True) if found.high < 0]
    others = [(each, found) for each, found in _known(choices, level, False) if found.low > 0]
    if not keyed or not others:
        return None
    key = min(keyed, key=lambda pair: pair[1])[0]
    option, interval = max(others, key=lambda pair: pair[0].point_biserial or 0.0)
    return Suspicion(
        Reason.WRONG_KEY,
        option.point_biserial or 0.0,
        interval,
        0.0,
        option.place,
        key.place,
        _interval(key, choices.n, level),
    )


def _known(choices: Choices, level: float, is_key: bool) -> list[tuple[Option, Interval]]:
    pairs = [(each, _interval(each, choices.n, level)) for each in choices.options if each.is_key is is_key]
    return [(each, found) for each, found in pairs if found is not None]


def _interval(option: Option, n: int, level: float) -> Interval | None:
    return None if option.point_biserial is None else correlation_interval(option.point_biserial, n, level)


def _negative(item: ItemStatistics, level: float) -> Suspicion | None:
    if item.discrimination_index is None:
        return None
    interval = correlation_interval(item.discrimination_index / 100, item.n, level)
    if interval is None or interval.high >= 0:
        return None
    return Suspicion(Reason.NEGATIVE, item.discrimination_index, interval.times(100), 0.0)


def _facilities(item: ItemStatistics, limits: Limits) -> list[Suspicion]:
    if item.facility is None or item.mean is None:
        return []
    variance = (item.sd or 0.0) ** 2
    interval = facility_interval(item.n, item.maximum, item.mean, variance, limits.level)
    if interval is None:
        return []
    guess = item.random_guess_score
    found = []
    if guess is not None and interval.high < guess:
        found.append(Suspicion(Reason.BELOW_GUESSING, item.facility, interval, guess))
    if interval.high < limits.hardest:
        found.append(Suspicion(Reason.HARD, item.facility, interval, limits.hardest))
    if interval.low > limits.easiest:
        found.append(Suspicion(Reason.EASY, item.facility, interval, limits.easiest))
    return found
