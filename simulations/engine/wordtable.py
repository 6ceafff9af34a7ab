"""A scenario told in a two-column Word table: on the left what a row is, on the right its text.

    推演 | 老楼新梯            节点 | N01 接题      阶段 | 启动       情境 | 街道通知……
    选项 | 先入户             反馈 | 有人开了门     去向 | N02        结局 | E1 同心梯    点评 | ……

A row speaks of the situation, choice or ending above it, in any order; 去向 above the first choice is that of all of
them. Where something leads is named by id or title; without 去向 a choice leads to the next situation, from the last
to the end. A row without a word on the left goes on with the text above. No effects, scores or conditions: those are
written on the forms.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from . import messages as say
from .messages import Message
from .scenario import END
from .worddocument import TableRow

LABELS: dict[str, tuple[str, ...]] = {
    "story": ("推演", "推演名称", "名称", "scenario"),
    "node": ("节点", "场景", "node", "situation"),
    "title": ("标题", "title"),
    "stage": ("阶段", "stage"),
    "text": ("情境", "情景", "正文", "text"),
    "choice": ("选项", "做法", "choice", "option"),
    "feedback": ("反馈", "feedback"),
    "to": ("去向", "下一步", "leads to", "next"),
    "ending": ("结局", "ending"),
    "debrief": ("点评", "评语", "debrief"),
}
HEADINGS = frozenset({"项目", "栏目", "左栏", "label", "内容", "row"})
ENDS = frozenset({"结束", "终点", END.lower(), "完"})
BELONGS: dict[str, tuple[str, ...]] = {
    "stage": ("node",), "text": ("node",), "choice": ("node",), "feedback": ("choice",), "debrief": ("ending",),
}  # fmt: skip
MOST_ROWS = 3_000

_MEANT = {spelling: word for word, spellings in LABELS.items() for spelling in spellings}
_NUMBERED = re.compile(r"([A-Za-z][A-Za-z0-9_]{0,39})(?:[\s、.：:．]+|$)(.*)", re.DOTALL)
_OWN_LETTER = re.compile(r"([A-Za-z])(?:[、.．：:)）]\s*|\s+(?=[^A-Za-z\s]))(.*)", re.DOTALL)
_AT_LABEL = re.compile(r"[\s:：0-9A-Za-z一二三四五六七八九十]*\Z")


class TableInvalid(ValueError):
    """The table is no story; `problems` says of every fault its row and what is expected there."""

    def __init__(self, problems: Sequence[Message]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, problems)))


@dataclass(frozen=True)
class Lead:
    """What a row says about where something leads, kept until every situation is known."""

    row: int
    owner: dict[str, Any]
    target: str


def document_of(rows: Sequence[TableRow], base: Mapping[str, Any]) -> dict[str, Any]:
    """The document `base` with the situations, choices and endings of the table.

    Raises TableInvalid with every fault. Endings of `base` stay where the table has none.
    """
    story = _Story()
    for row in rows[:MOST_ROWS]:
        story.take(row)
    if len(rows) > MOST_ROWS:
        story.problems.append(say.say(say.TOO_MANY, limit=MOST_ROWS))
    if not story.nodes and not story.problems:
        story.problems.append(say.say(say.TABLE_NO_NODE, expected=LABELS["node"][0]))
    endings = story.endings or [dict(ending) for ending in base.get("endings", ())]
    story.lead(endings)
    if story.problems:
        raise TableInvalid(story.problems)
    return _assembled(dict(base), story, endings)


def _assembled(document: dict[str, Any], story: "_Story", endings: list[dict[str, Any]]) -> dict[str, Any]:
    if story.endings:
        last = endings[-1]
        last["cond"] = "True"  # whoever comes to the end finds an ending
        scoring = document.get("scoring")
        if isinstance(scoring, dict):
            document["scoring"] = scoring | {"fail_endings": []}
    title = {"title": story.title} if story.title else {}
    return document | title | {"nodes": story.nodes, "endings": endings}


class _Story:
    """What has been read so far; `at` is the row's word, `here` what later rows speak of."""

    def __init__(self) -> None:
        self.title = ""
        self.nodes: list[dict[str, Any]] = []
        self.endings: list[dict[str, Any]] = []
        self.problems: list[Message] = []
        self.leads: list[Lead] = []
        self.ids: set[str] = set()
        self.open: dict[str, dict[str, Any]] = {}
        self.last: tuple[dict[str, Any], str] | None = None

    def take(self, row: TableRow) -> None:
        if row.cells != 2:
            self.problem(say.TABLE_COLUMNS, row, found=row.cells)
            return
        label = row.label.strip().strip("：:").strip()
        if not label:
            self.go_on(row)
            return
        word = _word(label)
        if word is None:
            if label.lower() not in HEADINGS:
                self.problem(
                    say.TABLE_LABEL, row, found=f"'{label[:20]}'",
                    expected=" ".join(spellings[0] for spellings in LABELS.values()),
                )  # fmt: skip
        elif not row.text.strip():
            self.problem(say.TABLE_EMPTY, row)
        else:
            self.read(word, label, row)

    def problem(self, template: str, row: TableRow, **values: object) -> None:
        self.problems.append(say.say(template, row=row.number, **values))

    def go_on(self, row: TableRow) -> None:
        if row.text.strip() and self.last is not None:
            owner, key = self.last
            owner[key] = f"{owner[key]}\n{row.text.strip()}"
        elif row.text.strip():
            expected = " ".join(spellings[0] for spellings in LABELS.values())
            self.problem(say.TABLE_LABEL, row, found="''", expected=expected)

    def read(self, word: str, label: str, row: TableRow) -> None:
        text = row.text.strip()
        needs = BELONGS.get(word, ())
        if needs and not any(each in self.open for each in needs):
            self.problem(
                say.TABLE_OUTSIDE, row, found=f"'{label[:20]}'",
                expected=" ".join(LABELS[each][0] for each in needs),
            )  # fmt: skip
            return
        if word == "story" or (word == "title" and not self.open):
            self.title = text.replace("\n", " ")
        elif word in ("node", "ending"):
            self.begin(word, text, row)
        elif word == "choice":
            self.choose(text, row)
        elif word == "to":
            self.leave(text, row)
        else:
            self.put(word, text)

    def begin(self, word: str, text: str, row: TableRow) -> None:
        """A new situation or ending: N01 接题, or a title alone."""
        match = _NUMBERED.match(text)
        key, title = (match[1], match[2].strip()) if match else ("", text)
        if key in self.ids or key == END:
            self.problem(say.TABLE_TAKEN, row, found=f"'{key}'")
        key = key or self.free("E" if word == "ending" else "N")
        self.ids.add(key)
        title = title.replace("\n", " ")
        if word == "node":
            item: dict[str, Any] = {
                "id": key, "title": title, "stage": "", "text": "", "enter": [], "choices": [], "next": [],
            }  # fmt: skip
            self.nodes.append(item)
        else:
            item = {"id": key, "title": title, "cond": None, "factor": 1, "cap": 100, "debrief": ""}
            self.endings.append(item)
        self.open = {word: item}
        self.last = None

    def free(self, prefix: str) -> str:
        number = 1
        while (key := f"{prefix}{number:02}" if prefix == "N" else f"{prefix}{number}") in self.ids:
            number += 1
        return key

    def choose(self, text: str, row: TableRow) -> None:
        choices = self.open["node"]["choices"]
        match = _OWN_LETTER.match(text)
        letter = match[1].lower() if match else ""
        taken = {choice["id"] for choice in choices}
        if letter in taken:
            self.problem(say.TABLE_TAKEN, row, found=f"'{letter}'")
        free = (key for key in (*"abcdefghijklmnopqrstuvwxyz", *(f"c{n}" for n in range(MOST_ROWS))))
        choice: dict[str, Any] = {
            "id": letter or next(key for key in free if key not in taken),
            "text": match[2].strip() if match else text,
            "cond": None, "effects": [], "score": {}, "feedback": "", "set": [], "clear": [],
        }  # fmt: skip
        choices.append(choice)
        self.open["choice"] = choice
        self.last = (choice, "text")

    def leave(self, text: str, row: TableRow) -> None:
        owner = self.open.get("choice") or self.open.get("node")
        if owner is None:
            expected = f"{LABELS['node'][0]} {LABELS['choice'][0]}"
            self.problem(say.TABLE_OUTSIDE, row, found=f"'{LABELS['to'][0]}'", expected=expected)
            return
        self.leads.append(Lead(row.number, owner, text))
        self.last = None

    def put(self, word: str, text: str) -> None:
        owner = (
            self.open.get({"feedback": "choice", "debrief": "ending"}.get(word, "node"))
            or self.open["ending"]
        )
        if word in ("title", "stage"):
            owner[word] = text.replace("\n", " ")
            self.last = None
        else:
            owner[word] = f"{owner[word]}\n{text}" if owner.get(word) else text
            self.last = (owner, word)

    def lead(self, endings: Sequence[Mapping[str, Any]]) -> None:
        """Settle where everything leads."""
        named: dict[str, str] = {}
        for item in (*self.nodes, *endings):
            named.setdefault(str(item["title"]).lower(), str(item["id"]))
        named |= {str(item["id"]).lower(): str(item["id"]) for item in (*self.nodes, *endings)}
        for place, node in enumerate(self.nodes):
            following = self.nodes[place + 1]["id"] if place + 1 < len(self.nodes) else END
            node["next"] = [{"cond": None, "to": following}]
        for lead in self.leads:
            target = _target(lead.target, named)
            if target:
                lead.owner["next"] = [{"cond": None, "to": target}]
            else:
                near = (
                    get_close_matches(lead.target.lower()[:80], named, n=1) if len(self.problems) < 20 else []
                )
                found = f"'{lead.target[:40]}'"
                self.problems.append(
                    say.say(say.TABLE_TARGET_NEAR, row=lead.row, found=found, near=named[near[0]])
                    if near
                    else say.say(say.TABLE_TARGET, row=lead.row, found=found)
                )


def _word(label: str) -> str | None:
    """What a word on the left means; a number or letter behind it says nothing: 选项 A, 节点3."""
    lowered = label.lower()
    if lowered in _MEANT:
        return _MEANT[lowered]
    for spelling, word in _MEANT.items():
        if (
            lowered.startswith(spelling)
            and _AT_LABEL.match(lowered, len(spelling))
            and not spelling.isascii()
        ):
            return word
    return None


def _target(text: str, named: Mapping[str, str]) -> str:
    lowered = " ".join(text.lower().split()).removeprefix("→").strip()
    if lowered in ENDS:
        return END
    match = _NUMBERED.match(lowered)
    return named.get(lowered) or (named.get(match[1], "") if match else "")
