"""The rules of an item that give marks, one by one: what is compared, and what that earns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lxml import etree

from assessments.formats.qti.declarations import Declared, value_text
from assessments.formats.qti.rules import (
    BOUNDS,
    Case,
    Scripted,
    adds,
    branches,
    concerns,
    is_answered,
    is_null,
    is_own,
    mapped,
    plainly,
    summed,
)
from assessments.formats.usual import number_in
from assessments.items.problems import gettext_noop as _

MATCH, MAP, UNSAID = "match", "map", "unsaid"
NEAR = Decimal("0.001")
BONUS = _(
    "The marks of the single choices are kept; what an answer that is wholly right earns besides is not."
)
REPLACED = _("In the file a later answer's marks take the place of an earlier one's; here they are added up.")


@dataclass
class Scoring:
    """`how` each response is scored by identifier; `default` for those without a rule of their own.

    `worth`: the constant a right response earns. `tolerances`: of numbers. `caseless`: texts whose capitals do not
    count. `accepted`: texts that rules name. `reached`: those whose mapping has to reach its most. `together`: only
    all right earn marks. `shown`: identifiers of feedback that every answer gets; `chosen`: outcomes that rules set.
    `remarks`: what of the rules is not kept.
    """

    default: str = UNSAID
    how: dict[str, str] = field(default_factory=dict)
    worth: dict[str, Decimal] = field(default_factory=dict)
    tolerances: dict[str, str] = field(default_factory=dict)
    caseless: set[str] = field(default_factory=set)
    accepted: dict[str, list[str]] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)
    together: bool = False
    whole: Decimal | None = None
    shown: set[str] = field(default_factory=set)
    chosen: set[str] = field(default_factory=set)
    remarks: list[str] = field(default_factory=list)

    def of(self, identifier: str) -> str:
        return self.how.get(identifier, self.default)


class Marks:
    """Reads rules into a Scoring. `fixed`: outcomes that no rule sets; `earning`: those that are marks."""

    def __init__(
        self, read: Scoring, fixed: Mapping[str, str], declared: Mapping[str, Declared], earning: set[str]
    ) -> None:
        self.read, self.fixed, self.declared, self.earning = read, fixed, declared, earning
        self.asked = False
        self.together: set[str] = set()
        self.earned: dict[str, set[str]] = {}  # the responses that have set an outcome so far

    def rule(self, rule: Any) -> None:
        """A rule, at the top or in a branch for every answer. Raises Scripted."""
        if not concerns(rule, self.earning):
            return
        if rule.tag == "responseCondition":
            self._cases(*branches(rule))
            return
        if rule.tag != "setOutcomeValue":
            raise Scripted
        maps = mapped(rule)
        if maps is None and self._constant(rule) != 0:
            raise Scripted
        if maps:
            self._map(maps, rule)

    def close(self) -> None:
        """After the last rule. Raises Scripted for conditions that together say nothing of ours."""
        if (self.asked and not self.read.how) or (self.together and self.together != self.read.how.keys()):
            raise Scripted

    def _cases(self, cases: list[Case], otherwise: list[Any]) -> None:
        if not otherwise and len(cases) == 1 and self._is_bound(*cases[0]):
            return
        self.asked = True
        (test, rules), *more = cases
        if is_null(test):
            self._nothing(rules)
            if more:
                self._cases(more, otherwise)
            for each in otherwise if not more else ():
                self.rule(each)
        elif is_answered(test) and not more:
            self._nothing(otherwise)
            for each in rules:
                self.rule(each)
        elif all(is_null(each) for each, _rules in more):
            for _test, nothing in more:
                self._nothing(nothing)
            self._compared(test, rules, otherwise)
        else:
            raise Scripted

    def _compared(self, test: Any, rules: list[Any], otherwise: list[Any]) -> None:
        """Marks for what is right; for anything else none, or what the mapping says."""
        given, refused = self._set(rules), self._set(otherwise)
        names = self._asked_of(test)
        if given is None:
            raise Scripted
        whole = mapped(given)
        value = self._best(whole) if whole and set(whole) <= names.keys() else self._constant(given)
        if value <= 0:
            raise Scripted
        partly = None if refused is None else mapped(refused)
        if partly and set(partly) <= names.keys():
            self._map(partly, refused)
        elif refused is not None and self._constant(refused) != 0:
            raise Scripted
        self._match(names, value, given)

    def _match(self, names: Mapping[str, str], value: Decimal, rule: Any) -> None:
        """A constant for responses that are right, the more of them all together."""
        before = [name for name in names if name in self.read.how]
        if before:
            singly = len(names) == 1 and self.read.how[before[0]] == MATCH
            if len(before) < len(names) or singly or self.together:
                raise Scripted
            if adds(rule) or abs(value - self._best(names)) > NEAR:
                self._remark(BONUS)
            return
        self._earn(rule, names)
        self.read.how.update(names)
        if len(names) > 1:
            if self.together:
                raise Scripted
            self.read.together, self.read.whole = True, value
            self.together |= names.keys()
        else:
            self.read.worth.update(dict.fromkeys(names, value))

    def _map(self, names: Sequence[str], rule: Any) -> None:
        if adds(rule) and any(name in self.read.how for name in names):
            if any(self.read.how.get(name) == MAP for name in names):
                raise Scripted
            self._remark(BONUS)
        self._earn(rule, names)
        for name in names:
            self.read.how[name] = MAP
            self.read.worth.pop(name, None)

    def _earn(self, rule: Any, names: Iterable[str]) -> None:
        """Note which responses set an outcome; told when what others earned in it is lost."""
        earned = self.earned.setdefault(rule.get("identifier"), set())
        if not adds(rule) and not earned <= {*names}:
            self._remark(REPLACED)
        earned |= {*names}

    def _remark(self, msgid: str) -> None:
        if msgid not in self.read.remarks:
            self.read.remarks.append(msgid)

    def _best(self, names: Iterable[str]) -> Decimal:
        """The most that the mappings of these responses give, and what the others of them are worth."""
        return sum((self._most(name) for name in names), Decimal(0))

    def _most(self, name: str) -> Decimal:
        declared = self.declared.get(name)
        if name in self.read.worth or declared is None or declared.mapped is None:
            return self.read.worth.get(name, Decimal(0))
        return declared.mapped.best(several=declared.several)

    def _nothing(self, rules: list[Any]) -> None:
        """What earns nothing; Scripted when it earns something."""
        rule = self._set(rules)
        if rule is not None and self._constant(rule) != 0:
            raise Scripted

    def _set(self, rules: list[Any]) -> Any:
        """The one rule of a branch that gives marks; None when the branch leaves them alone."""
        found = [each for each in rules if concerns(each, self.earning)]
        if len(found) > 1 or any(each.tag != "setOutcomeValue" for each in found):
            raise Scripted
        return found[0] if found else None

    def _is_bound(self, test: Any, rules: list[Any]) -> bool:
        """Whether the condition only keeps the marks within their bounds."""
        rule = rules[0] if len(rules) == 1 else None
        if test.tag not in BOUNDS or rule is None or rule.tag != "setOutcomeValue":
            return False
        compared = [plainly(each) for each in test.iterchildren(etree.Element)]
        own = ("variable", rule.get("identifier"))
        bound = [plainly(each) for each in summed(rule)]
        return len(compared) == 2 and compared[0] == own and bound == compared[1:]

    def _asked_of(self, test: Any) -> dict[str, str]:
        """The responses that are compared with what is right, and how each is scored then."""
        parts = list(test.iterchildren(etree.Element))
        if test.tag == "and" and parts:
            found: dict[str, str] = {}
            for each in parts:
                found |= {} if is_answered(each) else self._asked_of(each)
            if not found:
                raise Scripted
            return found
        if test.tag == "or" and parts:
            return self._one_of(parts)
        if len(parts) == 2 and parts[0].tag == "mapResponse":
            return self._reached(test.tag, parts[0].get("identifier", ""), parts[1])
        return {self._right(test, parts): MATCH}

    def _right(self, test: Any, parts: list[Any]) -> str:
        """The response that is to be as it is declared, or as the rule itself says."""
        tags = sorted(each.tag for each in parts)
        if test.tag not in ("match", "equal", "stringMatch") or tags not in (
            ["correct", "variable"],
            ["baseValue", "variable"],
        ):
            raise Scripted
        names = {each.get("identifier", "") for each in parts if each.tag != "baseValue"}
        if len(names) > 1:
            raise Scripted
        name = str(names.pop())
        for value in (value_text(each) for each in parts if each.tag == "baseValue"):
            self._accept(name, value)
        if test.tag == "equal":
            self._read_tolerance(test, name)
        if test.tag == "stringMatch":
            if test.get("substring", "false") not in ("false", "0"):
                raise Scripted
            if test.get("caseSensitive", "true") in ("false", "0"):
                self.read.caseless.add(name)
        return name

    def _one_of(self, tests: list[Any]) -> dict[str, str]:
        """Several texts of which any is right."""
        names = {self._right(each, list(each.iterchildren(etree.Element))) for each in tests}
        if len(names) != 1 or not self.read.accepted.get(name := names.pop()):
            raise Scripted
        return {name: MATCH}

    def _accept(self, name: str, value: str) -> None:
        """A value that a rule says is right: another text, or what is declared anyway."""
        declared = self.declared.get(name, Declared(name))
        if declared.kind == "string" and not declared.several:
            self.read.accepted.setdefault(name, []).append(value)
        elif declared.correct != (value,):
            raise Scripted

    def _reached(self, tag: str, name: str, value: Any) -> dict[str, str]:
        """A mapping that has to reach the most it can."""
        declared = self.declared.get(name)
        wanted = number_in(value_text(value)) if value.tag == "baseValue" else None
        pays = declared.mapped if declared else None
        if tag not in ("match", "equal", "gte") or wanted is None or declared is None or pays is None:
            raise Scripted
        gains = {each: gain for each, gain in pays.entries.items() if gain > 0}
        if wanted <= 0 or abs(pays.best(several=declared.several) - wanted) > NEAR:
            raise Scripted
        if not declared.several:
            if any(abs(gain - wanted) > NEAR for gain in gains.values()):
                raise Scripted
            return {name: MAP}
        if abs(sum(gains.values(), -wanted)) > NEAR or {*declared.correct} - gains.keys():
            raise Scripted
        self.read.reached.add(name)
        return {name: MATCH}

    def _read_tolerance(self, test: Any, name: str) -> None:
        mode = test.get("toleranceMode", "exact")
        bounds = [number_in(each) for each in test.get("tolerance", "").split()]
        if mode == "exact":
            return
        if mode != "absolute" or not bounds or None in bounds or len(set(bounds)) > 1:
            raise Scripted
        self.read.tolerances[name] = test.get("tolerance", "").split()[0]

    def _constant(self, rule: Any) -> Decimal:
        """What a rule sets or adds. Raises Scripted when that is no constant."""
        parts = [each for each in summed(rule) if not is_own(each, rule)]
        if len(parts) != 1 or parts[0].tag not in ("baseValue", "variable"):
            raise Scripted
        held = parts[0].tag == "variable"
        number = number_in(self.fixed.get(parts[0].get("identifier"), "") if held else value_text(parts[0]))
        if number is None:
            raise Scripted
        return number
