"""1+N decisions: whether the evidence meets a scheme, why, and what is the cheapest way to what is missing.

    definition = parse_scheme(json_data)
    decision = decide(definition, facts, at=now)
    decision.met, decision.tree.as_json(), decision.missing

    renewal = decide_renewal(definition, facts, issued_on=day, at=now)

Pure: a decision depends on the scheme's data, the set of facts and, where evidence can grow too old, the moment.
"""

from assessments.deciding.decision import decide
from assessments.deciding.evidence import EvidenceFact
from assessments.deciding.proof import AxisProof, Decision, Missing, ProofNode, TooOld
from assessments.deciding.renewing import RenewalDecision, RenewalLine, decide_renewal
from assessments.deciding.rules import AxisNeed, RenewalRule, Rule
from assessments.deciding.scheme import SchemeDefinition, parse_scheme
from assessments.deciding.validating import Level, SchemeInvalid, problems_in, validate_scheme

__all__ = [
    "AxisNeed",
    "AxisProof",
    "Decision",
    "EvidenceFact",
    "Level",
    "Missing",
    "ProofNode",
    "RenewalDecision",
    "RenewalLine",
    "RenewalRule",
    "Rule",
    "SchemeDefinition",
    "SchemeInvalid",
    "TooOld",
    "decide",
    "decide_renewal",
    "parse_scheme",
    "problems_in",
    "validate_scheme",
]
