"""From a scheme and a set of facts to a decision.

Best evidence counts: a later, worse attempt never takes away what an earlier one earned. Where several facts would
do, the proof names the one with the highest score, then the earliest, then the one with the smallest id; for a rule
with an age the latest one, which counts longest.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal

from assessments.deciding.ages import counts_until, day_of
from assessments.deciding.cheapest import cheapest_way
from assessments.deciding.evidence import EvidenceFact
from assessments.deciding.proof import AxisProof, Decision, Missing, ProofNode, TooOld
from assessments.deciding.rules import HOURS, SCORED, Rule
from assessments.deciding.scheme import SchemeDefinition

HUNDREDTH = Decimal("0.01")


def decide(
    definition: SchemeDefinition, evidence: Iterable[EvidenceFact], *, at: datetime | None = None
) -> Decision:
    """Decide the scheme over the facts; the order in which they come does not matter.

    Void and superseded evidence must have been left out. `at` is the moment of the decision: ages are counted to its
    day in Shanghai. Raises ValueError when two different facts share an id, and for a rule with an age without `at`.
    """
    if at is None and definition.has_ages:
        raise ValueError("a rule has an age: the decision needs its moment")
    facts = _distinct(evidence)
    tree = _prove(definition.rule, facts, day_of(at) if at else None)
    nodes = {node.rule: node for node in tree.walk()}
    missing = tuple(
        _missing(rule, nodes[rule.id], minutes) for rule, minutes in cheapest_way(definition.rule, nodes)
    )
    return Decision(tree.met, tree, missing)


def _distinct(evidence: Iterable[EvidenceFact]) -> list[EvidenceFact]:
    """Each fact once (hours add up, so a repeated one would count twice), the best first."""
    facts: dict[str, EvidenceFact] = {}
    for fact in evidence:
        if facts.setdefault(fact.id, fact) != fact:
            raise ValueError(f"two different facts are called {fact.id}")
    return sorted(facts.values(), key=lambda fact: fact.rank)


def _prove(rule: Rule, facts: Sequence[EvidenceFact], on: date | None) -> ProofNode:
    if rule.is_group:
        children = tuple(_prove(each, facts, on) for each in rule.rules)
        have = Decimal(sum(child.met for child in children))
        return ProofNode(
            rule.id, rule.kind, rule.title, have >= rule.need, have, rule.need, children=children
        )
    young, old = _by_age(rule, [fact for fact in facts if _is_about(rule, fact) or _exempts(rule, fact)], on)
    if rule.measure == SCORED:
        return _prove_score(rule, young, old)
    if rule.measure == HOURS:
        return _prove_hours(rule, young, old)
    return _prove_presence(rule, young, old)


def _by_age(
    rule: Rule, facts: list[EvidenceFact], on: date | None
) -> tuple[list[EvidenceFact], list[EvidenceFact]]:
    """What counts, and what would if it were younger."""
    if rule.max_age_months is None or on is None:
        return facts, []
    until = {fact.id: counts_until(fact.occurred_at, rule.max_age_months) for fact in facts}
    return [f for f in facts if until[f.id] >= on], [f for f in facts if until[f.id] < on]


def _is_about(rule: Rule, fact: EvidenceFact) -> bool:
    return (
        fact.kind == rule.kind
        and rule.subject_kind in ("", fact.subject_kind)
        and rule.subject in ("", fact.subject_key)
    )


def _exempts(rule: Rule, fact: EvidenceFact) -> bool:
    """Whether somebody need not sit what this rule asks for."""
    return (
        (rule.kind, fact.kind) == ("exam", "exemption")
        and (fact.subject_kind, fact.subject_key) == (rule.subject_kind, rule.subject)
        and not fact.failed
    )


def _prove_score(rule: Rule, young: Sequence[EvidenceFact], old: Sequence[EvidenceFact]) -> ProofNode:
    """Compares exactly; what is shown is rounded down, so that 59.996 never reads as 60.

    An exemption stands in for a mark that is not reached, and pretends none: `have` is None. It says nothing about
    competencies, so it does not stand in for an axis.
    """
    scored = [fact for fact in young if _is_scored(rule, fact)]
    reached = _named(rule, [fact for fact in scored if _reaches(rule, fact)])
    if reached:
        return _leaf(rule, met=True, have=_shown(reached[0]), facts=reached, axes=_axes(rule, reached[0]))
    exemptions = _named(rule, [fact for fact in young if _exempts(rule, fact) and not rule.axes])
    if exemptions:
        return _leaf(rule, met=True, have=None, facts=exemptions)
    best = next(iter(scored), None)
    lost = [
        f for f in old if (_is_scored(rule, f) and _reaches(rule, f)) or (_exempts(rule, f) and not rule.axes)
    ]
    return _leaf(
        rule,
        met=False,
        have=_shown(best) if best else None,
        facts=scored[:1],
        axes=_axes(rule, best),
        too_old=_newest(lost),
    )


def _is_scored(rule: Rule, fact: EvidenceFact) -> bool:
    return fact.score is not None and fact.kind == rule.kind and not (rule.must_pass and fact.failed)


def _reaches(rule: Rule, fact: EvidenceFact) -> bool:
    """The mark and every axis, in one and the same result."""
    reached = (fact.score or Decimal(0)) * 100 >= rule.need
    return reached and all(axis.met for axis in _axes(rule, fact))


def _axes(rule: Rule, fact: EvidenceFact | None) -> tuple[AxisProof, ...]:
    return tuple(
        AxisProof(axis.key, axis.title, fact.axis(axis.leaves) if fact else None, axis.need)
        for axis in rule.axes
    )


def _shown(fact: EvidenceFact) -> Decimal:
    return ((fact.score or Decimal(0)) * 100).quantize(HUNDREDTH, ROUND_DOWN)


def _prove_hours(rule: Rule, young: Sequence[EvidenceFact], old: Sequence[EvidenceFact]) -> ProofNode:
    counted = [fact for fact in young if not fact.failed and fact.hours > 0]
    hours = sum((fact.hours for fact in counted), Decimal(0))
    lost = sorted(
        (fact for fact in old if not fact.failed and fact.hours > 0),
        key=lambda fact: (fact.occurred_at, fact.id),
    )
    met = hours >= rule.need
    too_old = () if met else tuple(TooOld(fact.id, day_of(fact.occurred_at), fact.hours) for fact in lost)
    return _leaf(rule, met=met, have=hours, facts=counted, too_old=too_old)


def _prove_presence(rule: Rule, young: Sequence[EvidenceFact], old: Sequence[EvidenceFact]) -> ProofNode:
    """A course left unfinished or a recommendation withheld may be recorded as not passed: it does not count."""
    good = _named(rule, [fact for fact in young if not fact.failed])
    subject_key = good[0].subject_key if good else rule.subject
    too_old = () if good else _newest([fact for fact in old if not fact.failed])
    return _leaf(
        rule, met=bool(good), have=Decimal(len(good)), facts=good, subject_key=subject_key, too_old=too_old
    )


def _named(rule: Rule, facts: Sequence[EvidenceFact]) -> list[EvidenceFact]:
    """The one of these a proof names, facts coming best first."""
    if rule.max_age_months is None or not facts:
        return list(facts[:1])
    return [max(facts, key=lambda fact: (fact.occurred_at, fact.id))]


def _newest(facts: Sequence[EvidenceFact]) -> tuple[TooOld, ...]:
    """The one that counted longest."""
    if not facts:
        return ()
    fact = max(facts, key=lambda each: (each.occurred_at, each.id))
    have = None if fact.score is None else _shown(fact)
    return (TooOld(fact.id, day_of(fact.occurred_at), have),)


def _leaf(
    rule: Rule,
    *,
    met: bool,
    have: Decimal | None,
    facts: Sequence[EvidenceFact] = (),
    subject_key: str | None = None,
    axes: tuple[AxisProof, ...] = (),
    too_old: tuple[TooOld, ...] = (),
) -> ProofNode:
    months = rule.max_age_months
    lasts = met and months is not None and rule.measure != HOURS
    return ProofNode(
        rule=rule.id,
        kind=rule.kind,
        title=rule.title,
        met=met,
        have=have,
        need=rule.need,
        subject_kind=rule.subject_kind,
        subject_key=rule.subject if subject_key is None else subject_key,
        evidence=tuple(fact.id for fact in facts),
        axes=axes,
        max_age_months=months,
        until=counts_until(facts[0].occurred_at, months) if lasts and months is not None else None,
        too_old=too_old,
    )


def _missing(rule: Rule, node: ProofNode, minutes: int) -> Missing:
    return Missing(
        rule=rule.id,
        kind=rule.kind,
        title=rule.title,
        have=node.have,
        need=node.need,
        minutes=minutes,
        subject_kind=rule.subject_kind,
        subject_key=rule.subject,
        axes=node.axes,
    )
