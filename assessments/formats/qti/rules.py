"""The grammar of response processing: the rules of a branch, and the expressions in a rule."""

from typing import Any

from lxml import etree

from assessments.formats.qti.declarations import value_text

FURTHER = ("exitResponse", "lookupOutcomeValue", "responseProcessingFragment")
BOUNDS = ("gt", "gte", "lt", "lte")

Case = tuple[Any, list[Any]]  # what a branch asks, and its rules


class Scripted(Exception):
    """The marks are worked out in a way that is not one of those we know."""


def concerns(rule: Any, earning: set[str]) -> bool:
    """Whether the rule may give marks; one that cannot chooses feedback."""
    if rule.tag not in ("responseCondition", "setOutcomeValue") or any(True for _each in rule.iter(*FURTHER)):
        return True
    return any(each.get("identifier") in earning for each in rule.iter("setOutcomeValue"))


def summed(rule: Any) -> list[Any]:
    """What a rule adds up, or the one thing it sets."""
    parts = list(rule.iterchildren(etree.Element))
    if len(parts) == 1 and parts[0].tag == "sum":
        return list(parts[0].iterchildren(etree.Element))
    return parts


def branches(condition: Any) -> tuple[list[Case], list[Any]]:
    """The cases of a condition, and the rules for all others."""
    branches = list(condition.iterchildren(etree.Element))
    otherwise = branches.pop() if branches and branches[-1].tag == "responseElse" else ()
    tags = [each.tag for each in branches]
    if not tags or tags != ["responseIf"] + ["responseElseIf"] * (len(tags) - 1):
        raise Scripted
    inside = [list(each.iterchildren(etree.Element)) for each in branches]
    if not all(inside):
        raise Scripted
    return [(test, rules) for test, *rules in inside], [
        each for each in otherwise if isinstance(each.tag, str)
    ]


def is_null(test: Any) -> bool:
    """Whether it asks if one response is empty."""
    inside = list(test.iterchildren(etree.Element))
    return test.tag == "isNull" or (test.tag in ("and", "or") and len(inside) == 1 and is_null(inside[0]))


def is_answered(test: Any) -> bool:
    """Whether it asks only if responses are there."""
    inside = list(test.iterchildren(etree.Element))
    if test.tag == "and" and inside:
        return all(map(is_answered, inside))
    return test.tag == "not" and len(inside) == 1 and is_null(inside[0])


def mapped(rule: Any) -> list[str] | None:
    """The responses whose mappings a rule adds up; None when it does something else."""
    parts = summed(rule)
    maps = [each for each in parts if each.tag == "mapResponse"]
    others = [each for each in parts if each.tag != "mapResponse" and not is_own(each, rule)]
    return [each.get("identifier", "") for each in maps] if maps and not others else None


def adds(rule: Any) -> bool:
    return any(is_own(each, rule) for each in summed(rule))


def is_own(element: Any, rule: Any) -> bool:
    """Whether it is the outcome that the rule sets, as it was before."""
    return bool(element.tag == "variable" and element.get("identifier") == rule.get("identifier"))


def plainly(element: Any) -> tuple[str, str]:
    """An expression, to be compared with another: a variable by name, a value as it is written."""
    name = element.get("identifier")
    return (element.tag, name if name is not None else value_text(element))
