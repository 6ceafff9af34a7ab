"""The attempt token: lets one person save answers to one attempt, without session and without CSRF cookie.

It opens nothing else. The deadline needs no copy in it: the database decides whether an answer is still taken.
"""

from __future__ import annotations

from uuid import UUID

from django.core import signing

from assessments.models import Attempt
from people.models import Person

SALT = "assessments.attempt"
HEADER = "X-Attempt-Token"


def attempt_token(attempt: Attempt) -> str:
    """The signed token for the attempt's own candidate."""
    return signing.dumps({"attempt": attempt.pk.hex, "person": attempt.person_id.hex}, salt=SALT)


def person_of_token(token: str, *, attempt_id: UUID) -> Person | None:
    """The person the token speaks for, or None when it is forged or made for another attempt."""
    try:
        data = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    if data["attempt"] != attempt_id.hex:
        return None
    return Person(pk=UUID(data["person"]))
