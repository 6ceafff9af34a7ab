"""Scenario documents: JSON in, a checked and frozen `Scenario` out, or every fault with its exact place.

The format is that of scenario-s1.json. Numbers of variables have at most two decimals; an `add` with more is rounded
half up, which for values that are hundredths themselves is the same as rounding after every effect.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from . import messages as say
from .lines import syntax_problem
from .marks import read_marks, read_reference
from .nodes import read_nodes, read_seen
from .perspectives import read_lenses, read_seats
from .reading import Place, Problem
from .scenario import END, Ending, Node, Scenario, Stakeholder, Stop, Variable
from .vocabulary import Vocabulary, read_views, read_vocabulary

MAX_DOCUMENT = 2_000_000

EARLY_UNTIL = "N11"
"""Before this node is entered an ending speaks its `debrief_early`; a document may name another in `early_until`."""


class ScenarioInvalid(ValueError):
    """The document is no playable scenario; `problems` lists every fault found, in the document's order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @property
    def errors(self) -> tuple[str, ...]:
        """The problems as English sentences: `nodes[3].choices[b].cond: unknown name 'trsut'`."""
        return tuple(str(problem) for problem in self.problems)


def parse_text(text: str, *, tolerant: bool = False) -> Scenario:
    """Read a scenario from JSON text, as `parse` does. Raises ScenarioInvalid; safe for text from strangers."""
    return parse(load(text), tolerant=tolerant)


def load(text: str) -> object:
    """JSON text as plain values. Raises ScenarioInvalid when it is not JSON, too long or too deep."""
    if len(text) > MAX_DOCUMENT:
        raise _invalid(say.TOO_LONG, limit=MAX_DOCUMENT)
    try:
        return json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_without_duplicates)
    except ScenarioInvalid:  # a duplicate key
        raise
    except RecursionError:
        raise _invalid(say.TOO_DEEP) from None
    except json.JSONDecodeError as error:
        raise ScenarioInvalid([Problem("", syntax_problem(error))]) from None
    except ValueError as error:  # also numbers of thousands of digits
        raise _invalid(say.NOT_JSON, detail=str(error)) from None


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _invalid(say.DUPLICATE_KEY, name=next(key for key in keys if keys.count(key) > 1)[:40])
    return table


def _invalid(template: str, **values: object) -> ScenarioInvalid:
    return ScenarioInvalid([Problem("", say.say(template, **values))])


def content_hash(document: object) -> str:
    """SHA-256 (hex) of the document as canonical JSON: the order of keys and white space do not matter.

    Raises ScenarioInvalid for what JSON cannot say (NaN, foreign objects, bottomless nesting).
    """
    try:
        canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except RecursionError:
        raise _invalid(say.TOO_DEEP) from None
    except (TypeError, ValueError) as error:
        raise _invalid(say.NOT_JSON, detail=str(error)) from None
    return hashlib.sha256(canonical.encode()).hexdigest()


def parse(document: object, *, tolerant: bool = False) -> Scenario:
    """Check a whole document and compile it for play. Raises ScenarioInvalid with all problems at once.

    A comparison that can never hold is a problem for whoever writes it; `tolerant` lets it be, for what was released
    before and for tools that ask what comes of it.
    """
    problems: list[Problem] = []
    root = Place(document, "", problems)
    if not root.is_table():
        raise ScenarioInvalid(problems)
    fingerprint = content_hash(document)
    scenario = _read_scenario(root, fingerprint, tolerant=tolerant)
    if problems:
        raise ScenarioInvalid(problems)
    return scenario


