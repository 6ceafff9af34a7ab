"""What a worker does for a regrade: the dry run, then carrying it out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from assessments.models import Regrade

Clock = Callable[[], datetime]


def advance_regrade(*, regrade: Regrade, clock: Clock = timezone.now) -> Regrade:
    """Do what is due: try, carry out, or nothing. May run any number of times, in any number of workers at once."""
    raise NotImplementedError


def progress_of(regrade: Regrade) -> tuple[int, int]:
    """How many lines are done of how many: of the dry run while TRYING, else of carrying it out. One query."""
    raise NotImplementedError


def due_regrades(*, now: datetime) -> list[UUID]:
    """What should move and has not for two minutes; marked as touched, so that nobody else finds it too."""
    raise NotImplementedError
