"""From a scheme and a set of facts to a decision.

Best evidence counts: a later, worse attempt never takes away what an earlier one earned. Where several facts would
do, the proof names the one with the highest score, then the earliest, then the one with the smallest id.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_DOWN, Decimal

from assessments.deciding.evidence import EvidenceFact
from assessments.deciding.proof import Decision, Missing, ProofNode
from assessments.deciding.scheme import HOURS, SCORED, Rule, SchemeDefinition

HUNDREDTH = Decimal("0.01")


def decide(definition: SchemeDefinition, evidence: Iterable[EvidenceFact]) -> Decision:
    """Decide the scheme over the facts; the order in which they come does not matter.

    Void and superseded evidence must have been left out. Raises ValueError when two different facts share an id.
    """
    facts = _distinct(evidence)
    tree = _prove(definition.rule, facts)
    nodes = {node.rule: node for node in tree.walk()}
    missing = tuple(_missing(rule, nodes[rule.id]) for rule in _cheapest(definition.rule, nodes))
    return Decision(tree.met, tree, missing)


def _distinct(evidence: Iterable[EvidenceFact]) -> list[EvidenceFact]:
    """Each fact once (hours add up, so a repeated one would count twice), the best first."""
    facts: dict[str, EvidenceFact] = {}
    for fact in evidence:
        if facts.setdefault(fact.id, fact) != fact:
            raise ValueError(f"two different facts are called {fact.id}")
    return sorted(facts.values(), key=lambda fact: fact.rank)


def _prove(rule: Rule, facts: Sequence[EvidenceFact]) -> ProofNode:
    if rule.is_group:
        children = tuple(_prove(each, facts) for each in rule.rules)
        have = Decimal(sum(child.met for child in children))
        return ProofNode(
            rule.id, rule.kind, rule.title, have >= rule.need, have, rule.need, children=children
        )
    about = [fact for fact in facts if _is_about(rule, fact)]
    if rule.measure == SCORED:
        return _prove_score(rule, about, [fact for fact in facts if _exempts(rule, fact)])
    if rule.measure == HOURS:
        return _prove_hours(rule, about)
    return _prove_presence(rule, about)


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


def _prove_score(
    rule: Rule, facts: Sequence[EvidenceFact], exemptions: Sequence[EvidenceFact] = ()
) -> ProofNode:
    """Compares exactly; what is shown is rounded down, so that 59.996 never reads as 60.

    An exemption stands in for a mark that is not reached, and pretends none: `have` is None.
    """
    scored = [fact for fact in facts if fact.score is not None and not (rule.must_pass and fact.failed)]
    percent = (scored[0].score or Decimal(0)) * 100 if scored else None
    if percent is not None and percent >= rule.need:
        return _leaf(rule, met=True, have=_shown(percent), facts=scored[:1])
    if exemptions:
        return _leaf(rule, met=True, have=None, facts=exemptions[:1])
    return _leaf(rule, met=False, have=None if percent is None else _shown(percent), facts=scored[:1])


def _shown(percent: Decimal) -> Decimal:
    return percent.quantize(HUNDREDTH, ROUND_DOWN)


def _prove_hours(rule: Rule, facts: Sequence[EvidenceFact]) -> ProofNode:
    counted = [fact for fact in facts if not fact.failed and fact.hours > 0]
    hours = sum((fact.hours for fact in counted), Decimal(0))
    return _leaf(rule, met=hours >= rule.need, have=hours, facts=counted)


def _prove_presence(rule: Rule, facts: Sequence[EvidenceFact]) -> ProofNode:
    """A course left unfinished or a recommendation withheld may be recorded as not passed: it does not count."""
    good = [fact for fact in facts if not fact.failed][:1]
    subject_key = good[0].subject_key if good else rule.subject
    return _leaf(rule, met=bool(good), have=Decimal(len(good)), facts=good, subject_key=subject_key)


def _leaf(
    rule: Rule,
    *,
    met: bool,
    have: Decimal | None,
    facts: Sequence[EvidenceFact] = (),
    subject_key: str | None = None,
) -> ProofNode:
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
    )


def _cheapest(rule: Rule, nodes: dict[str, ProofNode]) -> list[Rule]:
    """The unmet leaves that would meet the rule in the fewest minutes, in the order of the scheme.

    Choosing child by child is exact, because no leaf stands in two places; each rule is priced by itself, even if
    two rules ask for the same activity. Among equally cheap ways, the one stated first wins: sorting is stable.
    """
    if nodes[rule.id].met:
        return []
    if not rule.is_group:
        return [rule]
    short = int(rule.need - (nodes[rule.id].have or 0))
    unmet = [_cheapest(each, nodes) for each in rule.rules if not nodes[each.id].met]
    by_cost = sorted(range(len(unmet)), key=lambda at: _cost(unmet[at], nodes))
    return [leaf for at in sorted(by_cost[:short]) for leaf in unmet[at]]


def _cost(leaves: Sequence[Rule], nodes: dict[str, ProofNode]) -> int:
    return sum(_minutes_left(leaf, nodes[leaf.id]) for leaf in leaves)


def _minutes_left(rule: Rule, node: ProofNode) -> int:
    """The typical minutes; for practice, those of the hours still open, rounded up."""
    if rule.measure != HOURS or node.have is None:
        return rule.minutes
    open_share = (rule.need - node.have) / rule.need
    return int((rule.minutes * open_share).to_integral_value(ROUND_CEILING))


def _missing(rule: Rule, node: ProofNode) -> Missing:
    return Missing(
        rule=rule.id,
        kind=rule.kind,
        title=rule.title,
        have=node.have,
        need=node.need,
        minutes=_minutes_left(rule, node),
        subject_kind=rule.subject_kind,
        subject_key=rule.subject,
    )
