"""What a decision is shown of one row of the evidence ledger."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from competencies.measuring import Number, axis_score, fold


@dataclass(frozen=True)
class EvidenceFact:
    """One standing piece of evidence: the caller leaves out what is void or superseded.

    `kind` is course, exam, scenario, endorsement, practice, workshop, certificate or exemption (from the exam it is
    about, by a certificate that a person looked at: never a score). `score` is 0..1 or None.
    `occurred_at` carries a time zone. `attributes["passed"]` is False when the activity itself called it failed.
    `weights` spread it over leaf competencies, `leaf_scores` (0..1) say what a leaf came to by itself: as in the
    ledger, numbers or decimal text.
    Raises ValueError for a score outside 0..1, negative hours or a time without zone.
    """

    id: str
    kind: str
    subject_kind: str
    subject_key: str
    occurred_at: datetime
    score: Decimal | None = None
    hours: Decimal = Decimal(0)
    attributes: Mapping[str, Any] = field(default_factory=dict, hash=False)
    weights: Mapping[str, Number] = field(default_factory=dict, hash=False)
    leaf_scores: Mapping[str, Number] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.score is not None and not 0 <= self.score <= 1:
            raise ValueError(f"evidence {self.id}: score {self.score} is not between 0 and 1")
        if self.hours < 0:
            raise ValueError(f"evidence {self.id}: hours {self.hours} are below 0")
        if self.occurred_at.tzinfo is None:
            raise ValueError(f"evidence {self.id}: its time has no zone")

    @property
    def failed(self) -> bool:
        """The activity recorded it, as it records every finished attempt, and called it failed."""
        return self.attributes.get("passed") is False

    @property
    def rank(self) -> tuple[Decimal, datetime, str]:
        """Sorts the best first: highest score, then earliest, then by id, so that no two facts tie."""
        return -(self.score or Decimal(0)), self.occurred_at, self.id

    def axis(self, leaves: Iterable[str]) -> Decimal | None:
        """This one trace on an axis of these leaves, 0..100 to one decimal as the radar would show it; None where it
        says nothing of them.

        A later run of a scenario weighs nothing on the profile but has its leaf scores: these count alike then.
        """
        weights = self.weights or dict.fromkeys(self.leaf_scores, Decimal(1))
        return axis_score(fold([(self.score, weights, self.leaf_scores)]), leaves)
