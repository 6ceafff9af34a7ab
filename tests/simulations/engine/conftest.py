"""老楼新梯 as it ships, and a small scenario to bend: documents are plain values, so tests may alter them."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from simulations.engine.document import parse
from simulations.engine.scenario import Scenario

ROOT = Path(__file__).parents[3]
S1_DOCUMENT = json.loads((ROOT / "cms/demo/pack/scenarios/s1.json").read_text(encoding="utf-8"))

Document = dict[str, Any]


def _variable(init: float, lo: float = 0, hi: float = 100) -> Document:
    return {"name": "某变量（单位）", "init": init, "lo": lo, "hi": hi, "vis": True}


def _choice(key: str, to: str | None = None, **more: Any) -> Document:
    score = {"zc": 0, "sg": 0, "sz": 0, "gq": 0}
    base = {"id": key, "text": f"选项{key}", "effects": [], "score": score, "feedback": "反馈", "next": to}
    return base | more


def _ending(key: str, cond: str | None = None, factor: float = 1, cap: float = 100) -> Document:
    return {"id": key, "title": key, "cond": cond, "factor": factor, "cap": cap, "debrief": "点评"}


SMALL: Document = {
    "id": "T1",
    "title": "小情景",
    "vars": {
        "budget": _variable(2.5),
        "days": _variable(60, -999, 999),
        "sat": _variable(50),
        "trust": _variable(50),
        "comp": _variable(80),
    },
    "flags": {"done": "已做", "wrong": "做错"},
    "dims": {"zc": "政策法规", "sg": "社会工作方法", "sz": "数字技术", "gq": "共情"},
    "views": {"A_三轴": {"专业": ["zc", "sg"], "技术": ["sz"], "共情": ["gq"]}},
    "global_end": [{"cond": "days<0", "end": "LATE"}],
    "nodes": [
        {
            "id": "N01",
            "title": "起点",
            "text": "开始",
            "choices": [
                _choice("a", set=["done"], score={"zc": 3, "sg": 3, "sz": 3, "gq": 3}),
                _choice("b", effects=[{"var": "budget", "add": -3}]),
                _choice("c", cond="done"),
                _choice("d", to="N01"),
            ],
            "next": "N02",
        },
        {"id": "N02", "title": "终点", "text": "结束", "choices": [_choice("a", to="END")]},
    ],
    "endings": [_ending("GOOD", "done"), _ending("OTHER", "True", 0.5), _ending("LATE", None, 0.5, 59)],
}


@pytest.fixture(scope="session")
def s1() -> Scenario:
    return parse(S1_DOCUMENT)


@pytest.fixture
def s1_document() -> Document:
    return deepcopy(S1_DOCUMENT)


@pytest.fixture
def document() -> Document:
    return deepcopy(SMALL)
