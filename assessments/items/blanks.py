"""Blanks: what is accepted in them, and what a text that was written into one is worth. Used by fill-in and cloze.

A blank's key is either {accepted: [text, …], partial?: [{text, share}], case?: bool} or {value, tolerance?}, a number.
Texts are compared without regard to full or half width, repeated spaces and, unless `case` is true, capital letters.
Of a number the unit may be written or left out; thousands may be grouped. `share` is from 0 to 1.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from assessments.items.authoring import Field, Flag, Number, Row, Text
from assessments.items.base import MISSED, RIGHT, WRONG, JSONObject, Response, Score, share_of
from assessments.items.checking import as_decimal, check_fields, check_flag, check_text
from assessments.items.choices import refuse_unknown
from assessments.items.notation import lines_of, partial_in, partial_lines, texts_in
from assessments.items.problems import Problems, refuse_response
from assessments.items.problems import gettext_noop as _
from assessments.items.writing import clean_text

NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:[eE][+-]?\d{1,3})?")
LONGEST_NUMBER = 64
PARTLY = "partly"
NOTHING, WHOLE = Fraction(0), Fraction(1)
KEYS_KEPT = 4_000  # texts and numbers of keys, read once for all who answer
KEY_COLUMNS: tuple[Field, ...] = (
    Text("accepted", _("What is right"), _("Each way of writing it on its own line."), 2),
    Text("partial", _("Right in part"), _("On each line a text and its share: text = 50%"), 2),
    Flag("case", _("Capitals count")),
    Number("value", _("Or a number"), _("Then leave the texts empty.")),
    Number("tolerance", _("± how much")),
)


def check_blank(problems: Problems, where: str, key: object) -> None:
    """Add what is wrong with the key of one blank."""
    if isinstance(key, Mapping) and "value" in key:
        _check_number(problems, where, key)
        return
    fields = check_fields(problems, where, key, frozenset({"accepted"}), frozenset({"partial", "case"}))
    accepted = fields.get("accepted")
    if "accepted" in fields and (not isinstance(accepted, list) or not accepted):
        problems.add(f"{where}.accepted", _("Give at least one answer that is accepted."))
    for number, text in enumerate(accepted if isinstance(accepted, list) else ()):
        check_text(problems, f"{where}.accepted[{number}]", text)
    partial = fields.get("partial", [])
    if not isinstance(partial, list):
        problems.add(f"{where}.partial", _("Give a list of texts and shares."))
    for number, entry in enumerate(partial if isinstance(partial, list) else ()):
        _check_partial(problems, f"{where}.partial[{number}]", entry)
    if "case" in fields:
        check_flag(problems, f"{where}.case", fields["case"])


def fill_blank(key: JSONObject) -> dict[str, Any]:
    """The key of a blank in the columns of `KEY_COLUMNS`."""
    return {
        "accepted": lines_of(key.get("accepted", ())),
        "partial": partial_lines(key.get("partial", ())),
        "case": key.get("case", False),
        "value": str(key.get("value", "")),
        "tolerance": str(key.get("tolerance", "")),
    }


def read_blank(row: Row) -> dict[str, Any]:
    """The key that a row says, right or not. Raises Unreadable."""
    texts = texts_in(row.text("accepted"))
    numbers = {name: number for name in ("value", "tolerance") if (number := row.number(name)) is not None}
    partial = partial_in(row.text("partial"))
    key: dict[str, Any] = {} if numbers and not texts else {"accepted": texts}
    key |= {"partial": partial} if partial else {}
    key |= {"case": True} if row.flag("case") else {}
    return key | numbers


def worth(key: JSONObject, text: str, unit: str = "") -> Fraction:
    """The share of the blank's marks that this text earns."""
    if "value" in key:
        return WHOLE if _is_near(key, text, unit) else NOTHING
    case = key.get("case", False)
    written = folded(text, case=case)
    if any(_folded_key(each, case=case) == written for each in key["accepted"]):
        return WHOLE
    shares = [
        _exact(str(each["share"]))
        for each in key.get("partial", ())
        if _folded_key(each["text"], case=case) == written
    ]
    return max(shares, default=NOTHING)


def right_text(key: JSONObject, unit: str = "") -> str:
    """One text that earns the whole blank."""
    return f"{key['value']}{unit}" if "value" in key else str(key["accepted"][0])


def folded(text: str, *, case: bool = False) -> str:
    """The text as it is compared: one width, single spaces, no capitals unless `case`."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    return plain if case else plain.casefold()


@lru_cache(KEYS_KEPT)
def _folded_key(text: str, *, case: bool = False) -> str:
    """The same for what authors wrote; what candidates write is not kept."""
    return folded(text, case=case)


@lru_cache(KEYS_KEPT)
def _exact(number: str) -> Fraction:
    """A number of a key."""
    return Fraction(number)


def clean_parts(raw: object, ids: Sequence[str]) -> Response:
    """{part: text} of what was written into the parts; None when nothing was. Raises ResponseInvalid."""
    if raw in (None, "", []):
        return None
    if not isinstance(raw, Mapping):
        refuse_response("response", _("This is not an answer to this question."))
    refuse_unknown(set(map(str, raw)), ids)
    texts = {each: clean_text(f"response.{each}", raw.get(each)) for each in ids}
    return {each: text for each, text in texts.items() if text} or None


def score_parts(worths: Mapping[str, Fraction | None], points: Decimal, *, only_all: bool) -> Score:
    """The score of several parts of equal weight: the share each earned, None for one left open."""
    detail = {each: _verdict(share) for each, share in worths.items()}
    earned = sum((share for share in worths.values() if share), NOTHING) / len(worths)
    if only_all and earned < 1:
        earned = NOTHING
    return Score(share_of(points, earned), points, detail=detail)


def _check_number(problems: Problems, where: str, key: JSONObject) -> None:
    fields = check_fields(problems, where, key, frozenset({"value"}), frozenset({"tolerance"}))
    if as_decimal(fields.get("value")) is None:
        problems.add(f"{where}.value", _("This must be a number."))
    tolerance = as_decimal(fields.get("tolerance", 0))
    if tolerance is None or tolerance < 0:
        problems.add(f"{where}.tolerance", _("This must be a number, 0 or more."))


def _check_partial(problems: Problems, where: str, entry: object) -> None:
    fields = check_fields(problems, where, entry, frozenset({"text", "share"}))
    if "text" in fields:
        check_text(problems, f"{where}.text", fields["text"])
    share = as_decimal(fields.get("share"))
    if "share" in fields and (share is None or not 0 <= share <= 1):
        problems.add(f"{where}.share", _("This must be a number from 0 to 1."))


def _is_near(key: Mapping[str, Any], text: str, unit: str) -> bool:
    number = _number(text, unit)
    if number is None:
        return False
    return abs(number - _exact(str(key["value"]))) <= _exact(str(key.get("tolerance", 0)))


def _number(text: str, unit: str) -> Fraction | None:
    """The number a candidate wrote, with or without its unit; None for anything else."""
    plain = folded(text).replace("−", "-")
    if unit:
        plain = plain.removesuffix(_folded_key(unit)).strip()
    if len(plain) > LONGEST_NUMBER or not NUMBER.fullmatch(plain) or not any(c.isdigit() for c in plain):
        return None
    return Fraction(plain.replace(",", ""))


def _verdict(share: Fraction | None) -> str:
    if share is None:
        return MISSED
    if share == 1:
        return RIGHT
    return PARTLY if share else WRONG
