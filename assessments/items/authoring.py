"""How a question is written: the form of its type as data. Pure, like the types themselves.

A type describes its form once (`ItemType.sheet`), says what the fields hold for a question (`fill`) and reads them
back (`read`). Values are what a form posts: text for every field, True or False for a flag, a list of such mappings for
rows. Labels and helps are msgids. Nothing that a question says is lost on the way there and back (`as_before`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

from assessments.items.checking import ID, as_decimal
from assessments.items.problems import Message, Problem
from assessments.items.problems import gettext_noop as _

Values: TypeAlias = Mapping[str, Any]
WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,17})")
PLACE = re.compile(r"[1-9]\d{0,3}")
QUIET = frozenset({"id", "place", "partner", "shape"})
STEP = re.compile(r"\[\d+\]")


@dataclass(frozen=True)
class Hidden:
    """What a row carries along unseen: the id of an entry that is there already."""

    kind: ClassVar[str] = "hidden"
    name: str


@dataclass(frozen=True)
class Text:
    """One line, or a box of several `lines`."""

    kind: ClassVar[str] = "text"
    name: str
    label: str
    help: str = ""
    lines: int = 1


@dataclass(frozen=True)
class Number:
    """A number as it is typed; whether it is one, the type's check says. `rare`: kept out of the way in a row."""

    kind: ClassVar[str] = "number"
    name: str
    label: str
    help: str = ""
    rare: bool = False


@dataclass(frozen=True)
class Flag:
    """Yes or no. `single`: of all rows only one can have it. `default` is what a new question begins with."""

    kind: ClassVar[str] = "flag"
    name: str
    label: str
    help: str = ""
    single: bool = False
    default: bool = False


@dataclass(frozen=True)
class Pick:
    """One of several: (value, what it says)."""

    kind: ClassVar[str] = "pick"
    name: str
    label: str
    choices: tuple[tuple[str, Message], ...]
    help: str = ""


Field: TypeAlias = Hidden | Text | Number | Flag | Pick


@dataclass(frozen=True)
class Rows:
    """Entries of the same columns. `least` is how many a question needs. `numbers` is how a row is called: "letters"
    and "numbers" go by where it stands, "lasting" keeps the number it was given, in its hidden `place`. `uploads`:
    rows come by upload and carry their `file`; "media" takes any number of them, "picture" one, with its size."""

    kind: ClassVar[str] = "rows"
    name: str
    label: str
    columns: tuple[Field, ...]
    least: int = 1
    help: str = ""
    numbers: str = "numbers"
    uploads: str = ""


Sheet: TypeAlias = tuple[Field | Rows, ...]

STEM = Text("stem", _("What is asked"), lines=4)
MEDIA = Rows(
    "media",
    _("Pictures and sounds"),
    (Hidden("file"), Text("alt", _("What it shows, in words"), _("For whoever cannot see it."), 2)),
    least=0,
    uploads="media",
)


@dataclass(frozen=True)
class Written:
    """A question as a form said it. `places` tells where a field of body and key stands on the form; `problems` are
    those of the form itself, by its own fields."""

    body: dict[str, Any]
    key: dict[str, Any]
    places: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def place_of(self, where: str) -> str:
        """The field of the form that a problem at `key.criteria[2].max` belongs to: `criteria.4.max`."""
        parts = STEP.split(where)[0] if where not in self.places else where
        known = [each for each in self.places if where == each or where.startswith((f"{each}.", f"{each}["))]
        if not known:
            return parts.removeprefix("body.").removeprefix("key.").removeprefix("answer.").split(".")[0]
        longest = max(known, key=len)
        rest = STEP.sub("", where.removeprefix(longest)).split(".")
        return ".".join([self.places[longest], *rest[1:2]])

    def adding(
        self,
        key: Mapping[str, Any],
        places: Mapping[str, str],
        before: tuple[Any, Any] | None,
        problems: tuple[Problem, ...] = (),
    ) -> "Written":
        """The same with more: fields of the key, places and problems."""
        more = as_before({**self.key, **key}, before[1] if before else {})
        return Written(self.body, more, {**self.places, **places}, (*self.problems, *problems))


@dataclass(frozen=True)
class Row:
    """A row somebody wrote something into; `place` is where it stands on the form: `options.3`."""

    place: str
    values: Values

    def text(self, name: str) -> str:
        return str(self.values.get(name) or "")

    def number(self, name: str) -> int | str | None:
        return number_in(self.text(name))

    def flag(self, name: str) -> bool:
        return bool(self.values.get(name))


def rows_in(values: Values, name: str) -> list[Row]:
    """The rows that say something; those left empty are only offered."""
    given = values.get(name) or []
    rows = [Row(f"{name}.{place}", row) for place, row in enumerate(given)]
    return [row for row in rows if says_something(row.values)]


def says_something(values: Values) -> bool:
    """Whether somebody wrote into this row: what it carries unseen and what is picked from the start does not count."""
    return any(_says(value) for name, value in values.items() if name not in QUIET)


