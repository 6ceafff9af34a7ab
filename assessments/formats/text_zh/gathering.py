"""Lines into questions: what belongs to which one, before anything is made of it."""

from collections.abc import Iterable

from assessments.formats.text_zh import blocks
from assessments.formats.text_zh.ahead import asks, begins_numbered, lacks_number, looks_like_key, next_text
from assessments.formats.text_zh.blocks import (
    LONG,
    WRITTEN,
    Block,
    Field,
    Item,
    Line,
    Paper,
    Told,
    Value,
    stray,
)
from assessments.formats.text_zh.cases import Cases, doubtful, give_marks, has_parts, holds_cases
from assessments.formats.text_zh.facts import fields_in
from assessments.formats.text_zh.heads import FIRST_LONG, GUESSED, Head, only_type, question_head
from assessments.formats.text_zh.keys import key_of_line
from assessments.formats.text_zh.lexing import (
    MARK,
    Label,
    Section,
    case_label,
    key_heading,
    numbered_part,
    other_head,
    page_header,
    question_label,
    section_head,
    with_note,
)
from assessments.formats.text_zh.listing import begins_again, options_on
from assessments.formats.text_zh.paragraphs import parted
from assessments.formats.text_zh.peeling import body_of, peeled
from assessments.formats.usual import Unit

FARTHEST = 100  # between two numbers of five digits or more
# What a platform says to a learner below the options.
JUDGED = {"正确", "错误", "回答正确", "回答错误", "答案正确", "答案错误"}


def paper_of(lines: Iterable[Line], unit: Unit) -> Paper:
    """The lines in their places. Reads on by one line, behind a doubtful head as far as the next; never fails."""
    return _Reader(unit).read(list(peeled(list(parted(body_of(list(lines)))))))


