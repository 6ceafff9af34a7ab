"""The nodes of a scenario document: situations, their choices, effects and routes."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from . import messages as say
from .reading import Place
from .scenario import END, Choice, Effect, Node, Route
from .vocabulary import Vocabulary

MOST_POINTS = 3
CITED_KINDS = ("clause", "list")
NO_TEXTS: Mapping[str, str] = MappingProxyType({})
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")


def read_nodes(places: Place, vocabulary: Vocabulary) -> tuple[dict[str, Node], dict[str, tuple[str, str]]]:
    """The nodes in order by id, and for every choice its name in written paths (N02Bb → N02B, b)."""
    nodes: dict[str, Node] = {}
    names: dict[str, tuple[str, str]] = {}
    for place in places.rows():
        key = place.at("id").name()
        if key in nodes or key == END:
            place.at("id").note(say.NAME_TAKEN, name=f"'{key}'")
        node = nodes[key] = _read_node(key, place, vocabulary)
        for choice in node.choices:
            if names.setdefault(key + choice.id, (key, choice.id)) != (key, choice.id):
                place.at("id").note(say.AMBIGUOUS_STEP, name=f"'{key}{choice.id}'")
    if not nodes:
        places.note(say.MISSING)
    return nodes, names


def _read_node(key: str, place: Place, vocabulary: Vocabulary) -> Node:
    place.allow("id", "title", "stage", "text", "enter", "choices", "next", "cites", "seen")
    routes = _read_routes(place.at("next"), vocabulary)
    choices: dict[str, Choice] = {}
    for option in _read_options(place.at("choices")):
        choice = _read_choice(option, routes, vocabulary)
        if choice.id in choices:
            option.at("id").note(say.NAME_TAKEN, name=f"'{choice.id}'")
        choices[choice.id] = choice
    if not choices:
        place.at("choices").note(say.MISSING)
    if any(not _is_default(choice.routes[-1:]) for choice in choices.values()):
        place.at("next").note(say.NO_DEFAULT_ROUTE)
    return Node(
        id=key,
        title=place.at("title").text(),
        stage=place.at("stage").text(required=False),
        text=place.at("text").text(),
        enter=_read_effects(place.at("enter"), vocabulary),
        choices=tuple(choices.values()),
        most_points=tuple(max(best) for best in zip(*(c.points for c in choices.values()), strict=True)),
        by_id=choices,
        cites=read_cites(place.at("cites")),
        seen=read_seen(place.at("seen"), vocabulary),
    )


def _read_options(places: Place) -> list[Place]:
    """The choices of a node, addressed by their id where they have one: choices[b]."""
    options = places.rows()
    for option in options:
        if isinstance(option.value, dict) and isinstance(key := option.value.get("id"), str) and key:
            option.where = f"{places.where}[{key[:40]}]"
    return options


def _read_choice(place: Place, node_routes: tuple[Route, ...], vocabulary: Vocabulary) -> Choice:
    place.allow("id", "text", "cond", "effects", "score", "feedback", "set", "clear", "next", "cites", "seen")
    effects = _read_effects(place.at("effects"), vocabulary)
    raises, lowers = (_read_flags(place.at(key), vocabulary) for key in ("set", "clear"))
    return Choice(
        id=place.at("id").name(),
        text=place.at("text").text(),
        condition=vocabulary.condition(place.at("cond")),
        effects=effects,
        points=_read_points(place.at("score"), vocabulary),
        feedback=place.at("feedback").text(required=False),
        raises=raises,
        lowers=lowers,
        raise_bits=_bits(raises, vocabulary),
        keep_bits=~_bits(lowers, vocabulary),
        costs=_costs(effects, vocabulary),
        routes=_up_to_default((*_read_routes(place.at("next"), vocabulary), *node_routes)),
        cites=read_cites(place.at("cites")),
        seen=read_seen(place.at("seen"), vocabulary),
    )


def _costs(effects: tuple[Effect, ...], vocabulary: Vocabulary) -> tuple[tuple[int, int], ...]:
    """By slot what the effects take from each resource, whether or not their conditions come to hold."""
    costs: dict[int, int] = {}
    for effect in effects:
        if effect.variable in vocabulary.resources and effect.add < 0:
            costs[effect.slot] = costs.get(effect.slot, 0) - effect.add
    return tuple(costs.items())


def read_cites(places: Place) -> tuple[str, ...]:
    """Entries of the library, as `clause:key` or `list:key`; whether they exist is the site's question."""
    found = []
    for place in places.items():
        text = place.text()
        kind, _, key = text.partition(":")
        if text and (kind not in CITED_KINDS or not _KEY.match(key)):
            place.note(say.BAD_CITE)
        elif text:
            found.append(text)
    return tuple(dict.fromkeys(found))


def read_seen(place: Place, vocabulary: Vocabulary) -> Mapping[str, str]:
    """Texts by seat."""
    if place.value is None:
        return NO_TEXTS
    place.allow(*vocabulary.seat_keys)
    return MappingProxyType({key: text.text() for key, text in place.entries()})


def _read_effects(places: Place, vocabulary: Vocabulary) -> tuple[Effect, ...]:
    effects = []
    for place in places.rows():
        place.allow("var", "add", "cond")
        add = place.at("add").rounded_hundredths()
        condition = vocabulary.condition(place.at("cond"))
        key = place.at("var").text()
        variable = vocabulary.variables.get(key)
        if variable is not None:
            effects.append(Effect(key, variable.slot, add, variable.lo, variable.hi, condition))
        elif key:
            place.at("var").note(say.UNKNOWN_VARIABLE, name=f"'{key[:40]}'")
    return tuple(effects)


def _read_points(place: Place, vocabulary: Vocabulary) -> tuple[int, ...]:
    place.allow(*(dimension.key for dimension in vocabulary.dimensions))
    if not place.is_table():
        return (0,) * len(vocabulary.dimensions)
    return tuple(
        place.at(dimension.key).whole(0, MOST_POINTS, default=0) for dimension in vocabulary.dimensions
    )


def _read_flags(places: Place, vocabulary: Vocabulary) -> tuple[str, ...]:
    flags = []
    for place in places.items():
        key = place.text()
        if key in vocabulary.flags:
            flags.append(key)
        elif key:
            place.note(say.UNKNOWN_FLAG, name=f"'{key[:40]}'")
    return tuple(dict.fromkeys(flags))


def _bits(keys: tuple[str, ...], vocabulary: Vocabulary) -> int:
    return sum(vocabulary.flags[key].bit for key in keys)


def _read_routes(place: Place, vocabulary: Vocabulary) -> tuple[Route, ...]:
    """One target, or a list of targets with conditions; none at all leaves the way to the node."""
    if isinstance(place.value, str):
        return (Route(None, _read_target(place, vocabulary)),)
    routes = []
    for item in place.rows():
        item.allow("cond", "to")
        condition = vocabulary.condition(item.at("cond"))
        routes.append(Route(condition, _read_target(item.at("to"), vocabulary)))
    return tuple(routes)


def _read_target(place: Place, vocabulary: Vocabulary) -> str:
    target = place.text()
    if target and target != END and target not in vocabulary.node_ids + vocabulary.ending_ids:
        place.note(say.UNKNOWN_TARGET, name=f"'{target[:40]}'")
    return target


def _is_default(routes: tuple[Route, ...]) -> bool:
    return any(route.condition is None or route.condition.is_certain for route in routes)


def _up_to_default(routes: tuple[Route, ...]) -> tuple[Route, ...]:
    for count, route in enumerate(routes, start=1):
        if _is_default((route,)):
            return routes[:count]
    return routes
