"""Interactions in which something is written, filled in or handed in: textEntry, inlineChoice, gapMatch, slider,
extendedText, upload."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessments.formats.qti.asking import (
    Item,
    NotTaken,
    Question,
    entries_of,
    no_key,
    right_choices,
    share_text,
    shuffling,
    warn_of_partial,
)
from assessments.formats.qti.blanks import blank_key
from assessments.formats.qti.choosing import right_pairs, warn_of_pair_marks
from assessments.formats.qti.declarations import Declared
from assessments.formats.qti.processing import MAP
from assessments.formats.uploads import kinds_in
from assessments.formats.usual import BLANK_LABEL, BY_ANSWER, key_number, number_in
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _
from assessments.items.types.cloze import GAP

FILL = "完成填空。"  # the stem of a cloze whose item has nothing before its text
MOST_GAPS = 200
LONGEST_LABEL = 12  # a longer prompt asks something and belongs to the stem


def gap_match(item: Item, interaction: Any) -> Question:
    if next(interaction.iter("gapImg"), None) is not None:
        raise NotTaken(Message(_("Gaps that are filled with pictures are no question type here.")))
    texts, gaps = list(interaction.iterchildren("gapText")), list(interaction.iter("gap"))
    options, ids = entries_of(item, texts, "o")
    declared = item.response(interaction)
    right = {gap: text for text, gap in right_pairs(declared) if text in ids}
    names = [each.get("identifier", "") for each in gaps]
    if sorted(right) != sorted(names) or len(right_pairs(declared)) != len(names):
        raise NotTaken(Message(_("Gaps with no right text or with several are no question type here.")))
    stem = item.stem({interaction: item.prompt(interaction)}) or FILL
    item.prose.marks |= dict.fromkeys([*texts, *interaction.iterchildren("prompt")], "")
    text = _numbered(item, interaction, gaps)
    keys = {f"g{n}": {"correct": ids[right[name]]} for n, name in enumerate(names, start=1)}
    listed = [{"id": gap, "options": [dict(each) for each in options]} for gap in keys]
    rule = "per_gap" if item.how(declared) == MAP else "all_gaps"
    if rule == "per_gap":
        warn_of_pair_marks(item, declared)
    answer = {"rule": rule, "gaps": keys}
    return Question("cloze", {"stem": stem, "text": text, "gaps": listed}, answer, item.points([declared]))


def inline(item: Item, found: Sequence[Any]) -> Question:
    """Text entries and lists within a text."""
    whole = _numbered(item, item.body, found)
    responses = [item.response(each) for each in found]
    _warn_of_uneven(item, responses)
    alone = len(found) == 1 and found[0].tag == "textEntryInteraction"
    if alone and whole.endswith("[[g1]]") and (stem := _asked(item, whole)):
        blanks = {"b1": _entry_key(item, found[0])}
        body = {"stem": stem, "blanks": [{"id": "b1", "label": BLANK_LABEL}]}
        return Question("fill_in", body, {"rule": "per_blank", "blanks": blanks}, item.points(responses))
    before, text = _stem_and_text(whole)
    stem = _joined(item.passage, before) or FILL
    gaps, keys = [], {}
    for number, each in enumerate(found, start=1):
        options, keys[f"g{number}"] = _gap(item, each)
        gaps.append({"id": f"g{number}", **options})
    answer = {"rule": "all_gaps" if item.scoring.together else "per_gap", "gaps": keys}
    return Question("cloze", {"stem": stem, "text": text, "gaps": gaps}, answer, item.points(responses))


def _asked(item: Item, whole: str) -> str:
    """What stands before the only gap, without a line that only says that here comes the answer."""
    before = whole.removesuffix("[[g1]]").rstrip("_ :：\n")
    return _joined(item.passage, before.removesuffix(f"\n{BLANK_LABEL}"))


def _joined(*texts: str) -> str:
    return "\n".join(each for each in texts if each)


def _numbered(item: Item, within: Any, gaps: Sequence[Any]) -> str:
    """The text within an element, the gaps as [[g1]], [[g2]] … in their order."""
    if len(gaps) > MOST_GAPS:
        raise NotTaken(Message(_("The item has more than %(most)s gaps."), {"most": MOST_GAPS}))
    item.prose.marks |= {each: f"\x00g{number}\x01" for number, each in enumerate(gaps, start=1)}
    text = item.prose.text(within)
    if GAP.search(text):
        item.prose.warn(_("Double brackets in the text would name a gap here: a space was put between them."))
        text = text.replace("[[", "[ [")
    return text.replace("\x00", "[[").replace("\x01", "]]")


def _stem_and_text(whole: str) -> tuple[str, str]:
    """The lines before the first gap are the stem."""
    lines = whole.split("\n")
    first = next(number for number, line in enumerate(lines) if GAP.search(line))
    return "\n".join(lines[:first]), "\n".join(lines[first:])


def _gap(item: Item, interaction: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The options of one gap, if it has a list, and its key."""
    if interaction.tag == "textEntryInteraction":
        return {}, _entry_key(item, interaction)
    options, ids = entries_of(item, interaction.iterchildren("inlineChoice"), "o")
    declared = item.response(interaction)
    correct = right_choices(declared, ids)
    warn_of_partial(item, declared, correct[:1])
    shuffling(item, interaction)
    return {"options": options}, {"correct": ids[correct[0]]}


