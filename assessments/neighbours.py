"""Questions of the bank that read alike: what is asked twice, or was asked before in other words.

Stems and options are read, never keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Max

from assessments.items.similarity import Alike, Prints, print_of
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
        newest = QuestionVersion.objects.newest()
        return cls(dict(newest.values_list("question__key", "body").order_by("question__key")))

    def of(self, body: Mapping[str, Any], *, exclude: str = "") -> list[dict[str, Any]]:
        """[{key, percent}] of the questions near this body, the nearest first; `exclude` is its own key."""
        near = self._prints.near(print_of(body))
        return [{"key": key, "percent": percent} for key, percent in near if key != exclude]

    def pairs(self) -> list[Alike]:
        """Every two questions that are near, the nearest first, up to `MOST_PAIRS`."""
        return self._prints.pairs(most=MOST_PAIRS)

    def stem_of(self, key: str) -> str:
        """What the question of this key asks."""
        return str(self._bodies[key]["stem"])


def near_pairs() -> tuple[Alike, ...]:
    """Every two questions that read alike, the nearest first; retired questions are out of the way.

    Worked out once for each state of the bank, then kept in the cache. Two queries.
    """
    state = _state()
    kept = cache.get(CACHE)
    if kept is None or kept[0] != state:
        kept = (state, tuple(NeighbourIndex.read().pairs()))
        cache.set(CACHE, kept, KEPT_SECONDS)
    pairs: tuple[Alike, ...] = kept[1]
    retired = Question.objects.filter(status=QuestionStatus.RETIRED)
    gone = set(retired.values_list("key", flat=True)) if pairs else set()
    return tuple(pair for pair in pairs if not {pair.one, pair.other} & gone)


def _state() -> str:
    """What changes when the bank reads differently: versions are only ever added."""
    return "{newest}:{count}".format(**QuestionVersion.objects.aggregate(newest=Max("pk"), count=Count("pk")))


def neighbours_of(content: Mapping[str, Any], *, limit: int = 5) -> tuple[Neighbour, ...]:
    """The nearest questions to one that says `content` (at least {key, body}), in the bank or not yet. One query."""
    index = NeighbourIndex.read()
    near = index.of(content["body"], exclude=content.get("key", ""))[:limit]
    return tuple(Neighbour(each["key"], each["percent"], index.stem_of(each["key"])) for each in near)
