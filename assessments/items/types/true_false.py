"""True or false: a single choice between two options that stay in place.

body: {stem, options: [{id: "true", text: "正确"}, {id: "false", text: "错误"}]};
key: {rule: "exact", correct: "true" | "false"}; response: "true" | "false".
"""

from assessments.items.base import JSONObject, Response
from assessments.items.choices import option_ids
from assessments.items.problems import Problems
from assessments.items.problems import gettext_noop as _
from assessments.items.registry import register
from assessments.items.types.single import Single


@register
class TrueFalse(Single):
    code = "true_false"
    title = _("True or false")
    rules = {"exact": _("The right judgement earns full marks.")}
    body_options = frozenset()

    def check_body(self, body: JSONObject, problems: Problems) -> None:
        super().check_body(body, problems)
        if "options" in body and option_ids(body) != ["true", "false"]:
            problems.add("body.options", _("The two options are called true and false, in this order."))

    def option_order(self, body: JSONObject, seed: str | int) -> list[str]:
        return option_ids(body)

    def clean_response(self, body: JSONObject, raw: object) -> Response:
        return super().clean_response(body, str(raw).lower() if isinstance(raw, bool) else raw)
