"""Questions a person marks: the reference answer, the criteria with their marks, the parts of a case."""

import re
from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal
from typing import Any

from assessments.formats.text_zh.answers import points_at_end
from assessments.formats.text_zh.blocks import Block, Field, Value, not_understood
from assessments.formats.text_zh.cases import parts_apart
from assessments.formats.text_zh.lexing import MARK, Label, half, paren_label, question_label
from assessments.formats.text_zh.options import option_label
from assessments.formats.text_zh.unusable import Made, Unusable, no_answer, number
from assessments.formats.usual import BY_SAMPLE, Unit, key_number
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

MOST = 10
KIND_NAMES = {"picture": "图片", "pdf": "PDF", "document": "文档", "sheet": "表格", "archive": "压缩包"}
KIND_OF = {name: kind for kind, name in KIND_NAMES.items()}

_PART = re.compile(r"〔第(\d{1,3})问〕")
_BARE_POINTS = re.compile(r"(?:得|计|给)?\s?(\d{1,3}(?:\.\d{1,2})?)\s?分[。.;；]?$")
_SAYS_POINTS = re.compile(r"\d\s?分(?![钟析别])")
_INLINE = re.compile(r"\(\s?(\d{1,2})\s?\)")


def short_answer(block: Block, unit: Unit, marks: Decimal | None) -> Made:
    _split_term(block)
    limit = block.named("max_chars")
    body = {"max_chars": number(limit[0].text)} if limit else {}
    return body, _key(block, unit, marks, 0)


def _split_term(block: Block) -> None:
    """免疫球蛋白：具有…的球蛋白 under 名词解释: what follows the colon is the answer."""
    term, colon, meaning = half(block.stem.text).partition(":")
    if "名词解释" not in block.section.text[:40] or block.answers() or not (term.strip() and meaning.strip()):
        return
    text = block.stem.text
    block.know("answer", Value(block.line, text[len(term) + len(colon) :].strip().split("\n")))
    block.stem.lines = [text[: len(term)]]


def case_analysis(block: Block, unit: Unit, marks: Decimal | None) -> Made:
    if block.case:
        for value in (block.stem, *block.answers()):
            value.lines = parts_apart(value.lines)
    parts = _told_parts(block) or [{"label": label} for label in _labels(block)]
    numbered = [{"id": f"p{place}", **part} for place, part in enumerate(parts, start=1)]
    return {"parts": numbered}, _key(block, unit, marks, len(parts), _marks_of_parts(block, len(parts)))


def file_upload(block: Block, unit: Unit, marks: Decimal | None) -> Made:
    body: dict[str, Any] = {"kinds": _kinds(block, unit)}
    for name in ("most_files", "most_mb"):
        if limit := block.named(name):
            body[name] = number(limit[0].text.removesuffix("MB"))
    return body, _key(block, unit, marks, 0)


def _kinds(block: Block, unit: Unit) -> list[str]:
    """The kinds of files that are named; every kind where none is."""
    found: dict[str, None] = {}
    for value in block.named("kinds"):
        for word in filter(None, re.split("[;；,，、]", value.text)):
            if (kind := KIND_OF.get(word.strip())) is None:
                not_understood(block, unit, "提交类型", value)
            else:
                found[kind] = None
    return list(found) or list(KIND_NAMES)


def _told_parts(block: Block) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    for each in block.entries[1:]:
        if not isinstance(each, Field):
            continue
        if each.name == "part":
            parts.append({"label": each.value.text})
        elif each.name == "max_chars" and parts:
            parts[-1]["max_chars"] = number(each.value.text)
    return parts


def _labels(block: Block) -> list[str]:
    """（1）（2）… where lines of the stem begin, or 1. 2. …, or （1）…（2）… inside it; else one."""
    lines = [line for place, line in enumerate(block.stem.lines) if place not in block.literal]
    for find, shape in ((paren_label, "（{}）"), (question_label, "{}.")):
        count = 0
        for line in lines:
            label = find(line)
            if label and label.index == count + 1 and (label.style == "paren") == (find is paren_label):
                count += 1
        if count:
            return [shape.format(place) for place in range(1, count + 1)]
    count = 0
    for found in _INLINE.finditer(half("\n".join(lines))):
        if int(found[1]) == count + 1:
            count += 1
    return [f"（{place}）" for place in range(1, max(count, 1) + 1)]


def _marks_of_parts(block: Block, parts: int) -> list[Decimal]:
    """What each part is worth, when the line of every one of them ends in it; else nothing."""
    ends = [points_at_end(line) for line in block.stem.lines if paren_label(line) or question_label(line)]
    marks = [ended[1] for ended in ends if ended]
    return marks if len(marks) == len(ends) == parts else []


