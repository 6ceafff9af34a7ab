"""From the interactions of an item to a question of ours: its type, its body and its answer."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lxml import etree

from assessments.formats.qti.blanks import blank_key, number_or_text
from assessments.formats.qti.declarations import Declared, Outcomes, number_in
from assessments.formats.qti.processing import MAP, MATCH, UNSAID, Scoring
from assessments.formats.qti.prose import Prose
from assessments.items.checking import as_text
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _
from assessments.items.types.cloze import GAP

FILL = "完成填空。"  # the stem of a cloze whose item has nothing before its text
ANSWER = "答案"
BY_ANSWER = "按答题情况给分"
LONGEST_LABEL = 12  # a longer prompt asks something and belongs to the stem
TRUE, FALSE = {"正确", "对", "是", "true", "√"}, {"错误", "错", "否", "false", "×"}

NO_TYPE = {
    "hotspotInteraction": _("Choosing places in a picture is no question type here."),
    "selectPointInteraction": _("Pointing at a place in a picture is no question type here."),
    "graphicOrderInteraction": _("Ordering places in a picture is no question type here."),
    "graphicAssociateInteraction": _("Joining places in a picture is no question type here."),
    "graphicGapMatchInteraction": _("Filling the gaps of a picture is no question type here."),
    "positionObjectInteraction": _("Placing an object on a picture is no question type here."),
    "drawingInteraction": _("Drawing in a picture is no question type here."),
    "mediaInteraction": _("Playing a film or a recording is no question type here."),
    "uploadInteraction": _("Handing in a file is no question type here."),
    "endAttemptInteraction": _(
        "A button that ends the attempt belongs to a scripted item, which is not taken."
    ),
    "customInteraction": _("An interaction of its maker's own (customInteraction) is not taken."),
    "portableCustomInteraction": _(
        "A portable custom interaction runs a program of its own, which is not taken."
    ),
}


class NotTaken(Exception):
    """The item cannot be one question of ours; `reason` says why."""

    def __init__(self, reason: Message) -> None:
        self.reason = reason
        super().__init__(str(reason))


@dataclass(frozen=True)
class Question:
    """What a type takes: its code, body and answer; and the points, when the interaction's rule says them."""

    type: str
    body: dict[str, Any]
    answer: dict[str, Any]
    points: Decimal | None = None


@dataclass
class Item:
    """An item with all it declares, while it is being read."""

    title: str
    body: Any
    prose: Prose
    declared: Mapping[str, Declared]
    outcomes: Outcomes
    scoring: Scoring
    sample: str = ""

    def response(self, interaction: Any) -> Declared:
        name = interaction.get("responseIdentifier", "")
        return self.declared.get(name, Declared(name))

    def how(self, declared: Declared) -> str:
        """MATCH or MAP. Warns where the item leaves it open."""
        how = self.scoring.of(declared.identifier)
        if how == UNSAID:
            self.prose.warn(_("The item does not say how it is scored."))
            how = MAP if declared.mapped else MATCH
        return how if declared.mapped else MATCH

    def stem(self, *more: str) -> str:
        """The text around the interaction and what else is asked; the title where there is neither."""
        return "\n".join(each for each in (self.prose.text(self.body), *more) if each) or self.title

    def prompt(self, interaction: Any) -> str:
        prompt = interaction.find("prompt")
        return "" if prompt is None else self.prose.text(prompt)

    def points(self, declared: Iterable[Declared]) -> Decimal | None:
        """The greatest score: as declared, else as the rules and mappings add it up; None when nothing says."""
        if self.outcomes.maximum is not None:
            return self.outcomes.maximum
        if self.scoring.whole is not None:
            return self.scoring.whole
        worths = [self.worth(each) for each in declared]
        total = sum((each for each in worths if each is not None), Decimal(0))
        return total if total > 0 and None not in worths else None

    def worth(self, declared: Declared) -> Decimal | None:
        """The most one response can earn; None where a template means 1 without saying so."""
        if declared.mapped and self.scoring.of(declared.identifier) == MAP:
            return declared.mapped.best(several=declared.several)
        return self.scoring.worth.get(declared.identifier)


