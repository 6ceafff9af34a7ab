"""The written form of conditions, read by a grammar of its own. Nothing is ever evaluated as Python.

condition  = and-part { "or" and-part }
and-part   = not-part { "and" not-part }
not-part   = "not" not-part | primary
primary    = "(" condition ")" | "True" | "False" | flag | variable comparison number
comparison = "<=" | ">=" | "<" | ">" | "=="
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple, cast

from . import messages as say
from .conditions import (
    COMPARISONS,
    AllOf,
    Always,
    AnyOf,
    Compare,
    Condition,
    HasFlag,
    Not,
    Operator,
    Tree,
    compile_test,
)
from .messages import Message

MAX_LENGTH = 2_000
MAX_DEPTH = 40
RESERVED = frozenset({"and", "or", "not", "True", "False", "END"})
DIFFERS = "!="

# Every alternative is a run of one character class, so reading is linear in the length of the text.
_TOKEN = re.compile(
    r"(?P<number>-?[0-9]{1,9}(?:\.[0-9]{1,6})?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign><=|>=|==|<|>|\(|\))"
)
_SPACE = re.compile(r"[ \t\r\n]*")


class ConditionError(ValueError):
    """The text is not a condition; `message` says what is wrong with it, `unknown` the name nobody knows, if any."""

    def __init__(self, message: Message, unknown: str = "") -> None:
        super().__init__(str(message))
        self.message = message
        self.unknown = unknown


@dataclass(frozen=True)
class Names:
    """What a condition may speak of: variables by slot, flags by bit.

    `ranges` are the lowest and highest value of variables, in hundredths: a comparison that can never hold
    within its variable's range is refused. A variable without a range is compared with anything.
    """

    slots: Mapping[str, int] = field(default_factory=dict)
    bits: Mapping[str, int] = field(default_factory=dict)
    ranges: Mapping[str, tuple[int, int]] = field(default_factory=dict)


class Token(NamedTuple):
    """A word of the grammar. `at` is its position in the text, from 1; `shown` how it is spelt there, if otherwise."""

    kind: str  # "number", "name", "sign" or, past the last one, "end"
    text: str
    at: int
    shown: str = ""


def parse_condition(text: str, names: Names) -> Condition:
    """Read a condition and compile it.

    Raises ConditionError for anything outside the grammar, unknown names, a variable used as a flag or a flag used
    as a variable, more than MAX_LENGTH characters or MAX_DEPTH levels.
    """
    if len(text) > MAX_LENGTH:
        raise condition_error(say.TOO_LONG, limit=MAX_LENGTH)
    tree = parse_tokens(_tokens(text), names)
    return Condition(text, tree, compile_test(tree))


def parse_tokens(tokens: list[Token], names: Names) -> Tree:
    """The tree of a text already cut into words, the last of them of kind "end". Raises ConditionError.

    Beside the signs of the written form `!=` is understood here: the negation of `==`.
    """
    return _Parser(tokens, names).read()


def condition_error(template: str, **values: object) -> ConditionError:
    """The error that says this sentence."""
    return ConditionError(say.say(template, **values))


def _tokens(text: str) -> list[Token]:
    tokens = []
    at = _SPACE.match(text).end()  # type: ignore[union-attr]  # matches the empty string too
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise condition_error(say.UNEXPECTED_CHARACTER, found=text[at], at=at + 1)
        tokens.append(Token(found.lastgroup or "", found.group(), at + 1))
        at = _SPACE.match(text, found.end()).end()  # type: ignore[union-attr]
    if not tokens:
        raise condition_error(say.CONDITION_EMPTY)
    return [*tokens, Token("end", "", len(text) + 1)]


class _Parser:
    """Recursive descent over the tokens, with its depth bounded."""

    def __init__(self, tokens: list[Token], names: Names) -> None:
        self.tokens = tokens
        self.names = names
        self.position = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.position]

    def take(self, lacking: str) -> Token:
        """The next word; past the end an error that says what is lacking."""
        token = self.next
        if token.kind == "end":
            raise condition_error(lacking)
        self.position += 1
        return token

    def accept(self, text: str) -> bool:
        if self.next.text != text:
            return False
        self.position += 1
        return True

    def read(self) -> Tree:
        tree = self.any_of(0)
        if self.next.kind != "end":
            raise _misplaced(say.JOIN_EXPECTED, self.next)
        return tree

    def any_of(self, depth: int) -> Tree:
        if depth > MAX_DEPTH:
            raise condition_error(say.CONDITION_TOO_DEEP)
        parts = [self.all_of(depth)]
        while self.accept("or"):
            parts.append(self.all_of(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def all_of(self, depth: int) -> Tree:
        parts = [self.negation(depth)]
        while self.accept("and"):
            parts.append(self.negation(depth))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def negation(self, depth: int) -> Tree:
        if depth > MAX_DEPTH:
            raise condition_error(say.CONDITION_TOO_DEEP)
        return Not(self.negation(depth + 1)) if self.accept("not") else self.primary(depth)

    def primary(self, depth: int) -> Tree:
        token = self.take(say.NAME_LACKING)
        if token.text == "(":
            tree = self.any_of(depth + 1)
            closing = self.take(say.BRACKET_LACKING)
            if closing.text != ")":
                raise _misplaced(say.JOIN_EXPECTED, closing)
            return tree
        if token.text in ("True", "False"):
            return Always(token.text == "True")
        if token.kind != "name" or token.text in RESERVED:
            raise _misplaced(say.NAME_EXPECTED, token)
        return self.named(token)

    def named(self, token: Token) -> Tree:
        name, shown = token.text, _quote(token.shown or token.text)
        is_compared = self.next.text in COMPARISONS or self.next.text == DIFFERS
        if name in self.names.bits:
            if is_compared:
                raise condition_error(say.COMPARED_FLAG, name=shown)
            return HasFlag(name, self.names.bits[name])
        if name not in self.names.slots:
            raise ConditionError(say.say(say.UNKNOWN_NAME, name=shown), unknown=name)
        if not is_compared:
            raise condition_error(say.COMPARE_VARIABLE, name=shown)
        return self.comparison(name, shown)

    def comparison(self, name: str, shown: str) -> Tree:
        sign = self.take(say.NUMBER_LACKING).text
        number = self.take(say.NUMBER_LACKING)
        if number.kind != "number":
            raise _misplaced(say.NUMBER_EXPECTED, number)
        op = cast(Operator, "==" if sign == DIFFERS else sign)
        compare = Compare(name, self.names.slots[name], op, number.text, _hundredths(number.text))
        if sign == DIFFERS:
            return Not(compare)
        self.check_range(compare, shown)
        return compare

    def check_range(self, compare: Compare, shown: str) -> None:
        """Raise for a comparison that no value of the variable's range fulfils."""
        if compare.variable not in self.names.ranges:
            return
        lowest, highest = self.names.ranges[compare.variable]
        if _never_holds(compare, lowest, highest):
            raise condition_error(say.NEVER_HOLDS, name=shown, low=_plain(lowest), high=_plain(highest))


def _never_holds(compare: Compare, lowest: int, highest: int) -> bool:
    holds, bound = COMPARISONS[compare.op], compare.bound
    if compare.op == "==":
        return not lowest <= bound <= highest or bool(bound % 1)
    return not holds(lowest, bound) and not holds(highest, bound)


def _misplaced(template: str, token: Token) -> ConditionError:
    return condition_error(template, found=_quote(token.shown or token.text), at=token.at)


def _hundredths(text: str) -> float:
    """Whole where the number has at most two decimals; a finer bound still compares exactly enough as a float."""
    scaled = Decimal(text) * 100
    return int(scaled) if scaled == scaled.to_integral_value() else float(scaled)


def _plain(hundredths: int) -> str:
    return f"{hundredths / 100:g}"


def _quote(text: str, limit: int = 40) -> str:
    return f"'{text[:limit]}…'" if len(text) > limit else f"'{text}'"
