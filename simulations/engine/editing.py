"""Changing scenario documents piece by piece: plain values in, new plain values out, nothing else touched.

A document may be unfinished or wrong anywhere; whatever is not the piece that changes stays as it is, down to the
order of its keys. A `Part` is what one form writes: a node, an ending, or some keys at the top.
"""

from collections.abc import Mapping
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
        return with_top(document, TOP[part.kind], value)
    if part_of(document, part) is None:
        raise NoSuchPart(part.key)
    return with_items(document, part.kind, [dict(value) if item.get("id") == part.key else item
                                             for item in items_of(document, part.kind)])  # fmt: skip


def with_top(document: Document, keys: tuple[str, ...], value: Mapping[str, Any]) -> Document:
    """The document with these keys as `value` has them; those it has not are taken out."""
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


def with_items(document: Document, kind: str, items: list[dict[str, Any]]) -> Document:
    """The document with these nodes or endings."""
    return with_top(document, (LISTS[kind],), {LISTS[kind]: items})


def added(document: Document, kind: str, item: Mapping[str, Any], *, after: str = "") -> Document:
    """With one more node or ending, behind the one named `after` or last. Raises NameTaken."""
    if item.get("id") in taken_names(document):
        raise NameTaken(item.get("id"))
    items = items_of(document, kind)
    ids = [each.get("id") for each in items]
    at = ids.index(after) + 1 if after in ids else len(items)
    return with_items(document, kind, [*items[:at], dict(item), *items[at:]])


def added_behind(document: Document, node: Mapping[str, Any], *, after: str) -> Document:
    """With one more node behind `after`, on the way: `after` leads to it, and it leads where `after` led.

    Only where `is_plain` says so; else it stands behind and no way leads to it. Raises NameTaken.
    """
    changed = added(document, "node", node, after=after)
    before = part_of(changed, Part("node", after))
    if before is None or not is_plain(document, after):
        return changed
    name, led = str(node["id"]), before.get("next")
    to = [{"cond": None, "to": name}] if isinstance(led, list) else name
    changed = with_part(changed, Part("node", after), before | {"next": to})
    return with_part(changed, Part("node", name), {**node, "next": led}) if led else changed


def is_plain(document: Document, key: str) -> bool:
    """Whether a node leads on by one way of its own without a condition, or nowhere, and some choice follows it."""
    node = part_of(document, Part("node", key)) or {}
    led = node.get("next")
    if isinstance(led, list) and led:
        plain = len(led) == 1 and isinstance(led[0], dict) and not led[0].get("cond") and led[0].get("to")
    else:
        plain = not led or isinstance(led, str)
    return bool(plain) and any(not choice.get("next") for choice in as_rows(node.get("choices")))


def copied(document: Document, part: Part, key: str) -> Document:
    """With a copy of a node or ending behind it, called `key`. Raises NoSuchPart, NameTaken."""
    return added(document, part.kind, present(document, part) | {"id": key}, after=part.key)


def moved(document: Document, part: Part, by: int) -> Document:
    """With a node or ending that many places further down (or up), as far as the list goes. Raises NoSuchPart."""
    items, item = items_of(document, part.kind), present(document, part)
    at = items.index(item)
    rest = [each for each in items if each is not item]
    to = max(0, min(at + by, len(rest)))
    return with_items(document, part.kind, [*rest[:to], item, *rest[to:]])


def present(document: Document, part: Part) -> dict[str, Any]:
    """The node or ending. Raises NoSuchPart."""
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
