"""Lines into questions: what belongs to which one, before anything is made of it."""

from collections.abc import Iterable, Iterator

from assessments.formats.text_zh.answers import short_answers
from assessments.formats.text_zh.blocks import LONG, WRITTEN, Block, Field, Item, Line, Paper, Value, stray
from assessments.formats.text_zh.lexing import (
    MARK,
    Label,
    Section,
    fields_in,
    inline_options,
    key_heading,
    lead,
    numbered_part,
    option_label,
    other_head,
    page_header,
    paren_label,
    question_label,
    section_head,
    with_note,
)
from assessments.formats.usual import Unit


def paper_of(lines: Iterable[Line], unit: Unit) -> Paper:
    """The lines in their places. Reads on by one line only, and never fails."""
    return _Reader(unit).read(list(lines))


class _Reader:
    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.paper = Paper()
        self.section = Section()
        self.style = ""
        self.block: Block | None = None
        self.after_blank = True

    def read(self, lines: list[Line]) -> Paper:
        self.paper.sections.append(self.section)
        for place, line in enumerate(lines):
            if not line.text.strip():
                self.after_blank = True
                continue
            if self.opens_key(lines, place):
                self.paper.key = lines[place + 1 :]
                break
            self.take(line)
            self.after_blank = False
        last = self.paper.blocks[-1] if self.paper.blocks else None
        if last is not None:
            last.warnings += self.paper.strays
            self.paper.strays = []
        return self.paper

    def opens_key(self, lines: list[Line], place: int) -> bool:
        text = lines[place].text
        sure = None if text.startswith(MARK) else key_heading(text)
        if sure is None or self.block is None:
            return False
        if looks_like_key(lines, place + 1) or (begins_numbered(lines, place + 1) and self.waits(self.block)):
            return True
        return sure == "sure" and begins_numbered(lines, place + 1)

    def waits(self, block: Block) -> bool:
        """Whether the question before, in the same section, is still without the text that answers it."""
        before = self.paper.blocks[-2] if len(self.paper.blocks) > 1 else block
        written = before.section.kind in WRITTEN | {None} and not before.has_letters
        return before is not block and before.section is block.section and written and not before.answers()

    def take(self, line: Line) -> None:
        start = begin(line.text)
        text = line.text[start:]
        before, mark, after = text.partition(MARK)
        if mark and not before:
            self.go_on(line, after, literal=True)
        elif not mark and self.is_head(text):
            self.open_section(line, text)
        elif not mark and page_header(text):
            self.leave(line)
        elif not mark and self.block is not None and key_heading(text):
            self.block.add(Field("answer", Value(line.number)))
        else:
            self.take_labelled(line, text, before)

    def is_head(self, text: str) -> bool:
        if section_head(text):
            return True
        complete = self.block is None or len(self.block.entries) > 1
        return complete and (self.after_blank or self.block is None) and other_head(text) is not None

    def open_section(self, line: Line, text: str) -> None:
        """A title of no known kind is told: what it says of its questions is not kept."""
        known = section_head(text)
        self.section = known or other_head(text) or Section()
        self.paper.sections.append(self.section)
        self.block, self.style = None, ""
        if known is None:
            self.paper.strays.append(stray(self.unit, line))

    def leave(self, line: Line) -> None:
        """To the warnings of the question at hand, or of the next one."""
        told = self.block.warnings if self.block is not None else self.paper.strays
        if self.block is None and (noted := with_note(self.section, line.text)):
            self.section = self.paper.sections[-1] = noted
        else:
            told.append(stray(self.unit, line))

    def take_labelled(self, line: Line, text: str, before: str) -> None:
        """`before` is the part of the text in which labels may stand."""
        label = question_label(before)
        if label and self.is_question(label):
            self.open_question(label, line)
            self.pour(line, text[label.end :], before[label.end :])
        elif self.block is None:
            self.leave(line)
        else:
            self.pour(line, text, before)

    def is_question(self, label: Label) -> bool:
        if label.style == "paren" and (
            self.style == "plain" or (self.section.kind == "case_analysis" and self.block)
        ):
            return False
        return self.block is None or label.style == "paren" or not self.counts(self.block, label.index)

    def counts(self, block: Block, number: int) -> bool:
        """Whether 1., 2. … here only number the points of the text at hand."""
        last = block.last
        if block.counting and number == block.counting and not self.after_blank:
            block.counting += 1
            return True
        block.counting = 0
        if number != 1 or not isinstance(last, Field) or last.name not in LONG | {"stem"}:
            return False
        said = "".join(last.value.lines[-1:]).rstrip()
        if last.name != "stem" and (self.after_blank or (said and not said.endswith(("：", ":")))):
            return False
        block.counting = 2
        return True

    def open_question(self, label: Label, line: Line) -> None:
        self.style = label.style if self.style != "plain" else "plain"
        self.block = Block(
            label.index,
            line.number,
            self.section,
            len(self.paper.sections) - 1,
            [Field("stem", Value(line.number))],
        )
        self.block.warnings += self.paper.strays
        self.paper.strays = []
        self.paper.blocks.append(self.block)

    def pour(self, line: Line, text: str, before: str) -> None:
        """The rest of a line into the question: text that goes on, options, labelled facts."""
        block = self.block
        assert block is not None  # noqa: S101  (only called with a question at hand)
        pieces = fields_in(before)
        rest = text[len(before) :]
        for place, (name, piece) in enumerate(pieces):
            whole = piece + rest if place == len(pieces) - 1 else piece
            if name:
                block.add(Field(name, Value(line.number)))
                self.start_counting(block, piece)
                self.fill(block, whole, piece)
            elif whole.strip():
                self.pour_options(line, whole, piece)

    def start_counting(self, block: Block, piece: str) -> None:
        label = question_label(piece)
        block.counting = 2 if label and label.style == "plain" and label.index == 1 else 0

    def pour_options(self, line: Line, text: str, before: str) -> None:
        block = self.block
        assert block is not None  # noqa: S101
        labels = list(self.labels_of(block, before))
        if not labels:
            self.go_on(line, text, literal=False, before=before)
            return
        if labels[0].start and before[: labels[0].start].strip():
            self.go_on(line, before[: labels[0].start].rstrip(), literal=False)
        if labels[0].style == "circled":
            block.shadow.append(line.text.strip())
        ends = [label.start for label in labels[1:]] + [len(text)]
        for label, end in zip(labels, ends, strict=True):
            block.add(Item(label, Value(line.number)))
            self.fill(block, text[label.end : end], before[label.end : end])

    def labels_of(self, block: Block, text: str) -> Iterator[Label]:
        """The options of this line: the first where it may stand, each next one only if it is the next letter."""
        first = self.first_label(block, text)
        if first is None:
            return
        yield first
        last = first
        letter = block.listed["letter"]
        for label in inline_options(text):
            if label.start < last.end:
                continue
            follows = label.style == last.style and label.index == last.index + 1
            beside = last.style == "circled" and label.style == "letter" and label.index == letter
            if follows or beside:
                yield label
                last = label

    def first_label(self, block: Block, text: str) -> Label | None:
        label = option_label(text)
        if label is None and block.section.kind == "matching" and (paren := paren_label(text)):
            label = Label(paren.index - 1, "circled", paren.end)
        if label is None:
            return _behind_stem(text) if block.in_stem() else None
        listed = set(block.listed)
        writing = isinstance(block.last, Field) and block.last.name in LONG
        if writing and (label.style == "circled" or block.section.kind in WRITTEN):
            return None
        if label.style in listed:
            return None if writing else label
        if writing and block.has_letters:
            return None
        if label.style == "circled" and ("letter" in listed and block.section.kind != "matching"):
            return None
        return label if label.index == 0 and (block.in_stem() or not writing or not listed) else None

    def fill(self, block: Block, text: str, before: str) -> None:
        """The first line of what has just been opened."""
        value = block.last.value
        if text[len(before) :].startswith(MARK) and not before.strip():
            value.lines, value.literal = [text[len(before) + 1 :]], True
        elif text.strip():
            value.lines = [text.strip()]

    def go_on(self, line: Line, text: str, *, literal: bool, before: str | None = None) -> None:
        """One more line of the last thing that was opened, or of nothing."""
        block = self.block
        if block is None:
            self.leave(line)
            return
        last = block.last
        value = last.value
        if literal:
            if not value.lines:
                value.literal = True
            keeps_mark = isinstance(last, Field) and last.name == "criteria"
            value.lines.append(MARK + text if keeps_mark else text)
            if last is block.entries[0]:
                block.literal.add(len(value.lines) - 1)
        elif last is block.entries[0] and not value.lines:
            self.fill(block, text, text if before is None else before)
            if value.literal:
                block.literal.add(0)
        elif self.belongs(block):
            value.lines.append(text.strip())
            if isinstance(last, Item) and last.label.style == "circled":
                block.shadow.append(text.strip())
        else:
            self.leave(line)

    def belongs(self, block: Block) -> bool:
        """Whether an unlabelled line goes on with what stands before it."""
        last = block.last
        if isinstance(last, Item):
            return not self.after_blank
        return last.name == "stem" or last.name in LONG


