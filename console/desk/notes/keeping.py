"""How a note is kept: what was written under the case's key, what may be shown of it under the display key.

Only `original` makes the text plain again: for moving a datum out of it, and for whoever it was approved to be shown to
(`console.desk.notes.spans`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy.engine import RowMapping

from access.store.schema import case_note
from console.desk.act import Act
from console.desk.parts import Parts
from masking.case_keys import Purpose, unwrap, wrapped_under
from masking.detect import Finding, FindingKind, find_loose, hide
from masking.sealing import FieldCipher, SealContext

_FIELD: Final = "collection_note"
_SHOWN: Final = "shown"


class Shown(msgspec.Struct, frozen=True):
    """What may be shown of a note: its masked text, and the kinds and places (in the original) of what is hidden."""

    text: str
    found: tuple[tuple[str, int, int], ...] = ()


_decode: Final = msgspec.msgpack.Decoder(Shown).decode
_encode: Final = msgspec.msgpack.Encoder().encode


class Kept(NamedTuple):
    """The columns of a new note that hold its text."""

    key_version: int
    sealed: bytes
    shown: bytes


def case_cipher(act: Act, case: RowMapping, purpose: Purpose) -> FieldCipher:
    """The cipher of a case's fields for one purpose; one for import seals and opens nothing.

    Raises:
        Refused: `case.shredded`: the case's key was destroyed.
    """
    if case["wrapped_key"] is None:
        act.refuse("case.shredded")
    wrapped = bytes(case["wrapped_key"])
    kek = act.parts.keys.kek(wrapped_under(wrapped))
    return unwrap(kek, wrapped, case["tenant_id"], case["id"], purpose).cipher()


def shown_of(text: str) -> Shown:
    """Find personal data in a text, by the text alone, and hide it."""
    found = find_loose(text)
    return Shown(hide(text, found), tuple((one.kind.value, one.start, one.end) for one in found))


def seal(act: Act, case: RowMapping, note_id: str, text: str, shown: Shown) -> Kept:
    """Seal a new note."""
    cipher = case_cipher(act, case, Purpose.IMPORT)
    display = act.parts.display
    whole = _context(case["tenant_id"], case["id"], note_id, _FIELD, cipher.key_id)
    blob = _context(case["tenant_id"], case["id"], note_id, _SHOWN, display.key_id)
    return Kept(cipher.key_id, cipher.seal(text, whole), display.seal_blob(_encode(shown), blob))


def read_shown(parts: Parts, note: Mapping[str, Any] | RowMapping) -> Shown:
    """What may be shown of a note.

    Raises:
        SealBroken: the blob is not this note's, or was changed.
    """
    context = _context(note["tenant_id"], note["case_id"], note["id"], _SHOWN, parts.display.key_id)
    return _decode(parts.display.open_blob(bytes(note["shown"]), context))


def original(act: Act, case: RowMapping, note: RowMapping, purpose: Purpose = Purpose.REPROJECTION) -> str:
    """What was written. Whoever calls has logged that the case key is used.

    Raises:
        Refused: `case.shredded`.
        SealBroken: the ciphertext is not this note's.
    """
    cipher = case_cipher(act, case, purpose)
    context = _context(note["tenant_id"], note["case_id"], note["id"], _FIELD, note["key_version"])
    return cipher.open(bytes(note["sealed"]), context)


def finding(shown: Shown, place: int) -> Finding | None:
    """What was found at a place, from 0; none where there is nothing."""
    if not 0 <= place < len(shown.found):
        return None
    kind, start, end = shown.found[place]
    return Finding(FindingKind(kind), start, end)


def _context(tenant_id: str, case_id: str, note_id: str, field: str, key_version: int) -> SealContext:
    return SealContext(tenant_id, case_note.name, note_id, case_id, field, key_version)
