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

from assessments.items.authoring import (
    Hidden,
    Row,
    Rows,
    Sheet,
    Text,
    Values,
    Written,
    ids_for,
    rows_in,
    with_common,
)
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
    rank = 5
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

    def sheet(self) -> Sheet:
        pairs = Rows(
            "pairs",
            _("Pairs"),
            (
                Hidden("id"),
                Hidden("partner"),
                Text("text", _("On the left")),
                Text("other", _("Its partner")),
            ),
            least=2,
            help=_("Entries may share a partner: write it in the same words."),
        )
        extra = Rows(
            "extra",
            _("Further partners that fit nothing"),
            (Hidden("id"), Text("text", _("Partner"))),
            least=0,
        )
        return (pairs, extra, self.rule_pick())

    def fill(self, body: JSONObject, key: JSONObject) -> dict[str, Any]:
        partners, texts = key["pairs"], texts_of(body["right"])
        pairs = [
            {**each, "partner": partners[each["id"]], "other": texts[partners[each["id"]]]}
            for each in body["left"]
        ]
        extra = [dict(each) for each in body["right"] if each["id"] not in partners.values()]
        return {"pairs": pairs, "extra": extra, "rule": key["rule"]}

    def read(self, values: Values, before: tuple[JSONObject, JSONObject] | None = None) -> Written:
        rows, extra = rows_in(values, "pairs"), rows_in(values, "extra")
        groups = _shared(rows)
        firsts = [rows[group[0]] for group in groups]
        kept = [row.text("partner") for row in firsts] + [row.text("id") for row in extra]
        right_ids, left_ids = ids_for(kept, "r"), ids_for([row.text("id") for row in rows], "l")
        texts = [row.text("other") for row in firsts] + [row.text("text") for row in extra]
        right = [{"id": each, "text": text} for each, text in zip(right_ids, texts, strict=True)]
        left = [{"id": each, "text": row.text("text")} for each, row in zip(left_ids, rows, strict=True)]
        pairs = {left_ids[at]: right_ids[number] for number, group in enumerate(groups) for at in group}
        places = {f"body.left[{at}]": row.place for at, row in enumerate(rows)}
        places |= {f"body.right[{at}].text": f"{row.place}.other" for at, row in enumerate(firsts)}
        places |= {f"body.right[{at}]": row.place for at, row in enumerate(extra, start=len(firsts))}
        places |= {"body.left": "pairs", "body.right": "pairs", "key.pairs": "pairs"}
        key = {"rule": str(values.get("rule") or ""), "pairs": pairs}
        return with_common(Written({"left": left, "right": right}, key, places), values, before)

    def summarise(self, body: JSONObject, response: Response) -> str:
        if not isinstance(response, dict):
            return ""
        left, right = texts_of(body["left"]), texts_of(body["right"])
        return "；".join(f"{left[each]} → {right[partner]}" for each, partner in response.items())


def _verdict(chosen: str | None, partner: str) -> str:
    if chosen is None:
        return MISSED
    return RIGHT if chosen == partner else WRONG


def _shared(rows: Sequence[Row]) -> list[list[int]]:
    """Which rows have the same partner: the same words, unless they were two partners before."""
    groups: list[list[int]] = []
    for at, row in enumerate(rows):
        same = next((group for group in groups if _same_partner(rows[group[0]], row)), None)
        if same is None:
            groups.append([at])
        else:
            same.append(at)
    return groups


def _same_partner(one: Row, other: Row) -> bool:
    if one.text("other") != other.text("other"):
        return False
    return "" in (one.text("partner"), other.text("partner")) or one.text("partner") == other.text("partner")
