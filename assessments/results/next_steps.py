"""After a fail: when it can be sat again, the weakest abilities, and the lessons that train them.

Lessons live above this floor. Whoever knows them registers a finder at start-up with `register_lesson_finder`: it takes
leaf keys, the weakest first, and gives released lessons that touch one of them, the most fitting first, in a number of
queries that does not grow (two at most). `cms` registers that of courses in its AppConfig.ready.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from assessments.entry.admission import Candidacy, NotNow, why_not
from assessments.results.claims import leaf_shares
from assessments.results.passing import Earned, percent_text
from competencies.framework import leaf_titles

MOST_LEAVES = 3
MOST_LESSONS = 4
LEAST_QUESTIONS = 2


@dataclass(frozen=True)
class LessonToTake:
    """A released lesson, where it is, and the leaves it touches."""

    title: str
    url: str
    leaves: frozenset[str]


LessonFinder = Callable[[Sequence[str]], Iterable[LessonToTake]]

_finders: list[LessonFinder] = []


@dataclass(frozen=True)
class WeakLeaf:
    """An ability that earned little: the percent of its points, rounded down, over so many questions."""

    leaf: str
    title: str
    percent: str
    questions: int


@dataclass(frozen=True)
class NextSteps:
    """What somebody who failed can do. `refusal` is None where the exam may be sat again at once, `attempts_left` where
    there is no limit."""

    refusal: NotNow | None
    attempts_left: int | None
    weakest: tuple[WeakLeaf, ...]
    lessons: tuple[LessonToTake, ...]


def register_lesson_finder(find: LessonFinder) -> None:
    """Called once at start-up by the room that knows lessons. The same finder twice is one."""
    if find not in _finders:
        _finders.append(find)


def next_steps(candidacy: Candidacy, earned: Iterable[Earned], *, now: datetime) -> NextSteps:
    """What follows from a failed sitting with these questions. No query but the finders'."""
    weakest = weakest_leaves(earned)
    lessons = lessons_for([each.leaf for each in weakest])
    return NextSteps(why_not(candidacy, now=now), candidacy.attempts_left, weakest, lessons)


def weakest_leaves(earned: Iterable[Earned]) -> tuple[WeakLeaf, ...]:
    """The leaves with the lowest share of their points, the lowest first, at most three.

    One question says little: only leaves that two or more touched count, and none that earned everything.
    """
    earned = tuple(earned)
    touched = Counter(leaf for each in earned for leaf in each.shares())
    _weights, shares = leaf_shares(earned)
    titles = leaf_titles()
    order = list(titles)
    low = [leaf for leaf, share in shares.items() if touched[leaf] >= LEAST_QUESTIONS and share < Fraction(1)]
    low.sort(key=lambda leaf: (shares[leaf], order.index(leaf)))
    return tuple(
        WeakLeaf(leaf, titles[leaf], percent_text(shares[leaf]), touched[leaf]) for leaf in low[:MOST_LEAVES]
    )


def lessons_for(leaves: Sequence[str]) -> tuple[LessonToTake, ...]:
    """Lessons for these leaves, the weakest first; a lesson for each of them before a second one for any."""
    if not leaves:
        return ()
    found = [lesson for find in _finders for lesson in find(leaves)]
    firsts = [next((each for each in found if leaf in each.leaves), None) for leaf in leaves]
    chosen = dict.fromkeys([each for each in firsts if each] + found)
    return tuple(chosen)[:MOST_LESSONS]
