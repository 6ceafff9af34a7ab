"""Conditions in Chinese and English: 信任 ≤ 8 且 未入户建档, trust<=8 and not survey.

One grammar (see `grammar`) in two spellings, which may be mixed. Documents keep the English one; this module reads
either into the same tree and writes a tree in either. What a word can be depends on the one before it: a name, 未 or
a bracket where an operand stands, 且, 或 or a comparison behind one. So a name may hold 或 or 且 itself. Names are
matched longest first; see `naming` for what stands for a name. 「…」 holds a name that is none of these words.
"""

import re
from collections.abc import Iterator
from typing import Literal

from . import messages as say
from .conditions import AllOf, Always, AnyOf, Compare, Condition, HasFlag, Not, Operator, Tree, compile_test
from .grammar import DIFFERS, MAX_LENGTH, ConditionError, Token, condition_error, parse_tokens
from .naming import MAX_NAME, Kind, Name, Names, fold, names_of

__all__ = ["Language", "Name", "Names", "names_of", "read_condition", "write_condition"]

Language = Literal["zh", "en"]

COMPARING = {
    "<=": ("<=", "≤", "小于等于", "小于或等于", "不超过", "不大于", "不高于", "不多于", "至多", "最多"),
    ">=": (">=", "≥", "大于等于", "大于或等于", "不少于", "不小于", "不低于", "至少", "最少"),
    DIFFERS: ("!=", "≠", "不等于"),
    "==": ("==", "=", "等于"),
    "<": ("<", "小于", "少于", "低于", "不到", "不足"),
    ">": (">", "大于", "多于", "高于", "超过"),
}
JOINING = {
    "and": ("and", "并且", "而且", "且", "以及", "和", "同时"),
    "or": ("or", "或者", "或"),
    ")": (")",),
}
NEGATING = ("not", "!", "没有", "尚未", "并未", "从未", "还没", "不是", "并非", "没", "未", "非", "无")
OPENING = {
    "not": NEGATING,
    "has": ("已经", "已有", "有", "已"),
    "True": ("True", "true", "总是"),
    "False": ("False", "false", "从不"),
    "(": ("(",),
}
SIGNS: dict[Operator, str] = {"<=": "≤", ">=": "≥", "<": "<", ">": ">", "==": "="}


