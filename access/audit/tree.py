"""The Merkle tree of RFC 6962 §2.1 (RFC 9162 §2.1), over any hash function.

A leaf hashes as H(0x00 || entry), a node as H(0x01 || left || right). The log keeps a frontier only: the roots of the
perfect subtrees that a tree of some size falls into, largest first. Making proofs needs the leaf hashes; checking
them needs nothing. Where events come from and where roots are kept is deliberately elsewhere.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from typing import Final

from masking.gm import sm3

Hash = Callable[[bytes], bytes]

HASH_SIZE: Final = 32


def leaf_hash(entry: bytes, digest: Hash = sm3) -> bytes:
    """Return the hash of one entry's leaf."""
    return digest(b"\0" + entry)


def node_hash(left: bytes, right: bytes, digest: Hash = sm3) -> bytes:
    """Return the hash of a node over its two children."""
    return digest(b"\1" + left + right)


class Frontier:
    """A tree that grows by leaves and forgets them.

    Args:
        size: Number of leaves already in it.
        roots: 32-byte roots of its perfect subtrees, largest first, joined (as stored in `audit_head.frontier`).
        digest: The hash function.

    Raises:
        ValueError: `roots` does not fit `size`.
    """

    def __init__(self, size: int = 0, roots: bytes = b"", digest: Hash = sm3) -> None:
        if size < 0 or len(roots) != size.bit_count() * HASH_SIZE:
            msg = "frontier does not fit its size"
            raise ValueError(msg)
        self._size = size
        self._roots = [roots[at : at + HASH_SIZE] for at in range(0, len(roots), HASH_SIZE)]
        self._digest = digest

    @property
    def size(self) -> int:
        """Number of leaves."""
        return self._size

    def pack(self) -> bytes:
        """Return the subtree roots, largest first, joined."""
        return b"".join(self._roots)

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Append leaf hashes in order; whole runs are hashed level by level."""
        digest = self._digest
        at, end = 0, len(leaves)
        while at < end:
            # The largest perfect subtree that both starts aligned here and still fits.
            room = self._size & -self._size or 1 << (end - at).bit_length()
            span = min(room, 1 << ((end - at).bit_length() - 1))
            level: Sequence[bytes] = leaves[at : at + span]
            while len(level) > 1:
                pairs = iter(level)
                level = [digest(b"\1" + left + right) for left, right in zip(pairs, pairs, strict=True)]
            self._push(level[0], span)
            at += span

    def _push(self, root: bytes, span: int) -> None:
        size = self._size
        carried = span
        while size & carried:
            root = self._digest(b"\1" + self._roots.pop() + root)
            size -= carried
            carried <<= 1
        self._roots.append(root)
        self._size += span

    def root(self) -> bytes:
        """Return the tree's root; of an empty tree, the hash of nothing."""
        if not self._roots:
            return self._digest(b"")
        root = self._roots[-1]
        for left in reversed(self._roots[:-1]):
            root = self._digest(b"\1" + left + root)
        return root


def tree_root(leaves: Sequence[bytes], digest: Hash = sm3) -> bytes:
    """Return the root over leaf hashes."""
    frontier = Frontier(digest=digest)
    frontier.extend(leaves)
    return frontier.root()


def _split(size: int) -> int:
    """Return the largest power of two smaller than `size` (> 1)."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(leaves: Sequence[bytes], index: int, digest: Hash = sm3) -> list[bytes]:
    """Return the path of leaf `index` (from 0) in the tree over `leaves`, lowest sibling first.

    Raises:
        IndexError: There is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    path: list[bytes] = []
    low, high = 0, len(leaves)
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(tree_root(leaves[middle:high], digest))
            high = middle
        else:
            path.append(tree_root(leaves[low:middle], digest))
            low = middle
    return path[::-1]


