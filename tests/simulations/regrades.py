"""A scenario of two steps, corrected versions of it, and regrades of its runs in every stage."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from typing import Any

from people.models import Person, Role
from simulations.drafts import store_draft
from simulations.models import Playthrough, RunRegrade, ScenarioVersion
from simulations.playing import choose, start_playthrough
from simulations.regrading.advancing import advance_regrade
from simulations.regrading.deciding import approve_regrade
from simulations.regrading.drafting import draft_regrade, propose_regrade, try_regrade
from simulations.releasing import release_scenario
from tests.factories import make_person

Document = dict[str, Any]

REASON = "第一步的计分有误，已经更正"


def _variable(init: float, lo: float = 0, hi: float = 100) -> Document:
    return {"name": "某变量", "init": init, "lo": lo, "hi": hi, "vis": True}


def _choice(key: str, points: int, **more: Any) -> Document:
    score = dict.fromkeys(("zc", "sg", "sz", "gq"), points)
    base = {"id": key, "text": f"选项{key}", "effects": [], "score": score, "feedback": "反馈", "next": None}
    return base | more


def _ending(key: str, cond: str | None, factor: float) -> Document:
    return {"id": key, "title": key, "cond": cond, "factor": factor, "cap": 100, "debrief": "点评"}


SMALL: Document = {
    "id": "SMALL",
    "title": "小推演",
    "minutes": 10,
    "hours": 2,
    "vars": {
        "budget": _variable(2.5),
        "days": _variable(60, -999, 999),
        "sat": _variable(80),
        "trust": _variable(80),
        "comp": _variable(90),
    },
    "flags": {"done": "已做"},
    "dims": {"zc": "政策法规", "sg": "社会工作方法", "sz": "数字技术", "gq": "共情与心理疏导"},
    "views": {
        "A_种子一(专业/技术/共情)": {
            "专业能力": ["zc", "sg"],
            "技术能力": ["sz"],
            "共情能力": ["gq"],
        }
    },
    "nodes": [
        {
            "id": "N1",
            "title": "起点",
            "text": "开始",
            "choices": [_choice("a", 3, set=["done"]), _choice("b", 0), _choice("c", 1, cond="done")],
            "next": "N2",
        },
        {
            "id": "N2",
            "title": "终点",
            "text": "结束",
            "choices": [_choice("a", 3, next="END"), _choice("b", 0, next="END")],
        },
    ],
    "endings": [_ending("GOOD", "done", 1), _ending("BAD", "True", 0.5)],
    "scoring": {
        "base": "0.6*comp+0.4*time",
        "process": "mean(view dims)",
        "result": "(sat+trust)/2*factor",
        "total": "min(cap,0.3*base+0.3*process+0.4*result)",
        "pass_total": 60,
        "pass_dim": 50,
        "fail_endings": ["BAD"],
    },
}
"""With a first, whoever passes does; b first ends badly and fails."""


def swapped() -> Document:
    """What was right and wrong at the first step changes places: passes become fails and the other way round."""
    document = deepcopy(SMALL)
    first, second = document["nodes"][0]["choices"][:2]
    first["score"], second["score"] = second["score"], first["score"]
    second["set"] = first.pop("set")
    return document


def with_obstacle() -> Document:
    """The second step of whoever began with b is another one now: their choices cannot be made."""
    document = deepcopy(SMALL)
    document["nodes"].append({**deepcopy(document["nodes"][1]), "id": "N3"})
    document["nodes"][0]["choices"][1]["next"] = "N3"
    return document


def reworded() -> Document:
    """Other words, the same outcomes."""
    document = deepcopy(SMALL)
    document["nodes"][0]["text"] = "开始：换了说法"
    return document


def release(document: Document, now: datetime) -> ScenarioVersion:
    return release_scenario(draft=store_draft(document=document, by=None, now=now), by=None, now=now)


def make_run(path: str, now: datetime, *, person: Person | None = None) -> Playthrough:
    """A run of SMALL by somebody new: "ab" chooses a, then b."""
    run = start_playthrough(person=person or make_person(), scenario_key="SMALL", now=now)
    for choice in path:
        node = "N1" if not run.steps.exists() else "N2"
        run = choose(playthrough=run, node=node, choice=choice, now=now)
    return run


def make_author() -> Person:
    return make_person(roles=(Role.AUTHOR,))


def make_tried(
    played: ScenarioVersion, corrected: ScenarioVersion, *, now: datetime, by: Person | None = None
) -> RunRegrade:
    by = by or make_author()
    regrade = draft_regrade(played=played, corrected=corrected, reason=REASON, by=by, now=now)
    return advance_regrade(regrade=try_regrade(regrade=regrade, by=by, now=now), clock=lambda: now)


def make_proposed(played: ScenarioVersion, corrected: ScenarioVersion, *, now: datetime) -> RunRegrade:
    regrade = make_tried(played, corrected, now=now)
    return propose_regrade(regrade=regrade, by=regrade.proposed_by, now=now)


def make_approved(played: ScenarioVersion, corrected: ScenarioVersion, *, now: datetime) -> RunRegrade:
    regrade = make_proposed(played, corrected, now=now)
    return approve_regrade(regrade=regrade, by=make_author(), now=now)


def make_done(played: ScenarioVersion, corrected: ScenarioVersion, *, now: datetime) -> RunRegrade:
    regrade = make_approved(played, corrected, now=now)
    return advance_regrade(regrade=regrade, clock=lambda: now)
