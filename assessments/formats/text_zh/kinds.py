"""The kinds of questions: which one a question is, and who makes it."""

import re
from collections.abc import Callable
from decimal import Decimal

from assessments.formats.text_zh.answers import letters, order, pairs, short_answers, token_of, truth
from assessments.formats.text_zh.blocks import Block, Field, stray_text
from assessments.formats.text_zh.choices import (
    cites,
    letters_in_stem,
    listed,
    multiple,
    picked_by,
    rows_of,
    single,
    true_false,
    truth_in_stem,
)
from assessments.formats.text_zh.gaps import GAP_TO_WRITE, answers_of_gaps, cloze, fill_in
from assessments.formats.text_zh.lexing import half
from assessments.formats.text_zh.rubrics import case_analysis, file_upload, short_answer
from assessments.formats.text_zh.unusable import (
    Made,
    Unusable,
    beyond,
    no_answer,
    no_options,
    not_read,
    rule_of,
    shown,
)
from assessments.formats.usual import Unit
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

# Two options that are these make a statement to judge; a lone x or y may be anything.
STATED = {"对", "错", "正确", "错误", "√", "×", "是", "否", "T", "F", "TRUE", "FALSE"}

KEPT = {
    "answer",
    "explanation",
    "difficulty",
    "points",
    "tags",
    "source",
    "type",
    "category",
    "name",
    "extra",
    "nothing",
}
_GAPS = {"rule", "blank", "unit", "value", "tolerance", "partial", "case"}
OWN = {
    "single": {"shuffle", "cites"},
    "multiple": {"shuffle", "cites", "rule", "weights"},
    "true_false": {"cites"},
    "ordering": {"cites", "rule"},
    "matching": set[str](),
    "fill_in": _GAPS,
    "cloze": _GAPS | {"text"},
    "short_answer": {"criteria", "penalty", "max_chars"},
    "case_analysis": {"criteria", "penalty", "max_chars", "part"},
    "file_upload": {"criteria", "penalty", "kinds", "most_files", "most_mb"},
}


def inferred(block: Block) -> str:
    """The type of a question in no section of a known kind, by its options and its answer."""
    items = block.items("letter") or block.items("circled")
    said = block.answers()
    first = next(filter(str.strip, said[0].lines), "") if said else ""
    if not items:
        if not said and short_answers(f"{block.number}.{block.stem.text}"):
            raise Unusable(
                Message(_("This looks like a line of an answer key, and no question was found for it."))
            )
        if (truth(first) or truth(token_of(first)[0])) is not None or (
            not said and truth_in_stem(block, cut=False) is not None
        ):
            return "true_false"
        if letters(first) is not None:
            raise Unusable(no_options())
        gaps = len(GAP_TO_WRITE.findall(half(block.stem.text)))
        fits = bool(gaps and said) and answers_of_gaps(said[0], gaps) is not None
        return "fill_in" if fits and not block.named("criteria") else "short_answer"
    if block.items("letter") and block.items("circled") and pairs(first):
        return "matching"
    texts = [half(each.value.text).strip().upper() for each in items]
    if len(texts) == 2 and STATED.issuperset(texts) and truth(texts[0]) is not truth(texts[1]):
        return "true_false"
    if said:
        picked = rows_of(said[0], items) or picked_by(first, items) or picked_by(token_of(first)[0], items)
    else:
        picked = letters_in_stem(block, items, cut=False)
    return "multiple" if picked and len(set(picked)) > 1 else "single"


def fold_items(block: Block) -> None:
    """What is listed in a question to be written, back into its stem."""
    if not block.named("blank"):
        block.stem.lines += block.shadow
        block.stem.lines += [
            f"{shown(each.label.index)}. {each.value.text}" for each in block.items("letter")
        ]


def tell_unused(block: Block, unit: Unit, kind: str) -> None:
    """A warning for each labelled fact that a question of this kind has no place for."""
    for each in block.entries[1:]:
        if isinstance(each, Field) and each.name not in KEPT | OWN[kind]:
            block.warnings.append(
                Message(
                    _("%(place)s: “%(text)s” has no place in a question of this type and was left out."),
                    {"place": unit(each.value.number), "text": each.value.text[:40]},
                )
            )


def _ordering(block: Block, unit: Unit, marks: Decimal | None) -> Made:
    options, names = listed(block.items("circled") or block.items("letter"), "o")
    orders = []
    for value in block.answers():
        for text in re.split("[;；/或]", value.lines[0] if value.lines else ""):
            places = order(text)
            if places is None:
                raise Unusable(not_read(value))
            if sorted(places) != sorted(names):
                raise Unusable(Message(_("The order does not name every step once.")))
            orders.append([names[each] for each in places])
        stray_text(block, unit, value, 1)
    if not orders:
        raise Unusable(no_answer())
    rule = rule_of(block, unit, (("相邻", "adjacent_pair"), ("最长", "longest_run"), ("完全", "exact")))
    return {"options": options}, {"rule": rule, "orders": orders, **cites(block)}


def _matching(block: Block, unit: Unit, marks: Decimal | None) -> Made:
    left, left_names = listed(block.items("circled"), "l")
    right, right_names = listed(block.items("letter"), "r")
    if not left or not right:
        raise Unusable(
            Message(_("The two lists to match are not found: ① … on the left, A. … on the right."))
        )
    text = "；".join(line for value in block.answers() for line in value.lines)
    if not text.strip():
        raise Unusable(no_answer())
    found = pairs(text)
    if found is None:
        raise Unusable(not_read(block.answers()[0]))
    for place, names in ((set(found), left_names), (set(found.values()), right_names)):
        if unknown := sorted(place - set(names)):
            raise beyond(unknown[0])
    answer = {left_names[each]: right_names[partner] for each, partner in found.items()}
    return {"left": left, "right": right}, {"rule": "per_pair", "pairs": answer}


MAKERS: dict[str, Callable[[Block, Unit, Decimal | None], Made]] = {
    "single": single,
    "multiple": multiple,
    "true_false": true_false,
    "ordering": _ordering,
    "matching": _matching,
    "fill_in": fill_in,
    "cloze": cloze,
    "short_answer": short_answer,
    "case_analysis": case_analysis,
    "file_upload": file_upload,
}
