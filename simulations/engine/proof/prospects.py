"""What is still to come from each state: swept once from the ends of the plays back to their beginning."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..play import MAX_STEPS
from .atlas import LOCKED, Atlas, Batch, ending_link

CAN_PASS, CAN_BE_BEST = 1, 2

Ahead = NDArray[Any]
"""By state, and behind the states (so that links find them) by ending and for a locked choice."""


def column(atlas: Atlas, dtype: Any, rest: float) -> Ahead:
    """A value by state, `rest` for each at first, and for endings and locked choices behind them."""
    return np.full(atlas.states + 1 + 2 * len(atlas.scenario.endings), rest, dtype=dtype)


def sweep(atlas: Atlas, ahead: Ahead, of_batch: Callable[[Batch], Any]) -> None:
    """Fill `ahead` from the last batch to the first; where nodes go in circles, again until nothing changes."""
    circles = {at: circle for circle in atlas.cyclic for at in circle}
    done: set[range] = set()
    for number in reversed(range(len(atlas.batches))):
        circle = circles.get(number)
        if circle is None:
            batch = atlas.batches[number]
            ahead[batch.first : batch.first + len(batch)] = of_batch(batch)
        elif circle not in done:
            done.add(circle)
            while _changes(atlas, ahead, of_batch, circle):
                pass


def _changes(atlas: Atlas, ahead: Ahead, of_batch: Callable[[Batch], Any], circle: range) -> bool:
    has_changed = False
    for number in reversed(circle):
        batch = atlas.batches[number]
        found = of_batch(batch)
        here = ahead[batch.first : batch.first + len(batch)]
        has_changed = has_changed or not np.array_equal(found, here)
        here[:] = found
    return has_changed


def within_reach(atlas: Atlas) -> Ahead:
    """By state the bits CAN_PASS and CAN_BE_BEST.

    Passing means here: an ending that does not fail, whose cap is no less than the pass mark, and with one of the
    deeds it asks for. Whether the points then suffice is not looked at. Best is the reached ending, or endings, with
    the greatest factor and then the greatest cap.
    """
    ahead = column(atlas, np.uint8, 0)
    best = best_endings(atlas)
    marks = atlas.scenario.marks
    for number, ending in enumerate(atlas.scenario.endings.values()):
        passes = ending.id not in marks.failing and ending.cap >= marks.total
        is_best = CAN_BE_BEST * (ending.id in best)
        ahead[ending_link(number, lacks=False)] = CAN_PASS * passes | is_best
        # a deed that can be undone counts once done, which a link does not know: then nothing is said to be lacking
        ahead[ending_link(number, lacks=True)] = (
            CAN_PASS * (passes and _can_be_undone(atlas, ending.id)) | is_best
        )

    def of_batch(batch: Batch) -> Any:
        found = np.zeros(len(batch), dtype=np.uint8)
        for links in batch.links:
            found |= ahead[links]
        return found

    sweep(atlas, ahead, of_batch)
    return ahead


def best_endings(atlas: Atlas) -> frozenset[str]:
    """The reached endings that nothing reached surpasses in factor, then cap."""
    reached = [ending for key, ending in atlas.scenario.endings.items() if key in atlas.ends]
    most = max(((ending.factor, ending.cap) for ending in reached), default=None)
    return frozenset(ending.id for ending in reached if (ending.factor, ending.cap) == most)


def _can_be_undone(atlas: Atlas, ending: str) -> bool:
    needed = set(atlas.scenario.marks.needs_any.get(ending, ()))
    choices = (choice for node in atlas.scenario.nodes.values() for choice in node.choices)
    return any(needed & set(choice.lowers) for choice in choices)


def dead_ends(atlas: Atlas) -> Iterator[tuple[str, int, int]]:
    """(node, one state, how many) for every node with reached states in which no choice is open."""
    found: dict[str, tuple[int, int]] = {}
    for batch in atlas.batches:
        stuck = np.ones(len(batch), dtype=np.bool_)
        for links in batch.links:
            stuck &= links == LOCKED
        if count := int(stuck.sum()):
            state, before = found.get(batch.node, (batch.first + int(stuck.argmax()), 0))
            found[batch.node] = (state, before + count)
    for node, (state, count) in found.items():
        yield node, state, count


def endless(atlas: Atlas) -> tuple[str, ...] | None:
    """A path that has come back to a state in which it was, or that is longer than plays may be; None: none is."""
    for circle in atlas.cyclic:
        heights = _heights(atlas, circle)
        if int(heights.max(initial=0)) > MAX_STEPS:
            first = atlas.batches[circle.start].first
            return _round(atlas, first, heights, first + int(heights[:-1].argmax()))
    return None


def _heights(atlas: Atlas, circle: range) -> NDArray[np.int16]:
    """By state of the circle how many steps a play can still stay in it, no more than MAX_STEPS + 1."""
    batches = [atlas.batches[number] for number in circle]
    first, end = batches[0].first, batches[-1].first + len(batches[-1])
    heights = np.zeros(end - first + 1, dtype=np.int16)
    has_changed = True
    while has_changed:
        has_changed = False
        for batch in reversed(batches):
            found = np.zeros(len(batch), dtype=np.int16)
            for links in batch.links:
                inside = (links >= first) & (links < end)
                np.maximum(
                    found, np.where(inside, heights[np.where(inside, links - first, -1)] + 1, 0), out=found
                )
            np.minimum(found, MAX_STEPS + 1, out=found)
            here = heights[batch.first - first : batch.first - first + len(batch)]
            has_changed = has_changed or not np.array_equal(here, found)
            here[:] = found
    return heights


def _round(atlas: Atlas, first: int, heights: NDArray[np.int16], state: int) -> tuple[str, ...]:
    path = list(atlas.path_to(state))
    seen: set[int] = set()
    while state not in seen and len(path) < 2 * MAX_STEPS:
        seen.add(state)
        choices = atlas.scenario.nodes[atlas.batch_of(state).node].choices
        links = [(atlas.link(state, number), number) for number in range(len(choices))]
        inside = [
            (heights[link - first], -number) for link, number in links if 0 <= link - first < len(heights) - 1
        ]
        if not inside:
            break
        number = -max(inside)[1]
        path.append(atlas.door(state, number))
        state = atlas.link(state, number)
    return tuple(path[:MAX_STEPS])