def consistency_proof(leaves: Sequence[bytes], old_size: int, digest: Hash = sm3) -> list[bytes]:
    """Return the proof that the tree over the first `old_size` leaves is a prefix of the tree over `leaves`.

    Raises:
        ValueError: `old_size` is not within 1..number of leaves.
    """
    if not 1 <= old_size <= len(leaves):
        msg = "old size out of range"
        raise ValueError(msg)
    path: list[bytes] = []
    low, high, whole = 0, len(leaves), True
    while high != old_size:
        middle = low + _split(high - low)
        if old_size <= middle:
            path.append(tree_root(leaves[middle:high], digest))
            high = middle
        else:
            path.append(tree_root(leaves[low:middle], digest))
            low, whole = middle, False
    if not whole:
        path.append(tree_root(leaves[low:high], digest))
    return path[::-1]


def verify_inclusion(  # noqa: PLR0917 - as RFC 9162 §2.1.3.2 names them
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes, digest: Hash = sm3
) -> bool:
    """Say whether `proof` shows leaf hash `leaf` at `index` (from 0) of the tree with `size` leaves and `root`."""
    if not 0 <= index < size or not _hashes(leaf, root, *proof):
        return False
    at, last, reached = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            reached = node_hash(sibling, reached, digest)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            reached = node_hash(reached, sibling, digest)
        at, last = at >> 1, last >> 1
    return last == 0 and hmac.compare_digest(reached, root)


def verify_consistency(  # noqa: PLR0917 - as RFC 9162 §2.1.4.2 names them
    old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes, digest: Hash = sm3
) -> bool:
    """Say whether `proof` shows that the tree of `old_size` leaves is a prefix of the one of `new_size`.

    An empty old tree proves nothing and is refused.
    """
    return old_size > 0 and verify_part(0, old_size, new_size, proof, old_root, new_root, digest)


def is_part(start: int, end: int) -> bool:
    """Whether leaves start..end-1 are a subtree to prove things of: aligned to a power of two that holds them."""
    return 0 <= start < end and start & ((1 << (end - start - 1).bit_length()) - 1) == 0


def verify_part(  # noqa: PLR0917 - a range, a tree, a proof, two roots
    start: int, end: int, size: int, proof: Sequence[bytes], part_root: bytes, root: bytes, digest: Hash = sm3
) -> bool:
    """Say whether `proof` shows that the leaves start..end-1, with `part_root`, are part of the tree of `size` leaves.

    No leaves at all are part of every tree.
    """
    if start == end:
        return 0 <= end <= size and not proof and hmac.compare_digest(part_root, digest(b""))
    if not is_part(start, end) or end > size or not _hashes(*proof):
        return False
    reached = _climb((start, end - 1, size - 1), proof, part_root, digest)
    if reached is None:
        return False
    return hmac.compare_digest(reached[0], part_root) and hmac.compare_digest(reached[1], root)


def _climb(
    borders: tuple[int, int, int], proof: Sequence[bytes], part_root: bytes, digest: Hash
) -> tuple[bytes, bytes] | None:
    """Return the part's and the tree's root as the proof has them, None where it has too many or too few steps.

    The walk goes up from the part's last leaf; `at` and `right` are the part's borders and `last` the tree's, level by
    level.
    """
    at, right, last = borders
    # A perfect subtree, or one at the tree's right border, is itself where the proof begins.
    while at != right and (right == last or right & 1):
        at, right, last = at >> 1, right >> 1, last >> 1
    path = [part_root, *proof] if at == right else list(proof)
    if not path:
        return None
    part = whole = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if right & 1 or right == last:
            if at < right:
                part = node_hash(sibling, part, digest)
            whole = node_hash(sibling, whole, digest)
            while not right & 1 and right:
                at, right, last = at >> 1, right >> 1, last >> 1
        else:
            whole = node_hash(whole, sibling, digest)
        at, right, last = at >> 1, right >> 1, last >> 1
    return (part, whole) if last == 0 else None


def _hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_SIZE for value in values)