def _words(table: dict[str, tuple[str, ...]]) -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern of all spellings, longest first, Latin ones as whole words; and what each spells."""
    meant = {spelling: word for word, spellings in table.items() for spelling in spellings}
    longest_first = sorted(meant, key=len, reverse=True)
    whole = (
        re.escape(s) + (r"(?![A-Za-z0-9_])" if s.isascii() and s.isalpha() else "") for s in longest_first
    )
    return re.compile("|".join(whole)), meant


_COMPARING, _COMPARED = _words(COMPARING)
_JOINING, _JOINED = _words(JOINING)
_OPENING, _OPENED = _words(OPENING)
_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,6})?")
_QUOTED = re.compile(f"「([^「」]{{1,{MAX_NAME}}})」")
_LATIN = re.compile(r"[A-Za-z0-9_]")
# A run of characters up to anything that cannot be a part of a name that is not written whole.
_CHUNK = re.compile(rf"(?:(?!{_COMPARING.pattern}|并且|而且|以及|同时)[^ \t\r\n()「」且或]){{1,{MAX_NAME}}}")


def read_condition(text: str, names: Names) -> Condition:
    """Read a condition in either spelling; its `text` is the English one, as documents keep it.

    Raises ConditionError as `grammar.parse_condition` does, also for a name that could mean several.
    """
    if len(text) > MAX_LENGTH:
        raise condition_error(say.TOO_LONG, limit=MAX_LENGTH)
    tree = parse_tokens(list(_Reader(text, names).tokens()), names.grammar)
    return Condition(write_condition(tree, names, "en"), tree, compile_test(tree))


class _Reader:
    """Cuts a text into the words of the grammar, each position looked at once."""

    def __init__(self, text: str, names: Names) -> None:
        self.text = text
        self.folded = fold(text)
        self.names = names
        self.at = 0

    def tokens(self) -> Iterator[Token]:
        if self.skip_space():
            raise condition_error(say.CONDITION_EMPTY)
        token = self.operand()
        while token is not None:
            yield token
            if self.skip_space():
                break
            if token.text in _COMPARED.values():
                token = self.number()
            elif token.kind in ("name", "number") or token.text in (")", "True", "False"):
                token = self.behind()
            else:
                token = self.operand()
        yield Token("end", "", len(self.text) + 1)

    def skip_space(self) -> bool:
        """Go to the next character that is none; whether the text is over."""
        self.at = self.end(_SPACE)
        return self.at == len(self.text)

    def end(self, pattern: re.Pattern[str], at: int | None = None) -> int:
        """Where a match of the pattern that begins here ends; here, if there is none."""
        start = self.at if at is None else at
        found = pattern.match(self.folded, start)
        return found.end() if found else start

    def take(self, kind: str, end: int, text: str = "") -> Token:
        """The word from here to `end`, which the grammar knows as `text`."""
        shown = self.text[self.at : end]
        token = Token(kind, text or self.folded[self.at : end], self.at + 1, shown)
        self.at = end
        return token

    def behind(self) -> Token:
        """What may follow an operand: 且, 或, a closing bracket, a comparison."""
        for pattern, meant in ((_COMPARING, _COMPARED), (_JOINING, _JOINED)):
            end = self.end(pattern)
            if end > self.at:
                return self.take("sign", end, meant[self.folded[self.at : end]])
        raise self.misplaced(say.JOIN_EXPECTED)

    def number(self) -> Token:
        end = self.end(_NUMBER)
        if end == self.at:
            raise self.misplaced(say.NUMBER_EXPECTED)
        return self.take("number", end)

    def operand(self) -> Token:
        """A name, whole or in part; else 未, 有, 总是 or an opening bracket."""
        if found := self.name():
            return found
        end = self.end(_OPENING)
        if end == self.at:
            raise self.nameless()
        meant = _OPENED[self.folded[self.at : end]]
        if meant != "has":
            return self.take("sign", end, meant)
        self.at = end
        if self.skip_space():
            raise condition_error(say.NAME_LACKING)
        if found := self.name():
            return found
        raise self.nameless()

    def name(self) -> Token | None:
        if found := self.quoted() or self.whole():
            return found
        end, word = self.chunk()
        one = self.names.part(word, self.kind(end))
        return self.take("name", end, one.key) if one else None

    def nameless(self) -> ConditionError:
        """That what stands here is no name: one of the other kind, an unknown one, or none at all."""
        end, word = self.chunk()
        if not word or self.end(_OPENING) > self.at:
            return self.misplaced(say.NAME_EXPECTED)
        one = self.names.part_of_other(word, self.kind(end))
        if one is None:
            return self.names.unknown(self.text[self.at : end])
        template = say.COMPARED_FLAG if one.kind == "flag" else say.COMPARE_VARIABLE
        return condition_error(template, name=f"'{self.text[self.at : end]}'")

    def chunk(self) -> tuple[int, str]:
        """Where a part of a name that begins here would end, and that part."""
        end = self.end(_CHUNK)
        return end, self.folded[self.at : end]

    def quoted(self) -> Token | None:
        end = self.end(_QUOTED)
        if end == self.at:
            return None
        word, kind = self.folded[self.at + 1 : end - 1].strip(), self.kind(end)
        one = self.names.known(word, kind) or self.names.part(word, kind)
        if one is None:
            raise self.names.unknown(self.text[self.at + 1 : end - 1])
        return self.take("name", end, one.key)

    def whole(self) -> Token | None:
        """The longest name that stands here in full and is longer than any word of the grammar."""
        least = self.end(_OPENING) - self.at
        for length in self.names.lengths:
            end = self.at + length
            if length <= least:
                break
            spelling = self.folded[self.at : end]
            if spelling in self.names.spelt and self.is_cut(end):
                one = self.names.known(spelling, self.kind(end))
                return self.take("name", end, one.key) if one else None
        return None

    def is_cut(self, end: int) -> bool:
        """Whether a Latin word is not cut through at `end`."""
        return not (
            end < len(self.folded) and _LATIN.match(self.folded[end - 1]) and _LATIN.match(self.folded[end])
        )

    def kind(self, end: int) -> Kind:
        """A variable where a comparison follows, otherwise a flag."""
        behind = self.end(_SPACE, end)
        return "variable" if self.end(_COMPARING, behind) > behind else "flag"

    def misplaced(self, template: str) -> ConditionError:
        end = max(self.end(_CHUNK), self.at + 1)
        return condition_error(
            template, found=f"'{self.text[self.at : min(end, self.at + 40)]}'", at=self.at + 1
        )


def write_condition(tree: Tree, names: Names, lang: Language) -> str:
    """The tree in one spelling: `trust<=8 and not survey`, 居民信任 ≤ 8 且 无「已逐户入户建档」.

    `read_condition` reads either back into the same tree.
    """
    return _written(tree, names) if lang == "zh" else _canonical(tree)


def _canonical(tree: Tree) -> str:
    match tree:
        case Always(truth):
            return str(truth)
        case HasFlag(flag):
            return flag
        case Compare(key, _, op, number, _):
            return f"{key}{op}{number}"
        case Not(part):
            return f"not {_bracketed(_canonical(part), part, '()')}"
        case AllOf(parts):
            return " and ".join(_bracketed(_canonical(part), part, "()") for part in parts)
        case AnyOf(parts):
            return " or ".join(
                _canonical(part) if isinstance(part, AllOf) else _bracketed(_canonical(part), part, "()")
                for part in parts
            )


def _written(tree: Tree, names: Names) -> str:
    match tree:
        case Always(truth):
            return "总是" if truth else "从不"
        case HasFlag(flag):
            return f"「{names.spelling(names.flags[flag])}」"
        case Compare(key, _, op, number, _):
            return f"{_variable(names.variables[key], names)} {SIGNS[op]} {number}"
        case Not(HasFlag(flag)):
            return f"无「{names.spelling(names.flags[flag])}」"
        case Not(Compare(key, _, "==", number, _)):
            return f"{_variable(names.variables[key], names)} ≠ {number}"
        case Not(Not() as part):
            return f"非 {_written(part, names)}"
        case Not(part):
            return f"非（{_written(part, names)}）"
        case AllOf(parts):
            return " 且 ".join(_bracketed(_written(part, names), part, "（）") for part in parts)
        case AnyOf(parts):
            return " 或 ".join(_bracketed(_written(part, names), part, "（）") for part in parts)


def _variable(one: Name, names: Names) -> str:
    """Its name, in 「」 where the bare one would be read as something else."""
    spelling = names.spelling(one)
    try:
        token = _Reader(f"{spelling} ≤ 0", names).operand()
    except ValueError:
        return f"「{spelling}」"
    return spelling if (token.text, token.shown) == (one.key, spelling) else f"「{spelling}」"


def _bracketed(text: str, tree: Tree, brackets: str) -> str:
    return f"{brackets[0]}{text}{brackets[1]}" if isinstance(tree, AllOf | AnyOf) else text
