"""What our own comment above a question says besides its GIFT."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

from assessments.formats.checking import found
from assessments.formats.exchange import Draft, Found
from assessments.formats.gift.texts import BLANK_DRAFT, FACTS, writable_number
from assessments.items.base import JSONObject
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _


def with_facts(seen: Found, line: str) -> Found:
    """The question with what our comment says; when that does not fit, as the GIFT alone says it, with a warning."""
    try:
        told = found(seen.where, _told(json.loads(line), seen.draft or BLANK_DRAFT), seen.warnings)
    except (ValueError, RecursionError):
        told = None
    if told and told.draft:
        return told
    unread = Message(_("The line “// qinglan:” before the question does not fit it and was passed over."))
    return replace(seen, warnings=(*seen.warnings, unread))


def _told(facts: object, draft: Draft) -> Draft:
    """Raises ValueError when the facts are not of the shapes we write."""
    said = _as(dict, facts)
    if said.keys() - set(FACTS):
        raise ValueError(f"unknown: {said.keys() - set(FACTS)}")
    if "type" in said:
        draft = replace(draft, body={}, answer={})
    return Draft(
        type=_as(str, said.get("type", draft.type)),
        body=_overlaid(draft.body, said.get("body", {})),
        answer=_overlaid(draft.answer, said.get("answer", {})),
        explanation=_as(str, said.get("explanation", draft.explanation)),
        name=_as(str, said.get("name", draft.name)),
        category=_texts(said.get("category", draft.category)),
        tags=_texts(said.get("tags", draft.tags)),
        points=_points(said.get("points")),
        difficulty=_difficulty(said.get("difficulty")),
        extra=_as(dict, said.get("extra", {})),
    )


def _as(kind: type[Any] | tuple[type[Any], ...], value: object) -> Any:
    if not isinstance(value, kind):
        raise ValueError(f"not a {kind}")
    return value


def _overlaid(said: JSONObject, change: object) -> dict[str, Any]:
    fields = {**said, **_as(dict, change)}
    return {name: value for name, value in fields.items() if value is not None}


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_as(str, each) for each in _as((list, tuple), value))


def _points(value: object) -> Decimal | None:
    number = None if value is None else writable_number(_as(str, value))
    if value is not None and (number is None or number < 0):
        raise ValueError("no points")
    return number


def _difficulty(value: Any) -> int | None:
    if value not in (None, 1, 2, 3, 4, 5) or isinstance(value, bool | float):
        raise ValueError("no difficulty")
    return value
