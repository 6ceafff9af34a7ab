"""The Merkle log against the published test vectors of Certificate Transparency, and against itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.transparency import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

# Entries and roots of the reference implementation (certificate-transparency, merkletree_test).
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
trees = st.integers(1, 70).map(lambda size: [leaf_hash(bytes([n])) for n in range(size)])


def test_empty_log_has_the_hash_of_nothing() -> None:
    assert root([]) == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 9))
def test_root_matches_the_published_vectors(size: int) -> None:
    assert root(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_inclusion_proof_matches_the_published_vector() -> None:
    assert [node.hex() for node in inclusion_proof(LEAVES, 5)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_consistency_proof_matches_the_published_vector() -> None:
    assert [node.hex() for node in consistency_proof(LEAVES, 6)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@given(trees, st.data())
def test_every_leaf_is_proved_and_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = inclusion_proof(leaves, index)
    assert verify_inclusion(leaves[index], index, len(leaves), proof, root(leaves))
    assert not verify_inclusion(leaf_hash(b"forged"), index, len(leaves), proof, root(leaves))
    assert not verify_inclusion(leaves[index], len(leaves), len(leaves), proof, root(leaves))
    if proof:
        assert not verify_inclusion(leaves[index], index, len(leaves), proof[:-1], root(leaves))


@given(trees, st.data())
def test_a_longer_log_continues_the_shorter_and_a_forked_one_does_not(
    leaves: list[bytes], data: st.DataObject
) -> None:
    old = data.draw(st.integers(1, len(leaves)))
    proof = consistency_proof(leaves, old)
    assert verify_consistency(old, len(leaves), root(leaves[:old]), root(leaves), proof)
    forked = [leaf_hash(b"forged"), *leaves[1:]]
    assert not verify_consistency(old, len(leaves), root(forked[:old]), root(leaves), proof)


@given(trees)
def test_frontier_names_the_same_head(leaves: list[bytes]) -> None:
    frontier = Frontier()
    for leaf in leaves:
        frontier = frontier.append(leaf)
    assert (frontier.size, frontier.root()) == (len(leaves), root(leaves))
    assert len(frontier.peaks) == len(leaves).bit_count()


@pytest.mark.parametrize("index", [-1, 8])
def test_proof_outside_the_tree_is_refused(index: int) -> None:
    with pytest.raises(IndexError):
        inclusion_proof(LEAVES, index)
