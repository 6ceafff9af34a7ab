"""How answers are written: letters, ticks, orders, pairs, texts for gaps, lists of short answers, marks, rules."""

import re
from decimal import Decimal

from assessments.formats.text_zh.lexing import half
from assessments.items.forms import CIRCLED

RIGHT_WORDS = {"√", "对", "正确", "是", "T", "TRUE", "Y", "YES", "对的", "正确的", "是的"}
WRONG_WORDS = {"×", "错", "错误", "否", "F", "FALSE", "N", "NO", "X", "错的", "错误的", "不对", "不正确"}
DIFFICULTIES = {
    "易": 1,
    "容易": 1,
    "简单": 1,
    "较易": 2,
    "中": 3,
    "中等": 3,
    "适中": 3,
    "一般": 3,
    "较难": 4,
    "难": 5,
    "困难": 5,
}
_ENDS = " .。;,、"
_SEPARATORS = str.maketrans("", "", " ,、;.和与")
_NUMBER = re.compile(r"\d{1,4}(?:\.\d{1,2})?")
_POINTS = re.compile(r"(\d{1,4}(?:\.\d{1,2})?)\s?分?")
_POINTS_IN_BRACKETS = re.compile(
    r"[(\[]\s?(?:本题|本小题|共|每题|每小题|分值:?)?\s?(\d{1,4}(?:\.\d{1,2})?)\s?分\s?[)\]]"
)
_RANGE = re.compile(r"(\d{1,6})\s?[-~—–至到]{1,2}\s?(\d{1,6})\s?[:.、)]?")
_ONE = re.compile(
    r"\(?(\d{1,4}|\d{5,6}(?=\s?[.、:)]))\s?[.、:)]{0,2}\s{0,4}([A-Za-z][A-Za-z,、]{0,15}|√|×|正确|错误|对|错)[\s,;。、.]{0,16}"
)
_ANSWER_TOKEN = re.compile(
    r"[*`(]{0,3}([A-Z](?:[,、\s]{0,2}[A-Z]){0,9}(?![A-Za-z])|√|×|正确的?|错误的?|对的?|错的?|不对)[*`)]{0,3}"
    r"(?=[。,;(【\s]|$)"
)
_GOES_ON = re.compile(r"[,;\s]{0,3}(?:或|和|与|及|到|至|[A-Za-z](?![a-z]))")
_PAIR = re.compile(
    rf"\(?([{CIRCLED}]|\d{{1,2}})\)?\s?[-—–→.:]{{0,2}}\s?([A-Za-z]|[{CIRCLED}])[\s,;。、]{{0,8}}"
)
_FRACTION = re.compile(r"(?<=\d)/(?=\d)")
_OR_IN_BRACKETS = re.compile(r"[（(]或者?\s{0,4}([^（()）]{1,80})[)）]$")
_POINT_LABEL = re.compile(rf"\(\s?\d{{1,2}}\s?\)[.、]?\s?|[{CIRCLED}]\s?")


def letters(text: str) -> list[int] | None:
    """B, ABC, a、c, A,C。 or ①③ as positions from 0, in the order written; None for what is none of these."""
    plain = half(text).strip(_ENDS).removeprefix("选").removesuffix("选项").translate(_SEPARATORS).upper()
    if plain and all(each in CIRCLED for each in plain):
        return [CIRCLED.index(each) for each in plain]
    if plain and len(plain) <= 26 and all("A" <= each <= "Z" for each in plain):
        return [ord(each) - 65 for each in plain]
    return None


def token_of(text: str) -> tuple[str, str]:
    """B。因为…, × （应为…）, **A** 因为…: the answer and what follows it. A text that says only one thing, or goes on
    as A或B does, is all answer."""
    plain = half(text)
    found = _ANSWER_TOKEN.match(plain)
    if found is None or _GOES_ON.match(plain, found.end()):
        return text, ""
    return text[found.start(1) : found.end(1)], text[found.end() :].lstrip(" ，,。；;、：:\u3000")


def truth(text: str) -> bool | None:
    """√ × 对 错 正确 错误 T F …; None for anything else."""
    plain = half(text).strip().strip("()").strip(_ENDS).upper()
    return True if plain in RIGHT_WORDS else False if plain in WRONG_WORDS else None


def order(text: str) -> list[int] | None:
    """BAC, B→A→C, ②①③, 2-1-3 as positions from 0."""
    plain = half(text).translate(str.maketrans("", "", "→-—>–"))
    if (found := letters(plain)) is not None:
        return found
    digits = plain.strip(_ENDS).translate(_SEPARATORS)
    if digits and len(digits) <= 9 and all("1" <= each <= "9" for each in digits):
        return [int(each) - 1 for each in digits]
    return None


def pairs(text: str) -> dict[int, int] | None:
    """①-B；②-A or 1B 2A as {left: right}, positions from 0; None when the whole text is not of this kind."""
    plain = half(text).strip()
    found: dict[int, int] = {}
    at = 0
    while at < len(plain):
        pair = _PAIR.match(plain, at)
        if pair is None:
            return None
        left = CIRCLED.index(pair[1]) if pair[1] in CIRCLED else int(pair[1]) - 1
        right = CIRCLED.index(pair[2]) if pair[2] in CIRCLED else ord(pair[2].upper()) - 65
        if left in found:
            return None
        found[left] = right
        at = pair.end()
    return found or None


