"""How far apart in difficulty the papers of one exam lie: no candidate should get the easy one."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from itertools import pairwise

from assessments.blueprints.drawing import Tolerance, is_within

HUNDREDTH, MILLIONTH = Decimal("0.01"), Decimal("0.000001")
MOST_BARS = 12


@dataclass(frozen=True)
class Bar:
    """So many papers at least as hard as `low` and less hard than `high`, `outside` of them outside the tolerance."""

    low: Decimal
    high: Decimal
    papers: int
    outside: int


@dataclass(frozen=True)
class Spread:
    """The mean difficulty of each of `papers` papers, on the scale 1..5: its extremes, mean and standard deviation.

    `outside` is how many lie outside the tolerance. To the hundredth; the bars count all papers once.
    """

    papers: int
    lowest: Decimal
    mean: Decimal
    highest: Decimal
    deviation: Decimal
    outside: int
    bars: tuple[Bar, ...]


def spread_of(difficulties: Sequence[Decimal], tolerance: Tolerance | None = None) -> Spread:
    """The spread of at least one paper."""
    count = len(difficulties)
    mean = sum(difficulties, Decimal(0)) / count
    variance = sum(((each - mean) ** 2 for each in difficulties), Decimal(0)) / count
    return Spread(
        papers=count,
        lowest=_rounded(min(difficulties)),
        mean=_rounded(mean),
        highest=_rounded(max(difficulties)),
        deviation=_rounded(variance.sqrt()),
        outside=sum(not is_within(each, tolerance) for each in difficulties),
        bars=_bars(difficulties, tolerance),
    )


def usual_distance(difficulties: Sequence[Decimal], centre: Decimal) -> Decimal:
    """How far from the centre half of the papers lie at most, rounded up to the hundredth."""
    distances = sorted(abs(each - centre) for each in difficulties)
    return distances[len(distances) // 2].quantize(HUNDREDTH, ROUND_CEILING)


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(HUNDREDTH, ROUND_HALF_EVEN)


def _bars(difficulties: Sequence[Decimal], tolerance: Tolerance | None) -> tuple[Bar, ...]:
    """Bars from the easiest paper to the hardest, each as wide as the same number of values a paper can have."""
    edges = _edges(difficulties)
    papers, outside = [0] * (len(edges) - 1), [0] * (len(edges) - 1)
    for each in difficulties:
        place = bisect_right(edges, each) - 1
        papers[place] += 1
        outside[place] += not is_within(each, tolerance)
    return tuple(map(Bar, edges, edges[1:], papers, outside))


def _edges(difficulties: Sequence[Decimal]) -> list[Decimal]:
    """Where the bars begin, and where the last one ends.

    Equal points make mean difficulties that lie a step apart: a bar narrower than that would leave holes between bars.
    """
    values = sorted({each.quantize(MILLIONTH) for each in difficulties})
    low, high = min(difficulties), max(difficulties)
    step = max(HUNDREDTH, min((after - each for each, after in pairwise(values)), default=HUNDREDTH))
    width = step
    while True:
        ends = [(low + width * place).quantize(HUNDREDTH, ROUND_FLOOR) for place in range(MOST_BARS + 1)]
        count = bisect_right(ends, high)
        if count <= MOST_BARS:
            return ends[: count + 1]
        width += step
