"""What an author asks for, section by section, and the questions that fit."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

NOTHING: frozenset[str] = frozenset()
EASIEST, HARDEST = 1, 5


@dataclass(frozen=True)
class Candidate:
    """A question that exams may take. `difficulty` is 1..5, `leaves` those it has a weight for."""

    key: str
    difficulty: int
    type: str
    leaves: frozenset[str] = NOTHING
    tags: frozenset[str] = NOTHING


@dataclass(frozen=True)
class Criteria:
    """What a question must be. Every field narrows the choice, an empty one does not; within a field one is enough."""

    leaves: frozenset[str] = NOTHING
    lowest: int = EASIEST
    highest: int = HARDEST
    tags: frozenset[str] = NOTHING
    types: frozenset[str] = NOTHING

    def take(self, candidate: Candidate) -> bool:
        return (
            self.lowest <= candidate.difficulty <= self.highest
            and (not self.types or candidate.type in self.types)
            and (not self.leaves or not self.leaves.isdisjoint(candidate.leaves))
            and (not self.tags or not self.tags.isdisjoint(candidate.tags))
        )


@dataclass(frozen=True)
class Section:
    """So many questions, each worth `points`, of those named or of those that meet the criteria.

    `count` of None asks for every question named: such a section is fixed, the same on every paper. `left_out` are
    questions that meet the criteria and may not be asked here all the same.
    """

    number: int
    title: str
    points: Decimal
    count: int | None = None
    named: tuple[str, ...] = ()
    criteria: Criteria | None = None
    left_out: frozenset[str] = NOTHING

    def takes(self, candidate: Candidate) -> bool:
        if self.criteria is None:
            return candidate.key in self.named
        return candidate.key not in self.left_out and self.criteria.take(candidate)


@dataclass(frozen=True)
class Pool:
    """The questions that fit one section, in the order of the bank or of the author; `count` of them are asked.

    A `fixed` pool is asked as a whole because the author says so.
    """

    number: int
    count: int
    points: Decimal
    keys: tuple[str, ...]
    fixed: bool = False
    members: frozenset[str] = field(init=False, repr=False, compare=False, default=NOTHING)

    def __post_init__(self) -> None:
        object.__setattr__(self, "members", frozenset(self.keys))


def gather(sections: Iterable[Section], candidates: Iterable[Candidate]) -> tuple[Pool, ...]:
    """The pool of every section. A named question that is no candidate is absent, as if it were not named."""
    bank = {candidate.key: candidate for candidate in candidates}
    return tuple(_pool(section, bank) for section in sections)


def _pool(section: Section, bank: dict[str, Candidate]) -> Pool:
    if section.criteria is None:
        keys = tuple(key for key in section.named if key in bank)
    else:
        keys = tuple(key for key, candidate in bank.items() if section.takes(candidate))
    count = len(section.named) if section.count is None else section.count
    return Pool(section.number, count, section.points, keys, fixed=section.count is None)
