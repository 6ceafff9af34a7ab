"""A question as a form: what `assessments/item.html` draws, and how posted data is read back.

Inputs are called `name`, or `name.part` where an answer has several parts; the JSON autosave uses the same shapes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from assessments.items import item_type
from assessments.items.checking import entry_ids
from assessments.items.choices import CIRCLED, LETTERS
from assessments.models import QuestionVersion


@dataclass(frozen=True)
class Option:
    """Something to pick. `label` is what stands before it (A, B …)."""

    id: str
    text: str
    label: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class Row:
    """One select: an entry to be given a partner, or a step to be given a place.

    A step's `label` is ①, ② … as this paper first showed them: explanations cite steps by it.
    """

    id: str
    name: str
    text: str
    options: tuple[Option, ...]
    label: str = ""


@dataclass(frozen=True)
class Box:
    """One text box. `limit` is in characters, None for no limit; going over it is allowed and shown."""

    id: str
    name: str
    label: str
    text: str
    limit: int | None

    @property
    def length(self) -> int:
        return len(self.text)


@dataclass(frozen=True)
class PresentedItem:
    """A question ready to be drawn. Exactly one of `options`, `rows` and `boxes` is filled.

    `input` is radio, checkbox, place (ordering), partner (matching) or text. No part of it comes from the key.
    """

    type: str
    title: str
    stem: str
    input: str
    name: str
    disabled: bool
    options: tuple[Option, ...] = ()
    rows: tuple[Row, ...] = ()
    boxes: tuple[Box, ...] = ()


INPUTS = {
    "single": "radio",
    "true_false": "radio",
    "multiple": "checkbox",
    "ordering": "place",
    "matching": "partner",
}


def present_item(
    version: QuestionVersion,
    *,
    order: Sequence[str],
    response: Any = None,
    name: str = "answer",
    disabled: bool = False,
) -> PresentedItem:
    """The question with its options in this order and this response filled in.

    `response` is a cleaned one, or what was posted and refused. Reads `type` and `body` only.
    """
    kind = item_type(version.type)
    data = kind.present(version.body, order)
    parts: dict[str, Any]
    if "right" in data:
        parts = {"rows": _partners(data, response, name)}
    elif version.type == "ordering":
        parts = {"rows": _places(data["options"], response, name)}
    elif "options" in data:
        parts = {"options": _options(data["options"], response)}
    else:
        parts = {"boxes": _boxes(data, response, name)}
    return PresentedItem(
        type=version.type,
        title=gettext(kind.title),
        stem=data["stem"],
        input=INPUTS.get(version.type, "text"),
        name=name,
        disabled=disabled,
        **parts,
    )


def stored_order(version: QuestionVersion) -> list[str]:
    """The options as the author wrote them: for the author's own pages."""
    return entry_ids(version.body.get("right", version.body.get("options")))


def posted_response(data: QueryDict, name: str = "answer") -> Any:
    """What a form posted for the item called `name`, in the shape the item types clean; None for nothing."""
    prefix = f"{name}."
    parts = {field.removeprefix(prefix): data[field] for field in data if field.startswith(prefix)}
    return parts or data.getlist(name) or None


def _options(options: Sequence[Mapping[str, str]], response: Any) -> tuple[Option, ...]:
    chosen = {response} if isinstance(response, str) else set(response or ())
    return tuple(
        Option(each["id"], each["text"], label, each["id"] in chosen)
        for label, each in zip(LETTERS, options, strict=False)
    )


def _partners(data: Mapping[str, Any], response: Any, name: str) -> tuple[Row, ...]:
    pairs = response if isinstance(response, Mapping) else {}
    return tuple(
        Row(
            left["id"],
            f"{name}.{left['id']}",
            left["text"],
            tuple(
                Option(right["id"], right["text"], label, pairs.get(left["id"]) == right["id"])
                for label, right in zip(LETTERS, data["right"], strict=False)
            ),
        )
        for left in data["left"]
    )


def _places(steps: Sequence[Mapping[str, str]], response: Any, name: str) -> tuple[Row, ...]:
    """The steps as the candidate has ordered them, else in the paper's order; each with its place, or none."""
    labels = {step["id"]: label for step, label in zip(steps, CIRCLED, strict=False)}
    places: dict[str, str] = {}
    if isinstance(response, Mapping):
        places = {each: str(place) for each, place in response.items()}
    elif sorted(response or ()) == sorted(step["id"] for step in steps):
        places = {each: str(place) for place, each in enumerate(response, start=1)}
        steps = sorted(steps, key=lambda step: int(places[step["id"]]))
    numbers = [str(number) for number in range(1, len(steps) + 1)]
    return tuple(
        Row(
            step["id"],
            f"{name}.{step['id']}",
            step["text"],
            tuple(Option(number, number, "", places.get(step["id"]) == number) for number in numbers),
            labels.get(step["id"], ""),
        )
        for step in steps
    )


def _boxes(data: Mapping[str, Any], response: Any, name: str) -> tuple[Box, ...]:
    if "parts" not in data:
        text = response[0] if isinstance(response, list) and response else response
        return (Box("text", name, "", text if isinstance(text, str) else "", data["max_chars"]),)
    texts = response if isinstance(response, Mapping) else {}
    return tuple(
        Box(part["id"], f"{name}.{part['id']}", part["label"], texts.get(part["id"], ""), part["max_chars"])
        for part in data["parts"]
    )
