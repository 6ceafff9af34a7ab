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

# Every alternative is a run of one character class, so reading is linear in the length of the text.
_TOKEN = re.compile(
    r"(?P<number>-?[0-9]{1,9}(?:\.[0-9]{1,6})?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign><=|>=|==|<|>|\(|\))"
)
_SPACE = re.compile(r"[ \t\r\n]*")


class ConditionError(ValueError):
    """The text is not a condition; `message` says what is wrong with it."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True)
class Names:
    """What a condition may speak of: variables by slot, flags by bit."""

    slots: Mapping[str, int] = field(default_factory=dict)
    bits: Mapping[str, int] = field(default_factory=dict)


class Token(NamedTuple):
    kind: str  # "number", "name", "sign" or, past the last one, "end"
    text: str
    at: int  # position in the text, counted from 1


def parse_condition(text: str, names: Names) -> Condition:
    """Read a condition and compile it.

    Raises ConditionError for anything outside the grammar, unknown names, a variable used as a flag or a flag used
    as a variable, more than MAX_LENGTH characters or MAX_DEPTH levels.
    """
    if len(text) > MAX_LENGTH:
        raise _error(say.TOO_LONG, limit=MAX_LENGTH)
    tree = _Parser(_tokens(text), names).read()
    return Condition(text, tree, compile_test(tree))


def _error(template: str, **values: object) -> ConditionError:
    return ConditionError(say.say(template, **values))


def _tokens(text: str) -> list[Token]:
    tokens = []
    at = _SPACE.match(text).end()  # type: ignore[union-attr]  # matches the empty string too
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _error(say.UNEXPECTED_CHARACTER, found=text[at], at=at + 1)
        tokens.append(Token(found.lastgroup or "", found.group(), at + 1))
        at = _SPACE.match(text, found.end()).end()  # type: ignore[union-attr]
    if not tokens:
        raise _error(say.CONDITION_EMPTY)
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

    def take(self) -> Token:
        token = self.next
        if token.kind == "end":
            raise _error(say.UNEXPECTED_END)
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
            raise self.unexpected(self.next)
        return tree

    def any_of(self, depth: int) -> Tree:
        if depth > MAX_DEPTH:
            raise _error(say.CONDITION_TOO_DEEP)
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
            raise _error(say.CONDITION_TOO_DEEP)
        return Not(self.negation(depth + 1)) if self.accept("not") else self.primary(depth)

    def primary(self, depth: int) -> Tree:
        token = self.take()
        if token.text == "(":
            tree = self.any_of(depth + 1)
            closing = self.take()
            if closing.text != ")":
                raise self.unexpected(closing)
            return tree
        if token.text in ("True", "False"):
            return Always(token.text == "True")
        if token.kind != "name" or token.text in RESERVED:
            raise self.unexpected(token)
        return self.named(token.text)

    def named(self, name: str) -> Tree:
        is_compared = self.next.text in COMPARISONS
        if name in self.names.bits:
            if is_compared:
                raise _error(say.COMPARED_FLAG, name=_quote(name))
            return HasFlag(name, self.names.bits[name])
        if name not in self.names.slots:
            raise _error(say.UNKNOWN_NAME, name=_quote(name))
        if not is_compared:
            raise _error(say.COMPARE_VARIABLE, name=_quote(name))
        return self.comparison(name)

    def comparison(self, name: str) -> Compare:
        op = cast(Operator, self.take().text)
        number = self.take()
        if number.kind != "number":
            raise self.unexpected(number)
        return Compare(name, self.names.slots[name], op, number.text, _hundredths(number.text))

    def unexpected(self, token: Token) -> ConditionError:
        if token.kind == "end":
            return _error(say.UNEXPECTED_END)
        return _error(say.UNEXPECTED_WORD, found=_quote(token.text), at=token.at)


def _hundredths(text: str) -> float:
    """Whole where the number has at most two decimals; a finer bound still compares exactly enough as a float."""
    scaled = Decimal(text) * 100
    return int(scaled) if scaled == scaled.to_integral_value() else float(scaled)


def _quote(text: str, limit: int = 40) -> str:
    return f"'{text[:limit]}…'" if len(text) > limit else f"'{text}'"
