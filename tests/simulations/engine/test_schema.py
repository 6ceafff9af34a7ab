"""The published schema says what the reader takes, as far as a schema can."""

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from simulations.engine.document import ScenarioInvalid, parse
from simulations.engine.schema import document_schema
from tests.simulations.engine.conftest import SMALL
from tests.simulations.engine.test_document import put

ROOT = Path(__file__).parents[3]
SCENARIOS = sorted((ROOT / "cms/demo/pack/scenarios").glob("s?.json"))
SCHEMA = document_schema()
KINDS: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "number": (int, float),
    "integer": int,
}  # fmt: skip


def faults(value: Any, schema: dict[str, Any] = SCHEMA, where: str = "") -> list[str]:
    """Where a value breaks the schema: the words of JSON Schema that ours uses, no others."""
    known = {
        "$schema", "$id", "$defs", "title", "description", "type", "properties", "required", "additionalProperties",
        "propertyNames", "items", "minItems", "maxItems", "minProperties", "maxProperties", "minLength", "maxLength",
        "pattern", "minimum", "maximum", "enum", "not", "anyOf", "$ref",
    }  # fmt: skip
    assert schema.keys() <= known
    found = []
    if "$ref" in schema:
        found += faults(value, SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")], where)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if kinds and not any(
        isinstance(value, KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))
        for kind in kinds
    ):
        return [*found, where]
    if isinstance(value, str):
        long_enough = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**9)
        found += [] if long_enough and re.search(schema.get("pattern", ""), value) else [where]
    if is_number and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        found.append(where)
    if "enum" in schema and value not in schema["enum"]:
        found.append(where)
    if "not" in schema and not faults(value, schema["not"], where):
        found.append(where)
    if "anyOf" in schema and all(faults(value, each, where) for each in schema["anyOf"]):
        found.append(where)
    if isinstance(value, list):
        found += [] if schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 10**9) else [where]
        for place, item in enumerate(value):
            found += faults(item, schema.get("items", {}), f"{where}.{place}")
    if isinstance(value, dict):
        found += _of_table(value, schema, where)
    return found


def _of_table(value: dict[str, Any], schema: dict[str, Any], where: str) -> list[str]:
    found = [f"{where}.{key}" for key in schema.get("required", ()) if key not in value]
    if not schema.get("minProperties", 0) <= len(value) <= schema.get("maxProperties", 10**9):
        found.append(where)
    for key, item in value.items():
        found += faults(key, schema.get("propertyNames", {}), f"{where}.{key}")
        others = schema.get("additionalProperties", True)
        if key in schema.get("properties", {}):
            found += faults(item, schema["properties"][key], f"{where}.{key}")
        elif others is False:
            found.append(f"{where}.{key}")
        elif others is not True:
            found += faults(item, others, f"{where}.{key}")
    return found


def test_published_schema_is_the_generated_one() -> None:
    """Renew it with: .venv/bin/python -m simulations.engine.schema > docs/scenario.schema.json"""
    published = (ROOT / "docs/scenario.schema.json").read_text(encoding="utf-8")
    assert published == json.dumps(SCHEMA, ensure_ascii=False, indent=2) + "\n"


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.name)
def test_shipped_scenario_obeys_it(file: Path) -> None:
    assert faults(json.loads(file.read_text(encoding="utf-8"))) == []


def test_small_document_obeys_it(document: Any) -> None:
    assert faults(document) == []


MUTATIONS: list[tuple[str, Any]] = [
    ("id", ...), ("title", 7), ("title", ""), ("vars", []), ("vars.sat.hi", "100"), ("vars.sat.vis", "yes"),
    ("vars.sat.lo", 1e12), ("vars.sat.low", 1), ("vars.END", SMALL["vars"]["sat"]), ("vars.9x", SMALL["vars"]["sat"]),
    ("flags.not", "重名"), ("flags.done", ""), ("dims.xx", "未知"), ("views.A_三轴.专业", []),
    ("views.A_三轴.专业", ["xx"]), ("global_end.0.cond", ...), ("global_end.0.and", 1), ("nodes", {}), ("nodes", []),
    ("nodes.1", 5), ("nodes.1.id", "N 2"), ("nodes.0.txt", "x"), ("nodes.0.next", 5), ("nodes.1.choices", []),
    ("nodes.0.next", [{"cond": None}]), ("nodes.0.enter", [{"var": "sat"}]), ("nodes.0.choices.1.text", ""),
    ("nodes.0.choices.1.cond", 5), ("nodes.0.choices.1.cond", ""), ("nodes.0.choices.1.cond", "x" * 2001),
    ("nodes.0.choices.1.effects.0.add", "-3"), ("nodes.0.choices.1.effects.0.con", "done"),
    ("nodes.0.choices.1.score", ...), ("nodes.0.choices.1.score.zc", 4), ("nodes.0.choices.1.score.zc", 1.5),
    ("nodes.0.choices.1.score.xx", 1), ("nodes.0.choices.1.clear", "done"), ("nodes.0.choices.1.cites", ["law:x"]),
    ("nodes.0.choices.1.nxt", "N02"), ("endings.1.factor", 1.2), ("endings.0.cap", 101), ("endings.0.debrief", None),
    ("endings", []), ("endings.0.titel", "x"), ("scoring", {"pass_total": 101}), ("scoring", {"fail_endings": "E1"}),
    ("scoring", {"roles": {"compliance": "comp", "outcome": []}}), ("scoring", {"roles": {"time": "days"}}),
    ("lenses", [{"key": "a", "name": "甲", "ending_weight": 11}]), ("seats", [{"key": "a", "name": "甲"}]),
    ("stakeholders", [{"name": "甲"}]), ("minutes", 0), ("hours", 100),
]  # fmt: skip


@pytest.mark.parametrize(("address", "value"), MUTATIONS, ids=lambda part: str(part)[:40])
def test_what_breaks_the_schema_breaks_the_reader(document: Any, address: str, value: Any) -> None:
    bent = put(deepcopy(document), address, value)
    assert faults(bent)
    if address not in ("minutes", "hours"):  # read where documents are stored
        with pytest.raises(ScenarioInvalid):
            parse(bent)


LOOSE: list[tuple[str, Any]] = [
    ("flags", None), ("stakeholders", None), ("nodes.0.stage", None), ("nodes.0.choices.1.effects", None),
    ("nodes.0.choices.1.feedback", None), ("nodes.0.choices.1.score", {}), ("scoring", None), ("lenses", None),
    ("nodes.0.choices.1.next", None), ("endings.0.debrief_early", None),
    ("global_end", None), ("version", None), ("x_own", {"anything": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("address", "value"), LOOSE, ids=lambda part: str(part)[:40])
def test_what_the_reader_lets_pass_the_schema_lets_pass(document: Any, address: str, value: Any) -> None:
    if address == "flags":
        document = json.loads(json.dumps(document).replace('"done"', '"wrong"'))
        address, value = "flags", {"wrong": "做错"}
    bent = put(document, address, value)
    assert faults(bent) == []
    parse(bent)
