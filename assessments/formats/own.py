"""What a file does not say by itself, and only we write into it: a JSON of facts, wherever a format has a place for it.

    {"answer.rule": {"was": "3f0c…", "is": "social_worker_exam"}, "answer.weights": {"was": "91be…"}, …}

It holds, field by field, what reading the file without it would get wrong: `is` is our value (left out where we have
none), `was` the fingerprint of what the file itself says. When another program has changed that part of the question,
the fingerprint differs and the file is believed. What makes up the question (type, body, answer) hangs together: when
one fact of it no longer fits, none of them counts. `files` names what files are called in the file, and with us.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from typing import Any

from assessments.formats.exchange import Draft, Found, renumbered
from assessments.formats.media import called
from assessments.formats.usual import number_in
from assessments.items import ITEM_TYPES, ItemInvalid
from assessments.items.media import files_of
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

QUESTION = ("body.", "answer.")
# Letters that some file would not carry as they are: XML has no place for these, and > may end what the facts stand in.
ESCAPED = {code: f"\\u{code:04x}" for code in (ord(">"), 0x7F, 0xFFFE, 0xFFFF, *range(0xD800, 0xE000))}
NOTHING = Draft(type="", body={}, answer={})
CHANGED = Message(
    _("The question was changed in the file after it was written: what we noted about that part is left out.")
)

Facts = Mapping[str, Any]


def unsaid(seen: Found, meant: Draft, names: Mapping[str, str] | None = None) -> Facts:
    """What must be told besides the file, so that what is found in it becomes the draft meant.

    `names`: what a file of the draft is called there → with us.
    """
    old, new = _fields_found(seen), fields_of(meant)
    facts: dict[str, Any] = {
        name: {"was": fingerprint(old.get(name))} | ({"is": new[name]} if name in new else {})
        for name in sorted(old.keys() | new.keys())
        if name != "files" and _canonical(old.get(name)) != _canonical(new.get(name))
    }
    if names:
        facts["files"] = {"was": fingerprint(old.get("files")), "is": dict(names)}
    return facts


def told(seen: Found, facts: Facts | None) -> Found:
    """What was found, with those facts that still fit it; with a warning when not all of them do.

    What we were warned of when we wrote the question is no warning: the facts make up for it.
    """
    changed = replace(seen, warnings=(*seen.warnings, CHANGED))
    if facts is None:
        return changed
    fields = _fields_found(seen)
    fitting = {
        name: fact
        for name, fact in facts.items()
        if isinstance(fact, Mapping) and fact.get("was") == fingerprint(fields.get(name))
    }
    if any(_of_question(name) and name not in fitting for name in facts):
        fitting = {name: fact for name, fact in fitting.items() if not _of_question(name)}
    try:
        draft = _with(seen.draft or NOTHING, fields, fitting)
    except (ItemInvalid, ValueError, TypeError, KeyError, AttributeError):
        return changed
    if len(fitting) < len(facts):
        return replace(changed, draft=draft, reason=None)
    return Found(seen.where, draft, warnings=() if "warnings" in facts else seen.warnings)


def as_text(facts: Facts) -> str:
    """The facts on one line, in letters that every file carries."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, default=_plain).translate(ESCAPED)


def from_text(text: str) -> Facts | None:
    """The facts again; None for a text that holds none."""
    try:
        facts = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return facts if isinstance(facts, dict) else None


def fields_of(draft: Draft) -> dict[str, Any]:
    """The draft but for its files as JSON values by name, what is empty left out."""
    fields: dict[str, Any] = {
        "type": draft.type,
        "explanation": draft.explanation,
        "name": draft.name,
        "category": list(draft.category),
        "tags": list(draft.tags),
        "points": None if draft.points is None else str(draft.points),
        "difficulty": draft.difficulty,
        "extra": dict(draft.extra),
    }
    fields |= {f"body.{name}": value for name, value in draft.body.items()}
    fields |= {f"answer.{name}": value for name, value in draft.answer.items()}
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def fingerprint(value: Any) -> str:
    """Sixteen letters by which a value is known again."""
    return sha256(_canonical(value).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _fields_found(seen: Found) -> dict[str, Any]:
    """The fields of what was found; its files and its warnings are two more."""
    draft = seen.draft or NOTHING
    besides = {"files": sorted(draft.files), "warnings": [str(each) for each in seen.warnings]}
    return fields_of(draft) | {name: value for name, value in besides.items() if value}


def _of_question(name: str) -> bool:
    return name == "type" or name.startswith(QUESTION)


def _with(read: Draft, fields: Mapping[str, Any], facts: Facts) -> Draft:
    """The draft with these facts. Raises ItemInvalid, or another error for facts of the wrong kind."""
    kept = {name: value for name, value in fields.items() if name not in facts}
    new = {name: fact["is"] for name, fact in facts.items() if "is" in fact and name != "files"}
    names = facts["files"]["is"] if "files" in facts else {}
    draft = called(_draft(read, kept | new), {_text(old): _text(ours) for old, ours in names.items()})
    ITEM_TYPES[draft.type].validate(draft.body, draft.answer)
    named = files_of(draft.body)
    files = {name: content for name, content in draft.files.items() if name in named}
    return renumbered(replace(draft, files=files))


def _draft(read: Draft, fields: Mapping[str, Any]) -> Draft:
    """Raises ValueError or TypeError for values of the wrong kind."""
    points, difficulty = fields.get("points"), fields.get("difficulty")
    if points is not None and number_in(_text(points)) is None:
        raise ValueError("points")
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
        points=number_in(points),
        difficulty=difficulty,
        extra=dict(fields.get("extra", {})),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("texts")
    return tuple(map(_text, value))


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=_plain)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else list(value)  # type: ignore[call-overload]
