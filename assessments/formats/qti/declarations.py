"""What an item declares: its responses with their right values and mappings, and its outcomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lxml import etree

from assessments.formats.usual import number_in

NUMBERS = ("integer", "float")


@dataclass(frozen=True)
class Mapped:
    """A mapping: what each value adds to the score, and the bounds of the sum."""

    entries: Mapping[str, Decimal]
    default: Decimal = Decimal(0)
    lowest: Decimal | None = None
    highest: Decimal | None = None
    heeds_case: bool = True
    mixed: bool = False  # capitals count in some of the entries only

    def best(self, *, several: bool) -> Decimal:
        """The most that can be earned."""
        gains = [each for each in self.entries.values() if each > 0]
        reached = sum(gains, Decimal(0)) if several else max(gains, default=Decimal(0))
        return reached if self.highest is None else min(reached, self.highest)


@dataclass(frozen=True)
class Declared:
    """One response: `correct` in the order of the file; `kind` is its base type."""

    identifier: str
    cardinality: str = "single"
    kind: str = "identifier"
    correct: tuple[str, ...] = ()
    mapped: Mapped | None = None

    @property
    def several(self) -> bool:
        return self.cardinality != "single"


@dataclass(frozen=True)
class Outcomes:
    """The declared outcomes: what they are at first, and the greatest SCORE; None when the item does not say."""

    defaults: Mapping[str, str] = field(default_factory=dict)
    maximum: Decimal | None = None


def responses(root: Any) -> dict[str, Declared]:
    """Every declared response by its identifier."""
    found = (_response(each) for each in root.iterchildren("responseDeclaration"))
    return {each.identifier: each for each in found}


def outcomes(root: Any) -> Outcomes:
    declared = {each.get("identifier", ""): each for each in root.iterchildren("outcomeDeclaration")}
    defaults = {
        name: value for name, each in declared.items() if (value := _first_value(each.find("defaultValue")))
    }
    score = declared.get("SCORE")
    maximum = None if score is None else number_in(score.get("normalMaximum"))
    maximum = maximum or number_in(defaults.get("MAXSCORE"))
    return Outcomes(defaults, maximum if maximum is not None and maximum > 0 else None)


def value_text(element: Any) -> str:
    """The text of a value, spaces as single ones: of a pair, exactly one between its two."""
    return " ".join("".join(element.itertext(etree.Element)).split())


def _response(element: Any) -> Declared:
    correct = element.find("correctResponse")
    values = () if correct is None else tuple(value_text(each) for each in correct.iterchildren("value"))
    mapping = element.find("mapping")
    return Declared(
        identifier=element.get("identifier", ""),
        cardinality=element.get("cardinality", "single"),
        kind=element.get("baseType", "identifier"),
        correct=tuple(each for each in values if each),
        mapped=None if mapping is None else _mapping(mapping),
    )


def _mapping(element: Any) -> Mapped:
    entries = list(element.iterchildren("mapEntry"))
    heed = [each.get("caseSensitive", "true").strip().lower() in ("true", "1") for each in entries]
    return Mapped(
        entries={
            " ".join(each.get("mapKey", "").split()): number_in(each.get("mappedValue")) or Decimal(0)
            for each in entries
        },
        default=number_in(element.get("defaultValue")) or Decimal(0),
        lowest=number_in(element.get("lowerBound")),
        highest=number_in(element.get("upperBound")),
        heeds_case=all(heed),
        mixed=len(set(heed)) > 1,
    )


def _first_value(element: Any) -> str:
    value = None if element is None else element.find("value")
    return "" if value is None else value_text(value)
