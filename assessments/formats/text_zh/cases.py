"""Cases without a number of their own: the text, then （1）…（2）… about it; and what the key says of their parts."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from assessments.formats.text_zh.ahead import begins_options
from assessments.formats.text_zh.blocks import Block, Line, Paper
from assessments.formats.text_zh.facts import begins_fact
from assessments.formats.text_zh.heads import GUESSED, question_head
from assessments.formats.text_zh.lexing import (
    MARK,
    Section,
    case_label,
    half,
    key_heading,
    other_head,
    paren_label,
    section_head,
)
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

_OF_CASES = re.compile("综合应用|材料")
_INLINE = re.compile(r"\(\s?(\d{1,2})\s?\)")


def holds_cases(section: Section) -> bool:
    """Whether the head of a section says that texts come with questions about them."""
    return section.kind == "case_analysis" or (
        section.kind is None and _OF_CASES.search(section.text[:40]) is not None
    )


def doubtful() -> Message:
    return Message(
        _("Where this case ends and which questions are about it is not clear. Number the cases: 1. 2. …")
    )


@dataclass
class Cases:
    """What begins at a place: "case", "doubt" (parts that do not fit together) or "" (something else).

    The last place that was something else is kept with the label it ended at, so that no line is looked at twice.
    """

    lines: list[Line]
    known: range = field(default_factory=lambda: range(0))

    def at(self, place: int) -> str:
        if place in self.known:
            return ""
        first = next((at for at in range(place + 1, len(self.lines)) if _labelled(self.lines[at].text)), -1)
        label = paren_label(self.lines[first].text.lstrip()) if first >= 0 else None
        if label is None or label.index != 1:
            self.known = range(place, first if first >= 0 else len(self.lines))
            return ""
        return self._parts(first)

    def _parts(self, first: int) -> str:
        """Whether （1） （2） … follow one another as far as the case goes, and an answer only behind the last."""
        expected, answered, named = 1, False, False
        for at in range(first, len(self.lines)):
            text = self.lines[at].text.lstrip()
            if text.startswith(MARK) or not text:
                continue
            label = paren_label(text)
            if section_head(text) or key_heading(text) or (label is None and other_head(text)):
                break
            if begins_fact(text):
                answered = True
            elif label and label.index == 1 and expected > 1 and named:
                break
            elif label and not answered and label.index != expected:
                return "doubt"
            elif label and not answered:
                expected = max([expected, *map(int, _INLINE.findall(half(text[:2000])))]) + 1
            elif label and label.index == expected and self._answers_again(at):
                return "doubt"
            elif label is None and _numbered(text):
                return "case" if answered else "doubt"
            elif begins_options(text) and not answered:
                return "doubt"
            named = named or case_label(text) is not None
        return "case"

    def _answers_again(self, at: int) -> bool:
        """Whether a numbered line behind an answer is a question itself: an answer of its own comes right below."""
        return begins_fact(
            next((each.text.strip() for each in self.lines[at + 1 : at + 4] if each.text.strip()), "")
        )


def _labelled(text: str) -> bool:
    text = text.lstrip()
    return not text.startswith(MARK) and bool(
        paren_label(text)
        or section_head(text)
        or key_heading(text)
        or begins_options(text)
        or _numbered(text)
    )


def _numbered(text: str) -> bool:
    head = question_head(text)
    return head is not None and head.label.style not in GUESSED


def has_parts(block: Block) -> bool:
    return any(paren_label(line) for line in block.stem.lines)


def give_marks(paper: Paper) -> None:
    """The only case of a section is worth what its head says of the whole."""
    alone = Counter(block.order for block in paper.blocks)
    for block in paper.blocks:
        if block.case and alone[block.order] == 1 and block.section.each is None:
            block.section = replace(block.section, each=block.section.total)


def parts_apart(lines: list[str]) -> list[str]:
    """（1）…（2）… on one line: a line for each, when they count on; else the lines as they are."""
    found: list[str] = []
    expected = 0
    for line in lines:
        label = None if MARK in line else paren_label(line)
        if label is None or label.index != expected + 1:
            found.append(line)
            continue
        start, expected = 0, label.index
        for inside in _INLINE.finditer(half(line), label.end):
            if int(inside[1]) == expected + 1 and line[: inside.start()].rstrip().endswith(
                tuple("。；;？?！!）)")
            ):
                found.append(line[start : inside.start()].rstrip())
                start, expected = inside.start(), expected + 1
        found.append(line[start:])
    return found


class Keyed:
    """Which sections hold cases only, by the number and by the kind a key may name them with."""

    def __init__(self, paper: Paper) -> None:
        self.numbers = {block.number for block in paper.blocks}
        by_order: dict[int, list[Block]] = {}
        for block in paper.blocks:
            by_order.setdefault(block.order, []).append(block)
        self.cases: dict[int | str | None, list[int]] = {}
        for order, blocks in by_order.items():
            if all(block.case and has_parts(block) for block in blocks):
                section = paper.sections[order]
                names = {section.ordinal, section.kind} - {None} if len(by_order) > 1 else {
                    section.ordinal, section.kind, None
                }  # fmt: skip
                for name in names:
                    self.cases.setdefault(name, []).extend(block.number for block in blocks)

    def of(self, ordinal: int | None, kind: str | None) -> list[int]:
        """The numbers of the cases of a section the key names; none where its questions are others."""
        return self.cases.get(ordinal if ordinal is not None else kind, [])
