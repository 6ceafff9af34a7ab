"""What QTI has no word for travels in one processing instruction before the item, which other programs pass over:

    <?qinglan {"answer.rule": {"was": "3f0c…", "is": "weighted"}, …}?>

It holds, field by field, what reading the item without it would get wrong: `is` is our value (left out where we have
none), `was` the fingerprint of what the item itself says. When another program has changed that part of the item, the
fingerprint differs and the item is believed.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from typing import Any

from lxml import etree

from assessments.formats.exchange import Draft, renumbered
from assessments.formats.qti.declarations import number_in
from assessments.items import ITEM_TYPES, ItemInvalid

TARGET = "qinglan"
QUESTION = ("body.", "answer.")  # the fields that hang together when the type itself is a fact
ESCAPED = {ord(">"): "\\u003e", 0xFFFE: "\\ufffe", 0xFFFF: "\\uffff"} | {
    code: f"\\u{code:04x}" for code in range(0xD800, 0xE000)
}

Facts = Mapping[str, Mapping[str, Any]]


def facts_between(read: Draft, meant: Draft, stored: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """What must be told besides the item, so that the draft read from it becomes the draft meant.

    `stored`: what the files of the draft are called in the package.
    """
    old = fields_of(read)
    new = fields_of(meant) | ({"files": {own: name for name, own in stored.items()}} if stored else {})
    return {
        name: {"was": fingerprint(old.get(name))} | ({"is": new[name]} if name in new else {})
        for name in sorted(old.keys() | new.keys())
        if name not in old or name not in new or not _same(old[name], new[name])
    }


def with_facts(read: Draft, facts: Facts) -> tuple[Draft, bool]:
    """The draft with the facts that still belong to the item; and whether all of them did."""
    fields = fields_of(read)
    fitting = {
        name: fact
        for name, fact in facts.items()
        if isinstance(fact, Mapping) and fact.get("was") == fingerprint(fields.get(name))
    }
    complete = len(fitting) == len(facts)
    if "type" in facts and not all(name in fitting for name in facts if _of_question(name)):
        fitting = {name: fact for name, fact in fitting.items() if not _of_question(name)}
    for name, fact in fitting.items():
        fields.pop(name, None)
        if "is" in fact:
            fields[name] = fact["is"]
    try:
        draft = _draft(read, fields)
        ITEM_TYPES[draft.type].validate(draft.body, draft.answer)
        return renumbered(draft), complete
    except (ItemInvalid, ValueError, TypeError, KeyError, AttributeError):
        return read, False


def as_instruction(facts: Facts) -> Any:
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, default=_plain)
    return etree.ProcessingInstruction(TARGET, text.translate(ESCAPED).replace("\x7f", "\\u007f"))


def facts_of(root: Any) -> dict[str, Any]:
    """The facts that stand before the item; none where there are none or they cannot be read."""
    for each in root.itersiblings(etree.ProcessingInstruction, preceding=True):
        if each.target == TARGET:
            try:
                facts = json.loads(each.text or "")
            except (ValueError, RecursionError):
                return {}
            return facts if isinstance(facts, dict) else {}
    return {}


def _of_question(name: str) -> bool:
    return name == "type" or name.startswith(QUESTION)


def fields_of(draft: Draft) -> dict[str, Any]:
    """The draft as JSON values by name, what is empty left out."""
    fields: dict[str, Any] = {
        "type": draft.type,
        "explanation": draft.explanation,
        "name": draft.name,
        "category": list(draft.category),
        "tags": list(draft.tags),
        "points": None if draft.points is None else str(draft.points),
        "difficulty": draft.difficulty,
        "extra": dict(draft.extra),
        "files": {name: name for name in draft.files},
    }
    fields |= {f"body.{name}": value for name, value in draft.body.items()}
    fields |= {f"answer.{name}": value for name, value in draft.answer.items()}
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def _draft(read: Draft, fields: Mapping[str, Any]) -> Draft:
    """Raises ValueError or TypeError for values of the wrong kind."""
    points, difficulty = number_in(fields.get("points")), fields.get("difficulty")
    if difficulty is not None and (type(difficulty) is not int or not 1 <= difficulty <= 5):
        raise ValueError("difficulty")
    return replace(
        read,
        type=_text(fields.get("type", "")),
        body={name[5:]: value for name, value in fields.items() if name.startswith("body.")},
        answer={name[7:]: value for name, value in fields.items() if name.startswith("answer.")},
        explanation=_text(fields.get("explanation", "")),
        name=_text(fields.get("name", "")),
        category=_texts(fields.get("category", [])),
        tags=_texts(fields.get("tags", [])),
        points=points,
        difficulty=difficulty,
        extra=dict(fields.get("extra", {})),
        files={_text(name): read.files[own] for own, name in fields.get("files", {}).items()},
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("texts")
    return tuple(map(_text, value))


def _same(one: Any, other: Any) -> bool:
    return _canonical(one) == _canonical(other)


def fingerprint(value: Any) -> str:
    return sha256(_canonical(value).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=_plain)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else list(value)  # type: ignore[call-overload]
