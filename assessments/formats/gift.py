r"""GIFT, Moodle's text format (docs.moodle.org, “GIFT format”): one question to a paragraph, its answers in braces.

Read: single choice `{=right ~wrong}`; multiple choice `{~%50%a ~%50%b ~%-100%c}`, weighted as Moodle scores it; true or
false `{T}`; short answers and numbers as a fill-in with one blank; matching `{=a -> b = -> extra}`; an essay `{}` as a
short answer of one criterion; the missing word; `$CATEGORY:`, names, `[tag:…]`, text formats, general feedback as the
explanation. Not kept, each with a warning: the feedback of single answers, formatting and pictures, wildcards, part
marks where our types have none, Moodle's id numbers. A text without braces is a description and skipped.

Written: all types. Ordering, cloze, case analysis and several blanks have no form here: other programs see an essay.
What the GIFT of a question does not say by itself stands in one comment line above it, and only that:

    // qinglan: {"points": "2", "difficulty": 3, "answer": {"rule": "social_worker_exam", "weights": null}}

Its fields are those of `Draft`; the fields of `body` and `answer` are laid over what the GIFT says, null takes one
away; with a `type` they are the whole question. Only files cannot be carried.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from html import escape as html_escaped
from io import StringIO
from itertools import islice, pairwise
from typing import Any, BinaryIO, NamedTuple

from assessments.formats.checking import found, skipped
from assessments.formats.encoding import decoded
from assessments.formats.exchange import Draft, FileRefused, Format, Found, Loss, renumbered
from assessments.formats.markup import pictures, plain
from assessments.items.base import JSONObject
from assessments.items.checking import as_decimal, as_text
from assessments.items.forms import lettered
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _
from assessments.items.writing import shorten

OUR_COMMENT = "// qinglan:"
CATEGORY = "$CATEGORY:"
NO_CATEGORY = "未分类"
BLANK, BLANK_LABEL = "＿＿", "答案"
CRITERION = {"id": "c1", "text": "按答题情况给分", "max": 1}
TRUE_FALSE = [{"id": "true", "text": "正确"}, {"id": "false", "text": "错误"}]
SPOKEN = {"T": "true", "TRUE": "true", "True": "true", "true": "true"}
SPOKEN |= {"F": "false", "FALSE": "false", "False": "false", "false": "false"}
WHOLE = Decimal(100)

ESCAPED = re.compile(r"\\[\\~=#{}:n]")
WEIGHT = re.compile(r"\s*%(-?[0-9]{1,9}(?:\.[0-9]{0,20})?)%")
WILDCARD = re.compile(r"(?<!\\)\*")
TEXT_FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]")
CONTEXT = re.compile(r"\$[a-z]+[0-9]*\$")
TAG = re.compile(r"<([A-Za-z][A-Za-z0-9]*)")
# Moodle's own text format shows HTML where there is some; a lone < there is only a less-than sign.
MARKUP = re.compile(
    r"</?(?:p|br|b|i|u|em|strong|span|div|img|sub|sup|ul|ol|li|table|tr|td|th|a|font|h[1-6]|pre|code|hr)\b[^<>]*>"
    r"|&(?:lt|gt|amp|nbsp|quot|#[0-9]{1,7});",
    re.IGNORECASE,
)
QUIET_TAGS = {"p", "br", "div", "span"}
CONTROLS = {n: None for n in range(0x110) if unicodedata.category(chr(n)) == "Cc" and chr(n) not in "\t\n"}
SPECIAL = {ord(each): f"\\{each}" for each in "\\~=#{}:"} | {ord("\n"): "\\n"} | CONTROLS
LARGEST_EXPONENT = 30
MOST_ANSWERS = 500

FACTS = ("type", "body", "answer", "explanation", "name", "category", "tags", "points", "difficulty", "extra")
BLANK_DRAFT = Draft(type="", body={}, answer={})

Answers = tuple[str, dict[str, Any], dict[str, Any]]


class Gift(Format):
    code = "gift"
    title = _("GIFT (Moodle)")
    suffixes = (".gift", ".txt")

    def read(self, source: BinaryIO) -> Iterator[Found]:
        text = decoded(source.read())
        if "{" not in text:
            raise FileRefused(
                Message(
                    _("This is no GIFT file: nowhere in it are there braces with the answers of a question.")
                )
            )
        return _questions(text)

    def write(self, drafts: Iterable[Draft], target: BinaryIO) -> list[Loss]:
        losses: list[Loss] = []
        heading = ""
        for draft in map(renumbered, drafts):
            before, heading = heading, _heading(draft.category, needed=bool(heading))
            gift = _as_gift(draft)
            comment = _comment(draft, heading + gift)
            target.write(f"{heading if heading != before else ''}{comment}{gift}\n".encode())
            losses += _losses(draft)
        return losses


# Reading


class _Unusable(Exception):
    """What stands there is no question we can take; the one argument is the reason, a Message."""


class _Piece(NamedTuple):
    """A piece of a question, and the same with every escape made neutral: what means something is looked for there."""

    text: str
    mask: str

    def cut(self, start: int, end: int | None = None) -> "_Piece":
        return _Piece(self.text[start:end], self.mask[start:end])

    def part(self, mark: str) -> "tuple[_Piece, _Piece]":
        """What stands before and after the first such mark."""
        at = self.mask.find(mark)
        return (self, _NOTHING) if at < 0 else (self.cut(0, at), self.cut(at + len(mark)))

    def marked(self, marks: str) -> "Iterator[tuple[str, _Piece]]":
        """The stretches that begin with one of the marks; first, without a mark, what stands before them all."""
        places = [mark.start() for mark in islice(re.finditer(f"[{marks}]", self.mask), MOST_ANSWERS + 1)]
        if len(places) > MOST_ANSWERS:
            raise _Unusable(Message(_("There are more than %(most)s answers."), {"most": MOST_ANSWERS}))
        if (head := self.cut(0, places[0] if places else None)).stripped():
            yield "", head
        for start, end in pairwise([*places, len(self.mask)]):
            yield self.mask[start], self.cut(start + 1, end)

    def stripped(self) -> str:
        return self.text.strip()


_NOTHING = _Piece("", "")


def _piece(text: str) -> _Piece:
    return _Piece(text, ESCAPED.sub("\x00\x00", text))


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda escape: "\n" if escape[0] == "\\n" else escape[0][1], text)


def _questions(text: str) -> Iterator[Found]:
    """Every question of the text, and every reason for one that was not taken."""
    category: tuple[str, ...] = ()
    for lines in _blocks(text):
        content = [(number, line) for number, line in lines if not line.startswith("//")]
        if not content:
            continue
        number, first = content[0]
        if first.startswith(CATEGORY):
            category = _category(first.removeprefix(CATEGORY))
            continue
        comments = [line for _number, line in lines if line.startswith("//")]
        piece = _piece("\n".join(line for _number, line in content))
        yield _question(f"line {number}", piece, comments, category)


def _blocks(text: str) -> Iterator[list[tuple[int, str]]]:
    """The numbered lines of one question after the other: a paragraph, or several where the braces span them."""
    held: list[tuple[int, str]] = []
    for paragraph in _paragraphs(text):
        braces = _braces(paragraph)
        if held and (braces.startswith("{") or paragraph[0][1].startswith(("::", CATEGORY, OUR_COMMENT))):
            yield held  # its braces were never closed: the next question is not to suffer for it
            held = []
        still_open = "}" not in braces if held else "{" in braces and "}" not in braces.partition("{")[2]
        held += paragraph
        if not still_open:
            yield held
            held = []
    if held:
        yield held


def _paragraphs(text: str) -> Iterator[list[tuple[int, str]]]:
    """Numbered lines up to an empty one, a category by itself; a question also ends where the next one has a name or
    a comment and the empty line was forgotten."""
    lines: list[tuple[int, str]] = []
    closed = False
    for number, line in enumerate(map(str.strip, StringIO(text)), start=1):
        begins = line.startswith(CATEGORY) or (closed and line.startswith(("::", "//")))
        if lines and (begins or not line):
            yield lines
            lines = []
        if line:
            lines.append((number, line))
        if line.startswith(CATEGORY):
            yield lines
            lines = []
        closed = line.endswith("}") and not line.endswith("\\}") and not line.startswith("//")
    if lines:
        yield lines


def _braces(lines: list[tuple[int, str]]) -> str:
    """The braces of these lines, in their order."""
    masks = (ESCAPED.sub("", line) for _number, line in lines if not line.startswith("//"))
    return "".join(re.sub("[^{}]+", "", mask) for mask in masks)


def _category(path: str) -> tuple[str, ...]:
    """The names in a path of categories, where // is a slash in a name; Moodle's own first steps left out."""
    names = [name.replace("\x00", "/").strip() for name in path.replace("//", "\x00").split("/")]
    names = [name for name in names if name]
    if names and CONTEXT.fullmatch(names[0]):
        names = names[1:]
    return tuple(names[1:] if names[:1] == ["top"] else names)


