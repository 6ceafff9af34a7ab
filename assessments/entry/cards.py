"""An exam in somebody's list of exams."""

from __future__ import annotations

from dataclasses import dataclass

from assessments.entry.worth import points_in_force
from assessments.models import AttemptStatus, ExamVersion, PriorSitting
from assessments.queries import AttemptSummary
from assessments.regrading.terms import Terms


@dataclass(frozen=True)
class ExamCard:
    """An exam in the list, with the person's newest sitting of it and the newest finished one in another program.

    `state` and `state_text` fit components/chip.html; `note` says until or from when, "" where there is nothing to say.
    `own_minutes` are whole minutes on top that are the person's own.
    """

    version: ExamVersion
    item_count: int
    state: str
    state_text: str
    note: str
    newest: AttemptSummary | None
    prior: PriorSitting | None
    terms: Terms
    own_minutes: int = 0

    @property
    def points_text(self) -> str:
        """What a paper begun now is out of."""
        return points_in_force(self.version, self.terms)

    @property
    def minutes(self) -> int:
        """How long a sitting takes, with the minutes that are this person's own."""
        return self.version.minutes + self.own_minutes

    @property
    def is_open(self) -> bool:
        """Whether a sitting is in progress."""
        return self.newest is not None and self.newest.status == AttemptStatus.OPEN