def _key(
    block: Block, unit: Unit, marks: Decimal | None, parts: int, shares: Sequence[Decimal] = ()
) -> dict[str, Any]:
    sample = "\n".join(value.text for value in block.answers())
    values = block.named("criteria")
    lines = [line for value in values for line in value.lines]
    told = bool("".join(lines).strip())
    if not sample.strip() and not told:
        raise Unusable(no_answer())
    criteria = _criteria(lines, marks) if told else by_sample(marks, parts, shares)
    if parts and told and not _give_parts(criteria, parts):
        block.warnings.append(
            Message(
                _("%(place)s: the rubric does not say which part each point belongs to; part 1 has them."),
                {"place": unit(values[0].number)},
            )
        )
    key: dict[str, Any] = {
        "rule": "rubric",
        "criteria": [{"id": f"c{place}", **each} for place, each in enumerate(criteria, start=1)],
    }
    if sample.strip():
        key["sample"] = sample
    if penalty := block.named("penalty"):
        key["penalty"] = "\n".join(value.text for value in penalty)
    return key


def by_sample(marks: Decimal | None, parts: int, shares: Sequence[Decimal] = ()) -> list[dict[str, Any]]:
    """The rubric of a question without one: the points (or 10) by the reference answer, shared out among the parts, as
    `shares` say or evenly."""
    total = marks or Decimal(MOST)
    if not parts:
        return [{"text": BY_SAMPLE, "max": key_number(total)}]
    if shares:
        return _by_part(shares)
    each = max((total / parts).quantize(Decimal("0.5"), ROUND_DOWN), Decimal("0.01"))
    last = max(total - each * (parts - 1), Decimal("0.01"))
    return _by_part([each] * (parts - 1) + [last])


def _by_part(shares: Sequence[Decimal]) -> list[dict[str, Any]]:
    return [
        {"text": BY_SAMPLE, "max": key_number(share), "part": f"p{place}"}
        for place, share in enumerate(shares, start=1)
    ]


def _criteria(lines: list[str], marks: Decimal | None) -> list[dict[str, Any]]:
    """Each numbered point with its marks; the whole as one criterion when the marks of some point are not said."""
    texts = _points(lines)
    if len(texts) == 1 and MARK not in texts[0] and len(_SAYS_POINTS.findall(half(texts[0]))) > 1:
        texts = [each for each in re.split("[；;]", texts[0]) if each.strip(" 。.")]
    points = [_point(text) for text in texts]
    found = [point for point in points if point is not None]
    if len(found) == len(points):
        return found
    return [
        {
            "text": "\n".join(line.removeprefix(MARK) for line in lines).strip(),
            "max": key_number(marks or Decimal(MOST)),
        }
    ]


def _give_parts(criteria: list[dict[str, Any]], parts: int) -> bool:
    """Point by point where there are as many as parts, else all to the first; False when that was a guess."""
    told = [each for each in criteria if "part" not in each]
    paired = len(told) == len(criteria) == parts
    for place, each in enumerate(told, start=1):
        each["part"] = f"p{place if paired else 1}"
    return not told or paired or parts == 1


def _points(lines: list[str]) -> list[str]:
    """The lines as points: each begins where one is numbered."""
    found: list[str] = []
    for line in lines:
        if line.startswith(MARK):
            found[-1:] = [f"{found[-1]}\n{line[1:]}" if found else line[1:]]
            continue
        before = line.partition(MARK)[0]
        label = paren_label(before) or _circled(before) or question_label(before) or _bullet(before)
        if label is None:
            found[-1:] = [f"{found[-1]}\n{line}" if found else line]
        else:
            found += _apart(line, label.end)
    return found


def _circled(text: str) -> Any:
    label = option_label(text)
    return label if label and label.style == "circled" else None


def _bullet(text: str) -> Label | None:
    return Label(0, "bullet", 2) if text.startswith(("- ", "* ", "• ", "· ")) else None


def _apart(line: str, start: int) -> list[str]:
    """（1）…（2分）（2）…（3分） on one line: cut before each next number."""
    if MARK in line:
        return [line[start:]]
    plain, parts, count = half(line), [], 1
    for found in _INLINE.finditer(plain, start):
        if int(found[1]) == count + 1:
            parts.append(line[start : found.start()].strip())
            start, count = found.end(), count + 1
    return [*parts, line[start:].strip()]


def _point(text: str) -> dict[str, Any] | None:
    """A criterion: 〔第1问〕 which part, its text, （2分）; None when no marks are said."""
    part: dict[str, Any] = {}
    if found := _PART.match(text):
        part, text = {"part": f"p{found[1]}"}, text[found.end() :]
    literal = text.startswith(MARK)
    text = text.removeprefix(MARK)
    if (ended := _ended(text, literal)) is None:
        return None
    return {"text": ended[0], "max": key_number(ended[1]), **part}


def _ended(text: str, literal: bool) -> tuple[str, Decimal] | None:
    if literal:
        start = text.rfind("（")
        said = points_at_end(text[start:]) if start >= 0 else None
        return (text[:start], said[1]) if said else None
    if ended := points_at_end(text):
        return ended
    bare = _BARE_POINTS.search(half(text[-16:]))
    if bare is None or Decimal(bare[1]) <= 0:
        return None
    return text[: len(text) - len(text[-16:]) + bare.start()].rstrip(" ，,：:"), Decimal(bare[1])
