"""Whether every section can be filled at once, each question being asked once, and if not, what exactly is short.

Sections and questions make a flow network: each section sends `count`, each question takes one. The maximum flow fills
every section, or it leaves a set of sections that together ask for more than fits any of them (König, Hall: there is
no third case). Questions that fit the same sections are one node, so that a bank of thousands is a few dozen nodes.
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from assessments.blueprints.sections import Pool

Kind = frozenset[int]
"""Questions alike: the numbers of the sections they fit."""


@dataclass(frozen=True)
class Shortage:
    """Sections that together ask for more than fits them; no smaller set of them does.

    `fitting` leaves out the `needed` that fit as well and are all needed by the shortages named before, so that the
    shortages of a blueprint add up: giving each as many questions as it is `short` fills every paper.
    """

    sections: tuple[int, ...]
    asked: int
    fitting: int
    needed: int = 0

    @property
    def short(self) -> int:
        return self.asked - self.fitting


def kinds_of(pools: Iterable[Pool]) -> dict[str, Kind]:
    """For every question the sections it fits."""
    fits: dict[str, set[int]] = {}
    for pool in pools:
        for key in pool.keys:
            fits.setdefault(key, set()).add(pool.number)
    return {key: frozenset(numbers) for key, numbers in fits.items()}


def shortages(pools: Sequence[Pool], *, share: Fraction = Fraction(1)) -> tuple[Shortage, ...]:
    """What is short, () if every paper can be filled.

    `share` is how much of a question may be used up, on average over many papers: with 2/5, a section that asks for 4
    needs 10 questions. A lottery that keeps to it exists exactly when nothing is short (Birkhoff, von Neumann).
    """
    supply = Counter(kinds_of(pools).values())
    whole = supply.copy()
    asked = {pool.number: pool.count for pool in pools}
    found: list[Shortage] = []
    while short := _smallest_violator(asked, supply, share):
        fitting = _fitting(short, supply)
        needed = _fitting(short, whole) - fitting
        found.append(Shortage(tuple(sorted(short)), sum(asked[each] for each in short), fitting, needed))
        asked = {number: count for number, count in asked.items() if number not in short}
        supply = Counter({kind: size for kind, size in supply.items() if kind.isdisjoint(short)})
    return tuple(found)


def _fitting(sections: Kind, supply: Mapping[Kind, int]) -> int:
    return sum(size for kind, size in supply.items() if not kind.isdisjoint(sections))


def _smallest_violator(asked: Mapping[int, int], supply: Mapping[Kind, int], share: Fraction) -> Kind:
    """A set of sections that asks for too much while no part of it does; empty if there is none."""
    found = _violator(asked, supply, share)
    for number in sorted(found):
        rest = {each: asked[each] for each in found if each != number}
        found = _violator(rest, supply, share) if number in found else found
        found = found or frozenset(rest) | {number}
    return found


def _violator(asked: Mapping[int, int], supply: Mapping[Kind, int], share: Fraction) -> Kind:
    """Sections of these that together ask for more than their questions may give; empty when all can be filled."""
    flow = _Flow(
        {number: count * share.denominator for number, count in asked.items()},
        {kind: size * share.numerator for kind, size in supply.items()},
    )
    for number in sorted(asked):
        cut = flow.fill(number)
        if cut:
            return cut
    return frozenset()


@dataclass
class _Flow:
    """A flow from sections to kinds of questions; `sent[kind][section]` is positive where something flows."""

    wanted: dict[int, int]
    free: dict[Kind, int]
    sent: dict[Kind, dict[int, int]] = field(default_factory=dict)
    kinds: dict[int, list[Kind]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for kind in self.free:
            self.sent[kind] = {}
            for number in kind:
                self.kinds.setdefault(number, []).append(kind)

    def fill(self, number: int) -> Kind:
        """Send all that the section wants. Gives the sections on the near side of the cut when that cannot be."""
        while self.wanted[number]:
            reached = self._search(number)
            if isinstance(reached, frozenset):
                return reached
            self._push(number, *reached)
        return frozenset()

    def _search(self, source: int) -> tuple[Kind, int, dict[int, tuple[Kind, int]]] | Kind:
        """The nearest kind with something free, the section that reaches it, and how each section was reached:
        `(kind, from)`: the section gives up some of that kind to that one. Else every section reached."""
        came: dict[int, tuple[Kind, int]] = {}
        seen, looked, line = {source}, set[Kind](), deque([source])
        while line:
            section = line.popleft()
            for kind in self.kinds.get(section, ()):
                if kind in looked:
                    continue
                looked.add(kind)
                if self.free[kind]:
                    return kind, section, came
                for holder, amount in self.sent[kind].items():
                    if amount and holder not in seen:
                        seen.add(holder)
                        came[holder] = (kind, section)
                        line.append(holder)
        return frozenset(seen)

    def _push(self, source: int, kind: Kind, section: int, came: dict[int, tuple[Kind, int]]) -> None:
        """Send as much as the path to the free kind bears."""
        path = [(kind, section, 0)]
        while section != source:
            given, before = came[section]
            path.append((given, before, section))
            section = before
        given_up = [self.sent[given][giver] for given, _taker, giver in path[1:]]
        amount = min([self.wanted[source], self.free[kind], *given_up])
        for given, taker, giver in path:
            self.sent[given][taker] = self.sent[given].get(taker, 0) + amount
            if giver:
                self.sent[given][giver] -= amount
        self.free[kind] -= amount
        self.wanted[source] -= amount
