"""The one place where a customer's sealed value becomes plain: case key unwrapped for a purpose, one field opened.

Whoever calls has decided and appended the event of this use in the same transaction; the value leaves only with a reply
that follows the commit.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.store.schema import case_seals
from console.desk.act import Act
from console.desk.api.cases import FieldRef
from console.desk.cases.display import slot
from masking.case_keys import Purpose, unwrap, wrapped_under
from masking.case_seals import SEALED_IN, find, unpack
from masking.sealing import SealContext


def field_context(tenant_id: str, case_id: str, name: str, ordinal: int, key_version: int) -> SealContext:
    """Where a sealed field stands."""
    return SealContext(tenant_id, SEALED_IN, f"{case_id}/{slot(name, ordinal)}", case_id, name, key_version)


def open_field(act: Act, case: RowMapping, ref: FieldRef, purpose: Purpose) -> str:
    """One value in clear.

    Raises:
        Refused: `field.absent`: the case has none. `case.shredded`: its key was destroyed.
        SealBroken: the ciphertext is not this field's.
    """
    blob = act.db.execute(select(case_seals.c.seals).where(case_seals.c.case_id == case["id"])).scalar()
    seal = find(unpack(bytes(blob)), ref.name, ref.ordinal) if blob is not None else None
    if seal is None:
        act.refuse("field.absent")
    if case["wrapped_key"] is None:
        act.refuse("case.shredded")
    wrapped = bytes(case["wrapped_key"])
    kek = act.parts.keys.kek(wrapped_under(wrapped))
    key = unwrap(kek, wrapped, case["tenant_id"], case["id"], purpose)
    context = field_context(case["tenant_id"], case["id"], ref.name, ref.ordinal, seal.key_version)
    return key.cipher().open(seal.sealed, context)
