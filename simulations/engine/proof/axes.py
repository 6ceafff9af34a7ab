"""The least and the most of an axis: points got in a hundred offered.

Whether some play gets more than p of q points offered is a question that sums over steps answer: is q × got − p ×
offered above nothing for any? The play that answers it best sets the next p of q, until no play is above it
(Dinkelbach 1967). Plays to which the axis offers nothing come to nothing in it, and so never win.
"""

from fractions import Fraction
from typing import Any

import numpy as np

from ..scoring import round_half_up
from .atlas import LOCKED, Atlas, Batch
from .points import Points
from .prospects import Ahead, column, sweep
from .totals import Bound

NOWHERE = -(2**30)


def extreme_share(
    atlas: Atlas, points: Points, axis: int, known: tuple[str, ...] | None, *, most: bool
) -> Bound | None:
    """The most, or the least, a play of the atlas has in this axis, proved; None when it is never offered anything.

    `known` is a play to begin with. Every state of the atlas must lead to an end, and none back to itself.
    """
    share = _share(atlas, points, axis, known) if known is not None else None
    end = Fraction(1) if most else Fraction(0)
    path = known or ()
    while share != end:
        against = share if share is not None else Fraction(-1 if most else 2)
        better = _better(atlas, points, axis, against, most=most)
        if better is None:
            break
        path, share = better, _share(atlas, points, axis, better)
    if share is None:
        return None
    value = float(round_half_up(100 * share, 1))
    return Bound(value, path, value)


def _share(atlas: Atlas, points: Points, axis: int, path: tuple[str, ...]) -> Fraction | None:
    got, offered = points.of_path(atlas.scenario, path, axis)
    return Fraction(got, offered) if offered else None


def _better(atlas: Atlas, points: Points, axis: int, than: Fraction, *, most: bool) -> tuple[str, ...] | None:
    """The play that surpasses the share by most; None when none does."""
    sign = 1 if most else -1

    def gain(node: str, choice: int) -> int:
        got, offered = points.got[node][choice][axis], points.most[node][axis]
        return sign * (than.denominator * got - than.numerator * offered)

    ahead = column(atlas, np.int32, 0)
    ahead[LOCKED] = NOWHERE

    def of_batch(batch: Batch) -> Any:
        found = np.full(len(batch), NOWHERE, dtype=np.int32)
        for choice, links in enumerate(batch.links):
            np.maximum(found, ahead[links] + np.int32(gain(batch.node, choice)), out=found)
        return found

    sweep(atlas, ahead, of_batch)
    if ahead[0] <= 0:
        return None
    return tuple(_followed(atlas, ahead, gain))


def _followed(atlas: Atlas, ahead: Ahead, gain: Any) -> list[str]:
    state, path = 0, []
    while state >= 0:
        node = atlas.batch_of(state).node
        worths = [
            (int(ahead[link]) + gain(node, choice), -choice)
            for choice in range(len(atlas.scenario.nodes[node].choices))
            if (link := atlas.link(state, choice)) != LOCKED
        ]
        choice = -max(worths)[1]
        path.append(atlas.door(state, choice))
        state = atlas.link(state, choice)
    return path
