"""Multiple choice: several options are right.

body: {stem, options: [{id, text}], shuffle?}; key: {rule, correct: [id], per_option?}; response: [id] in stored order.

Rules: `social_worker_exam`, as in the national social worker examination (all right: full marks; a wrong pick: 0;
too few: half a point for each right option), and `all_or_nothing`. `per_option` replaces the half point. Too few
never earns more than full marks.
"""

from decimal import Decimal
from fractions import Fraction
from math import comb

from assessments.items.base import MISSED, RIGHT, WRONG, JSONObject, Response, Score
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


@register
class Multiple(OptionsType):
    code = "multiple"
    title = _("Multiple choice")
    rules = {
        "social_worker_exam": _(
            "A wrong choice scores 0; if some are missing, each right choice earns %(each)s."
        ),
        "all_or_nothing": _("Only exactly the right choices earn marks."),
    }
    key_fields = frozenset({"rule", "correct"})
    key_options = OptionsType.key_options | {"per_option"}

    def check_key(self, body: JSONObject, key: JSONObject, problems: Problems) -> None:
        if "correct" in key:
            check_ids(problems, "key.correct", key["correct"], option_ids(body))
        each = as_decimal(key.get("per_option", HALF_POINT))
        if each is None or each <= 0:
            problems.add("key.per_option", _("This must be a number above 0."))

    def clean_response(self, body: JSONObject, raw: object) -> Response:
        return clean_ids(raw, option_ids(body)) or None

    def score(self, body: JSONObject, key: JSONObject, response: Response, points: Decimal) -> Score:
        picked, correct = set(response or ()), set(key["correct"])
        detail = {each: RIGHT if each in picked else MISSED for each in key["correct"]}
        detail |= dict.fromkeys(sorted(picked - correct), WRONG)
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
        """Every non-empty set of options equally likely."""
        right = len(key["correct"])
        too_few = sum(comb(right, n) * Fraction(self._too_few(key, n, points)) for n in range(1, right))
        return expectation((Fraction(points) + too_few) / (2 ** len(option_ids(body)) - 1))

    def summarise(self, body: JSONObject, response: Response) -> str:
        texts = texts_of(body["options"])
        return "；".join(texts[each] for each in response or () if each in texts)

    def rule_note(self, key: JSONObject) -> Message:
        if key["rule"] == "all_or_nothing":
            return super().rule_note(key)
        return Message(self.rules[key["rule"]], {"each": str(self._each(key))})
