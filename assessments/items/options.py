"""Base of the types whose body is a stem and a list of options: single, multiple, true/false, ordering.

body: {stem, options: [{id, text}], shuffle?}; `shuffle: false` keeps the options as stored (以上都对 stays last).
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from assessments.items.authoring import (
    Field,
    Flag,
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
from assessments.items.base import ItemType, JSONObject, Response, permutation
from assessments.items.checking import check_entries, check_flag
from assessments.items.choices import in_order, option_ids, relabel_letters
from assessments.items.forms import Form, lettered
from assessments.items.problems import Message, Problems
from assessments.items.problems import gettext_noop as _

SHUFFLE = Flag(
    "shuffle",
    _("Shuffle the options for every candidate"),
    _("Switch it off where their order matters, as for “all of the above”."),
    default=True,
)
CITES = Flag(
    "cites",
    _("The explanation names options by letter or number"),
    _("They are renamed to what each candidate saw."),
)


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

    def sheet(self) -> Sheet:
        options = Rows("options", _("Options"), self.columns(), least=2, numbers="letters")
        shuffle = (SHUFFLE,) if "shuffle" in self.body_options else ()
        return (options, *shuffle, CITES, self.rule_pick())

    def columns(self) -> tuple[Field, ...]:
        """What is said of an option."""
        right = Flag("right", _("Right"), single=self.picks == "radio")
        return (Hidden("id"), Text("text", _("Text of the option")), right)

    def fill(self, body: JSONObject, key: JSONObject) -> dict[str, Any]:
        correct = key["correct"]
        right = {correct} if isinstance(correct, str) else set(correct)
        options = [{**each, "right": each["id"] in right} for each in body["options"]]
        shuffle = {"shuffle": body.get("shuffle", True)} if "shuffle" in self.body_options else {}
        return {"options": options, **shuffle, **settings_of(key)}

    def read(self, values: Values, before: tuple[JSONObject, JSONObject] | None = None) -> Written:
        rows = rows_in(values, "options")
        options = read_entries(rows, "o")
        body: dict[str, Any] = {"options": options}
        right = [option["id"] for option, row in zip(options, rows, strict=True) if row.flag("right")]
        key: dict[str, Any] = {"correct": right if self.picks == "checkbox" else (right or [""])[0]}
        read_settings(values, body, key, shuffles="shuffle" in self.body_options)
        places = {f"body.options[{at}]": row.place for at, row in enumerate(rows)}
        problems = () if right else (("options", Message(_("Mark what is right."))),)
        places |= {"key.correct": "options"}
        return with_common(Written(body, key, places, problems), values, before)

    def relabel(self, text: str, stored: Sequence[str], shown: Sequence[str]) -> str:
        """How a text cites options: by letter, unless the type says otherwise."""
        return relabel_letters(text, stored, shown)


def settings_of(key: JSONObject) -> dict[str, Any]:
    """What the rule and the switch about the explanation say."""
    return {"cites": key.get("explanation_cites_options", False), "rule": key["rule"]}


def read_entries(rows: Sequence[Row], prefix: str) -> list[dict[str, str]]:
    """{id, text} of every row; new ones get an id that begins with `prefix`."""
    ids = ids_for([row.text("id") for row in rows], prefix)
    return [{"id": each, "text": row.text("text")} for each, row in zip(ids, rows, strict=True)]


def read_settings(values: Values, body: dict[str, Any], key: dict[str, Any], *, shuffles: bool) -> None:
    """Add the rule and those switches that differ from what is so anyway."""
    key["rule"] = str(values.get("rule") or "")
    if values.get("cites"):
        key["explanation_cites_options"] = True
    if shuffles and not values.get("shuffle"):
        body["shuffle"] = False
