"""What a single line of a paper may be: a section head, a numbered line, the title of a key, the head of a page.

Every function is linear in the line. Positions in `half(text)` are positions in the text: full width counts as half.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

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
    ("解答题", "short_answer"),
    ("计算题", "short_answer"),
    ("编程题", "short_answer"),
    ("程序设计题", "short_answer"),
    ("上传题", "file_upload"),
)

_HEAD_NUMBER = re.compile(
    rf"(?:第\s?([{NUMERALS}]{{1,3}}|\d{{1,2}})\s?(?:大题|部分|单元|[章节](?!课))|第\s?([{NUMERALS}]{{1,3}})\s?题"
    rf"|([{NUMERALS}]{{1,3}})(?=[、.:,\s])|\(([{NUMERALS}]{{1,3}})\))"
    r"[、.:,\s]{0,4}"
)
_TITLE_END = re.compile(r"[(:;。,，\s【\[]")
_EACH = re.compile(r"每(?:小)?(题|空)\s?(\d{1,3}(?:\.\d{1,2})?)\s?分")
_TOTAL = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)\s?分(?![钟析别])")
_QUESTION = re.compile(
    r"(?:第\s?(\d{1,4})\s?题\s?[:.、]?|(\d{1,4})\s?(?:[.](?!\d)|[.](?=(?:19|20)\d\d\s?年)|、(?!\d{1,3}[、和])|\)))\s{0,8}"
)
_PAREN_NUMBER = re.compile(r"\(\s?(\d{1,3})\s?\)[.、]?\s{0,8}")
_ASKING = re.compile(r"(?:\(\s{0,20}\)|_{2}|[?:])[。.]?\s{0,4}$")
_CASE = re.compile(
    rf"第([{NUMERALS}]{{1,3}})题"
    rf"|【?(?:案例|材料|资料|情境|背景材料|案情)\s?([{NUMERALS}]{{1,3}}|\d{{1,2}})?\s?】?\s?[:】]"
    rf"|(?:案例|材料)\s?([{NUMERALS}]{{1,3}}|\d{{1,2}})\s{{0,8}}$"
)
_KEY_TITLE = re.compile(
    r"(?:附录?[:、]?)?(?:本次|本|以上|上述)?(?:试卷|试题|习题|练习题?|题目)?(?:参考|标准|试题|正确)?答案"
    r"(?:(?:及|与|和)(?:答案)?(?:解析|详解|提示|评分标准|评分要点))?(?:汇总|部分|如下|速查|提示)?(?:\((?!\s?\d)[^()]{1,12}\))?"
)
_HEADER = re.compile(
    r"(?:姓名|得分|学号|班级|准考证号|考号|工号|部门|评卷人|阅卷人|成绩|日期)\s{0,4}:?\s{0,4}_{2}"
    r"|^第\s?\d{1,4}\s?页|^[-—]\s?\d{1,4}\s?[-—]$|^共\s?\d{1,4}\s?页"
)
# Bullets, headings, quotes and the small pictures that stand before them; a tick says something and is none.
_LEAD = re.compile("(?:#{1,6}\\s{1,4}|[-*+]\\s{1,4}|>\\s{0,4}|[\U0001f300-\U0001faff]\ufe0f?\\s{0,4}){1,4}")


@dataclass(frozen=True)
class Section:
    """A head: its number in the paper, the kind of its questions, and what it says of marks."""

    ordinal: int | None = None
    kind: str | None = None
    each: Decimal | None = None
    per_blank: bool = False
    text: str = ""
    total: Decimal | None = None


@dataclass(frozen=True)
class Label:
    """A label at the start of a text: what it counts (from 0 for options), its style, and where the text begins."""

    index: int
    style: str
    end: int
    start: int = 0


def asking(text: str) -> bool:
    """Whether a line ends as a question does: in a bracket, a gap, ? or :."""
    return _ASKING.search(half(text[-40:])) is not None


def half(text: str) -> str:
    """The text in half width, character for character."""
    return text.translate(_HALF)


def lead(text: str) -> int:
    """Where a line begins behind its indent and Markdown's bullets, headings and quotes."""
    indent = len(text) - len(text.lstrip())
    mark = _LEAD.match(text, indent)
    return mark.end() if mark else indent


def numeral(text: str) -> int:
    """一 … 九十九, or digits, as a number; 0 for what is none."""
    if text.isdecimal():
        return int(text)
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
    if _QUESTION.match(plain):
        return None
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
        total=_total(plain),
    )


def _total(plain: str) -> Decimal | None:
    """What the whole section is worth, when its head says one number of marks and no 每."""
    said = _TOTAL.findall(plain)
    return Decimal(said[0]) if len(said) == 1 and "每" not in plain and Decimal(said[0]) > 0 else None


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
    return Section(
        ordinal, None, Decimal(each[2]) if each else None, bool(each and each[1] == "空"), text, _total(plain)
    )


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


def case_label(text: str) -> int | None:
    """案例一： 材料2： 第一题 at the start: its number, 0 without one."""
    found = _CASE.match(half(text[:20]))
    number = (found[1] or found[2] or found[3]) if found else None
    return None if found is None else numeral(number) if number else 0


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


def key_on_line(text: str) -> str | None:
    """What stands behind 参考答案： on the same line: perhaps a whole key; else None."""
    title = _KEY_TITLE.match(half(text[:80]))
    if title is None or half(text[title.end() : title.end() + 1]) != ":":
        return None
    return text[title.end() + 1 :].strip() or None


def page_header(text: str) -> bool:
    """姓名____ 得分____, 第 3 页, - 3 -."""
    return len(text) <= 200 and _HEADER.search(half(text).strip()) is not None
