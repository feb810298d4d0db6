"""Which privacy number a binding gets. On one number an agent has one customer, and a customer one agent.

A provider's number carries one binding at a time, because all its callers come to us from that number alone.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.roles import Role
from access.store.schema import call_binding
from console.desk.act import Act
from console.desk.calls.cloud import set_up
from console.desk.calls.numbers import live_numbers
from console.desk.calls.privacy_states import PASSING, STANDING, UNKNOWN, BindingState, Provider


def choose(act: Act, person_id: str, entry: bytes) -> RowMapping:
    """The number with the fewest customers on which neither this agent nor this customer stands, or was turned down.

    Args:
        act: the act.
        person_id: the agent.
        entry: the customer's number in the blind index.

    Raises:
        Refused: `call.no_free_number`; `call.cloud_unset` where a provider's would be free if one were set up.
    """
    rows = act.db.execute(select(call_binding).where(call_binding.c.expires_at > act.now)).mappings().all()
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["number_id"]] = counts.get(row["number_id"], 0) + 1
    free = [
        one
        for one in live_numbers(act)
        if not any(_takes(row, one["provider"], person_id, entry) for row in rows if row["number_id"] == one["id"])
    ]
    ours = [one for one in free if one["provider"] == Provider.LINE or set_up(act)]
    if not ours:
        act.refuse("call.cloud_unset" if free else "call.no_free_number", ask=() if free else (Role.SYSTEM_ADMIN,))
    return min(ours, key=lambda one: (counts.get(one["id"], 0), one["number"]))


def _takes(row: RowMapping, provider: str, person_id: str, entry: bytes) -> bool:
    """Whether a binding stands in the way of another one on its number."""
    same, standing = bytes(row["entry"]) == entry, row["state"] in STANDING
    if row["state"] == BindingState.ENDED:
        return False
    if provider == Provider.LINE:
        return (standing and person_id == row["person_id"]) or same
    return standing or (row["why"] not in PASSING if same else row["why"] == UNKNOWN)
