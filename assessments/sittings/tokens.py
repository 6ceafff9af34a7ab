"""The attempt token: lets one window save answers to one attempt, without session and without CSRF cookie.

It opens nothing else. The deadline needs no copy in it: the database decides whether an answer is still taken. The
fence in it says which of the windows that opened the sitting holds it (see `assessments.sittings.fencing`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.core import signing

from assessments.models import Attempt
from people.models import Person

SALT = "assessments.attempt"
HEADER = "X-Attempt-Token"


@dataclass(frozen=True)
class Window:
    """Whom a token speaks for, and the fence its page was opened with; its page is old when a newer one was opened."""

    person: Person
    fence: int


def attempt_token(attempt: Attempt) -> str:
    """The signed token for the attempt's own candidate, in the window that opened it last."""
    said = {"attempt": attempt.pk.hex, "person": attempt.person_id.hex, "fence": attempt.fence}
    return signing.dumps(said, salt=SALT)


def window_of_token(token: str, *, attempt_id: UUID) -> Window | None:
    """The window the token speaks for, or None when it is forged or made for another attempt.

    A token of a page from before there were fences has none: it counts as the first window.
    """
    read = _read(token, settings.SECRET_KEY)
    return read[1] if read and read[0] == attempt_id else None


@lru_cache(maxsize=4_096)
def _read(token: str, secret: str) -> tuple[UUID, Window] | None:
    """What the token says; a page sends the same one with each save, and it says the same for ever."""
    try:
        said = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return UUID(said["attempt"]), Window(Person(pk=UUID(said["person"])), said.get("fence", 0))


def person_of_token(token: str, *, attempt_id: UUID) -> Person | None:
    """The person the token speaks for, or None as above."""
    window = window_of_token(token, attempt_id=attempt_id)
    return window.person if window else None
