"""How the results of a release are spread before a regrade and after it, as bars side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

WIDTH, HEIGHT, BINS, GAP = 480, 120, 10, 2
Said = Mapping[str, Any] | None


@dataclass(frozen=True)
class Pair:
    """Results from `low` up to `high` percent of the points, the last bin with its end: how many before and after; and
    both bars in the coordinates of the drawing."""

    low: int
    high: int
    before: int
    after: int
    x: int
    after_x: int
    width: int
    before_height: int
    after_height: int

    @property
    def before_y(self) -> int:
        return HEIGHT - self.before_height

    @property
    def after_y(self) -> int:
        return HEIGHT - self.after_height


@dataclass(frozen=True)
class Spread:
    """Ten bins, and the mean percent before and after, each to one decimal."""

    pairs: tuple[Pair, ...]
    before_mean: str
    after_mean: str
    width: int = WIDTH
    height: int = HEIGHT


def spread_of(lines: Iterable[tuple[Said, Said]]) -> Spread | None:
    """From (before, after) of every line, as `RegradeLine` keeps them; papers without a complete result on both sides
    are left out. None where nothing is left."""
    shares = [
        (_percent(before), _percent(after))
        for before, after in lines
        if before and after and before["passed"] is not None and after["passed"] is not None
    ]
    if not shares:
        return None
    counted = [_counts(share[side] for share in shares) for side in (0, 1)]
    most = max(max(each) for each in counted)
    width = WIDTH // BINS
    bar = (width - 2 * GAP) // 2
    pairs = tuple(
        Pair(
            low=place * 100 // BINS,
            high=(place + 1) * 100 // BINS,
            before=before,
            after=after,
            x=place * width + GAP,
            after_x=place * width + GAP + bar,
            width=bar,
            before_height=round(HEIGHT * before / most),
            after_height=round(HEIGHT * after / most),
        )
        for place, (before, after) in enumerate(zip(*counted, strict=True))
    )
    before_mean, after_mean = (_mean(share[side] for share in shares) for side in (0, 1))
    return Spread(pairs, before_mean, after_mean)


def _percent(said: Mapping[str, Any]) -> Decimal:
    most = Decimal(said["max"])
    return 100 * Decimal(said["points"]) / most if most else Decimal(0)


def _counts(percents: Iterable[Decimal]) -> list[int]:
    counts = [0] * BINS
    for percent in percents:
        counts[min(int(percent * BINS // 100), BINS - 1)] += 1
    return counts


def _mean(percents: Iterable[Decimal]) -> str:
    numbers = list(percents)
    return f"{sum(numbers, Decimal(0)) / len(numbers):.1f}"
