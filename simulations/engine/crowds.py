"""Crowds: the states of a lot with the points earned on the way and the step that each came by.

What `prospects` follows: merged where the future is the same, scored where it ends.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .ceilings import Ceiling, Counts, Reals, axis_scores, mean_of, time_score
from .lots import Flags, Lot, Mask, joined
from .scenario import Scenario

CLOSE = 1e-9
"""Less than any two totals differ by before they are rounded, more than floats err."""

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Crowd:
    """States at one node: points by axis, flags ever set, and by which step they came (index of the state before)."""

    lot: Lot
    got: Counts
    most: Counts
    ever: Flags
    before: Places
    choice: Counts

    def __len__(self) -> int:
        return len(self.lot)

    def taken(self, picked: Places) -> "Crowd":
        lot = self.lot
        return Crowd(
            Lot(tuple(column[picked] for column in lot.columns), lot.flags[picked], lot.rows[picked]),
            self.got[picked],
            self.most[picked],
            self.ever[picked],
            self.before[picked],
            self.choice[picked],
        )


def needed_bits(scenario: Scenario) -> int:
    """The flags that some ending asks to have been set at least once."""
    found = 0
    for flags in scenario.marks.needs_any.values():
        for flag in flags:
            found |= scenario.flags[flag].bit
    return found


def together(crowds: list[Crowd]) -> Crowd:
    if len(crowds) == 1:
        return crowds[0]
    return Crowd(
        joined([crowd.lot for crowd in crowds]),
        np.concatenate([crowd.got for crowd in crowds]),
        np.concatenate([crowd.most for crowd in crowds]),
        np.concatenate([crowd.ever for crowd in crowds]),
        np.concatenate([crowd.before for crowd in crowds]),
        np.concatenate([crowd.choice for crowd in crowds]),
    )


def merged(here: Ceiling, crowd: Crowd, *, has_points: bool) -> Crowd:
    """One of each kind: states that differ in nothing that is still read have the same future."""
    parts: list[Places] = [crowd.lot.columns[slot].astype(np.int64) for slot in sorted(here.slots)]
    parts.append((crowd.lot.flags & np.uint64(here.flags)).astype(np.int64))
    if has_points:
        parts += [
            points[:, axis].astype(np.int64)
            for points in (crowd.got, crowd.most)
            for axis in range(points.shape[1])
        ]
        parts.append(crowd.ever.astype(np.int64))
    keys = _packed(parts)
    order = np.argsort(keys[0], kind="stable") if len(keys) == 1 else np.lexsort(keys)
    news = np.zeros(len(order), dtype=np.bool_)
    news[:1] = True
    for key in keys:
        ordered = key[order]
        news[1:] |= ordered[1:] != ordered[:-1]
    return crowd if news.all() else crowd.taken(np.sort(order[news]))


def _packed(parts: list[Places]) -> list[Places]:
    """The columns in as few integers as hold them: each counted from its lowest in steps of its common divisor."""
    keys: list[Places] = []
    room = 0
    for part in parts:
        shifted = part - part.min()
        divisor = int(np.gcd.reduce(shifted)) or 1
        shifted //= divisor
        span = int(shifted.max()) + 1
        if span == 1:
            continue
        if not keys or room * span >= 2**62:
            keys.append(shifted)
            room = span
        else:
            keys[-1] = keys[-1] * span + shifted
            room *= span
    return keys or [np.zeros(len(parts[0]), dtype=np.int64)]


def scored(scenario: Scenario, ending: str, crowd: Crowd) -> tuple[Reals, Mask]:
    """Totals before rounding, and which states pass: `scoring.score` in columns."""
    marks, lot, end = scenario.marks, crowd.lot, scenario.endings[ending]
    shares = {key: _share(scenario, key, lot) for key in {marks.compliance, *marks.outcome}}
    base = shares[marks.compliance]
    if marks.time:
        left = lot.columns[scenario.variables[marks.time].slot] / 100
        base = 0.6 * base + 0.4 * time_score(left, float(marks.time_in_hand))
    axes = axis_scores(crowd.got, crowd.most)
    result = sum(shares[key] for key in marks.outcome) / len(marks.outcome) * float(end.factor)
    totals: Reals = np.minimum(float(end.cap), 0.3 * base + 0.3 * mean_of(axes) + 0.4 * result)
    if ending in marks.failing:
        return totals, np.zeros(len(lot), dtype=np.bool_)
    judged = ~np.isnan(axes)
    passed = (rounded(totals) >= float(marks.total)) & judged.any(axis=1)
    passed &= ((axes >= float(marks.axis)) | ~judged).all(axis=1)
    if needs := marks.needs_any.get(ending):
        bits = sum(scenario.flags[flag].bit for flag in dict.fromkeys(needs))
        passed &= (crowd.ever & np.uint64(bits)) != 0
    return totals, passed


def _share(scenario: Scenario, key: str, lot: Lot) -> Reals:
    variable = scenario.variables[key]
    share: Reals = 100 * (lot.columns[variable.slot] - variable.lo) / (variable.hi - variable.lo)
    return share


def rounded(totals: Reals) -> Reals:
    tenths: Reals = np.floor(10 * totals + 0.5 + CLOSE) / 10
    return tenths
