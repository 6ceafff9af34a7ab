"""A question as a form: what a type's template draws. Pure data, and no part of it comes from the key.

Inputs are called `name`, or `name.part` where an answer has several parts; the JSON autosave uses the same shapes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.items.spots import Spot

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


@dataclass(frozen=True)
class Option:
    """Something to pick. `label` is what stands before it (A, B …)."""

    id: str
    text: str
    label: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class Row:
    """One select: an entry to be given a partner, a step to be given a place, a gap to be filled from a list.

    A step's `label` is ①, ② … as this paper first showed them: explanations cite steps by it.
    """

    id: str
    name: str
    text: str
    options: tuple[Option, ...]
    label: str = ""


@dataclass(frozen=True)
class Box:
    """One text box. `limit` is in characters, None for no limit; going over it is allowed and shown. `unit` follows."""

    id: str
    name: str
    label: str
    text: str
    limit: int | None = None
    unit: str = ""

    @property
    def length(self) -> int:
        return len(self.text)

    @property
    def over(self) -> int:
        """By how many characters it goes over its limit."""
        return 0 if self.limit is None else max(0, self.length - self.limit)


@dataclass(frozen=True)
class Drawing:
    """A picture with areas to choose from; `most` is how many may be chosen, None for any number."""

    file: str
    alt: str
    width: int
    height: int
    spots: tuple[Spot, ...]
    most: int | None


@dataclass(frozen=True)
class HandedIn:
    """A file of the answer: `value` is what the response calls it."""

    sha256: str
    name: str

    @property
    def value(self) -> str:
        return f"{self.sha256}/{self.name}"


@dataclass(frozen=True)
class Upload:
    """Files to hand in: those that are there, and what may still come. `accept` is for the browser's own choice of
    files; `kinds` are msgids of what is taken."""

    files: tuple[HandedIn, ...]
    kinds: tuple[str, ...]
    accept: str
    most_files: int
    most_mb: int

    @property
    def is_full(self) -> bool:
        return len(self.files) >= self.most_files


Piece = str | Box | Row


@dataclass(frozen=True)
class Form:
    """The inputs of one question. `input` is what an option is: "radio" or "checkbox"; `pieces` is running text with
    gaps in it. A type fills what its template draws."""

    input: str = ""
    options: tuple[Option, ...] = ()
    rows: tuple[Row, ...] = ()
    boxes: tuple[Box, ...] = ()
    pieces: tuple[Piece, ...] = ()
    drawing: Drawing | None = None
    upload: Upload | None = None


def lettered(entries: Sequence[Mapping[str, str]], chosen: Any) -> tuple[Option, ...]:
    """Options A, B, C … with those of a response (an id, or a list of ids) chosen."""
    picked = {chosen} if isinstance(chosen, str) else set(chosen or ())
    return tuple(
        Option(each["id"], each["text"], label, each["id"] in picked)
        for label, each in zip(LETTERS, entries, strict=False)
    )


def partners(
    left: Sequence[Mapping[str, str]], right: Sequence[Mapping[str, str]], response: Any, name: str
) -> tuple[Row, ...]:
    """A select for each entry on the left."""
    pairs = response if isinstance(response, Mapping) else {}
    return tuple(
        Row(each["id"], f"{name}.{each['id']}", each["text"], lettered(right, pairs.get(each["id"])))
        for each in left
    )


def places(steps: Sequence[Mapping[str, str]], response: Any, name: str) -> tuple[Row, ...]:
    """The steps as the candidate has ordered them, else in the paper's order; each with its place, or none."""
    labels = {step["id"]: label for step, label in zip(steps, CIRCLED, strict=False)}
    given: dict[str, str] = {}
    if isinstance(response, Mapping):
        given = {each: str(place) for each, place in response.items()}
    elif sorted(response or ()) == sorted(step["id"] for step in steps):
        given = {each: str(place) for place, each in enumerate(response, start=1)}
        steps = sorted(steps, key=lambda step: int(given[step["id"]]))
    numbers = [str(number) for number in range(1, len(steps) + 1)]
    return tuple(
        Row(
            step["id"],
            f"{name}.{step['id']}",
            step["text"],
            tuple(Option(number, number, "", given.get(step["id"]) == number) for number in numbers),
            labels.get(step["id"], ""),
        )
        for step in steps
    )


def text_box(response: Any, name: str, limit: int | None) -> Box:
    """The one box of a free answer."""
    text = response[0] if isinstance(response, list) and response else response
    return Box("text", name, "", text if isinstance(text, str) else "", limit)


def part_boxes(parts: Sequence[Mapping[str, Any]], response: Any, name: str) -> tuple[Box, ...]:
    """A box for each part of an answer: {id, label, max_chars?, unit?}."""
    texts = response if isinstance(response, Mapping) else {}
    return tuple(
        Box(
            id=part["id"],
            name=f"{name}.{part['id']}",
            label=part.get("label", ""),
            text=str(texts.get(part["id"], "") or ""),
            limit=part.get("max_chars"),
            unit=part.get("unit", ""),
        )
        for part in parts
    )
