"""Answers written as text: one on a line, or in place inside a running text. Pure.

On lines: `听` or, for part of the marks, `听 = 50%`. In a running text, a gap is `[[听|倾听]]` to be written into
(any of these is right; `看=50%` earns half; `!` first: capitals count), `[[#12±0.5]]` for a number, and
`[[甲|*乙|丙]]` to be chosen from, the right one with a star. A backslash takes the meaning from the sign behind it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

from assessments.items.authoring import number_in
from assessments.items.checking import as_decimal
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

EXACT = Context(prec=1000)
WIDE = str.maketrans("｜＝％＊＃！", "|=%*#!")
SIGNS = re.compile(r"[\\|=*#!\[\]｜＝＊＃！]|^\s|\s$")
LINE_SIGNS = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}
LINE_SIGN = re.compile(r"\\([\\nr])")
LOOSE = re.compile(r"\\|\[(?=\[|\Z)")


class Unreadable(ValueError):
    """A text that cannot be read; `message` says why."""

    def __init__(self, msgid: str, **params: str | int) -> None:
        self.message = Message(msgid, params)
        super().__init__(str(self.message))


@dataclass(frozen=True)
class Gap:
    """A gap as it is written: a list (`options`, of which `right` is right), or the key of a blank."""

    options: tuple[str, ...] = ()
    right: int = -1
    key: Mapping[str, Any] | None = None


def lines_of(texts: Sequence[str]) -> str:
    return "\n".join(_line(text) for text in texts)


def texts_in(lines: str) -> list[str]:
    return [_unline(line) for line in lines.split("\n") if line.strip()]


def partial_lines(partial: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(f"{_line(each['text'])} = {percent(each['share'])}" for each in partial)


def partial_in(lines: str) -> list[dict[str, Any]]:
    """{text, share} of every line. Raises Unreadable."""
    return [_partial(line) for line in lines.split("\n") if line.strip()]


def percent(share: object) -> str:
    """A share of the marks for people: 50%."""
    number = as_decimal(share)
    return str(share) if number is None else f"{_plain(number.scaleb(2, EXACT))}%"


def share_in(text: str) -> int | str | None:
    """A share from `50%` or `0.5`; what is neither stays as it is, for the check to refuse."""
    plain = text.translate(WIDE).strip()
    number = as_decimal(plain.removesuffix("%").strip())
    if number is None or not plain.endswith("%"):
        return number_in(plain)
    return number_in(_plain(number.scaleb(-2, EXACT)))


def gap_source(gap: Gap) -> str:
    """A gap as its author writes it, without the brackets."""
    if gap.options:
        return "|".join(
            f"{'*' if at == gap.right else ''}{_item(text)}" for at, text in enumerate(gap.options)
        )
    key = gap.key or {}
    if "value" in key:
        return f"#{key['value']}" + (f"±{key['tolerance']}" if "tolerance" in key else "")
    items = [_item(text) for text in key["accepted"]]
    items += [f"{_item(each['text'])}={percent(each['share'])}" for each in key.get("partial", ())]
    return ("!" if key.get("case") else "") + "|".join(items)


def gap_in(source: str) -> Gap:
    """What the author wrote between the brackets. Raises Unreadable."""
    signs = _signs(source)
    start = next((at for at, (sign, _taken) in enumerate(signs) if not sign.isspace()), len(signs))
    first = _sign(signs, start)
    if first == "#":
        return Gap(key=_number("".join(sign for sign, _taken in signs[start + 1 :])))
    case = first == "!"
    items = _split(signs[start + 1 :] if case else signs, "|")
    starred = [at for at, item in enumerate(items) if _sign(_trimmed(item), 0) == "*"]
    if starred and not case:
        return _list(items, starred)
    return Gap(key=_blank(items, case=case))


def loose(text: str) -> str:
    """Running text between gaps, so that nothing in it reads as one."""
    return LOOSE.sub(r"\\\g<0>", text)


def pieces_in(source: str) -> list[str]:
    """Text and gaps in turn, beginning and ending with text. Raises Unreadable for a gap that is not closed."""
    pieces, at, text = [], 0, ""
    while at < len(source):
        if source[at] == "\\" and at + 1 < len(source) and source[at + 1] in "\\[":
            text, at = text + source[at + 1], at + 2
        elif source.startswith("[[", at):
            end = _end(source, at + 2)
            pieces += [text, source[at + 2 : end]]
            text, at = "", end + 2
        else:
            text, at = text + source[at], at + 1
    return [*pieces, text]


def _end(source: str, at: int) -> int:
    start = at
    while at < len(source):
        if source[at] == "\\":
            at += 2
        elif source.startswith("]]", at):
            return at
        else:
            at += 1
    raise Unreadable(
        _("A gap that begins with “[[%(text)s” does not end with ]]."), text=source[start : start + 12]
    )


def _list(items: list[list[tuple[str, bool]]], starred: list[int]) -> Gap:
    if len(starred) > 1:
        raise Unreadable(_("Mark one option of a gap with a star, not more."))
    texts = [_text(_trimmed(item)[1:] if at in starred else item) for at, item in enumerate(items)]
    return Gap(options=tuple(texts), right=starred[0])


def _blank(items: list[list[tuple[str, bool]]], *, case: bool) -> dict[str, Any]:
    accepted, partial = [], []
    for item in items:
        parts = _split(item, "=")
        if len(parts) == 1:
            accepted.append(_text(item))
        else:
            partial.append({"text": _text(parts[0]), "share": share_in(_text(parts[-1]))})
    if not all([*accepted, *(each["text"] for each in partial)]):
        raise Unreadable(_("A gap is empty: write between [[ and ]] what belongs there."))
    return {
        "accepted": accepted,
        **({"partial": partial} if partial else {}),
        **({"case": True} if case else {}),
    }


def _number(text: str) -> dict[str, Any]:
    value, apart, tolerance = text.replace("+-", "±").replace("+/-", "±").partition("±")
    return {"value": number_in(value), **({"tolerance": number_in(tolerance)} if apart else {})}


def _partial(line: str) -> dict[str, Any]:
    text, apart, share = line.replace("＝", "=").rpartition("=") if "=" not in line else line.rpartition("=")
    if not apart:
        raise Unreadable(_("Write it as “text = 50%%”: %(text)s"), text=line)
    return {"text": _unline(text.removesuffix(" ")), "share": share_in(share)}


def _line(text: str) -> str:
    return "".join(LINE_SIGNS.get(sign, sign) for sign in text)


def _unline(line: str) -> str:
    return LINE_SIGN.sub(lambda found: {"n": "\n", "r": "\r"}.get(found[1], found[1]), line)


def _item(text: str) -> str:
    return SIGNS.sub(lambda found: f"\\{found[0]}", text)


def _signs(source: str) -> list[tuple[str, bool]]:
    """Every sign, and whether a backslash took its meaning."""
    found, at = [], 0
    while at < len(source):
        taken = source[at] == "\\" and at + 1 < len(source)
        found.append((source[at + 1], True) if taken else (source[at], False))
        at += 2 if taken else 1
    return found


def _sign(signs: Sequence[tuple[str, bool]], at: int) -> str:
    """The sign there if it means something, in its narrow form."""
    return signs[at][0].translate(WIDE) if at < len(signs) and not signs[at][1] else ""


def _split(signs: Sequence[tuple[str, bool]], by: str) -> list[list[tuple[str, bool]]]:
    parts: list[list[tuple[str, bool]]] = [[]]
    for at, sign in enumerate(signs):
        if _sign(signs, at) == by:
            parts.append([])
        else:
            parts[-1].append(sign)
    return parts


def _trimmed(signs: Sequence[tuple[str, bool]]) -> list[tuple[str, bool]]:
    start, end = 0, len(signs)
    while start < end and _sign(signs, start).isspace():
        start += 1
    while end > start and _sign(signs, end - 1).isspace():
        end -= 1
    return list(signs[start:end])


def _text(signs: Sequence[tuple[str, bool]]) -> str:
    return "".join(sign for sign, _taken in _trimmed(signs))


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
