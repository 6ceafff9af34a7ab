"""Base of the types whose body is a stem and a list of options: single, multiple, true/false, ordering.

body: {stem, options: [{id, text}], shuffle?}; `shuffle: false` keeps the options as stored (以上都对 stays last).
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from assessments.items.base import ItemType, JSONObject, Response, permutation
from assessments.items.checking import check_entries, check_flag
from assessments.items.choices import in_order, option_ids, relabel_letters
from assessments.items.forms import Form, lettered
from assessments.items.problems import Problems


class OptionsType(ItemType):
    """`picks` is what its options are to a form: "radio" for one, "checkbox" for several."""

    template = "choices"
    picks: ClassVar[str]
    body_fields = frozenset({"stem", "options"})
    body_options = frozenset({"shuffle"})
    key_options = frozenset({"explanation_cites_options"})

    def check_body(self, body: JSONObject, problems: Problems) -> None:
        if "options" in body:
            check_entries(problems, "body.options", body["options"], least=2)
        if "shuffle" in body:
            check_flag(problems, "body.shuffle", body["shuffle"])

    def option_order(self, body: JSONObject, seed: str | int) -> list[str]:
        ids = option_ids(body)
        return permutation(ids, seed) if body.get("shuffle", True) else ids

    def present(self, body: JSONObject, order: Sequence[str]) -> dict[str, Any]:
        return {"type": self.code, "stem": body["stem"], "options": in_order(body["options"], order)}

    def form(self, body: JSONObject, order: Sequence[str], response: Any, name: str) -> Form:
        return Form(input=self.picks, options=lettered(in_order(body["options"], order), response))

    def in_words(self, body: JSONObject, order: Sequence[str], response: Response) -> str:
        options = lettered(in_order(body["options"], order), response)
        return "；".join(f"{option.label} {option.text}" for option in options if option.chosen)

    def cited(self, body: JSONObject, order: Sequence[str]) -> list[tuple[str, str]]:
        return [(option.label, option.text) for option in lettered(in_order(body["options"], order), None)]

    def explain(self, body: JSONObject, key: JSONObject, explanation: str, order: Sequence[str]) -> str:
        if not key.get("explanation_cites_options"):
            return explanation
        return self.relabel(explanation, option_ids(body), order)

    def relabel(self, text: str, stored: Sequence[str], shown: Sequence[str]) -> str:
        """How a text cites options: by letter, unless the type says otherwise."""
        return relabel_letters(text, stored, shown)