def _question(where: str, piece: _Piece, comments: list[str], category: tuple[str, ...]) -> Found:
    reading = _Reading()
    tags = tuple(tag for line in comments for tag in _bracketed(line, "tag"))
    if numbers := [number for line in comments for number in _bracketed(line, "id")]:
        reading.warn(_("The id number %(id)s is not kept."), id=shorten(numbers[0]))
    try:
        draft = replace(reading.question(piece), category=category, tags=tuple(dict.fromkeys(tags)))
        seen = found(where, draft, reading.warnings)
    except _Unusable as unusable:
        seen = skipped(where, unusable.args[0])
    facts = [line.removeprefix(OUR_COMMENT) for line in comments if line.startswith(OUR_COMMENT)]
    return _with_facts(seen, facts[-1]) if facts else seen


def _bracketed(comment: str, name: str) -> Iterator[str]:
    """The x of every `[name:x]` in a comment, where `\\]` is a bracket in it."""
    if comment.startswith(OUR_COMMENT):
        return
    start = comment.find(f"[{name}:")
    while start >= 0:
        end = comment.find("]", start)
        while end > 0 and comment[end - 1] == "\\":
            end = comment.find("]", end + 1)
        if end < 0:
            return
        if value := comment[start + len(name) + 2 : end].replace("\\]", "]").strip():
            yield value
        start = comment.find(f"[{name}:", end)


