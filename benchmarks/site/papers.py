"""An exam that thousands have sat: papers, answers and results as the product stores them, written in large portions.

Four questions in ten are single choice, three multiple choice, three true or false; everybody has their own strength, a
question its own difficulty, and one answer in fifty is missing.
"""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from math import exp
from typing import Any

TYPES = ("single", "single", "single", "single", "multiple", "multiple", "multiple", *["true_false"] * 3)
GUESSES: dict[str, list[Any]] = {
    "single": ["o1", "o2", "o3"],
    "multiple": [["o1"], ["o1", "o2"], ["o1", "o3"], ["o2", "o3"], ["o3"]],
    "true_false": ["true", "false"],
}
PORTION = 250


def fill_exam(key: str, *, candidates: int, items: int) -> Any:
    """The release, sat by so many, each paper with all the items in an order of its own."""
    from django.db import transaction
    from django.utils import timezone

    from assessments.items import item_type
    from assessments.models import Answer, Attempt, AttemptStatus, ExamItem, Result
    from people.models import Person
    from tests.assessments.making import make_exam

    types = tuple(TYPES[place % len(TYPES)] for place in range(items))
    version = make_exam(key, types=types, minutes=180, shuffle=True)
    pinned = list(
        ExamItem.objects.filter(exam_version=version).select_related("question_version").order_by("number")
    )
    chance, now = random.Random(20261122), timezone.now()
    difficulty = [chance.gauss(-0.5, 1) for _ in pinned]
    scored: dict[tuple[int, str], dict[str, Any]] = {}

    def line(item: Any, response: Any) -> dict[str, Any]:
        known = scored.get((item.pk, str(response)))
        if known is None:
            question = item.question_version
            score = item_type(question.type).score(question.body, question.answer, response, item.points)
            known = scored[item.pk, str(response)] = score.as_json()
        return known

    for begin in range(0, candidates, PORTION):
        people = Person.objects.bulk_create(Person() for _ in range(min(PORTION, candidates - begin)))
        attempts = Attempt.objects.bulk_create(
            Attempt(
                person=person,
                exam_version=version,
                exam_key=key,
                seed=f"{begin + place:016x}",
                status=AttemptStatus.COMPLETE,
                started_at=now - timedelta(hours=3),
                deadline_at=now,
                submitted_at=now - timedelta(hours=1),
                handed_in_by="candidate",
            )
            for place, person in enumerate(people)
        )
        answers, results = [], []
        for attempt in attempts:
            strength, lines = chance.gauss(0, 1), []
            order = chance.sample(range(items), items)
            for slot, at in enumerate(order, start=1):
                response = _response(types[at], strength - difficulty[at], chance)
                answers.append(
                    Answer(
                        attempt=attempt,
                        slot=slot,
                        item=pinned[at],
                        order=["o3", "o1", "o2"] if types[at] != "true_false" else ["true", "false"],
                        response=response,
                        sequence=1 if response else 0,
                        saved_at=now - timedelta(hours=2) if response else None,
                    )
                )
                lines.append({"slot": slot, **line(pinned[at], response)})
            points = sum((Decimal(each["points"]) for each in lines), Decimal(0))
            results.append(
                Result(
                    attempt=attempt,
                    number=1,
                    items=lines,
                    points=points,
                    max_points=version.points,
                    complete=True,
                    passed=points * 100 >= version.points * version.pass_percent,
                    recorded_at=now,
                )
            )
        with transaction.atomic():
            Answer.objects.bulk_create(answers)
            Result.objects.bulk_create(results)
    return version


def _response(type: str, advantage: float, chance: random.Random) -> Any:
    if chance.random() < 0.02:
        return None
    right = {"single": "o2", "multiple": ["o1", "o3"], "true_false": "false"}[type]
    if chance.random() < 1 / (1 + exp(-advantage)):
        return right
    return chance.choice(GUESSES[type])
