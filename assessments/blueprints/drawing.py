"""From a blueprint and a seed to a paper.

Every question gets a lot, SHA-256 of seed and key, as in `items.base.permutation`: Python's random numbers and the
order of storage have no say. Sections are served from the scarcest to the richest in the order of the lots; where a
section finds everything taken, others give way along an augmenting path, so that a paper that can be filled is filled.
"""

from array import array
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256

from assessments.blueprints.sections import Pool

# A release proves that at least a quarter of the lots give a paper within tolerance: 0.75 ** 100 is 3e-13.
MOST_TRIES = 100
WHOLE = 10_000
"""Control parameters are whole numbers of ten-thousandths, so that no machine rounds them otherwise."""
_CHANCES = 1 << 32


class NoPaper(ValueError):
    """The blueprint has no paper, or no lot gives one within tolerance."""


@dataclass(frozen=True)
class Tolerance:
    """Papers are to be as hard as `centre` (on the scale 1..5), give or take `within`."""

    centre: Decimal
    within: Decimal


@dataclass(frozen=True)
class Blueprint:
    """All that a paper depends on beside its seed.

    `difficulty` is that of each question. `rates` is the chance, in ten-thousandths, that a question that was selected
    is put on the paper (see `exposure`); one that is absent always is.
    """

    pools: tuple[Pool, ...]
    difficulty: Mapping[str, int]
    rates: Mapping[str, int] = field(default_factory=dict)
    tolerance: Tolerance | None = None


@dataclass(frozen=True)
class Paper:
    """`places` lists for each section the questions drawn, in the order of their lots.

    `difficulty` is the mean over the points; `tries` how many lots were drawn until the paper lay within tolerance.
    """

    places: Mapping[int, tuple[str, ...]]
    difficulty: Decimal
    tries: int = 1


@dataclass(frozen=True)
class Lots:
    """The questions in the order of their lots, and the chance each drew: a whole number below 2 ** 32."""

    order: tuple[str, ...]
    chances: Sequence[int]


def draw(blueprint: Blueprint, seed: str, *, most_tries: int = MOST_TRIES) -> Paper:
    """The paper this seed gives: each section full, no question twice, within tolerance.

    Lots are drawn anew, from seed:0, seed:1 and so on, while the paper is too easy or too hard. Raises NoPaper.
    """
    for number in range(most_tries):
        paper = deal(blueprint, cast_lots(blueprint, f"{seed}:{number}"))
        if is_within(paper.difficulty, blueprint.tolerance):
            return Paper(paper.places, paper.difficulty, number + 1)
    raise NoPaper(f"{most_tries} lots gave no paper within tolerance")


def cast_lots(blueprint: Blueprint, seed: str) -> Lots:
    """The lots of all questions under this seed."""
    start = sha256(f"{seed}\x00".encode())
    drawn: list[tuple[bytes, str]] = []
    for key in blueprint.difficulty:
        lot = start.copy()
        lot.update(key.encode())
        drawn.append((lot.digest(), key))
    drawn.sort()
    chances = array("Q", [int.from_bytes(digest[16:20], "big") for digest, _key in drawn])
    return Lots(tuple(key for _digest, key in drawn), chances)


def deal(blueprint: Blueprint, lots: Lots) -> Paper:
    """The paper these lots give, of whatever difficulty. Raises NoPaper when a section cannot be filled."""
    holder: dict[str, int] = {}
    for pool in sorted(blueprint.pools, key=lambda pool: (len(pool.keys) - pool.count, pool.number)):
        for key in _picked(pool, lots, blueprint.rates, holder):
            holder[key] = pool.number
    _fill_up(blueprint.pools, lots, holder)
    places: dict[int, list[str]] = {pool.number: [] for pool in blueprint.pools}
    for key in lots.order:
        if key in holder:
            places[holder[key]].append(key)
    return Paper({number: tuple(keys) for number, keys in places.items()}, mean_difficulty(blueprint, places))


def mean_difficulty(blueprint: Blueprint, places: Mapping[int, Sequence[str]]) -> Decimal:
    """The mean difficulty of a paper's questions, each counted by its points."""
    total, weighted = Decimal(0), Decimal(0)
    for pool in blueprint.pools:
        total += pool.points * len(places[pool.number])
        weighted += pool.points * sum(blueprint.difficulty[key] for key in places[pool.number])
    return weighted / total


def is_within(difficulty: Decimal, tolerance: Tolerance | None) -> bool:
    return tolerance is None or abs(difficulty - tolerance.centre) <= tolerance.within


def _picked(pool: Pool, lots: Lots, rates: Mapping[str, int], holder: Mapping[str, int]) -> list[str]:
    """What the pool gives of its free questions, first those that pass the exposure control (one trial for each
    question and paper), then those that failed it by least."""
    picked: list[str] = []
    aside: list[tuple[int, str]] = []
    for place, key in enumerate(lots.order):
        if len(picked) == pool.count:
            return picked
        if key not in pool.members or key in holder:
            continue
        rate = rates.get(key, WHOLE)
        if rate < WHOLE and lots.chances[place] * WHOLE >= rate * _CHANCES:
            aside.append((lots.chances[place] * WHOLE // rate, key))
        else:
            picked.append(key)
    aside.sort()
    return picked + [key for _margin, key in aside[: pool.count - len(picked)]]


def _fill_up(pools: Sequence[Pool], lots: Lots, holder: dict[str, int]) -> None:
    by_number = {pool.number: pool for pool in pools}
    held = dict.fromkeys(by_number, 0)
    for number in holder.values():
        held[number] += 1
    for pool in pools:
        for _place in range(pool.count - held[pool.number]):
            _give_way(pool.number, by_number, lots, holder)


def _give_way(number: int, pools: Mapping[int, Pool], lots: Lots, holder: dict[str, int]) -> None:
    """Give the section one more question: a free one, or one of a section that can take another in its place."""
    came: dict[int, tuple[str, int]] = {}
    line = deque([number])
    while line:
        section = line.popleft()
        for key in lots.order:
            if key not in pools[section].members:
                continue
            owner = holder.get(key)
            if owner is None:
                _hand_on(key, section, number, came, holder)
                return
            if owner != number and owner not in came:
                came[owner] = (key, section)
                line.append(owner)
    raise NoPaper(f"section {number} cannot be filled")


def _hand_on(
    key: str, section: int, number: int, came: Mapping[int, tuple[str, int]], holder: dict[str, int]
) -> None:
    holder[key] = section
    while section != number:
        given, section_before = came[section]
        holder[given] = section_before
        section = section_before
