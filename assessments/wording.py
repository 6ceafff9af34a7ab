"""Messages of the pure packages in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from assessments.items import Message
from assessments.items.problems import ProblemsFound
from core.errors import Refusal

FORM_FIELDS = frozenset({"response", "penalty"})  # what the person sees right beside the message


def in_words(message: Message) -> str:
    """The translated sentence; messages in it, such as the place it is about, are translated too."""
    text = gettext(message.msgid)
    params = {
        name: in_words(value) if isinstance(value, Message) else value
        for name, value in message.params.items()
    }
    return text % params if params else text


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
