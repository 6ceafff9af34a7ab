"""On how many papers a question stands, and the control that keeps it to a cap.

Sympson and Hetter (1985, Controlling item-exposure rates in computerized adaptive testing, Proceedings of the 27th
annual meeting of the Military Testing Association): a question that was selected is put on the paper with a
probability of its own, k = P(administered | selected). Since P(administered) = k × P(selected), the k that keeps a
question to the cap r is r / P(selected), which is found by drawing papers, measuring and correcting, again and again.

Questions that fit the same sections and are equally hard are drawn alike, since a lot tells nothing but a question's
key. So they share one k and are measured together, which makes a few hundred papers measure exactly.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import sqrt

from assessments.blueprints.drawing import (
    MOST_TRIES,
    WHOLE,
    Blueprint,
    Lots,
    NoPaper,
    Paper,
    cast_lots,
    deal,
    is_within,
)
from assessments.blueprints.feasibility import Kind, kinds_of

# So many rounds look for rates that measure no higher than the cap, the rest for some that are not shown to lie above.
MOST_ROUNDS, EXACT_ROUNDS = 24, 8
# A measure that lies above the cap by less than this many standard errors says nothing against it.
DOUBT = 2
# Where questions that failed the control are needed all the same, the rule above corrects too little: so a bit more
# with every further round.
STEP = Fraction(9, 10)


@dataclass(frozen=True)
class Group:
    """Questions that are drawn alike. `fixed`: an author puts them on every paper, no cap is meant for them."""

    sections: Kind
    difficulty: int
    keys: tuple[str, ...]
    fixed: bool


@dataclass(frozen=True)
class Exposure:
    """The share of papers, 0..1, on which each question of the group stands; `error` is its standard error."""

    group: Group
    share: Fraction
    error: float


class Series:
    """The papers on which a release is proved: those of the seeds proof:1, proof:2 and so on.

    Lots depend on the questions alone, so they are cast once, whatever rates and tolerance are tried.
    """

    # So many of a seed's lots are kept, and so many are cast for a paper on average before giving up: a tolerance that
    # is accepted takes four.
    KEPT = 6
    MOST_ON_AVERAGE = 8

    def __init__(self, papers: int) -> None:
        self.seeds = [f"proof:{number}" for number in range(1, papers + 1)]
        self._lots: dict[str, Lots] = {}

    def first(self, blueprint: Blueprint) -> list[Paper]:
        """The first paper of every seed, within tolerance or not."""
        return [deal(blueprint, self._cast(blueprint, f"{seed}:0")) for seed in self.seeds]

    def drawn(self, blueprint: Blueprint) -> list[Paper]:
        """The paper of every seed, as `draw` gives it. Raises NoPaper, also when finding them takes too long."""
        papers: list[Paper] = []
        tries = 0
        for seed in self.seeds:
            papers.append(self._draw(blueprint, seed))
            tries += papers[-1].tries
            if tries > self.MOST_ON_AVERAGE * len(self.seeds):
                raise NoPaper(f"{tries} lots for {len(papers)} papers")
        return papers

    def _draw(self, blueprint: Blueprint, seed: str) -> Paper:
        for number in range(MOST_TRIES):
            paper = deal(blueprint, self._cast(blueprint, f"{seed}:{number}", keep=number < self.KEPT))
            if is_within(paper.difficulty, blueprint.tolerance):
                return replace(paper, tries=number + 1)
        raise NoPaper(seed)

    def _cast(self, blueprint: Blueprint, seed: str, *, keep: bool = True) -> Lots:
        if seed in self._lots:
            return self._lots[seed]
        lots = cast_lots(blueprint, seed)
        if keep:
            self._lots[seed] = lots
        return lots


def groups_of(blueprint: Blueprint) -> tuple[Group, ...]:
    """The groups of questions that are drawn alike, in a set order."""
    fixed = {pool.number for pool in blueprint.pools if pool.fixed}
    groups: defaultdict[tuple[Kind, int], list[str]] = defaultdict(list)
    for key, kind in kinds_of(blueprint.pools).items():
        groups[kind, blueprint.difficulty[key]].append(key)
    return tuple(
        Group(kind, difficulty, tuple(sorted(keys)), fixed=not kind.isdisjoint(fixed))
        for (kind, difficulty), keys in sorted(
            groups.items(), key=lambda each: (sorted(each[0][0]), each[0][1])
        )
    )


def measure(groups: Sequence[Group], papers: Sequence[Paper]) -> tuple[Exposure, ...]:
    """On what share of these papers a question of each group stands."""
    group_of = {key: number for number, group in enumerate(groups) for key in group.keys}
    sums: Counter[int] = Counter()
    squares: Counter[int] = Counter()
    for paper in papers:
        drawn = Counter(group_of[key] for keys in paper.places.values() for key in keys)
        sums.update(drawn)
        squares.update({number: times * times for number, times in drawn.items()})
    count = len(papers)
    return tuple(
        Exposure(
            group,
            Fraction(sums[number], count * len(group.keys)),
            sqrt(max(0.0, squares[number] / count - (sums[number] / count) ** 2) / count) / len(group.keys),
        )
        for number, group in enumerate(groups)
    )


def calibrate(
    blueprint: Blueprint, cap: Fraction, series: Series
) -> tuple[Blueprint, list[Paper], tuple[Exposure, ...]]:
    """The blueprint with the rates that keep every question to the cap, its papers, and what they measure.

    Where the cap cannot be kept, what comes nearest; see `excess`. Raises NoPaper when a seed has no paper even without
    control.
    """
    groups = groups_of(blueprint)
    rates = dict.fromkeys(range(len(groups)), WHOLE)
    rounds_over = dict.fromkeys(rates, 0)
    best: tuple[float, Blueprint, list[Paper], tuple[Exposure, ...]] | None = None
    for number_of_round in range(MOST_ROUNDS):
        tried = replace(blueprint, rates=_by_key(groups, rates))
        try:
            papers = series.drawn(tried)
        except NoPaper:
            # Held back so far that no paper lies within tolerance any more: what came before was the nearest.
            if best is None:
                raise
            break
        found = measure(groups, papers)
        over = float(max((each.share for each in found if not each.group.fixed), default=Fraction(0)) - cap)
        if best is None or over < best[0]:
            best = (over, tried, papers, found)
        if over <= 0 or (number_of_round >= EXACT_ROUNDS and not excess(best[3], cap)):
            break
        for number, each in enumerate(found):
            if each.share <= cap or each.group.fixed:
                rounds_over[number] = 0
            else:
                rates[number] = max(1, int(rates[number] * cap / each.share * STEP ** rounds_over[number]))
                rounds_over[number] += 1
    assert best is not None  # noqa: S101 -- there is at least one round, for the type checker
    return best[1:]


def excess(exposures: Iterable[Exposure], cap: Fraction) -> tuple[Exposure, ...]:
    """Those above the cap by more than measuring explains, the worst first."""
    over = [
        each
        for each in exposures
        if not each.group.fixed and each.share > cap and float(each.share - cap) > DOUBT * each.error
    ]
    return tuple(sorted(over, key=lambda each: -each.share))


def _by_key(groups: Sequence[Group], rates: Mapping[int, int]) -> dict[str, int]:
    return {
        key: rates[number]
        for number, group in enumerate(groups)
        for key in group.keys
        if rates[number] < WHOLE
    }