class _Reader:
    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.paper = Paper()
        self.section = Section()
        self.style = ""
        self.block: Block | None = None
        self.after_blank = True
        self.lines: list[Line] = []
        self.place = 0
        self.case: list[str] = []
        self.cases = Cases([])

    def read(self, lines: list[Line]) -> Paper:
        self.paper.sections.append(self.section)
        self.lines = lines
        self.cases = Cases(lines)
        for self.place, line in enumerate(lines):
            if not line.text.strip():
                self.after_blank = True
                continue
            if self.opens_key(lines, self.place):
                self.paper.key = lines[self.place + 1 :]
                break
            if self.block is not None and (key := key_of_line(line, self.paper)):
                self.paper.key = [*key, *lines[self.place + 1 :]]
                break
            self.take(line)
            self.after_blank = False
        last = self.paper.blocks[-1] if self.paper.blocks else None
        if last is not None:
            last.warnings.take_over(self.paper.strays)
            self.paper.strays = Told()
        give_marks(self.paper)
        return self.paper

    def opens_key(self, lines: list[Line], place: int) -> bool:
        text = lines[place].text
        sure = None if text.startswith(MARK) else key_heading(text)
        if sure is None or self.block is None:
            return False
        if (
            self.block.case
            and not self.block.answers()
            and not self.names_section(next_text(lines, place + 1))
        ):
            return False
        if looks_like_key(lines, place + 1) or (begins_numbered(lines, place + 1) and self.waits(self.block)):
            return True
        return sure == "sure" and begins_numbered(lines, place + 1)

    def names_section(self, text: str) -> bool:
        """Whether a line of a key says whose answers follow: its own, the case answers with （1） or 1."""
        part = None if text.startswith(("(", "（")) else numbered_part(text)
        ordinals = {block.section.ordinal for block in self.paper.blocks}
        return section_head(text) is not None or (
            part is not None and part[0] in ordinals and (len(ordinals) > 1 or part[0] > 1)
        )

    def waits(self, block: Block) -> bool:
        """Whether the question before, in the same section, is still without the text that answers it."""
        before = self.paper.blocks[-2] if len(self.paper.blocks) > 1 else block
        written = before.section.kind in WRITTEN | {None} and not before.has_letters
        return before is not block and before.section is block.section and written and not before.answers()

    def take(self, line: Line) -> None:
        text = line.text.lstrip()
        before, mark, after = text.partition(MARK)
        if mark and not before:
            self.go_on(line, after, literal=True)
        elif not mark and self.opens_case(text):
            self.open_case(line, text)
        elif not mark and self.is_head(text):
            self.open_section(line, text)
        elif not mark and page_header(text):
            self.leave(line)
        elif not mark and self.block is not None and key_heading(text):
            self.block.add(Field("answer", Value(line.number)))
        elif not mark and line.heading and self.is_title(text):
            self.open_section(line, text)
        else:
            self.take_labelled(line, text, before)

    def is_head(self, text: str) -> bool:
        if section_head(text):
            return True
        complete = self.block is None or len(self.block.entries) > 1
        return complete and (self.after_blank or self.block is None) and other_head(text) is not None

    def is_title(self, text: str) -> bool:
        """Whether a heading of the page only names what follows; one # may as well be code."""
        if question_head(text):
            return not asks(self.lines, self.place, self.section)
        return text.startswith("##") and (self.block is None or len(self.block.entries) > 1)

    def opens_case(self, text: str) -> bool:
        if self.section.kind not in ("case_analysis", None) or case_label(text) is None:
            return False
        block = self.block
        if block is not None and block.case and has_parts(block):
            return self.cases.at(self.place) != ""
        if self.section.kind is None and self.cases.at(self.place) != "case":
            return False
        return (
            block is None
            or bool(block.named("answer") or block.named("criteria"))
            or only_type(block.stem.text)
        )

    def open_case(self, line: Line, text: str) -> None:
        """案例一：…, whose parts are numbered; 问题 that come with an answer each are questions of their own."""
        self.case = []
        block = self.block
        if block is None or not only_type(block.stem.text):
            block = self.open_question(Head(Label(case_label(text) or 0, "plain", 0)), line)
        block.stem.lines.clear()
        self.be_case(block)
        self.pour(line, text, text)

    def be_case(self, block: Block) -> None:
        block.case, self.style = True, "plain"
        if self.cases.at(self.place) == "doubt":
            block.doubt = doubtful()

    def open_section(self, line: Line, text: str) -> None:
        """A title of no known kind is told: what it says of its questions is not kept."""
        known = section_head(text)
        self.section = known or other_head(text) or Section()
        self.paper.sections.append(self.section)
        self.block, self.style, self.case = None, "", []
        if known is None and not holds_cases(self.section):
            self.paper.strays.leave_out(stray(self.unit, line))

    def leave(self, line: Line) -> None:
        """To the warnings of the question at hand, or of the next one."""
        told = self.block.warnings if self.block is not None else self.paper.strays
        if self.block is None and (noted := with_note(self.section, line.text)):
            self.section = self.paper.sections[-1] = noted
        else:
            told.leave_out(stray(self.unit, line))

    def take_labelled(self, line: Line, text: str, before: str) -> None:
        """`before` is the part of the text in which labels may stand."""
        head = question_head(before)
        if head and self.is_question(head.label):
            self.open_question(head, line)
            self.pour(line, text[head.label.end :], before[head.label.end :])
        elif self.block is None and lacks_number(self.lines, self.place, self.section):
            self.open_question(Head(Label(1, "plain", 0)), line)
            self.pour(line, text, before)
        elif self.block is None and holds_cases(self.section) and head is None and self.cases.at(self.place):
            self.be_case(self.open_question(Head(Label(0, "plain", 0)), line))
            self.pour(line, text, before)
        elif self.block is None:
            self.leave(line)
        else:
            self.pour(line, text, before)

    def is_question(self, label: Label) -> bool:
        if label.index >= FIRST_LONG and not self.follows(label.index):
            return False
        if label.style == "paren" and (
            self.style == "plain" or (self.section.kind == "case_analysis" and self.block)
        ):
            return False
        if label.style in GUESSED and not (
            self.style == label.style or (not self.style and self.block is None)
        ):
            return False
        if label.style == "named" and self.style not in ("", "named"):
            return False
        if self.block is None:
            return True
        if self.block.case and self.block.in_stem() and not has_parts(self.block):
            self.case = self.case or list(self.block.stem.lines)
            return False
        if (
            label.style == "plain"
            and self.style == "named"
            and not asks(self.lines, self.place, self.section)
        ):
            return False
        return label.style != "plain" or not self.counts(self.block, label.index)

    def follows(self, number: int) -> bool:
        """Whether a number this long counts on; the first of a paper may be any, if it asks."""
        if not self.paper.blocks:
            return asks(self.lines, self.place, Section())
        return 0 < number - self.paper.blocks[-1].number <= FARTHEST

    def counts(self, block: Block, number: int) -> bool:
        """Whether 1., 2. … here only number the points of the text at hand."""
        last = block.last
        after_blank = self.after_blank and not block.case  # 案例一 ends where 案例二 begins
        if block.counting and number == block.counting and not after_blank:
            block.counting += 1
            return True
        block.counting = 0
        if number != 1 or not isinstance(last, Field) or last.name not in LONG | {"stem"}:
            return False
        said = "".join(last.value.lines[-1:]).rstrip()
        if last.name != "stem" and (after_blank or (said and not said.endswith(("：", ":")))):
            return False
        block.counting = 2
        return True

    def open_question(self, head: Head, line: Line) -> Block:
        if self.style in ("", "paren"):
            self.style = head.label.style
        stem = Field("stem", Value(line.number, list(self.case)))
        number = head.label.index or (self.block.number + 1 if self.block else 1)
        self.block = Block(number, line.number, self.section, len(self.paper.sections) - 1, [stem])
        for name, said in (("type", head.kind), ("answer", head.answer)):
            if said:
                self.block.know(name, Value(line.number, [said]))
        self.block.warnings.take_over(self.paper.strays)
        self.paper.strays = Told()
        self.paper.blocks.append(self.block)
        return self.block

    def pour(self, line: Line, text: str, before: str) -> None:
        """The rest of a line into the question: text that goes on, options, labelled facts."""
        block = self.block
        assert block is not None  # noqa: S101  (only called with a question at hand)
        pieces = fields_in(before)
        rest = text[len(before) :]
        for place, (name, piece) in enumerate(pieces):
            whole = piece + rest if place == len(pieces) - 1 else piece
            if name == "solution":
                name = "explanation" if block.has_letters or block.answers() else "answer"
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
        labels = options_on(line, block, before, next_text(self.lines, self.place + 1))
        if not labels:
            if begins_again(block, before):
                block.warnings.append(blocks.second_options(self.unit, line.number))
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
        elif self.belongs(block, text):
            value.lines.append(text.strip())
            if isinstance(last, Item) and last.label.style == "circled":
                block.shadow.append(text.strip())
        else:
            self.leave(line)

    def belongs(self, block: Block, text: str) -> bool:
        """Whether an unlabelled line goes on with what stands before it."""
        last = block.last
        if isinstance(last, Item):
            return not self.after_blank and text.strip() not in JUDGED
        return last.name == "stem" or last.name in LONG
