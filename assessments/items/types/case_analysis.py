"""Case analysis: a long stem with several questions, each answered in its own text, marked against a rubric.

body: {stem, parts: [{id, label, max_chars?}]}, where the stem asks the questions and `label` names each one's text
box ("（1）"); key: see `assessments.items.rubric`, each criterion with its `part`; response: {part id: text}.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from assessments.items.base import JSONObject, Response
from assessments.items.checking import check_count, check_entries, check_one_of, check_text, entry_ids
from assessments.items.choices import refuse_unknown
from assessments.items.forms import Form, part_boxes
from assessments.items.problems import Problems, refuse_response
from assessments.items.problems import gettext_noop as _
from assessments.items.registry import register
from assessments.items.rubric import RubricType
from assessments.items.writing import clean_text, shorten

PART_FIELDS, PART_OPTIONS = frozenset({"id", "label"}), frozenset({"max_chars"})


@register
class CaseAnalysis(RubricType):
    code = "case_analysis"
    title = _("Case analysis")
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
