"""What a check found, in words for authors: one place for the texts of every kind of finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from simulations.engine.scenario import Scenario

Finding = Mapping[str, Any]
Tell = Callable[[Finding, Scenario], str]

SEVERITIES: Mapping[str, str | Promise] = {
    "error": gettext_lazy("Errors"),
    "warning": gettext_lazy("Cautions"),
    "note": gettext_lazy("Turning points"),
}
STAGES: Mapping[str, str | Promise] = {
    "": gettext_lazy("Waiting for a worker"),
    "playing": gettext_lazy("Plays are being drawn"),
    "exploring": gettext_lazy("Every state is being looked at"),
    "looking back": gettext_lazy("What can still be reached from where"),
    "comparing choices": gettext_lazy("Choices are being compared"),
    "least total": gettext_lazy("The least total"),
    "greatest total": gettext_lazy("The greatest total"),
    "axes": gettext_lazy("The least and the most of every axis"),
    "summing up": gettext_lazy("Summing up"),
    "done": gettext_lazy("Done"),
}
STRATEGIES: Mapping[str, str | Promise] = {
    "random": gettext_lazy("Whatever comes"),
    "longest": gettext_lazy("Always the longest option"),
    "fastest": gettext_lazy("Always the fastest option"),
    "first": gettext_lazy("Always the first option"),
    "best": gettext_lazy("Always the option with the most points"),
}
SIGNS: Mapping[str, str | Promise] = {
    "length": gettext_lazy("length of the option"),
    "position": gettext_lazy("place of the option"),
}


def finding_title(kind: str) -> str:
    """A kind of finding in a word or two."""
    return str(TITLES.get(kind, kind))


def finding_text(finding: Finding, scenario: Scenario) -> str:
    """A finding in a sentence; its kind and place where nobody has written one."""
    tell = TEXTS.get(finding["kind"])
    return tell(finding, scenario) if tell else f"{finding['kind']} {finding['where']}".strip()


def stage_text(stage: str) -> str:
    """How far a check is, in words."""
    return str(STAGES.get(stage, stage))


def strategy_name(key: str) -> str:
    """A way of playing in words: best-75 plays the best option three times in four."""
    if key.startswith("best-"):
        return _("The best option in %(percent)s%% of the steps, else whatever comes") % {"percent": key[5:]}
    return str(STRATEGIES.get(key, key))


def node_name(scenario: Scenario, key: str) -> str:
    """N03 登记在册 — how authors call a node."""
    node = scenario.nodes.get(key)
    return f"{key} {node.title}" if node else key


def choice_name(scenario: Scenario, written: str) -> str:
    """N03b as N03 选项 b: by the letter of its form. The letters learners see are dealt anew in every run."""
    node_key, choice_key = scenario.choice_names.get(written, (written, ""))
    return f"{node_key} {_('Choice')} {choice_key}" if choice_key else node_key


def _unreachable(finding: Finding, scenario: Scenario) -> str:
    node = node_name(scenario, finding["where"])
    if "plays" in finding:
        return _("No drawn play came to %(node)s.") % {"node": node}
    return _("No way leads to %(node)s.") % {"node": node}


def _never_enabled(finding: Finding, scenario: Scenario) -> str:
    choice = choice_name(scenario, finding["where"])
    if "plays" in finding:
        return _("In no drawn play could %(choice)s be chosen.") % {"choice": choice}
    return _("%(choice)s can never be chosen.") % {"choice": choice}


def _dead_end(finding: Finding, scenario: Scenario) -> str:
    node = node_name(scenario, finding["where"])
    if not (states := finding.get("states")):
        return _("At %(node)s a play can stick fast: no option can be chosen.") % {"node": node}
    return ngettext(
        "At %(node)s a play can stick fast: in %(states)s state no option can be chosen.",
        "At %(node)s a play can stick fast: in %(states)s states no option can be chosen.",
        states,
    ) % {"node": node, "states": states}


def _endless(finding: Finding, scenario: Scenario) -> str:
    node = node_name(scenario, finding["where"])
    return _("From %(node)s a play can come back to where it was, without an end.") % {"node": node}


def _unreached_ending(finding: Finding, scenario: Scenario) -> str:
    ending = scenario.endings.get(finding["where"])
    values = {"ending": f"{finding['where']} {ending.title}" if ending else finding["where"]}
    if "plays" in finding:
        return _("No drawn play came to the ending %(ending)s.") % values
    return _("No play comes to the ending %(ending)s.") % values


def _no_pass(finding: Finding, scenario: Scenario) -> str:
    return _("No play can pass.")


def _dominated(finding: Finding, scenario: Scenario) -> str:
    return _("%(choice)s is never better than %(by)s: nothing speaks for it.") % {
        "choice": choice_name(scenario, finding["where"]),
        "by": choice_name(scenario, finding["by"]),
    }


def _unwinnable(finding: Finding, scenario: Scenario) -> str:
    choice = choice_name(scenario, finding["where"])
    if finding.get("always"):
        return _("After %(choice)s no play can pass any more.") % {"choice": choice}
    return _("After %(choice)s a play that could pass may be past it.") % {"choice": choice}


def _irrevocable(finding: Finding, scenario: Scenario) -> str:
    choice = choice_name(scenario, finding["where"])
    if finding.get("always"):
        return _("After %(choice)s the best ending is out of reach.") % {"choice": choice}
    return _("After %(choice)s the best ending may be out of reach, depending on the way there.") % {
        "choice": choice
    }


def _unasked(finding: Finding, scenario: Scenario) -> str:
    return _("No option has points to give for %(axis)s: a pass would say nothing of it.") % {
        "axis": finding["where"]
    }


def _giveaway(finding: Finding, scenario: Scenario) -> str:
    return _("“%(strategy)s” passes without reading: %(total)s points.") % {
        "strategy": strategy_name(finding["where"]),
        "total": finding["total"],
    }


def _telling(finding: Finding, scenario: Scenario) -> str:
    said = _("The %(sign)s goes with its points (r = %(r)s, %(n)s options): one need not read.")
    if finding["where"] == "position":
        said = _(
            "The place of an option as written goes with its points (r = %(r)s, %(n)s options). Runs on this site"
            " shuffle the options; mind it where they are printed or read out."
        )
    return said % {
        "sign": SIGNS.get(finding["where"], finding["where"]),
        "r": finding["r"],
        "n": finding["n"],
    }


def _universal(finding: Finding, scenario: Scenario) -> str:
    return _("One way is best for everybody: nothing has to be weighed.")


TITLES: Mapping[str, str | Promise] = {
    "unreachable-node": gettext_lazy("Unreachable"),
    "dead-end": gettext_lazy("Dead end"),
    "endless-loop": gettext_lazy("Endless loop"),
    "never-enabled": gettext_lazy("Never open"),
    "unreached-ending": gettext_lazy("Ending never reached"),
    "no-pass": gettext_lazy("Cannot be passed"),
    "unasked": gettext_lazy("Not asked for"),
    "dominated": gettext_lazy("Never better"),
    "unwinnable": gettext_lazy("Pass lost for good"),
    "irrevocable": gettext_lazy("Best ending lost"),
    "giveaway": gettext_lazy("Passes unread"),
    "telling": gettext_lazy("Outward sign"),
    "universal": gettext_lazy("Best for all"),
}
TEXTS: Mapping[str, Tell] = {
    "unreachable-node": _unreachable,
    "dead-end": _dead_end,
    "endless-loop": _endless,
    "never-enabled": _never_enabled,
    "unreached-ending": _unreached_ending,
    "no-pass": _no_pass,
    "unasked": _unasked,
    "dominated": _dominated,
    "unwinnable": _unwinnable,
    "irrevocable": _irrevocable,
    "giveaway": _giveaway,
    "telling": _telling,
    "universal": _universal,
}