class _Reading:
    """One question while it is read: its text format, and what it says that is not kept."""

    def __init__(self) -> None:
        self.warnings: list[Message] = []
        self.text_format = "moodle"

    def warn(self, msgid: str, **params: str | int) -> None:
        if (message := Message(msgid, params)) not in self.warnings:
            self.warnings.append(message)

    def question(self, piece: _Piece) -> Draft:
        name = ""
        if piece.mask.startswith("::") and "::" in piece.mask[2:]:
            before, piece = piece.cut(2).part("::")
            name = _unescaped(before.stripped())
        stem, inside = self._around_the_braces(piece)
        if marker := TEXT_FORMAT.match(stem.stripped()):
            self.text_format = marker[1]
        explanation = _NOTHING
        if (at := inside.mask.rfind("####")) >= 0:
            inside, explanation = inside.cut(0, at), inside.cut(at + 4)
        said = self.said(stem)
        type, body, answer = self._answers(inside)
        return Draft(type, {"stem": said, **body}, answer, self.said(explanation), name)

    def _around_the_braces(self, piece: _Piece) -> tuple[_Piece, _Piece]:
        """The stem, with a blank for a missing word, and what stands in the braces."""
        head, rest = piece.part("{")
        inside, tail = rest.part("}")
        if not re.search("[{}]", piece.mask):
            raise _Unusable(Message(_("This is a description: it has no braces with answers.")))
        if "}" in head.mask or "}" not in rest.mask:
            raise _Unusable(Message(_("The braces of the answers are not both there.")))
        if re.search("[{}]", tail.mask):
            raise _Unusable(
                Message(_("There are several pairs of braces. Put an empty line between questions."))
            )
        if tail.stripped():
            head = _Piece(head.text + BLANK + tail.text, head.mask + BLANK + tail.mask)
        return head, inside

    def said(self, piece: _Piece, *, as_it_stands: bool = False) -> str:
        """The text as a reader sees it, by its own text format or the question's."""
        text, text_format = piece.stripped(), self.text_format
        if marker := TEXT_FORMAT.match(text):
            text, text_format = text[marker.end() :], marker[1]
        text = _unescaped(text).strip()
        if as_it_stands or text_format in ("plain", "markdown"):
            return text
        if text_format == "moodle" and not MARKUP.search(text):
            return text
        return self._without_markup(text.translate(CONTROLS), keep_lines=text_format == "moodle")

    def _without_markup(self, html: str, *, keep_lines: bool) -> str:
        if addresses := pictures(html):
            self.warn(_("Pictures and sounds are not kept: %(names)s."), names=shorten(", ".join(addresses)))
        tags = {tag.lower() for tag in TAG.findall(html)} - QUIET_TAGS - {"img", "audio", "video", "source"}
        if tags:
            self.warn(
                _("The formatting of the text is not kept: %(tags)s."), tags=", ".join(sorted(tags)[:8])
            )
        return plain(html if keep_lines else html.replace("\n", " "))

    def _answers(self, inside: _Piece) -> Answers:
        """Type, body and answer: which type it is shows in the marks, as Moodle goes by them."""
        text, mask = inside.stripped(), inside.mask
        if not text:
            return "short_answer", {}, {"rule": "rubric", "criteria": [dict(CRITERION)]}
        if text.startswith("#"):
            return self._number(inside.part("#")[1])
        if "~" in mask:
            return self._choice(inside)
        if "=" in mask and "->" in mask:
            return self._matching(inside)
        if inside.part("#")[0].stripped() in SPOKEN:
            return self._judgement(inside)
        return self._short_answer(inside)

    def _judgement(self, inside: _Piece) -> Answers:
        right = SPOKEN[self._without_feedback(inside).stripped()]
        return (
            "true_false",
            {"options": [dict(each) for each in TRUE_FALSE]},
            {"rule": "exact", "correct": right},
        )

    def _choice(self, inside: _Piece) -> Answers:
        options: list[dict[str, str]] = []
        weights: dict[str, Decimal] = {}
        for mark, piece in inside.marked("=~"):
            weight, piece = _weight(piece, WHOLE if mark == "=" else Decimal(0))
            options.append({"id": f"o{len(options) + 1}", "text": self.said(self._without_feedback(piece))})
            weights[options[-1]["id"]] = weight
        whole = [each for each, weight in weights.items() if weight == WHOLE]
        if "=" in inside.mask and whole:
            if any(weight not in (0, WHOLE) for weight in weights.values()):
                self.warn(_("Part marks for single options are not kept: one option is right."))
            if len(whole) == 1:
                return "single", {"options": options}, {"rule": "exact", "correct": whole[0]}
            self.warn(_("Any one of several right options counted in full; here all of them must be chosen."))
            return "multiple", {"options": options}, {"rule": "all_or_nothing", "correct": whole}
        return "multiple", {"options": options}, _weighted(weights)

    def _matching(self, inside: _Piece) -> Answers:
        left: list[dict[str, str]] = []
        right: dict[str, str] = {}  # text → id
        pairs: dict[str, str] = {}
        for _mark, piece in inside.marked("="):
            if "->" not in piece.mask:
                raise _Unusable(
                    Message(_("An entry to be matched has no partner: write = entry -> partner."))
                )
            before, after = piece.part("->")
            partner = right.setdefault(_unescaped(after.stripped()).strip(), f"r{len(right) + 1}")
            if entry := self.said(before):
                left.append({"id": f"l{len(left) + 1}", "text": entry})
                pairs[left[-1]["id"]] = partner
        partners = [{"id": each, "text": text} for text, each in right.items()]
        return "matching", {"left": left, "right": partners}, {"rule": "per_pair", "pairs": pairs}

    def _short_answer(self, inside: _Piece) -> Answers:
        accepted: list[str] = []
        partial: list[dict[str, str]] = []
        for _mark, piece in inside.marked("="):
            weight, piece = _weight(piece, WHOLE)
            text = self.said(self._without_feedback(piece), as_it_stands=True)
            if WILDCARD.search(text) and weight:
                self.warn(_("The wildcard * in “%(text)s” is taken as a plain asterisk."), text=shorten(text))
            text = text.replace("\\*", "*")
            if weight == WHOLE:
                accepted.append(text)
            elif weight:
                partial.append({"text": text, "share": as_text(weight / WHOLE)})
        if not accepted:
            raise _Unusable(Message(_("No answer earns full marks.")))
        return _fill_in({"accepted": accepted} | ({"partial": partial} if partial else {}))

    def _number(self, inside: _Piece) -> Answers:
        answers, wrong = inside.part("~")
        if wrong.part("#")[1].stripped():
            self._warn_of_feedback()
        accepted = []
        for _mark, piece in answers.marked("="):
            weight, piece = _weight(piece, WHOLE)
            piece = self._without_feedback(piece)
            if weight == WHOLE:
                accepted.append(_interval(piece.stripped()))
            elif weight:
                self.warn(_("Part marks for a number near the right one are not kept."))
        if not accepted:
            raise _Unusable(Message(_("No answer earns full marks.")))
        if len(accepted) > 1:
            self.warn(_("Only the first of several right numbers is kept."))
        return _fill_in(accepted[0])

    def _without_feedback(self, piece: _Piece) -> _Piece:
        answer, feedback = piece.part("#")
        if feedback.text.replace("#", "").strip():
            self._warn_of_feedback()
        return answer

    def _warn_of_feedback(self) -> None:
        self.warn(_("The feedback for single answers is not kept."))


