"""The marker's page of questions: what `queueing` says waits, with rounds, time in hand, anchors and progress."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min

from assessments.marking.anchors import blind_anchors
from assessments.marking.queueing import (
    QuestionLoad,
    attempts_to_mark,
    attempts_within_reach,
    free_scripts,
    questions_to_mark,
    scripts_in_hand,
)
from assessments.marking.rounds import waiting_answers, written_answers
from assessments.marking.settling import Round
from assessments.marking.words import round_name
from assessments.models import Answer, ExamItem
from people.models import Person


@dataclass(frozen=True)
class QuestionLine:
    """A question in the queue. Of `all` scripts that this marker might meet, `done` wait for no marks any more;
    `rounds` are those that wait for this marker, by round; `lapses_at` is when the first in hand lapses."""

    load: QuestionLoad
    rounds: tuple[tuple[str, int], ...]
    lapses_at: datetime | None
    anchors: int
    done: int
    all: int

    @property
    def item(self) -> ExamItem:
        return self.load.item

    @property
    def stem(self) -> str:
        return str(self.item.question_version.body.get("stem", ""))

    @property
    def is_spent(self) -> bool:
        """Whether the quota leaves nothing and nothing is in hand."""
        return self.load.left == 0 and not self.load.in_hand


def question_lines(marker: Person, *, at: datetime) -> list[QuestionLine]:
    """Every question with something for this marker, the longest waiting first. Its queries do not grow."""
    loads = questions_to_mark(marker, at=at)
    if not loads:
        return []
    items = [load.item for load in loads]
    ids = [item.pk for item in items]
    rounds = _rounds(marker, ids, at)
    leases = scripts_in_hand(marker, at=at).order_by().filter(answer__item__in=ids)
    lapses = dict(leases.values_list("answer__item").annotate(first=Min("expires_at")))
    versions = {item.question_version_id for item in items}
    anchors = _counted(
        blind_anchors(marker, at=at).filter(answer__item__question_version__in=versions),
        "answer__item__question_version",
    )
    within = attempts_within_reach(marker, at=at)
    every = _counted(written_answers().filter(item__in=ids, attempt__in=within), "item")
    open_ones = waiting_answers(attempts_to_mark(marker, at=at)).filter(item__in=ids)
    left = _counted(Answer.objects.filter(pk__in=open_ones.order_by().values("pk")), "item")
    return [
        QuestionLine(
            load=load,
            rounds=rounds.get(load.item.pk, ()),
            lapses_at=lapses.get(load.item.pk),
            anchors=anchors.get(load.item.question_version_id, 0),
            done=every.get(load.item.pk, 0) - left.get(load.item.pk, 0),
            all=every.get(load.item.pk, 0),
        )
        for load in loads
    ]


def _rounds(marker: Person, ids: Collection[int], at: datetime) -> dict[int, tuple[tuple[str, int], ...]]:
    """By item, how many scripts wait in which round, where there is more than a first one."""
    free = free_scripts(marker, at=at).filter(item__in=ids).order_by()
    found: dict[int, dict[Round, int]] = {}
    for item, wanted in free.values_list("item", "wanted"):
        rounds = found.setdefault(item, {})
        rounds[Round(wanted)] = rounds.get(Round(wanted), 0) + 1
    return {
        item: tuple((round_name(each), count) for each, count in sorted(rounds.items()))
        for item, rounds in found.items()
        if set(rounds) != {Round.FIRST}
    }


def _counted(rows: Any, by: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(by).annotate(count=Count("pk")))
