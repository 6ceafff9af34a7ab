"""True or false: a single choice between two options that stay in place.

body: {stem, options: [{id: "true", text: "正确"}, {id: "false", text: "错误"}]};
key: {rule: "exact", correct: "true" | "false"}; response: "true" | "false".
"""

from typing import Any

from assessments.items.authoring import Pick, Sheet, Text, Values, Written, with_common
from assessments.items.base import JSONObject, Response
from assessments.items.choices import option_ids
from assessments.items.options import CITES, read_settings, settings_of
from assessments.items.problems import Message, Problems
from assessments.items.problems import gettext_noop as _
from assessments.items.registry import register
from assessments.items.types.single import Single


@register
class TrueFalse(Single):
    code = "true_false"
    title = _("True or false")
    rank = 3
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

    def sheet(self) -> Sheet:
        right = (
            ("true", Message(_("The statement is true"))),
            ("false", Message(_("The statement is false"))),
        )
        return (
            Pick("right", _("Right judgement"), right),
            Text("true", _("What candidates read for “true”")),
            Text("false", _("What candidates read for “false”")),
            CITES,
            self.rule_pick(),
        )

    def fill(self, body: JSONObject, key: JSONObject) -> dict[str, Any]:
        texts = {each["id"]: each["text"] for each in body["options"]}
        return {"right": key["correct"], **texts, **settings_of(key)}

    def read(self, values: Values, before: tuple[JSONObject, JSONObject] | None = None) -> Written:
        options = [
            {"id": each, "text": str(values.get(each) or usual)}
            for each, usual in (("true", "正确"), ("false", "错误"))
        ]
        body: dict[str, Any] = {"options": options}
        key: dict[str, Any] = {"correct": str(values.get("right") or "")}
        read_settings(values, body, key, shuffles=False)
        places = {"body.options[0]": "true", "body.options[1]": "false", "key.correct": "right"}
        problems = () if key["correct"] else (("right", Message(_("Mark what is right."))),)
        return with_common(Written(body, key, places, problems), values, before)
