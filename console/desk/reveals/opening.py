"""The one place where a customer's sealed value becomes plain: case key unwrapped for a purpose, one field opened.

A number that is dialled or written to does not become plain here at all: it travels sealed, in a ticket for the one
process that does it.

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
from console.dial.ticket import Ticket, issue
from masking.case_keys import CaseKey, Purpose, unwrap, wrapped_under
from masking.case_seals import SEALED_IN, CaseSeal, find, unpack
from masking.gm import Sm2PublicKey
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
    key, seal = _unsealing(act, case, ref, purpose)
    context = field_context(case["tenant_id"], case["id"], ref.name, ref.ordinal, seal.key_version)
    return key.cipher().open(seal.sealed, context)


def ticket_for(
    act: Act,
    case: RowMapping,
    ref: FieldRef,
    receiver: Sm2PublicKey,
    purpose: Purpose = Purpose.DIAL,
    *,
    call_id: str,
    event_id: str,
    ends_at: int,
) -> Ticket:
    """A value for the one dialer or sender to open, once, for one call or message; it stays sealed here.

    Raises:
        Refused: as `open_field`.
        SealBroken: the case's key is not what was wrapped.
    """
    key, seal = _unsealing(act, case, ref, purpose)
    context = field_context(case["tenant_id"], case["id"], ref.name, ref.ordinal, seal.key_version)
    return issue(key, receiver, context, seal.sealed, call_id=call_id, event_id=event_id, ends_at=ends_at)


def _unsealing(act: Act, case: RowMapping, ref: FieldRef, purpose: Purpose) -> tuple[CaseKey, CaseSeal]:
    blob = act.db.execute(select(case_seals.c.seals).where(case_seals.c.case_id == case["id"])).scalar()
    seal = find(unpack(bytes(blob)), ref.name, ref.ordinal) if blob is not None else None
    if seal is None:
        act.refuse("field.absent")
    if case["wrapped_key"] is None:
        act.refuse("case.shredded")
    wrapped = bytes(case["wrapped_key"])
    kek = act.parts.keys.kek(wrapped_under(wrapped))
    return unwrap(kek, wrapped, case["tenant_id"], case["id"], purpose), seal