def _read_scenario(root: Place, fingerprint: str, *, tolerant: bool) -> Scenario:
    head = {key: root.at(key).text() for key in ("id", "title")}
    vocabulary = read_vocabulary(root, tolerant=tolerant)
    views = read_views(root.at("views"), vocabulary.dimensions)
    stops = _read_stops(root.at("global_end"), vocabulary)
    nodes, choice_names = read_nodes(root.at("nodes"), vocabulary)
    endings = _read_endings(root.at("endings"), vocabulary)
    _check_end(root.at("endings"), nodes, endings)
    return Scenario(
        id=head["id"],
        title=head["title"],
        version=root.at("version").text(required=False),
        lang=root.at("lang").text(required=False) or "zh-CN",
        content_hash=fingerprint,
        variables=MappingProxyType(_with_wholeness(vocabulary.variables, nodes)),
        flags=MappingProxyType(vocabulary.flags),
        dimensions=vocabulary.dimensions,
        views=MappingProxyType(views),
        stakeholders=_read_stakeholders(root.at("stakeholders")),
        stops=stops,
        nodes=MappingProxyType(nodes),
        endings=MappingProxyType(endings),
        marks=read_marks(root, vocabulary, set(views)),
        start=next(iter(nodes), ""),
        early_until=_read_early_until(root, vocabulary),
        choice_names=MappingProxyType(choice_names),
        resources=tuple(key for key in vocabulary.variables if key in vocabulary.resources),
        lenses=read_lenses(root.at("lenses"), vocabulary),
        seats=read_seats(root.at("seats")),
        chain=root.at("chain").text(required=False),
    )


def _with_wholeness(variables: dict[str, Variable], nodes: dict[str, Node]) -> dict[str, Variable]:
    """The variables, those that some effect moves by a fraction no longer taken for whole."""
    effects = [effect for node in nodes.values() for effect in node.enter]
    effects += [effect for node in nodes.values() for choice in node.choices for effect in choice.effects]
    fractional = {effect.variable for effect in effects if effect.add % 100}
    return {key: replace(v, is_whole=v.is_whole and key not in fractional) for key, v in variables.items()}


def _read_stakeholders(places: Place) -> tuple[Stakeholder, ...]:
    return tuple(
        Stakeholder(place.at("name").text(), place.at("role").text(), place.at("stance").text(required=False))
        for place in places.rows()
    )


def _read_stops(places: Place, vocabulary: Vocabulary) -> tuple[Stop, ...]:
    stops = []
    for place in places.rows():
        place.allow("cond", "end")
        condition = vocabulary.condition(place.at("cond"))
        if not place.has("cond"):
            place.at("cond").note(say.MISSING)
        ending = read_reference(place.at("end"), vocabulary.ending_ids, say.UNKNOWN_ENDING)
        if condition is not None:
            stops.append(Stop(condition, ending))
    return tuple(stops)


def _read_endings(places: Place, vocabulary: Vocabulary) -> dict[str, Ending]:
    endings: dict[str, Ending] = {}
    for place in places.rows():
        place.allow("id", "title", "cond", "factor", "cap", "debrief", "debrief_early", "seen")
        key = place.at("id").name()
        if key in endings or key in vocabulary.node_ids or key == END:
            place.at("id").note(say.NAME_TAKEN, name=f"'{key}'")
        endings[key] = Ending(
            id=key,
            title=place.at("title").text(),
            condition=vocabulary.condition(place.at("cond")),
            factor=place.at("factor").fraction(0, 1),
            cap=place.at("cap").fraction(0, 100),
            debrief=place.at("debrief").text(),
            debrief_early=place.at("debrief_early").text(required=False),
            seen=read_seen(place.at("seen"), vocabulary),
        )
    if not endings:
        places.note(say.MISSING)
    return endings


def _check_end(places: Place, nodes: dict[str, Node], endings: dict[str, Ending]) -> None:
    """Whoever reaches END must find an ending, whatever the variables are."""
    choices = (choice for node in nodes.values() for choice in node.choices)
    reaches_end = any(route.to == END for choice in choices for route in choice.routes)
    has_default = any(ending.condition and ending.condition.is_certain for ending in endings.values())
    if reaches_end and not has_default:
        places.note(say.NO_DEFAULT_ENDING)


def _read_early_until(root: Place, vocabulary: Vocabulary) -> str:
    if not root.has("early_until"):
        return EARLY_UNTIL
    return read_reference(root.at("early_until"), vocabulary.node_ids, say.UNKNOWN_NODE)
