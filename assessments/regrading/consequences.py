"""What a regrade would do beyond marks: to the ledger, and to decisions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from assessments.models import Regrade, RegradeLine
from competencies.queries import StandingEvidence


@dataclass(frozen=True)
class Flip:
    """A decision of a scheme release that would come out differently for somebody."""

    person_id: UUID
    scheme_version_id: int
    before: bool
    after: bool


def decisions_flipping(regrade: Regrade) -> list[Flip]:
    """What the dry run found, by scheme and person. One query: it is stored with the lines."""
    raise NotImplementedError


def claims_after(lines: Iterable[RegradeLine]) -> StandingEvidence:
    """What would stand in the ledger for the people of these lines (all of one regrade) if it were carried out: every
    row that stands now, those of this exam replaced. Rows not stored have a negative pk. Writes nothing; a constant
    number of queries."""
    raise NotImplementedError
