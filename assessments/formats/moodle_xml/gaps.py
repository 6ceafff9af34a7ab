r"""Embedded answers, as in `{1:SHORTANSWER:=北京~%50%京#nearly}`: found in a text, and written into one.

The form is {weight:TYPE:answers}, answers apart by ~, each with = (right) or %share% before it and #feedback behind it;
a backslash before ~ # } takes their meaning away.
Source: https://docs.moodle.org/en/Embedded_Answers_(Cloze)_question_type
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape, unescape
from typing import Any

from assessments.formats.moodle_xml.answers import FULL, number_key, only_right, text_key
from assessments.formats.moodle_xml.texts import Asked, Skip, number_of
from assessments.items.base import JSONObject
from assessments.items.checking import as_text
from assessments.items.problems import gettext_noop as _

OPENING = re.compile(r"\{(\d{0,4}):([A-Z_]{2,20}):")
ENTITY = re.compile(r"&amp;(#[0-9a-fx]{2,6};)")  # as HTML editors spoil it
STOP = re.compile(r"\\[~#}]|&amp;#[0-9a-fx]{2,6};|&[#\w]\w{0,9};|[~#}]")
ESCAPED = re.compile(r"\\([~#}])")
PAID = re.compile(r"=|%(-?\d{1,3}(?:[.,]\d{0,7})?)%")
KINDS = {
    **dict.fromkeys(("SHORTANSWER", "SA", "MW"), "text"),
    **dict.fromkeys(("SHORTANSWER_C", "SAC", "MWC"), "case"),
    **dict.fromkeys(("NUMERICAL", "NM"), "number"),
    **dict.fromkeys(("MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH"), "choice"),
    **dict.fromkeys(("MULTICHOICE_S", "MCS", "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS"), "shuffled"),
    **dict.fromkeys(("MULTIRESPONSE", "MR", "MULTIRESPONSE_H", "MRH"), "several"),
    **dict.fromkeys(("MULTIRESPONSE_S", "MRS", "MULTIRESPONSE_HS", "MRHS"), "several"),
}
LISTS = ("choice", "shuffled")  # their options are HTML behind one more layer of escapes

# How a letter is written inside an answer, where it would mean something else. Moodle reads \} and \#, but not \~, and
# takes no ~ behind &amp; for a border; the numbers of letters are safe.
LETTERS = {ord(letter): f"&#{ord(letter)};" for letter in "~#{}\\&<>"}


@dataclass(frozen=True)
class Gap:
    """One embedded question; each answer is (source text, percent)."""

    kind: str
    weight: int
    answers: tuple[tuple[str, Decimal], ...]
    feedback: bool


def scanned(source: str) -> Iterator[str | Gap]:
    """The text and its gaps in turn, text first and last. What only looks like a gap stays text."""
    at = 0
    for opening in OPENING.finditer(source):
        if opening.start() < at or opening[2] not in KINDS:
            continue
        answers, feedback, end = _answers(source, opening.end())
        if end is None:
            break
        yield source[at : opening.start()]
        yield Gap(KINDS[opening[2]], int(opening[1] or 1), tuple(answers), feedback)
        at = end
    yield source[at:]


def read_gap(asked: Asked, gap: Gap) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a gap adds to its entry in the body, and its key."""
    if gap.feedback:
        asked.warn(_("Feedback on single answers is not kept."))
    if gap.kind == "several":
        raise Skip(_("A gap asks for several options at once, which is not known here."))
    answers = [
        (asked.seen(unescape(text) if gap.kind in LISTS else text), percent) for text, percent in gap.answers
    ]
    if gap.kind == "number":
        parts = [(*text.partition(":"), percent) for text, percent in answers]
        return {}, number_key(asked, [(number, percent, near) for number, _colon, near, percent in parts])
    if gap.kind in ("text", "case"):
        return {}, text_key(asked, answers, case=gap.kind == "case")
    if gap.kind == "shuffled":
        asked.warn(_("The options in a gap are shown in the order of the file, not shuffled."))
    options = [{"id": f"o{n}", "text": text} for n, (text, _percent) in enumerate(answers, start=1)]
    return {"options": options}, {"correct": f"o{only_right(asked, answers) + 1}"}


def gap_source(key: JSONObject, options: Sequence[JSONObject] | None, weight: int) -> str:
    """A gap of ours as Moodle writes it."""
    if options is not None:
        listed = [
            ("=" if each["id"] == key["correct"] else "") + _written(escape(each["text"], quote=False))
            for each in options
        ]
        return f"{{{weight}:MULTICHOICE:{'~'.join(listed)}}}"
    if "value" in key:
        near = f":{key['tolerance']}" if "tolerance" in key else ""
        return f"{{{weight}:NUMERICAL:={key['value']}{near}}}"
    answers = ["=" + _written(_starred(text)) for text in key["accepted"]]
    answers += [
        f"%{percent_text(each['share'])}%{_written(_starred(each['text']))}"
        for each in key.get("partial", ())
    ]
    return f"{{{weight}:SHORTANSWER{'_C' if key.get('case') else ''}:{'~'.join(answers)}}}"


def percent_text(share: object) -> str:
    """A share of one as Moodle writes it: percent, five decimal places at most."""
    return as_text((Decimal(str(share)) * 100).quantize(Decimal("0.00001")))


def _answers(source: str, start: int) -> tuple[list[tuple[str, Decimal]], bool, int | None]:
    """The answers from here on, whether one has feedback, and where the gap ends; None when it does not."""
    answers: list[tuple[str, Decimal]] = []
    feedback, commented = None, False
    for stop in STOP.finditer(source, start):
        if len(stop[0]) > 1:
            continue
        if stop[0] == "#":
            feedback = stop.start() if feedback is None else feedback
            continue
        end = stop.start() if feedback is None else feedback
        answers.append(_answer(source[start:end]))
        commented |= bool(source[end + 1 : stop.start()].strip())
        if stop[0] == "}":
            return answers, commented, stop.end()
        start, feedback = stop.end(), None
    return answers, commented, None


def _answer(source: str) -> tuple[str, Decimal]:
    source = ENTITY.sub(r"&\1", source.strip())
    paid = PAID.match(source)
    if paid is None:
        return ESCAPED.sub(r"\1", source), Decimal(0)
    percent = FULL if paid[1] is None else number_of(paid[1]) or Decimal(0)
    return ESCAPED.sub(r"\1", source[paid.end() :]), percent


def _written(text: str) -> str:
    """The text inside an answer; a sign at its beginning would be taken for its share."""
    line = " ".join(text.split("\n"))
    first = {"=": "&#61;", "%": "&#37;"}.get(line[:1])
    return first + line[1:].translate(LETTERS) if first else line.translate(LETTERS)


def _starred(text: str) -> str:
    return text.replace("*", "\\*")
