"""A question as it stands in a paper, made into a draft or into the reason why it is none."""

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from assessments.formats.checking import found, skipped
from assessments.formats.exchange import Draft, Found
from assessments.formats.media import Gathered
from assessments.formats.text_zh.answers import difficulty, points, points_at_end, points_at_start
from assessments.formats.text_zh.blocks import WRITTEN, Block, Line, not_understood
from assessments.formats.text_zh.gathering import paper_of
from assessments.formats.text_zh.heads import TYPE
from assessments.formats.text_zh.keys import give_answers
from assessments.formats.text_zh.kinds import MAKERS, fold_items, inferred, tell_unused
from assessments.formats.text_zh.lexing import half, kind_of, question_label
from assessments.formats.text_zh.pictures import Shown, place_pictures
from assessments.formats.text_zh.ticked import take_marks
from assessments.formats.text_zh.unusable import Unusable
from assessments.formats.usual import Unit
from assessments.items.problems import Message

_TAG = re.compile(
    rf"(?:[\[【(]\s?({TYPE})(?:[,、\s]\s?(\d{{1,3}}(?:\.\d)?)\s?分)?\s?[\]】)]|({TYPE})\s?(?::|(?<=题)$))\s{{0,8}}"
)
_TAG_AT_END = re.compile(rf"[\[【(]\s?({TYPE})(?:[,、\s]\s?(\d{{1,3}}(?:\.\d)?)\s?分)?\s?[\]】)]\s?\*?$")
_SEPARATED = re.compile("[;；,，、]")


SHORT = 24

Remark = tuple[int, Message]


def read_lines(
    lines: Iterable[Line],
    unit: Unit,
    pictures: Sequence[Shown] = (),
    alone: Sequence[int] = (),
    remarks: Sequence[Remark] = (),
) -> Iterator[Found]:
    """Every question of the lines.

    `pictures` by the place in their mark, those `alone` without one; `remarks` are warnings known already, each with
    the number of its line: they go to the question there.
    """
    paper = paper_of(lines, unit)
    shown = place_pictures(paper, pictures, alone)
    give_answers(paper, unit)
    starts = [block.line for block in paper.blocks]
    for number, remark in remarks if starts else ():
        paper.blocks[max(bisect_right(starts, number) - 1, 0)].warnings.append(remark)
    for block, gathered in zip(paper.blocks, shown, strict=True):
        yield _question(block, unit, gathered)


def _question(block: Block, unit: Unit, gathered: Gathered) -> Found:
    where = unit(block.line)
    try:
        draft = draft_of(block, unit)
    except Unusable as unusable:
        return replace(skipped(where, unusable.reason), warnings=tuple(block.warnings))
    body = {**draft.body, "stem": gathered.stem(draft.body["stem"]), **gathered.of_body()}
    seen = found(where, replace(draft, body=body, files=gathered.files))
    return replace(seen, warnings=tuple(block.warnings))


def draft_of(block: Block, unit: Unit) -> Draft:
    """The question, not yet checked by its type. Raises Unusable with the reason."""
    if block.doubt:
        raise Unusable(block.doubt)
    take_marks(block)
    tagged = _tag(block) or _tag_at_end(block)
    marks = _points(block, unit)
    kind = "case_analysis" if block.case else tagged or _type(block, unit) or block.section.kind
    if kind is None or kind == "choice":
        kind = inferred(block)
    if kind in WRITTEN:
        fold_items(block)
    body, answer = MAKERS[kind](block, unit, marks)
    tell_unused(block, unit, kind)
    if block.section.per_blank and not block.named("points") and marks is not None:
        marks *= max(len(body.get("blanks") or body.get("gaps") or ()), 1)
    return Draft(
        type=kind,
        body={"stem": block.stem.text if block.literal else block.stem.text.strip("\n"), **body},
        answer=answer,
        explanation="\n".join(value.text for value in block.named("explanation") if value.lines),
        name=_text(block, "name"),
        category=tuple(_several(block, "category", re.compile("[/／>]"))),
        tags=tuple(dict.fromkeys(_several(block, "tags", _SEPARATED))),
        points=marks,
        difficulty=_difficulty(block, unit),
        extra=_extra(block, unit),
    )


def _tag(block: Block) -> str | None:
    """【单选题】 or 判断题： before the stem, taken out of it."""
    if 0 in block.literal or not block.stem.lines:
        return None
    line = block.stem.lines[0]
    tag = _TAG.match(half(line if len(line) <= SHORT else line[:SHORT] + "…"))
    if tag is None or (tag[3] and tag.end() == len(line) and len(block.stem.lines) == 1):
        return None
    block.stem.lines[0] = (f"（{tag[2]}分）" if tag[2] else "") + line[tag.end() :]
    return kind_of(tag[1] or tag[3])


def _tag_at_end(block: Block) -> str | None:
    """[单选题] * behind the stem, or [选择题, 5分]: taken out of it, but for the marks."""
    for place in {0, len(block.stem.lines) - 1} if block.stem.lines else ():
        line = block.stem.lines[place]
        tag = None if place in block.literal else _TAG_AT_END.search(half(line[-40:]))
        if tag is not None:
            start = len(line) - len(line[-40:]) + tag.start()
            block.stem.lines[place] = line[:start].rstrip() + (f"（{tag[2]}分）" if tag[2] else "")
            return kind_of(tag[1])
    return None


def _type(block: Block, unit: Unit) -> str | None:
    for value in block.named("type"):
        if kind := kind_of(value.text):
            return kind
        not_understood(block, unit, "题型", value)
    return None


def _points(block: Block, unit: Unit) -> Decimal | None:
    """What the question says it is worth, in a line or at the ends of its stem (taken out of it), else its section."""
    said = _cut(block, points_at_start, 0)
    if said is None:
        said = _cut(block, points_at_end, 0)
    if said is None:
        said = _cut(block, points_at_end, -1)
    for value in block.named("points"):
        number = points(value.text)
        if number is None:
            not_understood(block, unit, "分值", value)
        else:
            said = number
    return block.section.each if said is None else said


def _cut(block: Block, cut: Callable[[str], tuple[str, Decimal] | None], place: int) -> Decimal | None:
    """The marks at one end of a line of the stem, taken out of it."""
    lines = block.stem.lines
    if not lines or place % len(lines) in block.literal:
        return None
    if place and len(lines) > 1 and question_label(lines[place]):
        return None  # the marks of a part
    found = cut(lines[place])
    if found is None:
        return None
    lines[place] = found[0]
    return found[1]


def _difficulty(block: Block, unit: Unit) -> int | None:
    said = None
    for value in block.named("difficulty"):
        said = difficulty(value.text)
        if said is None:
            not_understood(block, unit, "难度", value)
    return said


def _text(block: Block, name: str) -> str:
    return "\n".join(value.text for value in block.named(name))


def _several(block: Block, name: str, separator: re.Pattern[str]) -> Iterator[str]:
    for value in block.named(name):
        if value.literal:
            yield value.text
            continue
        yield from filter(None, (each.strip() for each in separator.split(value.text)))


def _extra(block: Block, unit: Unit) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    for value in block.named("extra"):
        try:
            said = json.loads(value.text)
        except (ValueError, RecursionError):
            said = None
        if isinstance(said, dict):
            extra |= said
        else:
            not_understood(block, unit, "附加信息", value)
    if block.named("source"):
        extra["source"] = _text(block, "source")
    return extra
