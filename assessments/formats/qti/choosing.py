"""Interactions in which something is chosen, ordered or joined: choice, hottext, order, match, associate."""

from collections.abc import Mapping, Sequence
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
from assessments.formats.qti.declarations import Declared
from assessments.formats.qti.processing import MAP, MATCH
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

TRUE, FALSE = {"正确", "对", "是", "true", "√"}, {"错误", "错", "否", "false", "×"}


def choice(item: Item, interaction: Any) -> Question:
    options, ids = entries_of(item, interaction.iterchildren("simpleChoice"), "o")
    return _picked(item, interaction, item.stem({interaction: item.prompt(interaction)}), options, ids)


def hottext(item: Item, interaction: Any) -> Question:
    hot = list(interaction.iter("hottext"))
    options, ids = entries_of(item, hot, "o")
    item.prose.around = dict.fromkeys(hot, ("【", "】"))
    stem = item.stem({interaction: item.prose.text(interaction)})
    return _picked(item, interaction, stem, options, ids)


def _picked(
    item: Item, interaction: Any, stem: str, options: list[dict[str, str]], ids: Mapping[str, str]
) -> Question:
    """A question whose options are picked: single, multiple, or true/false."""
    declared = item.response(interaction)
    correct = right_choices(declared, ids)
    one = not declared.several or (interaction.get("maxChoices", "1") == "1" and len(correct) == 1)
    _warn_of_limits(item, interaction, len(options), one=one)
    if one and (judgement := _true_false(options, ids[correct[0]])):
        warn_of_partial(item, declared, correct[:1])
        return Question("true_false", {"stem": stem, **judgement[0]}, judgement[1], item.points([declared]))
    body: dict[str, Any] = {"stem": stem, "options": options, **shuffling(item, interaction)}
    if one:
        warn_of_partial(item, declared, correct[:1])
        single = {"rule": "exact", "correct": ids[correct[0]]}
        return Question("single", body, single, item.points([declared]))
    right = {ids[each] for each in correct}
    answer: dict[str, Any] = {"correct": [each for each in ids.values() if each in right]}
    answer |= _weighted(item, declared, correct, ids) if item.how(declared) == MAP else _all_or_nothing()
    if declared.identifier in item.scoring.reached and declared.mapped and len(correct) < len(ids):
        wrong = [
            declared.mapped.entries.get(each, declared.mapped.default) for each in ids if each not in correct
        ]
        if max(wrong) >= 0:
            item.prose.warn(
                _("In the file some wrong choices cost nothing; here only exactly the right ones earn marks.")
            )
    return Question("multiple", body, answer, item.points([declared]))


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
    usual = dict.fromkeys(ids, -even) | dict.fromkeys(correct, even)
    if all(abs(shares[each] - usual[each]) < Fraction(1, 10_000) for each in ids):
        return {"rule": "weighted"}
    return {"rule": "weighted", "weights": {ids[each]: share_text(share) for each, share in shares.items()}}


def _within_one(share: Fraction) -> Fraction:
    return min(max(share, Fraction(-1)), Fraction(1))


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


def order(item: Item, interaction: Any) -> Question:
    options, ids = entries_of(item, interaction.iterchildren("simpleChoice"), "o")
    declared = item.response(interaction)
    if not declared.correct:
        raise NotTaken(no_key())
    if sorted(declared.correct) != sorted(ids):
        raise NotTaken(
            Message(_("Only some of the steps are to be ordered, which is no question type here."))
        )
    if item.how(declared) == MAP:
        item.prose.warn(_("Marks for single steps are not kept: only exactly the right order earns marks."))
    if interaction.get("shuffle", "false") in ("true", "1"):
        shuffling(item, interaction)
    answer = {"rule": "exact", "orders": [[ids[each] for each in declared.correct]]}
    body = {"stem": item.stem({interaction: item.prompt(interaction)}), "options": options}
    return Question("ordering", body, answer, item.points([declared]))


def match(item: Item, interaction: Any) -> Question:
    sides = [list(each.iterchildren("simpleAssociableChoice")) for each in interaction.iter("simpleMatchSet")]
    if len(sides) != 2:
        raise NotTaken(no_key())
    pairs = right_pairs(item.response(interaction))
    chosen = [[each.get("identifier", "") for each in side] for side in sides]
    if sorted(one for one, _other in pairs) != sorted(chosen[0]):
        # read the other way round when it is the second set whose every entry has one partner
        pairs, sides = [(other, one) for one, other in pairs], sides[::-1]
        if sorted(one for one, _other in pairs) != sorted(chosen[1]):
            raise NotTaken(Message(_("Entries with no partner or with several are no question type here.")))
    return _matching(item, interaction, sides[0], sides[1], pairs)


def associate(item: Item, interaction: Any) -> Question:
    pairs = right_pairs(item.response(interaction))
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


def right_pairs(declared: Declared) -> list[tuple[str, str]]:
    texts = declared.correct
    if not texts and declared.mapped:
        texts = tuple(each for each, gain in declared.mapped.entries.items() if gain > 0)
    pairs = [each.split(" ") for each in texts]
    if not pairs or any(len(each) != 2 for each in pairs):
        raise NotTaken(no_key())
    return [(each[0], each[1]) for each in pairs]


def _matching(
    item: Item, interaction: Any, left: Sequence[Any], right: Sequence[Any], pairs: list[tuple[str, str]]
) -> Question:
    declared = item.response(interaction)
    lefts, left_ids = entries_of(item, left, "l")
    rights, right_ids = entries_of(item, right, "r")
    if any(one not in left_ids or other not in right_ids for one, other in pairs):
        raise NotTaken(no_key())
    warn_of_pair_marks(item, declared)
    answer = {"rule": "per_pair", "pairs": {left_ids[one]: right_ids[other] for one, other in pairs}}
    body = {"stem": item.stem({interaction: item.prompt(interaction)}), "left": lefts, "right": rights}
    return Question("matching", body, answer, item.points([declared]))


def warn_of_pair_marks(item: Item, declared: Declared) -> None:
    if item.how(declared) == MATCH or declared.mapped is None:
        item.prose.warn(
            _("Only all pairs together earned marks in the file; here each pair earns its share.")
        )
        return
    values = set(declared.mapped.entries.values())
    if len(values - {Decimal(0)}) > 1 or min(values, default=0) < 0 or declared.mapped.default:
        item.prose.warn(_("Pairs of different worth, or that cost marks, are not kept: each earns the same."))
