"""Marks of two markers side by side, as `statistics.agreement` takes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from assessments.marking.settling import Given, Round, newest_by_round


@dataclass(frozen=True)
class Pairs:
    """Points of first and second markings of the same answers, one place per answer, in the order of the answers."""

    first: NDArray[np.float64]
    second: NDArray[np.float64]
    answers: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.answers)


def pairs_in(given: Iterable[tuple[int, Iterable[Given]]]) -> Pairs:
    """The pairs among the marks of these answers, each with its id. Marks taken back and imported ones are none."""
    rows: list[tuple[int, Decimal, Decimal]] = []
    for answer, marks in sorted(given, key=lambda each: each[0]):
        newest = newest_by_round(marks)
        if Round.FIRST in newest and Round.SECOND in newest:
            rows.append((answer, newest[Round.FIRST].points, newest[Round.SECOND].points))
    return Pairs(
        first=np.array([first for _answer, first, _second in rows], dtype=np.float64),
        second=np.array([second for _answer, _first, second in rows], dtype=np.float64),
        answers=tuple(answer for answer, _first, _second in rows),
    )