def number_in(text: str) -> int | str | None:
    """What was typed as JSON has it: a whole number, else the text as it is; None for nothing."""
    plain = text.strip()
    if not plain:
        return None
    return int(plain) if WHOLE.fullmatch(plain) else plain


def written(sheet_values: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a type's own fields, with those that every question has."""
    media = [dict(each) for each in body.get("media", ())]
    return {"stem": body.get("stem", ""), "media": media, **sheet_values}


def with_common(own: Written, values: Values, before: tuple[Any, Any] | None) -> Written:
    """What a type read of its own fields, with stem and media, written like the question `before` wherever both say the
    same."""
    rows = [row for row in rows_in(values, "media") if row.text("file")]
    media = [{"file": row.text("file"), "alt": row.text("alt")} for row in rows]
    body = {"stem": str(values.get("stem", "")), **own.body, **({"media": media} if media else {})}
    places = {**own.places, **{f"body.media[{at}]": row.place for at, row in enumerate(rows)}}
    old_body, old_key = before or ({}, {})
    return Written(as_before(body, old_body), as_before(own.key, old_key), places, own.problems)


def ids_for(kept: Sequence[str], prefix: str, taken: Iterable[str] = ()) -> list[str]:
    """An id for every entry: the one it had, unless another entry before it has it; else the next free one."""
    used, ids = set(taken), []
    reserved = used | set(kept)
    for each in kept:
        if not ID.fullmatch(each) or each in used:
            each = next(name for name in _names(prefix) if name not in reserved)
        used.add(each)
        reserved.add(each)
        ids.append(each)
    return ids


def lasting(rows: Sequence[Row]) -> list[int]:
    """The number every row goes by: the one it has, else the next."""
    numbers: list[int] = []
    given = [int(row.text("place")) if PLACE.fullmatch(row.text("place")) else 0 for row in rows]
    for each in given:
        numbers.append(each if each and each not in numbers else max([0, *numbers, *given]) + 1)
    return numbers


def matched(new: Sequence[str], old: Sequence[tuple[str, str]]) -> list[str]:
    """For every text the id that an old (id, text) had: of the same text first, then by their order; "" for more."""
    left, ids = list(old), [""] * len(new)
    for at, text in enumerate(new):
        same = next((pair for pair in left if pair[1] == text), None)
        if same:
            ids[at] = same[0]
            left.remove(same)
    for at in range(len(new)):
        if not ids[at] and left:
            ids[at] = left.pop(0)[0]
    return ids


NUMBERS = frozenset(
    {"max", "value", "tolerance", "share", "per_option", "max_chars", "weights[]", "coords[]"}
)
KEYED = frozenset({"weights", "blanks", "gaps", "pairs"})
UNORDERED = frozenset({"right", "correct", "gaps", "kinds"})
IMPLIED: Mapping[str, Any] = {
    "shuffle": True,
    "explanation_cites_options": False,
    "case": False,
    "tolerance": 0,
    "partial": [],
}


def as_before(new: Any, old: Any, name: str = "") -> Any:
    """`new`, written the way `old` was wherever both say the same: 2 and "2.0", a flag that is left out because it is
    so anyway, entries whose order means nothing. So a question that was only opened and stored has not changed."""
    if name in NUMBERS:
        number = as_decimal(new)
        return old if number is not None and number == as_decimal(old) else new
    if isinstance(new, Mapping) and isinstance(old, Mapping):
        inner = f"{name}[]" if name in KEYED else ""
        said = {each: as_before(value, old.get(each), inner or each) for each, value in new.items()}
        return said | {each: value for each, value in old.items() if not inner and _implied(each, value, new)}
    if isinstance(new, list) and isinstance(old, list):
        return _entries_as_before(new, old, name)
    return new


def _entries_as_before(new: list[Any], old: list[Any], name: str) -> list[Any]:
    known = {_name_of(each, at, name): each for at, each in enumerate(old)}
    said = {_name_of(each, at, name): each for at, each in enumerate(new)}
    if len(said) < len(new):
        return new
    order = known if name in UNORDERED and set(known) == set(said) else said
    return [as_before(said[each], known.get(each), f"{name}[]") for each in order]


def _name_of(entry: Any, at: int, name: str) -> Any:
    if name == "coords":
        return at
    if isinstance(entry, Mapping):
        return entry.get("id", at)
    return entry if isinstance(entry, str) else at


def _implied(name: str, value: Any, new: Mapping[str, Any]) -> bool:
    if name in new or name not in IMPLIED:
        return False
    return bool(value == IMPLIED[name] or (name in NUMBERS and as_decimal(value) == IMPLIED[name]))


def _says(value: Any) -> bool:
    return bool(value.strip()) if isinstance(value, str) else bool(value)


def _names(prefix: str) -> Iterable[str]:
    return (f"{prefix}{number}" for number in range(1, 10_000))