def _weight(piece: _Piece, usual: Decimal) -> tuple[Decimal, _Piece]:
    """The percentage before an answer, else the usual one; and the answer."""
    if weight := WEIGHT.match(piece.text):
        return Decimal(weight[1]), piece.cut(weight.end())
    return usual, piece


def _weighted(weights: Mapping[str, Decimal]) -> dict[str, Any]:
    correct = [each for each, weight in weights.items() if weight > 0]
    if not correct:
        raise _Unusable(Message(_("No option is marked as right.")))
    shares = {each: as_text(weight / WHOLE) for each, weight in weights.items()}
    return {"rule": "weighted", "correct": correct, "weights": shares}


def _fill_in(blank: dict[str, Any]) -> Answers:
    body = {"blanks": [{"id": "b1", "label": BLANK_LABEL}]}
    return "fill_in", body, {"rule": "per_blank", "blanks": {"b1": blank}}


def _interval(text: str) -> dict[str, int | str]:
    """`3:0.5` or `1..5` as a value and a tolerance."""
    low, dots, high = text.partition("..")
    if dots:
        middle = (_number(low) + _number(high)) / 2
        return _near(middle, _number(high) - middle)
    value, _colon, tolerance = text.partition(":")
    return _near(_number(value), _number(tolerance or "0"))


