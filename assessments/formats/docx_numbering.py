"""Word's automatic numbers: the label a paragraph has by its list or by its style (ECMA-376 Part 1, 17.9)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assessments.items.forms import CIRCLED, LETTERS

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DIGITS = "〇一二三四五六七八九"
CHINESE = {
    "chineseCounting",
    "chineseCountingThousand",
    "japaneseCounting",
    "ideographDigital",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
}
MOST_LEVELS = 9
DEEPEST = 20  # styles based on styles


@dataclass(frozen=True)
class Level:
    """One level of a list: what its numbers look like and begin with, and the text they stand in (%1 is level 1)."""

    format: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass
class Numbering:
    """The lists of a document while it is read: every label asked for counts on.

    `lists`: list id → (id of its definition, start by level where it begins anew); `styles`: style → (list, level).
    """

    levels: Mapping[str, Mapping[int, Level]] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, Mapping[int, int]]] = field(default_factory=dict)
    styles: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    begun: set[tuple[str, int]] = field(default_factory=set)

    def label(self, paragraph: Any) -> str:
        """What stands before the paragraph, with a space behind it; nothing for one without a number."""
        place = self._place(paragraph)
        if place is None or place[0] not in self.lists:
            return ""
        name, deep = place
        definition, starts = self.lists[name]
        levels = self.levels.get(definition, {})
        if deep not in levels:
            return ""
        counts = self.counts.setdefault(definition, {})
        self._count(counts, levels, starts, name, deep)
        if levels[deep].format in ("bullet", "none"):
            return ""
        text = levels[deep].text
        for each in range(deep + 1):
            level = levels.get(each, Level())
            text = text.replace(f"%{each + 1}", numeral(counts.get(each, level.start), level.format))
        return f"{text} " if text else ""

    def _count(
        self,
        counts: dict[int, int],
        levels: Mapping[int, Level],
        starts: Mapping[int, int],
        name: str,
        deep: int,
    ) -> None:
        if deep in starts and (name, deep) not in self.begun:
            self.begun.add((name, deep))
            counts[deep] = starts[deep]
        else:
            counts[deep] = counts[deep] + 1 if deep in counts else levels[deep].start
        for deeper in [each for each in counts if each > deep]:
            del counts[deeper]

    def _place(self, paragraph: Any) -> tuple[str, int] | None:
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        by_style = self.styles.get(_value(style)) if style is not None else None
        own = paragraph.find(f"{W}pPr/{W}numPr")
        if own is None:
            return by_style
        name, deep = _number_of(own, by_style)
        return None if name in ("", "0") else (name, deep)


def numbering_of(numbering: Any, styles: Any) -> Numbering:
    """From the parts numbering.xml and styles.xml, either of which may be missing (None)."""
    if numbering is None:
        return Numbering()
    levels = {
        str(each.get(f"{W}abstractNumId")): {
            _whole(level.get(f"{W}ilvl"), 0): _level(level) for level in each.findall(f"{W}lvl")
        }
        for each in numbering.findall(f"{W}abstractNum")
    }
    lists = {}
    for each in numbering.findall(f"{W}num"):
        starts = {
            _whole(override.get(f"{W}ilvl"), 0): _whole(_value(override.find(f"{W}startOverride")), 1)
            for override in each.findall(f"{W}lvlOverride")
            if override.find(f"{W}startOverride") is not None
        }
        lists[str(each.get(f"{W}numId"))] = (_value(each.find(f"{W}abstractNumId")), starts)
    return Numbering(levels, lists, _styles(styles))


def numeral(number: int, format: str) -> str:
    """3 as 3, C, c, 三 or ③; any other format as digits."""
    if format == "upperLetter" and number > 0:
        return LETTERS[(number - 1) % 26] * min((number - 1) // 26 + 1, 9)
    if format == "lowerLetter" and number > 0:
        return numeral(number, "upperLetter").lower()
    if format in CHINESE and 0 <= number < 100:
        return _chinese(number)
    if format.startswith("decimalEnclosedCircle") and 0 < number <= len(CIRCLED):
        return CIRCLED[number - 1]
    if format == "decimalZero":
        return f"{number:02}"
    return str(number)


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return DIGITS[ones]
    return (DIGITS[tens] if tens > 1 else "") + "十" + (DIGITS[ones] if ones else "")


def _level(level: Any) -> Level:
    return Level(
        _value(level.find(f"{W}numFmt")) or "decimal",
        _value(level.find(f"{W}lvlText"))[:100],
        _whole(_value(level.find(f"{W}start")), 1),
    )


def _styles(styles: Any) -> dict[str, tuple[str, int]]:
    """The numbered paragraph styles, those too that have the number from the style they are based on."""
    if styles is None:
        return {}
    named = {str(each.get(f"{W}styleId")): each for each in styles.findall(f"{W}style")}
    found = {}
    for name, style in named.items():
        at = style
        for _step in range(DEEPEST):
            own = at.find(f"{W}pPr/{W}numPr")
            if own is not None:
                found[name] = _number_of(own, None)
                break
            at = named.get(_value(at.find(f"{W}basedOn")))
            if at is None:
                break
    return {name: place for name, place in found.items() if place[0] not in ("", "0")}


def _number_of(own: Any, inherited: tuple[str, int] | None) -> tuple[str, int]:
    name, deep = own.find(f"{W}numId"), own.find(f"{W}ilvl")
    given = inherited or ("", 0)
    level = _whole(_value(deep), 0) if deep is not None else given[1]
    return (_value(name) if name is not None else given[0], min(level, MOST_LEVELS - 1))


def _value(element: Any) -> str:
    return "" if element is None else str(element.get(f"{W}val") or "")


def _whole(text: object, otherwise: int) -> int:
    plain = str(text)
    return int(plain) if plain.isdecimal() and len(plain) < 7 else otherwise
