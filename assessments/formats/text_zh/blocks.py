"""A question as it stands in a paper: its lines by what they are labelled, before anything is made of them."""

from collections import Counter
from dataclasses import dataclass, field

from assessments.formats.text_zh.lexing import MARK, Label, Section
from assessments.formats.usual import Unit
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

WRITTEN = {"short_answer", "case_analysis", "file_upload", "fill_in"}
LONG = {"answer", "explanation", "criteria", "penalty", "text"}
SHOWN = 40
MOST_LEFT_OUT = 20


class Told(list[Message]):
    """The warnings of a question: of lines left out so many, and how many more there are."""

    left_out = 0
    place = 0

    def leave_out(self, message: Message) -> None:
        self.left_out += 1
        if self.left_out <= MOST_LEFT_OUT:
            self.append(message)
            return
        more = Message(
            _("… and %(count)s more lines that were left out"), {"count": self.left_out - MOST_LEFT_OUT}
        )
        if self.left_out == MOST_LEFT_OUT + 1:
            self.place = len(self)
            self.append(more)
        self[self.place] = more

    def take_over(self, others: "Told") -> None:
        """Lines left out that were told elsewhere before."""
        for message in others[:MOST_LEFT_OUT]:
            self.leave_out(message)
        for message in others[MOST_LEFT_OUT:]:
            for _each in range(others.left_out - MOST_LEFT_OUT):
                self.leave_out(message)


@dataclass(frozen=True)
class Line:
    """A line and the number by which people find it; several lines of one paragraph have the same. `heading`: a page
    shows it as a title."""

    number: int
    text: str
    heading: bool = False


@dataclass
class Value:
    """Some text, line by line; `literal` when its first line was marked as nothing but text."""

    number: int
    lines: list[str] = field(default_factory=list)
    literal: bool = False

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass
class Field:
    """A labelled fact; `stem` for what comes first in a question."""

    name: str
    value: Value


@dataclass
class Item:
    """An option, or an entry of a list, as labelled in the file."""

    label: Label
    value: Value


Entry = Field | Item


@dataclass
class Block:
    """One question as it stands in the file: `entries` in their order, the first of them the stem.

    `shadow` are the lines that hold circled items: when letters follow, they were part of the stem. `case`: it began
    with 案例一：, and numbered lines are its parts. `doubt`: why it cannot be
    taken.
    """

    number: int
    line: int
    section: Section
    order: int
    entries: list[Entry]
    literal: set[int] = field(default_factory=set)
    shadow: list[str] = field(default_factory=list)
    warnings: Told = field(default_factory=Told)
    counting: int = 0
    listed: Counter[str] = field(default_factory=Counter)
    has_letters: bool = False
    case: bool = False
    doubt: Message | None = None
    facts: dict[str, list[Value]] = field(default_factory=dict)

    @property
    def stem(self) -> Value:
        return self.entries[0].value

    @property
    def last(self) -> Entry:
        return self.entries[-1]

    def named(self, name: str) -> list[Value]:
        return self.facts.get(name, [])

    def answers(self) -> list[Value]:
        """What is said after 答案 and the like; a line to write on says nothing."""
        return [each for each in self.named("answer") if each.text.strip("_＿ \u3000\n")]

    def items(self, style: str) -> list[Item]:
        return [each for each in self.entries if isinstance(each, Item) and each.label.style == style]

    def in_stem(self) -> bool:
        return self.last is self.entries[0]

    def add(self, entry: Entry) -> None:
        """Counts the items of each style since the last labelled gap, so that nobody has to look back."""
        self.entries.append(entry)
        if isinstance(entry, Item):
            self.listed[entry.label.style] += 1
            self.has_letters = self.has_letters or entry.label.style == "letter"
            return
        self.know(entry.name, entry.value)
        if entry.name in ("blank", "part"):
            self.listed.clear()

    def know(self, name: str, value: Value) -> None:
        """A fact that stands nowhere in the order: what the head of the question says."""
        self.facts.setdefault(name, []).append(value)


@dataclass
class Paper:
    """What a file holds: its questions, the lines of the key at its end, and what belongs to neither."""

    blocks: list[Block] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    key: list[Line] = field(default_factory=list)
    strays: Told = field(default_factory=Told)


def stray(unit: Unit, line: Line) -> Message:
    shown = line.text[: 10 * SHOWN].removeprefix(MARK).strip()
    return Message(
        _("%(place)s belongs to no question and was left out: %(text)s"),
        {
            "place": unit(line.number),
            "text": shown if len(shown) <= SHOWN else f"{shown[: SHOWN - 1]}…",
        },
    )


def stray_text(block: Block, unit: Unit, value: Value, kept: int) -> None:
    """A warning for what follows the first `kept` lines of a value that has no more."""
    for text in value.lines[kept:]:
        if text.strip():
            block.warnings.leave_out(stray(unit, Line(value.number, text)))


def taken_as_explanation(unit: Unit, number: int, text: str) -> Message:
    return Message(
        _("%(place)s: what follows the answer was taken for its explanation: %(text)s"),
        {"place": unit(number), "text": text[:SHOWN]},
    )


def second_options(unit: Unit, number: int) -> Message:
    return Message(
        _(
            "%(place)s: options begin a second time; a question without a number was taken for a part of this one."
        ),
        {"place": unit(number)},
    )


def not_understood(block: Block, unit: Unit, name: str, value: Value) -> None:
    """A warning that a labelled fact says nothing that could be kept."""
    block.warnings.append(
        Message(
            _("%(place)s: “%(field)s：%(text)s” is not understood and was left out."),
            {"place": unit(value.number), "field": name, "text": value.text[:SHOWN]},
        )
    )