def _near(value: Decimal, tolerance: Decimal) -> dict[str, int | str]:
    return {"value": _plain_number(value)} | ({"tolerance": _plain_number(tolerance)} if tolerance else {})


def _number(text: str) -> Decimal:
    number = _writable_number(text.strip())
    if number is None:
        raise _Unusable(Message(_("“%(text)s” is not a number."), {"text": shorten(text)}))
    return number


def _writable_number(value: object) -> Decimal | None:
    """The number, unless it is none or writing it out would take more digits than anyone can mean."""
    if len(str(value)) > 2 * LARGEST_EXPONENT:
        return None
    number = as_decimal(value)
    return number if number is None or abs(number.adjusted()) <= LARGEST_EXPONENT else None


def _plain_number(number: Decimal) -> int | str:
    return int(number) if number == number.to_integral_value() else as_text(number)


# What our own comment says besides


def _with_facts(seen: Found, line: str) -> Found:
    """The question with what our comment says; when that does not fit, as the GIFT alone says it, with a warning."""
    try:
        told = found(seen.where, _told(json.loads(line), seen.draft or BLANK_DRAFT), seen.warnings)
    except (ValueError, RecursionError):
        told = None
    if told and told.draft:
        return told
    unread = Message(_("The line “// qinglan:” before the question does not fit it and was passed over."))
    return replace(seen, warnings=(*seen.warnings, unread))


