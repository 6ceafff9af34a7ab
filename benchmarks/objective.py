"""How fast the pure core scores answers that need no marker; benchmarks/answers.py prints it.

What is scored are the demo's questions, in whose bank the types stand as in a district's exams: four in ten are single
choice, then multiple choice, true or false, ordering, matching, a few others. Of ten candidates six answer right, three
as it comes, one not at all. Each response is scored as the product does it, from the question as it is stored.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from assessments.items import ItemType, JSONObject, Response, item_type
from benchmarks.figures import report

PACK = Path(__file__).parent.parent / "cms/demo/pack"
CANDIDATES = 100
ROUNDS = 11


class Answered(NamedTuple):
    """A question and what somebody answered."""

    type: ItemType
    body: JSONObject
    key: JSONObject
    response: Response
    points: Decimal


def main() -> None:
    answered = list(answers(random.Random(20261122)))
    counts = Counter(each.type.code for each in answered)
    rates = [scored_per_second(answered) for _ in range(ROUNDS)]
    report("score_objective", "responses/s", [round(rate) for rate in rates], responses=dict(counts))


def scored_per_second(answered: list[Answered]) -> float:
    begun = perf_counter()
    for type, body, key, response, points in answered:
        type.score(body, key, response, points)
    return len(answered) / (perf_counter() - begun)


def answers(chance: random.Random) -> Iterator[Answered]:
    """Everybody's answers to every question that needs no marker."""
    for question in questions():
        type, body, key = item_type(question["type"]), question["body"], question["answer"]
        for right in type.right_responses(body, key)[:1]:
            for number in range(CANDIDATES):
                given = right if number % 10 < 6 else _some(type, body, right, chance)
                response = None if number % 10 == 9 else type.clean_response(body, given)
                yield Answered(type, body, key, response, Decimal(question["points"]))


def questions() -> list[dict[str, Any]]:
    """The demo's bank."""
    files = [*sorted(PACK.glob("questions/*.json")), PACK / "bank/questions.json"]
    return [question for file in files for question in json.loads(file.read_text(encoding="utf-8"))]


def _some(type: ItemType, body: JSONObject, right: Response, chance: random.Random) -> Any:
    """An answer as it comes, mostly wrong: something chosen, in any order, any partner; half the blanks filled."""
    if type.code == "matching" and isinstance(right, dict):
        return dict(zip(right, chance.sample(list(right.values()), len(right)), strict=True))
    if isinstance(right, dict):
        return {each: text for each, text in right.items() if chance.random() < 0.5}
    ids = [each["id"] for each in body.get("options") or body["spots"]]
    if isinstance(right, str):
        return chance.choice(ids)
    return chance.sample(ids, len(ids) if type.code == "ordering" else chance.randint(1, len(ids)))


if __name__ == "__main__":
    main()
