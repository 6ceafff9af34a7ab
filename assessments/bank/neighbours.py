"""Questions of the bank that read alike: what is asked twice, or was asked before in other words.

Stems and options are read, never keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Max

from assessments.items.similarity import Alike, Prints, nearest, print_of
from assessments.models import Question, QuestionStatus, QuestionVersion

MOST_PAIRS = 2000
CACHE = "assessments.near_pairs"
KEPT_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True)
class Neighbour:
    """A question of the bank near another; `percent` of what both say is common."""

    key: str
    percent: int
    stem: str


class NeighbourIndex:
    """The bank as it reads now, made once and asked for many."""

    def __init__(self, bodies: Mapping[str, Mapping[str, Any]]) -> None:
        self._bodies = bodies
        self._prints = Prints({key: print_of(body) for key, body in bodies.items()})

    @classmethod
    def read(cls) -> NeighbourIndex:
        """The newest version of every question. One query."""
        return cls(_bodies())

    def of(self, body: Mapping[str, Any], *, exclude: str = "") -> list[dict[str, Any]]:
        """[{key, percent}] of the questions near this body, the nearest first; `exclude` is its own key."""
        near = self._prints.near(print_of(body))
        return [{"key": key, "percent": percent} for key, percent in near if key != exclude]

    def pairs(self) -> list[Alike]:
        """Every two questions that are near, the nearest first, up to `MOST_PAIRS`."""
        return self._prints.pairs(most=MOST_PAIRS)

    def pairs_with(self, key: str) -> set[Alike]:
        """The pairs that this question of the bank is one of."""
        near = self.of(self._bodies[key], exclude=key)
        return {Alike(each["percent"], min(key, each["key"]), max(key, each["key"])) for each in near}


def near_pairs() -> tuple[Alike, ...]:
    """Every two questions that read alike, the nearest first; retired questions are out of the way.

    Kept in the cache; when versions came since, only their questions are compared again. Two queries while nothing
    came, four when something did.
    """
    newest = QuestionVersion.objects.aggregate(pk=Max("pk"))["pk"] or 0
    kept = cache.get(CACHE)
    if kept is None or kept[0] > newest:
        kept = (newest, NeighbourIndex.read().pairs())
    elif kept[0] < newest:
        kept = (newest, _compared_again(kept[1], since=kept[0]))
    cache.set(CACHE, kept, KEPT_SECONDS)
    pairs: list[Alike] = kept[1]
    retired = Question.objects.filter(status=QuestionStatus.RETIRED)
    gone = set(retired.values_list("key", flat=True)) if pairs else set()
    return tuple(pair for pair in pairs if not {pair.one, pair.other} & gone)


def _compared_again(pairs: list[Alike], *, since: int) -> list[Alike]:
    """The pairs without those of questions that changed since this version, and what is near these now."""
    later = QuestionVersion.objects.filter(pk__gt=since)
    changed = set(later.values_list("question__key", flat=True))
    index = NeighbourIndex.read()
    found = {pair for pair in pairs if not {pair.one, pair.other} & changed}
    for key in changed:
        found |= index.pairs_with(key)
    return sorted(found, key=lambda pair: (-pair.percent, pair.one, pair.other))[:MOST_PAIRS]


def neighbours_of(content: Mapping[str, Any], *, limit: int = 5) -> tuple[Neighbour, ...]:
    """The nearest questions to one that says `content` (at least {key, body}), in the bank or not yet. One query."""
    bodies = _bodies()
    bodies.pop(content.get("key", ""), None)
    near = nearest(content["body"], bodies)[:limit]
    return tuple(Neighbour(key, percent, str(bodies[key]["stem"])) for key, percent in near)


def _bodies() -> dict[str, Any]:
    """What candidates read of the newest version of every question."""
    newest = QuestionVersion.objects.newest()
    return dict(newest.values_list("question__key", "body").order_by("question__key"))
