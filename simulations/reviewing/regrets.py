"""The look back on a run in the words of its story: what a step gave away, and the ways that were better."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from simulations.engine.hindsight import Certainty, Loss
from simulations.engine.scenario import Scenario
from simulations.engine.wording import amount
from simulations.models import Hindsight, HindsightStatus, Playthrough

WORTH_TELLING = 2
"""Points: who gives away less is not told to choose otherwise. So little says nothing of what is right."""


@dataclass(frozen=True)
class Turn:
    """One step of a better way: where, and what to choose there."""

    title: str
    text: str


@dataclass(frozen=True)
class Regret:
    """What a decision gave away. `points` of the total as text, `share` (0..100) of the largest one; `certainty` is
    the engine's. `better` is what to choose here instead, and after it the best way leads to `ending` with `best`
    points; "" where that is worth next to nothing, or where it earns less by itself. `is_sound` says that this is so
    and nothing was lost here: only on the way that was taken would something poorer have come to more points.

    The two `lost_…` say that a pass, or the ending of that title, was out of reach from here on; `is_sure` that this
    is certain, `way` how it would have been kept, step by step.
    """

    points: str
    share: float
    certainty: str
    best: str
    ending: str
    better: str
    is_sound: bool = False
    lost_pass: bool = False
    lost_ending: str = ""
    is_sure: bool = True
    way: tuple[Turn, ...] = ()


@dataclass(frozen=True)
class LookBack:
    """All of it. `by_step` holds the decisions that gave something away; `given_away` is their sum, as text.

    `first_mistake` is the step after which a pass was out of reach (`lost_pass`), or else the best ending; 0 where
    nothing was.
    `is_certain` says that every regret is proven; `path` is the best way from the start, as `engine.paths` writes it.
    """

    best: str
    given_away: str
    ending: str
    by_step: Mapping[int, Regret]
    first_mistake: int
    lost_pass: bool
    is_certain: bool
    path: tuple[str, ...]


def hindsight_of(run: Playthrough) -> Hindsight | None:
    """The row of a run's look back, if it is of the version the run is judged by. One query."""
    return Hindsight.objects.filter(playthrough=run, content_hash=run.standing_version.content_hash).first()


def look_back(scenario: Scenario, asked: Hindsight | None) -> LookBack | None:
    """The findings in the story's words; None while there are none."""
    if asked is None or asked.status != HindsightStatus.DONE or asked.findings is None:
        return None
    found: Mapping[str, Any] = asked.findings
    decisions, mistakes = found["decisions"], found["mistakes"]
    most = max((each["regret"] for each in decisions), default=0) or 1
    lost = {Loss(each["loss"]): each for each in mistakes}
    first = lost.get(Loss.PASSING) or lost.get(Loss.ENDING)
    regrets = {each["step"]: _regret(scenario, each, most, lost) for each in decisions if each["regret"]}
    for each in lost.values():
        if each["step"] not in regrets:
            regrets[each["step"]] = _regret(scenario, decisions[each["step"] - 1], most, lost)
    return LookBack(
        best=amount(found["best"]),
        given_away=amount(round(found["best"] - found["total"], 1)),
        ending=scenario.endings[decisions[0]["ending"]].title if decisions else "",
        by_step=regrets,
        first_mistake=first["step"] if first else 0,
        lost_pass=Loss.PASSING in lost,
        is_certain=all(each["certainty"] == Certainty.EXACT for each in decisions),
        path=tuple(decisions[0]["way"]) if decisions else (),
    )


def _regret(scenario: Scenario, found: Mapping[str, Any], most: float, lost: Mapping[Loss, Any]) -> Regret:
    passing, ending = (_here(lost.get(loss), found["step"]) for loss in (Loss.PASSING, Loss.ENDING))
    told = [each for each in (passing, ending) if each]
    is_worth, is_poorer = found["regret"] >= WORTH_TELLING, _is_poorer(scenario, found)
    return Regret(
        points=amount(found["regret"]) if found["regret"] else "",
        share=100 * found["regret"] / most,
        certainty=Certainty(found["certainty"]).value,
        best=amount(found["best"]),
        ending=scenario.endings[found["ending"]].title,
        better=turns_of(scenario, found["way"][:1])[0].text if is_worth and not is_poorer else "",
        is_sound=is_worth and is_poorer and not told,
        lost_pass=passing is not None,
        lost_ending=scenario.endings[ending["ending"]].title if ending else "",
        is_sure=all(each["is_certain"] for each in told),
        way=turns_of(scenario, told[0]["way"]) if told else (),
    )


def _is_poorer(scenario: Scenario, found: Mapping[str, Any]) -> bool:
    """Whether what comes to more points in the end earns less by itself than what was chosen."""
    node, better = scenario.choice_names[found["way"][0]]
    chosen = scenario.nodes[found["node"]].by_id[found["choice"]]
    return sum(chosen.points) > sum(scenario.nodes[node].by_id[better].points)


def _here(mistake: Mapping[str, Any] | None, step: int) -> Mapping[str, Any] | None:
    return mistake if mistake and mistake["step"] == step else None


def turns_of(scenario: Scenario, path: Iterable[str]) -> tuple[Turn, ...]:
    """A written path as one reads it."""
    named = (scenario.choice_names[name] for name in path)
    return tuple(
        Turn(scenario.nodes[node].title, scenario.nodes[node].by_id[choice].text) for node, choice in named
    )
