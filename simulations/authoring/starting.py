"""A scenario from nothing: the smallest one that has everything a scenario needs."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from competencies.framework import leaf_titles, views
from core.errors import Refusal
from people.models import Person
from simulations.authoring.editing import check_author
from simulations.drafts import new_draft
from simulations.engine.editing import Document
from simulations.models import KEY_LENGTH, ScenarioDraft

START_VIEW = "A@1"
_KEY = re.compile(r"[A-Za-z0-9_-]+\Z")


def begin_draft(*, title: str, key: str, by: Person | None, now: datetime) -> ScenarioDraft:
    """A new draft with one situation and two endings.

    Raises Refusal "key" for a key that is none, "taken" for one that has a draft already, NotAllowed.
    """
    check_author(by, now)
    if not _KEY.match(key) or len(key) > KEY_LENGTH:
        raise Refusal(_("A key is made of Latin letters, digits, - and _."), code="key")
    with transaction.atomic():
        if ScenarioDraft.objects.filter(key=key).exists():
            raise Refusal(
                _("There is a scenario with this key already. Open it, or choose another key."), code="taken"
            )
        return new_draft(key=key, document=start_document(key=key, title=title), by=by, now=now)


def start_document(*, key: str, title: str) -> Document:
    """What a new scenario says: how it is judged is settled, its story is still to be written."""
    view = views()[START_VIEW]
    titles = leaf_titles()
    leaves = [leaf for axis in view.axes for leaf in axis.leaves]
    return {
        "id": key,
        "title": title,
        "version": "0.1",
        "lang": "zh-CN",
        "vars": {
            "comp": _variable("合规度", 70, 0, 100),
            "days": _variable("剩余天数", 30, -999, 999),
            "sat": _variable("居民满意度", 50, 0, 100),
            "trust": _variable("居民信任", 50, 0, 100),
        },
        "flags": {},
        "dims": {leaf: titles[leaf] for leaf in leaves},
        "views": {f"{view.key}_{view.title}": {axis.title: list(axis.leaves) for axis in view.axes}},
        "resources": [],
        "stakeholders": [],
        "global_end": [],
        "scoring": {
            "view": view.key,
            "roles": {
                "compliance": "comp",
                "time": "days",
                "time_in_hand": 10,
                "outcome": ["sat", "trust"],
            },
            "pass_total": 60,
            "pass_dim": 50,
            "fail_endings": ["E2"],
        },
        "nodes": [
            {
                "id": "N01",
                "title": "开头",
                "stage": "",
                "text": "",
                "enter": [],
                "choices": [new_choice("a"), new_choice("b")],
                "next": [{"cond": None, "to": "END"}],
            }
        ],
        "endings": [
            {"id": "E1", "title": "办成了", "cond": "comp >= 60", "factor": 1, "cap": 100, "debrief": ""},
            {"id": "E2", "title": "没办成", "cond": "True", "factor": 0.5, "cap": 59, "debrief": ""},
        ],
    }


def new_node(key: str) -> dict[str, Any]:
    """A situation still to be written."""
    return {
        "id": key, "title": "", "stage": "", "text": "", "enter": [],
        "choices": [new_choice("a"), new_choice("b")], "next": [],
    }  # fmt: skip


def new_choice(key: str) -> dict[str, Any]:
    """A choice still to be written."""
    return {
        "id": key,
        "text": "",
        "cond": None,
        "effects": [],
        "score": {},
        "feedback": "",
        "set": [],
        "clear": [],
    }


def new_ending(key: str) -> dict[str, Any]:
    """An ending still to be written: it counts fully and is reached where a way leads to it."""
    return {"id": key, "title": "", "cond": None, "factor": 1, "cap": 100, "debrief": ""}


def _variable(name: str, init: int, lo: int, hi: int) -> dict[str, Any]:
    return {"name": name, "init": init, "lo": lo, "hi": hi, "vis": True}
