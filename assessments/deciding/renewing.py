"""Renewal (继续教育): enough credited hours in the period of a certificate, and the days on which it may be renewed.

The dated rules are the scheme's. Their model is the registration of social workers
(《社会工作者继续教育办法》, 2009): in its three years 72 hours for 助理社会工作师 and 90 for 社会工作师, and
registering again in the last three months. Figures in circulation differ (70 hours, five years) and change: hence a
date with each rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from assessments.deciding.ages import day_of, last_day, months_later
from assessments.deciding.evidence import EvidenceFact
from assessments.deciding.rules import RenewalRule
from assessments.deciding.scheme import SchemeDefinition
from assessments.items.checking import as_text

# Hours of these add up; of anything else a subject is learnt once, however often it is done.
ADDING_UP = frozenset({"practice", "workshop"})
# What was learnt before a certificate was for is no training after it.
NO_TRAINING = frozenset({"certificate", "exemption", "endorsement"})


@dataclass(frozen=True)
class RenewalLine:
    """Hours that count towards a renewal: a row of evidence, its day in Shanghai, and what it is about."""

    evidence: str
    kind: str
    subject_kind: str
    subject_key: str
    on: date
    hours: Decimal

    def as_json(self) -> dict[str, Any]:
        return {
            "evidence": self.evidence,
            "kind": self.kind,
            "subject": {"kind": self.subject_kind, "key": self.subject_key},
            "on": self.on.isoformat(),
            "hours": as_text(self.hours),
        }


@dataclass(frozen=True)
class RenewalDecision:
    """Whether enough was done to renew a certificate, and when it may be.

    Hours count from `counted_from` to `counted_until` (both included; the last day of the certificate's period); it
    may be renewed from `renew_from` to `renew_until`. `met` says the hours are there, `may_renew` that the day is
    right as well.
    """

    rule: RenewalRule
    counted_from: date
    counted_until: date
    renew_from: date
    renew_until: date
    have: Decimal
    need: Decimal
    on: date
    lines: tuple[RenewalLine, ...]

    @property
    def met(self) -> bool:
        return self.have >= self.need

    @property
    def may_renew(self) -> bool:
        return self.met and self.renew_from <= self.on <= self.renew_until

    @property
    def is_over(self) -> bool:
        """The period has ended: nothing is renewed any more, one earns the certificate anew."""
        return self.on > self.renew_until

    @property
    def short(self) -> Decimal:
        """Hours still missing."""
        return max(self.need - self.have, Decimal(0))

    def as_json(self) -> dict[str, Any]:
        return {
            "met": self.met,
            "may_renew": self.may_renew,
            "have": as_text(self.have),
            "need": as_text(self.need),
            "counted": [self.counted_from.isoformat(), self.counted_until.isoformat()],
            "renew": [self.renew_from.isoformat(), self.renew_until.isoformat()],
            "lines": [line.as_json() for line in self.lines],
        }


def decide_renewal(
    definition: SchemeDefinition, facts: Iterable[EvidenceFact], *, issued_on: date, at: datetime
) -> RenewalDecision | None:
    """How far the renewal of a certificate issued on that day is; None for a scheme without renewal rules.

    The rule of the day of issue holds for the whole period: whoever began under 72 hours ends under 72 hours. A
    certificate older than the first rule falls under the first. Evidence called failed credits nothing.
    """
    rule = rule_on(definition, issued_on)
    if rule is None:
        return None
    on, until = day_of(at), last_day(issued_on, rule.months)
    lines = _lines(facts, issued_on, min(on, until))
    return RenewalDecision(
        rule=rule,
        counted_from=issued_on,
        counted_until=until,
        renew_from=max(issued_on, months_later(issued_on, rule.months - rule.window_months)),
        renew_until=until,
        have=sum((line.hours for line in lines), Decimal(0)),
        need=rule.hours,
        on=on,
        lines=lines,
    )


def rule_on(definition: SchemeDefinition, issued_on: date) -> RenewalRule | None:
    """The renewal rule for certificates issued on this day."""
    begun = [rule for rule in definition.renewal if rule.since_on <= issued_on]
    return begun[-1] if begun else next(iter(definition.renewal), None)


def _lines(facts: Iterable[EvidenceFact], first: date, last: date) -> tuple[RenewalLine, ...]:
    """Oldest first; of what does not add up, the row with the most hours, the earliest of equal ones."""
    found: dict[tuple[str, str, str], RenewalLine] = {}
    for fact in sorted(facts, key=lambda each: (each.occurred_at, each.id)):
        on = day_of(fact.occurred_at)
        if fact.failed or fact.hours <= 0 or fact.kind in NO_TRAINING or not first <= on <= last:
            continue
        line = RenewalLine(fact.id, fact.kind, fact.subject_kind, fact.subject_key, on, fact.hours)
        adding = fact.id if fact.kind in ADDING_UP else ""
        known = found.setdefault((fact.subject_kind, fact.subject_key, adding), line)
        if line.hours > known.hours:
            found[(fact.subject_kind, fact.subject_key, adding)] = line
    return tuple(sorted(found.values(), key=lambda line: (line.on, line.evidence)))
