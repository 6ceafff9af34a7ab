"""Case analysis: a long stem with several questions, each answered in its own text, marked against a rubric.

body: {stem, parts: [{id, label, max_chars?}]}, where the stem asks the questions and `label` names each one's text
box ("（1）"); key: see `assessments.items.rubric`, each criterion with its `part`; response: {part id: text}.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from assessments.items.authoring import (
    Field,
    Hidden,
    Number,
    Row,
    Rows,
    Sheet,
    Text,
    Values,
    Written,
    ids_for,
    lasting,
    rows_in,
)
from assessments.items.base import JSONObject, Response
from assessments.items.checking import check_count, check_entries, check_one_of, check_text, entry_ids
from assessments.items.choices import refuse_unknown
from assessments.items.forms import Form, part_boxes
from assessments.items.problems import Message, Problems, refuse_response
from assessments.items.problems import gettext_noop as _
from assessments.items.registry import register
from assessments.items.rubric import RubricType
from assessments.items.writing import clean_text, shorten

PART_FIELDS, PART_OPTIONS = frozenset({"id", "label"}), frozenset({"max_chars"})


@register
class CaseAnalysis(RubricType):
    code = "case_analysis"
    title = _("Case analysis")
    rank = 9
    body_fields = frozenset({"stem", "parts"})
    criterion_fields = frozenset({"id", "text", "max", "part"})

    def check_body(self, body: JSONObject, problems: Problems) -> None:
        parts = body.get("parts")
        if "parts" in body:
            check_entries(problems, "body.parts", parts, least=1, required=PART_FIELDS, optional=PART_OPTIONS)
        for number, part in enumerate(parts if isinstance(parts, list) else ()):
            if isinstance(part, Mapping):
                check_text(problems, f"body.parts[{number}].label", part.get("label"))
                check_count(problems, f"body.parts[{number}].max_chars", part.get("max_chars", 1))

    def check_criterion(
        self, body: JSONObject, criterion: JSONObject, where: str, problems: Problems
    ) -> None:
        super().check_criterion(body, criterion, where, problems)
        if "part" in criterion:
            check_one_of(problems, f"{where}.part", criterion["part"], entry_ids(body.get("parts")))

    def present(self, body: JSONObject, order: Sequence[str]) -> dict[str, Any]:
        parts = [
            {"id": part["id"], "label": part["label"], "max_chars": part.get("max_chars")}
            for part in body["parts"]
        ]
        return {"type": self.code, "stem": body["stem"], "parts": parts}

    def form(self, body: JSONObject, order: Sequence[str], response: Any, name: str) -> Form:
        return Form(boxes=part_boxes(body["parts"], response, name))

    def clean_response(self, body: JSONObject, raw: object) -> Response:
        if raw in (None, ""):
            return None
        if not isinstance(raw, Mapping):
            refuse_response("response", _("This is not an answer to this question."))
        ids = entry_ids(body["parts"])
        refuse_unknown(set(map(str, raw)), ids)
        texts = {each: clean_text(f"response.{each}", raw.get(each)) for each in ids}
        return {each: text for each, text in texts.items() if text} or None

    def summarise(self, body: JSONObject, response: Response) -> str:
        if not isinstance(response, dict):
            return ""
        return shorten(
            " ".join(part["label"] + response[part["id"]] for part in body["parts"] if part["id"] in response)
        )

    def sheet(self) -> Sheet:
        columns = (
            Hidden("id"),
            Hidden("place"),
            Text("label", _("Name of its text box"), _("As the case asks: （1）")),
            Number("max_chars", _("Characters at most")),
        )
        parts = Rows(
            "parts",
            _("Questions of the case"),
            columns,
            help=_("The case itself and its questions stand above, in the stem."),
            numbers="lasting",
        )
        return (parts, *super().sheet())

    def columns(self) -> tuple[Field, ...]:
        return (*super().columns(), Number("part", _("For question"), _("Its number above: 1, 2 …")))

    def fill(self, body: JSONObject, key: JSONObject) -> dict[str, Any]:
        values, numbers = super().fill(body, key), {}
        parts = []
        for number, part in enumerate(body["parts"], start=1):
            numbers[part["id"]] = str(number)
            parts.append({**part, "place": str(number), "max_chars": str(part.get("max_chars", ""))})
        for criterion in values["criteria"]:
            criterion["part"] = numbers[criterion["part"]]
        return {"parts": parts, **values}

    def read(self, values: Values, before: tuple[JSONObject, JSONObject] | None = None) -> Written:
        rows = rows_in(values, "parts")
        ids = dict(zip(map(str, lasting(rows)), _part_ids(rows), strict=True))
        criteria = [
            {**each, "part": ids.get(str(each.get("part") or "").strip(), "")}
            for each in values.get("criteria") or ()
        ]
        made = super().read({**values, "criteria": criteria}, before)
        places = {f"body.parts[{at}]": row.place for at, row in enumerate(rows)}
        strays = tuple(
            (f"{row.place}.part", Message(_("Give the number of a question of the case, as above.")))
            for row in rows_in({"criteria": criteria}, "criteria")
            if not row.text("part")
        )
        return made.adding({}, places, before, strays)

    def read_body(self, values: Values) -> dict[str, Any]:
        rows = rows_in(values, "parts")
        parts = []
        for each, row in zip(_part_ids(rows), rows, strict=True):
            limit = row.number("max_chars")
            parts.append(
                {"id": each, "label": row.text("label"), **({} if limit is None else {"max_chars": limit})}
            )
        return {"parts": parts}

    def read_criterion(self, id: str, row: Row) -> dict[str, Any]:
        return {**super().read_criterion(id, row), "part": row.text("part")}


def _part_ids(rows: Sequence[Row]) -> list[str]:
    return ids_for([row.text("id") for row in rows], "p")
