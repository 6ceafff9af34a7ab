"""Options with stable ids: reading posted ids, laying options out in an order, renaming the ones a text cites."""

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from assessments.items.base import JSONObject
from assessments.items.checking import entry_ids
from assessments.items.forms import CIRCLED, LETTERS
from assessments.items.problems import gettext_noop as _
from assessments.items.problems import refuse_response

# A letter that stands alone: the A of "A只按年龄计数", none of COUNTIFS.
LONE_LETTER = re.compile(r"(?<![A-Za-z0-9])[A-Z](?![A-Za-z0-9])")
CIRCLED_NUMBER = re.compile(f"[{CIRCLED}]")


def option_ids(body: JSONObject) -> list[str]:
    return entry_ids(body.get("options"))


def texts_of(entries: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {entry["id"]: entry["text"] for entry in entries}


def in_order(entries: Sequence[Mapping[str, str]], order: Sequence[str]) -> list[dict[str, Any]]:
    """The entries' id and text, and nothing else of them, in that order.

    Raises ValueError when the order is not a permutation of their ids.
    """
    texts = texts_of(entries)
    if sorted(order) != sorted(texts):
        raise ValueError("the order is not a permutation of the options")
    return [{"id": each, "text": texts[each]} for each in order]


def clean_ids(raw: object, known: Sequence[str]) -> list[str]:
    """The posted ids without blanks and repeats, in the order of `known`. Raises ResponseInvalid."""
    if raw is None:
        return []
    posted = [raw] if isinstance(raw, str) else raw
    if not isinstance(posted, list | tuple) or not all(isinstance(each, str) for each in posted):
        refuse_response("response", _("This is not an answer to this question."))
    chosen = {each for each in posted if each}
    refuse_unknown(chosen, known)
    return [each for each in known if each in chosen]


def refuse_unknown(ids: set[str], known: Sequence[str]) -> None:
    if ids - set(known):
        refuse_response("response", _("This question has no such option."))


def expectation(total: Fraction) -> Decimal:
    """An expected score as a Decimal of six places."""
    return (Decimal(total.numerator) / total.denominator).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def relabel_letters(text: str, stored: Sequence[str], shown: Sequence[str]) -> str:
    """Rename lone letters that cite options by stored position (A is the first) to the position shown."""
    return _relabel(LONE_LETTER, LETTERS, text, stored, shown)


def relabel_numbers(text: str, stored: Sequence[str], shown: Sequence[str]) -> str:
    """The same for circled numbers (① is the first)."""
    return _relabel(CIRCLED_NUMBER, CIRCLED, text, stored, shown)


def _relabel(
    cited: re.Pattern[str], names: str, text: str, stored: Sequence[str], shown: Sequence[str]
) -> str:
    renamed = {
        old: names[shown.index(each)] for old, each in zip(names, stored, strict=False) if each in shown
    }
    return cited.sub(lambda found: renamed.get(found[0], found[0]), text)
