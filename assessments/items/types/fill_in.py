"""Fill-in: one or several blanks below the stem, each for a word or a number.

body: {stem, blanks: [{id, label, unit?}]}; key: {rule, blanks: {id: see `assessments.items.blanks`}};
response: {blank id: text}. Rules: `per_blank`, and `all_blanks`: only all of them together earn marks.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from assessments.items.authoring import (
    Hidden,
    Rows,
    Sheet,
    Text,
    Values,
    Written,
    ids_for,
    rows_in,
    with_common,
)
from assessments.items.base import ItemType, JSONObject, Response, Score
from assessments.items.blanks import (
    KEY_COLUMNS,
    check_blank,
    clean_parts,
    fill_blank,
    read_blank,
    right_text,
    score_parts,
    worth,
)
from assessments.items.checking import check_entries, check_text, entry_ids
from assessments.items.forms import Form, part_boxes
from assessments.items.notation import Unreadable
from assessments.items.problems import Problem, Problems
from assessments.items.problems import gettext_noop as _
from assessments.items.registry import register
from assessments.items.writing import shorten


@register
class FillIn(ItemType):
    code = "fill_in"
    title = _("Fill-in")
    rank = 6
    template = "blanks"
    rules = {
        "per_blank": _("Each blank earns its share of the marks."),
        "all_blanks": _("Only all blanks right earn marks."),
    }
    body_fields = frozenset({"stem", "blanks"})
    key_fields = frozenset({"rule", "blanks"})

    def check_body(self, body: JSONObject, problems: Problems) -> None:
        blanks = body.get("blanks")
        if "blanks" not in body:
            return
        fields = {"required": frozenset({"id", "label"}), "optional": frozenset({"unit"})}
        check_entries(problems, "body.blanks", blanks, least=1, **fields)
        for number, blank in enumerate(blanks if isinstance(blanks, list) else ()):
            for name in ("label", "unit"):
                if isinstance(blank, Mapping) and name in blank:
                    check_text(problems, f"body.blanks[{number}].{name}", blank[name])

    def check_key(self, body: JSONObject, key: JSONObject, problems: Problems) -> None:
        if "blanks" not in key:
            return
        blanks, ids = key["blanks"], entry_ids(body.get("blanks"))
        if not isinstance(blanks, Mapping) or sorted(map(str, blanks)) != sorted(ids):
            problems.add("key.blanks", _("Say for every blank what is accepted."))
            return
        for each, blank in blanks.items():
            check_blank(problems, f"key.blanks.{each}", blank)

    def present(self, body: JSONObject, order: Sequence[str]) -> dict[str, Any]:
        blanks = [
            {"id": each["id"], "label": each["label"], "unit": each.get("unit", "")}
            for each in body["blanks"]
        ]
        return {"type": self.code, "stem": body["stem"], "blanks": blanks}

    def form(self, body: JSONObject, order: Sequence[str], response: Any, name: str) -> Form:
        return Form(boxes=part_boxes(body["blanks"], response, name))

    def clean_response(self, body: JSONObject, raw: object) -> Response:
        return clean_parts(raw, entry_ids(body["blanks"]))

    def score(self, body: JSONObject, key: JSONObject, response: Response, points: Decimal) -> Score:
        written = response if isinstance(response, dict) else {}
        units = {each["id"]: each.get("unit", "") for each in body["blanks"]}
        worths = {
            each: worth(blank, written[each], units[each]) if each in written else None
            for each, blank in key["blanks"].items()
        }
        return score_parts(worths, points, only_all=key["rule"] == "all_blanks")

    def right_responses(self, body: JSONObject, key: JSONObject) -> list[Response]:
        units = {each["id"]: each.get("unit", "") for each in body["blanks"]}
        return [{each: right_text(blank, units[each]) for each, blank in key["blanks"].items()}]

    def sheet(self) -> Sheet:
        told = (
            Hidden("id"),
            Text("label", _("What stands before the blank")),
            Text("unit", _("Unit behind it")),
        )
        return (Rows("blanks", _("Blanks"), (*told, *KEY_COLUMNS)), self.rule_pick())

    def fill(self, body: JSONObject, key: JSONObject) -> dict[str, Any]:
        rows = [{"unit": "", **each, **fill_blank(key["blanks"][each["id"]])} for each in body["blanks"]]
        return {"blanks": rows, "rule": key["rule"]}

    def read(self, values: Values, before: tuple[JSONObject, JSONObject] | None = None) -> Written:
        rows = rows_in(values, "blanks")
        ids = ids_for([row.text("id") for row in rows], "b")
        blanks: list[dict[str, str]] = []
        keys: dict[str, Any] = {}
        places: dict[str, str] = {}
        problems: list[Problem] = []
        for at, (each, row) in enumerate(zip(ids, rows, strict=True)):
            unit = {"unit": row.text("unit")} if row.text("unit").strip() else {}
            blanks.append({"id": each, "label": row.text("label"), **unit})
            places |= {f"body.blanks[{at}]": row.place, f"key.blanks.{each}": row.place}
            try:
                keys[each] = read_blank(row)
            except Unreadable as error:
                keys[each] = {"accepted": ["…"]}
                problems.append((f"{row.place}.partial", error.message))
        key = {"rule": str(values.get("rule") or ""), "blanks": keys}
        return with_common(Written({"blanks": blanks}, key, places, tuple(problems)), values, before)

    def summarise(self, body: JSONObject, response: Response) -> str:
        if not isinstance(response, dict):
            return ""
        return shorten(
            "；".join(
                f"{each['label']} {response[each['id']]}" for each in body["blanks"] if each["id"] in response
            )
        )
