"""What variables and flags are called in a document, and which of them somebody means.

A name may be given by its key, in full, by its label (a variable's name without its closing remark), a flag's also
without its leading 已, and by any part of it that only one name has. Full width and half width are the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from functools import cached_property
from typing import Literal

from . import grammar
from . import messages as say
from .grammar import RESERVED, ConditionError, condition_error
from .reading import Place

Kind = Literal["variable", "flag"]

MAX_NAME = 80
"""A longer name is known by its key alone."""
LEAST_PART: dict[Kind, int] = {"variable": 2, "flag": 3}
"""How many characters of a name stand for the whole, if no other name has them."""

QUOTES = frozenset("「」")
LEAST_BEFORE_REMARK = 2
MAY_OPEN = frozenset("非未无不没并有总从已")
"""What a word of the grammar may begin with; a name that does so and has brackets is written in 「」 or by its key."""
_FOLDED: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FOLDED |= {ord("　"): " ", ord("−"): "-", ord("“"): '"', ord("”"): '"', ord("『"): "「", ord("』"): "」"}


def fold(text: str) -> str:
    """The text with full width and typographic variants of a character made one; every position stays."""
    return text.translate(_FOLDED)


@dataclass(frozen=True)
class Name:
    """One variable or flag. `lo` and `hi` are a variable's range in hundredths, None where it has none yet."""

    key: str
    kind: Kind
    name: str
    lo: int | None = None
    hi: int | None = None

    @property
    def label(self) -> str:
        """工作经费（万元） → 工作经费; the key where there is no name yet."""
        return (self.name.split("（", 1)[0] if self.kind == "variable" else self.name) or self.key


@dataclass(frozen=True)
class Names:
    """The variables and flags of a document, in its order."""

    variables: Mapping[str, Name]
    flags: Mapping[str, Name]

    @cached_property
    def all(self) -> tuple[Name, ...]:
        return (*self.variables.values(), *self.flags.values())

    @cached_property
    def grammar(self) -> grammar.Names:
        """The same names as the grammar knows them."""
        ranges = {
            key: (one.lo, one.hi)
            for key, one in self.variables.items()
            if one.lo is not None and one.hi is not None and one.lo <= one.hi
        }
        return grammar.Names(
            slots={key: slot for slot, key in enumerate(self.variables)},
            bits={key: 1 << place for place, key in enumerate(self.flags)},
            ranges=ranges,
        )

    @cached_property
    def spelt(self) -> Mapping[str, tuple[Name, ...]]:
        """By folded spelling the names that it stands for in full; a key always stands for its own."""
        found: dict[str, list[Name]] = {}
        for one in self.all:
            for spelling in dict.fromkeys(_spellings(one)):
                found.setdefault(spelling, []).append(one)
        return {spelling: tuple(ones) for spelling, ones in found.items()} | {
            one.key: (one,) for one in self.all
        }

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """The lengths of the spellings, longest first."""
        return tuple(sorted({len(spelling) for spelling in self.spelt}, reverse=True))

    def known(self, folded: str, kind: Kind) -> Name | None:
        """The one name of this spelling, of the wanted kind if it has one of that kind.

        None where nothing is spelt so. Raises ConditionError where several are.
        """
        found = self.spelt.get(folded, ())
        return _only(folded, [one for one in found if one.kind == kind] or found)

    def part(self, folded: str, kind: Kind) -> Name | None:
        """The one name of this kind that has `folded` as a part of it. Raises ConditionError where several have."""
        if len(folded) < LEAST_PART[kind]:
            return None
        wanted = self.variables if kind == "variable" else self.flags
        return _only(folded, [one for one in wanted.values() if folded in fold(one.name[:MAX_NAME])])

    def part_of_other(self, folded: str, kind: Kind) -> Name | None:
        """What `part` finds of the other kind, for the grammar to say that it stands in the wrong place."""
        try:
            return self.part(folded, "flag" if kind == "variable" else "variable")
        except ConditionError:
            return None

    def unknown(self, shown: str) -> ConditionError:
        """That nothing is called so, with the nearest name there is."""
        names = {fold(spelling): spelling for one in self.all for spelling in (one.key, one.label[:MAX_NAME])}
        near = get_close_matches(fold(shown)[:MAX_NAME], names, n=1, cutoff=0.5)
        quoted = f"'{shown[:40]}'"
        if near:
            return condition_error(say.UNKNOWN_NAME_NEAR, name=quoted, near=names[near[0]])
        return condition_error(say.UNKNOWN_NAME, name=quoted)

    def spelling(self, one: Name) -> str:
        """Its label or full name, whichever means no other; else its key."""
        for text in (one.label, one.name):
            if (
                0 < len(text) <= MAX_NAME
                and not QUOTES & set(fold(text))
                and self.spelt.get(fold(text).strip()) == (one,)
            ):
                return text
        return one.key


def _spellings(one: Name) -> Iterable[str]:
    for text in (one.label, one.name):
        if _can_stand_bare(folded := fold(text).strip()):
            yield folded
            if one.kind == "flag" and folded.startswith("已") and len(folded) > LEAST_PART["flag"]:
                yield folded[1:]


def _can_stand_bare(folded: str) -> bool:
    """Whether a text can be told from the brackets and quotes of a condition, and from 非（ before a bracket."""
    before, bracket, _rest = folded.partition("(")
    is_remark = len(before) >= LEAST_BEFORE_REMARK and before[0] not in MAY_OPEN and folded[-1:] == ")"
    return (
        0 < len(folded) <= MAX_NAME
        and not QUOTES & set(folded)
        and ")" not in before
        and (not bracket or is_remark)
    )


def _only(folded: str, found: Iterable[Name]) -> Name | None:
    ones = list(found)
    if len(ones) > 1:
        listed = ", ".join(one.label[:40] for one in ones[:5])
        raise condition_error(say.AMBIGUOUS_NAME, name=f"'{folded[:40]}'", names=listed)
    return ones[0] if ones else None


def names_of(document: object) -> Names:
    """What a document, finished or not, calls its variables and flags; whatever cannot be a name is left out."""
    root = Place(document, "", [])
    variables = {}
    for key, place in root.at("vars").entries():
        if _is_name(key):
            lo, hi = (_bound(place.at(end)) for end in ("lo", "hi"))
            variables[key] = Name(key, "variable", place.at("name").text(required=False), lo, hi)
    flags = {}
    for key, place in root.at("flags").entries():
        if _is_name(key) and key not in variables:
            flags[key] = Name(key, "flag", place.text(required=False))
    return Names(variables, flags)


def _is_name(key: str) -> bool:
    return key not in RESERVED and Place(key, "", []).name() == key


def _bound(place: Place) -> int | None:
    problems = len(place.problems)
    number: Decimal = place.number()
    return int(number * 100) if len(place.problems) == problems else None
