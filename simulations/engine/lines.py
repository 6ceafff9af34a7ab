"""Where in a file something stands: addresses of a document as line and column of its JSON text.

Only asked when there is something to complain about. One pass over the text, whatever is in it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from json import JSONDecodeError
from typing import NamedTuple

from . import messages as say
from .messages import Message

DEEPEST = 12
"""Levels that are told apart; a scenario has seven. Whatever lies deeper stands where the twelfth does."""
BOTTOM = 2_000
"""Deeper than any text that can be read as JSON."""
LONGEST_KEY = 80

_TOKEN = re.compile(r'[ \t\r\n]*(?:("[^"\\]*(?:\\.[^"\\]*)*")|([{}\[\],:])|([^\s{}\[\],:"]+))', re.DOTALL)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_SHORT = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_CHOICE = re.compile(r"(nodes\[\d+\]\.choices)\[([^\]]*)\]")

SYNTAX = {
    "Expecting value": say.JSON_VALUE,
    "Expecting ',' delimiter": say.JSON_COMMA,
    "Expecting ':' delimiter": say.JSON_COLON,
    "Expecting property name enclosed in double quotes": say.JSON_KEY,
    "Illegal trailing comma before end of object": say.JSON_KEY,
    "Illegal trailing comma before end of array": say.JSON_VALUE,
    "Unterminated string starting at": say.JSON_STRING_END,
    "Invalid control character at": say.JSON_CONTROL,
    "Extra data": say.JSON_EXTRA,
}
"""What Python's reader of JSON says, and what we say instead."""


class Spot(NamedTuple):
    """A position in a file, both from 1."""

    line: int
    column: int


def syntax_problem(error: JSONDecodeError) -> Message:
    """What is wrong with a text that is no JSON: line, column, and what is expected there."""
    template = SYNTAX.get(error.msg, say.JSON_OTHER)
    values = {"line": error.lineno, "column": error.colno}
    return Message(template, values if template != say.JSON_OTHER else values | {"detail": error.msg})


def locate(text: str, addresses: Iterable[str]) -> dict[str, Spot]:
    """Where each address stands in a JSON text: the key of a member, the start of an item.

    What is not there stands where the nearest thing around it does. Takes time linear in the text.
    """
    text = text.removeprefix("\ufeff")
    places, choices = _scan(text)
    breaks = [match.start() for match in re.finditer("\n", text)]
    found = {}
    for address in addresses:
        at = _nearest(_numbered(address, choices), places)
        line = bisect_right(breaks, at - 1) if at else 0
        found[address] = Spot(line + 1, at - (breaks[line - 1] if line else -1))
    return found


def _numbered(address: str, choices: Mapping[tuple[str, str], str]) -> str:
    """A choice by its number instead of its id: nodes[0].choices[b].cond → nodes[0].choices[1].cond."""
    match = _CHOICE.match(address)
    own = choices.get((match[1], match[2])) if match else None
    return f"{own}{address[match.end() :]}" if match and own else address


def _nearest(address: str, places: Mapping[str, int]) -> int:
    while address:
        if address in places:
            return places[address]
        address = address[: max(address.rfind("."), address.rfind("["), 0)]
    return places.get("", 0)


class _Level:
    """An object or a list that is open: its address, and in a list the number of the item, in an object the key."""

    __slots__ = ("address", "expects_key", "is_list", "key", "key_at", "number")

    def __init__(self, address: str | None, is_list: bool) -> None:
        self.address = address
        self.is_list = is_list
        self.number = 0
        self.key: str | None = None
        self.key_at = 0
        self.expects_key = not is_list

    def inside(self) -> str | None:
        """The address of what comes next; None below the deepest level."""
        if self.address is None:
            return None
        if self.is_list:
            return f"{self.address}[{self.number}]"
        key = self.key or ""
        return f"{self.address}.{key}" if self.address else key


def _scan(text: str) -> tuple[dict[str, int], dict[tuple[str, str], str]]:
    """The offset of every address, and the address of every choice by its list and id."""
    places: dict[str, int] = {}
    choices: dict[tuple[str, str], str] = {}
    levels: list[_Level] = []
    at = 0
    while (match := _TOKEN.match(text, at)) is not None and len(levels) < BOTTOM:
        at = match.end()
        string, sign, _other = match.groups()
        start = match.start(match.lastindex or 0)
        level = levels[-1] if levels else None
        if sign in ("}", "]"):
            if levels:
                levels.pop()
        elif sign == ",":
            if level is not None:
                level.number += 1
                level.expects_key = not level.is_list
        elif sign == ":":
            if level is not None:
                level.expects_key = False
        elif level is not None and level.expects_key and string:
            level.key, level.key_at = _plain(string), start
        else:
            address = level.inside() if level else ""
            if address is not None:
                places[address] = level.key_at if level and not level.is_list else start
            if sign:
                levels.append(_Level(address if len(levels) < DEEPEST else None, sign == "["))
            elif string and level and level.key == "id" and level.address and level.address.endswith("]"):
                owner = level.address[: level.address.rfind("[")]
                choices[owner, _plain(string)[:40]] = level.address
    return places, choices


def _plain(string: str) -> str:
    """What a JSON string says, as far as it is needed for an address."""
    inner = string[1:-1][: LONGEST_KEY * 6]
    return _ESCAPE.sub(_unescaped, inner)[:LONGEST_KEY]


def _unescaped(match: re.Match[str]) -> str:
    said = match[1]
    return chr(int(said[1:], 16)) if said[0] == "u" and len(said) == 5 else _SHORT.get(said, said)
