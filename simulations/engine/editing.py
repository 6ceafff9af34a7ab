"""Changing scenario documents piece by piece: plain values in, new plain values out, nothing else touched.

A document may be unfinished or wrong anywhere; whatever is not the piece that changes stays as it is, down to the
order of its keys. A `Part` is what one form writes: a node, an ending, or some keys at the top.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]

HEAD = ("title", "minutes", "hours", "resources", "scoring", "early_until", "chain")
TOP: Mapping[str, tuple[str, ...]] = {
    "head": HEAD,
    "vars": ("vars",),
    "flags": ("flags",),
    "stakeholders": ("stakeholders",),
    "seats": ("seats",),
    "lenses": ("lenses",),
    "global_end": ("global_end",),
    "guide": ("guide",),
    "sources": ("sources",),
}
"""The parts that are keys at the top of a document."""
LISTS: Mapping[str, str] = {"node": "nodes", "ending": "endings"}
"""The parts that are one item of a list, known by its id."""
ORDER = (
    "id", "title", "version", "lang", "minutes", "hours", "chain", "vars", "flags", "dims", "views", "resources",
    "stakeholders", "seats", "lenses", "global_end", "scoring", "early_until", "nodes", "endings", "guide", "sources",
)  # fmt: skip
"""Where a key goes that a document did not have."""


@dataclass(frozen=True)
class Part:
    """One piece of a document: `kind` of TOP or LISTS, `key` the id in the latter case."""

    kind: str
    key: str = ""


class NoSuchPart(LookupError):
    """The document has no such node or ending."""


class NameTaken(ValueError):
    """The new name belongs to another node or ending already."""


def as_table(value: object) -> dict[str, Any]:
    """An object as it is, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def as_rows(value: object) -> list[dict[str, Any]]:
    """The objects of a list; none where there is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def items_of(document: Document, kind: str) -> list[dict[str, Any]]:
    """The nodes or the endings of a document, in order."""
    return as_rows(document.get(LISTS[kind]))


def ids_of(document: Document, kind: str) -> list[str]:
    """Their ids."""
    return [key for item in items_of(document, kind) if isinstance(key := item.get("id"), str) and key]


def part_of(document: Document, part: Part) -> dict[str, Any] | None:
    """What a part says: the node or ending, or the top keys that are there. None for a node that is not."""
    if part.kind in TOP:
        return {key: document[key] for key in TOP[part.kind] if key in document}
    return next((item for item in items_of(document, part.kind) if item.get("id") == part.key), None)


def with_part(document: Document, part: Part, value: Mapping[str, Any]) -> Document:
    """The document saying this in that part. Raises NoSuchPart where there is no such node or ending."""
    if part.kind in TOP:
        return _with_top(document, TOP[part.kind], value)
    if part_of(document, part) is None:
        raise NoSuchPart(part.key)
    return _with_items(document, part.kind, [dict(value) if item.get("id") == part.key else item
                                             for item in items_of(document, part.kind)])  # fmt: skip


def _with_top(document: Document, keys: tuple[str, ...], value: Mapping[str, Any]) -> Document:
    changed = {
        key: value[key] if key in keys else held
        for key, held in document.items()
        if key not in keys or key in value
    }
    for key in keys:
        if key in value and key not in changed:
            changed = _inserted(changed, key, value[key])
    return changed


def _inserted(document: Document, key: str, value: object) -> Document:
    """With a key it did not have, before the first one that comes later in the usual order."""
    later = set(ORDER[ORDER.index(key) + 1 :])
    before = next((name for name in document if name in later), None)
    changed: Document = {}
    for name, held in document.items():
        if name == before:
            changed[key] = value
        changed[name] = held
    changed.setdefault(key, value)
    return changed


def _with_items(document: Document, kind: str, items: list[dict[str, Any]]) -> Document:
    return _with_top(document, (LISTS[kind],), {LISTS[kind]: items})


def added(document: Document, kind: str, item: Mapping[str, Any], *, after: str = "") -> Document:
    """With one more node or ending, behind the one named `after` or last. Raises NameTaken."""
    if item.get("id") in taken_names(document):
        raise NameTaken(item.get("id"))
    items = items_of(document, kind)
    ids = [each.get("id") for each in items]
    at = ids.index(after) + 1 if after in ids else len(items)
    return _with_items(document, kind, [*items[:at], dict(item), *items[at:]])


def copied(document: Document, part: Part, key: str) -> Document:
    """With a copy of a node or ending behind it, called `key`. Raises NoSuchPart, NameTaken."""
    return added(document, part.kind, _found(document, part) | {"id": key}, after=part.key)


def moved(document: Document, part: Part, by: int) -> Document:
    """With a node or ending that many places further down (or up), as far as the list goes. Raises NoSuchPart."""
    items, item = items_of(document, part.kind), _found(document, part)
    at = items.index(item)
    rest = [each for each in items if each is not item]
    to = max(0, min(at + by, len(rest)))
    return _with_items(document, part.kind, [*rest[:to], item, *rest[to:]])


def _found(document: Document, part: Part) -> dict[str, Any]:
    item = part_of(document, part)
    if item is None:
        raise NoSuchPart(part.key)
    return item


def taken_names(document: Document) -> set[str]:
    """The names no further node or ending may have."""
    return {*ids_of(document, "node"), *ids_of(document, "ending"), "END"}


def free_name(document: Document, kind: str) -> str:
    """A name that is not taken: N19 after N18, E8 after E7."""
    taken, number = taken_names(document), len(items_of(document, kind)) + 1
    pattern = "N{:02d}" if kind == "node" else "E{}"
    while pattern.format(number) in taken:
        number += 1
    return pattern.format(number)


# Who speaks of a node or ending


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
    item = _found(document, part)
    changed = _with_items(
        document, part.kind, [each for each in items_of(document, part.kind) if each is not item]
    )
    return _renamed_everywhere(changed, part, None) if with_ways else changed


def renamed(document: Document, part: Part, key: str) -> Document:
    """With a node or ending called otherwise, and everything that speaks of it following.

    Raises NoSuchPart, and NameTaken where another one has the name.
    """
    item = _found(document, part)
    if key == part.key:
        return document
    if key in taken_names(document):
        raise NameTaken(key)
    named = {name: key if name == "id" else value for name, value in item.items()}
    changed = _with_items(
        document, part.kind, [named if each is item else each for each in items_of(document, part.kind)]
    )
    return _renamed_everywhere(changed, part, key)


def _renamed_everywhere(document: Document, part: Part, key: str | None) -> Document:
    """Every word of the old name said anew; None takes what said it away."""
    old = part.key
    changed = _with_items(
        document, "node", [_node_renamed(node, old, key) for node in items_of(document, "node")]
    )
    if part.kind == "node":
        if changed.get("early_until") == old:
            changed = _with_top(changed, ("early_until",), {"early_until": key} if key else {})
        return changed
    for name, rename in (
        ("global_end", _stops_renamed),
        ("scoring", _scoring_renamed),
        ("lenses", _lenses_renamed),
    ):
        if name in changed:
            changed = _with_top(changed, (name,), {name: rename(changed[name], old, key)})
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


# What differs


def changed_parts(before: Document, after: Document) -> tuple[Part, ...]:
    """The parts in which two documents differ, in the order of forms: top keys, then nodes, then endings.

    A changed order of nodes is the part `Part("node")`; keys no form knows are `Part("other")`.
    """
    found = [Part(kind) for kind in TOP if part_of(before, Part(kind)) != part_of(after, Part(kind))]
    for kind in LISTS:
        old, new = ids_of(before, kind), ids_of(after, kind)
        for key in dict.fromkeys([*new, *old]):
            if part_of(before, Part(kind, key)) != part_of(after, Part(kind, key)):
                found.append(Part(kind, key))
        if [key for key in old if key in new] != [key for key in new if key in old]:
            found.append(Part(kind))
    known = {key for keys in TOP.values() for key in keys} | set(LISTS.values())
    others = (before.keys() | after.keys()) - known
    if any(before.get(key) != after.get(key) for key in others):
        found.append(Part("other"))
    return tuple(found)
