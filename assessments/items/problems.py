"""What is wrong with a question, an answer or a set of marks: every problem at once, each with its field.

Messages are English msgids with named parameters. This package knows no Django, so the caller translates:
`gettext(message.msgid) % message.params`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn, TypeAlias


def gettext_noop(msgid: str) -> str:
    """Mark a string for makemessages, which looks for this name; the string itself is left alone."""
    return msgid


@dataclass(frozen=True)
class Message:
    """An English msgid and the named values it takes, messages among them; `str()` is the English sentence."""

    msgid: str
    params: Mapping[str, "str | int | Message"] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return self.msgid % self.params if self.params else self.msgid


Problem: TypeAlias = tuple[str, Message]


class ProblemsFound(ValueError):
    """Something given to us is not usable; `problems` lists every (field, message) found."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{where}: {message}" for where, message in problems))


class ItemInvalid(ProblemsFound):
    """The question's body or key cannot be used. Fields read like `body.options[2].id`."""


class ResponseInvalid(ProblemsFound):
    """What was posted is not an answer to this question."""


class MarksInvalid(ProblemsFound):
    """The marks do not fit the rubric."""


class Problems:
    """Collects problems, so that an author sees all of them and not the first."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, where: str, msgid: str, **params: str | int) -> None:
        self.found.append((where, Message(msgid, params)))

    def raise_if_any(self, error: type[ProblemsFound]) -> None:
        if self.found:
            raise error(self.found)


def refuse_response(where: str, msgid: str, **params: str | int) -> NoReturn:
    """Raise ResponseInvalid with this one problem."""
    raise ResponseInvalid([(where, Message(msgid, params))])
