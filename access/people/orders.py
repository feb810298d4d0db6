"""What one person asks about an account and another does: a new account, a check, a reset of factors, a return.

An order is open until somebody decides it; whoever asked never decides, nor does the person it is about. What an order
then does is the desk's; here it is kept that each is decided once.
"""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Any, Final

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.people.deed import Deed
from access.people.directory import held_rows
from access.people.staff import StaffRefused
from access.store.base import UnitOfWork
from access.store.proof import RowProofs
from access.store.schema import DESK_TENANT, staff_order
from masking.detect import mask_text

LONGEST_REASON: Final = 200


@unique
class OrderKind(StrEnum):
    """What is asked for."""

    HIRE = "hire"  # a supervisor asks, the system admin makes
    CHECK = "check"  # the system admin made a privileged account, the security admin checks it
    RESET = "reset"  # the system admin asks for new factors, the security admin agrees
    REACTIVATE = "reactivate"  # the system admin asks that somebody may work again, the security admin agrees


@unique
class OrderState(StrEnum):
    """Where an order stands."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


def tidy(reason: str) -> str:
    """Return a reason as it may be kept: one line, personal data masked, not too long."""
    return mask_text(" ".join(reason.split()))[:LONGEST_REASON]


def ask(deed: Deed, kind: OrderKind, asked_by: str, reason: str, **about: Any) -> dict[str, Any]:  # noqa: ANN401 - columns
    """Open an order and return its row. `about`: person_id, or staff_no, name, login and unit_id of somebody new.

    Raises:
        StaffRefused: One of that kind is open for the person.
    """
    person_id = about.get("person_id")
    if person_id is not None and open_orders(deed.uow, deed.proofs, person_id, kind):
        raise StaffRefused("order.open_already")
    order_id = deed.uow.ids.new()
    values = {
        "id": order_id,
        "tenant_id": DESK_TENANT,
        "kind": kind.value,
        "state": OrderState.OPEN.value,
        "privileged": 0,
        "reason": tidy(reason),
        "asked_by": asked_by,
        "asked_at": deed.uow.now,
        **about,
    }
    event = deed.event(
        f"account:order:{kind.value}",
        object_kind="order",
        object_id=order_id,
        detail=((DetailKey.KIND, kind.value), (DetailKey.TO, OrderState.OPEN.value)),
    )
    return deed.proofs.insert(deed.uow, staff_order, values, event)


def settle(deed: Deed, row: RowMapping, state: OrderState, decided_by: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Decide an open order, by compare-and-set.

    Raises:
        StaffRefused: It was decided before.
        StaleRow: Somebody decides it at the same moment.
    """
    if row["state"] != OrderState.OPEN:
        raise StaffRefused("order.decided_already", state=row["state"])
    event = deed.event(
        f"account:order:{row['kind']}",
        object_kind="order",
        object_id=row["id"],
        detail=(
            (DetailKey.KIND, row["kind"]),
            (DetailKey.FROM, row["state"]),
            (DetailKey.TO, state.value),
        ),
    )
    changes = {"state": state.value, "decided_by": decided_by, "decided_at": deed.uow.now, **more}
    return deed.proofs.update(deed.uow, staff_order, row["id"], row["version"], changes, event)


def drop_open(deed: Deed, person_id: str, by: str) -> int:
    """Withdraw what is still open about a person who leaves; return how many."""
    rows = open_orders(deed.uow, deed.proofs, person_id)
    for row in rows:
        settle(deed, row, OrderState.WITHDRAWN, by)
    return len(rows)


def order_row(uow: UnitOfWork, proofs: RowProofs, order_id: str) -> RowMapping | None:
    """Return an order that holds."""
    return proofs.get(uow, staff_order, order_id)


def open_orders(
    uow: UnitOfWork, proofs: RowProofs, person_id: str | None = None, kind: OrderKind | None = None
) -> list[RowMapping]:
    """Return the open orders, oldest first; with a person or kind only theirs."""
    where = [staff_order.c.state == OrderState.OPEN.value]
    if person_id is not None:
        where.append(staff_order.c.person_id == person_id)
    if kind is not None:
        where.append(staff_order.c.kind == kind.value)
    return held_rows(uow, proofs, staff_order, *where)
