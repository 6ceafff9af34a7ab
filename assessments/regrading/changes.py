"""What a regrade may change, checked: a key, a void question, the points of a question, the percent to pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from assessments.models import ExamVersion, QuestionVersion
from assessments.regrading.terms import Terms

Change = Mapping[str, Any]


def check_changes(
    exam_version: ExamVersion, changes: object, *, terms: Terms | None = None
) -> list[dict[str, Any]]:
    """The changes as they are stored: {kind: key, item, question_version} | {kind: void, item, how: drop | full |
    count} | {kind: points, item, points} | {kind: pass, percent}, numbers as decimal text, by item.

    `count` lets a question count again that an earlier correction made void. `terms` are those they change, the ones in
    force where not given. Raises Refusal (codes: "changes" …) in words for whoever wrote them.
    """
    raise NotImplementedError


def changes_text(changes: Iterable[Change]) -> str:
    """All changes in a sentence for people: 第 17 题作废，不计分；第 3 题更正答案. Asks nothing."""
    raise NotImplementedError


def keys_offered(exam_version: ExamVersion) -> dict[int, list[QuestionVersion]]:
    """By number of the item, the stored versions of its question with the same body whose key or explanation is another
    than the one in force, the newest first. Three queries."""
    raise NotImplementedError
