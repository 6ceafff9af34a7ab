"""试考: the pages of an exam with a small fixed paper about themselves. Nothing is counted, marked or kept as evidence.

The paper comes with the program (`rehearsal/paper.json`) and is put on a site by whoever rehearses first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from assessments.bank.storing import store_question
from assessments.bank.workflow import move_question
from assessments.exams.releasing import newest_release, release_exam
from assessments.items import Score, item_type
from assessments.models import REHEARSAL, Answer, Attempt, ExamVersion, Question, QuestionStatus
from assessments.results.report_lines import KeyLines, key_lines_of

PAPER = Path(__file__).parent.parent / "rehearsal" / "paper.json"
POINTS = 2
# What a question must say and a rehearsal has no use for.
UNUSED = {"module": "试考", "points": POINTS, "difficulty": 1, "minutes": 1, "leaves": {"DIG": 1}}


def ensure_rehearsal(*, now: datetime) -> ExamVersion:
    """The rehearsal as it is on this site, put there the first time and after its paper has changed.

    Its questions stay out of use in the bank: no exam and no draw ever takes them.
    """
    paper = read_paper()
    there = _released(paper)
    if there:
        return there
    with transaction.atomic():
        for question in paper["questions"]:
            store_question(item=question, by=None, now=now, live=True)
        there = _released(paper)  # by somebody else, for whom the first question of this one waited
        if there:
            return there
        version = release_exam(definition=_definition(paper), by=None, now=now)
        for question in Question.objects.filter(key__in=[each["key"] for each in paper["questions"]]):
            _put_away(question, paper, now=now)
    return version


@dataclass(frozen=True)
class RehearsalLine:
    """One question afterwards: `response` in words ("" without one); `earned` is "all", "some" or "none" of its points,
    "" where a person would mark it."""

    slot: int
    title: str
    stem: str
    response: str
    earned: str
    key: KeyLines


def rehearsal_lines(attempt: Attempt) -> list[RehearsalLine]:
    """Every question of a rehearsal that was handed in, with its answer: it is kept from nobody. One query."""
    answers = attempt.answers.select_related("item__question_version").order_by("slot")
    return [_line(answer) for answer in answers]


def _line(answer: Answer) -> RehearsalLine:
    version = answer.item.question_version
    kind = item_type(version.type)
    score = kind.score(version.body, version.answer, answer.response, answer.item.points)
    return RehearsalLine(
        slot=answer.slot,
        title=gettext(kind.title),
        stem=version.body["stem"],
        response=kind.in_words(version.body, answer.order, answer.response) if answer.response else "",
        earned="" if kind.marked_by_person else _earned(score),
        key=key_lines_of(version, order=answer.order),
    )


def _earned(score: Score) -> str:
    if score.points == score.max:
        return "all"
    return "some" if score.points > 0 else "none"


@cache
def read_paper() -> Mapping[str, Any]:
    """{edition, title, summary, minutes, category, questions}, the questions as `store_question` takes them.

    Each edition has questions of its own: their keys end in its number. Raise it with every change of the file.
    """
    paper: dict[str, Any] = json.loads(PAPER.read_text(encoding="utf-8"))
    questions = [
        {**UNUSED, **each, "key": f"{each['key']}-{paper['edition']}"} for each in paper["questions"]
    ]
    return {**paper, "questions": questions}


def _released(paper: Mapping[str, Any]) -> ExamVersion | None:
    newest = newest_release(REHEARSAL)
    return newest if newest and newest.document["module"] == _edition(paper) else None


def _definition(paper: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "key": REHEARSAL,
        "title": paper["title"],
        "summary": paper["summary"],
        "module": _edition(paper),
        "minutes": paper["minutes"],
        "pass_percent": 0,
        "shuffle": False,
        "rehearsal": True,
        "questions": [{"key": each["key"], "points": POINTS} for each in paper["questions"]],
    }


def _edition(paper: Mapping[str, Any]) -> str:
    return f"{paper['category']} {paper['edition']}"


def _put_away(question: Question, paper: Mapping[str, Any], *, now: datetime) -> None:
    question.category = paper["category"]
    question.save(update_fields=["category"])
    move_question(
        question=question,
        to=QuestionStatus.RETIRED,
        by=None,
        now=now,
        reason=paper["title"],
    )
