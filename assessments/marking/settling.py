"""Which of the marks of an answer count, and what they come to.

A mark that was taken back does not count, nor does the one that takes it back. Of what is left, in this order: a
recheck, an imported mark, an adjudication; else the first marking alone, or, where the exam is marked twice, the mean
of both markings as long as they are close enough. In every round the newest mark counts. Nothing here knows of the
database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from uuid import UUID


class Round(IntEnum):
    """In which round a mark was given; the numbers of `models.MarkRound`."""

    FIRST = 1
    SECOND = 2
    THIRD = 3
    RECHECK = 4


@dataclass(frozen=True)
class Rules:
    """How the marks of an exam come together: once or twice, and how many points apart two may be."""

    double: bool = False
    tolerance: Decimal = Decimal(2)


@dataclass(frozen=True)
class Given:
    """A mark as it was given. Marks by criterion and penalty are decimal text."""

    id: int
    marker: UUID
    round: int
    points: Decimal
    marks: Mapping[str, str]
    penalty: str
    given_at: datetime
    imported: bool = False
    undoes: int | None = None
    comment: str = ""


@dataclass(frozen=True)
class Standing:
    """What counts for an answer. `points` is the sum of `marks` less `penalty`, never below 0, or what was imported.

    Two marks that agree come to quarters of a point at the finest. `counted` are the ids of the marks it rests on,
    `comments` what their givers wrote to the candidate.
    """

    points: Decimal
    marks: Mapping[str, str]
    penalty: str
    imported: bool
    comments: tuple[str, ...]
    counted: tuple[int, ...]
    round: Round

    @property
    def comment(self) -> str:
        """All comments, each on its own lines."""
        return "\n".join(self.comments)


@dataclass(frozen=True)
class Settlement:
    """What stands, or the round that is wanted before anything does: one of both is None."""

    standing: Standing | None
    wanted: Round | None


def settle(given: Iterable[Given], rules: Rules) -> Settlement:
    """What the marks of one answer come to; they were all given to the answer as it stands."""
    given = tuple(given)
    newest = newest_by_round(given)
    imported = [each for each in left_of(given) if each.imported]
    deciding = newest.get(Round.RECHECK) or (imported and imported[-1]) or newest.get(Round.THIRD)
    if deciding:
        return Settlement(_alone(deciding), None)
    first, second = newest.get(Round.FIRST), newest.get(Round.SECOND)
    if first is None:
        return Settlement(None, Round.FIRST)
    if not rules.double:
        return Settlement(_alone(first), None)
    if second is None:
        return Settlement(None, Round.SECOND)
    if not agree(first, second, rules):
        return Settlement(None, Round.THIRD)
    return Settlement(_mean(first, second), None)


def left_of(given: Iterable[Given]) -> tuple[Given, ...]:
    """The marks that were not taken back, the oldest first."""
    given = sorted(given, key=lambda each: each.id)
    gone = {each.undoes for each in given if each.undoes is not None}
    return tuple(each for each in given if each.undoes is None and each.id not in gone)


def newest_by_round(given: Iterable[Given]) -> dict[Round, Given]:
    """The newest mark of every round that was not taken back; imported ones belong to none."""
    return {Round(each.round): each for each in left_of(given) if not each.imported}


def agree(first: Given, second: Given, rules: Rules) -> bool:
    """Whether two marks are close enough for their mean to count."""
    return abs(first.points - second.points) <= rules.tolerance


def may_give(marker: UUID, round: Round, given: Iterable[Given]) -> bool:
    """Whether this person gave no mark in another round: nobody marks an answer in two, not even one taken back."""
    return all(each.marker != marker or each.round == round or each.imported for each in given)


def _alone(mark: Given) -> Standing:
    return Standing(
        points=mark.points,
        marks=mark.marks,
        penalty=mark.penalty,
        imported=mark.imported,
        comments=(mark.comment,) if mark.comment else (),
        counted=(mark.id,),
        round=Round(mark.round),
    )


def _mean(first: Given, second: Given) -> Standing:
    """The mean of each criterion and of the penalty; the points follow from them, so that they add up for a reader."""
    marks = {each: _middle(first.marks.get(each, "0"), second.marks.get(each, "0")) for each in first.marks}
    penalty = _middle(first.penalty, second.penalty)
    earned = sum(marks.values(), Decimal(0)) - penalty
    return Standing(
        points=max(earned, Decimal(0)),
        marks={each: _text(mark) for each, mark in marks.items()},
        penalty=_text(penalty),
        imported=False,
        comments=tuple(each.comment for each in (first, second) if each.comment),
        counted=(first.id, second.id),
        round=Round.SECOND,
    )


def _middle(one: str, other: str) -> Decimal:
    return (Decimal(one) + Decimal(other)) / 2


def _text(number: Decimal) -> str:
    return f"{number.normalize() + 0:f}"