def _told(facts: object, draft: Draft) -> Draft:
    """Raises ValueError when the facts are not of the shapes we write."""
    said = _as(dict, facts)
    if said.keys() - set(FACTS):
        raise ValueError(f"unknown: {said.keys() - set(FACTS)}")
    if "type" in said:
        draft = replace(draft, body={}, answer={})
    return Draft(
        type=_as(str, said.get("type", draft.type)),
        body=_overlaid(draft.body, said.get("body", {})),
        answer=_overlaid(draft.answer, said.get("answer", {})),
        explanation=_as(str, said.get("explanation", draft.explanation)),
        name=_as(str, said.get("name", draft.name)),
        category=_texts(said.get("category", draft.category)),
        tags=_texts(said.get("tags", draft.tags)),
        points=_points(said.get("points")),
        difficulty=_difficulty(said.get("difficulty")),
        extra=_as(dict, said.get("extra", {})),
    )


def _as(kind: type[Any] | tuple[type[Any], ...], value: object) -> Any:
    if not isinstance(value, kind):
        raise ValueError(f"not a {kind}")
    return value


def _overlaid(said: JSONObject, change: object) -> dict[str, Any]:
    fields = {**said, **_as(dict, change)}
    return {name: value for name, value in fields.items() if value is not None}


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_as(str, each) for each in _as((list, tuple), value))


def _points(value: object) -> Decimal | None:
    number = None if value is None else _writable_number(_as(str, value))
    if value is not None and (number is None or number < 0):
        raise ValueError("no points")
    return number


def _difficulty(value: Any) -> int | None:
    if value not in (None, 1, 2, 3, 4, 5) or isinstance(value, bool | float):
        raise ValueError("no difficulty")
    return value


# Writing


def _heading(category: tuple[str, ...], *, needed: bool) -> str:
    """The category line; none while no question before had one."""
    if not category and not needed:
        return ""
    names = (
        " ".join(name.translate(CONTROLS).split()).replace("/", "//") for name in category or (NO_CATEGORY,)
    )
    return f"{CATEGORY} {'/'.join(names)}\n\n"


def _as_gift(draft: Draft) -> str:
    """The question as Moodle reads it, with its tags."""
    answers = _answer_lines(draft)
    stem = draft.body["stem"] if answers is not None else _spelled_out(draft)
    name = f"::{_escaped(draft.name)}::" if draft.name else ""
    lines = list(answers or ())
    if draft.explanation:
        lines.append(f"####{_marked_plain(draft.explanation)}")
    inside = "".join(f"\n\t{line}" for line in lines) + ("\n" if lines else "")
    return f"{_tag_comment(draft.tags)}{name}[plain]{_escaped(stem)}{{{inside}}}\n"


def _tag_comment(tags: tuple[str, ...]) -> str:
    lines = (" ".join(tag.translate(CONTROLS).split("\n")).replace("]", "\\]") for tag in tags)
    return f"// {' '.join(f'[tag:{line}]' for line in lines)}\n" if tags else ""


def _answer_lines(draft: Draft) -> list[str] | None:
    """What stands in the braces; None for a question that GIFT has no form for."""
    body, answer = draft.body, draft.answer
    if draft.type == "single":
        marks = {each["id"]: "=" if each["id"] == answer["correct"] else "~" for each in body["options"]}
    elif draft.type == "multiple":
        marks = {
            each: f"~%{_percent(weight)}%" if weight else "~" for each, weight in _weights(draft).items()
        }
    elif draft.type == "true_false":
        return [answer["correct"].upper()]
    elif draft.type == "short_answer":
        return []
    elif draft.type == "matching":
        return _matching_lines(draft)
    elif draft.type == "fill_in" and len(body["blanks"]) == 1:
        return _blank_lines(answer["blanks"][body["blanks"][0]["id"]])
    else:
        return None
    return [f"{marks[each['id']]}{_marked_plain(each['text'])}" for each in body["options"]]


def _weights(draft: Draft) -> dict[str, Decimal]:
    """Percentages: as given; else equal parts for what is right, and for a wrong pick what spoils it in Moodle too."""
    answer = draft.answer
    given, part = answer.get("weights", {}), WHOLE / len(answer["correct"])
    wrong = -part if answer["rule"] == "weighted" else -WHOLE
    usual = {each["id"]: part if each["id"] in answer["correct"] else wrong for each in draft.body["options"]}
    return usual | {each: Decimal(str(weight)) * WHOLE for each, weight in given.items()}


def _percent(weight: Decimal) -> str:
    """To the five places Moodle knows its fractions by."""
    return as_text(weight.quantize(Decimal("0.00001")))


