"""What a single line of a paper may be: a section head, a question's number, options, labelled facts, or just text.

Every function is linear in the line. Positions in `half(text)` are positions in the text: full width counts as half.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from assessments.items.forms import CIRCLED

MARK = "\u2060"  # word joiner, invisible in print: what follows it on the line is text and nothing else

_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: 0x20,
    0xA0: 0x20,
    0x9: 0x20,
    0x2713: ord("√"),
    0x2714: ord("√"),
    0x2611: ord("√"),
    0x2717: ord("×"),
    0x2718: ord("×"),
}
NUMERALS = "一二三四五六七八九十"

# The first word of a head that fits names the kind; "choice" is single or multiple by its answer.
KINDS = (
    ("不定项", "multiple"),
    ("多项选择", "multiple"),
    ("多选", "multiple"),
    ("单项选择", "single"),
    ("单选", "single"),
    ("选择", "choice"),
    ("判断", "true_false"),
    ("是非", "true_false"),
    ("完形填空", "cloze"),
    ("完型填空", "cloze"),
    ("填空", "fill_in"),
    ("排序", "ordering"),
    ("连线", "matching"),
    ("匹配", "matching"),
    ("配对", "matching"),
    ("案例", "case_analysis"),
    ("材料分析", "case_analysis"),
    ("综合分析", "case_analysis"),
    ("简答", "short_answer"),
    ("简述", "short_answer"),
    ("问答", "short_answer"),
    ("论述", "short_answer"),
    ("名词解释", "short_answer"),
    ("上传题", "file_upload"),
)

# What a labelled line may be called, and what we call it. The names of the second table count only where a line
# begins; all but 答 are our own writing.
COMMON_FIELDS = {
    "答案": "answer",
    "正确答案": "answer",
    "参考答案": "answer",
    "标准答案": "answer",
    "解析": "explanation",
    "答案解析": "explanation",
    "试题解析": "explanation",
    "难度": "difficulty",
    "难易度": "difficulty",
    "难易程度": "difficulty",
    "分值": "points",
    "分数": "points",
    "知识点": "tags",
    "考点": "tags",
    "标签": "tags",
    "出处": "source",
    "来源": "source",
    "题型": "type",
    "计分": "rule",
    "计分规则": "rule",
    "评分标准": "criteria",
    "评分要点": "criteria",
    "得分要点": "criteria",
    "采分点": "criteria",
    "得分点": "criteria",
}
OWN_FIELDS = {
    "答": "answer",
    "分类": "category",
    "题名": "name",
    "扣分说明": "penalty",
    "字数上限": "max_chars",
    "附加信息": "extra",
    "空格": "blank",
    "空格单位": "unit",
    "空格数值": "value",
    "允许误差": "tolerance",
    "部分得分": "partial",
    "区分大小写": "case",
    "填空文段": "text",
    "小题": "part",
    "提交类型": "kinds",
    "文件数上限": "most_files",
    "文件大小上限": "most_mb",
    "选项权重": "weights",
    "选项顺序": "shuffle",
    "解析引用选项": "cites",
}
FIELDS = COMMON_FIELDS | OWN_FIELDS

_HEAD_NUMBER = re.compile(
    rf"(?:第\s?([{NUMERALS}]{{1,3}})\s?(?:大题|部分|题)|([{NUMERALS}]{{1,3}})(?=[、.:,\s])|\(([{NUMERALS}]{{1,3}})\))"
    r"[、.:,\s]{0,4}"
)
_TITLE_END = re.compile(r"[(:;。,，\s【\[]")
_EACH = re.compile(r"每(?:小)?(题|空)\s?(\d{1,3}(?:\.\d{1,2})?)\s?分")
_QUESTION = re.compile(
    r"(?:第\s?(\d{1,4})\s?题\s?[:.、]?|(\d{1,4})\s?(?:[.](?!\d)|[.](?=(?:19|20)\d\d\s?年)|、(?!\d{1,3}[、和])|\)))\s{0,8}"
)
_PAREN_NUMBER = re.compile(r"\(\s?(\d{1,3})\s?\)[.、]?\s{0,8}")
_OPTION = re.compile(r"(?:\(\s?([A-Za-z])\s?\)[.、]?|([A-Za-z])\s?[.、):])\s{0,8}")
_CIRCLED = re.compile(rf"([{CIRCLED}])[.、]?\s{{0,8}}")
_INLINE_OPTION = re.compile(
    rf"(?<=\s)(?:\(\s?([A-Za-z])\s?\)[.、]?|([A-Za-z])\s?[.、):])\s{{0,8}}|([{CIRCLED}])[.、]?\s{{0,8}}"
)
_NAMES = "|".join(sorted(FIELDS, key=len, reverse=True))
_COMMON_NAMES = "|".join(sorted(COMMON_FIELDS, key=len, reverse=True))
_FIELD = re.compile(
    rf"(?:【\s?({_NAMES})\s?】\s?:?|\[\s?({_NAMES})\s?\]\s?:?|({_NAMES})\s?:|(正确答案|答案)\s?[是为]\s?:?)\s{{0,8}}"
)
_INLINE_FIELD = re.compile(
    rf"(?:【\s?({_COMMON_NAMES})\s?】\s?:?|(?<=\s)({_COMMON_NAMES})\s?:|(?<=\s)(正确答案|答案)\s?[是为]\s?:?)\s{{0,8}}"
)
_KEY_TITLE = re.compile(
    r"(?:参考|标准|试题|正确)?答案(?:(?:及|与|和)(?:答案)?(?:解析|评分标准|评分要点))?(?:汇总|部分)?"
)
_HEADER = re.compile(
    r"(?:姓名|得分|学号|班级|准考证号|考号|工号|部门|评卷人|阅卷人|成绩|日期)\s{0,4}:?\s{0,4}_{2}"
    r"|^第\s?\d{1,4}\s?页|^[-—]\s?\d{1,4}\s?[-—]$|^共\s?\d{1,4}\s?页"
)
_LEAD = re.compile(r"(?:#{1,6}\s{1,4}|[-*+>]\s{1,4})")


@dataclass(frozen=True)
class Section:
    """A head: its number in the paper, the kind of its questions, and what it says of marks."""

    ordinal: int | None = None
    kind: str | None = None
    each: Decimal | None = None
    per_blank: bool = False
    text: str = ""


@dataclass(frozen=True)
class Label:
    """A label at the start of a text: what it counts (from 0 for options), its style, and where the text begins."""

    index: int
    style: str
    end: int
    start: int = 0


def half(text: str) -> str:
    """The text in half width, character for character."""
    return text.translate(_HALF)


def lead(text: str) -> int:
    """Where a line begins behind its indent and a Markdown bullet or heading mark."""
    indent = len(text) - len(text.lstrip())
    mark = _LEAD.match(text, indent)
    return mark.end() if mark else indent


def numeral(text: str) -> int:
    """一 … 九十九 as a number; 0 for what is none."""
    tens, ten, ones = text.rpartition("十")
    if len(tens) > 1 or len(ones) > 1:
        return 0
    value = NUMERALS.index(ones) + 1 if ones else 0
    return value + (10 * (NUMERALS.index(tens) + 1 if tens else 1) if ten else 0)


def kind_of(text: str) -> str | None:
    """The kind of question a title names."""
    return next((kind for word, kind in KINDS if word in text), None)


def section_head(text: str) -> Section | None:
    """A line that opens a section of a known kind, numbered or not."""
    plain = half(text[:400])
    number = _HEAD_NUMBER.match(plain)
    start = number.end() if number else (1 if plain.startswith(("【", "[")) else 0)
    end = _TITLE_END.search(plain, start)
    title = plain[start : end.start() if end else len(plain)].rstrip("】] .、")
    kind = kind_of(title)
    if kind is None or len(title) > 12:
        return None
    if not title.endswith("题") and not any(title == word for word, _kind in KINDS):
        return None
    each = _EACH.search(plain)
    ordinal = numeral(next(filter(None, number.groups()))) if number else None
    return Section(
        ordinal,
        kind,
        Decimal(each[2]) if each else None,
        per_blank=bool(each and each[1] == "空"),
        text=text,
    )


def with_note(section: Section, text: str) -> Section | None:
    """The section with what a line below its head says of marks; None for a line that says nothing of them."""
    plain = half(text[:400])
    each = _EACH.search(plain)
    if (section.ordinal is None and section.kind is None) or not (each or "少选" in plain or "漏选" in plain):
        return None
    return replace(
        section,
        each=Decimal(each[2]) if each else section.each,
        per_blank=each[1] == "空" if each else section.per_blank,
        text=f"{section.text}\n{text}",
    )


def other_head(text: str) -> Section | None:
    """A short numbered title of no known kind: 第一部分 基础知识, 一、综合题（每题2分）."""
    plain = half(text[:400])
    number = _HEAD_NUMBER.match(plain)
    if number is None or len(text) > 40 or text.rstrip().endswith(("。", "；", "，", "？", "?", ";", ",")):
        return None
    each = _EACH.search(plain)
    ordinal = numeral(next(filter(None, number.groups())))
    return Section(ordinal, None, Decimal(each[2]) if each else None, bool(each and each[1] == "空"), text)


def numbered_part(text: str) -> tuple[int, int] | None:
    """一、 at the start: its number and where the rest begins."""
    number = _HEAD_NUMBER.match(half(text[:40]))
    return (numeral(next(filter(None, number.groups()))), number.end()) if number else None


def question_label(text: str) -> Label | None:
    """1. 1、 1) 第1题 ("plain") and （1） ("paren"), but neither 1.5万元 nor 1、2、3月."""
    plain = half(text[:40])
    if found := _QUESTION.match(plain):
        return Label(int(found[1] or found[2]), "plain", found.end())
    return paren_label(text)


def paren_label(text: str) -> Label | None:
    """（1） at the start."""
    found = _PAREN_NUMBER.match(half(text[:40]))
    return Label(int(found[1]), "paren", found.end()) if found else None


def option_label(text: str) -> Label | None:
    """A. A、 (A) A) a. ("letter") or ① ("circled") at the start."""
    plain = half(text[:40])
    if found := _OPTION.match(plain):
        return Label(ord((found[1] or found[2]).upper()) - 65, "letter", found.end())
    if found := _CIRCLED.match(plain):
        return Label(CIRCLED.index(found[1]), "circled", found.end())
    return None


def inline_options(text: str) -> Iterator[Label]:
    """Every place further on where an option may begin: a letter behind a space, a circled number anywhere."""
    for found in _INLINE_OPTION.finditer(half(text)):
        if found[3]:
            yield Label(CIRCLED.index(found[3]), "circled", found.end(), found.start())
        else:
            letter = (found[1] or found[2]).upper()
            yield Label(ord(letter) - 65, "letter", found.end(), found.start())


def fields_in(text: str) -> list[tuple[str, str]]:
    """The line in pieces: ("", text before the first label), then (name, text) for each labelled fact."""
    plain = half(text)
    stops: list[tuple[int, int, str]] = []
    first = _FIELD.match(plain)
    if first:
        stops.append((0, first.end(), FIELDS[next(filter(None, first.groups()))]))
    for found in _INLINE_FIELD.finditer(plain, first.end() if first else 0):
        stops.append((found.start(), found.end(), FIELDS[next(filter(None, found.groups()))]))
    if not stops:
        return [("", text)]
    pieces = [("", text[: stops[0][0]])]
    ends = [start for start, _end, _name in stops[1:]] + [len(text)]
    pieces += [(name, text[end:until]) for (_start, end, name), until in zip(stops, ends, strict=True)]
    return pieces


def key_heading(text: str) -> str | None:
    """参考答案 and the like alone on a line: "sure" when bare, "perhaps" in 【】 or with a colon; else None."""
    plain = half(text[:80]).strip()
    colon = plain.endswith(":") or plain.startswith(("【", "["))
    plain = plain.strip("#*=-—【】[]<>《》 ")
    if len(plain) > 40 or len(text) > 80:
        return None
    plain = plain.rstrip(":").replace(" ", "")
    if _KEY_TITLE.fullmatch(plain):
        return "perhaps" if colon else "sure"
    if plain.endswith(("试卷参考答案", "试题参考答案", "题库参考答案", "试卷答案", "试题答案")):
        return "sure"
    return None


def page_header(text: str) -> bool:
    """姓名____ 得分____, 第 3 页, - 3 -."""
    return len(text) <= 200 and _HEADER.search(half(text).strip()) is not None
