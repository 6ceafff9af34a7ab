"""1+N decisions: whether the evidence meets a scheme, why, and what is the cheapest way to what is missing.

    definition = parse_scheme(json_data)
    decision = decide(definition, facts)
    decision.met, decision.tree.as_json(), decision.missing

Pure: a decision depends on the scheme's data and the set of facts, on nothing else.
"""

from assessments.deciding.decision import decide
from assessments.deciding.evidence import EvidenceFact
from assessments.deciding.proof import Decision, Missing, ProofNode
from assessments.deciding.scheme import (
    Level,
    Rule,
    SchemeDefinition,
    SchemeInvalid,
    parse_scheme,
    validate_scheme,
)

__all__ = [
    "Decision",
    "EvidenceFact",
    "Level",
    "Missing",
    "ProofNode",
    "Rule",
    "SchemeDefinition",
    "SchemeInvalid",
    "decide",
    "parse_scheme",
    "validate_scheme",
]
