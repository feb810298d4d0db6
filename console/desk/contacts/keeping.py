"""How a proposed contact datum is kept until it is checked, and how an accepted one takes its place on the case.

Accepting is a re-projection: the value is moved, inside the desk, from the proposal to the case's sealed fields, its
mask into the display blob, and its keyed entry into the index. What stood there before is kept sealed beside the
proposal, and is found by search no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import RowMapping

from access.store.schema import blind_entry, case_file, case_seals, contact_change
from console.desk.act import Act
from console.desk.cases.display import open_display, seal_display, slot
from console.desk.contacts.data import BLIND_KINDS, widest_mask
from console.desk.imports.fields import CONTACT_FIELDS
from console.desk.notes.keeping import case_cipher
from console.desk.parts import Parts
from console.desk.reveals.opening import field_context
from masking.case_keys import Purpose
from masking.case_seals import CaseSeal, find, pack, unpack
from masking.sealing import SealContext

_VALUE: Final = "value"
_MASK: Final = "mask"
_MOST: Final = 20


class Datum(NamedTuple):
    """A value of a field in its one spelling; ordinal: of the datum it corrects, 0 for an additional one."""

    field: str
    ordinal: int
    value: str


class Kept(NamedTuple):
    """The columns of a new proposal that hold its value."""

    key_version: int
    sealed: bytes
    shown: bytes


class Placed(NamedTuple):
    """Where an accepted datum came to stand, and the sealed field that it took the place of."""

    ordinal: int
    replaced: bytes | None


def seal(act: Act, case: RowMapping, change_id: str, datum: Datum) -> Kept:
    """Seal a proposed value, and its widest default mask."""
    cipher = case_cipher(act, case, Purpose.IMPORT)
    display = act.parts.display
    whole = _context(case["tenant_id"], case["id"], change_id, _VALUE, cipher.key_id)
    blob = _context(case["tenant_id"], case["id"], change_id, _MASK, display.key_id)
    masked = widest_mask(act, datum.field, max(datum.ordinal, 1), datum.value)
    return Kept(cipher.key_id, cipher.seal(datum.value, whole), display.seal(masked, blob))


def read_mask(parts: Parts, change: Mapping[str, Any] | RowMapping) -> str:
    """The widest default mask of a proposed value.

    Raises:
        SealBroken: the blob is not this proposal's, or was changed.
    """
    context = _context(change["tenant_id"], change["case_id"], change["id"], _MASK, parts.display.key_id)
    return parts.display.open(bytes(change["shown"]), context)


def place(act: Act, case: RowMapping, change: RowMapping, lawful_source: str) -> Placed:
    """Put a proposed value in its place on the case; the caller has logged that the case key is used.

    Raises:
        Refused: `contact.too_many`: the case has enough of these. `contact.gone`: what it corrects is not there.
    """
    act.db.execute(act.uow.lock(select(case_file.c.id).where(case_file.c.id == case["id"])))
    cipher = case_cipher(act, case, Purpose.REPROJECTION)
    context = _context(change["tenant_id"], change["case_id"], change["id"], _VALUE, change["key_version"])
    value = cipher.open(bytes(change["sealed"]), context)
    field = change["field"]
    row = act.db.execute(act.uow.lock(select(case_seals).where(case_seals.c.case_id == case["id"]))).one()
    held = unpack(bytes(row.seals))
    ordinal = _ordinal(act, held, field, change["ordinal"])
    old = find(held, field, ordinal)
    if old is None and change["ordinal"]:
        act.refuse("contact.gone")
    sealed = cipher.seal(value, field_context(case["tenant_id"], case["id"], field, ordinal, cipher.key_id))
    kind = BLIND_KINDS.get(field)
    blind = None if kind is None else act.parts.blind.entry(case["tenant_id"], kind, value)
    # What the lender said stays known, so that saying it again does not undo the correction.
    mark = blind if kind is not None or old is None else old.blind
    new = CaseSeal(field, ordinal, cipher.key_id, lawful_source, mark, sealed)
    kept = [new if one is old else one for one in held] if old is not None else [*held, new]
    act.db.execute(
        update(case_seals)
        .where(case_seals.c.case_id == case["id"])
        .values(seals=pack(kept), version=case_seals.c.version + 1)
    )
    _index(act, case, blind, old.blind if old is not None and kind is not None else None, kept)
    _project(act, case, field, ordinal, value)
    return Placed(ordinal, old.sealed if old is not None else None)


def _ordinal(act: Act, held: Sequence[CaseSeal], field: str, wanted: int) -> int:
    if not act.parts.catalogue.field(field).repeats:
        return 1
    if wanted:
        return wanted
    # A contact's name, number and relation share one ordinal; a further number must not join somebody else's name.
    beside = CONTACT_FIELDS if field in CONTACT_FIELDS else (field,)
    ordinal = 1 + max((one.ordinal for one in held if one.field in beside), default=0)
    if ordinal > _MOST:
        act.refuse("contact.too_many", limit=str(_MOST))
    return ordinal


def _index(act: Act, case: RowMapping, new: bytes | None, old: bytes | None, kept: Sequence[CaseSeal]) -> None:
    """Enter the new number, and take the replaced one out unless the case holds it elsewhere."""
    if old is not None and all(one.blind != old for one in kept):
        act.db.execute(delete(blind_entry).where(blind_entry.c.blind == old, blind_entry.c.case_id == case["id"]))
    if new is None:
        return
    there = select(blind_entry.c.blind).where(blind_entry.c.blind == new, blind_entry.c.case_id == case["id"])
    if act.db.execute(there).first() is None:
        row = {"blind": new, "case_id": case["id"], "tenant_id": case["tenant_id"]}
        act.db.execute(insert(blind_entry).values(**row))


def _project(act: Act, case: RowMapping, field: str, ordinal: int, value: str) -> None:
    masks = open_display(act.parts, _fresh(act, case))
    mask = widest_mask(act, field, ordinal, value)
    if mask:
        masks[slot(field, ordinal)] = mask
    blob = seal_display(act.parts, case["tenant_id"], case["id"], masks)
    act.db.execute(update(case_file).where(case_file.c.id == case["id"]).values(display=blob))


def _fresh(act: Act, case: RowMapping) -> dict[str, Any]:
    """The case's display blob as it is now that the row is locked."""
    blob = act.db.execute(select(case_file.c.display).where(case_file.c.id == case["id"])).scalar_one()
    return {"tenant_id": case["tenant_id"], "id": case["id"], "display": blob}


def _context(tenant_id: str, case_id: str, change_id: str, field: str, key_version: int) -> SealContext:
    return SealContext(tenant_id, contact_change.name, change_id, case_id, field, key_version)
