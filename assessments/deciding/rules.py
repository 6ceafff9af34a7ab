"""The rules of a scheme as frozen values."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

GROUPS = {"all": frozenset[str](), "any": frozenset[str](), "at_least": frozenset({"n"})}

SCORED, PRESENT, HOURS = "scored", "present", "hours"


@dataclass(frozen=True)
class LeafKind:
    """How a kind of leaf is measured, which kind of subject its evidence is about, and the fields it takes.

    Every kind takes `max_age_months` besides.
    """

    measure: str
    subject_kind: str
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()


_SCORE = frozenset({"subject", "mark"}), frozenset({"must_pass", "axes"})

LEAVES = {
    "exam": LeafKind(SCORED, "exam", *_SCORE),
    "scenario": LeafKind(SCORED, "scenario", *_SCORE),
    "course": LeafKind(PRESENT, "course", frozenset({"subject"})),
    "endorsement": LeafKind(PRESENT, "pairing", optional=frozenset({"subject"})),
    "practice": LeafKind(HOURS, "", frozenset({"hours"}), frozenset({"subject", "subject_kind"})),
    "certificate": LeafKind(PRESENT, "certificate", frozenset({"subject"}), frozenset({"subject_kind"})),
}
SUBJECT_KINDS = frozenset({"course", "exam", "scenario", "pairing", "scheme", "workshop", "certificate"})


@dataclass(frozen=True)
class AxisNeed:
    """At least `need` percent on an axis of the scheme's view, which is the mean of these `leaves`."""

    key: str
    title: str
    leaves: tuple[str, ...]
    need: Decimal


@dataclass(frozen=True)
class Rule:
    """A group (`rules`, and `need` of them) or a leaf (`need` percent or hours of a subject).

    Evidence older than `max_age_months` does not count for a leaf that states them.
    """

    id: str
    kind: str
    title: str
    need: Decimal
    rules: tuple["Rule", ...] = ()
    subject_kind: str = ""
    subject: str = ""
    minutes: int = 0
    must_pass: bool = False
    axes: tuple[AxisNeed, ...] = ()
    max_age_months: int | None = None

    @property
    def is_group(self) -> bool:
        return self.kind in GROUPS

    @property
    def measure(self) -> str:
        """How a leaf is measured: scored, present or hours."""
        return LEAVES[self.kind].measure

    @property
    def activity(self) -> tuple[str, str, str]:
        """What is done to meet a leaf; two leaves of one activity are met by doing it once, well enough for both."""
        return self.kind, self.subject_kind, self.subject

    def leaves(self) -> Iterator["Rule"]:
        """The leaves in the order the scheme states them."""
        if not self.is_group:
            yield self
        for rule in self.rules:
            yield from rule.leaves()


@dataclass(frozen=True)
class RenewalRule:
    """For certificates issued from `since_on` on: `hours` in `months`, to be renewed in the last `window_months`."""

    since_on: date
    months: int
    hours: Decimal
    window_months: int
