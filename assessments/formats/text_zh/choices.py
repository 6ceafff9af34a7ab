"""Questions with options: one is right, several are, or a statement is."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from assessments.formats.text_zh.answers import letters, too_few, truth
from assessments.formats.text_zh.blocks import Block, Item, Value, not_understood, stray_text
from assessments.formats.text_zh.lexing import half, option_label
from assessments.formats.text_zh.unusable import (
    Made,
    Unusable,
    beyond,
    no_answer,
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

BLANK = "（　）"

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
        picked = picked_by(value.lines[0] if value.lines else "", items)
        if picked is None:
            raise Unusable(not_read(value))
        stray_text(block, unit, value, 1)
        answers.append(picked)
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


def picked_by(text: str, items: list[Item]) -> list[int] | None:
    """The labels an answer names: by letters, by a letter with its text, or by the text of one option."""
    if (found := letters(text)) is not None:
        return found
    label = option_label(text)
    rest = text[label.end :].strip() if label else text.strip()
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
    return None


def true_false(block: Block, unit: Unit, marks: Decimal | None) -> Made:
    items = block.items("letter") or block.items("circled")
    options, right = _truths(items)
    said = [_truth_of(value, items, right) for value in block.answers()]
    inside = truth_in_stem(block, cut=True) if not said else None
    for value in block.answers():
        stray_text(block, unit, value, 1)
    if not said and inside is None:
        raise Unusable(no_answer())
    if None in said:
        raise Unusable(not_read(block.answers()[0]))
    if len(set(said)) > 1:
        raise Unusable(Message(_("Two different answers are given.")))
    correct = "true" if (said or [inside])[0] else "false"
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


def _truth_of(value: Value, items: list[Item], right: int) -> bool | None:
    text = value.lines[0] if value.lines else ""
    said = truth(text)
    if said is None and (picked := letters(text)) and len(picked) == 1 and picked[0] in (0, 1):
        said = picked[0] == right
    return said


def truth_in_stem(block: Block, *, cut: bool) -> bool | None:
    """The last （√） of the stem, or a bare √ at its end."""
    for place in reversed(range(len(block.stem.lines))):
        if place in block.literal:
            continue
        line = block.stem.lines[place]
        for bracket in reversed(list(_BRACKET.finditer(half(line)))):
            if (said := truth(bracket[1])) is not None:
                if cut:
                    block.stem.lines[place] = line[: bracket.start()] + BLANK + line[bracket.end() :]
                return said
        if half(line).endswith(("√", "×")):
            if cut:
                block.stem.lines[place] = line[:-1].rstrip()
            return half(line).endswith("√")
    return None
