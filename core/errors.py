"""Domain errors: what a person may be told, in their language."""

from __future__ import annotations

from django.utils.functional import Promise


class Refusal(Exception):
    """An operation said no. `message` is shown to the user as it is and says what to do next.

    `code` is stable and for programs; subclasses narrow it where a caller must tell refusals apart.
    """

    code = "refused"

    def __init__(self, message: str | Promise, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(Refusal):
    """The actor lacks the role or the scope for this."""

    code = "not_allowed"
