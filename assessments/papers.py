"""The paper one candidate gets: a pure function of the release and a seed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assessments.items import item_type
from assessments.items.base import permutation
from assessments.models import ExamItem


@dataclass(frozen=True)
class Place:
    """One place on a paper: `slot` counts from 1, `order` is that of the options."""

    slot: int
    item: ExamItem
    order: list[str]


def lay_out(
    items: Iterable[ExamItem], *, seed: str, shuffle: bool, draw: int | None = None
) -> tuple[Place, ...]:
    """Questions and options in the order this seed gives, `draw` of them where it is set; the same seed gives the same
    paper on every machine."""
    by_number = {str(item.number): item for item in items}
    numbers = sorted(by_number, key=int)
    if draw is not None:
        numbers = sorted(permutation(numbers, f"{seed}:draw")[:draw], key=int)
    order = permutation(numbers, seed) if shuffle else numbers
    return tuple(_place(slot, by_number[number], seed) for slot, number in enumerate(order, start=1))


def _place(slot: int, item: ExamItem, seed: str) -> Place:
    version = item.question_version
    return Place(slot, item, item_type(version.type).option_order(version.body, f"{seed}:{item.number}"))
