"""The part `scoring` of a scenario document: what a play is judged by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from . import messages as say
from .reading import Place
from .scenario import Marks
from .vocabulary import Vocabulary

FORMULAS = {
    "base": "0.6*comp+0.4*time",
    "process": "mean(view dims)",
    "result": "(sat+trust)/2*factor",
    "total": "min(cap,0.3*base+0.3*process+0.4*result)",
}
"""The one way of scoring there is (see `scoring`). A document that asks for another is refused, not misread."""


@dataclass(frozen=True)
class Roles:
    """Which variables the formula speaks of; what 老楼新梯 calls them is the default."""

    compliance: str = "comp"
    time: str = "days"
    time_in_hand: Fraction = Fraction(30)
    outcome: tuple[str, ...] = ("sat", "trust")


def read_marks(root: Place, vocabulary: Vocabulary, views: set[str]) -> Marks:
    """The marks of a document; every variable they speak of is there and has a range."""
    place = root.at("scoring")
    for part, formula in FORMULAS.items():
        if place.has(part) and place.at(part).text().replace(" ", "") != formula.replace(" ", ""):
            place.at(part).note(say.UNKNOWN_FORMULA, formula=formula)
    view = place.at("view").text(required=False) or "A"
    if view not in views:
        place.at("view").note(say.UNKNOWN_VIEW, name=f"'{view}'")
    failing = [
        read_reference(item, vocabulary.ending_ids, say.UNKNOWN_ENDING)
        for item in place.at("fail_endings").items()
    ]
    roles = _read_roles(root, vocabulary)
    return Marks(
        view=view,
        total=place.at("pass_total").fraction(0, 100, default=60),
        axis=place.at("pass_dim").fraction(0, 100, default=50),
        failing=frozenset(failing),
        needs_any=MappingProxyType(_read_needs(place, vocabulary)),
        compliance=roles.compliance,
        time=roles.time,
        time_in_hand=roles.time_in_hand,
        outcome=roles.outcome,
    )


def _read_roles(root: Place, vocabulary: Vocabulary) -> Roles:
    place = root.at("scoring").at("roles")
    roles = Roles()
    if place.value is not None and place.is_table():
        place.allow("compliance", "time", "time_in_hand", "outcome")
        roles = Roles(
            compliance=place.at("compliance").text(),
            time=place.at("time").text(required=False),
            time_in_hand=place.at("time_in_hand").fraction(0.01, 1e6, default=30),
            outcome=tuple(item.text() for item in place.at("outcome").items()),
        )
        if not roles.outcome:
            place.at("outcome").note(say.MISSING)
    for key in filter(None, (roles.compliance, roles.time, *roles.outcome)):
        variable = vocabulary.variables.get(key)
        if variable is None:
            root.at("vars").at(key).note(say.NEEDED_FOR_SCORING)
        elif key != roles.time and variable.lo == variable.hi:
            root.at("vars").at(key).note(say.BAD_RANGE)
    return roles


def _read_needs(place: Place, vocabulary: Vocabulary) -> Mapping[str, tuple[str, ...]]:
    """By ending the deeds of which it asks at least one before it counts as a pass; 老楼新梯 has a word for E3's."""
    needs = {"E3": _read_flags(place.at("e3_requires_any"), vocabulary)}
    if place.has("requires_any"):
        for ending, flags in place.at("requires_any").entries():
            if ending not in vocabulary.ending_ids:
                flags.note(say.UNKNOWN_ENDING, name=f"'{ending[:40]}'")
            needs[ending] = _read_flags(flags, vocabulary)
    return {ending: flags for ending, flags in needs.items() if flags}


def _read_flags(places: Place, vocabulary: Vocabulary) -> tuple[str, ...]:
    return tuple(read_reference(item, vocabulary.flags, say.UNKNOWN_FLAG) for item in places.items())


def read_reference(place: Place, known: Iterable[str], template: str) -> str:
    """A name that must be among the known ones; anything else is noted with `template`."""
    name = place.text()
    if name and name not in known:
        place.note(template, name=f"'{name[:40]}'")
    return name