def _behind_stem(text: str) -> Label | None:
    """The first option on the line of the stem itself: an A behind a space with a B after it."""
    first: Label | None = None
    for label in inline_options(text):
        if label.style != "letter":
            continue
        if label.index == 0:
            first = first or label
        elif first is not None and label.index == 1:
            return first
    return None


def begin(text: str) -> int:
    """Where a line begins: behind its indent, and behind a Markdown mark that stands before a label."""
    start, indent = lead(text), len(text) - len(text.lstrip())
    inside = text[start:]
    if section_head(inside) or question_label(inside) or option_label(inside) or len(fields_in(inside)) > 1:
        return start
    return indent


def next_text(lines: list[Line], place: int) -> str:
    """The next line that says something."""
    texts = (lines[at].text.strip() for at in range(place, len(lines)))
    return next(filter(None, texts), "")


def begins_numbered(lines: list[Line], place: int) -> bool:
    """Whether the next line that says something begins with a number of any kind."""
    text = next_text(lines, place)
    return bool(question_label(text) or numbered_part(text))


def looks_like_key(lines: list[Line], place: int) -> bool:
    """Whether the next line that says something is one of a key: a section's number, or numbers with short answers."""
    text = next_text(lines, place)
    if text.startswith(MARK):
        return False
    if section_head(text):
        return True
    part = numbered_part(text)
    return bool(short_answers(text[part[1] :] if part else text))