def question(item: Item) -> Question:
    """The question that the item's interactions make together. Raises NotTaken."""
    found = [each for each in item.body.iter(etree.Element) if each.tag.endswith("Interaction")]
    kinds = {each.tag for each in found}
    for kind in sorted(kinds & NO_TYPE.keys()):
        raise NotTaken(Message(NO_TYPE[kind]))
    if not found:
        raise NotTaken(Message(_("The item asks for no response.")))
    if kinds <= {"textEntryInteraction", "inlineChoiceInteraction"}:
        return _inline(item, found)
    if kinds == {"extendedTextInteraction"}:
        return _essay(item, found[0]) if len(found) == 1 else _case(item, found)
    if len(found) > 1 or found[0].tag not in SINGLE:
        names = ", ".join(sorted(kinds))
        raise NotTaken(
            Message(_("Interactions that make no one question here: %(kinds)s."), {"kinds": names})
        )
    return SINGLE[found[0].tag](item, found[0])


def _choice(item: Item, interaction: Any) -> Question:
    options, ids = _entries(item, interaction.iterchildren("simpleChoice"), "o")
    return _picked(item, interaction, item.stem(item.prompt(interaction)), options, ids)


def _hottext(item: Item, interaction: Any) -> Question:
    hot = list(interaction.iter("hottext"))
    options, ids = _entries(item, hot, "o")
    item.prose.around = dict.fromkeys(hot, ("【", "】"))
    stem = item.stem(item.prose.text(interaction))
    return _picked(item, interaction, stem, options, ids)


def _picked(
    item: Item, interaction: Any, stem: str, options: list[dict[str, str]], ids: Mapping[str, str]
) -> Question:
    """A question whose options are picked: single, multiple, or true/false."""
    declared = item.response(interaction)
    correct = _correct(declared, ids)
    one = not declared.several or (interaction.get("maxChoices", "1") == "1" and len(correct) == 1)
    _warn_of_limits(item, interaction, len(options), one=one)
    if one and (judgement := _true_false(options, ids[correct[0]])):
        _warn_of_partial(item, declared, correct[:1])
        return Question("true_false", {"stem": stem, **judgement[0]}, judgement[1], item.points([declared]))
    body: dict[str, Any] = {"stem": stem, "options": options, **_shuffle(item, interaction)}
    if one:
        _warn_of_partial(item, declared, correct[:1])
        single = {"rule": "exact", "correct": ids[correct[0]]}
        return Question("single", body, single, item.points([declared]))
    answer = {"correct": [each for each in ids.values() if each in {ids[right] for right in correct}]}
    answer |= _weighted(item, declared, correct, ids) if item.how(declared) == MAP else _all_or_nothing()
    return Question("multiple", body, answer, item.points([declared]))


def _correct(declared: Declared, ids: Mapping[str, str]) -> list[str]:
    """The right choices: as declared, else those that earn the most (of several: those that earn something)."""
    correct = [each for each in declared.correct if each in ids]
    if not correct and declared.mapped:
        gains = {each: gain for each, gain in declared.mapped.entries.items() if each in ids and gain > 0}
        best = max(gains.values(), default=None)
        correct = [each for each, gain in gains.items() if declared.several or gain == best]
    if not correct:
        raise NotTaken(_no_key())
    return correct


def _no_key() -> Message:
    return Message(_("The item does not say what is right."))


def _all_or_nothing() -> dict[str, Any]:
    return {"rule": "all_or_nothing"}


def _weighted(
    item: Item, declared: Declared, correct: Sequence[str], ids: Mapping[str, str]
) -> dict[str, Any]:
    """The rule and weights of a mapping, as shares of the most that can be earned."""
    mapped = declared.mapped
    best = mapped.best(several=True) if mapped else Decimal(0)
    if mapped is None or best <= 0:
        return _all_or_nothing()
    values = {each: mapped.entries.get(each, mapped.default) for each in ids}
    if any(value < 0 for value in values.values()) and mapped.lowest != 0:
        item.prose.warn(_("Scores below 0 are not kept: the least is 0."))
    shares = {each: _within_one(Fraction(value) / Fraction(best)) for each, value in values.items()}
    if abs(sum((shares[each] for each in correct), Fraction(-1))) > Fraction(1, 1000):
        item.prose.warn(
            _("Exactly the right choices earn full marks here, whatever the file adds up for them.")
        )
    even = Fraction(1, len(correct))
    usual = {each: even if each in correct else -even for each in ids}
    if all(abs(shares[each] - usual[each]) < Fraction(1, 10_000) for each in ids):
        return {"rule": "weighted"}
    return {"rule": "weighted", "weights": {ids[each]: share_text(share) for each, share in shares.items()}}


def _within_one(share: Fraction) -> Fraction:
    return min(max(share, Fraction(-1)), Fraction(1))


def share_text(share: Fraction) -> str:
    """A share to six places."""
    return as_text(round(Decimal(share.numerator) / share.denominator, 6))


