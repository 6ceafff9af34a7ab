"""An item while it is being read, and what the readers of its interactions share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lxml import etree

from assessments.formats.qti.declarations import Declared, Outcomes
from assessments.formats.qti.processing import MAP, MATCH, UNSAID, Scoring
from assessments.formats.qti.prose import Prose
from assessments.items.checking import as_text
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _


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
    passage: str = ""  # what the item shares with others and is read before it

    def response(self, interaction: Any) -> Declared:
        name = interaction.get("responseIdentifier", "")
        return self.declared.get(name, Declared(name))

    def how(self, declared: Declared) -> str:
        """MATCH or MAP. Warns where the item leaves it open."""
        how = self.scoring.of(declared.identifier)
        if how == UNSAID:
            self.prose.warn(
                _("How the item is scored is only partly understood: look it over.")
                if self.scoring.how
                else _("The item does not say how it is scored.")
            )
            how = MAP if declared.mapped else MATCH
        return how if declared.mapped else MATCH

    def stem(self, asked: Mapping[Any, str]) -> str:
        """The passage and the text, in it what each interaction asks, unless the text around says so too; the title
        where none is there."""
        around = f"\n{self.prose.text(self.body)}\n"
        new = {each: text for each, text in asked.items() if text and f"\n{text}\n" not in around}
        self.prose.marks |= {each: f"\n{text}\n" for each, text in new.items()}
        texts = (self.passage, self.prose.text(self.body) if new else around.strip("\n"))
        return self.prose.gathered.stem("\n".join(each for each in texts if each)) or self.title

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
        told = self.scoring.worth.get(declared.identifier)
        if told is None and declared.mapped and self.scoring.of(declared.identifier) == MAP:
            return declared.mapped.best(several=declared.several)
        return told


def no_key() -> Message:
    return Message(_("The item does not say what is right."))


def entries_of(
    item: Item, elements: Iterable[Any], letter: str
) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The choices as entries with ids by position, and identifier → id."""
    entries, ids = [], {}
    for number, element in enumerate(elements, start=1):
        ids[element.get("identifier", "")] = f"{letter}{number}"
        entries.append({"id": f"{letter}{number}", "text": item.prose.aside(element)})
    return entries, ids


def shuffling(item: Item, interaction: Any) -> dict[str, bool]:
    """QTI shuffles only when told to; we do unless told not to."""
    if interaction.get("shuffle", "false").strip().lower() not in ("true", "1"):
        return {"shuffle": False}
    if any(each.get("fixed", "false") in ("true", "1") for each in interaction.iter(etree.Element)):
        item.prose.warn(
            _("A choice that keeps its place while the others are shuffled is shuffled with them.")
        )
    return {}


def right_choices(declared: Declared, ids: Mapping[str, str]) -> list[str]:
    """The right choices: as declared, else those that earn the most (of several: those that earn something)."""
    correct = [each for each in declared.correct if each in ids]
    if not correct and declared.mapped:
        gains = {each: gain for each, gain in declared.mapped.entries.items() if each in ids and gain > 0}
        best = max(gains.values(), default=None)
        correct = [each for each, gain in gains.items() if declared.several or gain == best]
    if not correct:
        raise NotTaken(no_key())
    return correct


def warn_of_partial(item: Item, declared: Declared, correct: Sequence[str]) -> None:
    if item.how(declared) != MAP or declared.mapped is None:
        return
    others = [gain for each, gain in declared.mapped.entries.items() if each not in correct]
    if any(others) or declared.mapped.default:
        item.prose.warn(_("Marks given or taken for other choices than the right one are not kept."))


def share_text(share: Fraction) -> str:
    """A share to six places."""
    return as_text(round(Decimal(share.numerator) / share.denominator, 6))
