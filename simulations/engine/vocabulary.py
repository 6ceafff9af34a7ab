"""The names of a scenario document: variables, flags, dimensions, views; and what conditions may speak of."""

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from . import messages as say
from .conditions import Condition
from .grammar import RESERVED, ConditionError, Names, parse_condition
from .messages import Message
from .reading import Place
from .scenario import MONEY, Dimension, Flag, Variable, View

LEAVES = {"zc": "LAW", "sg": "SWK", "sz": "DIG", "gq": "EMP"} | {
    leaf: leaf for leaf in ("LAW", "SWK", "DIG", "EMP", "POL", "COO", "EMG", "INN")
}
"""Dimension keys a document may use, and the leaf competency each stands for."""

MOST_SUGGESTIONS = 20
"""A document full of unknown names gets no more than so many suggestions: looking for one takes time."""


@dataclass(frozen=True)
class Vocabulary:
    """Every name that nodes, choices and endings may refer to."""

    variables: dict[str, Variable]
    flags: dict[str, Flag]
    dimensions: tuple[Dimension, ...]
    node_ids: tuple[str, ...]
    ending_ids: tuple[str, ...]
    resources: frozenset[str]
    seat_keys: tuple[str, ...]
    is_tolerant: bool = False

    @cached_property
    def names(self) -> Names:
        return Names(
            slots={variable.key: variable.slot for variable in self.variables.values()},
            bits={flag.key: flag.bit for flag in self.flags.values()},
            ranges={} if self.is_tolerant else {of.key: (of.lo, of.hi) for of in self.variables.values()},
        )

    def condition(self, place: Place) -> Condition | None:
        """The condition at `place`, None where there is none or it is faulty."""
        if place.value is None or not (text := place.text()):
            return None
        try:
            return parse_condition(text, self.names)
        except ConditionError as error:
            message = self._with_nearest(error) if len(place.problems) < MOST_SUGGESTIONS else error.message
            place.note(message.template, **message.values)
            return None

    def _with_nearest(self, error: ConditionError) -> Message:
        """The error, with the name that may have been meant."""
        known = (*self.variables, *self.flags)
        near = get_close_matches(error.unknown, known, n=1) if error.unknown else []
        return say.say(say.UNKNOWN_NAME_NEAR, **error.message.values, near=near[0]) if near else error.message


def read_vocabulary(root: Place, *, tolerant: bool = False) -> Vocabulary:
    variables = _read_variables(root.at("vars"))
    return Vocabulary(
        variables=variables,
        flags=_read_flags(root, variables),
        dimensions=_read_dimensions(root.at("dims")),
        node_ids=_read_ids(root.at("nodes")),
        ending_ids=_read_ids(root.at("endings")),
        resources=_read_resources(root, variables),
        seat_keys=_read_ids(root.at("seats"), "key"),
        is_tolerant=tolerant,
    )


def _read_variables(places: Place) -> dict[str, Variable]:
    variables: dict[str, Variable] = {}
    for key, place in places.entries():
        if _is_usable(key, place) and place.is_table():
            variables[key] = _read_variable(key, len(variables), place)
    return variables


def _read_variable(key: str, slot: int, place: Place) -> Variable:
    place.allow("name", "init", "lo", "hi", "vis", "note")
    init, lo, hi = (place.at(end).hundredths() for end in ("init", "lo", "hi"))
    if not lo <= init <= hi:
        place.note(say.BAD_RANGE)
    return Variable(
        key=key,
        name=place.at("name").text(),
        slot=slot,
        init=init,
        lo=lo,
        hi=hi,
        is_visible=place.at("vis").boolean(default=True),
        is_whole=not (init % 100 or lo % 100 or hi % 100),
        note=place.at("note").text(required=False),
    )


def _read_flags(root: Place, variables: dict[str, Variable]) -> dict[str, Flag]:
    flags: dict[str, Flag] = {}
    if not root.has("flags"):
        return flags
    for key, place in root.at("flags").entries():
        if key in variables:
            place.note(say.NAME_TAKEN, name=f"'{key}'")
        elif _is_usable(key, place):
            flags[key] = Flag(key, place.text(), 1 << len(flags))
    return flags


def _is_usable(key: str, place: Place) -> bool:
    """Whether a key may be a name in conditions; a word of the grammar may not."""
    if key in RESERVED:
        place.note(say.NAME_TAKEN, name=f"'{key}'")
        return False
    return Place(key, place.where, place.problems).name() == key


def _read_dimensions(places: Place) -> tuple[Dimension, ...]:
    dimensions: dict[str, Dimension] = {}
    for key, place in places.entries():
        leaf = LEAVES.get(key)
        if leaf is None:
            place.note(say.NO_LEAF)
        elif leaf in dimensions:
            place.note(say.NAME_TAKEN, name=leaf)
        else:
            dimensions[leaf] = Dimension(key, leaf, place.text())
    return tuple(dimensions.values())


def _read_resources(root: Place, variables: dict[str, Variable]) -> frozenset[str]:
    """The variables of which no choice may take more than is left."""
    if not root.has("resources"):
        return frozenset({MONEY} & variables.keys())
    found = set()
    for place in root.at("resources").items():
        key = place.text()
        if key in variables:
            found.add(key)
        elif key:
            place.note(say.UNKNOWN_VARIABLE, name=f"'{key[:40]}'")
    return frozenset(found)


def _read_ids(places: Place, name: str = "id") -> tuple[str, ...]:
    """The ids of a list of objects; missing and doubtful ones are noted where the object is read."""
    if not isinstance(places.value, list):
        return ()
    ids = (item.get(name) for item in places.value if isinstance(item, dict))
    return tuple(key for key in ids if isinstance(key, str))


def read_views(places: Place, dimensions: tuple[Dimension, ...]) -> dict[str, View]:
    """The views by outward key: the part of the document's key before the first underscore (A_种子一 → A)."""
    views: dict[str, View] = {}
    leaves = {dimension.key: dimension.leaf for dimension in dimensions}
    for name, place in places.entries():
        key, _, title = name.partition("_")
        if key in views:
            place.note(say.NAME_TAKEN, name=f"'{key}'")
        axes = ((axis, _read_axis(of_axis, leaves)) for axis, of_axis in place.entries())
        views[key] = View(key, title, tuple(axes))
        if not views[key].axes:
            place.note(say.EMPTY)
    return views


def _read_axis(place: Place, leaves: dict[str, str]) -> tuple[str, ...]:
    found = []
    for item in place.items():
        key = item.text()
        if key in leaves:
            found.append(leaves[key])
        elif key:
            item.note(say.UNKNOWN_DIMENSION, name=f"'{key}'")
    if not found:
        place.note(say.EMPTY)
    return tuple(found)
