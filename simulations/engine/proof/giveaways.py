"""Whether the right answer can be told without reading: by the length of the options, or by their order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import atanh, sqrt

from ..scenario import Scenario
from .findings import Finding
from .strategies import Strategy

GIVEAWAYS = ("longest", "fastest", "first")
TELLING = 0.3
"""From this correlation on (either way) an option's length or place says something about its points."""
SURE = 1.96
"""How many of its own standard errors (Fisher's z) a correlation must be away from none, so that few options do not
make a finding of chance."""


@dataclass(frozen=True)
class Tell:
    """How far an outward sign goes with the points of an option: Pearson's r over `n` options.

    Both are taken as distances from the mean of their node, so only differences within a node count; r is None where
    one of them never differs.
    """

    r: float | None
    n: int

    @property
    def is_telling(self) -> bool:
        """Whether it is strong, and more than chance would bring among so many options."""
        if self.r is None or abs(self.r) < TELLING or self.n < 5:
            return False
        return abs(self.r) >= 1 or abs(atanh(self.r)) * sqrt(self.n - 3) >= SURE


def tells(scenario: Scenario) -> dict[str, Tell]:
    """The sign `length` (characters of the text) and the sign `position` (as written)."""
    lengths = [[len(choice.text) for choice in node.choices] for node in scenario.nodes.values()]
    places = [list(range(len(node.choices))) for node in scenario.nodes.values()]
    points = [[sum(choice.points) for choice in node.choices] for node in scenario.nodes.values()]
    return {"length": _tell(lengths, points), "position": _tell(places, points)}


def _tell(signs: Sequence[Sequence[int]], points: Sequence[Sequence[int]]) -> Tell:
    xs, ys = _centred(signs), _centred(points)
    spread = sqrt(sum(x * x for x in xs) * sum(y * y for y in ys))
    together = sum(x * y for x, y in zip(xs, ys, strict=True))
    return Tell(round(together / spread, 3) if spread else None, len(xs))


def _centred(groups: Sequence[Sequence[int]]) -> list[float]:
    return [value - sum(group) / len(group) for group in groups for value in group if len(group) > 1]


def giveaways(strategies: Mapping[str, Strategy], signs: Mapping[str, Tell]) -> Iterator[Finding]:
    """A way of playing without reading that passes; a sign that goes with the points."""
    for name in GIVEAWAYS:
        strategy = strategies[name]
        if strategy.pass_rate:
            detail = {"total": strategy.total, "ending": strategy.ending}
            yield Finding("giveaway", "warning", name, strategy.path, detail)
    for name, tell in signs.items():
        if tell.is_telling:
            yield Finding("telling", "warning", name, (), {"r": tell.r, "n": tell.n})
