"""Questions of the bank that read alike: what is asked twice, or was asked before in other words.

Stems and options are read, never keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.items.similarity import Prints, print_of
from assessments.models import QuestionVersion


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

    def stem_of(self, key: str) -> str:
        """What the question of this key asks."""
        return str(self._bodies[key]["stem"])


def neighbours_of(content: Mapping[str, Any], *, limit: int = 5) -> tuple[Neighbour, ...]:
    """The nearest questions to one that says `content` (at least {key, body}), in the bank or not yet. One query."""
    index = NeighbourIndex.read()
    near = index.of(content["body"], exclude=content.get("key", ""))[:limit]
    return tuple(Neighbour(each["key"], each["percent"], index.stem_of(each["key"])) for each in near)
