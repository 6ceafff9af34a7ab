"""Multiple choice: several options are right.

body: {stem, options: [{id, text}], shuffle?}; key: {rule, correct: [id], per_option?, weights?}; response: [id] in
stored order.

Rules: `social_worker_exam`, as in the national social worker examination (all right: full marks; a wrong pick: 0;
too few: half a point for each right option; `per_option` replaces the half point; too few never earns more than full
marks); `all_or_nothing`; and `weighted`: every pick adds its weight, a share of the marks from -1 to 1, and the sum
stays within 0 and 1. Without `weights` each right option adds its part and each wrong one takes as much away.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import Any

from assessments.items.authoring import Field, Number, Sheet, Values, Written, number_in, rows_in
from assessments.items.base import MISSED, RIGHT, WRONG, JSONObject, Response, Score, share_of
from assessments.items.checking import as_decimal, check_ids
from assessments.items.choices import (
    clean_ids,
    expectation,
    option_ids,
    texts_of,
)
from assessments.items.options import OptionsType
from assessments.items.problems import Message, Problems
from assessments.items.problems import gettext_noop as _
from assessments.items.registry import register

HALF_POINT = "0.5"
COUNTED = 12  # options whose every set is weighed for the random-guess score


@register
class Multiple(OptionsType):
    code = "multiple"
    title = _("Multiple choice")
    rank = 2
    picks = "checkbox"
    rules = {
        "social_worker_exam": _(
            "A wrong choice scores 0; if some are missing, each right choice earns %(each)s."
        ),
        "all_or_nothing": _("Only exactly the right choices earn marks."),
        "weighted": _("Each right choice earns its share, each wrong one takes some away; never below 0."),
    }
    key_fields = frozenset({"rule", "correct"})
    key_options = OptionsType.key_options | {"per_option", "weights"}

    def check_key(self, body: JSONObject, key: JSONObject, problems: Problems) -> None:
        if "correct" in key:
            check_ids(problems, "key.correct", key["correct"], option_ids(body))
        each = as_decimal(key.get("per_option", HALF_POINT))
        if each is None or each <= 0:
            problems.add("key.per_option", _("This must be a number above 0."))
        if "weights" in key:
            _check_weights(problems, key, option_ids(body))

    def clean_response(self, body: JSONObject, raw: object) -> Response:
        return clean_ids(raw, option_ids(body)) or None

    def score(self, body: JSONObject, key: JSONObject, response: Response, points: Decimal) -> Score:
        picked, correct = set(response or ()), set(key["correct"])
        detail = {each: RIGHT if each in picked else MISSED for each in key["correct"]}
        detail |= dict.fromkeys(sorted(picked - correct), WRONG)
        if key["rule"] == "weighted":
            return Score(share_of(points, _worth(body, key, picked)), points, detail=detail)
        if picked == correct:
            return Score(points, points, detail=detail)
        if picked - correct:
            return Score(Decimal(0), points, detail=detail)
        return Score(self._too_few(key, len(picked), points), points, detail=detail)

    def _too_few(self, key: JSONObject, picked: int, points: Decimal) -> Decimal:
        if key["rule"] == "all_or_nothing":
            return Decimal(0)
        return min(picked * self._each(key), points)

    def _each(self, key: JSONObject) -> Decimal:
        return Decimal(str(key.get("per_option", HALF_POINT)))

    def random_guess_score(self, body: JSONObject, key: JSONObject, points: Decimal) -> Decimal | None:
        """Every non-empty set of options equally likely; None for weights over more options than can be counted."""
        ids, right = option_ids(body), len(key["correct"])
        if key["rule"] == "weighted":
            return _blind_worth(body, key, points) if len(ids) <= COUNTED else None
        too_few = sum(comb(right, n) * Fraction(self._too_few(key, n, points)) for n in range(1, right))
        return expectation((Fraction(points) + too_few) / (2 ** len(ids) - 1))

    def right_responses(self, body: JSONObject, key: JSONObject) -> list[Response]:
        return [list(key["correct"])]

    def summarise(self, body: JSONObject, response: Response) -> str:
        texts = texts_of(body["options"])
        return "；".join(texts[each] for each in response or () if each in texts)

    def sheet(self) -> Sheet:
        each = Number(
            "per_option",
            _("Points for each right choice if some are missing"),
            _("Only for the rule of the social worker examination; empty means 0.5."),
        )
        return (*super().sheet(), each)

    def columns(self) -> tuple[Field, ...]:
        share = Number(
            "weight",
            _("Share of the marks"),
            _("Only for the rule of shares, from -1 to 1; mostly left empty."),
            rare=True,
        )
        return (*super().columns(), share)

    def fill(self, body: JSONObject, key: JSONObject) -> dict[str, Any]:
        values, weights = super().fill(body, key), key.get("weights", {})
        for option in values["options"]:
            option["weight"] = str(weights.get(option["id"], ""))
        return {**values, "per_option": str(key.get("per_option", ""))}

    def read(self, values: Values, before: tuple[JSONObject, JSONObject] | None = None) -> Written:
        extra: dict[str, Any] = {}
        rows = rows_in(values, "options")
        if (each := number_in(str(values.get("per_option") or ""))) is not None:
            extra["per_option"] = each
        made = super().read(values, before)
        ids = option_ids(made.body)
        weights = {each: row.number("weight") for each, row in zip(ids, rows, strict=True)}
        if given := {each: weight for each, weight in weights.items() if weight is not None}:
            extra["weights"] = given
        places = {f"key.weights.{each}": f"{row.place}.weight" for each, row in zip(ids, rows, strict=True)}
        return made.adding(extra, {**places, "key.weights": "options"}, before)

    def rule_note(self, key: JSONObject) -> Message:
        if key["rule"] != "social_worker_exam":
            return super().rule_note(key)
        return Message(self.rules[key["rule"]], {"each": str(self._each(key))})


def _weights(body: JSONObject, key: JSONObject) -> dict[str, Fraction]:
    """What each option adds: as given, else the same for every right one and as much less for every wrong one."""
    given = {each: Fraction(str(weight)) for each, weight in key.get("weights", {}).items()}
    share = Fraction(1, len(key["correct"]))
    return {each: given.get(each, share if each in key["correct"] else -share) for each in option_ids(body)}


def _worth(body: JSONObject, key: JSONObject, picked: set[str]) -> Fraction:
    """The share of the marks these picks earn. Exactly the right ones earn all of them, whatever their weights."""
    if picked == set(key["correct"]):
        return Fraction(1)
    weights = _weights(body, key)
    return min(max(sum((weights[each] for each in picked), Fraction(0)), Fraction(0)), Fraction(1))


def _blind_worth(body: JSONObject, key: JSONObject, points: Decimal) -> Decimal:
    ids = option_ids(body)
    sets = [set(picked) for size in range(1, len(ids) + 1) for picked in combinations(ids, size)]
    earned = sum((_worth(body, key, picked) for picked in sets), Fraction(0))
    return expectation(Fraction(points) * earned / len(sets))


def _check_weights(problems: Problems, key: JSONObject, ids: Sequence[str]) -> None:
    weights = key["weights"]
    if key.get("rule") != "weighted" or not isinstance(weights, Mapping) or not weights:
        problems.add("key.weights", _("Weights belong to the rule weighted: a share for each option."))
        return
    for each, weight in weights.items():
        number = as_decimal(weight)
        if each not in ids:
            problems.add(f"key.weights.{each}", _("There is no %(id)s."), id=str(each))
        elif number is None or not -1 <= number <= 1:
            problems.add(f"key.weights.{each}", _("This must be a number from -1 to 1."))
