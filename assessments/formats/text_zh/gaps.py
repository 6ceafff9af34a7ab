"""Questions with gaps: blanks below or in a stem, and a text with gaps to write into or to choose for."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from assessments.formats.text_zh.answers import alternatives, gap_texts
from assessments.formats.text_zh.blocks import Block, Field, Item, Value, taken_as_explanation
from assessments.formats.text_zh.choices import listed, picked_by
from assessments.formats.text_zh.lexing import half
from assessments.formats.text_zh.unusable import (
    Made,
    Unusable,
    beyond,
    no_answer,
    not_read,
    number,
    rule_of,
    said_yes,
)
from assessments.formats.usual import Unit
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

CLOZE_STEM = "阅读文段并填空。"

GAP_TO_WRITE = re.compile("_{2,}")

_GAP = re.compile(r"_{2,}|\(\s{0,40}\)")
_NUMBERED_GAP = re.compile(r"_{2,}(\d{1,3})_{2,}|_{2,}|\(\s{0,40}\)")
_OWN_GAP = re.compile(r"\[\[g\d{1,4}\]\]")
_FILLED = re.compile(r"_{2,40}([^_\s](?:[^_]{0,60}[^_\s])?)_{1,40}")
_BOLD_FIRST = re.compile(r"\*\*([^*]{1,200})\*\*[。.;；,，(（\s]{1,4}")


def fill_in(block: Block, unit: Unit, marks: Decimal | None) -> Made:
    rule = rule_of(block, unit, (("每", "per_blank"), ("全", "all_blanks")))
    blanks: list[dict[str, Any]] = []
    keys: dict[str, Any] = {}
    for place, (label, entries) in enumerate(_spaces(block), start=1):
        name = f"b{place}"
        units = [each.value.text for each in entries if isinstance(each, Field) and each.name == "unit"]
        blanks.append({"id": name, "label": label, **({"unit": units[0]} if units else {})})
        keys[name] = _space_key(entries)
    if not blanks:
        texts = _filled(block) or _plain_answers(block, unit, len(_GAP.findall(half(block.stem.text))))
        blanks = [{"id": f"b{place}", "label": f"（{place}）"} for place in range(1, len(texts) + 1)]
        keys = {each["id"]: {"accepted": text} for each, text in zip(blanks, texts, strict=True)}
    return {"blanks": blanks}, {"rule": rule, "blanks": keys}


def cloze(block: Block, unit: Unit, marks: Decimal | None) -> Made:
    rule = rule_of(block, unit, (("每", "per_gap"), ("全", "all_gaps")))
    told = block.named("text")
    if told:
        text = told[0].text
    else:
        text, block.stem.lines = _passage(block)
    text, count = _gapped(text)
    gaps: list[dict[str, Any]] = []
    keys: dict[str, Any] = {}
    for place, (_label, entries) in enumerate(_spaces(block), start=1):
        options, names = listed([each for each in entries if isinstance(each, Item)], "o")
        gaps.append({"id": f"g{place}", **({"options": options} if options else {})})
        keys[f"g{place}"] = _chosen(entries, names) if options else _space_key(entries)
    if not gaps:
        texts = _plain_answers(block, unit, count)
        gaps = [{"id": f"g{place}"} for place in range(1, len(texts) + 1)]
        keys = {each["id"]: {"accepted": text} for each, text in zip(gaps, texts, strict=True)}
    return {"text": text, "gaps": gaps}, {"rule": rule, "gaps": keys}


def _passage(block: Block) -> tuple[str, list[str]]:
    """The text with the gaps and the stem: what stands before the first line with a gap."""
    lines = block.stem.lines
    first = next((place for place, line in enumerate(lines) if _GAP.search(half(line))), 0)
    return "\n".join(lines[first:]), lines[:first] or [CLOZE_STEM]


def _gapped(text: str) -> tuple[str, int]:
    """The text with its gaps named [[g1]] …, by the number inside them or else by place."""
    own = len(_OWN_GAP.findall(text))
    if own:
        return text, own
    found = list(_NUMBERED_GAP.finditer(half(text)))
    numbers = [int(gap[1]) if gap[1] else 0 for gap in found]
    if sorted(numbers) != list(range(1, len(found) + 1)):
        numbers = list(range(1, len(found) + 1))
    parts, at = [], 0
    for gap, place in zip(found, numbers, strict=True):
        parts += [text[at : gap.start()], f"[[g{place}]]"]
        at = gap.end()
    return "".join([*parts, text[at:]]), len(found)


def _spaces(block: Block) -> list[tuple[str, list[Field | Item]]]:
    """The labelled gaps, each with what is said of it."""
    spaces: list[tuple[str, list[Field | Item]]] = []
    for each in block.entries[1:]:
        if isinstance(each, Field) and each.name == "blank":
            spaces.append((each.value.text, []))
        elif spaces:
            spaces[-1][1].append(each)
    return spaces


def _space_key(entries: list[Field | Item]) -> dict[str, Any]:
    key: dict[str, Any] = {}
    for each in entries:
        if not isinstance(each, Field):
            continue
        value = each.value
        if each.name == "answer":
            accepted = [value.text] if value.literal else alternatives(value.text)
            key["accepted"] = [*key.get("accepted", []), *accepted]
        elif each.name in ("value", "tolerance"):
            key[each.name] = number(value.text)
        elif each.name == "partial":
            share, _space, text = value.text.partition(" ")
            key["partial"] = [*key.get("partial", []), {"text": text, "share": number(share)}]
        elif each.name == "case":
            key["case"] = said_yes(value.text)
    if not key:
        raise Unusable(no_answer())
    return key


def _chosen(entries: list[Field | Item], names: Mapping[int, str]) -> dict[str, str]:
    items = [each for each in entries if isinstance(each, Item)]
    for each in entries:
        if isinstance(each, Field) and each.name == "answer":
            picked = picked_by(each.value.text, items)
            if picked is None or len(picked) != 1:
                raise Unusable(not_read(each.value))
            if picked[0] not in names:
                raise beyond(picked[0])
            return {"correct": names[picked[0]]}
    raise Unusable(no_answer())


def _filled(block: Block) -> list[list[str]]:
    """The answers that stand on the gaps (____扩展____), taken from them; none when one of the gaps is left empty."""
    stem = block.stem.text
    if block.answers() or block.literal:
        return []
    texts = _FILLED.findall(half(stem)) and _FILLED.findall(stem.replace("＿", "_"))
    emptied = _FILLED.sub("＿", stem.replace("＿", "_"))
    if not texts or _GAP.search(half(emptied.replace("＿", ""))) or all(each.isdecimal() for each in texts):
        return []
    block.stem.lines = emptied.replace("＿", "____").split("\n")
    return [alternatives(each) for each in texts]


def _empty_answered(block: Block, texts: list[str]) -> None:
    """A stem without gaps in which the answers stand, set off by wide spaces: gaps take their place."""
    for text in texts:
        for place, line in enumerate(block.stem.lines):
            wide = f"\u3000{text}\u3000"
            if place not in block.literal and line.count(wide) == 1:
                block.stem.lines[place] = line.replace(wide, "____")


def answers_of_gaps(value: Value, gaps: int) -> tuple[list[str], list[str]] | None:
    """What goes into so many gaps, and the lines behind it that are explanation; None when the number differs."""
    lines = [line for line in value.lines if line.strip()]
    bold = _BOLD_FIRST.match(lines[0]) if gaps == 1 and lines else None
    if bold is not None:
        return [bold[1]], [lines[0][bold.end() :], *lines[1:]]
    for kept in (len(lines), 1):
        texts = gap_texts(lines[:kept], gaps)
        if len(texts) == gaps:
            return texts, lines[kept:]
    return None


def _plain_answers(block: Block, unit: Unit, gaps: int) -> list[list[str]]:
    """What is accepted in each gap, from one answer for all of them."""
    said = block.answers()
    lines = [line for value in said for line in value.lines if line.strip()]
    if not lines:
        raise Unusable(no_answer())
    if len(said) == 1 and said[0].literal and gaps <= 1:
        return [[said[0].text]]
    found = answers_of_gaps(Value(said[0].number, lines), gaps) if gaps else (gap_texts(lines, 0), [])
    if found is None:
        count = len(gap_texts(lines, gaps))
        raise Unusable(
            Message(_("There are %(gaps)s gaps and %(answers)s answers."), {"gaps": gaps, "answers": count})
        )
    texts, more = found
    if not gaps:
        _empty_answered(block, texts)
    if more:
        block.warnings.append(taken_as_explanation(unit, said[0].number, more[0]))
        block.know("explanation", Value(said[0].number, more))
    return [alternatives(text) for text in texts]
