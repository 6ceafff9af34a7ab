"""Short answer: one text, marked against a rubric.

body: {stem, max_chars?}; key: see `assessments.items.rubric`; response: the text.
"""

from collections.abc import Sequence
from typing import Any

from assessments.items.authoring import Number, Sheet, Values, number_in
from assessments.items.base import JSONObject, Response
from assessments.items.checking import check_count
from assessments.items.forms import Form, text_box
from assessments.items.problems import Problems
from assessments.items.problems import gettext_noop as _
from assessments.items.registry import register
from assessments.items.rubric import RubricType
from assessments.items.writing import clean_text, shorten


@register
class ShortAnswer(RubricType):
    code = "short_answer"
    title = _("Short answer")
    rank = 8
    body_options = frozenset({"max_chars"})

    def check_body(self, body: JSONObject, problems: Problems) -> None:
        if "max_chars" in body:
            check_count(problems, "body.max_chars", body["max_chars"])

    def present(self, body: JSONObject, order: Sequence[str]) -> dict[str, Any]:
        return {"type": self.code, "stem": body["stem"], "max_chars": body.get("max_chars")}

    def form(self, body: JSONObject, order: Sequence[str], response: Any, name: str) -> Form:
        return Form(boxes=(text_box(response, name, body.get("max_chars")),))

    def clean_response(self, body: JSONObject, raw: object) -> Response:
        return clean_text("response", raw) or None

    def summarise(self, body: JSONObject, response: Response) -> str:
        return shorten(response) if isinstance(response, str) else ""

    def sheet(self) -> Sheet:
        limit = Number(
            "max_chars",
            _("Characters at most"),
            _("Candidates may go over it and are told so; empty: no limit."),
        )
        return (limit, *super().sheet())

    def fill(self, body: JSONObject, key: JSONObject) -> dict[str, Any]:
        return {"max_chars": str(body.get("max_chars", "")), **super().fill(body, key)}

    def read_body(self, values: Values) -> dict[str, Any]:
        limit = number_in(str(values.get("max_chars") or ""))
        return {} if limit is None else {"max_chars": limit}
