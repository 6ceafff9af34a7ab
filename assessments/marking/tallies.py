"""What the marks of many answers to one question add up to: how far, by whom, and how they met the anchors. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from assessments.marking.settling import Given, Round, Rules, left_of, newest_by_round, settle


@dataclass(frozen=True)
class Progress:
    """Of `wanted` answers that this round is asked of, `done` have it, or need it no more."""

    round: Round
    done: int
    wanted: int

    @property
    def left(self) -> int:
        return self.wanted - self.done


@dataclass(frozen=True)
class Tally:
    """What one marker gave: marks by round, taken-back ones left out, and their mean in points."""

    marker: UUID
    rounds: Mapping[Round, int]
    mean: Decimal

    @property
    def count(self) -> int:
        return sum(self.rounds.values())


@dataclass(frozen=True)
class AnchorTally:
    """How one marker met the anchors: `difference` is the mean of given minus agreed, in points; `apart` the mean
    distance, whichever way."""

    marker: UUID
    count: int
    difference: Decimal
    apart: Decimal


def progress_of(answers: Sequence[Sequence[Given]], rules: Rules) -> tuple[Progress, ...]:
    """Round by round; the second where the exam is marked twice, adjudication where there is any."""
    wanted = Counter(settle(given, rules).wanted for given in answers)
    found = [Progress(Round.FIRST, len(answers) - wanted[Round.FIRST], len(answers))]
    if rules.double:
        found.append(Progress(Round.SECOND, found[0].done - wanted[Round.SECOND], len(answers)))
    decided = sum(Round.THIRD in newest_by_round(given) for given in answers)
    if decided or wanted[Round.THIRD]:
        found.append(Progress(Round.THIRD, decided, decided + wanted[Round.THIRD]))
    return tuple(found)


def tallies_of(answers: Iterable[Sequence[Given]]) -> list[Tally]:
    """Marker by marker, in no order that means anything; marks from files are nobody's."""
    rounds: defaultdict[UUID, Counter[Round]] = defaultdict(Counter)
    points: defaultdict[UUID, Decimal] = defaultdict(Decimal)
    for given in answers:
        for mark in _standing_ones(given):
            rounds[mark.marker][Round(mark.round)] += 1
            points[mark.marker] += mark.points
    return [Tally(marker, dict(counts), points[marker] / counts.total()) for marker, counts in rounds.items()]


def anchor_tallies(met: Iterable[tuple[UUID, Decimal, Decimal]]) -> list[AnchorTally]:
    """From (marker, points given, points agreed) of every anchor that was marked."""
    by_marker: defaultdict[UUID, list[Decimal]] = defaultdict(list)
    for marker, given, agreed in met:
        by_marker[marker].append(given - agreed)
    return [
        AnchorTally(marker, len(each), _mean(each), _mean([abs(one) for one in each]))
        for marker, each in by_marker.items()
    ]


def _mean(numbers: Sequence[Decimal]) -> Decimal:
    return sum(numbers, Decimal(0)) / len(numbers)


def _standing_ones(given: Sequence[Given]) -> list[Given]:
    """One mark of everybody in every round: the newest that was not taken back."""
    newest = {(mark.marker, mark.round): mark for mark in left_of(given) if not mark.imported}
    return list(newest.values())
