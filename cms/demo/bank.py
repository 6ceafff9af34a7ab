"""The demo's question bank: what exams and lessons ask, what is being worked on, and where all of it is filed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assessments.bank import storing
from assessments.bank.cataloguing import Filing, file_question
from assessments.bank.media import keep_medium
from assessments.bank.workflow import move_question
from assessments.models import Question, QuestionStatus
from cms.demo.pack import PACK, moment, read_json, read_questions, read_selfchecks, read_yaml
from people.models import Person


def build_bank(*, by: Person, now: datetime) -> None:
    """Every question that is missing. What the bank has already is left alone: an author may have changed it since."""
    known = set(Question.objects.values_list("key", flat=True))
    for item in [*read_questions(), *read_selfchecks()]:
        if item["key"] not in known:
            storing.store_question(item=item, by=by, now=now, live=True)
    for item in read_json("bank/questions.json"):
        if item["key"] not in known:
            storing.store_question(item=_with_pictures(item, by=by, now=now), by=by, now=now)
    for step in read_yaml("bank/steps.yaml"):
        if step["question"] not in known:
            _walk(step, by=by)
    for group in read_yaml("bank/filing.yaml"):
        _file(group, known, by=by, now=now)


def _with_pictures(item: Mapping[str, Any], *, by: Person, now: datetime) -> dict[str, Any]:
    """The question with the pack's pictures under the names the bank keeps them by."""
    body = dict(item["body"])
    if "image" in body:
        body["image"] = {**body["image"], "file": _kept(body["image"]["file"], by=by, now=now)}
    if "media" in body:
        body["media"] = [{**each, "file": _kept(each["file"], by=by, now=now)} for each in body["media"]]
    return {**item, "body": body}


def _kept(name: str, *, by: Person, now: datetime) -> str:
    content = (PACK / "media" / name).read_bytes()
    return keep_medium(content=content, name=name, by=by, now=now).file


def _walk(step: Mapping[str, Any], *, by: Person) -> None:
    """The question's way, a step at each of its moments; the reason belongs to the last."""
    question, last = Question.objects.get(key=step["question"]), list(step["way"])[-1]
    for to, at in step["way"].items():
        reason = step.get("reason", "") if to == last else ""
        move_question(question=question, to=QuestionStatus(to), by=by, now=moment(at), reason=reason)


def _file(group: Mapping[str, Any], known: set[str], *, by: Person, now: datetime) -> None:
    for question in Question.objects.filter(key__in=set(group["questions"]) - known):
        filing = Filing(
            category=group["category"],
            tags=tuple(group.get("tags", ())),
            author=question.author,
            clauses=tuple(group.get("clauses", ())),
        )
        file_question(question=question, filing=filing, by=by, now=now)
