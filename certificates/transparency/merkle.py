"""Tree head, audit paths and consistency proofs of RFC 6962, sections 2.1, 2.1.1 and 2.1.2.

Trees are given as their leaf hashes in order; hashes are 32 bytes (SHA-256). The verifications follow RFC 9162,
sections 2.1.3.2 and 2.1.4.2, which spell out for the same trees what RFC 6962 leaves to the reader.
"""

from collections.abc import Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash of a log entry; the prefix keeps leaves and nodes from being mistaken for each other."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node over its two children."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree head over these leaf hashes; of an empty log, the hash of the empty string."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    cut = _cut(len(leaves))
    return node_hash(root(leaves[:cut]), root(leaves[cut:]))


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of the leaf at `index`, from its sibling upward. Raises IndexError outside the tree."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"leaf {index} of a tree of {len(leaves)}")
    if len(leaves) == 1:
        return []
    cut = _cut(len(leaves))
    if index < cut:
        return [*inclusion_proof(leaves[:cut], index), root(leaves[cut:])]
    return [*inclusion_proof(leaves[cut:], index - cut), root(leaves[:cut])]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], head: bytes) -> bool:
    """Whether `proof` leads from `leaf` at `index` to the head of a tree of `size` leaves."""
    if not 0 <= index < size:
        return False
    place, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and node == head


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Nodes that show the first `old_size` leaves to be the beginning of this tree.

    Raises IndexError unless 1 ≤ `old_size` ≤ the number of leaves.
    """
    if not 1 <= old_size <= len(leaves):
        raise IndexError(f"first {old_size} leaves of a tree of {len(leaves)}")
    return _subproof(leaves, old_size, whole=True)


def _subproof(leaves: Sequence[bytes], old_size: int, *, whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b): `whole` while the subtree is one that the old head already shows."""
    if old_size == len(leaves):
        return [] if whole else [root(leaves)]
    cut = _cut(len(leaves))
    if old_size <= cut:
        return [*_subproof(leaves[:cut], old_size, whole=whole), root(leaves[cut:])]
    return [*_subproof(leaves[cut:], old_size - cut, whole=False), root(leaves[:cut])]


def verify_consistency(
    old_size: int, new_size: int, old_head: bytes, new_head: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether a tree of `new_size` with `new_head` continues the one of `old_size` with `old_head`."""
    if not 1 <= old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_head == new_head
    nodes = list(proof) if old_size & (old_size - 1) else [old_head, *proof]
    if not nodes:
        return False
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old, new = nodes[0], nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(node, old), node_hash(node, new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, node)
        place, last = place >> 1, last >> 1
    return last == 0 and old == old_head and new == new_head


def _cut(size: int) -> int:
    """The largest power of two below `size`: how many leaves the left subtree holds."""
    return 1 << ((size - 1).bit_length() - 1)
