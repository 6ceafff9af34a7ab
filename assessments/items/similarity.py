"""How alike two questions read: by pairs of characters of what candidates see, never by the key.

A text is brought to one shape (NFKC, small letters, no spaces, no punctuation) and cut into grams: its two-character
pieces, a Chinese word being two characters long. Alike is the share of grams in common (Jaccard). Options are cut one
by one, so that their order says nothing; in a stem every number is alike, for a sum with other numbers is the same
question. All pairs of a bank are found by prefix filtering: two sets can only be alike in a share t when they have one
of their rarest grams in common (Bayardo, Ma, Srikant, WWW 2007).
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from math import ceil
from typing import Any

GRAM = 2
STEMS_ALIKE = 0.8
WHOLES_ALIKE = 0.7
TEXTS_ALIKE = 0.8
TELLING = 12
"""Grams a stem must have beside its stock phrases before it alone makes two questions near; also what an answer must
say of its own before it is compared with others."""

SHOWN = frozenset({"text", "label", "alt"})
VERDICTS = frozenset({"正确", "错误", "对", "错"})
GAP = re.compile(r"\[\[[^\]]*\]\]")
SILENT = re.compile(r"[\W_]+")
NUMBER = re.compile(r"\d+")
# “下列关于……的说法中，正确的有”: what a stem says when it says nothing.
STOCK = re.compile(
    "(?:在?(?:下列|以下|下面|上述)(?:各项|选项|几项|做法|说法|表述|处理|措施|行为|情形)?)"
    "|(?:的?(?:做法|说法|表述|叙述|描述|处理|措施|行为|情形|选项|一项|几项)中?)?"
    "(?:(?:不|最)?(?:正确|错误|恰当|合适|妥当|准确|合理|符合|属于|包括)(?:要求|规定)?)的?(?:是|有|为)(?:哪些?一?[项个])?"
    "|(?:不?(?:属于|包括|符合).{0,12}的(?:是|有|为))|(?:哪些?[一几]?[项个种]?)|(?:请?判断正误)|(?:每个用一次)"
    "|(?:按.{0,6}顺序排列?)|(?:请?(?:排一排|排列|排成).{0,10}顺序)"
)


NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Print:
    """What a question reads like. `stem` has no stock phrases in it, and is empty where nothing telling is left;
    `whole` is stem and options, empty for a question without options: its stem is all there is."""

    stem: frozenset[str]
    whole: frozenset[str]


@dataclass(frozen=True)
class Alike:
    """Two questions that read alike, `one` before `other` in the alphabet; `percent` of what they say is common."""

    percent: int
    one: str
    other: str


def print_of(body: Mapping[str, Any]) -> Print:
    """The print of the part of a question that candidates see; fields of any shape are passed over."""
    stem, *parts = map(_plain, shown_texts(body))
    options = [part for part in parts if part and part not in VERDICTS]
    telling = _grams(NUMBER.sub("0", STOCK.sub("", stem)))
    if len(telling) < TELLING:
        telling = NOTHING if options else _grams(stem)
    return Print(telling, NOTHING.union(_grams(stem), *map(_grams, options)) if options else NOTHING)


class Prints:
    """The prints of many questions by key, made once and asked for many."""

    def __init__(self, prints: Mapping[str, Print]) -> None:
        self._prints = prints
        self._rules = self._fresh()
        for key in prints:
            self._add(key, self._rules)

    def near(self, asked: Print) -> list[tuple[str, int]]:
        """Keys and percents of the questions near this one, the nearest first."""
        return _best(self._rules, asked)

    def pairs(self, *, most: int) -> list[Alike]:
        """Every two questions that are near, the nearest first; the first `most` found where a bank has more."""
        return sorted(islice(self._pairs(), most), key=lambda pair: (-pair.percent, pair.one, pair.other))

    def _pairs(self) -> Iterator[Alike]:
        rules = self._fresh()
        for key, asked in self._prints.items():  # each is compared with those before it
            for other, percent in _best(rules, asked):
                yield Alike(percent, min(key, other), max(key, other))
            self._add(key, rules)

    def _fresh(self) -> tuple["_Rule", "_Rule"]:
        prints = self._prints.values()
        return _Rule((each.stem for each in prints), STEMS_ALIKE), _Rule(
            (each.whole for each in prints), WHOLES_ALIKE
        )

    def _add(self, key: str, rules: tuple["_Rule", "_Rule"]) -> None:
        for rule, grams in zip(rules, _both(self._prints[key]), strict=True):
            rule.add(key, grams)


def nearest(body: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, int]]:
    """Keys and percents of the others near this one, the nearest first. For one question: only what could be near it
    is printed, which takes a fifth of the time that `Prints` takes to be made."""
    asked = print_of(body)
    prints = {key: print_of(other) for key, other in others.items() if _could_be_near(asked, other)}
    return Prints(prints).near(asked)


def percent_alike(one: Print, other: Print) -> int:
    """How much of a hundred two questions have in common if they are near, else 0."""
    return next((percent for _key, percent in Prints({"": one}).near(other)), 0)


def texts_alike(texts: Mapping[str, str], *, asked: str = "", most: int) -> list[Alike]:
    """Every two texts that have `TEXTS_ALIKE` or more in common, the nearest first; the first `most` found.

    What only repeats the question `asked` says nothing about who wrote it and is left out; so is a text that says
    hardly anything of its own.
    """
    repeated = _grams(_plain(asked))
    sets = {key: _grams(_plain(text)) - repeated for key, text in texts.items()}
    sets = {key: grams for key, grams in sets.items() if len(grams) >= TELLING}
    found = islice(_text_pairs(sets), most)
    return sorted(found, key=lambda pair: (-pair.percent, pair.one, pair.other))


def _text_pairs(sets: Mapping[str, frozenset[str]]) -> Iterator[Alike]:
    """Answers to one question have few grams that are rare, so many are compared: as numbers, bit by bit."""
    rule = _Rule(sets.values(), TEXTS_ALIKE)
    bits = {gram: 1 << place for place, gram in enumerate(NOTHING.union(*sets.values()))}
    masks = {key: sum(bits[gram] for gram in grams) for key, grams in sets.items()}
    for key, grams in sets.items():  # each is compared with those before it
        mask, size = masks[key], len(grams)
        for other in rule.candidates(grams):
            common = (mask & masks[other]).bit_count()
            share = common / (size + len(sets[other]) - common)
            if share >= TEXTS_ALIKE:
                yield Alike(int(100 * share), min(key, other), max(key, other))
        rule.add(key, grams)


def families(pairs: Iterable[Alike]) -> list[list[str]]:
    """The keys that pairs tie together, directly or through others, each family and all of them in the order of the
    pairs."""
    kin: dict[str, list[str]] = {}
    for pair in pairs:
        one, other = kin.get(pair.one, [pair.one]), kin.get(pair.other, [pair.other])
        if one is not other:
            one.extend(other)
            kin.update(dict.fromkeys(one, one))
    return list({id(family): family for family in kin.values()}.values())


class _Rule:
    """Sets by key, found by a Jaccard share of `least` or more; `sets`, all that will come, say what is rare."""

    def __init__(self, sets: Iterable[frozenset[str]], least: float) -> None:
        self._least = least
        self._known = Counter(chain.from_iterable(sets))
        self._sets: dict[str, frozenset[str]] = {}
        self._by_gram: defaultdict[str, list[str]] = defaultdict(list)

    def add(self, key: str, grams: frozenset[str]) -> None:
        self._sets[key] = grams
        for gram in self._rarest(grams):
            self._by_gram[gram].append(key)

    def near(self, grams: frozenset[str]) -> Iterator[tuple[str, float]]:
        for key in self.candidates(grams):
            other = self._sets[key]
            common = len(grams & other)
            share = common / (len(grams) + len(other) - common)
            if share >= self._least:
                yield key, share

    def candidates(self, grams: frozenset[str]) -> Iterator[str]:
        """The sets that may be alike: of a like size, with one of the rarest grams in common."""
        fewest, most = len(grams) * self._least, len(grams) / self._least
        for key in set().union(*(self._by_gram.get(gram, ()) for gram in self._rarest(grams))):
            if fewest <= len(self._sets[key]) <= most:
                yield key

    def _rarest(self, grams: frozenset[str]) -> list[str]:
        """So many that two sets alike enough cannot have all their common grams among the others."""
        length = len(grams) - ceil(self._least * len(grams)) + 1 if grams else 0
        return sorted(grams, key=lambda gram: (self._known[gram], gram))[:length]


def _could_be_near(asked: Print, other: Mapping[str, Any]) -> bool:
    stem, *options = map(_plain, shown_texts(other))
    whole = "\n".join((stem, *options))
    return (
        _has_enough(asked.whole, whole, WHOLES_ALIKE)
        or _has_enough(asked.stem, STOCK.sub("", stem), STEMS_ALIKE)
        or _has_enough(asked.stem, stem, STEMS_ALIKE)
    )


def _has_enough(grams: frozenset[str], text: str, least: float) -> bool:
    """Whether so many of the grams stand in the text that it may be alike in this share."""
    spare = len(grams) - ceil(least * len(grams))
    for gram in grams:
        if gram not in text:
            spare -= 1
            if spare < 0:
                return False
    return bool(grams)


def _both(asked: Print) -> tuple[frozenset[str], frozenset[str]]:
    return asked.stem, asked.whole


def _best(rules: tuple[_Rule, _Rule], asked: Print) -> list[tuple[str, int]]:
    shares: dict[str, float] = {}
    for rule, grams in zip(rules, _both(asked), strict=True):
        for key, share in rule.near(grams):
            shares[key] = max(share, shares.get(key, 0))
    return sorted(
        ((key, int(100 * share)) for key, share in shares.items()), key=lambda each: (-each[1], each[0])
    )


def shown_texts(body: Mapping[str, Any]) -> list[str]:
    """What candidates read: the stem first, then options, labels and descriptions of pictures."""
    stem = body.get("stem")
    others = [text for name, value in body.items() if name != "stem" for text in _texts(name, value)]
    return [stem if isinstance(stem, str) else "", *others]


def _texts(name: str, value: object) -> Iterator[str]:
    """What candidates read in a field, wherever it lies."""
    if isinstance(value, Mapping):
        for inner, each in value.items():
            yield from _texts(inner, each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(name, each)
    elif isinstance(value, str) and name in SHOWN:
        yield value


def _plain(text: str) -> str:
    return SILENT.sub("", GAP.sub("", unicodedata.normalize("NFKC", text).casefold()))


def _grams(text: str) -> frozenset[str]:
    """Its pieces; a text shorter than a piece is one."""
    return (
        frozenset(text[at : at + GRAM] for at in range(max(1, len(text) - GRAM + 1))) if text else frozenset()
    )
