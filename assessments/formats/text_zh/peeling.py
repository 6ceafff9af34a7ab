"""What Markdown, web pages and print put around a paper, taken off before anything is decided.

Bullets, headings, quotes and bold letters before a label, rules between questions, folds (<details>), the head matter
of a page, ticked boxes. Code between fences is marked as text, with its indent. A line we have marked ourselves is left
as it is. Each line is looked at once, its fence a second time.
"""

import re
from collections.abc import Iterator

from assessments.formats.text_zh.blocks import Line
from assessments.formats.text_zh.facts import begins_fact, fields_in
from assessments.formats.text_zh.heads import GUESSED, question_head
from assessments.formats.text_zh.lexing import MARK, key_heading, key_on_line, lead, other_head, section_head
from assessments.formats.text_zh.options import option_label

RIGHT = "（正确答案）"

_RULE = re.compile(r"(?:-{3,}|\*{3,}|={3,}|(?:-\s){2,8}-|(?:\*\s){2,8}\*|—{3,}|-{2,}\s?[✂️]?\s?-{2,})")
_FENCE = re.compile(r"(`{3,}|~{3,})\s?([^`\s]{0,30})(?:\s[^`]{0,80})?$")
_NO_TEXT = re.compile(
    r"</?details[^<>]{0,200}>|:::.{0,200}|\{\{[^{}]{0,80}\}\}|<!--[^<>]{0,200}-->", re.IGNORECASE
)
_SUMMARY = re.compile(r"<summary[^<>]{0,80}>(.{0,80}?)</summary>", re.IGNORECASE)
_HEADING = re.compile(r"\s*#{1,6}\s")
_EARNED = re.compile(r"\d{1,3}\.\d\s?分")  # what a learner got, as a platform exports it
_BOX = re.compile(r"\[([ xX✓√])\]\s{0,4}")
_BOLD_LINE = re.compile(r"\*\*([^*]{1,2000})\*\*")
_BOLD_NAME = re.compile(r"\*\*[^*]{1,20}[：:]\*\*")
_BOLD_GAP = re.compile(r"\*\*(_{2,40})\*\*")


def peeled(lines: list[Line]) -> Iterator[Line]:
    """The same lines, at the same numbers: each bare, or marked as text, or empty where it says nothing."""
    code = _code(lines)
    quoted = False
    for place, line in enumerate(lines):
        if place in code:
            yield Line(line.number, MARK + _dedented(line.text, code[place]))
            continue
        if MARK in line.text:
            yield line
            continue
        text, quoted = _unquoted(line.text, quoted)
        plain, heading = bare(text), _HEADING.match(text) is not None
        yield line if plain == line.text and not heading else Line(line.number, plain, heading)


def bare(text: str) -> str:
    """The line from its label on, if it has one; else as it is, without bold letters around the whole of it."""
    stripped = text.strip()
    if _RULE.fullmatch(stripped) or _EARNED.fullmatch(stripped) or _FENCE.fullmatch(stripped):
        return ""
    if stripped.startswith(("<", ":::", "{{")):
        text = _SUMMARY.sub(_said_by_fold, _NO_TEXT.sub("", text))
    inside = _unbold(text[lead(text) :])
    if box := _BOX.match(inside):
        ticked = RIGHT if box[1].strip() else ""
        if option_label(inside[box.end() :]):
            inside = inside[box.end() :].rstrip() + ticked
    if begins_label(inside):
        return _BOLD_GAP.sub(r"\1", inside)
    if whole := _BOLD_LINE.fullmatch(text.strip()):
        text = whole[1]
    elif _BOLD_NAME.match(text):
        text = inside
    return _BOLD_GAP.sub(r"\1", text)


def begins_label(text: str) -> bool:
    """Whether a line begins, as far as it shows, with what is not just text."""
    head = question_head(text)
    return bool(
        option_label(text)
        or (head and head.label.style not in GUESSED)
        or begins_fact(text)
        or section_head(text)
        or other_head(text)
        or key_heading(text)
        or key_on_line(text)
        or len(fields_in(text)) > 1
    )


def _unbold(text: str) -> str:
    """Without the bold marks at the beginning and their twins."""
    if not text.startswith("**"):
        return text
    before, _mark, after = text[2:].partition("**")
    return before + after


def _said_by_fold(found: re.Match[str]) -> str:
    """What is hidden under 查看答案 is the answer, under 展开解析 the explanation."""
    for word in ("答案", "解析"):
        if word in found[1]:
            return f"{word}："
    return ""


def _unquoted(text: str, quoted: bool) -> tuple[str, bool]:
    """The line without its quote mark, if a label began the quote; and whether it goes on."""
    if not text.lstrip().startswith(">"):
        return text, False
    inside = text.lstrip()[1:].removeprefix(" ")
    quoted = quoted or begins_label(_unbold(text[lead(text) :]))
    return (inside if quoted else text), quoted


def _code(lines: list[Line]) -> dict[int, int]:
    """The places of code, fences and all, each with the indent of its fence."""
    places: dict[int, int] = {}
    for opening, closing in _fenced(lines):
        inside = [line.text for line in lines[opening + 1 : closing]]
        named = _FENCE.fullmatch(lines[opening].text.strip())
        if any(map(_belongs_to_paper, inside)) or (not (named and named[2]) and not any(map(_tells, inside))):
            continue
        indent = len(lines[opening].text) - len(lines[opening].text.lstrip())
        places |= dict.fromkeys(range(opening, closing + 1), indent)
    return places


def _fenced(lines: list[Line]) -> Iterator[tuple[int, int]]:
    """Fences in pairs. One that names a language only opens: what was open before was left so by mistake."""
    opening: int | None = None
    for place, line in enumerate(lines):
        fence = _FENCE.fullmatch(line.text.strip()) if line.text.lstrip().startswith(("```", "~~~")) else None
        if fence is None:
            continue
        if opening is None or fence[2]:
            opening = place
        else:
            yield opening, place
            opening = None


def _belongs_to_paper(text: str) -> bool:
    """A line that no program has: an option in Chinese manner, an answer, 一、."""
    label = option_label(text.strip())
    option = label is not None and label.style == "letter" and label.index < 8
    return MARK in text or option or begins_fact(text.strip()) or section_head(text) is not None


def _tells(text: str) -> bool:
    """Whether a line between fences is more than a bullet or a heading of the page."""
    return bool(text.strip()) and not text.lstrip().startswith(("- ", "#"))


def _dedented(text: str, indent: int) -> str:
    return text[min(indent, len(text) - len(text.lstrip())) :].rstrip()


def body_of(lines: list[Line]) -> list[Line]:
    """The lines without the head matter of a page: `---` … `---` with names and values, at the top."""
    if not lines or lines[0].text.strip() != "---":
        return lines
    for place, line in enumerate(lines[1:60], start=1):
        if line.text.strip() == "---":
            return lines[place + 1 :]
    return lines
