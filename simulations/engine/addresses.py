"""From the address of a problem to the form and the field where it is put right.

The engine says `nodes[3].choices[b].effects[2].var`; a form knows its fields as `choices.1.effects.2.var`.
"""

import re

from .editing import LISTS, TOP, Document, Part, as_rows

_STEP = re.compile(r"\[([^\]]*)\]|([^.\[\]]+)")
_KEYED = ("vars", "flags")


def field_at(document: Document, where: str) -> tuple[Part, str]:
    """The part a problem belongs to and the field in it, "" where it is about the whole part.

    Places no form writes belong to the head: `Part("head")`.
    """
    steps = [listed or named for listed, named in _STEP.findall(where)]
    if not steps:
        return Part("head"), ""
    first, rest = steps[0], steps[1:]
    for kind, name in LISTS.items():
        if first == name:
            return _in_list(document, kind, rest)
    for kind, keys in TOP.items():
        if first in keys:
            return Part(kind), ".".join([first, *_placed(document, first, rest)])
    return Part("head"), first


def _in_list(document: Document, kind: str, steps: list[str]) -> tuple[Part, str]:
    items = document.get(LISTS[kind])
    if not steps or not steps[0].isdecimal() or not isinstance(items, list) or int(steps[0]) >= len(items):
        return Part(kind), ""
    item = items[int(steps[0])]
    key = item.get("id") if isinstance(item, dict) else None
    if not isinstance(key, str) or not key:
        return Part(kind), ""
    rest = steps[1:]
    if rest[:1] == ["choices"] and len(rest) > 1:
        ids = [str(choice.get("id", "")) for choice in as_rows(item.get("choices"))]
        rest = ["choices", str(ids.index(rest[1])) if rest[1] in ids else rest[1], *rest[2:]]
    return Part(kind, key), ".".join(rest)


def _placed(document: Document, first: str, steps: list[str]) -> list[str]:
    """The steps below a top key; variables and flags stand in rows, so their key becomes a number."""
    table = document.get(first)
    if first in _KEYED and steps and isinstance(table, dict) and steps[0] in table:
        return [str(list(table).index(steps[0])), *(steps[1:] or ["name"])]
    return steps
