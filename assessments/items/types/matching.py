"""Matching: find the partner of each entry on the left. Marks are given pair by pair.

body: {stem, left: [{id, text}], right: [{id, text}]}; key: {rule: "per_pair", pairs: {left id: right id}};
response: {left id: right id}, entries without a partner left out. The left stays in place, the right is shuffled.

Giving one partner to several entries is accepted: candidates do so on the way, and a save must never be refused
for it. It cannot pay, since each pair is scored by itself.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessments.items.base import (
    MISSED,
    RIGHT,
    WRONG,
    ItemType,
    JSONObject,
    Response,
    Score,
    permutation,
    share_of,
)
from assessments.items.checking import check_entries, entry_ids
from assessments.items.choices import expectation, in_order, refuse_unknown, texts_of
from assessments.items.forms import Form, partners
from assessments.items.problems import Problems, refuse_response
from assessments.items.problems import gettext_noop as _
from assessments.items.registry import register


@register
class Matching(ItemType):
    code = "matching"
    title = _("Matching")
    template = "partners"
    rules = {"per_pair": _("Each right pair earns its share of the marks.")}
    body_fields = frozenset({"stem", "left", "right"})
    key_fields = frozenset({"rule", "pairs"})

    def check_body(self, body: JSONObject, problems: Problems) -> None:
        if "left" in body:
            check_entries(problems, "body.left", body["left"], least=2)
        if "right" in body:
            check_entries(problems, "body.right", body["right"], least=2)

    def check_key(self, body: JSONObject, key: JSONObject, problems: Problems) -> None:
        if "pairs" not in key:
            return
        pairs = key["pairs"]
        left, right = entry_ids(body.get("left")), entry_ids(body.get("right"))
        if not isinstance(pairs, Mapping) or sorted(map(str, pairs)) != sorted(left):
            problems.add("key.pairs", _("Give every entry on the left one partner."))
            return
        for each, partner in pairs.items():
            if partner not in right:
                problems.add(f"key.pairs.{each}", _("There is no %(id)s."), id=str(partner))

    def option_order(self, body: JSONObject, seed: str | int) -> list[str]:
        return permutation(entry_ids(body["right"]), seed)

    def present(self, body: JSONObject, order: Sequence[str]) -> dict[str, Any]:
        left = in_order(body["left"], entry_ids(body["left"]))
        return {
            "type": self.code,
            "stem": body["stem"],
            "left": left,
            "right": in_order(body["right"], order),
        }

    def form(self, body: JSONObject, order: Sequence[str], response: Any, name: str) -> Form:
        return Form(rows=partners(body["left"], in_order(body["right"], order), response, name))

    def right_responses(self, body: JSONObject, key: JSONObject) -> list[Response]:
        return [dict(key["pairs"])]

    def clean_response(self, body: JSONObject, raw: object) -> Response:
        if raw in (None, ""):
            return None
        if not isinstance(raw, Mapping):
            refuse_response("response", _("This is not an answer to this question."))
        chosen = {each: partner for each, partner in raw.items() if partner not in (None, "")}
        if not all(isinstance(text, str) for pair in chosen.items() for text in pair):
            refuse_response("response", _("This is not an answer to this question."))
        left = entry_ids(body["left"])
        refuse_unknown(set(chosen), left)
        refuse_unknown(set(chosen.values()), entry_ids(body["right"]))
        return {each: chosen[each] for each in left if each in chosen} or None

    def score(self, body: JSONObject, key: JSONObject, response: Response, points: Decimal) -> Score:
        chosen = response if isinstance(response, dict) else {}
        pairs: Mapping[str, str] = key["pairs"]
        detail = {each: _verdict(chosen.get(each), partner) for each, partner in pairs.items()}
        right = sum(verdict == RIGHT for verdict in detail.values())
        return Score(share_of(points, Fraction(right, len(pairs))), points, detail=detail)

    def random_guess_score(self, body: JSONObject, key: JSONObject, points: Decimal) -> Decimal | None:
        """One chance in as many as there are partners, for every pair."""
        return expectation(Fraction(points) / len(body["right"]))

    def summarise(self, body: JSONObject, response: Response) -> str:
        if not isinstance(response, dict):
            return ""
        left, right = texts_of(body["left"]), texts_of(body["right"])
        return "；".join(f"{left[each]} → {right[partner]}" for each, partner in response.items())


def _verdict(chosen: str | None, partner: str) -> str:
    if chosen is None:
        return MISSED
    return RIGHT if chosen == partner else WRONG