def _entry_key(item: Item, interaction: Any) -> dict[str, Any]:
    declared = item.response(interaction)
    if interaction.get("patternMask"):
        item.prose.warn(_("A pattern that the text must have is not kept."))
    key = blank_key(declared, item.how(declared), item.scoring, item.prose)
    if key is None:
        raise NotTaken(no_key())
    return key


def _warn_of_uneven(item: Item, responses: Sequence[Declared]) -> None:
    worths = {item.worth(each) for each in responses}
    known = [each for each in worths if each is not None]
    if len(worths) > 1 and (len(known) < len(worths) or max(known) - min(known) > Decimal("0.001")):
        item.prose.warn(_("The gaps are worth different marks in the file; here all are worth the same."))


def essay(item: Item, interaction: Any) -> Question:
    body = {"stem": item.stem({interaction: item.prompt(interaction)}), **_longest(item, interaction)}
    return Question("short_answer", body, _by_answer(item, interaction), item.outcomes.maximum)


def upload(item: Item, interaction: Any) -> Question:
    """A file to hand in."""
    kinds, unknown = kinds_in(interaction.get("type", ""))
    if unknown:
        item.prose.warn(
            _("Files of these types cannot be handed in here: %(types)s."), types=", ".join(unknown)[:100]
        )
    body = {"stem": item.stem({interaction: item.prompt(interaction)}), "kinds": kinds}
    return Question("file_upload", body, _by_answer(item, interaction), item.outcomes.maximum)


def _by_answer(item: Item, interaction: Any) -> dict[str, Any]:
    """The rubric of an answer that one criterion is enough for."""
    criterion = {"id": "c1", "text": BY_ANSWER, "max": key_number(item.outcomes.maximum or Decimal(1))}
    return {"rule": "rubric", "criteria": [criterion], **_sample(item, [item.response(interaction)])}


def case(item: Item, found: Sequence[Any]) -> Question:
    """Several texts to write: each a part, asked in the stem and named by its number."""
    parts, criteria, asked = [], [], []
    each_max = Fraction(item.outcomes.maximum or len(found)) / len(found)
    most = number_in(share_text(each_max)) or Decimal(1)
    for number, interaction in enumerate(found, start=1):
        prompt = item.prompt(interaction)
        named = 0 < len(prompt) <= LONGEST_LABEL and "\n" not in prompt
        label = prompt if named else f"（{number}）"
        asked.append("" if named or not prompt else label + prompt)
        parts.append({"id": f"p{number}", "label": label, **_longest(item, interaction)})
        criteria.append(
            {"id": f"c{number}", "text": BY_ANSWER, "max": key_number(most), "part": f"p{number}"}
        )
    body = {"stem": item.stem(dict(zip(found, asked, strict=True))), "parts": parts}
    sample = _sample(item, [item.response(each) for each in found])
    answer = {"rule": "rubric", "criteria": criteria, **sample}
    return Question("case_analysis", body, answer, item.outcomes.maximum)


def _sample(item: Item, responses: Sequence[Declared]) -> dict[str, str]:
    """What the scorer is told, and what is declared correct: a model answer."""
    texts = [item.sample, *(text for each in responses for text in each.correct)]
    text = _joined(*texts)
    return {"sample": text} if text else {}


def _longest(item: Item, interaction: Any) -> dict[str, int]:
    """The most characters, where the pattern says only that, as [\\s\\S]{0,500}."""
    pattern = interaction.get("patternMask", "")
    counted = pattern.removeprefix("^").removesuffix("$").removeprefix("[\\s\\S]{").removesuffix("}")
    least, _comma, most = counted.partition(",")
    if least == "0" and most.isascii() and most.isdigit() and 0 < len(most) < 9 and int(most):
        return {"max_chars": int(most)}
    if pattern:
        item.prose.warn(_("A pattern that the text must have is not kept."))
    return {}


def slider(item: Item, interaction: Any) -> Question:
    declared = item.response(interaction)
    number = number_in(declared.correct[0]) if declared.correct else None
    if number is None:
        raise NotTaken(no_key())
    low, high = (interaction.get(each, "?")[:30] for each in ("lowerBound", "upperBound"))
    item.prose.warn(_("The slider's range, %(low)s to %(high)s, is not kept."), low=low, high=high)
    blanks = {"b1": {"value": key_number(number), "tolerance": 0}}
    body = {
        "stem": item.stem({interaction: item.prompt(interaction)}),
        "blanks": [{"id": "b1", "label": BLANK_LABEL}],
    }
    return Question("fill_in", body, {"rule": "per_blank", "blanks": blanks}, item.points([declared]))
