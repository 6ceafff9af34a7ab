"""雷同作答: answers to one question that read nearly the same, side by side. A person decides what that means.

Two honest people may learn the same sentence by heart; nothing follows from a likeness by itself, no mark and no note.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Max, QuerySet

from assessments.halls.readings import Run, compared
from assessments.items.similarity import Alike, families, texts_alike
from assessments.models import Answer, Attempt, AttemptStatus, ExamItem

MOST_PAIRS = 5000
PAIRS_SHOWN = 6
CACHE = "assessments.alike_answers.%d"
KEPT_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class Comparison:
    """Two texts in pieces, marked where they differ; `percent` of them is common. `one` and `other` are the answers
    that say exactly this."""

    percent: int
    one: tuple[Answer, ...]
    other: tuple[Answer, ...]
    first: tuple[Run, ...]
    second: tuple[Run, ...]


@dataclass(frozen=True)
class Family:
    """Answers that are tied together by likeness: `same` are those of one wording that stands in no pair, `pairs` show
    each other wording; `more` pairs of different wordings are not shown."""

    answers: tuple[Answer, ...]
    same: tuple[tuple[Answer, ...], ...]
    pairs: tuple[Comparison, ...]
    more: int


def text_of(response: Any) -> str:
    """What a candidate wrote, parts one below the other; "" for files: they are looked at, not read."""
    if isinstance(response, Mapping):
        return "\n".join(str(text) for text in response.values())
    return response if isinstance(response, str) else ""


def alike_pairs(item: ExamItem) -> list[Alike]:
    """Every two answers to this question that read nearly the same, by their ids as text, the nearest first.

    Kept in the cache until another answer is handed in. One query while nothing came, two when something did. The item
    comes with its question's version.
    """
    handed_in = _handed_in(item)
    state = handed_in.aggregate(Count("pk"), Max("pk"), Max("saved_at"), Max("chain"))
    name, kept = CACHE % item.pk, cache.get(CACHE % item.pk)
    if kept is None or kept[0] != state:
        texts = {
            str(pk): text_of(response)
            for pk, response in handed_in.order_by("pk").values_list("pk", "response")
        }
        asked = str(item.question_version.body.get("stem", ""))
        kept = (state, texts_alike(texts, asked=asked, most=MOST_PAIRS))
        cache.set(name, kept, KEPT_SECONDS)
    pairs: list[Alike] = kept[1]
    return pairs


def like_this(answer: Answer, *, within: QuerySet[Attempt]) -> list[int]:
    """Ids of the answers of these attempts that read nearly like this one. One query more where there are some."""
    mine = str(answer.pk)
    near = [
        int(pair.other if pair.one == mine else pair.one)
        for pair in alike_pairs(answer.item)
        if mine in (pair.one, pair.other)
    ]
    if not near:
        return []
    return list(
        Answer.objects.filter(pk__in=near, attempt__in=within).values_list("pk", flat=True).order_by("pk")
    )


def alike_families(item: ExamItem, *, within: QuerySet[Attempt]) -> list[list[Alike]]:
    """The pairs whose answers both belong to these attempts, family by family, the nearest first. Three queries at
    most."""
    pairs = alike_pairs(item)
    named = {int(each) for pair in pairs for each in (pair.one, pair.other)}
    seen = (
        set(Answer.objects.filter(pk__in=named, attempt__in=within).values_list("pk", flat=True))
        if named
        else set()
    )
    pairs = [pair for pair in pairs if int(pair.one) in seen and int(pair.other) in seen]
    family_of = {key: number for number, family in enumerate(families(pairs)) for key in family}
    found: dict[int, list[Alike]] = {}
    for pair in pairs:
        found.setdefault(family_of[pair.one], []).append(pair)
    return list(found.values())


def read_families(chosen: Iterable[list[Alike]]) -> list[Family]:
    """The same with their answers, for a page of them. One query."""
    chosen = list(chosen)
    ids = {int(each) for pairs in chosen for pair in pairs for each in (pair.one, pair.other)}
    answers = {
        str(answer.pk): answer
        for answer in Answer.objects.filter(pk__in=ids)
        .select_related("attempt__exam_version", "attempt__person__account")
        .order_by("pk")
    }
    return [_family(pairs, answers) for pairs in chosen]


def _family(pairs: list[Alike], answers: Mapping[str, Answer]) -> Family:
    """Every wording once, beside the one it is nearest to: who wrote exactly the same is named there together."""
    wordings: dict[str, list[Answer]] = {}
    for key in dict.fromkeys(key for pair in pairs for key in (pair.one, pair.other)):
        wordings.setdefault(_said(answers[key]), []).append(answers[key])
    differing: dict[frozenset[str], tuple[str, str, int]] = {}
    for pair in pairs:
        one, other = _said(answers[pair.one]), _said(answers[pair.other])
        if one != other:
            differing.setdefault(frozenset((one, other)), (one, other, pair.percent))
    telling = _telling(differing.values())[:PAIRS_SHOWN]
    in_pairs = {text for one, other, _percent in telling for text in (one, other)}
    return Family(
        answers=tuple(answer for group in wordings.values() for answer in group),
        same=tuple(
            tuple(group) for text, group in wordings.items() if len(group) > 1 and text not in in_pairs
        ),
        pairs=tuple(
            Comparison(percent, tuple(wordings[one]), tuple(wordings[other]), *compared(one, other))
            for one, other, percent in telling
        ),
        more=len(differing) - len(telling),
    )


def _telling(pairs: Iterable[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """Those that bring in a wording which no nearer pair has shown."""
    shown: set[str] = set()
    telling = []
    for one, other, percent in pairs:
        if not {one, other} <= shown:
            telling.append((one, other, percent))
            shown.update((one, other))
    return telling


def _said(answer: Answer) -> str:
    return text_of(answer.response)


def _handed_in(item: ExamItem) -> QuerySet[Answer]:
    """Answers of papers that are no longer being written."""
    answers = Answer.objects.filter(item=item, response__isnull=False)
    return answers.exclude(attempt__status=AttemptStatus.OPEN)
