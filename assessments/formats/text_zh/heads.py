"""How a question may begin: 1. 1、 （1） 第1题, and as banks on the web do it: 【单选题】1. 单选题1： 问题1： （ B ）1.

Linear in the line. Positions in `half(text)` are positions in the text.
"""

import re
from dataclasses import dataclass

from assessments.formats.text_zh.lexing import Label, half, kind_of, question_label

TYPE = (
    r"(?:(?:[单多]项选择|不定项选择|[单多]选|选择|判断|是非|完形填空|填空|排序|连线|匹配|配对|简答|问答|论述|名词解释"
    r"|案例分析)题?"
    r"|(?:计算|编程|解答|综合|应用|操作)题)"
)
_NAME = r"(?:题目|问题|试题|例题|习题|母题|真题|例)"

GUESSED = {"comma", "padded"}  # numbers that are hardly more than numbers
FIRST_LONG = 10_000  # from here on a number is a question's only where it counts on

_LONG_NUMBER = re.compile(
    r"(?:第\s?(\d{5,6})\s?题\s?[:.、]?|(\d{5,6})\s?(?:[.](?!\d)|、(?!\d{1,6}[、和])|\)))\s{0,8}"
)
_ONLY_TYPE = re.compile(rf"[【\[(]\s?{TYPE}\s?[】\])]\s{{0,8}}")
_TYPED = re.compile(rf"[【\[(]\s?({TYPE})\s?[】\])]\s{{0,4}}(?=\d)")
_TYPE_NUMBER = re.compile(rf"({TYPE})\s?(\d{{1,6}})\s?[:.、]\s{{0,8}}")
_BRACKETED = re.compile(
    rf"【\s?(?:{_NAME})?\s?(\d{{1,6}})?\s?[·•.,:\-、]?\s?({TYPE})?\s?】\s?[:.、]?\s{{0,8}}"
)
_NUMBER_TYPE = re.compile(rf"(\d{{1,6}})\s?(?=[【\[]\s?{TYPE}\s?[】\]])")
_NAMED = re.compile(rf"(?:(?:{_NAME}|题)\s?(\d{{1,6}})(?:\s?[:.、)]|\s|$)|[Qq](\d{{1,6}})\s?[:.、])\s{{0,8}}")
_ANSWER_FIRST = re.compile(r"\(\s{0,20}([A-Z]{0,8}|[√×对错])\s{0,20}\)\s{0,4}(?=\d{1,6}\s?[.、])")
_COMMA = re.compile(r"(\d{1,3}),(?!\d)\s{0,8}")
_PADDED = re.compile(r"(0\d{1,2})(?:\s{1,4}|(?=[\u4e00-\u9fff“《]))")


@dataclass(frozen=True)
class Head:
    """Where a question begins: its label, and what the head says of its type and its answer."""

    label: Label
    kind: str = ""
    answer: str = ""


def question_head(text: str) -> Head | None:
    """The head of a question, in any of the ways. Styles: "plain", "paren", and those that mean a question only where
    others of it stand: "named" (问题1：), "comma" (1,) and "padded" (01)."""
    if label := _number(text):
        return Head(label)
    plain = half(text[:80])
    if typed := _TYPED.match(plain):
        return _behind(text, typed.end(), kind=typed[1])
    if first := _ANSWER_FIRST.match(plain):
        return _behind(text, first.end(), answer=first[1])
    if numbered := _TYPE_NUMBER.match(plain):
        return Head(Label(int(numbered[2]), "plain", numbered.end()), numbered[1])
    if numbered := _NUMBER_TYPE.match(plain):
        return Head(Label(int(numbered[1]), "plain", numbered.end()))
    bracketed = _BRACKETED.match(plain)
    if bracketed and _says_question(bracketed):
        return Head(Label(int(bracketed[1] or 0), "named", bracketed.end()), bracketed[2] or "")
    if named := _NAMED.match(plain):
        return Head(Label(int(named[1] or named[2]), "named", named.end()))
    for style, form in (("comma", _COMMA), ("padded", _PADDED)):
        if found := form.match(plain):
            return Head(Label(int(found[1]), style, found.end()))
    return None


def only_type(text: str) -> bool:
    """Whether a stem says no more than [简答题]."""
    return _ONLY_TYPE.fullmatch(half(text[:20])) is not None


def _number(text: str) -> Label | None:
    """1. and the like, also of the longest papers: 12345. and 第12345题."""
    if label := question_label(text):
        return label
    found = _LONG_NUMBER.match(half(text[:40]))
    return Label(int(found[1] or found[2]), "plain", found.end()) if found else None


def _behind(text: str, start: int, kind: str = "", answer: str = "") -> Head | None:
    label = _number(text[start:])
    if label is None or label.style != "plain":
        return None
    return Head(Label(label.index, "plain", start + label.end), kind, answer)


def _says_question(bracketed: re.Match[str]) -> bool:
    """【例题】 or 【2·单选题】, but not 【单选题】 before a stem, nor 【2023】."""
    named = re.search(_NAME, bracketed[0]) is not None
    return named or bool(bracketed[1] and bracketed[2] and kind_of(bracketed[2]))
