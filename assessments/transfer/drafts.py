"""Between questions of the bank and drafts of a file: what a version says as a draft, and a draft as a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from assessments.bank.storing import checked_content
from assessments.formats import Draft, renumbered
from assessments.items import ITEM_TYPES, RubricType
from assessments.items.media import files_of
from assessments.models import Question, QuestionVersion
from core.errors import Refusal
from core.hashing import content_hash

USUAL_LEAF = "SWK"
USUAL_DIFFICULTY = 3
MINUTES = {"short_answer": 8, "case_analysis": 25}  # everything else: USUAL_MINUTES
USUAL_MINUTES = 2
OWN = ("key", "module", "leaves", "minutes", "as_of", "source")


@dataclass(frozen=True)
class Bank:
    """Where questions go: the module they belong to, and the leaf that counts where a file names none."""

    module: str
    leaf: str = USUAL_LEAF

    def item_of(self, draft: Draft) -> dict[str, Any]:
        """The draft as the bank stores questions; its key comes from what it says unless it brings one."""
        own = {name: draft.extra[name] for name in OWN if draft.extra.get(name)}
        kind = ITEM_TYPES[draft.type]
        worth = kind.full_marks(draft.answer) if isinstance(kind, RubricType) else Decimal(1)
        says = {"type": draft.type, "body": draft.body, "answer": draft.answer}
        return {
            "key": f"q-{content_hash(says)[:16]}",
            "module": self.module,
            "leaves": {self.leaf: 1},
            "minutes": MINUTES.get(draft.type, USUAL_MINUTES),
            "points": str(draft.points or worth),
            "difficulty": draft.difficulty or USUAL_DIFFICULTY,
            "explanation": draft.explanation,
            **says,
            **own,
        }


def draft_of(version: QuestionVersion) -> Draft:
    """What a version says, key included, its entries numbered as files know them. Its question must be loaded."""
    return renumbered(
        Draft(
            type=version.type,
            body=version.body,
            answer=version.answer,
            explanation=version.explanation,
            name=version.question.key,
            points=version.points.normalize() + 0,
            difficulty=version.difficulty,
            extra={
                "key": version.question.key,
                "module": version.module,
                "leaves": dict(version.leaves),
                "minutes": version.minutes,
                "as_of": version.as_of,
                "source": version.source,
            },
        )
    )


def filed(draft: Draft, question: Question) -> Draft:
    """The draft with where its question is filed. Its clauses should be loaded."""
    clauses = sorted(clause.key for clause in question.clauses.all())
    besides: dict[str, Any] = {"clauses": clauses} if clauses else {}
    if question.review_on:
        besides["review_on"] = question.review_on.isoformat()
    return replace(
        draft,
        category=tuple(filter(None, question.category.split("/"))),
        tags=tuple(question.tags),
        extra={**draft.extra, **besides},
    )


def content_of(draft: Draft, bank: Bank) -> dict[str, Any]:
    """The draft as the bank freezes it (`bank.checked_content`). Raises Refusal with every problem.

    Its pictures and sounds are the caller's to keep, before or after.
    """
    return checked_content(bank.item_of(draft), held=files_of(draft.body))


def says_the_same(version: QuestionVersion, content: Mapping[str, Any]) -> bool:
    """Files know entries by their place: the names our own versions give them make no other question."""
    if version.content_hash == content_hash(content):
        return True
    try:
        return content_of(draft_of(version), Bank(version.module)) == content
    except Refusal:  # it was stored when less was asked of a question
        return False
