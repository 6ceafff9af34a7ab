"""From the text of a GIFT file to questions, and to the reasons for those that were not taken."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from typing import Any

from assessments.formats.checking import found, skipped
from assessments.formats.exchange import Draft, Found
from assessments.formats.gift.texts import (
    BLANK,
    CATEGORY,
    CONTEXT,
    CONTROLS,
    ESCAPED,
    MARKUP,
    MATHML,
    NOTHING,
    OUR_COMMENT,
    QUIET_TAGS,
    SPOKEN,
    TAG,
    TEXT_FORMAT,
    WEIGHT,
    WHOLE,
    WILDCARD,
    Answers,
    Piece,
    Unusable,
    masked,
    number_in,
    unescaped,
)
from assessments.formats.markup import NOT_FOLLOWED, links, pictures, plain
from assessments.formats.own import from_text, told
from assessments.formats.usual import BLANK_LABEL, CRITERION, TRUE_FALSE, at_line, key_number
from assessments.items.checking import as_text
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _
from assessments.items.writing import shorten


def questions_in(text: str) -> Iterator[Found]:
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
        comments = [line for number_in, line in lines if line.startswith("//")]
        piece = masked("\n".join(line for number_in, line in content))
        yield _question(at_line(number), piece, comments, category)


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
    masks = (ESCAPED.sub("", line) for number_in, line in lines if not line.startswith("//"))
    return "".join(re.sub("[^{}]+", "", mask) for mask in masks)


def _category(path: str) -> tuple[str, ...]:
    """The names in a path of categories, where // is a slash in a name; Moodle's own first steps left out."""
    names = [name.replace("\x00", "/").strip() for name in path.replace("//", "\x00").split("/")]
    names = [name for name in names if name]
    if names and CONTEXT.fullmatch(names[0]):
        names = names[1:]
    return tuple(names[1:] if names[:1] == ["top"] else names)


