"""What is shown of a blueprint before anybody sits it: that every paper is full, within tolerance and under the cap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from math import ceil

from assessments.blueprints.drawing import Blueprint, Paper, Tolerance
from assessments.blueprints.exposure import Exposure, Series, calibrate, excess, groups_of, measure
from assessments.blueprints.feasibility import Shortage, shortages
from assessments.blueprints.sections import Pool
from assessments.blueprints.spread import HUNDREDTH, Spread, spread_of, usual_distance
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

# A proof draws so many papers, fewer where a large bank makes each of them dear.
MOST_PAPERS, LEAST_PAPERS, MOST_LOTS = 500, 100, 400_000
# Lots are drawn again until a paper lies within tolerance. Below this share that would take too long at the start.
LEAST_WITHIN = Fraction(1, 4)


@dataclass(frozen=True)
class Proof:
    """What was found out about a blueprint, and what stands in the way of its release (`problems`, () if nothing).

    `before` is the spread of difficulty as it is drawn, `after` once papers outside the tolerance are drawn anew;
    `most_tries` is how often that took for one of the papers. While sections are short there is nothing to draw.
    """

    blueprint: Blueprint
    problems: tuple[Message, ...]
    shortages: tuple[Shortage, ...] = ()
    before: Spread | None = None
    after: Spread | None = None
    most_tries: int = 0
    exposures: tuple[Exposure, ...] = ()

    @property
    def highest(self) -> Exposure | None:
        """The question group that stands on the largest share of papers, those asked of everybody aside."""
        drawn = [each for each in self.exposures if not each.group.fixed]
        return max(drawn, key=lambda each: each.share, default=None)


class Unproven(ValueError):
    """The blueprint does not hold; `proof.problems` says why."""

    def __init__(self, proof: Proof) -> None:
        self.proof = proof
        super().__init__("; ".join(map(str, proof.problems)))


def prove(
    pools: Sequence[Pool],
    difficulty: Mapping[str, int],
    *,
    cap: Decimal | None = None,
    within: Decimal | None = None,
    papers: int | None = None,
) -> Proof:
    """Everything there is to know about these pools; the same pools give the same proof on every machine.

    `difficulty` of every question, 1..5. `cap` is the percentage of papers a question may stand on, those
    that an author puts on every paper aside. `within` is how far a paper's mean difficulty may lie from that of all
    papers.
    """
    asked = {key for pool in pools for key in pool.keys}
    blueprint = Blueprint(tuple(pools), {key: difficulty[key] for key in sorted(asked)})
    short = shortages(pools)
    if short:
        return Proof(blueprint, tuple(map(_short, short)), short)
    series = Series(papers or max(LEAST_PAPERS, min(MOST_PAPERS, MOST_LOTS // len(asked))))
    first = series.first(blueprint)
    if within is not None:
        centre = spread_of([paper.difficulty for paper in first]).mean
        blueprint = Blueprint(blueprint.pools, blueprint.difficulty, tolerance=Tolerance(centre, within))
    problems = (*_too_narrow(blueprint, first), *_cap_out_of_reach(blueprint.pools, cap))
    if problems:
        return _proof(blueprint, problems, first, ())
    return _drawn(blueprint, cap, series)


def _drawn(blueprint: Blueprint, cap: Decimal | None, series: Series) -> Proof:
    if cap is None:
        return _proof(blueprint, (), series.first(blueprint), series.drawn(blueprint))
    share = Fraction(cap) / 100
    controlled, drawn, exposures = calibrate(blueprint, share, series)
    first = series.first(controlled)
    missed = tuple(_cap_missed(each, cap) for each in excess(exposures, share)[:1])
    return _proof(controlled, missed or _too_narrow(controlled, first), first, drawn)


def _proof(
    blueprint: Blueprint, problems: tuple[Message, ...], first: Sequence[Paper], drawn: Sequence[Paper]
) -> Proof:
    before = spread_of([paper.difficulty for paper in first], blueprint.tolerance)
    after = spread_of([paper.difficulty for paper in drawn], blueprint.tolerance) if drawn else None
    return Proof(
        blueprint,
        problems,
        before=before,
        after=after,
        most_tries=max((paper.tries for paper in drawn), default=0),
        exposures=measure(groups_of(blueprint), drawn or first),
    )


def named(numbers: Sequence[int]) -> str | Message:
    """The sections of these numbers as one says them: 2, 4 and 5."""
    *others, last = map(str, numbers)
    if not others:
        return last
    return Message(_("%(others)s and %(last)s"), {"others": ", ".join(others), "last": last})


def _short(short: Shortage) -> Message:
    params: dict[str, str | int | Message] = {
        "sections": named(short.sections),
        "asked": short.asked,
        "fitting": short.fitting,
        "short": short.short,
        "needed": short.needed,
    }
    if short.needed:
        together = _(
            "Sections %(sections)s together ask for %(asked)s questions. Beside the %(needed)s that the sections named "
            "before need, %(fitting)s fit: %(short)s short."
        )
        alone = _(
            "Section %(sections)s asks for %(asked)s questions. Beside the %(needed)s that the sections named before "
            "need, %(fitting)s fit: %(short)s short."
        )
    else:
        together = _(
            "Sections %(sections)s together ask for %(asked)s questions, %(fitting)s fit: %(short)s short."
        )
        alone = _("Section %(sections)s asks for %(asked)s questions, %(fitting)s fit: %(short)s short.")
    return Message(together if len(short.sections) > 1 else alone, params)


def _too_narrow(blueprint: Blueprint, first: Sequence[Paper]) -> tuple[Message, ...]:
    """The tolerance when too few papers lie within it by themselves."""
    if blueprint.tolerance is None:
        return ()
    difficulties = [paper.difficulty for paper in first]
    inside = len(first) - spread_of(difficulties, blueprint.tolerance).outside
    if Fraction(inside, len(first)) >= LEAST_WITHIN:
        return ()
    text = _(
        "Only %(inside)s of %(papers)s papers lie within the tolerance of %(within)s. Half of them lie within "
        "%(usual)s: allow that much, or split sections by difficulty so that papers differ less."
    )
    params: dict[str, str | int | Message] = {
        "inside": inside,
        "papers": len(first),
        "within": f"{blueprint.tolerance.within:f}",
        "usual": f"{usual_distance(difficulties, blueprint.tolerance.centre):f}",
    }
    return (Message(text, params),)


def _cap_out_of_reach(pools: Sequence[Pool], cap: Decimal | None) -> tuple[Message, ...]:
    """Sections that ask for more of their questions than the cap lets every paper have, by arithmetic."""
    if cap is None:
        return ()
    fixed = frozenset(key for pool in pools if pool.fixed for key in pool.keys)
    drawn = [_without(pool, fixed) for pool in pools if not pool.fixed]
    return tuple(_out_of_reach(each, cap) for each in shortages(drawn, share=Fraction(cap) / 100))


def _without(pool: Pool, keys: frozenset[str]) -> Pool:
    return Pool(pool.number, pool.count, pool.points, tuple(key for key in pool.keys if key not in keys))


def _out_of_reach(short: Shortage, cap: Decimal) -> Message:
    wanted = ceil(Fraction(short.asked) * 100 / Fraction(cap))
    params = {
        "sections": named(short.sections),
        "asked": short.asked,
        "fitting": short.fitting,
        "cap": f"{cap.normalize():f}",
        "wanted": wanted,
    }
    alone = _(
        "Section %(sections)s asks for %(asked)s of %(fitting)s questions, too many for each to stand on at most "
        "%(cap)s%% of the papers: that takes %(wanted)s questions. Add questions, ask for fewer, or raise the cap."
    )
    together = _(
        "Sections %(sections)s together ask for %(asked)s of %(fitting)s questions, too many for each to stand on at "
        "most %(cap)s%% of the papers: that takes %(wanted)s questions. Add questions, ask for fewer, or raise the cap."
    )
    return Message(together if len(short.sections) > 1 else alone, params)


def _cap_missed(over: Exposure, cap: Decimal) -> Message:
    reached = (Decimal(over.share.numerator) * 100 / over.share.denominator).quantize(
        HUNDREDTH, ROUND_CEILING
    )
    text = _(
        "Questions of difficulty %(difficulty)s in section %(sections)s stand on %(reached)s%% of the papers, and the "
        "cap of %(cap)s%% cannot be kept together with the tolerance. Raise one of the two, or add questions there."
    )
    return Message(
        text,
        {
            "difficulty": over.group.difficulty,
            "sections": named(sorted(over.group.sections)),
            "reached": f"{reached:f}",
            "cap": f"{cap.normalize():f}",
        },
    )
