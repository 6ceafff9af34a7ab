"""What a play is worth through each lens of the scenario, and whether one way pleases everybody."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt

from ..lenses import value
from ..scenario import Scenario
from .findings import Finding
from .strategies import Play

NEAR = 2.0
"""A play this near to the most seen through a lens counts as best for it."""


@dataclass(frozen=True)
class LensView:
    """Values of 0–100 through one lens: of the play that goes after points, on the mean of the random plays, of one
    play to each ending; and the most and the least seen in any play looked at."""

    best: float
    random: float
    endings: Mapping[str, float]
    least: float
    most: float


@dataclass(frozen=True)
class Perspectives:
    """`lenses` by key. `agreement` is the lowest correlation of two lenses over the random plays, None below two.

    `universal` is a play that is near the most seen through every lens, if there is one; `looked_at` counts the plays.
    """

    lenses: Mapping[str, LensView]
    agreement: float | None
    universal: tuple[str, ...]
    looked_at: int


def perspectives(
    scenario: Scenario,
    best: Play,
    at_random: Sequence[Play],
    to_endings: Mapping[str, Play],
    others: Sequence[Play],
) -> Perspectives:
    plays = [play for play in (best, *to_endings.values(), *others, *at_random) if play.outcome]
    values = {lens.key: [value(scenario, play.state, lens) for play in plays] for lens in scenario.lenses}
    drawn = len(plays) - sum(1 for play in at_random if play.outcome)
    lenses = {}
    for lens in scenario.lenses:
        seen = values[lens.key]
        by_chance = seen[drawn:]
        lenses[lens.key] = LensView(
            best=value(scenario, best.state, lens),
            random=round(sum(by_chance) / len(by_chance), 1) if by_chance else 0.0,
            endings={key: value(scenario, play.state, lens) for key, play in to_endings.items()},
            least=min(seen, default=0.0),
            most=max(seen, default=0.0),
        )
    pairs = combinations([of[drawn:] for of in values.values()], 2)
    agreements = [r for one, other in pairs if (r := _correlation(one, other)) is not None]
    return Perspectives(lenses, min(agreements, default=None), _universal(plays, values, lenses), len(plays))


def _universal(
    plays: Sequence[Play], values: Mapping[str, Sequence[float]], lenses: Mapping[str, LensView]
) -> tuple[str, ...]:
    for number, play in enumerate(plays):
        if len(lenses) > 1 and all(values[key][number] >= of.most - NEAR for key, of in lenses.items()):
            return play.path
    return ()


def _correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    if not xs:
        return None
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sqrt(sum((x - x_mean) ** 2 for x in xs) * sum((y - y_mean) ** 2 for y in ys))
    together = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True))
    return round(together / spread, 3) if spread else None


def one_for_all(found: Perspectives) -> Iterator[Finding]:
    """A play that is as good as any through every lens: then nothing has to be weighed."""
    if found.universal:
        detail = {"lenses": {key: of.most for key, of in found.lenses.items()}, "looked_at": found.looked_at}
        yield Finding("universal", "warning", "", found.universal, detail)