def _question(where: Message, piece: Piece, comments: list[str], category: tuple[str, ...]) -> Found:
    reading = _Reading()
    tags = tuple(tag for line in comments for tag in _bracketed(line, "tag"))
    if numbers := [number for line in comments for number in _bracketed(line, "id")]:
        reading.warn(_("The id number %(id)s is not kept."), id=shorten(numbers[0]))
    try:
        draft = replace(reading.question(piece), category=category, tags=tuple(dict.fromkeys(tags)))
        seen = found(where, draft, reading.warnings)
    except Unusable as unusable:
        seen = skipped(where, unusable.args[0])
    facts = [line.removeprefix(OUR_COMMENT) for line in comments if line.startswith(OUR_COMMENT)]
    if facts:
        seen = told(seen, from_text(facts[-1]))
    return replace(seen, where=where) if seen.draft else seen


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

    def question(self, piece: Piece) -> Draft:
        name = ""
        if piece.mask.startswith("::") and "::" in piece.mask[2:]:
            before, piece = piece.cut(2).part("::")
            name = unescaped(before.stripped())
        stem, inside = self._around_the_braces(piece)
        if marker := TEXT_FORMAT.match(stem.stripped()):
            self.text_format = marker[1]
        explanation = NOTHING
        if (at := inside.mask.rfind("####")) >= 0:
            inside, explanation = inside.cut(0, at), inside.cut(at + 4)
        said = self.said(stem)
        type, body, answer = self._answers(inside)
        return Draft(type, {"stem": said, **body}, answer, self.said(explanation), name)

    def _around_the_braces(self, piece: Piece) -> tuple[Piece, Piece]:
        """The stem, with a blank for a missing word, and what stands in the braces."""
        head, rest = piece.part("{")
        inside, tail = rest.part("}")
        if not re.search("[{}]", piece.mask):
            raise Unusable(Message(_("This is a description: it has no braces with answers.")))
        if "}" in head.mask or "}" not in rest.mask:
            raise Unusable(Message(_("The braces of the answers are not both there.")))
        if re.search("[{}]", tail.mask):
            raise Unusable(
                Message(_("There are several pairs of braces. Put an empty line between questions."))
            )
        if tail.stripped():
            head = Piece(head.text + BLANK + tail.text, head.mask + BLANK + tail.mask)
        return head, inside

    def said(self, piece: Piece, *, as_it_stands: bool = False) -> str:
        """The text as a reader sees it, by its own text format or the question's."""
        text, text_format = piece.stripped(), self.text_format
        if marker := TEXT_FORMAT.match(text):
            text, text_format = text[marker.end() :], marker[1]
        text = unescaped(text).strip()
        if as_it_stands or text_format in ("plain", "markdown"):
            return text
        if text_format == "moodle" and not MARKUP.search(text):
            return text
        return self._without_markup(text.translate(CONTROLS), keep_lines=text_format == "moodle")

    def _without_markup(self, html: str, *, keep_lines: bool) -> str:
        if addresses := pictures(html):
            self.warn(_("Pictures and sounds are not kept: %(names)s."), names=shorten(", ".join(addresses)))
        for address in links(html):
            self.warn(NOT_FOLLOWED, address=shorten(address))
        tags = {tag.lower() for tag in TAG.findall(html)} - QUIET_TAGS - {"img", "audio", "video", "source"}
        if "math" in tags:
            self.warn(_("A formula is kept as plain text only: look it over."))
            tags -= MATHML
        if tags:
            self.warn(
                _("The formatting of the text is not kept: %(tags)s."), tags=", ".join(sorted(tags)[:8])
            )
        keep_lines = keep_lines or "<pre" in html.lower()
        return plain(html if keep_lines else html.replace("\n", " "))

    def _answers(self, inside: Piece) -> Answers:
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

    def _judgement(self, inside: Piece) -> Answers:
        right = SPOKEN[self._without_feedback(inside).stripped()]
        return (
            "true_false",
            {"options": [dict(each) for each in TRUE_FALSE]},
            {"rule": "exact", "correct": right},
        )

    def _choice(self, inside: Piece) -> Answers:
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
        key = _weighted(weights)
        if abs(sum((each for each in weights.values() if each > 0), -WHOLE)) > Decimal("0.1"):
            self.warn(
                _("Exactly the right choices earn full marks here, whatever the file adds up for them.")
            )
        return "multiple", {"options": options}, key

    def _matching(self, inside: Piece) -> Answers:
        left: list[dict[str, str]] = []
        right: dict[str, str] = {}  # text → id
        pairs: dict[str, str] = {}
        for _mark, piece in inside.marked("="):
            if "->" not in piece.mask:
                raise Unusable(Message(_("An entry to be matched has no partner: write = entry -> partner.")))
            before, after = piece.part("->")
            partner = right.setdefault(unescaped(after.stripped()).strip(), f"r{len(right) + 1}")
            if entry := self.said(before):
                left.append({"id": f"l{len(left) + 1}", "text": entry})
                pairs[left[-1]["id"]] = partner
        partners = [{"id": each, "text": text} for text, each in right.items()]
        return "matching", {"left": left, "right": partners}, {"rule": "per_pair", "pairs": pairs}

    def _short_answer(self, inside: Piece) -> Answers:
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
            raise Unusable(Message(_("No answer earns full marks.")))
        return _fill_in({"accepted": accepted} | ({"partial": partial} if partial else {}))

    def _number(self, inside: Piece) -> Answers:
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
            raise Unusable(Message(_("No answer earns full marks.")))
        if len(accepted) > 1:
            self.warn(_("Only the first of several right numbers is kept."))
        return _fill_in(accepted[0])

    def _without_feedback(self, piece: Piece) -> Piece:
        answer, feedback = piece.part("#")
        if feedback.text.replace("#", "").strip():
            self._warn_of_feedback()
        return answer

    def _warn_of_feedback(self) -> None:
        self.warn(_("The feedback for single answers is not kept."))


def _weight(piece: Piece, usual: Decimal) -> tuple[Decimal, Piece]:
    """The percentage before an answer, else the usual one; and the answer."""
    if weight := WEIGHT.match(piece.text):
        return Decimal(weight[1]), piece.cut(weight.end())
    return usual, piece


def _weighted(weights: Mapping[str, Decimal]) -> dict[str, Any]:
    correct = [each for each, weight in weights.items() if weight > 0]
    if not correct:
        raise Unusable(Message(_("No option is marked as right.")))
    shares = {each: as_text(weight / WHOLE) for each, weight in weights.items()}
    return {"rule": "weighted", "correct": correct, "weights": shares}


def _fill_in(blank: dict[str, Any]) -> Answers:
    body = {"blanks": [{"id": "b1", "label": BLANK_LABEL}]}
    return "fill_in", body, {"rule": "per_blank", "blanks": {"b1": blank}}


def _interval(text: str) -> dict[str, int | str]:
    """`3:0.5` or `1..5` as a value and a tolerance."""
    low, dots, high = text.partition("..")
    if dots:
        middle = (number_in(low) + number_in(high)) / 2
        return _near(middle, number_in(high) - middle)
    value, _colon, tolerance = text.partition(":")
    return _near(number_in(value), number_in(tolerance or "0"))


def _near(value: Decimal, tolerance: Decimal) -> dict[str, int | str]:
    return {"value": key_number(value)} | ({"tolerance": key_number(tolerance)} if tolerance else {})
