"""A scenario as play needs it: read once, checked, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from .conditions import Condition

END = "END"
"""The target that means: the first ending whose condition holds."""

MONEY = "budget"
"""The variable that choices are paid from where a document does not say which ones are."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A state variable. `init`, `lo` and `hi` are hundredths; `is_whole` says that it never takes a fraction."""

    key: str
    name: str
    slot: int
    init: int
    lo: int
    hi: int
    is_visible: bool
    is_whole: bool
    note: str = ""

    @property
    def label(self) -> str:
        """The name without its closing remark in brackets: 工作经费（万元） → 工作经费."""
        return self.name.split("（", 1)[0]

    def outward(self, hundredths: int) -> float:
        """As people read it: an int for a whole variable, otherwise a float."""
        return hundredths // 100 if self.is_whole else hundredths / 100


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that has happened or not; `bit` is its place in the integer of flags."""

    key: str
    name: str
    bit: int


@dataclass(frozen=True, slots=True)
class Dimension:
    """A scored dimension of the document (`zc`) and the leaf competency it stands for (`LAW`)."""

    key: str
    leaf: str
    name: str


@dataclass(frozen=True, slots=True)
class View:
    """A competency view: its axes in order, each the sum of some leaves."""

    key: str
    title: str
    axes: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Stakeholder:
    name: str
    role: str
    stance: str


@dataclass(frozen=True, slots=True)
class Lens:
    """What one group of people would make of an outcome: weights by variable, and what each ending is worth to them.

    A negative weight wants the variable low. `endings` are 0–100 by ending, weighted by `ending_weight` against the
    variables' weights. See `lenses.value`.
    """

    key: str
    name: str
    weights: Mapping[str, int] = field(hash=False)
    ending_weight: int
    endings: Mapping[str, int] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody in the story from whose place it can be told again (角色转换)."""

    key: str
    name: str
    intro: str


@dataclass(frozen=True, slots=True)
class Effect:
    """Adds `add` hundredths to the variable in `slot` and clamps it to `lo`…`hi`, if the condition holds."""

    variable: str
    slot: int
    add: int
    lo: int
    hi: int
    condition: Condition | None


@dataclass(frozen=True, slots=True)
class Route:
    """Where to go if the condition holds: a node, an ending, or END."""

    condition: Condition | None
    to: str


@dataclass(frozen=True)
class Choice:
    """One option of a node.

    `points` go by dimension, 0–3. `raises` and `lowers` are flags to set, then to clear; the bits say the same as
    integers. `costs` are what it takes from the resources: (slot, hundredths). `routes` are its own, then those of
    its node, up to the first without a condition. `cites` name entries of the library (`clause:…`, `list:…`), `seen`
    tells by seat what somebody there notices of it.
    """

    id: str
    text: str
    condition: Condition | None
    effects: tuple[Effect, ...]
    points: tuple[int, ...]
    feedback: str
    raises: tuple[str, ...]
    lowers: tuple[str, ...]
    raise_bits: int
    keep_bits: int
    costs: tuple[tuple[int, int], ...]
    routes: tuple[Route, ...]
    cites: tuple[str, ...] = ()
    seen: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Node:
    """A situation. `most_points` is the best any of its choices earns, dimension by dimension."""

    id: str
    title: str
    stage: str
    text: str
    enter: tuple[Effect, ...]
    choices: tuple[Choice, ...]
    most_points: tuple[int, ...]
    by_id: Mapping[str, Choice] = field(compare=False, repr=False)
    cites: tuple[str, ...] = ()
    seen: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Stop:
    """An ending that strikes at once, wherever the play stands."""

    condition: Condition
    ending: str


@dataclass(frozen=True, slots=True)
class Ending:
    """How a play can end. Without a condition it is reached only by a route or a stop, never through END."""

    id: str
    title: str
    condition: Condition | None
    factor: Fraction
    cap: Fraction
    debrief: str
    debrief_early: str
    seen: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Marks:
    """What a pass takes: total and every axis of the bound view, which endings fail, which need a deed first.

    `compliance`, `time` and `outcome` name the variables that the formula speaks of; `time_in_hand` is how much time
    left is worth full marks, in the time variable's own unit. Without a time variable compliance is the whole base.
    """

    view: str
    total: Fraction
    axis: Fraction
    failing: frozenset[str]
    needs_any: Mapping[str, tuple[str, ...]] = field(hash=False)
    compliance: str = "comp"
    time: str = "days"
    time_in_hand: Fraction = Fraction(30)
    outcome: tuple[str, ...] = ("sat", "trust")


@dataclass(frozen=True, eq=False)
class Scenario:
    """A whole scenario. Two are the same when their `content_hash` is; compare that, not the objects."""

    id: str
    title: str
    version: str
    lang: str
    content_hash: str
    variables: Mapping[str, Variable]
    flags: Mapping[str, Flag]
    dimensions: tuple[Dimension, ...]
    views: Mapping[str, View]
    stakeholders: tuple[Stakeholder, ...]
    stops: tuple[Stop, ...]
    nodes: Mapping[str, Node]
    endings: Mapping[str, Ending]
    marks: Marks
    start: str
    early_until: str
    choice_names: Mapping[str, tuple[str, str]]
    resources: tuple[str, ...] = ()
    lenses: tuple[Lens, ...] = ()
    seats: tuple[Seat, ...] = ()
    chain: str = ""

    @property
    def leaves(self) -> tuple[str, ...]:
        return tuple(dimension.leaf for dimension in self.dimensions)

    def flag_keys(self, flags: int) -> tuple[str, ...]:
        """The set flags by key, in the document's order."""
        return tuple(flag.key for flag in self.flags.values() if flags & flag.bit)