def _warn_of_partial(item: Item, declared: Declared, correct: Sequence[str]) -> None:
    if item.how(declared) != MAP or declared.mapped is None:
        return
    others = [gain for each, gain in declared.mapped.entries.items() if each not in correct]
    if any(others) or declared.mapped.default:
        item.prose.warn(_("Marks given or taken for other choices than the right one are not kept."))


def _warn_of_limits(item: Item, interaction: Any, options: int, *, one: bool) -> None:
    most, least = interaction.get("maxChoices", "1"), interaction.get("minChoices", "0")
    if not one and most not in ("0", "1", str(options)):
        item.prose.warn(_("How many choices may be picked at most (%(most)s) is not kept."), most=most[:9])
    if least not in ("0", "1"):
        item.prose.warn(
            _("How many choices must be picked at least (%(least)s) is not kept."), least=least[:9]
        )


def _true_false(
    options: Sequence[Mapping[str, str]], correct: str
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The options and answer of a judgement; None when the two choices are about something else."""
    texts = [each["text"].strip().casefold() for each in options]
    if len(texts) != 2 or not ({*texts} & TRUE and {*texts} & FALSE):
        return None
    ordered = sorted(options, key=lambda each: each["text"].strip().casefold() not in TRUE)
    named = [
        {"id": name, "text": each["text"]} for name, each in zip(("true", "false"), ordered, strict=True)
    ]
    right = next(new["id"] for new, old in zip(named, ordered, strict=True) if old["id"] == correct)
    return {"options": named}, {"rule": "exact", "correct": right}


def _shuffle(item: Item, interaction: Any) -> dict[str, bool]:
    """QTI shuffles only when told to; we do unless told not to."""
    if interaction.get("shuffle", "false").strip().lower() not in ("true", "1"):
        return {"shuffle": False}
    if any(each.get("fixed", "false") in ("true", "1") for each in interaction.iter(etree.Element)):
        item.prose.warn(
            _("A choice that keeps its place while the others are shuffled is shuffled with them.")
        )
    return {}


def _entries(item: Item, elements: Iterable[Any], letter: str) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The choices as entries with ids by position, and identifier → id."""
    entries, ids = [], {}
    for number, element in enumerate(elements, start=1):
        ids[element.get("identifier", "")] = f"{letter}{number}"
        entries.append({"id": f"{letter}{number}", "text": item.prose.text(element)})
    return entries, ids


def _order(item: Item, interaction: Any) -> Question:
    options, ids = _entries(item, interaction.iterchildren("simpleChoice"), "o")
    declared = item.response(interaction)
    if not declared.correct:
        raise NotTaken(_no_key())
    if sorted(declared.correct) != sorted(ids):
        raise NotTaken(
            Message(_("Only some of the steps are to be ordered, which is no question type here."))
        )
    if item.how(declared) == MAP:
        item.prose.warn(_("Marks for single steps are not kept: only exactly the right order earns marks."))
    if interaction.get("shuffle", "false") in ("true", "1"):
        _shuffle(item, interaction)
    answer = {"rule": "exact", "orders": [[ids[each] for each in declared.correct]]}
    body = {"stem": item.stem(item.prompt(interaction)), "options": options}
    return Question("ordering", body, answer, item.points([declared]))


def _match(item: Item, interaction: Any) -> Question:
    sides = [list(each.iterchildren("simpleAssociableChoice")) for each in interaction.iter("simpleMatchSet")]
    if len(sides) != 2:
        raise NotTaken(_no_key())
    pairs = _pairs(item.response(interaction))
    chosen = [[each.get("identifier", "") for each in side] for side in sides]
    if sorted(one for one, _other in pairs) != sorted(chosen[0]):
        # read the other way round when it is the second set whose every entry has one partner
        pairs, sides = [(other, one) for one, other in pairs], sides[::-1]
        if sorted(one for one, _other in pairs) != sorted(chosen[1]):
            raise NotTaken(Message(_("Entries with no partner or with several are no question type here.")))
    return _matching(item, interaction, sides[0], sides[1], pairs)


def _associate(item: Item, interaction: Any) -> Question:
    pairs = _pairs(item.response(interaction))
    choices = {
        each.get("identifier", ""): each for each in interaction.iterchildren("simpleAssociableChoice")
    }
    if sorted(each for pair in pairs for each in pair) != sorted(choices):
        raise NotTaken(
            Message(
                _("Associations in which an entry is in no pair or in several are no question type here.")
            )
        )
    left, right = ([choices[pair[side]] for pair in pairs] for side in (0, 1))
    place = {each: number for number, each in enumerate(choices)}
    right.sort(key=lambda each: place[each.get("identifier", "")])
    item.prose.warn(_("Free pairs are kept as two columns: what stands on the left is given."))
    return _matching(item, interaction, left, right, pairs)


def _pairs(declared: Declared) -> list[tuple[str, str]]:
    texts = declared.correct
    if not texts and declared.mapped:
        texts = tuple(each for each, gain in declared.mapped.entries.items() if gain > 0)
    pairs = [each.split(" ") for each in texts]
    if not pairs or any(len(each) != 2 for each in pairs):
        raise NotTaken(_no_key())
    return [(each[0], each[1]) for each in pairs]


def _matching(
    item: Item, interaction: Any, left: Sequence[Any], right: Sequence[Any], pairs: list[tuple[str, str]]
) -> Question:
    declared = item.response(interaction)
    lefts, left_ids = _entries(item, left, "l")
    rights, right_ids = _entries(item, right, "r")
    if any(one not in left_ids or other not in right_ids for one, other in pairs):
        raise NotTaken(_no_key())
    _warn_of_pair_marks(item, declared)
    answer = {"rule": "per_pair", "pairs": {left_ids[one]: right_ids[other] for one, other in pairs}}
    body = {"stem": item.stem(item.prompt(interaction)), "left": lefts, "right": rights}
    return Question("matching", body, answer, item.points([declared]))


def _warn_of_pair_marks(item: Item, declared: Declared) -> None:
    if item.how(declared) == MATCH or declared.mapped is None:
        item.prose.warn(
            _("Only all pairs together earned marks in the file; here each pair earns its share.")
        )
        return
    values = set(declared.mapped.entries.values())
    if len(values - {Decimal(0)}) > 1 or min(values, default=0) < 0 or declared.mapped.default:
        item.prose.warn(_("Pairs of different worth, or that cost marks, are not kept: each earns the same."))


def _gap_match(item: Item, interaction: Any) -> Question:
    if next(interaction.iter("gapImg"), None) is not None:
        raise NotTaken(Message(_("Gaps that are filled with pictures are no question type here.")))
    texts, gaps = list(interaction.iterchildren("gapText")), list(interaction.iter("gap"))
    options, ids = _entries(item, texts, "o")
    declared = item.response(interaction)
    right = {gap: text for text, gap in _pairs(declared) if text in ids}
    names = [each.get("identifier", "") for each in gaps]
    if sorted(right) != sorted(names) or len(_pairs(declared)) != len(names):
        raise NotTaken(Message(_("Gaps with no right text or with several are no question type here.")))
    stem = item.stem(item.prompt(interaction)) or FILL
    item.prose.marks |= dict.fromkeys([*texts, *interaction.iterchildren("prompt")], "")
    text = _numbered(item, item.prose, interaction, gaps)
    keys = {f"g{n}": {"correct": ids[right[name]]} for n, name in enumerate(names, start=1)}
    listed = [{"id": gap, "options": [dict(each) for each in options]} for gap in keys]
    rule = "per_gap" if item.how(declared) == MAP else "all_gaps"
    if rule == "per_gap":
        _warn_of_pair_marks(item, declared)
    answer = {"rule": rule, "gaps": keys}
    return Question("cloze", {"stem": stem, "text": text, "gaps": listed}, answer, item.points([declared]))


def _inline(item: Item, found: Sequence[Any]) -> Question:
    """Text entries and lists within a text."""
    whole = _numbered(item, item.prose, item.body, found)
    responses = [item.response(each) for each in found]
    _warn_of_uneven(item, responses)
    alone = len(found) == 1 and found[0].tag == "textEntryInteraction"
    if alone and whole.endswith("[[g1]]") and (stem := _asked(whole)):
        blanks = {"b1": _entry_key(item, found[0])}
        body = {"stem": stem, "blanks": [{"id": "b1", "label": ANSWER}]}
        return Question("fill_in", body, {"rule": "per_blank", "blanks": blanks}, item.points(responses))
    stem, text = _stem_and_text(whole)
    gaps, keys = [], {}
    for number, each in enumerate(found, start=1):
        options, keys[f"g{number}"] = _gap(item, each)
        gaps.append({"id": f"g{number}", **options})
    answer = {"rule": "all_gaps" if item.scoring.together else "per_gap", "gaps": keys}
    return Question("cloze", {"stem": stem, "text": text, "gaps": gaps}, answer, item.points(responses))


def _asked(whole: str) -> str:
    """What stands before the only gap, without a line that only says that here comes the answer."""
    before = whole.removesuffix("[[g1]]").rstrip("_ :：\n")
    return before.removesuffix(f"\n{ANSWER}") if before != ANSWER else before


def _numbered(item: Item, prose: Prose, within: Any, gaps: Sequence[Any]) -> str:
    """The text within an element, the gaps as [[g1]], [[g2]] … in their order."""
    prose.marks |= {each: f"\x00g{number}\x01" for number, each in enumerate(gaps, start=1)}
    text = prose.text(within)
    if GAP.search(text):
        item.prose.warn(_("Double brackets in the text would name a gap here: a space was put between them."))
        text = text.replace("[[", "[ [")
    return text.replace("\x00", "[[").replace("\x01", "]]")


def _stem_and_text(whole: str) -> tuple[str, str]:
    """The lines before the first gap are the stem."""
    lines = whole.split("\n")
    first = next(number for number, line in enumerate(lines) if GAP.search(line))
    return "\n".join(lines[:first]) or FILL, "\n".join(lines[first:])


def _gap(item: Item, interaction: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The options of one gap, if it has a list, and its key."""
    if interaction.tag == "textEntryInteraction":
        return {}, _entry_key(item, interaction)
    options, ids = _entries(item, interaction.iterchildren("inlineChoice"), "o")
    declared = item.response(interaction)
    correct = _correct(declared, ids)
    _warn_of_partial(item, declared, correct[:1])
    _shuffle(item, interaction)
    return {"options": options}, {"correct": ids[correct[0]]}


def _entry_key(item: Item, interaction: Any) -> dict[str, Any]:
    declared = item.response(interaction)
    if interaction.get("patternMask"):
        item.prose.warn(_("A pattern that the text must have is not kept."))
    key = blank_key(
        declared, item.how(declared), item.scoring.tolerances.get(declared.identifier), item.prose
    )
    if key is None:
        raise NotTaken(_no_key())
    return key


def _warn_of_uneven(item: Item, responses: Sequence[Declared]) -> None:
    worths = {item.worth(each) for each in responses}
    known = [each for each in worths if each is not None]
    if len(worths) > 1 and (len(known) < len(worths) or max(known) - min(known) > Decimal("0.001")):
        item.prose.warn(_("The gaps are worth different marks in the file; here all are worth the same."))


def _essay(item: Item, interaction: Any) -> Question:
    body = {"stem": item.stem(item.prompt(interaction)), **_longest(item, interaction)}
    declared = item.response(interaction)
    criterion = {"id": "c1", "text": BY_ANSWER, "max": number_or_text(item.outcomes.maximum or Decimal(1))}
    answer = {"rule": "rubric", "criteria": [criterion], **_sample(item, [declared])}
    return Question("short_answer", body, answer, item.outcomes.maximum)


def _case(item: Item, found: Sequence[Any]) -> Question:
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
            {"id": f"c{number}", "text": BY_ANSWER, "max": number_or_text(most), "part": f"p{number}"}
        )
    body = {"stem": item.stem(*asked), "parts": parts}
    sample = _sample(item, [item.response(each) for each in found])
    answer = {"rule": "rubric", "criteria": criteria, **sample}
    return Question("case_analysis", body, answer, item.outcomes.maximum)


def _sample(item: Item, responses: Sequence[Declared]) -> dict[str, str]:
    """What the scorer is told, and what is declared correct: a model answer."""
    texts = [item.sample, *(text for each in responses for text in each.correct)]
    text = "\n".join(each for each in texts if each)
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


def _slider(item: Item, interaction: Any) -> Question:
    declared = item.response(interaction)
    number = number_in(declared.correct[0]) if declared.correct else None
    if number is None:
        raise NotTaken(_no_key())
    low, high = (interaction.get(each, "?")[:30] for each in ("lowerBound", "upperBound"))
    item.prose.warn(_("The slider's range, %(low)s to %(high)s, is not kept."), low=low, high=high)
    blanks = {"b1": {"value": number_or_text(number), "tolerance": 0}}
    body = {"stem": item.stem(item.prompt(interaction)), "blanks": [{"id": "b1", "label": ANSWER}]}
    return Question("fill_in", body, {"rule": "per_blank", "blanks": blanks}, item.points([declared]))


SINGLE: dict[str, Callable[[Item, Any], Question]] = {
    "choiceInteraction": _choice,
    "orderInteraction": _order,
    "matchInteraction": _match,
    "associateInteraction": _associate,
    "gapMatchInteraction": _gap_match,
    "hottextInteraction": _hottext,
    "sliderInteraction": _slider,
}
