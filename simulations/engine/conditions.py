"""Conditions as a typed tree: true or false for the variables and flags of a moment.

Values are a sequence of hundredths by variable slot; flags are one integer, a bit per flag.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import eq, ge, gt, le, lt
from typing import Literal

Test = Callable[[Sequence[int], int], bool]
Operator = Literal["<=", ">=", "<", ">", "=="]

COMPARISONS: dict[Operator, Callable[[float, float], bool]] = {"<=": le, ">=": ge, "<": lt, ">": gt, "==": eq}


@dataclass(frozen=True, slots=True)
class Always:
    """Holds always, or never."""

    truth: bool


@dataclass(frozen=True, slots=True)
class HasFlag:
    """Holds while the flag is set."""

    flag: str
    bit: int


@dataclass(frozen=True, slots=True)
class Compare:
    """Holds while variable `slot` stands to `bound` as `op` says. `bound` is in hundredths, `number` as written."""

    variable: str
    slot: int
    op: Operator
    number: str
    bound: float


@dataclass(frozen=True, slots=True)
class Not:
    part: "Tree"


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Tree", ...]


Tree = Always | HasFlag | Compare | Not | AllOf | AnyOf


@dataclass(frozen=True)
class Condition:
    """A condition as its author wrote it, as a tree, and as a test compiled once for play."""

    text: str
    tree: Tree
    holds: Test = field(compare=False, repr=False)

    @property
    def is_certain(self) -> bool:
        """Whether it is the literal `True`; says nothing about conditions that merely cannot fail."""
        return self.tree == Always(True)


@dataclass(frozen=True, slots=True)
class Decisive:
    """One flag or comparison that a verdict rests on, and whether it held."""

    tree: HasFlag | Compare
    held: bool


def compile_test(tree: Tree) -> Test:
    """The tree as one function of `(values, flags)`."""
    match tree:
        case Always(truth):
            return lambda values, flags: truth
        case HasFlag(_, bit):
            return lambda values, flags: flags & bit != 0
        case Compare(_, slot, op, _, bound):
            compare = COMPARISONS[op]
            return lambda values, flags: compare(values[slot], bound)
        case Not(part):
            inner = compile_test(part)
            return lambda values, flags: not inner(values, flags)
        case AllOf(parts):
            return _compile_all(tuple(compile_test(part) for part in parts))
        case AnyOf(parts):
            return _compile_any(tuple(compile_test(part) for part in parts))


def _compile_all(tests: tuple[Test, ...]) -> Test:
    def holds(values: Sequence[int], flags: int) -> bool:
        for test in tests:  # a plain loop: all() with a generator costs three times as much here
            if not test(values, flags):
                return False
        return True

    return holds


def _compile_any(tests: tuple[Test, ...]) -> Test:
    def holds(values: Sequence[int], flags: int) -> bool:
        for test in tests:
            if test(values, flags):
                return True
        return False

    return holds


def decisive(tree: Tree, values: Sequence[int], flags: int) -> tuple[Decisive, ...]:
    """The flags and comparisons that made `tree` come out as it does at this moment, in written order.

    Of a conjunction that holds every part counts, of one that fails only the failing parts; for a disjunction the
    other way round. Changing none of them changes the verdict.
    """
    match tree:
        case Always():
            return ()
        case HasFlag() | Compare():
            return (Decisive(tree, compile_test(tree)(values, flags)),)
        case Not(part):
            return decisive(part, values, flags)
        case AllOf(parts) | AnyOf(parts):
            verdict = compile_test(tree)(values, flags)
            alike = (part for part in parts if compile_test(part)(values, flags) == verdict)
            found = (reason for part in alike for reason in decisive(part, values, flags))
            return tuple(dict.fromkeys(found))
