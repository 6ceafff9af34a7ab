"""How an item is scored: the standard templates, and the same written out rule by rule (see `conditions`).

Understood are match_correct, map_response and their CC2 twins; conditions that compare responses with what is correct
and set or add a constant; `mapResponse`, alone or summed, also behind `isNull`; and outcomes of their own for single
responses, added up in SCORE. Rules about other outcomes choose feedback and say nothing about marks.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from assessments.formats.qti.conditions import MAP, MATCH, UNSAID, Marks, Scoring
from assessments.formats.qti.declarations import Declared, Outcomes, value_text
from assessments.formats.qti.rules import Scripted, concerns, summed
from assessments.formats.usual import number_in

TEMPLATES = {
    "match_correct": MATCH,
    "cc2_match_correct": MATCH,
    "cc2_match_basic": MATCH,
    "match_basic": MATCH,
    "map_response": MAP,
    "cc2_map_response": MAP,
    "map_response_point": MAP,
}
__all__ = ["MAP", "MATCH", "UNSAID", "Scoring", "Scripted", "scoring"]


def scoring(root: Any, outcomes: Outcomes, declared: Mapping[str, Declared]) -> Scoring:
    """The item's way of scoring. Raises Scripted."""
    element = root.find("responseProcessing")
    chosen = {each.get("identifier", "") for each in root.iter("setOutcomeValue")}
    fixed = {name: value for name, value in outcomes.defaults.items() if name not in chosen}
    read = Scoring(shown=set(fixed.values()), chosen=chosen)
    if element is None:
        return read
    template = element.get("template") or element.get("templateLocation") or ""
    rules = list(element.iterchildren(etree.Element))
    if template and not rules:
        read.default = _template(template)
        return read
    earning, sums = _earning(rules, chosen, fixed, declared)
    marks = Marks(read, fixed, declared, earning)
    for rule in rules:
        read.shown |= _always_shown(rule)
        if rule not in sums and concerns(rule, earning):
            marks.rule(rule)
    marks.close()
    return read


def _template(address: str) -> str:
    name = address.rstrip("/").rsplit("/", 1)[-1].lower().removesuffix(".xml")
    if name not in TEMPLATES:
        raise Scripted
    return TEMPLATES[name]


def _earning(
    rules: Sequence[Any], chosen: set[str], fixed: Mapping[str, str], declared: Mapping[str, Declared]
) -> tuple[set[str], list[Any]]:
    """The outcomes that are marks, and the rules that only add some of them up: SCORE and its parts; where nothing
    sets it, what is called SCORE_1, SCORE_gap …"""
    names = {"SCORE"} if "SCORE" in chosen else {each for each in chosen if each.startswith("SCORE")}
    sums = [each for each in rules if each.get("identifier") in names and _adds_up(each, fixed, declared)]
    return names | {part.get("identifier", "") for each in sums for part in summed(each)}, sums


def _adds_up(rule: Any, fixed: Mapping[str, str], declared: Mapping[str, Declared]) -> bool:
    """Whether the rule sets its outcome to the sum of others, which are nothing unless a rule sets them."""
    parts = summed(rule)
    names = {each.get("identifier", "") for each in parts} - {rule.get("identifier")}
    if rule.tag != "setOutcomeValue" or not names or any(each.tag != "variable" for each in parts):
        return False
    return not names & {*declared, "duration", "MAXSCORE"} and not any(
        number_in(fixed.get(each, "0")) for each in names
    )


def _always_shown(rule: Any) -> set[str]:
    """The feedback that a rule without a condition switches on, or one in each of its branches."""
    if rule.tag == "setOutcomeValue":
        return _values(rule)
    branches = list(rule.iterchildren(etree.Element))
    if rule.tag != "responseCondition" or not branches or branches[-1].tag != "responseElse":
        return set()
    return set.intersection(*map(_values, branches))


def _values(element: Any) -> set[str]:
    """What outcomes are set to, not what something is compared with on the way."""
    found = set()
    for rule in element.iter("setOutcomeValue"):
        parts = list(rule.iterchildren(etree.Element))
        inside = [each for part in parts if part.tag in ("multiple", "ordered") for each in part]
        found |= {value_text(each) for each in (*parts, *inside) if each.tag == "baseValue"}
    return found
