"""Questions with options: one is right, several are, or a statement is."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from assessments.formats.text_zh.answers import letters, token_of, too_few, truth
from assessments.formats.text_zh.blocks import (
    Block,
    Item,
    Line,
    Value,
    not_understood,
    stray,
    taken_as_explanation,
)
from assessments.formats.text_zh.lexing import half
from assessments.formats.text_zh.options import option_label
from assessments.formats.text_zh.unusable import (
    Made,
    Unusable,
    beyond,
    no_answer,
    no_options,
    not_read,
    number,
    said_yes,
    shown,
)
from assessments.formats.usual import TRUE_FALSE, Unit
from assessments.items.checking import as_text
from assessments.items.forms import LETTERS
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

T = TypeVar("T")

BLANK = "（　）"

TITLE = 20  # letters a line may have to be a title rather than a sentence

_SENTENCE = re.compile("[。；;：:，,.！!？?$=]")
_BEHIND_END = re.compile(r"(?<=[。.)?!])\s{0,4}([A-Z]{1,8})\s?[.。]?\s{0,4}$")
_ON_GAP = re.compile(r"(?<![A-Za-z0-9_])_{1,40}\s?([A-Z]{1,8})\s?_{1,40}(?![A-Za-z0-9_])")
_BARE_TRUTH = re.compile(r"(?<!\s)\s{0,8}([√×])\s{0,8}(?:\(判断对错\))?$")
_BRACKET = re.compile(r"\(([^()]{1,30})\)")
_WEIGHT = re.compile(r"\s{0,8}([A-Z])\s{0,8}(-?\d{1,3}(?:\.\d{1,9})?)")


def single(block: Block, unit: Unit, marks: Decimal | None) -> Made:
    options, names = _options(block)
    picked = _correct(block, unit, names)
    if len(picked) > 1:
        raise Unusable(Message(_("A single choice has one answer, and several are given.")))
    return {"options": options, **_shuffle(block)}, {"rule": "exact", "correct": picked[0], **cites(block)}


def multiple(block: Block, unit: Unit, marks: Decimal | None) -> Made:
    options, names = _options(block)
    picked = set(_correct(block, unit, names))
    correct = [each["id"] for each in options if each["id"] in picked]
    answer = {"correct": correct, **_multiple_rule(block, unit), **cites(block)}
    for value in block.named("weights"):
        answer["weights"] = {
            names.get(LETTERS.index(letter), letter): number(weight)
            for letter, weight in _weights(value.text)
        }
    return {"options": options, **_shuffle(block)}, answer


def _multiple_rule(block: Block, unit: Unit) -> dict[str, Any]:
    said = block.named("rule")
    text = said[0].text if said else block.section.text
    each = too_few(text)
    if each is not None:
        more = {} if each == Decimal("0.5") else {"per_option": number(as_text(each))}
        return {"rule": "social_worker_exam", **more}
    if said and "权重" in text:
        return {"rule": "weighted"}
    if said and not any(word in text for word in ("全", "不得分")):
        not_understood(block, unit, "计分", said[0])
    return {"rule": "all_or_nothing"}


def _weights(text: str) -> list[tuple[str, str]]:
    return [(found[1], found[2]) for found in map(_WEIGHT.fullmatch, re.split("[;]", half(text))) if found]


def _shuffle(block: Block) -> dict[str, bool]:
    said = block.named("shuffle")
    return {"shuffle": said[0].text.strip() != "固定"} if said else {}


def cites(block: Block) -> dict[str, bool]:
    said = block.named("cites")
    return {"explanation_cites_options": said_yes(said[0].text)} if said else {}


def _options(block: Block) -> tuple[list[dict[str, str]], dict[int, str]]:
    """The options in the order of the file, and the id each letter stands for."""
    items = block.items("letter")
    if items and block.shadow:
        block.stem.lines += block.shadow
    items = items or block.items("circled")
    if not items:
        raise Unusable(no_options())
    return listed(items, "o")


def listed(items: list[Item], letter: str) -> tuple[list[dict[str, str]], dict[int, str]]:
    names: dict[int, str] = {}
    for place, item in enumerate(items, start=1):
        if item.label.index in names:
            raise Unusable(
                Message(_("The label %(label)s is used twice."), {"label": shown(item.label.index)})
            )
        names[item.label.index] = f"{letter}{place}"
    entries = [{"id": names[item.label.index], "text": item.value.text} for item in items]
    return entries, names


def _correct(block: Block, unit: Unit, names: Mapping[int, str]) -> list[str]:
    """The ids of the right options. Raises Unusable without an answer, or with one that names no option."""
    items = block.items("letter") or block.items("circled")
    answers = []
    for value in block.answers():
        rows = rows_of(value, items)
        answers.append(rows or heard(block, unit, value, lambda text: picked_by(text, items)))
    inside = letters_in_stem(block, items, cut=True, said=answers[0] if answers else None)
    if not answers and inside is None:
        raise Unusable(no_answer())
    picked = answers[0] if answers else inside or []
    if any(set(each) != set(picked) for each in answers):
        raise Unusable(Message(_("Two different answers are given.")))
    for index in picked:
        if index not in names:
            raise beyond(index)
    return [names[index] for index in dict.fromkeys(picked)]


def heard(block: Block, unit: Unit, value: Value, read: Callable[[str], T | None]) -> T:
    """What an answer says, by `read`. What follows is the explanation; lines of their own are told, short ones without
    an end left out. Raises Unusable when it says nothing."""
    line = value.lines[0] if value.lines else ""
    said, rest = read(line), ""
    if said is None:
        token, rest = token_of(line)
        said = read(token)
    if said is None:
        raise Unusable(not_read(value))
    lines = [text for text in value.lines[1:] if text.strip()]
    while lines and not rest and len(lines[0]) <= TITLE and not _SENTENCE.search(lines[0]):
        block.warnings.leave_out(stray(unit, Line(value.number, lines.pop(0))))
    if lines:
        block.warnings.append(taken_as_explanation(unit, value.number, lines[0]))
    if text := "\n".join(filter(None, [rest, *lines])):
        block.know("explanation", Value(value.number, [text]))
    return said


def rows_of(value: Value, items: list[Item]) -> list[int]:
    """Several right options, each with its text on a line of its own; nothing when some line is none.

    Raises Unusable when only the first of such lines can be told."""
    lines = [line for line in value.lines if line.strip()]
    labelled = [line for line in lines if (label := option_label(line)) and label.style == "letter"]
    if len(labelled) < 2 or option_label(lines[0]) is None:
        return []
    picked = [picked_by(line, items) for line in labelled]
    if len(labelled) < len(lines) or not all(picked):
        raise Unusable(not_read(value))
    return [each[0] for each in picked if each]


def picked_by(text: str, items: list[Item]) -> list[int] | None:
    """The labels an answer names: by letters, by a letter with its text, or by the text of one option."""
    if (found := letters(text)) is not None:
        return found
    label = option_label(text)
    rest = (text[label.end :] if label else text).strip(" ;；\u3000")
    same = [item.label.index for item in items if item.value.text == rest and rest]
    if label and label.index in same:
        return [label.index]
    return same if len(same) == 1 and label is None else None


def letters_in_stem(
    block: Block, items: list[Item], *, cut: bool, said: list[int] | None = None
) -> list[int] | None:
    """The answer in the last brackets of the stem. With an answer given elsewhere (`said`) only the same one counts,
    and only where brackets are left for it: with spaces inside, or at the end."""
    known = {item.label.index for item in items}
    for place in reversed(range(len(block.stem.lines))):
        if place in block.literal:
            continue
        line = block.stem.lines[place]
        for bracket in reversed(list(_BRACKET.finditer(half(line)))):
            picked = letters(bracket[1])
            if picked is None or (said is None and not known.issuperset(picked)):
                continue
            meant = bracket[1] != bracket[1].strip() or not line[bracket.end() :].strip(" 。.？?：:")
            if said is not None and not (meant and set(said) == set(picked)):
                continue
            if cut:
                block.stem.lines[place] = line[: bracket.start()] + BLANK + line[bracket.end() :]
            return picked
        if (
            said is None
            and (found := _at_end(half(line)))
            and known.issuperset(picked := letters(found[1]) or [])
        ):
            if cut:
                gap = BLANK if "_" in found[0] else ""
                block.stem.lines[place] = line[: found.start()] + gap + line[found.end() :]
            return picked
    return None


def _at_end(plain: str) -> re.Match[str] | None:
    """Letters behind the end of the sentence, or written on the gap: …复审一次。C and ____D___."""
    return _ON_GAP.search(plain) or _BEHIND_END.search(plain)


def true_false(block: Block, unit: Unit, marks: Decimal | None) -> Made:
    items = block.items("letter") or block.items("circled")
    options, right = _truths(items)
    said = [
        heard(block, unit, value, lambda text: _truth_of(text, items, right)) for value in block.answers()
    ]
    inside = truth_in_stem(block, cut=True, said=said[0] if said else None)
    said += [inside] if inside is not None else []
    if not said:
        raise Unusable(no_answer())
    if len(set(said)) > 1:
        raise Unusable(Message(_("Two different answers are given.")))
    correct = "true" if said[0] else "false"
    return {"options": options}, {"rule": "exact", "correct": correct, **cites(block)}


def _truths(items: list[Item]) -> tuple[list[dict[str, str]], int]:
    """The two options, the true one first, and which of the items that was."""
    if not items:
        return [dict(each) for each in TRUE_FALSE], 0
    if len(items) != 2:
        raise Unusable(Message(_("A true/false question has two options.")))
    right = 1 if truth(items[1].value.text) or truth(items[0].value.text) is False else 0
    texts = [items[right].value.text, items[1 - right].value.text]
    return [{"id": name, "text": text} for name, text in zip(("true", "false"), texts, strict=True)], right


def _truth_of(text: str, items: list[Item], right: int) -> bool | None:
    said = truth(text)
    if said is None and (picked := letters(text)) and len(picked) == 1 and picked[0] in (0, 1):
        said = picked[0] == right
    return said


def truth_in_stem(block: Block, *, cut: bool, said: bool | None = None) -> bool | None:
    """The last （√） of the stem, or a bare √ at its end; with an answer given elsewhere (`said`) only the same one."""
    for place in reversed(range(len(block.stem.lines))):
        if place in block.literal:
            continue
        line = block.stem.lines[place]
        for bracket in reversed(list(_BRACKET.finditer(half(line)))):
            found = truth(bracket[1])
            if found is not None and said in (None, found):
                if cut:
                    block.stem.lines[place] = line[: bracket.start()] + BLANK + line[bracket.end() :]
                return found
        bare = _BARE_TRUTH.search(half(line))
        if bare and said in (None, bare[1] == "√"):
            if cut:
                block.stem.lines[place] = line[: bare.start()] + line[bare.end(1) :].strip()
            return bare[1] == "√"
    return None
