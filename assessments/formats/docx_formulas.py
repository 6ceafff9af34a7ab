"""Word's own formulas (Office MathML, ECMA-376 Part 1, 22.1) and its raised and lowered runs, as text on one line."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

from assessments.formats.docx_numbering import W
from assessments.formats.formulas import MOST_DEPTH, base, fraction, lowered, raised, root

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
FORMULA = f"{M}oMath"
# Around what a run sets small, until the runs beside it are known: Word cuts one exponent into several.
RAISED, LOWERED, END = "\ue010", "\ue011", "\ue012"
MARKS = dict.fromkeys(map(ord, (RAISED, LOWERED, END)))
SMALL = {"superscript": RAISED, "subscript": LOWERED}
SET_SMALL = re.compile(f"([{RAISED}{LOWERED}])([^{RAISED}{LOWERED}{END}]*){END}")
SPACES = re.compile(" +")
GONE = {f"{W}del", f"{W}moveFrom", f"{W}rPr", f"{M}ctrlPr"}


def set_small(text: str, run: Any) -> str:
    """The text of a run, marked when the run raises or lowers it."""
    text = text.translate(MARKS)
    how = run.find(f"{W}rPr/{W}vertAlign")
    mark = "" if how is None or not text.strip() else SMALL.get(how.get(f"{W}val"), "")
    return f"{mark}{text}{END}" if mark else text


def settled_small(text: str) -> str:
    """A whole paragraph with its small runs as they are read."""
    return SET_SMALL.sub(lambda run: (raised if run[1] == RAISED else lowered)(run[2]), _joined(text))


def formula(element: Any) -> str:
    """What an `<m:oMath>` says."""
    return SPACES.sub(" ", _said(element, 0))


def _joined(text: str) -> str:
    """Small runs that follow each other are one."""
    pieces = SET_SMALL.split(text)
    kept = [pieces[0]]
    before = ""
    for mark, small, after in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        if mark == before:
            kept[-1] = kept[-1].removesuffix(END) + small + END
        else:
            kept.append(mark + small + END)
        kept[-1] += after
        before = "" if after else mark
    return "".join(kept)


def _said(element: Any, depth: int) -> str:
    if element.tag in GONE or not isinstance(element.tag, str):
        return ""
    if element.tag == f"{M}t" or element.tag == f"{W}t":
        return element.text or ""
    parts: dict[str, str] = {}
    inside = []
    for each in element.iterchildren(etree.Element):
        said = _said(each, depth + 1) if depth < MOST_DEPTH else " ".join(each.itertext(f"{M}t"))
        name = str(each.tag).removeprefix(M)
        parts[name] = f"{parts[name]}, {said}" if name in parts else said
        inside.append(said)
    build = BUILT.get(str(element.tag).removeprefix(M))
    return build(element, parts) if build else "".join(inside)


Build = Callable[[Any, Mapping[str, str]], str]


def _value(element: Any, path: str, usual: str) -> str:
    found = element.find("/".join(f"{M}{step}" for step in path.split("/")))
    return usual if found is None else str(found.get(f"{M}val", usual))


def _over(element: Any, parts: Mapping[str, str]) -> str:
    above, below = parts.get("num", ""), parts.get("den", "")
    return f"{above}; {below}" if _value(element, "fPr/type", "bar") == "noBar" else fraction(above, below)


def _scripts(_element: Any, parts: Mapping[str, str]) -> str:
    return base(parts.get("e", "")) + lowered(parts.get("sub", "")) + raised(parts.get("sup", ""))


def _before(_element: Any, parts: Mapping[str, str]) -> str:
    return lowered(parts.get("sub", "")) + raised(parts.get("sup", "")) + base(parts.get("e", ""))


def _large(element: Any, parts: Mapping[str, str]) -> str:
    sign = _value(element, "naryPr/chr", "∫")
    return sign + lowered(parts.get("sub", "")) + raised(parts.get("sup", "")) + parts.get("e", "")


def _bracketed(element: Any, parts: Mapping[str, str]) -> str:
    left, right = _value(element, "dPr/begChr", "("), _value(element, "dPr/endChr", ")")
    return left + parts.get("e", "").strip() + right


def _root(_element: Any, parts: Mapping[str, str]) -> str:
    return root(parts.get("e", ""), parts.get("deg", ""))


def _limit(_element: Any, parts: Mapping[str, str]) -> str:
    return base(parts.get("e", "")) + lowered(parts.get("lim", ""))


def _function(_element: Any, parts: Mapping[str, str]) -> str:
    return f"{parts.get('fName', '')} {parts.get('e', '')}"


def _rows(element: Any, _parts: Mapping[str, str]) -> str:
    rows = [
        [_said(cell, MOST_DEPTH) for cell in row.iterchildren(f"{M}e")]
        for row in element.iterchildren(f"{M}mr")
    ]
    return "; ".join(", ".join(row) for row in rows)


BUILT: dict[str, Build] = {
    "f": _over,
    "sSup": _scripts,
    "sSub": _scripts,
    "sSubSup": _scripts,
    "sPre": _before,
    "nary": _large,
    "d": _bracketed,
    "rad": _root,
    "limLow": _limit,
    "func": _function,
    "m": _rows,
}
