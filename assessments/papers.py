"""The paper one candidate gets: a pure function of the release and a seed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.blueprints import Blueprint, Pool, Tolerance, draw
from assessments.items import item_type
from assessments.items.base import permutation
from assessments.models import ExamItem, ExamVersion


@dataclass(frozen=True)
class Place:
    """One place on a paper: `slot` counts from 1, `order` is that of the options."""

    slot: int
    item: ExamItem
    order: list[str]


def lay_out(version: ExamVersion, *, seed: str, items: Iterable[ExamItem] | None = None) -> tuple[Place, ...]:
    """The paper that this seed gives, the same on every machine.

    One query, for the questions that stand on it and without their keys; none when the release's `items` are given.
    Raises NoPaper when a release with a tolerance has none for this seed, which another seed mends.
    """
    numbers = chosen(version.document, seed)
    if items is None:
        found = version.items.select_related("question_version").filter(number__in=numbers)
        items = found.defer("question_version__answer", "question_version__explanation")
    return places(items, numbers, seed=seed, shuffle_options=version.document.get("shuffle_options", True))


def chosen(document: Mapping[str, Any], seed: str) -> list[int]:
    """The numbers of the items that this seed puts on a paper, in the order of the paper."""
    if "sections" in document:
        return _by_sections(document, seed)
    numbers = [str(number) for number in range(1, len(document["items"]) + 1)]
    if document.get("draw") is not None:
        numbers = sorted(permutation(numbers, f"{seed}:draw")[: document["draw"]], key=int)
    return list(map(int, permutation(numbers, seed) if document["shuffle"] else numbers))


def places(
    items: Iterable[ExamItem], numbers: Sequence[int], *, seed: str, shuffle_options: bool = True
) -> tuple[Place, ...]:
    """These items in the order of the numbers, with the options in the order this seed gives."""
    by_number = {item.number: item for item in items}
    return tuple(
        Place(slot, by_number[number], _order(by_number[number], seed, shuffle_options))
        for slot, number in enumerate(numbers, start=1)
    )


def blueprint_of(document: Mapping[str, Any]) -> Blueprint:
    """What a release with sections draws from."""
    keys: defaultdict[int, list[str]] = defaultdict(list)
    for item in document["items"]:
        keys[item["section"]].append(item["question"])
    drawing = document["drawing"]
    return Blueprint(
        pools=tuple(
            Pool(
                number, said["count"], Decimal(said["points"]), tuple(keys[number]), said.get("fixed", False)
            )
            for number, said in enumerate(document["sections"], start=1)
        ),
        difficulty={item["question"]: item["difficulty"] for item in document["items"]},
        rates={item["question"]: item["rate"] for item in document["items"] if "rate" in item},
        tolerance=Tolerance(Decimal(drawing["centre"]), Decimal(drawing["tolerance"]))
        if "tolerance" in drawing
        else None,
    )


def _by_sections(document: Mapping[str, Any], seed: str) -> list[int]:
    """Sections stay in their order; within one, questions are shuffled where the exam says so."""
    paper = draw(blueprint_of(document), seed)
    number_of = {
        (item["section"], item["question"]): number for number, item in enumerate(document["items"], start=1)
    }
    order: list[int] = []
    for section, keys in sorted(paper.places.items()):
        numbers = sorted(number_of[section, key] for key in keys)
        texts = list(map(str, numbers))
        order += map(int, permutation(texts, seed)) if document["shuffle"] else numbers
    return order


def _order(item: ExamItem, seed: str, shuffle_options: bool) -> list[str]:
    """Options that authors may keep in order stay as written where the exam says so. What is to be put in order or
    matched is shuffled always: as it was written, it would give the answer away."""
    version = item.question_version
    kind, body = item_type(version.type), version.body
    if not shuffle_options and "shuffle" in kind.body_options:
        body = {**body, "shuffle": False}
    return kind.option_order(body, f"{seed}:{item.number}")
