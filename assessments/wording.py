"""Messages of the pure packages in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from assessments.items import Message
from assessments.items.problems import ProblemsFound, gettext_noop
from core.errors import Refusal

UNITS = (gettext_noop("line"), gettext_noop("paragraph"))
UNIT = "unit"  # what a message counts places in: the one value of a message that is itself a word of ours
PLACE = re.compile(r"(line|paragraph|row|question) (\d+)(.*)", re.DOTALL)
PLACES = {
    "line": gettext_noop("line %(number)s"),
    "paragraph": gettext_noop("paragraph %(number)s"),
    "row": gettext_noop("row %(number)s"),
    "question": gettext_noop("question %(number)s"),
}
FORM_FIELDS = frozenset({"response", "penalty"})  # what the person sees right beside the message


def in_words(message: Message) -> str:
    """The translated sentence."""
    text = gettext(message.msgid)
    params = {name: _param(name, value) for name, value in message.params.items()}
    return text % params if params else text


def _param(name: str, value: str | int | Message) -> str | int:
    """A value of a message may be a message itself: the place it is about."""
    if isinstance(value, Message):
        return in_words(value)
    return gettext(str(value)) if name == UNIT else value


def place_in_words(where: str | Message) -> str:
    """A place of a file in the reader's language: line 12, question 3 (its name) …"""
    if isinstance(where, Message):
        return in_words(where)
    named = PLACE.fullmatch(where)
    if named is None:
        return where
    return gettext(PLACES[named[1]]) % {"number": named[2]} + named[3]


def as_data(message: Message) -> dict[str, Any]:
    """A message for a JSON column: {"msgid", "params"}."""
    return {"msgid": message.msgid, "params": dict(message.params)}


def from_data(data: Mapping[str, Any]) -> str:
    """The translated sentence of a message stored by `as_data`."""
    return in_words(Message(data["msgid"], data["params"]))


def refusal_of(error: ProblemsFound, *, about: str = "") -> Refusal:
    """Every problem in one refusal, each with its place where the place means something to a person."""
    lines = [
        in_words(message) if where in FORM_FIELDS else f"{where}: {in_words(message)}"
        for where, message in error.problems
    ]
    return Refusal("; ".join([about, *lines] if about else lines), code="invalid")
