"""The shape of a scenario document as JSON Schema (2020-12), for editors and for whoever writes scenarios elsewhere.

It says what can be said without knowing names: keys, types, ranges, lengths. That names exist, conditions are
readable and every way ends is for `document.parse` alone. Published as docs/scenario.schema.json:

    .venv/bin/python -m simulations.engine.schema > docs/scenario.schema.json
"""

import json
from collections.abc import Sequence
from typing import Any

from .grammar import MAX_LENGTH, RESERVED
from .marks import FORMULAS
from .nodes import MOST_POINTS
from .reading import MAX_ENTRIES, MAX_TEXT
from .vocabulary import LEAVES

Schema = dict[str, Any]

ADDRESS = "https://qinglan.example/schemas/scenario.schema.json"
NAME = r"^[A-Za-z][A-Za-z0-9_]{0,39}$"
KEY = r"^[A-Za-z0-9_-]{1,80}$"
CITE = r"^(clause|list):[a-z0-9][a-z0-9-]{0,63}$"
TARGET = {
    "$ref": "#/$defs/name",
    "description": "id of a node or an ending, or END: the first ending whose cond holds",
}


def document_schema() -> Schema:
    """The whole schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ADDRESS,
        "title": "Qinglan scenario",
        "description": "A branching rehearsal with resources, hidden consequences and several endings. Schema 1.",
        "type": "object",
        "required": ["id", "title", "vars", "dims", "views", "nodes", "endings"],
        "properties": _head() | _world() | _story() | _judging() | _pack(),
        "$defs": _definitions(),
    }


def _table(required: Sequence[str], properties: Schema, **more: Any) -> Schema:
    """An object in which a misspelt key is an error, as it is for the reader."""
    shape: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return shape | ({"required": list(required)} if required else {}) | more


def _list(items: Schema, **more: Any) -> Schema:
    return {"type": ["array", "null"], "items": items, "maxItems": MAX_ENTRIES} | more


def _by_key(values: Schema, **more: Any) -> Schema:
    return {"type": "object", "additionalProperties": values, "maxProperties": MAX_ENTRIES} | more


def _ref(name: str, description: str = "") -> Schema:
    return {"$ref": f"#/$defs/{name}"} | ({"description": description} if description else {})


def _number(low: float, high: float, *, nullable: bool = False, whole: bool = False) -> Schema:
    kind = "integer" if whole else "number"
    return {"type": [kind, "null"] if nullable else kind, "minimum": low, "maximum": high}


def _definitions() -> Schema:
    return {
        "text": {"type": "string", "minLength": 1, "maxLength": MAX_TEXT},
        "words": {"type": ["string", "null"], "maxLength": MAX_TEXT},
        "name": {"type": "string", "pattern": NAME},
        "amount": _number(-1e6, 1e6) | {"description": "at most two decimals"},
        "condition": {
            "type": ["string", "null"],
            "minLength": 1,
            "maxLength": MAX_LENGTH,
            "description": "such as trust<=8 and not survey; null holds always",
        },
        "target": TARGET,
        "routes": {
            "anyOf": [
                _ref("target"),
                _list(_table(["to"], {"cond": _ref("condition"), "to": _ref("target")})),
            ],
            "description": "where it leads: one target, or several in order, the first whose cond holds",
        },
        "effects": _list(
            _table(
                ["var", "add"], {"var": _ref("name"), "add": _number(-1e6, 1e6), "cond": _ref("condition")}
            )
        ),
        "cites": _list({"type": "string", "pattern": CITE}),
        "seen": _by_key(
            _ref("text"), type=["object", "null"], description="by seat: the same moment from there"
        ),
        "choice": _choice(),
        "node": _node(),
        "ending": _ending(),
    }


def _choice() -> Schema:
    points = {key: _number(0, MOST_POINTS, nullable=True, whole=True) for key in sorted(LEAVES)}
    return _table(
        ["id", "text", "score"],
        {
            "id": _ref("name"),
            "text": _ref("text"),
            "cond": _ref("condition", "what must hold for it to be open"),
            "effects": _ref("effects"),
            "score": _table([], points, description="points by dimension, 0 where it is not named"),
            "feedback": _ref("words"),
            "set": _list(_ref("name"), description="flags it raises"),
            "clear": _list(_ref("name"), description="flags it lowers"),
            "next": _ref("routes"),
            "cites": _ref("cites"),
            "seen": _ref("seen"),
        },
    )


def _node() -> Schema:
    return _table(
        ["id", "title", "text", "choices"],
        {
            "id": _ref("name"),
            "title": _ref("text"),
            "stage": _ref("words"),
            "text": _ref("text"),
            "enter": _ref("effects", "what changes on coming here"),
            "choices": _list(_ref("choice"), type="array", minItems=1),
            "next": _ref(
                "routes", "the way of choices that have none of their own, or whose own conditions fail"
            ),
            "cites": _ref("cites"),
            "seen": _ref("seen"),
        },
    )


def _ending() -> Schema:
    return _table(
        ["id", "title", "factor", "cap", "debrief"],
        {
            "id": _ref("name"),
            "title": _ref("text"),
            "cond": _ref("condition", "for END; null: only a way or a stop leads here"),
            "factor": _number(0, 1) | {"description": "of the outcome in the total"},
            "cap": _number(0, 100) | {"description": "the most the total can be"},
            "debrief": _ref("text"),
            "debrief_early": _ref("words", "spoken instead before early_until is reached"),
            "seen": _ref("seen"),
        },
    )


def _head() -> Schema:
    return {
        "id": {"type": "string", "pattern": KEY},
        "title": _ref("text"),
        "version": _ref("words"),
        "lang": _ref("words"),
        "minutes": _number(1, 600, nullable=True, whole=True) | {"description": "usual length of a run"},
        "hours": _number(0, 99, nullable=True) | {"description": "学时 credited for passing"},
    }


def _world() -> Schema:
    names = {"pattern": NAME, "not": {"enum": sorted(RESERVED)}}
    bounds = {key: _ref("amount") for key in ("init", "lo", "hi")}
    variable = _table(
        ["name", "init", "lo", "hi"],
        {"name": _ref("text"), **bounds, "vis": {"type": ["boolean", "null"]}, "note": _ref("words")},
    )
    person = {"name": _ref("text"), "role": _ref("text"), "stance": _ref("words")}
    seat = {"key": _ref("name"), "name": _ref("text"), "intro": _ref("text")}
    return {
        "vars": _by_key(
            variable, propertyNames=names, description="what changes; vis false hides it in play"
        ),
        "resources": _list(_ref("name"), description="variables no choice may take more of than is left"),
        "flags": _by_key(
            _ref("text"), type=["object", "null"], propertyNames=names, description="what has happened"
        ),
        "dims": _by_key(
            _ref("text"), propertyNames={"enum": sorted(LEAVES)}, description="scored competencies"
        ),
        "views": _by_key(_by_key(_list({"enum": sorted(LEAVES)}, type="array", minItems=1), minProperties=1)),
        "stakeholders": _list({"type": "object", "properties": person, "required": ["name", "role"]}),
        "seats": _list(_table(["key", "name", "intro"], seat)),
    }


def _story() -> Schema:
    stop = {"cond": _ref("condition"), "end": _ref("name")}
    return {
        "global_end": _list(_table(["cond", "end"], stop), description="endings that strike anywhere"),
        "nodes": _list(
            _ref("node"), type="array", minItems=1, description="the first is where a play begins"
        ),
        "endings": _list(
            _ref("ending"), type="array", minItems=1, description="END takes the first that holds"
        ),
        "early_until": {"type": ["string", "null"], "pattern": NAME},
    }


def _judging() -> Schema:
    lens = _table(
        ["key", "name"],
        {
            "key": _ref("name"),
            "name": _ref("text"),
            "weights": _by_key(_number(-10, 10, nullable=True, whole=True), type=["object", "null"]),
            "ending_weight": _number(0, 10, nullable=True, whole=True),
            "endings": _by_key(_number(0, 100, nullable=True, whole=True), type=["object", "null"]),
        },
    )
    roles = _table(
        ["compliance", "outcome"],
        {
            "compliance": _ref("name"),
            "time": {"type": ["string", "null"]},
            "time_in_hand": _number(0.01, 1e6, nullable=True),
            "outcome": _list(_ref("name"), type="array", minItems=1),
        },
    )
    scoring = {
        **{
            part: {"type": ["string", "null"], "description": f"if given: {said}"}
            for part, said in FORMULAS.items()
        },
        "view": _ref("words", "key of the view that judges, before the first underscore of its name"),
        "roles": roles | {"type": ["object", "null"]},
        "pass_total": _number(0, 100, nullable=True),
        "pass_dim": _number(0, 100, nullable=True),
        "fail_endings": _list(_ref("name")),
        "e3_requires_any": _list(_ref("name")),
        "requires_any": _by_key(_list(_ref("name")), type=["object", "null"]),
    }
    return {"scoring": {"type": ["object", "null"], "properties": scoring}, "lenses": _list(lens)}


def _pack() -> Schema:
    return {
        "chain": _ref("words", "key of a policy chain of the library"),
        "guide": {"type": ["object", "null"], "description": "for whoever leads a group"},
        "sources": {
            "type": ["array", "null"],
            "items": {"type": "object"},
            "description": "what claims rest on",
        },
    }


if __name__ == "__main__":
    print(json.dumps(document_schema(), ensure_ascii=False, indent=2))