def gap_texts(lines: list[str], gaps: int) -> list[str]:
    """The answers of several gaps: behind （1）（2）, or between ； or two spaces, or line by line.

    With a known number of gaps, commas and spaces part them too when that number comes out.
    """
    text = "\n".join(lines).strip()
    plain = half(text)
    if _POINT_LABEL.match(plain):
        labels = list(_POINT_LABEL.finditer(plain))
        ends = [label.start() for label in labels[1:]] + [len(text)]
        parts = [text[label.end() : end] for label, end in zip(labels, ends, strict=True)]
    else:
        parts = _cut(text, plain, (";", "\n", "  "))
    parts = [each.strip().strip("；;").strip() for each in parts]
    parts = [each.removesuffix("。").removesuffix(" .") or each for each in parts]
    parts = [each for each in parts if each]
    if len(parts) == 1 and gaps > 1:
        fraction = _FRACTION.search(plain) is not None
        for separators in (("、",), (",",), ("|",), *(() if fraction else (("/",),)), (" ",)):
            found = [each.strip() for each in _cut(text, plain, separators) if each.strip()]
            if len(found) == gaps:
                return found
    return parts


def alternatives(text: str) -> list[str]:
    """What is accepted in one gap: parted by / or 或. The / of a fraction (2/3) parts nothing."""
    text = _OR_IN_BRACKETS.sub(lambda found: f"/{found[1]}", text).replace("`", "")
    plain = _FRACTION.sub("|", half(text)).replace("或者", "／／").replace("或", "/")
    parts = [each.strip() for each in _cut(text, plain, ("／／", "/"))]
    return [text.strip()] if not all(parts) else list(dict.fromkeys(parts))


def short_answers(text: str) -> list[tuple[int, str]]:
    """1.B 2.C 3.ABD, 1-5 BCDAA: (number, answer), when the whole line is made of these; else nothing."""
    plain = half(text).strip()
    found: list[tuple[int, str]] = []
    at = 0
    while at < len(plain):
        if several := _RANGE.match(plain, at):
            end = next((n for n in range(several.end(), len(plain)) if plain[n].isdigit()), len(plain))
            answers = _each(plain[several.end() : end], int(several[2]) - int(several[1]) + 1)
            if answers is None:
                return []
            found += zip(range(int(several[1]), int(several[2]) + 1), answers, strict=True)
            at = end
        elif one := _ONE.match(plain, at):
            found.append((int(one[1]), one[2]))
            at = one.end()
        else:
            return []
    return found


def difficulty(text: str) -> int | None:
    """1 to 5, 易 … 难, or stars."""
    plain = half(text).strip().strip(_ENDS).removesuffix("级")
    if plain and len(plain) <= 5 and set(plain) == {"★"}:
        return len(plain)
    if plain.isdecimal() and len(plain) == 1 and 1 <= int(plain) <= 5:
        return int(plain)
    return DIFFICULTIES.get(plain.removesuffix("题"))


def points(text: str) -> Decimal | None:
    """2, 2.5分."""
    found = _POINTS.fullmatch(half(text).strip())
    return Decimal(found[1]) if found and Decimal(found[1]) > 0 else None


def points_at_end(text: str) -> tuple[str, Decimal] | None:
    """The text before a final （2分）, and the 2."""
    start = max(half(text[-24:]).rfind("("), half(text[-24:]).rfind("["))
    if start < 0:
        return None
    start += max(len(text) - 24, 0)
    found = _POINTS_IN_BRACKETS.fullmatch(half(text[start:]).strip().rstrip("。;."))
    return (text[:start].rstrip(), Decimal(found[1])) if found and Decimal(found[1]) > 0 else None


def points_at_start(text: str) -> tuple[str, Decimal] | None:
    """The text behind a first （2分）, and the 2."""
    found = _POINTS_IN_BRACKETS.match(half(text[:24]))
    return (text[found.end() :].lstrip(), Decimal(found[1])) if found and Decimal(found[1]) > 0 else None


def too_few(text: str) -> Decimal | None:
    """What 少选 earns for each right option, as a head or a rule says it; None when it earns nothing or is not said."""
    plain = half(text)
    start = max(plain.find(word) for word in ("少选", "漏选", "选不全"))
    if start < 0:
        return None
    clause = re.split("[。;]", plain[start:], maxsplit=1)[0]
    none = min(
        (at for word in ("不得分", "不给分", "无分", "得0分") if (at := clause.find(word)) >= 0), default=-1
    )
    number = _NUMBER.search(clause)
    if none >= 0 and (number is None or none <= number.start()):
        return None
    if number and Decimal(number[0]) > 0:
        return Decimal(number[0])
    return Decimal("0.5") if "得分" in clause else None


def _each(text: str, wanted: int) -> list[str] | None:
    tokens = text.replace(",", " ").replace("、", " ").replace(";", " ").split()
    if len(tokens) == wanted:
        return tokens
    joined = "".join(tokens)
    return list(joined) if len(joined) == wanted else None


def _cut(text: str, plain: str, separators: tuple[str, ...]) -> list[str]:
    """The text cut where its other form `plain`, as long as it, has one of the separators."""
    parts, start, at = [], 0, 0
    while at < len(plain):
        width = next((len(each) for each in separators if plain.startswith(each, at)), 0)
        if width:
            parts.append(text[start:at])
            start = at + width
        at += width or 1
    return [*parts, text[start:]]
