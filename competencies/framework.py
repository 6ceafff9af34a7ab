"""The leaf competencies and the versioned views of them, read from `data/framework.json`.

Evidence is stored on leaves only. A view is a named cut through the leaves; a new view or version never rewrites
history, and a certificate binds one view version by its reference, such as "A@1".
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.hashing import content_hash

FRAMEWORK_FILE = Path(__file__).parent / "data" / "framework.json"
RADAR_VIEW = "R@1"


@dataclass(frozen=True)
class Axis:
    """One axis of a view: the mean of its leaves."""

    key: str
    title: str
    leaves: tuple[str, ...]


@dataclass(frozen=True)
class View:
    """A versioned mapping of leaves to axes."""

    key: str
    version: int
    title: str
    axes: tuple[Axis, ...]
    content_hash: str

    @property
    def ref(self) -> str:
        """The stable reference, such as "A@1"."""
        return f"{self.key}@{self.version}"

    @property
    def left_out(self) -> tuple[str, ...]:
        """Leaves that no axis of this view covers: shown as 未纳入, never hidden."""
        covered = {leaf for axis in self.axes for leaf in axis.leaves}
        return tuple(leaf for leaf in leaf_titles() if leaf not in covered)


@cache
def leaf_titles() -> dict[str, str]:
    """Leaf key → Chinese title, in the framework's order."""
    return {leaf["key"]: leaf["title"] for leaf in _data()["leaves"]}


@cache
def views() -> dict[str, View]:
    """Every view version by its reference."""
    found = (_parse(item) for item in _data()["views"])
    return {view.ref: view for view in found}


def view(ref: str) -> View:
    """The view version behind a reference such as "A@1". Raises KeyError for an unknown one."""
    return views()[ref]


@cache
def _data() -> dict[str, list[dict]]:
    data: dict[str, list[dict]] = json.loads(FRAMEWORK_FILE.read_text(encoding="utf-8"))
    return data


def _parse(item: dict) -> View:
    axes = tuple(Axis(a["key"], a["title"], tuple(a["leaves"])) for a in item["axes"])
    return View(item["key"], item["version"], item["title"], axes, content_hash(item))