def _matching_lines(draft: Draft) -> list[str]:
    texts = {each["id"]: _escaped(each["text"]) for each in draft.body["right"]}
    pairs = draft.answer["pairs"]
    lines = [f"={_entry(each['text'])} -> {texts[pairs[each['id']]]}" for each in draft.body["left"]]
    return lines + [f"= -> {text}" for each, text in texts.items() if each not in pairs.values()]


def _entry(text: str) -> str:
    """An arrow in it would end it, and cannot be escaped but in HTML."""
    return _marked_plain(text) if "->" not in text else f"[html]{_escaped(html_escaped(text, quote=False))}"


def _blank_lines(blank: JSONObject) -> list[str] | None:
    if "value" in blank:
        value, tolerance = _writable_number(blank["value"]), _writable_number(blank.get("tolerance", 0))
        if value is None or tolerance is None:
            return None
        return ["#", f"={as_text(value)}:{as_text(tolerance)}"]
    shares = [(text, WHOLE) for text in blank["accepted"]]
    shares += [(each["text"], Decimal(str(each["share"])) * WHOLE) for each in blank.get("partial", ())]
    if any("->" in text for text, _share in shares):
        return None  # Moodle would take it for matching
    texts = [(_marked_plain(text.replace("*", "\\*")), share) for text, share in shares]
    return [f"={'' if share == WHOLE else f'%{_percent(share)}%'}{text}" for text, share in texts]


def _spelled_out(draft: Draft) -> str:
    """The whole question as the stem of an essay."""
    body = draft.body
    lines = [body["stem"]]
    if draft.type == "ordering":
        lines += [f"{option.label}. {option.text}" for option in lettered(body["options"], None)]
    if draft.type == "cloze":
        text = body["text"]
        for gap in body["gaps"]:
            listed = "／".join(option["text"] for option in gap.get("options", ()))
            text = text.replace(f"[[{gap['id']}]]", f"{BLANK}（{listed}）" if listed else BLANK)
        lines.append(text)
    lines += [f"{each['label']}：{BLANK}{each.get('unit', '')}" for each in body.get("blanks", ())]
    lines += [each["label"] for each in body.get("parts", ())]
    return "\n".join(lines)


def _escaped(text: str) -> str:
    return text.translate(SPECIAL)


def _marked_plain(text: str) -> str:
    """The text in the format of the stem; said again where it begins like a format or a weight."""
    return f"[plain]{_escaped(text)}" if text.startswith(("[", "%")) else _escaped(text)


def _comment(draft: Draft, gift: str) -> str:
    """What is not read back from the GIFT of this question, in a line of our own; none when all of it is."""
    facts = _facts(draft, next(_questions(gift)).draft)
    return f"{OUR_COMMENT} {json.dumps(facts, ensure_ascii=False, default=str)}\n" if facts else ""


def _facts(draft: Draft, seen: Draft | None) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if seen is None or seen.type != draft.type:
        facts |= {"type": draft.type, "body": draft.body, "answer": draft.answer}
    else:
        changes = {"body": _change(seen.body, draft.body), "answer": _change(seen.answer, draft.answer)}
        facts |= {part: change for part, change in changes.items() if change}
    for name in ("explanation", "name", "category", "tags", "points", "difficulty", "extra"):
        if (value := getattr(draft, name)) != getattr(seen or BLANK_DRAFT, name):
            facts[name] = str(value) if isinstance(value, Decimal) else value
    return facts


def _change(seen: JSONObject, wanted: JSONObject) -> dict[str, Any]:
    """What to lay over the one to have the other; null takes a field away."""
    changed = {name: value for name, value in wanted.items() if name not in seen or seen[name] != value}
    return changed | {name: None for name in seen if name not in wanted}


def _losses(draft: Draft) -> Iterator[Loss]:
    where = draft.name or shorten(draft.body["stem"])
    if _answer_lines(draft) is None:
        yield Loss(
            where, Message(_("Other programs see this question as an essay: GIFT has no form for its type."))
        )
    if draft.files:
        yield Loss(
            where,
            Message(_("Pictures and sounds are not kept: %(names)s."), {"names": ", ".join(draft.files)}),
        )
