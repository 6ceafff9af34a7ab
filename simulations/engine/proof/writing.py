"""A report in plain JSON types, with the keys of the architecture's line on `check_scenario` and more."""

from collections.abc import Mapping
from math import isinf
from typing import TYPE_CHECKING, Any

from .strategies import Strategy
from .totals import Bound

if TYPE_CHECKING:
    from .report import Report

FORMAT = 1
Json = dict[str, Any]


def written(report: "Report") -> Json:
    scenario = report.scenario
    return {
        "format": FORMAT,
        "id": scenario.id,
        "title": scenario.title,
        "content_hash": scenario.content_hash,
        "exact": report.exact,
        "why_sampled": report.why_sampled,
        "seed": report.seed,
        "states": report.states,
        "plays_drawn": report.strategies["random"].plays,
        "seconds": report.seconds,
        "findings": [finding.as_json() for finding in report.findings],
        "endings": {key: _ending(of) for key, of in report.endings.items()},
        "totals": _span(report.totals),
        "axes": {
            view: {axis: _span(span) for axis, span in axes.items()} for view, axes in report.axes.items()
        },
        "variables": {key: _span(span) for key, span in report.variables.items()},
        "strategies": {key: _strategy(of) for key, of in report.strategies.items()},
        "nodes": {
            key: {"reachable": _reachable(report, key), "choices": dict(report.choices.get(key, {}))}
            for key in scenario.nodes
        },
        "giveaways": {sign: {"r": tell.r, "n": tell.n} for sign, tell in report.signs.items()},
        "lenses": _lenses(report),
        "prefixes": [
            {
                "where": prefix.where,
                "lost": prefix.lost,
                "witness": _path(prefix.witness),
                "states": prefix.states,
                "always": prefix.always,
            }
            for prefix in report.prefixes
        ],
    }


def _path(path: tuple[str, ...]) -> str:
    return ",".join(path)


def _reachable(report: "Report", node: str) -> bool | None:
    return True if node in report.choices else (False if report.exact else None)


def _ending(of: Any) -> Json:
    return {
        "reachable": of.reachable,
        "witness": _path(of.witness),
        "share": of.share,
        "interval": list(of.interval),
    }


def _span(span: tuple[Bound, Bound] | None) -> Json | None:
    if span is None:
        return None
    least, most = span
    found: Json = {
        "min": least.value,
        "max": most.value,
        "proven": least.is_proved and most.is_proved,
        "witness_min": _path(least.path),
        "witness_max": _path(most.path),
    }
    if not found["proven"]:
        found["interval"] = [None if isinf(bound.limit) else bound.limit for bound in span]
    return found


def _strategy(of: Strategy) -> Json:
    found: Json = {
        "plays": of.plays,
        "pass_rate": of.pass_rate,
        "interval": list(of.interval),
        "mean_total": of.mean_total,
        "ending": of.ending,
        "total": of.total,
        "endings": dict(sorted(of.endings.items())),
    }
    return found | ({"path": _path(of.path)} if of.path else {})


def _lenses(report: "Report") -> Json:
    seen = report.lenses
    names: Mapping[str, str] = {lens.key: lens.name for lens in report.scenario.lenses}
    return {
        "by_lens": {
            key: {
                "name": names[key],
                "best": of.best,
                "random": of.random,
                "endings": dict(of.endings),
                "least": of.least,
                "most": of.most,
            }
            for key, of in seen.lenses.items()
        },
        "agreement": seen.agreement,
        "universal": _path(seen.universal),
        "plays": seen.looked_at,
    }
