"""A Merkle tree log after RFC 6962 (Certificate Transparency), section 2.1. Knows nothing of Django.

leaf = leaf_hash(entry)
proof = inclusion_proof(leaves, index)
verify_inclusion(leaf, index, len(leaves), proof, root(leaves))
"""

from certificates.transparency.frontier import Frontier
from certificates.transparency.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

__all__ = [
    "EMPTY_ROOT",
    "Frontier",
    "consistency_proof",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "root",
    "verify_consistency",
    "verify_inclusion",
]
