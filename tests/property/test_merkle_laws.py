"""Laws of the log's Merkle tree, against RFC 6962's recursive definition."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.evidence import (
    Tree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    merkle_root,
    verify_consistency,
    verify_inclusion,
)
from shipworthy_verify.reading import merkle_root as independent_root

leaves = st.lists(st.binary(max_size=8), max_size=70)


def by_definition(data: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not data:
        return hashlib.sha256(b"").digest()
    if len(data) == 1:
        return hashlib.sha256(b"\x00" + data[0]).digest()
    k = 1
    while k * 2 < len(data):
        k *= 2
    return hashlib.sha256(b"\x01" + by_definition(data[:k]) + by_definition(data[k:])).digest()


@given(leaves)
def test_four_ways_to_the_root_agree(data):
    tree = Tree()
    for leaf in data:
        tree.append(leaf)
    expected = by_definition(data)
    assert tree.root() == expected
    assert tree.size == len(data)
    assert merkle_root([leaf_hash(leaf) for leaf in data]) == expected
    assert independent_root(data) == expected


def test_every_inclusion_proof_of_small_trees_verifies_only_for_its_leaf():
    for size in range(1, 33):
        hashes = [leaf_hash(bytes([i])) for i in range(size)]
        root = merkle_root(hashes)
        for index in range(size):
            proof = inclusion_proof(hashes, index)
            assert verify_inclusion(hashes[index], index, size, proof, root)
            assert not verify_inclusion(leaf_hash(b"other"), index, size, proof, root)
            for wrong in range(size):
                if wrong != index:
                    assert not verify_inclusion(hashes[index], wrong, size, proof, root)


def test_every_consistency_proof_of_small_trees_verifies_only_for_its_prefix():
    for size in range(1, 33):
        hashes = [leaf_hash(bytes([i])) for i in range(size)]
        root = merkle_root(hashes)
        for old in range(1, size + 1):
            old_root = merkle_root(hashes[:old])
            proof = consistency_proof(hashes, old)
            assert verify_consistency(old, size, proof, old_root, root)
            forged = merkle_root([leaf_hash(b"forged"), *hashes[1:old]])
            assert not verify_consistency(old, size, proof, forged, root)
            if old < size:
                assert not verify_consistency(old, size, proof, old_root, old_root)


@given(st.data())
def test_a_damaged_proof_verifies_nothing(data):
    size = data.draw(st.integers(2, 60))
    hashes = [leaf_hash(bytes([i])) for i in range(size)]
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(hashes, index)
    step = data.draw(st.integers(0, len(proof) - 1))
    flipped = bytes([proof[step][0] ^ 1]) + proof[step][1:]
    root = merkle_root(hashes)
    changed = [*proof[:step], flipped, *proof[step + 1 :]]
    assert not verify_inclusion(hashes[index], index, size, changed, root)
    assert not verify_inclusion(hashes[index], index, size, proof[:-1], root)
    assert not verify_inclusion(hashes[index], index, size, [*proof, root], root)


@pytest.mark.parametrize(
    "prove",
    [
        lambda hashes: inclusion_proof(hashes, 1),
        lambda hashes: inclusion_proof(hashes[:0], 0),
        lambda hashes: consistency_proof(hashes, 0),
        lambda hashes: consistency_proof(hashes, 2),
    ],
)
def test_proofs_outside_the_tree_are_refused(prove):
    with pytest.raises(IndexError):
        prove([leaf_hash(b"a")])
