"""The Merkle tree against transparency-dev's proofs (SHA-256) and the recursive definition of RFC 6962."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.audit.tree import (
    Frontier,
    Hash,
    consistency_proof,
    inclusion_proof,
    is_part,
    leaf_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
    verify_part,
)
from masking.gm import sm3
from tests.support.vectors import shared_vectors

pytestmark = pytest.mark.clause("design-4", "C-5.4f")


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def naive_root(leaves: Sequence[bytes], digest: Hash) -> bytes:
    """RFC 6962 §2.1, word for word."""
    if not leaves:
        return digest(b"")
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return digest(b"\x01" + naive_root(leaves[:split], digest) + naive_root(leaves[split:], digest))


def naive_path(leaves: Sequence[bytes], index: int, digest: Hash) -> list[bytes]:
    """RFC 6962 §2.1.1."""
    if len(leaves) == 1:
        return []
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if index < split:
        return [*naive_path(leaves[:split], index, digest), naive_root(leaves[split:], digest)]
    return [*naive_path(leaves[split:], index - split, digest), naive_root(leaves[:split], digest)]


def vectors(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    folder = shared_vectors("merkle", "testdata", kind)
    files = sorted(Path(folder).rglob("*.json"))
    assert files
    for file in files:
        yield f"{kind}/{file.relative_to(folder)}", json.loads(file.read_text())


def unpack(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def test_inclusion_vectors() -> None:
    count = 0
    for name, case in vectors("inclusion"):
        proof = [unpack(part) for part in case["proof"] or ()]
        good = verify_inclusion(
            unpack(case["leafHash"]), case["leafIdx"], case["treeSize"], proof, unpack(case["root"]), sha256
        )
        assert good != case["wantErr"], name
        count += 1
    assert count >= 98


def test_consistency_vectors() -> None:
    count = 0
    for name, case in vectors("consistency"):
        proof = [unpack(part) for part in case["proof"] or ()]
        good = verify_consistency(
            case["size1"], case["size2"], proof, unpack(case["root1"]), unpack(case["root2"]), sha256
        )
        assert good != case["wantErr"], name
        count += 1
    assert count >= 98


def test_subtree_inclusion_vectors() -> None:
    count = 0
    for name, case in vectors("subtreeinclusion"):
        proof = [unpack(part) for part in case["proof"] or ()]
        start, end = case["start"], case["end"]
        good = is_part(start, end) and verify_inclusion(
            unpack(case["leafHash"]), case["leafIdx"] - start, end - start, proof, unpack(case["root"]), sha256
        )
        assert good != case["wantErr"], name
        count += 1
    assert count >= 204


def test_subtree_consistency_vectors() -> None:
    count = 0
    for name, case in vectors("subtreeconsistency"):
        proof = [unpack(part) for part in case["proof"] or ()]
        good = verify_part(
            case["start"], case["end"], case["size"], proof, unpack(case["root1"]), unpack(case["root2"]), sha256
        )
        assert good != case["wantErr"], name
        count += 1
    assert count >= 118


leaf_counts = st.integers(min_value=1, max_value=200)


def some_leaves(count: int, digest: Hash) -> list[bytes]:
    return [leaf_hash(number.to_bytes(4, "big"), digest) for number in range(count)]


@pytest.mark.parametrize("digest", [sm3, sha256])
@given(count=st.integers(min_value=0, max_value=200), cuts=st.lists(st.integers(0, 200), max_size=6))
def test_frontier_equals_definition(digest: Hash, count: int, cuts: list[int]) -> None:
    leaves = some_leaves(count, digest)
    frontier = Frontier(digest=digest)
    at = 0
    for cut in [*sorted(cuts), count]:
        frontier.extend(leaves[at : min(cut, count)])
        at = max(at, min(cut, count))
        frontier = Frontier(frontier.size, frontier.pack(), digest)
    assert frontier.size == count
    assert frontier.root() == naive_root(leaves, digest)


@given(count=leaf_counts, data=st.data())
def test_inclusion_proofs(count: int, data: st.DataObject) -> None:
    leaves = some_leaves(count, sm3)
    index = data.draw(st.integers(0, count - 1))
    proof = inclusion_proof(leaves, index)
    root = tree_root(leaves)
    assert proof == naive_path(leaves, index, sm3)
    assert verify_inclusion(leaves[index], index, count, proof, root)
    other = data.draw(st.integers(0, count - 1).filter(lambda at: at != index)) if count > 1 else None
    if other is not None:
        assert not verify_inclusion(leaves[other], index, count, proof, root)
        assert not verify_inclusion(leaves[index], other, count, proof, root)
    assert not verify_inclusion(leaves[index], index, count, [*proof, root], root)
    assert not verify_inclusion(leaves[index], count, count, proof, root)


@given(count=leaf_counts, data=st.data())
def test_consistency_proofs(count: int, data: st.DataObject) -> None:
    leaves = some_leaves(count, sm3)
    old = data.draw(st.integers(1, count))
    proof = consistency_proof(leaves, old)
    old_root, new_root = tree_root(leaves[:old]), tree_root(leaves)
    assert verify_consistency(old, count, proof, old_root, new_root)
    assert not verify_consistency(old, count, [*proof, new_root], old_root, new_root)
    changed = [*leaves[: old - 1], leaf_hash(b"other"), *leaves[old:]]
    forged = tree_root(changed)
    assert not verify_consistency(old, count, consistency_proof(changed, old), old_root, forged)


def test_no_proof_outside_the_tree() -> None:
    leaves = some_leaves(3, sm3)
    with pytest.raises(IndexError):
        inclusion_proof(leaves, 3)
    for size in (0, 4):
        with pytest.raises(ValueError, match="old size"):
            consistency_proof(leaves, size)
    with pytest.raises(ValueError, match="frontier"):
        Frontier(3, bytes(32))
