"""What a new certificate takes over from the one it follows, and from when it is valid."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta

from certificates.models import Certificate, Succession

ISSUERS_OWN = ("marks",)  # keys of a snapshot that attest nothing about the holder

LastDay = Callable[[date], date | None]


def follow(draft: Certificate, old: Certificate, *, as_: Succession, last_day: LastDay) -> None:
    """Make a drafted certificate the correction or the renewal of `old`. `last_day` gives the end of a validity that
    begins on a day."""
    draft.follows, draft.follows_as = old, as_
    if as_ == Succession.CORRECTION:
        _attest_the_same(draft, old)
    else:
        draft.valid_from = renewed_from(old, not_before=draft.valid_from)
        draft.valid_until = last_day(draft.valid_from)


def renewed_from(old: Certificate, *, not_before: date) -> date:
    """The first day of a renewal: the day after the old one ends, or `not_before` if that is later. A renewal keeps
    its own date of issue, never the old one's."""
    return max(not_before, old.valid_until + timedelta(days=1)) if old.valid_until else not_before


def _attest_the_same(draft: Certificate, old: Certificate) -> None:
    """The same decision, words and days. Read anew is what is known of the people, and what the issuer of today puts
    under it."""
    draft.decision = old.decision
    draft.title = old.title
    under_it = {key: draft.snapshot[key] for key in ISSUERS_OWN if key in draft.snapshot}
    draft.snapshot = {**deepcopy(old.snapshot), **under_it}
    draft.hours = old.hours
    draft.view_ref = old.view_ref
    draft.pairing_key = old.pairing_key
    draft.valid_from = old.valid_from
    draft.valid_until = old.valid_until
