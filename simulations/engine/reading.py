"""Reading an untrusted JSON value piece by piece, and noting what is wrong and exactly where.

A `Place` is a value together with its address in the document. Its readers never raise: they note a problem and
return something harmless, so that one pass finds every fault.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from . import messages as say
from .messages import Message

MAX_PROBLEMS = 200
MAX_TEXT = 5_000
MAX_ENTRIES = 500
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}\Z")
UNSTORABLE = re.compile("[\\x00-\\x08\\x0b-\\x1f\\ud800-\\udfff]")


@dataclass(frozen=True)
class Problem:
    """One fault of a document: its address and what is wrong there."""

    where: str
    message: Message

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else str(self.message)


class Place:
    """A value of the document at the address `where`; `problems` is shared by the whole document."""

    def __init__(self, value: object, where: str, problems: list[Problem]) -> None:
        self.value = value
        self.where = where
        self.problems = problems

    def note(self, template: str, **values: object) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(self.where, say.say(template, **values)))

    # Going down

    def at(self, key: str) -> "Place":
        """The value under `key`, None where there is none."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Place(value, f"{self.where}.{key}" if self.where else key, self.problems)

    def has(self, key: str) -> bool:
        return isinstance(self.value, dict) and self.value.get(key) is not None

    def entries(self) -> Iterator[tuple[str, "Place"]]:
        """The members of an object with their keys."""
        if not isinstance(self.value, dict):
            self.note(say.MISSING if self.value is None else say.NOT_TABLE)
        elif len(self.value) > MAX_ENTRIES:
            self.note(say.TOO_MANY, limit=MAX_ENTRIES)
        else:
            for key in self.value:
                yield key, self.at(key)

    def items(self) -> Iterator["Place"]:
        """The items of a list, addressed by number; an absent list is empty."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            self.note(say.NOT_LIST)
        elif len(self.value) > MAX_ENTRIES:
            self.note(say.TOO_MANY, limit=MAX_ENTRIES)
        else:
            for number, value in enumerate(self.value):
                yield Place(value, f"{self.where}[{number}]", self.problems)

    def rows(self) -> list["Place"]:
        """The items of a list that are objects; anything else is noted."""
        return [place for place in self.items() if place.is_table()]

    def is_table(self) -> bool:
        if isinstance(self.value, dict):
            return True
        self.note(say.NOT_TABLE)
        return False

    def allow(self, *keys: str) -> None:
        """Note every key that means nothing here: a misspelt one would silently change the play."""
        if isinstance(self.value, dict):
            for key in self.value:
                if key not in keys:
                    self.at(str(key)[:40]).note(say.UNKNOWN_KEY)

    # Reading

    def text(self, *, required: bool = True) -> str:
        if self.value is None or self.value == "":
            if required:
                self.note(say.MISSING if self.value is None else say.EMPTY)
            return ""
        if not isinstance(self.value, str):
            self.note(say.NOT_TEXT)
            return ""
        if len(self.value) > MAX_TEXT:
            self.note(say.TOO_LONG, limit=MAX_TEXT)
            return ""
        if UNSTORABLE.search(self.value):
            self.note(say.BAD_CHARACTER)
            return ""
        return self.value

    def name(self) -> str:
        """A text usable as a name: Latin letters, digits, underscores, not starting with a digit or underscore."""
        text = self.text()
        if text and not _NAME.match(text):
            self.note(say.BAD_NAME)
            return ""
        return text

    def boolean(self, *, default: bool) -> bool:
        if self.value is None:
            return default
        if not isinstance(self.value, bool):
            self.note(say.NOT_BOOLEAN)
            return default
        return self.value

    def number(self, low: float = -1e6, high: float = 1e6, *, default: float | None = None) -> Decimal:
        """A number in the range, exactly as written; NaN and infinities are out of any range."""
        if self.value is None and default is not None:
            return Decimal(str(default))
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self.note(say.MISSING if self.value is None else say.NOT_NUMBER)
            return Decimal(0)
        if not low <= self.value <= high:
            self.note(say.OUT_OF_RANGE, low=f"{low:g}", high=f"{high:g}")
            return Decimal(0)
        return Decimal(str(self.value))

    def fraction(self, low: float, high: float, *, default: float | None = None) -> Fraction:
        return Fraction(self.number(low, high, default=default))

    def whole(self, low: int, high: int, *, default: int) -> int:
        number = self.number(low, high, default=default)
        if number != number.to_integral_value():
            self.note(say.NOT_WHOLE)
        return int(number)

    def hundredths(self) -> int:
        """A number of at most two decimals, times a hundred."""
        scaled = self.number() * 100
        if scaled != scaled.to_integral_value():
            self.note(say.TOO_FINE)
        return int(scaled)

    def rounded_hundredths(self) -> int:
        """A number rounded half up (away from zero) to two decimals, times a hundred."""
        return int((self.number() * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
