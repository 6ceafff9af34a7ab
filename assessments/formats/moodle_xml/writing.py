"""Moodle XML, written: each question as near to ours as Moodle can, and the exact one beside it (`own`).

What another program will show or mark otherwise is a Loss, although our own reading of the file gives it back.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, BinaryIO

from lxml import etree

from assessments.formats.exchange import Draft, Loss, renumbered
from assessments.formats.media import carried
from assessments.formats.moodle_xml.essays import file_upload, hotspot, written
from assessments.formats.moodle_xml.gaps import gap_source, percent_text
from assessments.formats.moodle_xml.reading import TAG, as_it_stands
from assessments.formats.moodle_xml.sheet import UNFIT, Sheet, answer, begin, html, points
from assessments.formats.moodle_xml.texts import shorten
from assessments.formats.own import as_text as facts_text
from assessments.formats.own import unsaid
from assessments.formats.usual import BLANK_LABEL, numbered
from assessments.items import ITEM_TYPES, ItemInvalid
from assessments.items.base import JSONObject
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _
from assessments.items.types.cloze import GAP

# What a parser without special powers takes in one text is 10 MB; a letter becomes 6 bytes at most.
MOST_LETTERS = 1_500_000
BLANK = "_____"  # what Moodle turns into the box for a short answer
ALL = Decimal("0.99")
TOO_FEW = {
    "all_or_nothing": _(
        "For some of the right options Moodle gives a part of the marks; our rule gives none."
    ),
    "social_worker_exam": _(
        "For some of the right options Moodle gives their part of the marks, not fixed marks each."
    ),
}
GRADING = {
    "exact": "ALL_OR_NOTHING",
    "longest_run": "LONGEST_ORDERED_SUBSET",
    "adjacent_pair": "RELATIVE_TO_CORRECT",
}


def write_questions(drafts: Iterable[Draft], target: BinaryIO) -> list[Loss]:
    """Write them, one in memory at a time, and tell what Moodle will not know of them."""
    losses: list[Loss] = []
    path = ""
    with etree.xmlfile(target, encoding="utf-8") as file:
        file.write_declaration()
        with file.element("quiz"):
            file.write("\n")
            for number, draft in enumerate(drafts, start=1):
                where = numbered(number, shorten(draft.name or str(draft.body.get("stem", ""))))
                reason = _unwritable(draft)
                if reason is not None:
                    losses.append(Loss(where, reason, whole=True))
                    continue
                if path != (path := _path(draft.category, path)):
                    file.write(_category(path), pretty_print=True)
                sheet = _sheet(renumbered(draft), where, path)
                file.write(sheet.root, pretty_print=True)
                losses += [Loss(where, message) for message in sheet.lost]
    return losses


def _unwritable(draft: Draft) -> Message | None:
    """Why the draft has to be left out altogether, if it has."""
    kind = ITEM_TYPES.get(draft.type)
    if kind is None or draft.type not in WRITERS:
        return Message(_("The question type %(type)s has no place in Moodle XML."), {"type": draft.type})
    try:
        kind.validate(draft.body, draft.answer)
    except ItemInvalid as invalid:
        return invalid.problems[0][1]
    if "image" in draft.body and draft.body["image"]["file"] not in carried(draft)[0].files:
        return Message(_("The picture it asks about is missing, or too large."))
    texts = (draft.body, draft.answer, draft.explanation, draft.name, draft.category, draft.tags, draft.extra)
    if sum(len(repr(each)) for each in texts) > MOST_LETTERS:
        return Message(_("The question is too long for Moodle XML."))
    return None


def _path(category: tuple[str, ...], before: str) -> str:
    """The category path as Moodle reads it; nothing is written for no category before the first one.

    Moodle puts `top` before the names by itself, and takes it for a name where fewer than two follow.
    """
    if not category and not before:
        return ""
    names = [" ".join(UNFIT.sub("", name).split()).replace("/", "//") for name in category]
    top = ["top"] if not names or names[0] == "top" else []
    return "/".join(["$course$", *top, *names])


def _category(path: str) -> Any:
    root = etree.Element("question", type="category")
    etree.SubElement(etree.SubElement(root, "category"), "text").text = path
    return root


def _sheet(draft: Draft, where: Message, path: str) -> Sheet:
    sheet = Sheet(draft)
    for name in draft.category:
        sheet.fit(name)
    WRITERS[draft.type](sheet)
    if draft.tags:
        tags = sheet.put("tags")
        for tag in draft.tags:
            sheet.say("tag", tag, tags)
    facts = unsaid(as_it_stands(sheet.root, where, path), sheet.draft, sheet.names)
    if facts:
        etree.SubElement(sheet.root, TAG).text = etree.CDATA(facts_text(facts))
    return sheet


def _choice(sheet: Sheet, percents: Mapping[str, str]) -> None:
    """Both kinds of multiple choice: what each option earns, in percent."""
    body, key = sheet.draft.body, sheet.draft.answer
    shuffled = body.get("shuffle", True)
    if shuffled and key.get("explanation_cites_options"):
        shuffled = False
        sheet.lose(_("Moodle will not shuffle the options, since the explanation cites them by letter."))
    begin(sheet, "multichoice", html(body["stem"]), points(sheet))
    sheet.put("single", "true" if sheet.draft.type == "single" else "false")
    sheet.put("shuffleanswers", "true" if shuffled else "false")
    sheet.put("answernumbering", "ABCD")
    for option in body["options"]:
        answer(sheet, option["text"], percents[option["id"]])


def _single(sheet: Sheet) -> None:
    correct = sheet.draft.answer["correct"]
    _choice(
        sheet, {each["id"]: "100" if each["id"] == correct else "0" for each in sheet.draft.body["options"]}
    )


def _multiple(sheet: Sheet) -> None:
    """A wrong pick costs everything where our rule says so; too few earn their part, which Moodle cannot help."""
    key = sheet.draft.answer
    ids = [each["id"] for each in sheet.draft.body["options"]]
    share = Decimal(1) / len(key["correct"])
    wrong = -share if key["rule"] == "weighted" else Decimal(-1)
    weights = {each: share if each in key["correct"] else wrong for each in ids} | key.get("weights", {})
    together = sum(Decimal(str(weights[each])) for each in key["correct"])
    if key["rule"] == "weighted" and together < ALL:
        sheet.lose(_("The right options together earn less than full marks in Moodle."))
    elif key["rule"] in TOO_FEW and len(key["correct"]) > 1:
        sheet.lose(TOO_FEW[key["rule"]])
    _choice(sheet, {each: percent_text(weight) for each, weight in weights.items()})


def _true_false(sheet: Sheet) -> None:
    body = sheet.draft.body
    begin(sheet, "truefalse", html(body["stem"]), points(sheet))
    for each in ("true", "false"):
        percent = "100" if each == sheet.draft.answer["correct"] else "0"
        answer(sheet, each, percent, "moodle_auto_format")


def _matching(sheet: Sheet) -> None:
    body, pairs = sheet.draft.body, sheet.draft.answer["pairs"]
    texts = {each["id"]: each["text"] for each in body["right"]}
    begin(sheet, "matching", html(body["stem"]), points(sheet))
    sheet.put("shuffleanswers", "true")
    unpaired = [each for each in texts if each not in pairs.values()]
    rows = [(each["text"], texts[pairs[each["id"]]]) for each in body["left"]]
    for left, right in [*rows, *(("", texts[each]) for each in unpaired)]:
        subquestion = sheet.html("subquestion", html(left))
        sheet.say("answer", right, subquestion)


def _fill_in(sheet: Sheet) -> None:
    body, key = sheet.draft.body, sheet.draft.answer
    if len(body["blanks"]) > 1:
        rows = [
            f"{_cloze_html(each['label'])} {{gap:{each['id']}}} {_cloze_html(each.get('unit', ''))}".strip()
            for each in body["blanks"]
        ]
        _gaps(
            sheet,
            [_cloze_html(body["stem"]), *rows],
            {each["id"]: None for each in body["blanks"]},
            key["blanks"],
        )
        if key["rule"] == "all_blanks":
            sheet.lose(_("Moodle gives each blank its part of the marks; our rule wants all of them."))
        return
    blank = body["blanks"][0]
    right = key["blanks"][blank["id"]]
    if "value" in right:
        _numerical(sheet, blank, right)
    else:
        _shortanswer(sheet, blank, right)


def _labelled(sheet: Sheet, blank: JSONObject, after: str = "") -> str:
    """The stem, and below it what stands beside the blank when it says something."""
    stem = html(sheet.draft.body["stem"])
    if blank["label"] == BLANK_LABEL and not after:
        return stem
    return f"{stem}<br>{html(blank['label'])} {BLANK} {html(after)}".strip()


def _shortanswer(sheet: Sheet, blank: JSONObject, key: JSONObject) -> None:
    begin(sheet, "shortanswer", _labelled(sheet, blank, blank.get("unit", "")), points(sheet))
    sheet.put("usecase", "1" if key.get("case") else "0")
    paid = [(text, "100") for text in key["accepted"]]
    paid += [(each["text"], percent_text(each["share"])) for each in key.get("partial", ())]
    for text, percent in paid:
        answer(sheet, text.replace("*", "\\*"), percent, "moodle_auto_format")


def _numerical(sheet: Sheet, blank: JSONObject, key: JSONObject) -> None:
    begin(sheet, "numerical", _labelled(sheet, blank), points(sheet))
    number = answer(sheet, str(key["value"]), "100", "moodle_auto_format")
    sheet.put("tolerance", str(key.get("tolerance", 0)), number)
    if "unit" in blank:
        unit = sheet.put("unit", "", sheet.put("units"))
        sheet.put("multiplier", "1", unit)
        sheet.put("unit_name", blank["unit"], unit)
    sheet.put("unitgradingtype", "0")
    sheet.put("unitpenalty", "0.1000000")
    sheet.put("showunits", "0" if "unit" in blank else "3")
    sheet.put("unitsleft", "0")


def _cloze(sheet: Sheet) -> None:
    body, key = sheet.draft.body, sheet.draft.answer
    parts = [
        f"{{gap:{part}}}" if place % 2 else _cloze_html(part)
        for place, part in enumerate(GAP.split(body["text"]))
    ]
    lists = {each["id"]: each.get("options") for each in body["gaps"]}
    _gaps(sheet, [_cloze_html(body["stem"]), "".join(parts)], lists, key["gaps"])
    if key["rule"] == "all_gaps" and len(lists) > 1:
        sheet.lose(_("Moodle gives each gap its part of the marks; our rule wants all of them."))


def _gaps(sheet: Sheet, rows: list[str], lists: Mapping[str, Any], keys: Mapping[str, JSONObject]) -> None:
    """A cloze of these lines of HTML, in which `{gap:id}` stands for a gap. Nothing else in them has a brace."""
    given = sheet.draft.points
    weight = given / len(keys) if given is not None else Decimal(1)
    if weight != weight.to_integral_value() or weight > 100:
        sheet.lose(
            _("Moodle knows whole marks for each gap only: the question earns %(marks)s."), marks=len(keys)
        )
        weight = Decimal(1)
    parts = "<br>".join(rows).split("{gap:")
    written = [parts[0]]
    for part in parts[1:]:
        each, _brace, after = part.partition("}")
        written += [gap_source(keys[each], lists[each], int(weight)), after]
    begin(sheet, "cloze", "".join(written), None)


def _cloze_html(text: str) -> str:
    return html(text).replace("{", "&#123;").replace("}", "&#125;")


def _ordering(sheet: Sheet) -> None:
    body, key = sheet.draft.body, sheet.draft.answer
    texts = {each["id"]: each["text"] for each in body["options"]}
    begin(sheet, "ordering", html(body["stem"]), points(sheet))
    sheet.put("layouttype", "VERTICAL")
    sheet.put("selecttype", "ALL")
    sheet.put("selectcount", str(len(texts)))
    sheet.put("gradingtype", GRADING[key["rule"]])
    sheet.put("showgrading", "SHOW")
    sheet.put("numberingstyle", "none")
    for place, each in enumerate(key["orders"][0], start=1):
        answer(sheet, texts[each], str(place))
    if len(key["orders"]) > 1:
        sheet.lose(_("Moodle accepts the first of the orders only."))
    if key["rule"] == "adjacent_pair":
        sheet.lose(_("Moodle does not know two thirds for one pair of neighbours swapped."))


WRITERS: dict[str, Callable[[Sheet], None]] = {
    "single": _single,
    "multiple": _multiple,
    "true_false": _true_false,
    "matching": _matching,
    "fill_in": _fill_in,
    "cloze": _cloze,
    "ordering": _ordering,
    "short_answer": written,
    "case_analysis": written,
    "file_upload": file_upload,
    "hotspot": hotspot,
}
