"""How an item is scored: the standard templates, and the same written out rule by rule.

Understood are match_correct, map_response and their CC2 twins; conditions that compare responses with what is correct
(`match`, `equal` with an absolute tolerance, `and` of them) and set or add a constant; `mapResponse`, alone or
summed, also behind `isNull`. Rules about other outcomes than SCORE choose feedback and say nothing about marks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lxml import etree

from assessments.formats.qti.declarations import SCORES, Outcomes, value_text
from assessments.formats.usual import number_in

MATCH, MAP, UNSAID = "match", "map", "unsaid"
TEMPLATES = {
    "match_correct": MATCH,
    "cc2_match_correct": MATCH,
    "cc2_match_basic": MATCH,
    "match_basic": MATCH,
    "map_response": MAP,
    "cc2_map_response": MAP,
    "map_response_point": MAP,
}
FURTHER = ("exitResponse", "lookupOutcomeValue", "responseProcessingFragment")


class Scripted(Exception):
    """The marks are worked out in a way that is not one of those above."""


@dataclass
class Scoring:
    """`how` each response is scored by identifier; `default` for those without a rule of their own.

    `worth`: the constant a right response earns. `tolerances`: of numbers. `together`: only all right earn marks.
    `shown`: identifiers of feedback that every answer gets; `chosen`: outcomes that rules set.
    """

    default: str = UNSAID
    how: dict[str, str] = field(default_factory=dict)
    worth: dict[str, Decimal] = field(default_factory=dict)
    tolerances: dict[str, str] = field(default_factory=dict)
    together: bool = False
    whole: Decimal | None = None
    shown: set[str] = field(default_factory=set)
    chosen: set[str] = field(default_factory=set)

    def of(self, identifier: str) -> str:
        return self.how.get(identifier, self.default)


def scoring(root: Any, outcomes: Outcomes) -> Scoring:
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
    for rule in rules:
        if _only_feedback(rule):
            read.shown |= _always_shown(rule)
        else:
            _read_rule(rule, read, fixed)
    return read


def _template(address: str) -> str:
    name = address.rstrip("/").rsplit("/", 1)[-1].lower().removesuffix(".xml")
    if name not in TEMPLATES:
        raise Scripted
    return TEMPLATES[name]


def _only_feedback(rule: Any) -> bool:
    if rule.tag not in ("responseCondition", "setOutcomeValue") or any(True for _each in rule.iter(*FURTHER)):
        return False
    return not any(each.get("identifier") in SCORES for each in rule.iter("setOutcomeValue"))


def _always_shown(rule: Any) -> set[str]:
    """The feedback that a rule without a condition switches on."""
    if rule.tag != "setOutcomeValue":
        return set()
    return {value_text(each) for each in rule.iter("baseValue")}


def _read_rule(rule: Any, read: Scoring, defaults: Mapping[str, str]) -> None:
    if rule.tag == "setOutcomeValue":
        if rule.get("identifier") == "MAXSCORE":
            return
        mapped = _mapped(rule)
        if mapped is None and _constant(rule, defaults) != 0:
            raise Scripted
        read.how.update(dict.fromkeys(mapped or (), MAP))
        return
    if rule.tag != "responseCondition":
        raise Scripted
    _read_condition(list(rule.iterchildren(etree.Element)), read, defaults)


def _read_condition(branches: list[Any], read: Scoring, defaults: Mapping[str, str]) -> None:
    if [each.tag for each in branches] not in (["responseIf"], ["responseIf", "responseElse"]):
        raise Scripted
    condition, *rules = branches[0].iterchildren(etree.Element)
    otherwise = branches[1].iterchildren(etree.Element) if len(branches) > 1 else ()
    given, refused = _set_score(rules), _set_score(otherwise)
    if condition.tag == "isNull":
        _read_written(given, refused, read, defaults)
        return
    if refused is not None and _constant(refused, defaults) != 0:
        raise Scripted
    names = _compared(condition, read)
    mapped = None if given is None else _mapped(given)
    if mapped is not None and set(mapped) <= set(names):
        read.how.update(dict.fromkeys(mapped, MAP))
    elif given is not None and (value := _constant(given, defaults)) > 0:
        _read_matched(names, value, read)
    else:
        raise Scripted


def _read_written(given: Any, refused: Any, read: Scoring, defaults: Mapping[str, str]) -> None:
    """isNull: nothing for nothing, else what the mapping says."""
    mapped = None if refused is None else _mapped(refused)
    if mapped is None or (given is not None and _constant(given, defaults) != 0):
        raise Scripted
    read.how.update(dict.fromkeys(mapped, MAP))


def _read_matched(names: list[str], value: Decimal, read: Scoring) -> None:
    read.how.update(dict.fromkeys(names, MATCH))
    if len(names) > 1:
        read.together, read.whole = True, value
    else:
        read.worth[names[0]] = value


def _set_score(rules: Any) -> Any:
    """The one rule of a branch that sets SCORE; None when the branch leaves it alone."""
    found = [each for each in rules if not _only_feedback(each)]
    if any(each.tag != "setOutcomeValue" for each in found):
        raise Scripted
    scores = [each for each in found if each.get("identifier") == "SCORE"]
    if len(scores) > 1:
        raise Scripted
    return scores[0] if scores else None


def _compared(condition: Any, read: Scoring) -> list[str]:
    """The responses that a condition compares with what is correct."""
    parts = list(condition.iterchildren(etree.Element))
    if condition.tag == "and" and parts:
        return [name for each in parts for name in _compared(each, read)]
    if condition.tag not in ("match", "equal") or sorted(each.tag for each in parts) != [
        "correct",
        "variable",
    ]:
        raise Scripted
    names = {each.get("identifier", "") for each in parts}
    if len(names) != 1:
        raise Scripted
    name = names.pop()
    if condition.tag == "equal":
        _read_tolerance(condition, name, read)
    return [name]


def _read_tolerance(condition: Any, name: str, read: Scoring) -> None:
    mode = condition.get("toleranceMode", "exact")
    bounds = [number_in(each) for each in condition.get("tolerance", "").split()]
    if mode == "exact":
        return
    if mode != "absolute" or not bounds or None in bounds or len(set(bounds)) > 1:
        raise Scripted
    read.tolerances[name] = condition.get("tolerance", "").split()[0]


def _mapped(rule: Any) -> list[str] | None:
    """The responses whose mappings a rule adds up; None when it does something else."""
    parts = _summed(rule)
    maps = [each for each in parts if each.tag == "mapResponse"]
    others = [each for each in parts if each.tag != "mapResponse" and not _is_score(each)]
    return [each.get("identifier", "") for each in maps] if maps and not others else None


def _constant(rule: Any, defaults: Mapping[str, str]) -> Decimal:
    """What a rule sets or adds. Raises Scripted when that is no constant."""
    parts = [each for each in _summed(rule) if not _is_score(each)]
    if len(parts) != 1:
        raise Scripted
    text = (
        value_text(parts[0]) if parts[0].tag == "baseValue" else defaults.get(parts[0].get("identifier"), "")
    )
    number = number_in(text) if parts[0].tag in ("baseValue", "variable") else None
    if number is None:
        raise Scripted
    return number


def _summed(rule: Any) -> list[Any]:
    parts = list(rule.iterchildren(etree.Element))
    if len(parts) == 1 and parts[0].tag == "sum":
        return list(parts[0].iterchildren(etree.Element))
    return parts


def _is_score(element: Any) -> bool:
    return bool(element.tag == "variable" and element.get("identifier") == "SCORE")
