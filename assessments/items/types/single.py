"""Single choice: one option is right.

body: {stem, options: [{id, text}], shuffle?}; key: {rule: "exact", correct: id}; response: the id chosen.
"""

from decimal import Decimal
from fractions import Fraction

from assessments.items.base import MISSED, RIGHT, WRONG, JSONObject, Response, Score
from assessments.items.checking import check_one_of
from assessments.items.choices import (
    clean_ids,
    expectation,
    option_ids,
    texts_of,
)
from assessments.items.options import OptionsType
from assessments.items.problems import Problems, refuse_response
from assessments.items.problems import gettext_noop as _
from assessments.items.registry import register


@register
class Single(OptionsType):
    code = "single"
    title = _("Single choice")
    rank = 1
    picks = "radio"
    rules = {"exact": _("The right choice earns full marks.")}
    key_fields = frozenset({"rule", "correct"})

    def check_key(self, body: JSONObject, key: JSONObject, problems: Problems) -> None:
        if "correct" in key:
            check_one_of(problems, "key.correct", key["correct"], option_ids(body))

    def clean_response(self, body: JSONObject, raw: object) -> Response:
        chosen = clean_ids(raw, option_ids(body))
        if len(chosen) > 1:
            refuse_response("response", _("Choose one option only."))
        return chosen[0] if chosen else None

    def score(self, body: JSONObject, key: JSONObject, response: Response, points: Decimal) -> Score:
        correct = key["correct"]
        if response == correct:
            return Score(points, points, detail={correct: RIGHT})
        detail = {correct: MISSED} | ({response: WRONG} if isinstance(response, str) else {})
        return Score(Decimal(0), points, detail=detail)

    def random_guess_score(self, body: JSONObject, key: JSONObject, points: Decimal) -> Decimal | None:
        return expectation(Fraction(points) / len(option_ids(body)))

    def right_responses(self, body: JSONObject, key: JSONObject) -> list[Response]:
        return [key["correct"]]

    def summarise(self, body: JSONObject, response: Response) -> str:
        return texts_of(body["options"]).get(response, "") if isinstance(response, str) else ""
