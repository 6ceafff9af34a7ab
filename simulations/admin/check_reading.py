"""A check's report as its page reads it: verdict, findings with their paths, what is reached, how people fare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from simulations.checks.telling import (
    SEVERITIES,
    SIGNS,
    finding_text,
    finding_title,
    strategy_name,
)
from simulations.engine.paths import parse_path, walk
from simulations.engine.play import IllegalStep
from simulations.engine.scenario import Scenario
from simulations.engine.scoring import score

Json = Mapping[str, Any]


@dataclass(frozen=True)
class StepShown:
    """One step of a path: N03 敲开101的门, 乙, the text of the option, and where its node is written."""

    node: str
    title: str
    letter: str
    text: str
    url: str


@dataclass(frozen=True)
class PathShown:
    """A path that shows something: its steps, as it is written for `play_scenario`, and where it ends."""

    steps: tuple[StepShown, ...]
    written: str
    outcome: str


@dataclass(frozen=True)
class FindingShown:
    """A finding in words. `url` leads to the form where it is put right, "" where there is none."""

    title: str
    text: str
    url: str
    path: PathShown | None


@dataclass(frozen=True)
class Group:
    """All findings that weigh alike."""

    severity: str
    title: str
    findings: tuple[FindingShown, ...]


@dataclass(frozen=True)
class ChoiceReach:
    """An option and in how many states (exact) or plays it could be chosen."""

    letter: str
    count: int


@dataclass(frozen=True)
class NodeReach:
    """A situation: whether a play can come to it (None: no drawn play did), and its options."""

    title: str
    url: str
    reachable: bool | None
    choices: tuple[ChoiceReach, ...]


@dataclass(frozen=True)
class EndingReach:
    """An ending: whether it is reached, how often by plays that choose whatever comes, and one way there."""

    title: str
    reachable: bool | None
    share: str
    interval: str
    path: PathShown | None


@dataclass(frozen=True)
class StrategyShown:
    """What a way of playing comes to; `low`, `width` the interval of its pass rate on a scale of 100."""

    name: str
    plays: int
    pass_rate: str
    interval: str
    mean_total: float | None
    ending: str
    low: float
    width: float


@dataclass(frozen=True)
class LensShown:
    """Values through one lens, 0–100: of the play after points, on the mean at random, the span seen."""

    name: str
    best: float
    random: float
    least: float
    most: float


class Reading:
    """Reads one report beside the scenario it is about; `pk` is the draft's, whose forms it leads to."""

    def __init__(self, report: Json, scenario: Scenario, pk: int) -> None:
        self.report, self.scenario, self.pk = report, scenario, pk

    def groups(self) -> list[Group]:
        """Findings by weight, the worst first; weights without any are left out."""
        found = self.report["findings"]
        return [
            Group(key, str(title), tuple(self._finding(each) for each in found if each["severity"] == key))
            for key, title in SEVERITIES.items()
            if any(each["severity"] == key for each in found)
        ]

    def nodes(self) -> list[NodeReach]:
        nodes = self.report.get("nodes", {})
        return [self._node(key, nodes[key]) for key in self.scenario.nodes if key in nodes]

    def endings(self) -> list[EndingReach]:
        known = self.report.get("endings", {})
        return [self._ending(key, known[key]) for key in self.scenario.endings if key in known]

    def strategies(self) -> list[StrategyShown]:
        return [self._strategy(key, of) for key, of in self.report.get("strategies", {}).items()]

    def signs(self) -> list[tuple[str, Any, int]]:
        """What can be told from outside: the sign, how it goes with the points (r), over how many options."""
        return [
            (str(SIGNS.get(key, key)), of["r"], of["n"])
            for key, of in self.report.get("giveaways", {}).items()
        ]

    def lenses(self) -> list[LensShown]:
        return [
            LensShown(of["name"], of["best"], of["random"], of["least"], of["most"])
            for of in self.report.get("lenses", {}).get("by_lens", {}).values()
        ]

    def path(self, written: str) -> PathShown | None:
        """A written path with its steps, as far as it can be walked; None for an empty one."""
        names = parse_path(written)
        if not names:
            return None
        steps = tuple(self._step(name) for name in names if name in self.scenario.choice_names)
        return PathShown(steps, written, self._outcome(names))

    def _outcome(self, names: Sequence[str]) -> str:
        """Where the path leads, played again here and now."""
        try:
            state = walk(self.scenario, names)
        except IllegalStep as error:
            return _("This path cannot be walked: step %(step)s.") % {"step": error.step}
        if not state.is_ended:
            node = self.scenario.nodes[state.node]
            return _("Then the play stands at %(node)s.") % {"node": f"{node.id} {node.title}"}
        outcome = score(self.scenario, state)
        values = {
            "ending": f"{state.ending} {self.scenario.endings[state.ending].title}",
            "total": outcome.total,
        }
        if outcome.passed:
            return _("Ends with %(ending)s, %(total)s points, passed.") % values
        return _("Ends with %(ending)s, %(total)s points, not passed.") % values

    def _step(self, name: str) -> StepShown:
        node_key, choice_key = self.scenario.choice_names[name]
        node = self.scenario.nodes[node_key]
        return StepShown(
            node=node_key,
            title=node.title,
            letter=choice_key,
            text=node.by_id[choice_key].text,
            url=self._url(node_key),
        )

    def _url(self, where: str) -> str:
        """The form of a node or an ending, or of the node that a choice belongs to."""
        if where in self.scenario.endings:
            return reverse("scenarios:ending", args=[self.pk, where])
        node = self.scenario.choice_names.get(where, (where, ""))[0]
        return reverse("scenarios:node", args=[self.pk, node]) if node in self.scenario.nodes else ""

    def _finding(self, finding: Json) -> FindingShown:
        return FindingShown(
            title=finding_title(finding["kind"]),
            text=finding_text(finding, self.scenario),
            url=self._url(finding["where"]),
            path=self.path(finding.get("witness", "")),
        )

    def _node(self, key: str, of: Json) -> NodeReach:
        choices = tuple(ChoiceReach(choice, count) for choice, count in of["choices"].items())
        title = f"{key} {self.scenario.nodes[key].title}"
        return NodeReach(title, self._url(key), of["reachable"], choices)

    def _is_settled(self, ending: str) -> bool:
        """Whether it is proved that every run comes to this ending, or none."""
        known = self.report["endings"]
        others = [of["reachable"] for key, of in known.items() if key != ending]
        never = known[ending]["reachable"] is False
        return bool(self.report.get("exact")) and (never or not any(each is not False for each in others))

    def _is_one_play(self) -> bool:
        """Whether it is proved that however one plays, the ending and the total are the same."""
        totals = self.report.get("totals", {})
        same = totals.get("proven") and totals["min"] == totals["max"]
        ends = [key for key, of in self.report["endings"].items() if of["reachable"] is not False]
        return bool(self.report.get("exact") and same) and len(ends) == 1

    def _ending(self, key: str, of: Json) -> EndingReach:
        return EndingReach(
            title=f"{key} {self.scenario.endings[key].title}",
            reachable=of["reachable"],
            share=_percent(of["share"]),
            interval="" if self._is_settled(key) else _percents(of["interval"]),
            path=self.path(of["witness"]),
        )

    def _strategy(self, key: str, of: Json) -> StrategyShown:
        low, high = of["interval"]
        return StrategyShown(
            name=strategy_name(key),
            plays=of["plays"],
            pass_rate=_percent(of["pass_rate"]),
            interval=_percents(of["interval"]) if of["plays"] > 1 and not self._is_one_play() else "",
            mean_total=of["mean_total"],
            ending=self._ending_title(of["ending"]),
            low=round(min(100 * low, 99), 1),
            width=round(max(100 * (high - low), 1), 1),
        )

    def _ending_title(self, key: str | None) -> str:
        return f"{key} {self.scenario.endings[key].title}" if key else ""


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"


def _percents(interval: Sequence[float]) -> str:
    low, high = interval
    return f"{100 * low:.1f}–{100 * high:.1f}%"
