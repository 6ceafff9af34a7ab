"""Who speaks of a node or ending: what leads there, and how all of it follows a new name or goes with the old one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .editing import (
    Document,
    NameTaken,
    Part,
    as_rows,
    as_table,
    items_of,
    present,
    taken_names,
    with_items,
    with_top,
)


@dataclass(frozen=True)
class Way:
    """A place that leads to a node or ending: a choice of `node`, or the node's own way on where `choice` is empty."""

    node: str
    choice: str = ""


def ways_to(document: Document, key: str) -> tuple[Way, ...]:
    """Every way that leads there, in the document's order, each once; those of the place itself left out."""
    found = []
    for node in items_of(document, "node"):
        if node.get("id") == key:
            continue
        for choice, owner in _owners(node):
            if key in _targets(owner.get("next")):
                found.append(Way(str(node.get("id", "")), choice))
    return tuple(dict.fromkeys(found))


def _owners(node: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for choice in as_rows(node.get("choices")):
        yield str(choice.get("id", "")), choice
    yield "", node


def _targets(routes: object) -> list[object]:
    if isinstance(routes, str):
        return [routes]
    return [route.get("to") for route in as_rows(routes)]


def removed(document: Document, part: Part, *, with_ways: bool = False) -> Document:
    """Without a node or ending; with `with_ways` also without what leads to it or counts on it.

    Raises NoSuchPart. Ways that stay behind lead nowhere, which a check of the document will say.
    """
    item = present(document, part)
    changed = with_items(
        document, part.kind, [each for each in items_of(document, part.kind) if each is not item]
    )
    return _renamed_everywhere(changed, part, None) if with_ways else changed


def renamed(document: Document, part: Part, key: str) -> Document:
    """With a node or ending called otherwise, and everything that speaks of it following.

    Raises NoSuchPart, and NameTaken where another one has the name.
    """
    item = present(document, part)
    if key == part.key:
        return document
    if key in taken_names(document):
        raise NameTaken(key)
    named = {name: key if name == "id" else value for name, value in item.items()}
    changed = with_items(
        document, part.kind, [named if each is item else each for each in items_of(document, part.kind)]
    )
    return _renamed_everywhere(changed, part, key)


def _renamed_everywhere(document: Document, part: Part, key: str | None) -> Document:
    """Every word of the old name said anew; None takes what said it away."""
    old = part.key
    changed = with_items(
        document, "node", [_node_renamed(node, old, key) for node in items_of(document, "node")]
    )
    if part.kind == "node":
        if changed.get("early_until") == old:
            changed = with_top(changed, ("early_until",), {"early_until": key} if key else {})
        return changed
    for name, rename in (
        ("global_end", _stops_renamed),
        ("scoring", _scoring_renamed),
        ("lenses", _lenses_renamed),
    ):
        if name in changed:
            changed = with_top(changed, (name,), {name: rename(changed[name], old, key)})
    return changed


def _node_renamed(node: dict[str, Any], old: str, key: str | None) -> dict[str, Any]:
    changed = _owner_renamed(node, old, key)
    if isinstance(node.get("choices"), list):
        changed["choices"] = [
            _owner_renamed(choice, old, key) if isinstance(choice, dict) else choice
            for choice in node["choices"]
        ]
    return changed


def _owner_renamed(owner: dict[str, Any], old: str, key: str | None) -> dict[str, Any]:
    routes = owner.get("next")
    if old not in _targets(routes):
        return dict(owner)
    if isinstance(routes, str):
        return owner | {"next": key}
    kept = [route | {"to": key} if route.get("to") == old else route for route in as_rows(routes)]
    return owner | {"next": [route for route in kept if route.get("to") is not None]}


def _stops_renamed(stops: Any, old: str, key: str | None) -> Any:
    if not isinstance(stops, list):
        return stops
    changed = [stop | {"end": key} if as_table(stop).get("end") == old else stop for stop in stops]
    return [stop for stop in changed if as_table(stop).get("end", "") is not None]


def _scoring_renamed(scoring: Any, old: str, key: str | None) -> Any:
    if not isinstance(scoring, dict):
        return scoring
    changed = dict(scoring)
    if isinstance(scoring.get("fail_endings"), list):
        said = [key if ending == old else ending for ending in scoring["fail_endings"]]
        changed["fail_endings"] = [ending for ending in said if ending is not None]
    if old == "E3" and "e3_requires_any" in changed:  # the short way of saying it is about that name alone
        needs = changed.pop("e3_requires_any")
        changed["requires_any"] = as_table(changed.get("requires_any")) | {"E3": needs}
    if isinstance(changed.get("requires_any"), dict):
        changed["requires_any"] = _keys_renamed(changed["requires_any"], old, key)
        if not changed["requires_any"]:
            del changed["requires_any"]
    return changed


def _lenses_renamed(lenses: Any, old: str, key: str | None) -> Any:
    if not isinstance(lenses, list):
        return lenses
    return [
        lens | {"endings": _keys_renamed(lens["endings"], old, key)}
        if isinstance(lens, dict) and isinstance(lens.get("endings"), dict)
        else lens
        for lens in lenses
    ]


def _keys_renamed(table: dict[str, Any], old: str, key: str | None) -> dict[str, Any]:
    named = {key if name == old else name: value for name, value in table.items()}
    return {name: value for name, value in named.items() if name is not None}
