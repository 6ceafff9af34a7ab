"""Formulas as text on one line: raised and lowered signs, fractions, roots, and MathML that is made of them.

Unicode's own small signs are used where every sign of a text has one (10³, H₂O), else `^(…)` and `_(…)`: what is set
small must never run together with what it stands at. Source of the elements: W3C, “MathML Core”.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import Any

from lxml import etree

RAISED = dict(zip("0123456789+-−–=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿⁱ", strict=True))
LOWERED = dict(zip("0123456789+-−–=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎", strict=True))
SMALL_ALREADY = frozenset("°ºª®©™′″") | {*RAISED.values()} | {*LOWERED.values()}
ACCENTS = dict(zip("→⃗¯‾ˉ―^ˆ~˜˙¨", "⃗⃗̄̄̄̄̂̂̃̃̇̈", strict=True))
# One number, one letter or one Chinese word, and what is set small at it.
ATOM = re.compile(
    r"(?:\d+(?:[.,]\d+)*%?|[^\W\d_]|[\u4e00-\u9fff]+|[∞…])[²³¹⁰-ⁿ₀-₎′\u0300-\u036f\u20d0-\u20ff]*"
)
UNHEARD = "\u200b\u2061\u2062\u2063\u2064"  # operators that are not seen
CLOSE = frozenset("()[]{}|‖!′″'°%∑∏∫∮∂∇√./⟨⟩⌈⌉⌊⌋")  # operators without spaces around them
OPENING = frozenset("([{⟨⌈⌊")
SIGNS = frozenset("+-−±∓")
BESIDE = re.compile(r"\w \w")  # what would run together without its space
MOST_DEPTH = 30  # of elements in a formula; what lies deeper is told without its structure


def raised(text: str) -> str:
    """The text as it stands behind its base: ³, ^(a+b)."""
    return _small(text, RAISED, "^")


def lowered(text: str) -> str:
    """The same below the line: ₂, _(max)."""
    return _small(text, LOWERED, "_")


def fraction(above: str, below: str) -> str:
    """One over the other, apart from its neighbours: 2 1/3 is not 21/3."""
    return f" {grouped(above)}/{grouped(below)} "


def root(of: str, degree: str = "") -> str:
    degree = "" if degree.strip() in ("", "2") else raised(degree)
    return f"{degree}√{grouped(of)}"


def grouped(text: str) -> str:
    """The text in brackets, unless it is one thing anyway."""
    text = text.strip()
    return text if ATOM.fullmatch(text) or _is_bracketed(text) else f"({text})"


def formula(element: Any) -> str:
    """What a `<math>` element says; a space at its edge keeps a fraction from the number beside it."""
    said = _said(element, 0)
    before, after = said[:1].isspace(), said[-1:].isspace()
    return f"{' ' * before}{tidy(said)}{' ' * after}"


def tidy(text: str) -> str:
    """Single spaces, none inside brackets."""
    return re.sub(r"(?<=[(\[]) | (?=[)\],;])", "", " ".join(text.split()))


def row(parts: Sequence[str]) -> str:
    """Parts of a formula side by side, apart where they would make another number or word."""
    said = ""
    for each in parts:
        apart = said[-1:].isalnum() and each[:1].isalnum() and _would_merge(said, each)
        said += f" {each}" if apart else each
    return said


def _would_merge(before: str, behind: str) -> bool:
    """Two numbers, or a name of several letters and anything."""
    numbers = before[-1].isdigit() and behind[0].isdigit()
    return numbers or any(len(each) > 1 and each.isalpha() for each in (before[-2:], behind[:2]))


def operator(sign: str, *, first: bool) -> str:
    """An operator with its spaces; `first`: nothing stands before it that it could join."""
    sign = "".join(each for each in sign.strip() if each not in UNHEARD)
    if not sign or sign in CLOSE or (first and sign in SIGNS):
        return sign
    return f"{sign} " if sign in (",", ";", ":", "，") else f" {sign} "


def _small(text: str, signs: dict[str, str], mark: str) -> str:
    word = tidy(text)
    bare = word if BESIDE.search(word) else word.replace(" ", "")
    after = " " if text[-1:].isspace() else ""
    if not bare or SMALL_ALREADY.issuperset(bare):
        return bare + after
    if signs.keys() >= set(bare):
        return "".join(signs[each] for each in bare) + after
    return f"{mark}({word}){after}"


def _is_bracketed(text: str) -> bool:
    """Whether the bracket at the beginning is closed at the end, and not before."""
    if not text.startswith("(") or not text.endswith(")"):
        return False
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if not depth:
            return place == len(text) - 1
    return False


def _said(element: Any, depth: int) -> str:
    name = _local(element)
    if name in UNSAID:
        return ""
    if name in WORDS or depth > MOST_DEPTH:
        return " ".join(word for text in element.itertext(etree.Element) for word in text.split())
    if name == "mspace":
        return " "
    children = list(element.iterchildren(etree.Element))
    if name in ("semantics", "maction"):
        return _said(children[0], depth + 1) if children else ""
    if name in BUILT and len(children) >= BUILT[name][0]:
        return BUILT[name][1](element, [_said(each, depth + 1) for each in children])
    inside = row(list(_in_a_row(children, depth)))
    rooted = name == "msqrt" or (name == "menclose" and "radical" in element.get("notation", ""))
    return root(inside) if rooted else inside


def _in_a_row(children: Sequence[Any], depth: int) -> Iterator[str]:
    first = True
    for each in children:
        said = _said(each, depth + 1)
        if _local(each) == "mo":
            said = operator(said, first=first)
            first = bool(said.strip()) and said.strip() not in CLOSE - OPENING
        else:
            first = first and not said.strip()
        yield said


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def _over(element: Any, parts: Sequence[str]) -> str:
    if element.get("linethickness", "").strip().startswith("0"):
        return f"{parts[0]}; {parts[1]}"
    return fraction(parts[0], parts[1])


def _accented(parts: Sequence[str]) -> str:
    said, over = parts[0].strip(), parts[1].strip()
    if len(said) == 1 and over in ACCENTS:
        return said + ACCENTS[over]
    return f"{base(said)}^({over})" if over else said


def base(text: str) -> str:
    """What something is set small at; a sign such as ∑ and a name such as lim needs no brackets."""
    bare = text.strip()
    named = bare in ("ln", "lg") or (len(bare) > 2 and bare.isalpha() and bare.isascii())
    return bare if len(bare) < 2 or named else grouped(bare)


def _scripts(parts: Sequence[str]) -> str:
    return base(parts[0]) + lowered(parts[1]) + raised(parts[2])


def _fenced(element: Any, parts: Sequence[str]) -> str:
    signs = "".join(element.get("separators", ",").split())
    said = parts[0] if parts else ""
    for number, each in enumerate(parts[1:]):
        said += (signs[min(number, len(signs) - 1)] + " " if signs else "") + each
    return element.get("open", "(") + said + element.get("close", ")")


def _multiscripts(element: Any, parts: Sequence[str]) -> str:
    names = [_local(each) for each in element.iterchildren(etree.Element)]
    at = names.index("mprescripts") if "mprescripts" in names else len(names)
    return _pairs(parts[at + 1 :]) + base(parts[0]) + _pairs(parts[1:at])


def _pairs(parts: Sequence[str]) -> str:
    pairs = zip_longest(parts[::2], parts[1::2], fillvalue="")
    return "".join(lowered(below) + raised(above) for below, above in pairs)


UNSAID = {"annotation", "annotation-xml", "mphantom", "none", "mprescripts"}
WORDS = {"mi", "mn", "mo", "mtext", "ms"}
Build = Callable[[Any, Sequence[str]], str]
# name → how many children it must have, and what it says of them
BUILT: dict[str, tuple[int, Build]] = {
    "mfrac": (2, _over),
    "msup": (2, lambda element, parts: base(parts[0]) + raised(parts[1])),
    "msub": (2, lambda element, parts: base(parts[0]) + lowered(parts[1])),
    "munder": (2, lambda element, parts: base(parts[0]) + lowered(parts[1])),
    "mover": (2, lambda element, parts: _accented(parts)),
    "msubsup": (3, lambda element, parts: _scripts(parts)),
    "munderover": (3, lambda element, parts: _scripts(parts)),
    "mroot": (2, lambda element, parts: root(parts[0], parts[1])),
    "mfenced": (0, _fenced),
    "mmultiscripts": (1, _multiscripts),
    "mtable": (0, lambda element, parts: "; ".join(parts)),
    "mtr": (0, lambda element, parts: ", ".join(parts)),
}
