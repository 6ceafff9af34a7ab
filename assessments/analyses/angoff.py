"""Angoff: judges say of every item how many of a hundred just competent candidates would answer it right.

In the first round everybody rates alone. Once a judge has rated everything, and so has a second one, their first round
is closed and the second opens: they see how far the first lay apart and may think again. The second rating counts in
place of the first, which stays. What comes of it is proposed beside the exam's line to pass and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import AngoffRating, ExamItem, ExamVersion
from assessments.statistics.angoff import CutScore, cut_score
from core import audit
from core.errors import Refusal
from people.models import Person, Role
from people.roles import check_role

JUDGES = (Role.AUTHOR, Role.EXAMINER)
FEWEST_JUDGES = 2
ROUNDS = (1, 2)

Ratings = dict[tuple[UUID, int, int], int]
"""(judge, round, number of the item) → percent."""


@dataclass(frozen=True)
class Panel:
    """Everything that was rated of one release. `numbers` are its items, `points` what each is worth."""

    numbers: tuple[int, ...]
    points: tuple[float, ...]
    ratings: Ratings

    def own(self, judge: UUID, round: int) -> dict[int, int]:
        """What a judge said in one round, by number of the item."""
        return {
            number: said
            for (who, when, number), said in self.ratings.items()
            if (who, when) == (judge, round)
        }

    def has_finished(self, judge: UUID) -> bool:
        """Whether a judge rated every item in the first round."""
        return len(self.own(judge, 1)) == len(self.numbers) > 0

    @property
    def judges(self) -> tuple[UUID, ...]:
        """Who rated anything."""
        return tuple(sorted({judge for judge, _round, _number in self.ratings}))

    @property
    def finished(self) -> int:
        """How many judges are through with the first round."""
        return sum(self.has_finished(judge) for judge in self.judges)

    def round_of(self, judge: UUID) -> int:
        """The round a judge may rate in now."""
        return 2 if self.has_finished(judge) and self.finished >= FEWEST_JUDGES else 1

    def spread(self, round: int = 1) -> dict[int, tuple[int, int, float]]:
        """Lowest, highest and mean rating of each item in a round, by those who finished the first."""
        judges = [judge for judge in self.judges if self.has_finished(judge)]
        found = {}
        for number in self.numbers:
            said = [
                self.ratings[judge, round, number]
                for judge in judges
                if (judge, round, number) in self.ratings
            ]
            if said:
                found[number] = min(said), max(said), sum(said) / len(said)
        return found

    def cut(self) -> CutScore:
        """The cut score of what counts: the second rating where there is one, else the first."""
        rows = [[self._counting(judge, number) for number in self.numbers] for judge in self.judges]
        shape = len(self.judges), len(self.numbers)
        return cut_score(np.array(rows, dtype=np.float64).reshape(shape), self.points)

    def _counting(self, judge: UUID, number: int) -> float:
        said = (self.ratings.get((judge, round, number)) for round in reversed(ROUNDS))
        return next((float(each) for each in said if each is not None), float("nan"))


def read_panel(version: ExamVersion) -> Panel:
    """Items and ratings of a release. Two queries."""
    items = version.items.order_by("number").values_list("number", "points")
    rows = AngoffRating.objects.filter(item__exam_version=version).values_list(
        "judge", "round", "item__number", "percent"
    )
    ratings = {(judge, round, number): percent for judge, round, number, percent in rows}
    return Panel(tuple(number for number, _ in items), tuple(float(points) for _, points in items), ratings)


def rate_items(
    *, exam_version: ExamVersion, round: int, percents: Mapping[int, int], by: Person, now: datetime
) -> Panel:
    """Store a judge's ratings, by number of the item; what they said of other items stays.

    Raises NotAllowed for somebody who is neither author nor examiner, Refusal for a round that is not theirs now (code
    "round": the first closes once the second shows what others said), an unknown item ("item") and a number that is no
    percentage ("percent").
    """
    check_role(by, *JUDGES, on=timezone.localdate(now))
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=by.pk)
        panel = read_panel(exam_version)
        _check(panel, by, round, percents)
        before = panel.own(by.pk, round)
        changed = {number: said for number, said in percents.items() if before.get(number) != said}
        if not changed:
            return panel
        items = ExamItem.objects.filter(exam_version=exam_version, number__in=changed)
        AngoffRating.objects.bulk_create(
            [
                AngoffRating(item=item, judge=by, round=round, percent=changed[item.number], rated_at=now)
                for item in items
            ],
            update_conflicts=True,
            unique_fields=["item", "judge", "round"],
            update_fields=["percent", "rated_at"],
        )
        audit.record(
            action="angoff.rated",
            target=f"assessments.exam:{exam_version.key}",
            by=by,
            now=now,
            number=exam_version.number,
            round=round,
            items=len(changed),
        )
    return read_panel(exam_version)


def wrong_percent(numbers: Iterable[int]) -> Refusal:
    """What to say of ratings that are no percentages, by number of the item."""
    listed = "、".join(map(str, sorted(numbers)))
    words = _("Question %(numbers)s: a rating is a whole number from 0 to 100.")
    return Refusal(words % {"numbers": listed}, code="percent")


def _check(panel: Panel, by: Person, round: int, percents: Mapping[int, int]) -> None:
    if round != panel.round_of(by.pk):
        raise Refusal(
            _("This round is over for you, or not open yet. What you see now is the one you are in."),
            code="round",
        )
    if set(percents) - set(panel.numbers):
        raise Refusal(_("This exam has no such question."), code="item")
    if wrong := [number for number, said in percents.items() if not 0 <= said <= 100]:
        raise wrong_percent(wrong)
