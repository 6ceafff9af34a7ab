"""Checks on untrusted JSON that several question types (and 1+N schemes) share.

Each takes the `Problems` to add to and the path of the value, and never raises on a value of the wrong shape.
"""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from decimal import Decimal, InvalidOperation
from typing import Any

from assessments.items.problems import Problems
from assessments.items.problems import gettext_noop as _

# Ids are put into form fields and element ids, so they are kept plain.
MOST_DIGITS = 100  # before or behind the point: 1e999999999 would fill the memory with zeros
ID = re.compile(r"[a-z][a-z0-9_-]{0,31}")


def check_fields(
    problems: Problems, where: str, value: object, required: Set[str], optional: Set[str] = frozenset()
) -> Mapping[str, Any]:
    """The value as a mapping, or an empty one; unknown and missing fields are problems.

    An unknown field is refused because a key pasted into a body would otherwise travel with it.
    """
    if not isinstance(value, Mapping):
        problems.add(where, _("This must be an object with named fields."))
        return {}
    for name in sorted(map(str, value.keys() - required - optional)):
        problems.add(f"{where}.{name}", _("This field is not known here."))
    for name in sorted(required - value.keys()):
        problems.add(f"{where}.{name}", _("A value is needed here."))
    return value


def check_text(problems: Problems, where: str, value: object) -> None:
    if not isinstance(value, str) or not value.strip():
        problems.add(where, _("Write some text here."))


def check_flag(problems: Problems, where: str, value: object) -> None:
    if not isinstance(value, bool):
        problems.add(where, _("This must be true or false."))


def check_count(problems: Problems, where: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        problems.add(where, _("This must be a whole number, 1 or more."))


def check_one_of(problems: Problems, where: str, value: object, known: Iterable[str]) -> None:
    names = sorted(set(known))
    if not isinstance(value, str) or value not in names:
        problems.add(where, _("Choose one of: %(known)s."), known=", ".join(names))


def check_entries(
    problems: Problems,
    where: str,
    value: object,
    *,
    least: int,
    required: Set[str] = frozenset({"id", "text"}),
    optional: Set[str] = frozenset(),
) -> None:
    """A list of at least `least` objects with distinct plain ids. A `text` must be written; other fields are only
    known or unknown here, and their content is the caller's to check."""
    if not isinstance(value, list) or len(value) < least:
        problems.add(where, _("Give a list of at least %(least)s."), least=least)
        return
    seen: set[str] = set()
    for number, entry in enumerate(value):
        path = f"{where}[{number}]"
        fields = check_fields(problems, path, entry, required, optional)
        if "text" in fields:
            check_text(problems, f"{path}.text", fields["text"])
        if "id" in fields:
            _check_id(problems, f"{path}.id", fields["id"], seen)


def _check_id(problems: Problems, where: str, value: object, seen: set[str]) -> None:
    if not isinstance(value, str) or not ID.fullmatch(value):
        problems.add(where, _("An id is a small letter followed by small letters, digits, - or _."))
    elif value in seen:
        problems.add(where, _("The id %(id)s is used twice."), id=value)
    else:
        seen.add(value)


def check_ids(problems: Problems, where: str, value: object, known: Sequence[str]) -> bool:
    """True when the value is a non-empty list of distinct ids that all exist."""
    if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
        problems.add(where, _("Give a list of ids."))
        return False
    unknown = sorted(set(value) - set(known))
    for each in unknown:
        problems.add(where, _("There is no %(id)s."), id=each)
    if len(set(value)) < len(value):
        problems.add(where, _("An id appears twice."))
        return False
    return not unknown


def entry_ids(value: object) -> list[str]:
    """The ids of those entries that have one: usable on a body that has not passed its check."""
    if not isinstance(value, list):
        return []
    ids = (entry.get("id") for entry in value if isinstance(entry, Mapping))
    return [each for each in ids if isinstance(each, str)]


def as_decimal(value: object) -> Decimal | None:
    """The number written as a JSON number or a string, else None. A float counts as it is written; what is infinite, or
    too large or fine to be written out, counts as no number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except (InvalidOperation, ValueError):  # ValueError: an integer of thousands of digits
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= MOST_DIGITS else None


def as_text(number: Decimal) -> str:
    """The number without exponent and trailing zeros: 60, 2.5, 0."""
    return f"{number.normalize() + 0:f}"
