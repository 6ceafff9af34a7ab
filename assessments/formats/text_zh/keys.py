"""The key at the end of a paper: whose answer each of its lines is.

Sections are pointed to by their number (一、) or by their kind; without either a number that comes again begins the
next section. Numbers that run through the whole paper are found as well.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from assessments.formats.text_zh.answers import short_answers
from assessments.formats.text_zh.blocks import Block, Field, Line, Paper, Told, Value, stray
from assessments.formats.text_zh.cases import Keyed
from assessments.formats.text_zh.facts import fields_in
from assessments.formats.text_zh.heads import FIRST_LONG, GUESSED, question_head
from assessments.formats.text_zh.lexing import (
    MARK,
    case_label,
    half,
    key_on_line,
    lead,
    numbered_part,
    page_header,
    paren_label,
    question_label,
    section_head,
)
from assessments.formats.usual import Unit

_NEXT = re.compile(r"(?<=\s)(\d{1,6})[.、](?!\d)\s{0,8}")


# Kinds whose own answers may be numbered.
PARTED = {"matching", "ordering", "cloze", "case_analysis"}

_NUMBERS = re.compile(r"(?:^|(?<=\s))(\d{1,6})[.、]")


@dataclass
class Given:
    """What the key says of one question."""

    number: int
    line: Line
    fields: list[Field] = field(default_factory=list)


@dataclass
class Group:
    """The answers of one section, as far as the key tells sections apart; `cases`: the numbers of its questions, when
    all of them are cases whose parts are numbered."""

    ordinal: int | None = None
    kind: str | None = None
    cases: list[int] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    numbers: set[int] = field(default_factory=set)


def give_answers(paper: Paper, unit: Unit) -> None:
    """Put what the key says among the facts of each question; what fits none is told with the last question."""
    if not paper.key or not paper.blocks:
        return
    strays = paper.blocks[-1].warnings
    groups = _groups(paper, unit, strays)
    places = _Places(paper, alone=len(groups) == 1 and not groups[0].ordinal and not groups[0].kind)
    for place, group in enumerate(groups):
        waiting = places.waiting(group, place)
        for given in group.given:
            found = waiting.get(given.number, [])
            if found:
                block = found.pop(0)
                for each in given.fields:
                    block.add(each)
            else:
                strays.leave_out(stray(unit, given.line))


def key_of_line(line: Line, paper: Paper) -> list[Line]:
    """参考答案：1.D 2.A: the lines of a key, when its numbers are those of several questions of this paper; else none.

    Answers of more than a letter count where every question has one, and none has another.
    """
    said = None if line.text.startswith(MARK) else key_on_line(line.text)
    if said is None or paper.blocks[-1].section.kind in PARTED:
        return []
    known = [block.number for block in paper.blocks]
    answers = [number for number, _answer in short_answers(said)]
    if len(answers) > 1 and set(answers) <= set(known) and len(set(known)) > 1:
        return [Line(line.number, said)]
    if len(known) < 3 or any(block.answers() for block in paper.blocks):
        return []
    parts = list(_NUMBERS.finditer(half(said)))
    if [int(part[1]) for part in parts] != known:
        return []
    ends = [part.start() for part in parts[1:]] + [len(said)]
    texts = (said[part.end() : end].strip() for part, end in zip(parts, ends, strict=True))
    return [Line(line.number, f"{number}、{text}") for number, text in zip(known, texts, strict=True)]


class _Places:
    """The questions still waiting for an answer, by section and number."""

    def __init__(self, paper: Paper, *, alone: bool) -> None:
        self.paper, self.alone = paper, alone
        self.blocks: dict[int, list[Block]] = {}
        for block in paper.blocks:
            self.blocks.setdefault(block.order, []).append(block)
        self.used = sorted(self.blocks)
        self.numbered: dict[int | None, list[int]] = {}
        self.alike: dict[str | None, list[int]] = {}
        for order in self.used:
            self.numbered.setdefault(paper.sections[order].ordinal, []).append(order)
            self.alike.setdefault(paper.sections[order].kind, []).append(order)
        self.known: dict[tuple[int, ...], dict[int, list[Block]]] = {}

    def waiting(self, group: Group, place: int) -> dict[int, list[Block]]:
        """Those a group speaks of: of its number, else of its kind, else of its place; all, when there is none."""
        orders = self.numbered.get(group.ordinal, []) if group.ordinal else []
        orders = orders or (self.alike.get(group.kind, []) if group.kind else [])
        if not orders and group.ordinal is None and not self.alone:
            orders = self.used[place : place + 1]
        found = self.of(tuple(orders))
        if any(each.number in found for each in group.given):
            return found
        return self.of(tuple(self.used))

    def of(self, orders: tuple[int, ...]) -> dict[int, list[Block]]:
        if orders not in self.known:
            self.known[orders] = _by_number([block for order in orders for block in self.blocks[order]])
        return self.known[orders]


def _by_number(blocks: list[Block]) -> dict[int, list[Block]]:
    """The questions of each number, those without an answer first."""
    waiting: dict[int, list[Block]] = {}
    for block in sorted(blocks, key=lambda each: bool(each.answers())):
        waiting.setdefault(block.number, []).append(block)
    return waiting


def _groups(paper: Paper, unit: Unit, strays: Told) -> list[Group]:
    keyed = Keyed(paper)
    groups = [Group(cases=keyed.of(None, None))]
    blank = True
    for line in paper.key:
        text = line.text[lead(line.text) :].rstrip()
        if not text:
            blank = True
            continue
        _take(groups, keyed, line, text, unit, strays, after_blank=blank)
        blank = False
    return [group for group in groups if group.given]


def _take(
    groups: list[Group], keyed: Keyed, line: Line, text: str, unit: Unit, strays: Told, *, after_blank: bool
) -> None:
    if text.startswith(MARK):
        _go_on_with(groups[-1], line, line.text[1:], unit, strays)
        return
    if head := section_head(text):
        groups.append(Group(head.ordinal, head.kind, keyed.of(head.ordinal, head.kind)))
        colon = half(text).find(":")
        text = text[colon + 1 :].strip() if colon >= 0 else ""
    elif (part := numbered_part(text)) and not half(text).startswith("("):
        groups.append(Group(part[0], cases=keyed.of(part[0], None)))
        text = text[part[1] :].strip()
    if not text or page_header(text):
        if text:
            strays.leave_out(stray(unit, line))
        return
    if groups[-1].cases:
        _take_case(groups, line, text, unit, strays)
        return
    if answers := short_answers(text):
        for number, answer in answers:
            _open(groups, number, line).fields.append(_answer(line, answer))
        return
    for begun, piece in _long(groups[-1], text, after_blank):
        if begun is None:
            _go_on(groups[-1], line, piece, unit, strays)
        else:
            _fill(_open(groups, begun, line), line, piece)


def _take_case(groups: list[Group], line: Line, text: str, unit: Unit, strays: Told) -> None:
    """（1）…（2）… are the parts of one case: the only one, or the one that is named or numbered before them."""
    group = groups[-1]
    named, label = case_label(text), question_label(text)
    if named is not None:
        start = re.search("[:：】]|$", text)
        following = max((each.number for each in group.given), default=0) + 1
        _fill(_open(groups, named or following, line), line, text[start.end() if start else 0 :].strip())
    elif label and label.style == "plain" and (len(group.cases) > 1 or paren_label(text[label.end :])):
        _fill(_open(groups, label.index, line), line, text[label.end :].strip())
    elif not group.given and len(group.cases) == 1:
        _fill(_open(groups, group.cases[0], line), line, text)
    else:
        _go_on(group, line, text, unit, strays)


def _long(group: Group, text: str, after_blank: bool) -> Iterator[tuple[int | None, str]]:
    """The line parted where the next number begins; None for what goes on from the line before."""
    head = question_head(text)
    label = head.label if head and head.label.style not in GUESSED else None
    last = group.given[-1].number if group.given else 0
    if (
        label is None
        or (label.style == "paren" and last)
        or (label.index >= FIRST_LONG and last and label.index != last + 1)
        or (label.index <= last and not after_blank and last)
    ):
        yield None, text
        return
    number, start = label.index, label.end
    for found in _NEXT.finditer(half(text), start):
        if int(found[1]) == number + 1:
            yield number, text[start : found.start()].strip()
            number, start = number + 1, found.end()
    yield number, text[start:].strip()


def _open(groups: list[Group], number: int, line: Line) -> Given:
    group = groups[-1]
    if number in group.numbers:
        group = Group()
        groups.append(group)
    group.given.append(Given(number, line))
    group.numbers.add(number)
    return group.given[-1]


def _fill(given: Given, line: Line, text: str) -> None:
    for name, piece in fields_in(text):
        if piece.strip():
            given.fields.append(Field(name or "answer", Value(line.number, [piece.strip()])))
        elif name:
            given.fields.append(Field(name, Value(line.number)))


def _go_on(group: Group, line: Line, text: str, unit: Unit, strays: Told) -> None:
    if not group.given:
        strays.leave_out(stray(unit, line))
        return
    given = group.given[-1]
    pieces = fields_in(text)
    if len(pieces) > 1:
        first = pieces[0][1].strip()
        if first and given.fields:
            given.fields[-1].value.lines.append(first)
        _fill(given, line, text[len(pieces[0][1]) :])
    elif given.fields:
        given.fields[-1].value.lines.append(text.strip())
    else:
        given.fields.append(_answer(line, text.strip()))


def _go_on_with(group: Group, line: Line, text: str, unit: Unit, strays: Told) -> None:
    """A line that is text and nothing else, with its indent."""
    if not group.given:
        strays.leave_out(stray(unit, line))
    elif group.given[-1].fields:
        group.given[-1].fields[-1].value.lines.append(text)
    else:
        group.given[-1].fields.append(_answer(line, text))


def _answer(line: Line, text: str) -> Field:
    return Field("answer", Value(line.number, [text]))
