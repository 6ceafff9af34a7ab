"""Cloze: a text with gaps in it, each to be written into or chosen from a list.

body: {stem, text, gaps: [{id, options?: [{id, text}]}]}, where `text` names each gap once as `[[id]]`;
key: {rule, gaps: {id: {correct: option id}, or for a gap without a list see `assessments.items.blanks`}};
response: {gap id: text or option id}. Rules: `per_gap`, and `all_gaps`: only all of them together earn marks.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessments.items.base import ItemType, JSONObject, Response, Score
from assessments.items.blanks import check_blank, clean_parts, right_text, score_parts, worth
from assessments.items.checking import check_entries, check_fields, check_one_of, check_text, entry_ids
from assessments.items.choices import refuse_unknown, texts_of
from assessments.items.forms import Box, Form, Option, Piece, Row
from assessments.items.problems import Problems
from assessments.items.problems import gettext_noop as _
from assessments.items.registry import register

GAP = re.compile(r"\[\[([a-z][a-z0-9_-]{0,31})\]\]")


@register
class Cloze(ItemType):
    code = "cloze"
    title = _("Cloze")
    template = "cloze"
    rules = {
        "per_gap": _("Each gap earns its share of the marks."),
        "all_gaps": _("Only all gaps right earn marks."),
    }
    body_fields = frozenset({"stem", "text", "gaps"})
    key_fields = frozenset({"rule", "gaps"})

    def check_body(self, body: JSONObject, problems: Problems) -> None:
        gaps = body.get("gaps")
        if "text" in body:
            check_text(problems, "body.text", body["text"])
        if "gaps" in body:
            fields = {"required": frozenset({"id"}), "optional": frozenset({"options"})}
            check_entries(problems, "body.gaps", gaps, least=1, **fields)
        for number, gap in enumerate(gaps if isinstance(gaps, list) else ()):
            if isinstance(gap, Mapping) and "options" in gap:
                check_entries(problems, f"body.gaps[{number}].options", gap["options"], least=2)
        named = GAP.findall(body["text"]) if isinstance(body.get("text"), str) else []
        if sorted(named) != sorted(entry_ids(gaps)):
            problems.add("body.text", _("Name every gap in the text exactly once, as [[id]]."))

    def check_key(self, body: JSONObject, key: JSONObject, problems: Problems) -> None:
        if "gaps" not in key:
            return
        gaps, listed = key["gaps"], _options_of(body)
        if not isinstance(gaps, Mapping) or sorted(map(str, gaps)) != sorted(entry_ids(body.get("gaps"))):
            problems.add("key.gaps", _("Say for every gap what is right."))
            return
        for each, gap in gaps.items():
            if each not in listed:
                check_blank(problems, f"key.gaps.{each}", gap)
                continue
            right = check_fields(problems, f"key.gaps.{each}", gap, frozenset({"correct"}))
            if "correct" in right:
                check_one_of(problems, f"key.gaps.{each}.correct", right["correct"], entry_ids(listed[each]))

    def present(self, body: JSONObject, order: Sequence[str]) -> dict[str, Any]:
        listed = _options_of(body)
        gaps = [
            {"id": each, "options": [dict(option) for option in listed[each]] if each in listed else None}
            for each in entry_ids(body["gaps"])
        ]
        return {"type": self.code, "stem": body["stem"], "text": body["text"], "gaps": gaps}

    def form(self, body: JSONObject, order: Sequence[str], response: Any, name: str) -> Form:
        given = response if isinstance(response, Mapping) else {}
        return Form(pieces=tuple(_pieces(body, given, name)))

    def clean_response(self, body: JSONObject, raw: object) -> Response:
        response = clean_parts(raw, entry_ids(body["gaps"]))
        for each, options in _options_of(body).items():
            if isinstance(response, dict) and each in response:
                refuse_unknown({response[each]}, entry_ids(options))
        return response

    def score(self, body: JSONObject, key: JSONObject, response: Response, points: Decimal) -> Score:
        given = response if isinstance(response, dict) else {}
        worths = {
            each: _worth(gap, given[each]) if each in given else None for each, gap in key["gaps"].items()
        }
        return score_parts(worths, points, only_all=key["rule"] == "all_gaps")

    def right_responses(self, body: JSONObject, key: JSONObject) -> list[Response]:
        return [
            {
                each: gap["correct"] if "correct" in gap else right_text(gap)
                for each, gap in key["gaps"].items()
            }
        ]

    def summarise(self, body: JSONObject, response: Response) -> str:
        """The text with what was put into its gaps, in brackets."""
        if not isinstance(response, dict):
            return ""
        texts = {each: texts_of(options) for each, options in _options_of(body).items()}

        def filled(gap: re.Match[str]) -> str:
            given = response.get(gap[1], "")
            return f"【{texts.get(gap[1], {}).get(given, given)}】"

        return GAP.sub(filled, " ".join(body["text"].split()))


def _options_of(body: JSONObject) -> dict[str, Sequence[Mapping[str, str]]]:
    """The lists of the gaps that have one."""
    gaps = body.get("gaps")
    return {
        gap["id"]: gap["options"]
        for gap in (gaps if isinstance(gaps, list) else ())
        if isinstance(gap, Mapping)
        and isinstance(gap.get("id"), str)
        and isinstance(gap.get("options"), list)
    }


def _pieces(body: JSONObject, given: Mapping[str, Any], name: str) -> Iterator[Piece]:
    """Text and gaps in turn, as they are read."""
    listed, ids = _options_of(body), entry_ids(body["gaps"])
    for place, part in enumerate(GAP.split(body["text"])):
        if place % 2 == 0:
            yield part
            continue
        number, value = str(ids.index(part) + 1), str(given.get(part, "") or "")
        if part in listed:
            options = tuple(Option(o["id"], o["text"], "", o["id"] == value) for o in listed[part])
            yield Row(part, f"{name}.{part}", "", options, label=number)
        else:
            yield Box(part, f"{name}.{part}", number, value)


def _worth(key: JSONObject, given: str) -> Fraction:
    return Fraction(int(given == key["correct"])) if "correct" in key else worth(key, given)
