"""Which roots were signed: notes checked against signatures, against each other and the database's copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec

from access.audit.findings import Finding, Kind
from access.audit.notes import parse, verify_note
from access.audit.witness import Noted
from masking.gm import Sm2PublicKey, sm3


class TrustedRoots(msgspec.Struct):
    """Signed roots.

    Attributes:
        by_size: Root by number of events covered.
        findings: What is wrong with the notes themselves.
    """

    by_size: dict[int, bytes]
    findings: list[Finding]


def trusted_roots(
    notes: Sequence[Noted],
    faults: Sequence[int],
    copies: Mapping[int, tuple[bytes, bytes]],
    keys: Sequence[Sm2PublicKey],
    *,
    lost: bool,
) -> TrustedRoots:
    """Return every root that a log key signed.

    Args:
        notes: The witness's notes in order.
        faults: Numbers of its unreadable pieces.
        copies: Root and note by size, as the database keeps them.
        keys: The log's public keys.
        lost: Whether the witness could not be read at all.
    """
    found = [Finding(Kind.WITNESS_TORN, None, f"piece {number}") for number in faults]
    by_size: dict[int, bytes] = {}
    for noted in _authentic(notes, keys, found):
        _trust(noted, by_size, found)
    found += _order(notes)
    copied = _readable(copies, found)
    if not notes and (lost or copied):
        found.append(Finding(Kind.WITNESS_MISSING, None, f"1..{max(copies, default=0)}"))
    origin = notes[-1].checkpoint.origin if notes else None
    lacking: list[Noted] = []
    for noted in copied:
        size = noted.checkpoint.size
        if size in by_size and noted.checkpoint.root != by_size[size]:
            found.append(Finding(Kind.CHECKPOINT_DIFFERS, size))
        elif size not in by_size:
            lacking.append(noted)
    wrong: list[Finding] = []
    signed = _authentic(lacking, keys, wrong)
    # A desk on another host signs under a name of its own, into a file of its own.
    own = [noted.checkpoint.size for noted in signed if noted.checkpoint.origin == origin]
    if own:
        found.append(Finding(Kind.WITNESS_CUT, min(own), f"{len(own)} checkpoints"))
    found += [Finding(Kind.CHECKPOINT_DIFFERS, one.position) for one in wrong if one.kind is Kind.SIGNATURE_WRONG]
    known = {noted.checkpoint.size for noted in copied}
    found += [Finding(Kind.CHECKPOINT_UNCOPIED, size) for size in sorted(by_size.keys() - known)]
    for noted in signed:
        _trust(noted, by_size, found)
    return TrustedRoots(by_size, found)


def _authentic(notes: Sequence[Noted], keys: Sequence[Sm2PublicKey], found: list[Finding]) -> list[Noted]:
    """Return the notes that a log key signed, or that a signed one names as the one before it."""
    good: list[Noted] = []
    vouched: bytes | None = None
    for noted in reversed(notes):
        linked = vouched is not None and sm3(noted.note) == vouched
        if not linked:
            signed = verify_note(noted.note, keys)
            if not signed:
                found.append(Finding(Kind.SIGNATURE_WRONG, noted.checkpoint.size))
                continue
            if vouched is not None:
                found.append(Finding(Kind.WITNESS_EDITED, noted.checkpoint.size, "a note after it is gone or changed"))
        good.append(noted)
        vouched = noted.checkpoint.previous
    if vouched:
        found.append(Finding(Kind.WITNESS_EDITED, None, "notes before the first are gone"))
    return good[::-1]


def _trust(noted: Noted, by_size: dict[int, bytes], found: list[Finding]) -> None:
    size, root = noted.checkpoint.size, noted.checkpoint.root
    if by_size.setdefault(size, root) != root:
        # Two different logs were signed at one size: a forked view.
        found.append(Finding(Kind.WITNESS_EDITED, size, "two roots"))


def _order(notes: Sequence[Noted]) -> list[Finding]:
    return [
        Finding(Kind.WITNESS_EDITED, after.checkpoint.size, "smaller than the note before")
        for before, after in pairwise(notes)
        if after.checkpoint.size < before.checkpoint.size
    ]


def _readable(copies: Mapping[int, tuple[bytes, bytes]], found: list[Finding]) -> list[Noted]:
    readable: list[Noted] = []
    for size, (root, note) in sorted(copies.items()):
        said = parse(note)
        if said is None or said.size != size or said.root != root:
            found.append(Finding(Kind.CHECKPOINT_DIFFERS, size))
        else:
            readable.append(Noted(said, note))
    return readable
