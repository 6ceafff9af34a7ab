"""Exam drafts: definitions on their way to a release. Questions are reviewed first, so a draft may wait for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.exam_definitions import OPTIONAL, check_definition
from assessments.exams import compile_exam, release_exam
from assessments.freezing import exact
from assessments.models import ExamDraft, ExamVersion, Question, QuestionVersion
from core import audit
from core.errors import Refusal
from core.hashing import content_hash
from people.models import Person, Role
from people.roles import check_role


class DraftFate(Enum):
    """What storing a definition does: makes a draft, finds it there, or leaves another one of that key alone."""

    NEW = "new"
    SAME = "same"
    KEPT = "kept"


@dataclass(frozen=True)
class Comparison:
    """A definition beside the draft of its key; `differs` names the fields in which a kept draft says otherwise."""

    fate: DraftFate
    differs: tuple[str, ...] = ()


@dataclass(frozen=True)
class DraftLine:
    """A question of a draft. `question` is None where the bank has none of that key; `waits`: no exam may take it."""

    number: int
    key: str
    points: str
    question: Question | None
    stem: str
    waits: bool


@dataclass(frozen=True)
class DraftReading:
    """What the page of a draft shows. `problem` is what else stands in the way of a release, empty if nothing does.

    `replaces` is the newest release of that key, `is_released` whether it says what the draft says.
    """

    lines: tuple[DraftLine, ...]
    waiting: tuple[DraftLine, ...]
    problem: str
    replaces: ExamVersion | None
    is_released: bool

    @property
    def is_ready(self) -> bool:
        """Whether a release would make something new."""
        return not (self.waiting or self.problem or self.is_released)


def compare_draft(definition: Mapping[str, Any]) -> Comparison:
    """What `store_exam_draft` would do with this definition. Raises Refusal when it is none. One query."""
    check_definition(definition)
    return _compared(exact(dict(definition)), ExamDraft.objects.filter(key=definition["key"]).first())


def store_exam_draft(
    *, definition: Mapping[str, Any], source: str, by: Person | None, now: datetime
) -> Comparison:
    """Keep a definition as a draft; `source` says where it came from.

    A draft of that key that says something else stays as it is: somebody may have changed it since, and the caller is
    told in what. Raises Refusal for a definition that could never be released, NotAllowed for somebody who is not an
    author.
    """
    if by:
        check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    check_definition(definition)
    content = exact(dict(definition))
    with transaction.atomic():
        draft, created = ExamDraft.objects.get_or_create(
            key=content["key"],
            defaults={
                "title": content["title"],
                "definition": content,
                "source": source[:200],
                "stored_at": now,
                "stored_by": by,
            },
        )
        if not created:
            return _compared(content, draft)
        audit.record(
            action="exam_draft.stored",
            target=f"assessments.examdraft:{draft.key}",
            by=by,
            now=now,
            content_hash=content_hash(content),
        )
    return Comparison(DraftFate.NEW)


def change_exam_draft(
    *, draft: ExamDraft, changes: Mapping[str, Any], by: Person | None, now: datetime
) -> ExamDraft:
    """Say something else in these fields of the draft's definition; what is empty or False is left out of it.

    Gives the draft as it is when nothing changes. Raises Refusal with every problem, NotAllowed for somebody who is not
    an author.
    """
    if by:
        check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    with transaction.atomic():
        locked = ExamDraft.objects.select_for_update().get(pk=draft.pk)
        content = _changed(locked.definition, changes)
        check_definition(content)
        if content == locked.definition:
            return locked
        locked.definition, locked.title = content, content["title"]
        locked.stored_at, locked.stored_by = now, by
        locked.save(update_fields=["definition", "title", "stored_at", "stored_by"])
        audit.record(
            action="exam_draft.changed",
            target=f"assessments.examdraft:{locked.key}",
            by=by,
            now=now,
            content_hash=content_hash(content),
        )
    return locked


def release_draft(*, draft: ExamDraft, by: Person | None, now: datetime) -> ExamVersion:
    """Release what the draft says now (see `exams.release_exam`). A second time changes nothing.

    Raises Refusal with what stands in the way, NotAllowed for somebody who is not an author.
    """
    if by:
        check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    with transaction.atomic():
        locked = ExamDraft.objects.select_for_update().get(pk=draft.pk)
        version = release_exam(definition=locked.definition, by=by, now=now)
        if locked.released_number != version.number:
            locked.released_number = version.number
            locked.save(update_fields=["released_number"])
    return version


def read_draft(draft: ExamDraft) -> DraftReading:
    """The draft, its questions and what stands in the way. Four queries, one more while questions wait."""
    lines = _lines(draft.definition["questions"])
    waiting = tuple(line for line in lines if line.waits)
    newest = ExamVersion.objects.newest().filter(key=draft.key).first()
    try:
        document, _items = compile_exam(draft.definition)
    except Refusal as refusal:
        return DraftReading(lines, waiting, "" if waiting else str(refusal), newest, is_released=False)
    is_released = newest is not None and newest.content_hash == content_hash(document)
    return DraftReading(lines, waiting, "", newest, is_released)


def _changed(definition: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    content = exact({**definition, **changes, "key": definition["key"]})
    gone = {name for name in OPTIONAL if name != "shuffle" and content.get(name) in (None, "", False)}
    return {name: value for name, value in content.items() if name not in gone}


def _compared(content: Mapping[str, Any], draft: ExamDraft | None) -> Comparison:
    if draft is None:
        return Comparison(DraftFate.NEW)
    names = sorted(content.keys() | draft.definition.keys())
    differs = tuple(name for name in names if content.get(name) != draft.definition.get(name))
    return Comparison(DraftFate.KEPT if differs else DraftFate.SAME, differs)


def _lines(entries: list[dict[str, Any]]) -> tuple[DraftLine, ...]:
    keys = [entry["key"] for entry in entries]
    questions = {question.key: question for question in Question.objects.filter(key__in=keys)}
    newest = QuestionVersion.objects.newest().filter(question__key__in=keys)
    stems = dict(newest.values_list("question__key", "body__stem"))
    taken = {key for key, question in questions.items() if question.live_number is not None}
    return tuple(
        DraftLine(
            number=number,
            key=entry["key"],
            points=str(entry["points"]),
            question=questions.get(entry["key"]),
            stem=stems.get(entry["key"], ""),
            waits=entry["key"] not in taken,
        )
        for number, entry in enumerate(entries, start=1)
    )
