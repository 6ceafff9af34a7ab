"""Drafts as a paper. Every question is read back before it is written, so that what is written is what was meant.

First as plainly as trainers write; if that reads differently, with every gap, part and rule spelled out; if that does,
with every text marked as text. What even then reads differently is left out and told.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any

from assessments.formats.exchange import Draft, Loss, renumbered
from assessments.formats.media import without_media
from assessments.formats.text_zh.blocks import Line
from assessments.formats.text_zh.lexing import MARK, NUMERALS, key_heading
from assessments.formats.text_zh.reading import read_lines
from assessments.formats.text_zh.rubrics import KIND_NAMES, by_sample
from assessments.formats.usual import TRUE_FALSE, at_line, named, numbered
from assessments.items.checking import as_decimal, as_text
from assessments.items.forms import CIRCLED, LETTERS
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

HEADS = {
    "single": "单项选择题",
    "multiple": "多项选择题",
    "true_false": "判断题",
    "fill_in": "填空题",
    "cloze": "完形填空题",
    "ordering": "排序题",
    "matching": "连线题",
    "short_answer": "简答题",
    "case_analysis": "案例分析题",
    "file_upload": "上传题",
}
RULES = {
    "all_blanks": "全部填对才得分",
    "all_gaps": "全部填对才得分",
    "adjacent_pair": "完全正确得满分，相邻两步对调得三分之二",
    "longest_run": "按最长的正确顺序得分",
    "weighted": "按选项权重得分",
}
NUMBERS = {"per_option", "value", "tolerance", "share", "max"}


class Unwritable(ValueError):
    """This text has no way to say it."""


def written(
    drafts: Iterable[Draft], holds: Callable[[str], bool] = lambda line: True
) -> tuple[list[str], list[Loss]]:
    """The lines of a paper, sections by type, and what it does not carry. `holds` tells whether a line can be kept."""
    sections: dict[str, list[str]] = {kind: [] for kind in HEADS}
    numbers: Counter[str] = Counter()
    losses: list[Loss] = []
    for place, draft in enumerate(drafts, start=1):
        where = named(draft.name) if draft.name else numbered(place)
        if draft.type not in HEADS:
            losses.append(Loss(where, _type_unknown(draft.type), whole=True))
            continue
        bare, lost = without_media(renumbered(draft))
        lines, told = _question(bare, numbers[draft.type] + 1, where, holds)
        losses += [*(Loss(where, each) for each in lost), *told]
        if lines:
            sections[draft.type] += [*lines, ""]
            numbers[draft.type] += 1
    return list(_paper(sections)), losses


def _paper(sections: Mapping[str, list[str]]) -> Iterator[str]:
    for numeral, kind in zip(NUMERALS, (kind for kind in HEADS if sections[kind]), strict=False):
        yield from (f"{numeral}、{HEADS[kind]}", "", *sections[kind])


def _type_unknown(kind: str) -> Message:
    return Message(_("A text paper has no questions of the type %(type)s."), {"type": kind})


def _question(
    draft: Draft, number: int, where: Message, holds: Callable[[str], bool]
) -> tuple[list[str], list[Loss]]:
    """The lines that read back as the draft, the plainest there are; none when it must be left out."""
    if lines := _plainest(draft, number, holds):
        return lines, []
    bare = replace(draft, name="", category=(), tags=(), points=None, difficulty=None, extra={})
    if lines := _plainest(bare, number, holds):
        reason = Message(
            _("Its name, category, tags, points, difficulty or origin cannot be written in a text paper.")
        )
        return lines, [Loss(where, reason)]
    return [], [
        Loss(
            where, Message(_("The question cannot be told apart from the form of a text paper.")), whole=True
        )
    ]


def _plainest(draft: Draft, number: int, holds: Callable[[str], bool]) -> list[str]:
    for explicit, marks in ((False, False), (True, False), (True, True)):
        try:
            lines = list(_Writer(draft, explicit=explicit, marks=marks).lines(number))
        except (Unwritable, TypeError, ValueError):
            continue
        if all(map(holds, lines)) and _reads_back(lines, draft, number):
            return lines
    return []


def _reads_back(lines: list[str], draft: Draft, number: int) -> bool:
    """Whether these lines, between a head and another question, are this draft and nothing else."""
    text = "\n".join(lines)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    if "\r" in text or any(key_heading(line) for line in text.split("\n") if not line.startswith(MARK)):
        return False
    paper = ["一、" + HEADS[draft.type], "", *text.split("\n"), "", f"{number + 1}. 下一题", "答案：略"]
    found = list(read_lines(map(Line, count(1), paper), at_line))
    if len(found) != 2 or found[0].warnings or found[1].warnings or found[0].draft is None:
        return False
    return _canonical(found[0].draft) == _canonical(draft)


def _canonical(draft: Draft) -> Draft:
    """The draft with every number in its key as such, however it was noted."""
    return replace(draft, body=_plain(draft.body), answer=_plain(draft.answer), extra=dict(draft.extra))


def _plain(value: Any, name: str = "") -> Any:
    if isinstance(value, Mapping):
        inside = "value" if name == "weights" else ""
        return {each: _plain(part, inside or each) for each, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return as_decimal(value) if name in NUMBERS else value


class _Writer:
    """One way to write one draft: `explicit` spells out what could be left to the reader, `marks` marks every text."""

    def __init__(self, draft: Draft, *, explicit: bool, marks: bool) -> None:
        self.draft, self.explicit, self.marks = draft, explicit, marks
        self.body, self.answer = draft.body, draft.answer

    def lines(self, number: int) -> Iterator[str]:
        yield from self.text(f"{number}. ", self.body["stem"])
        yield from getattr(self, f"_{self.draft.type}")()
        yield from self.rule()
        yield from self.facts()

    def text(self, label: str, text: str) -> Iterator[str]:
        first, *more = text.split("\n")
        mark = MARK if self.marks else ""
        yield f"{label}{mark}{first}"
        yield from (f"{mark}{line}" for line in more)

    def each(self, label: str, texts: Iterable[str], between: str) -> Iterator[str]:
        """Several short texts: on one line, or marked on a line each."""
        if self.marks:
            for text in texts:
                yield from self.text(label, text)
        elif joined := between.join(texts):
            yield label + joined

    def options(self, options: Iterable[Mapping[str, str]], names: str = LETTERS) -> Iterator[str]:
        for place, option in enumerate(options):
            if place >= len(names):
                raise Unwritable
            dot = "." if names == LETTERS else ""
            yield from self.text(f"{names[place]}{dot} ", option["text"])

    def letters(self, ids: Iterable[str], options: Iterable[Mapping[str, str]], names: str = LETTERS) -> str:
        known = {option["id"]: names[place] for place, option in enumerate(options) if place < len(names)}
        return "".join(known[each] for each in ids)

    def _single(self) -> Iterator[str]:
        yield from self.options(self.body["options"])
        yield f"答案：{self.letters([self.answer['correct']], self.body['options'])}"
        yield from self.flags()

    def _multiple(self) -> Iterator[str]:
        options = self.body["options"]
        yield from self.options(options)
        yield f"答案：{self.letters(self.answer['correct'], options)}"
        if "weights" in self.answer:
            weights = self.answer["weights"].items()
            yield "选项权重：" + "；".join(
                f"{self.letters([each], options)} {_number(share)}" for each, share in weights
            )
        yield from self.flags()

    def _true_false(self) -> Iterator[str]:
        if self.body["options"] != TRUE_FALSE:
            yield from self.options(self.body["options"])
        yield f"答案：{'正确' if self.answer['correct'] == 'true' else '错误'}"
        yield from self.flags()

    def _ordering(self) -> Iterator[str]:
        options = self.body["options"]
        names = CIRCLED if len(options) <= len(CIRCLED) else LETTERS
        yield from self.options(options, names)
        yield "答案：" + "；".join(self.letters(order, options, names) for order in self.answer["orders"])
        yield from self.flags()

    def _matching(self) -> Iterator[str]:
        left, right = self.body["left"], self.body["right"]
        yield from self.options(left, CIRCLED)
        yield from self.options(right)
        pairs = self.answer["pairs"].items()
        yield "答案：" + "；".join(
            f"{self.letters([each], left, CIRCLED)}-{self.letters([partner], right)}"
            for each, partner in pairs
        )

    def _fill_in(self) -> Iterator[str]:
        blanks, keys = self.body["blanks"], self.answer["blanks"]
        usual = [{"id": f"b{place}", "label": f"（{place}）"} for place in range(1, len(blanks) + 1)]
        if not self.explicit and blanks == usual and all(set(key) == {"accepted"} for key in keys.values()):
            yield "答案：" + "；".join("/".join(keys[each["id"]]["accepted"]) for each in blanks)
            return
        for blank in blanks:
            yield from self.text("空格：", blank["label"])
            if "unit" in blank:
                yield from self.text("空格单位：", blank["unit"])
            yield from self.accepted(keys[blank["id"]])

    def _cloze(self) -> Iterator[str]:
        gaps, keys, text = self.body["gaps"], self.answer["gaps"], self.body["text"]
        if not self.explicit:
            for place, gap in enumerate(gaps, start=1):
                text = text.replace(f"[[{gap['id']}]]", f"__{place}__")
        yield from self.text("填空文段：", text)
        if not self.explicit and all(set(key) == {"accepted"} for key in keys.values()):
            yield "答案：" + "；".join("/".join(keys[gap["id"]]["accepted"]) for gap in gaps)
            return
        for place, gap in enumerate(gaps, start=1):
            yield f"空格：{place}"
            if "options" in gap:
                yield from self.options(gap["options"])
                yield f"答案：{self.letters([keys[gap['id']]['correct']], gap['options'])}"
            else:
                yield from self.accepted(keys[gap["id"]])

    def accepted(self, key: Mapping[str, Any]) -> Iterator[str]:
        yield from self.each("答案：", key.get("accepted", ()), "/")
        for entry in key.get("partial", ()):
            yield from self.text("部分得分：", f"{_number(entry['share'])} {entry['text']}")
        for name, label in (("value", "空格数值："), ("tolerance", "允许误差：")):
            if name in key:
                yield f"{label}{_number(key[name])}"
        if "case" in key:
            yield f"区分大小写：{_yes(key['case'])}"

    def _short_answer(self) -> Iterator[str]:
        if "max_chars" in self.body:
            yield f"字数上限：{self.body['max_chars']}"
        yield from self.rubric(0)

    def _case_analysis(self) -> Iterator[str]:
        parts = self.body["parts"]
        for part in parts if self.explicit or any("max_chars" in part for part in parts) else ():
            yield from self.text("小题：", part["label"])
            if "max_chars" in part:
                yield f"字数上限：{part['max_chars']}"
        yield from self.rubric(len(parts))

    def _file_upload(self) -> Iterator[str]:
        yield "提交类型：" + "；".join(KIND_NAMES[each] for each in self.body["kinds"])
        if "most_files" in self.body:
            yield f"文件数上限：{self.body['most_files']}"
        if "most_mb" in self.body:
            yield f"文件大小上限：{self.body['most_mb']}"
        yield from self.rubric(0)

    def rubric(self, parts: int) -> Iterator[str]:
        key = self.answer
        if "sample" in key:
            yield from self.text("答案：", key["sample"])
        usual = [
            {"id": f"c{n}", **each} for n, each in enumerate(by_sample(self.draft.points, parts), start=1)
        ]
        if self.explicit or "sample" not in key or key["criteria"] != usual:
            yield "评分标准："
            for place, each in enumerate(key["criteria"], start=1):
                part = f"〔第{each['part'][1:]}问〕" if "part" in each else ""
                yield from self.text(f"（{place}）{part}", f"{each['text']}（{_number(each['max'])}分）")
        if "penalty" in key:
            yield from self.text("扣分说明：", key["penalty"])

    def flags(self) -> Iterator[str]:
        if "shuffle" in self.body:
            yield f"选项顺序：{'随机' if self.body['shuffle'] else '固定'}"
        if "explanation_cites_options" in self.answer:
            yield f"解析引用选项：{_yes(self.answer['explanation_cites_options'])}"

    def rule(self) -> Iterator[str]:
        rule = self.answer["rule"]
        if rule == "social_worker_exam":
            yield f"计分：少选时，每选对一项得{_number(self.answer.get('per_option', '0.5'))}分"
        elif rule in RULES:
            yield f"计分：{RULES[rule]}"

    def facts(self) -> Iterator[str]:
        draft = self.draft
        if draft.explanation:
            yield from self.text("解析：", draft.explanation)
        if draft.difficulty is not None:
            yield f"难度：{draft.difficulty}"
        if draft.points is not None:
            yield f"分值：{_number(draft.points)}"
        yield from self.each("知识点：", draft.tags, "；")
        yield from self.each("分类：", draft.category, "/")
        if draft.name:
            yield from self.text("题名：", draft.name)
        source = draft.extra.get("source")
        told = isinstance(source, str) and bool(source)
        if told:
            yield from self.text("出处：", str(source))
        rest = {name: value for name, value in draft.extra.items() if name != "source" or not told}
        if rest:
            yield from self.text("附加信息：", json.dumps(rest, ensure_ascii=False))


def _number(value: object) -> str:
    number = as_decimal(value)
    if number is None:
        raise Unwritable
    return as_text(Decimal(number))


def _yes(value: bool) -> str:
    return "是" if value else "否"
