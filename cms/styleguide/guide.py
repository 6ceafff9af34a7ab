"""Reading the guide: groups of components with their states, from the YAML files beside this module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from cms.styleguide.samples import MAKERS

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Specimen:
    """One state of a component, drawn; `part` is the data-state of what it stands in, where it needs one."""

    title: str
    html: SafeString
    part: str


@dataclass(frozen=True)
class Entry:
    """A component or a pattern of plain classes: when to use it, its parameters by name, its states.

    `frame` holds how the guide lays the specimens out: row, grid, card, form, wide, plain, legend.
    """

    anchor: str
    name: str
    template: str
    when: str
    parameters: tuple[tuple[str, str], ...]
    specimens: tuple[Specimen, ...]
    frame: Mapping[str, Any]


@dataclass(frozen=True)
class Group:
    """A part of the guide."""

    key: str
    title: str
    about: str
    entries: tuple[Entry, ...]


@cache
def words() -> Mapping[str, Any]:
    """What the page itself says."""
    return _read(DATA / "00-guide.yaml")


def groups(request: HttpRequest) -> Iterator[Group]:
    """Every group in the order of the files, its specimens drawn for this request."""
    for path in _files():
        group = _read(path)
        entries = tuple(_entry(item, number, request) for number, item in enumerate(group["components"]))
        yield Group(group["key"], group["title"], group["about"], entries)


def documented() -> dict[str, tuple[str, ...]]:
    """Component name → names of its parameters, as the guide explains them."""
    return {
        item["name"]: tuple(item["parameters"])
        for path in _files()
        for item in _read(path)["components"]
        if "pattern" not in item
    }


def _files() -> list[Path]:
    return sorted(DATA.glob("*.yaml"))[1:]


@cache
def _read(path: Path) -> Mapping[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _entry(item: Mapping[str, Any], number: int, request: HttpRequest) -> Entry:
    pattern = item.get("pattern")
    template = f"styleguide/patterns/{pattern}.html" if pattern else f"components/{item['name']}.html"
    return Entry(
        anchor=f"{pattern}-{number}" if pattern else item["name"],
        name=item["name"],
        template=template,
        when=item["when"],
        parameters=tuple(item.get("parameters", {}).items()),
        specimens=tuple(_specimen(template, state, request) for state in item["states"]),
        frame={
            key: item[key]
            for key in ("row", "grid", "card", "form", "wide", "plain", "legend")
            if key in item
        },
    )


def _specimen(template: str, state: Mapping[str, Any], request: HttpRequest) -> Specimen:
    context = MAKERS[state["make"]](state["of"]) if "make" in state else state.get("with", {})
    return Specimen(
        state.get("title", ""), render_to_string(template, context, request), state.get("part", "")
    )
