"""Each type of question Moodle writes, as a question of ours: (type, body, answer)."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from assessments.formats.moodle_xml.answers import (
    number_key,
    only_right,
    text_key,
    weights_of,
)
from assessments.formats.moodle_xml.gaps import Gap, read_gap, scanned
from assessments.formats.moodle_xml.texts import Asked, Skip, number_of, shorten, source_of
from assessments.formats.uploads import kinds_in
from assessments.formats.usual import BLANK_LABEL, BY_ANSWER, TRUE_FALSE, key_number
from assessments.items.base import JSONObject
from assessments.items.problems import gettext_noop as _
from assessments.items.types.file_upload import MOST_FILES, MOST_MB

STEM = "请填空。"
ORDERING_RULES = {"": "exact", "all_or_nothing": "exact", "longest_ordered_subset": "longest_run"}
USUAL_NUMBERING = {"", "abc", "abcd"}
MOST_GAPS = 200
NUMBERED = re.compile(r"\[\[(\d{1,4})\]\]")
PLACED = re.compile("\ue000(\\d+)\ue001")  # where a gap stands while its text loses its markup
CALCULATED = _("Calculated questions draw new numbers for everyone, which is not known here.")
WITHOUT = {
    "description": _("A description asks nothing."),
    "calculated": CALCULATED,
    "calculatedsimple": CALCULATED,
    "calculatedmulti": CALCULATED,
    "randomsamatch": _("A random matching question borrows other questions, which is not known here."),
    "ddmarker": _("Markers are put on a picture, which is not known here."),
    "ddimageortext": _("Texts or pictures are put on a picture, which is not known here."),
}

Parts = tuple[str, dict[str, Any], dict[str, Any]]


def _percent(answer: Any) -> Decimal:
    written = answer.get("fraction", "0")
    number = number_of(written)
    if number is None:
        raise Skip(_("“%(text)s” is not a number."), text=shorten(written))
    return number


def _options(asked: Asked) -> tuple[dict[str, Any], list[Decimal]]:
    """The body of a question whose options are picked, and what each earns."""
    answers, stem = asked.find("answer"), asked.stem()
    options = [{"id": f"o{n}", "text": asked.shown(each)} for n, each in enumerate(answers, start=1)]
    percents = [_percent(each) for each in answers]
    body: dict[str, Any] = {"stem": stem, "options": options}
    if asked.word("shuffleanswers") in ("false", "0"):
        body["shuffle"] = False
    if asked.word("answernumbering") not in USUAL_NUMBERING:
        asked.warn(
            _("The options are lettered here, not numbered as %(style)s."),
            style=shorten(asked.word("answernumbering")),
        )
    return body, percents


def _multichoice(asked: Asked) -> Parts:
    body, percents = _options(asked)
    options = body["options"]
    if asked.word("single") in ("false", "0"):
        return "multiple", body, weights_of(asked, percents, [each["id"] for each in options])
    texts = [each["text"] for each in options]
    right = only_right(asked, list(zip(texts, percents, strict=True)))
    return "single", body, {"rule": "exact", "correct": options[right]["id"]}


def _all_or_nothing(asked: Asked) -> Parts:
    """The question type multichoiceset, an extension of Moodle: only exactly the right choices earn marks."""
    body, percents = _options(asked)
    right = [each["id"] for each, percent in zip(body["options"], percents, strict=True) if percent > 0]
    if not right:
        raise Skip(_("No answer earns any marks."))
    return "multiple", body, {"rule": "all_or_nothing", "correct": right}


def _true_false(asked: Asked) -> Parts:
    answers = asked.find("answer")
    if len(answers) != 2:
        raise Skip(_("A true/false question has two answers."))
    first, second = answers
    words = [source_of(each).strip().lower() for each in answers]
    if words == ["false", "true"]:
        first, second = second, first
    if _percent(first) == _percent(second):
        raise Skip(_("No answer earns full marks."))
    correct = "true" if _percent(first) > _percent(second) else "false"
    body = {"stem": asked.stem(), "options": [dict(each) for each in TRUE_FALSE]}
    return "true_false", body, {"rule": "exact", "correct": correct}


def _fill_in(asked: Asked, key: JSONObject, unit: str = "") -> Parts:
    blank = {"id": "b1", "label": BLANK_LABEL} | ({"unit": unit} if unit else {})
    return "fill_in", {"stem": asked.stem(), "blanks": [blank]}, {"rule": "per_blank", "blanks": {"b1": key}}


def _shortanswer(asked: Asked) -> Parts:
    answers = [(source_of(each).strip(), _percent(each)) for each in asked.find("answer")]
    return _fill_in(asked, text_key(asked, answers, case=asked.word("usecase") in ("1", "true")))


def _numerical(asked: Asked) -> Parts:
    answers = [
        (source_of(each).strip(), _percent(each), each.findtext("tolerance") or "0")
        for each in asked.find("answer")
    ]
    return _fill_in(asked, number_key(asked, answers), _unit(asked))


def _unit(asked: Asked) -> str:
    """The one unit whose numbers need no reckoning; what else is said of units is told as lost."""
    units = [
        ((each.findtext("unit_name") or "").strip(), number_of(each.findtext("multiplier")))
        for each in asked.find("units/unit")
    ]
    plain = next((name for name, multiplier in units if name and multiplier == 1), "")
    others = [name for name, _multiplier in units if name and name != plain]
    if others:
        asked.warn(_("These units are not kept: %(units)s"), units=shorten(", ".join(others)))
    if units and number_of(asked.word("unitgradingtype") or "0"):
        asked.warn(_("A wrong or missing unit costs marks in Moodle, not here."))
    return plain


def _matching(asked: Asked) -> Parts:
    left, right = list[dict[str, str]](), list[dict[str, str]]()
    known, pairs = dict[str, str](), dict[str, str]()
    for each in asked.find("subquestion"):
        answer = each.find("answer")
        partner = _partner(asked, answer)
        if partner not in known:
            known[partner] = f"r{len(known) + 1}"
            right.append({"id": known[partner], "text": partner})
        text = asked.shown(each)
        if text:
            left.append({"id": f"l{len(left) + 1}", "text": text})
            pairs[left[-1]["id"]] = known[partner]
    if asked.word("shuffleanswers") in ("false", "0"):
        asked.warn(_("The partners are shuffled here."))
    return (
        "matching",
        {"stem": asked.stem(), "left": left, "right": right},
        {"rule": "per_pair", "pairs": pairs},
    )


def _partner(asked: Asked, answer: Any) -> str:
    """The text on the right: plain in a matching question, HTML in one whose texts are dragged."""
    if answer is None or answer.get("format"):
        return asked.shown(answer)
    return source_of(answer).strip()


def _essay(asked: Asked) -> Parts:
    most = key_number(number_of(asked.word("defaultgrade")) or Decimal(1))
    key: dict[str, Any] = {"rule": "rubric", "criteria": [{"id": "c1", "text": BY_ANSWER, "max": most}]}
    sample = asked.shown(asked.element.find("graderinfo"))
    if sample:
        key["sample"] = sample
    if (files := _handed_in(asked)) is not None:
        return "file_upload", {"stem": asked.stem(), **files}, key
    if asked.word("attachments") not in ("", "0") or asked.word("responseformat") in (
        "noinline",
        "editorfilepicker",
    ):
        asked.warn(_("Files cannot be handed in with the answer here."))
    if asked.shown(asked.element.find("responsetemplate")):
        asked.warn(_("The text the answer begins with is not kept."))
    if any(number_of(asked.word(f"{each}wordlimit")) for each in ("min", "max")):
        asked.warn(_("The limit on the number of words is not kept."))
    return "short_answer", {"stem": asked.stem()}, key


def _handed_in(asked: Asked) -> dict[str, Any] | None:
    """What may be handed in; None where an answer is written."""
    files = number_of(asked.word("attachments") or "0")
    if asked.word("responseformat") != "noinline" or not files:
        return None
    kinds, unknown = kinds_in(asked.word("filetypeslist"))
    if unknown:
        asked.warn(
            _("Files of these types cannot be handed in here: %(types)s."), types=shorten(", ".join(unknown))
        )
    many = MOST_FILES if files < 0 else min(int(files), MOST_FILES)
    large = min(int((number_of(asked.word("maxbytes")) or 0) / 2**20), MOST_MB)
    return (
        {"kinds": kinds} | ({"most_files": many} if many > 1 else {}) | ({"most_mb": large} if large else {})
    )


def _ordering(asked: Asked) -> Parts:
    answers, stem = asked.find("answer"), asked.stem()
    options = [{"id": f"o{n}", "text": asked.shown(each)} for n, each in enumerate(answers, start=1)]
    places = [_percent(each) for each in answers]
    ids = [each["id"] for each in options]
    if len(set(places)) == len(places):
        ids = [each for _place, each in sorted(zip(places, ids, strict=True))]
    grading = asked.word("gradingtype")
    if grading not in ORDERING_RULES:
        asked.warn(
            _("Marks are given here for the longest run in the right order, not by %(rule)s."),
            rule=shorten(grading),
        )
    if asked.word("selecttype") not in ("", "all"):
        asked.warn(_("Moodle shows some of the steps only; here all are shown."))
    rule = ORDERING_RULES.get(grading, "longest_run")
    return "ordering", {"stem": stem, "options": options}, {"rule": rule, "orders": [ids]}


def _embedded(asked: Asked) -> Parts:
    """Cloze: the gaps are in the text."""
    stem = asked.element.find("questiontext")
    source = source_of(stem) if stem is not None else ""
    pieces, gaps, keys, weights = [], list[dict[str, Any]](), {}, set()
    for piece in scanned(_unplaced(source)):
        if isinstance(piece, Gap):
            number = len(gaps) + 1
            _check_count(number)
            entry, keys[f"g{number}"] = read_gap(asked, piece)
            gaps.append({"id": f"g{number}"} | entry)
            weights.add(piece.weight)
            pieces.append(f"\ue000{number}\ue001")
        else:
            pieces.append(piece)
    if len(weights) > 1:
        asked.warn(_("Every gap earns the same here; in Moodle they weigh differently."))
    return _cloze(asked, "".join(pieces), stem, gaps, keys)


def _chosen(asked: Asked) -> Parts:
    """gapselect and ddwtos: the text has numbers, and the choices stand below it, in groups."""
    stem = asked.element.find("questiontext")
    source = _unplaced(source_of(stem)) if stem is not None else ""
    choices = [*asked.find("selectoption"), *asked.find("dragbox")]
    _check_count(max(len(choices), len(NUMBERED.findall(source))))
    texts = [asked.shown(each) for each in choices]
    groups = [(each.findtext("group") or "1").strip() for each in choices]
    gaps, keys = list[dict[str, Any]](), {}
    for place in NUMBERED.findall(source):
        right = int(place) - 1
        if not 0 <= right < len(choices):
            raise Skip(_("The text names a choice %(number)s that is not there."), number=place)
        listed = [index for index, group in enumerate(groups) if group == groups[right]]
        options = [{"id": f"o{n}", "text": texts[index]} for n, index in enumerate(listed, start=1)]
        gaps.append({"id": f"g{len(gaps) + 1}", "options": options})
        keys[gaps[-1]["id"]] = {"correct": f"o{listed.index(right) + 1}"}
    if asked.word("shuffleanswers") in ("1", "true"):
        asked.warn(_("The options in a gap are shown in the order of the file, not shuffled."))
    numbers = iter(range(1, len(gaps) + 1))
    return _cloze(asked, NUMBERED.sub(lambda _gap: f"\ue000{next(numbers)}\ue001", source), stem, gaps, keys)


def _check_count(number: int) -> None:
    if number > MOST_GAPS:
        raise Skip(_("The text has more than %(most)s gaps or choices."), most=MOST_GAPS)


def _cloze(asked: Asked, source: str, stem: Any, gaps: list[dict[str, Any]], keys: dict[str, Any]) -> Parts:
    if not gaps:
        raise Skip(_("The text has no gap that can be read."))
    lines = asked.seen_stem(source, stem.get("format", "html")).split("\n")
    first = next((n for n, line in enumerate(lines) if PLACED.search(line)), 0)
    text = PLACED.sub(r"[[g\1]]", "\n".join(lines[first:]))
    body = {"stem": "\n".join(lines[:first]).strip() or STEM, "text": text, "gaps": gaps}
    return "cloze", body, {"rule": "per_gap", "gaps": keys}


def _unplaced(source: str) -> str:
    return source.replace("\ue000", "").replace("\ue001", "")


def summed(asked: Asked) -> Decimal | None:
    """The marks of a cloze without a grade of its own: Moodle adds up what its gaps weigh."""
    source = source_of(asked.element.find("questiontext"))
    return Decimal(sum(piece.weight for piece in scanned(source) if isinstance(piece, Gap))) or None


READERS: dict[str, Callable[[Asked], Parts]] = {
    "multichoice": _multichoice,
    "multichoiceset": _all_or_nothing,
    "truefalse": _true_false,
    "shortanswer": _shortanswer,
    "numerical": _numerical,
    "matching": _matching,
    "match": _matching,
    "ddmatch": _matching,
    "essay": _essay,
    "cloze": _embedded,
    "multianswer": _embedded,
    "gapselect": _chosen,
    "ddwtos": _chosen,
    "ordering": _ordering,
}
