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

from assessments.items.authoring import Sheet, Text, Values, Written, ids_for, matched, with_common
from assessments.items.base import ItemType, JSONObject, Response, Score
from assessments.items.blanks import check_blank, clean_parts, right_text, score_parts, worth
from assessments.items.checking import check_entries, check_fields, check_one_of, check_text, entry_ids
from assessments.items.choices import refuse_unknown, texts_of
from assessments.items.forms import Box, Form, Option, Piece, Row
from assessments.items.notation import Gap, Unreadable, gap_in, gap_source, loose, pieces_in
from assessments.items.problems import Message, Problems
from assessments.items.problems import gettext_noop as _
from assessments.items.registry import register

GAPS_HELP = _(
    "Write gaps in place. To write into: [[listen|hear out|look=50%]], any of them is right, the last earns half; with "
    "! at the beginning capitals count. A number: [[#12±0.5]]. To choose from: [[first|*second|third]], the right "
    "one with a star."
)
GAP = re.compile(r"\[\[([a-z][a-z0-9_-]{0,31})\]\]")


@register
class Cloze(ItemType):
    code = "cloze"
    title = _("Cloze")
    rank = 7
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

    def sheet(self) -> Sheet:
        text = Text("text", _("Running text with its gaps"), GAPS_HELP, 8)
        return (text, self.rule_pick())

    def fill(self, body: JSONObject, key: JSONObject) -> dict[str, Any]:
        sources = dict(_sources(body, key))
        parts = GAP.split(body["text"])
        text = "".join(f"[[{sources[part]}]]" if at % 2 else loose(part) for at, part in enumerate(parts))
        return {"text": text, "rule": key["rule"]}

    def read(self, values: Values, before: tuple[JSONObject, JSONObject] | None = None) -> Written:
        rule, source = str(values.get("rule") or ""), str(values.get("text") or "")
        try:
            pieces = pieces_in(source)
            gaps = [gap_in(piece) for piece in pieces[1::2]]
        except Unreadable as error:
            return with_common(Written({}, {"rule": rule}, {}, (("text", error.message),)), values, before)
        old = list(_sources(*before)) if before else []
        ids = ids_for(matched([gap_source(gap) for gap in gaps], old), "g")
        text = "".join(f"[[{ids[at // 2]}]]" if at % 2 else piece for at, piece in enumerate(pieces))
        made = [_made(each, gap, before) for each, gap in zip(ids, gaps, strict=True)]
        body = {"text": text, "gaps": [gap for gap, _right in made]}
        key = {"rule": rule, "gaps": {gap["id"]: right for gap, right in made}}
        problems = () if gaps else (("text", Message(_("Write at least one gap between [[ and ]]."))),)
        places = {f"{part}.gaps": "text" for part in ("body", "key")}
        return with_common(Written(body, key, places, problems), values, before)

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


def _sources(body: JSONObject, key: JSONObject) -> Iterator[tuple[str, str]]:
    """Every gap in the order of the text: its id, and how its author writes it."""
    listed = _options_of(body)
    for each in GAP.findall(body["text"]):
        right = key["gaps"][each]
        if each in listed:
            at = entry_ids(listed[each]).index(right["correct"])
            yield each, gap_source(Gap(tuple(option["text"] for option in listed[each]), at))
        else:
            yield each, gap_source(Gap(key=right))


def _made(
    id: str, gap: Gap, before: tuple[JSONObject, JSONObject] | None
) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """The gap as the body has it, and its key; options that were there keep their ids."""
    if not gap.options:
        return {"id": id}, gap.key or {}
    old = _options_of(before[0]).get(id, ()) if before else ()
    ids = ids_for(matched(gap.options, [(each["id"], each["text"]) for each in old]), "o")
    options = [{"id": each, "text": text} for each, text in zip(ids, gap.options, strict=True)]
    return {"id": id, "options": options}, {"correct": ids[gap.right]}
