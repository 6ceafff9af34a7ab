"""A second person approves a regrade or refuses it."""

from __future__ import annotations

from datetime import datetime

from assessments.models import Regrade
from people.models import Person


def can_approve(person: Person, regrade: Regrade, *, at: datetime) -> bool:
    """Whether this person may decide: an author or administrator who neither drafted it nor gains or loses by it."""
    raise NotImplementedError


def approve_regrade(*, regrade: Regrade, by: Person, now: datetime) -> Regrade:
    """Write the correction and start the job that carries it out. Raises NotAllowed, and Refusal ("stale") when papers
    or results are other than those that were tried: it is to be tried again."""
    raise NotImplementedError


def refuse_regrade(*, regrade: Regrade, note: str, by: Person, now: datetime) -> Regrade:
    """Decline it, with the reason for its author."""
    raise NotImplementedError
