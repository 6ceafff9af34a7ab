"""What preflight says about one person."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

# In the order in which a batch page lists them. The last two are what a trial print shows (`proving`).
CHECKS = (
    "eligible",
    "follows",
    "printable",
    "photo",
    "confirmed",
    "duplicate",
    "under_way",
    "separate",
    "pairing",
    "wording",
    "fits",
    "reads",
)


@dataclass(frozen=True)
class Finding:
    """One reason against issuing: `code` is one of CHECKS, `reason` what is wrong, `remedy` what to do.

    `ask` says that putting the name to the person would help, `waits` that they were asked and have yet to answer.
    """

    code: str
    reason: str
    remedy: str
    ask: bool = False
    waits: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Checked:
    """One person after preflight; `findings` empty: ready. `name` is "" for an erased account; `revoked` is the serial
    of an earlier certificate of the scheme that was taken back, or "". `hints` stand in nobody's way: whoever approves
    reads them."""

    person_id: UUID
    name: str
    findings: tuple[Finding, ...]
    revoked: str = ""
    hints: tuple[str, ...] = ()

    @property
    def met(self) -> bool:
        """Whether the scheme is met, whatever else may be in the way."""
        return all(finding.code != "eligible" for finding in self.findings)
