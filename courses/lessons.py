"""Reading a released lesson: finding it in its version, and putting together what its page shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from competencies.models import Subject
from core.prepared import first, prepared
from courses.checks import present_all, seed_for
from courses.models import CheckAnswer, CourseVersion, Enrolment, Reflection
from courses.references import Reference, reference_of, subjects_of

Document = Mapping[str, Any]
# These look the same to everybody for as long as the version lives; the others show what a learner made of them, or
# lead somewhere that may not be there yet.
FROZEN_TYPES = frozenset({"text", "image", "video", "document", "table", "key_points", "policy_chain"})


@dataclass(frozen=True)
class ShownBlock:
    """A block ready for `courses/blocks/<type>.html`: frozen value, and what this learner made of it.

    `item` is the question of a self-check, `answer` what was answered; `subject` where a link leads, None while it
    leads nowhere; `written` the learner's own reflection.
    """

    id: str
    type: str
    value: Document
    item: Any = None
    answer: CheckAnswer | None = None
    subject: Subject | None = None
    written: str = ""
    template: str = field(init=False)

    @property
    def is_frozen(self) -> bool:
        """Whether its page may be kept as it was drawn once."""
        return self.type in FROZEN_TYPES

    def __post_init__(self) -> None:
        object.__setattr__(self, "template", f"courses/blocks/{self.type}.html")


def newest_version(course_key: str) -> CourseVersion | None:
    """The version learners act on. One query, and one more for the first reader of its text in a process."""
    version = newest_outline(course_key)
    if version:
        version.content = _content(version.content_hash)
    return version


def newest_outline(course_key: str) -> CourseVersion | None:
    """The same without the text of its lessons. One query."""
    return first(_newest(course_key))


@prepared
def _newest(course_key: str) -> QuerySet[CourseVersion]:
    return CourseVersion.objects.outlined().filter(key=course_key).order_by("-number")[:1]


@lru_cache(maxsize=64)
def _content(content_hash: str) -> Document:
    """A whole course is long, and what was released never changes: it is kept as it was read."""
    return CourseVersion.objects.filter(content_hash=content_hash).values_list("content", flat=True)[0]


def lesson_with(document: Document, **wanted: str) -> dict[str, Any] | None:
    """The lesson of a content or an outline whose `id` or `slug` is this one."""
    for lesson in document["lessons"]:
        if all(lesson[name] == value for name, value in wanted.items()):
            found: dict[str, Any] = lesson
            return found
    return None


def self_checks(lesson: Document) -> dict[str, str]:
    """Block id → key of the question, in order."""
    return {
        block["id"]: block["value"]["question"] for block in lesson["blocks"] if block["type"] == "self_check"
    }


def block_of(lesson: Document, block_id: str, block_type: str | None = None) -> Document | None:
    """The block of this id, if it is there and of this type."""
    for block in lesson["blocks"]:
        if block["id"] == block_id and block_type in (None, block["type"]):
            found: Document = block
            return found
    return None


def shown_blocks(lesson: Document, enrolment: Enrolment) -> list[ShownBlock]:
    """The blocks of a lesson for one learner, in a number of queries that does not grow with the blocks."""
    checks = self_checks(lesson)
    answers = _answers(enrolment, checks.values())
    items = present_all(
        checks,
        seed=seed_for(enrolment.person_id, lesson["id"]),
        responses={key: answer.response for key, answer in answers.items()},
        passed=(key for key, answer in answers.items() if answer.correct),
    )
    subjects = subjects_of(filter(None, (reference_of(b["type"], b["value"]) for b in lesson["blocks"])))
    written = _written(lesson, enrolment)
    return [
        ShownBlock(
            id=block["id"],
            type=block["type"],
            value=block["value"],
            item=items.get(block["id"]),
            answer=answers.get(checks.get(block["id"], "")),
            subject=subjects.get(reference_of(block["type"], block["value"]) or Reference("", "")),
            written=written.get(block["id"], ""),
        )
        for block in lesson["blocks"]
    ]


def open_checks(blocks: Iterable[ShownBlock]) -> int:
    """How many self-checks still wait for a correct answer."""
    return sum(
        1 for block in blocks if block.type == "self_check" and not (block.answer and block.answer.correct)
    )


def _answers(enrolment: Enrolment, keys: Iterable[str]) -> dict[str, CheckAnswer]:
    wanted = set(keys)
    if not wanted:
        return {}
    return {answer.question_key: answer for answer in _answers_to(enrolment.pk, tuple(wanted))}


@prepared
def _answers_to(enrolment: int, questions: Sequence[str]) -> QuerySet[CheckAnswer]:
    return CheckAnswer.objects.filter(enrolment=enrolment, question_key__in=questions)


def _written(lesson: Document, enrolment: Enrolment) -> dict[str, str]:
    if not any(block["type"] == "reflection" for block in lesson["blocks"]):
        return {}
    rows = Reflection.objects.filter(enrolment=enrolment, lesson_id=lesson["id"])
    return dict(rows.values_list("block_id", "text"))
