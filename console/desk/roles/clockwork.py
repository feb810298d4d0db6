"""What becomes of roles without anybody's doing: their end announced, ended, campaigns begun and lapsed."""

from __future__ import annotations

from sqlalchemy import Connection

from access.people.directory import held_rows
from access.roles import delegations, ending, recertify
from access.store.schema import delegation
from console.desk.act import Act
from console.desk.hub import Audience
from console.desk.reveals.granting import granting
from console.desk.roles.consequences import WATCHING, carry, tell_roles
from console.desk.staff.losing import reroute


def next_due(connection: Connection, since: int) -> int | None:
    """When to look next; none for never."""
    found = [room.next_due(connection, since) for room in (delegations, ending, recertify)]
    return min((at for at in found if at is not None), default=None)


def advance(act: Act) -> None:
    """Do what is due now."""
    desk = granting(act)
    for row in ending.announce_due(desk):
        tell_roles(act, row["person_id"], (row["unit_id"],))
    for taken in (*ending.expire_due(desk), *ending.settle_overdue(desk), *recertify.lapse_due(desk)):
        carry(act, taken)
    if recertify.begin_due(desk) is not None:
        act.push("roles", "campaign", Audience.of(roles=(*WATCHING, "supervisor")))
    _end_delegations(act)


def _end_delegations(act: Act) -> None:
    over = (delegation.c.state == delegations.ACTIVE, delegation.c.ends_at <= act.now)
    rows = held_rows(act.uow, act.proofs, delegation, *over)
    for row in rows:
        delegations.end(granting(act), row)
        tell_roles(act, row["to_id"], (row["unit_id"],))
    if rows:
        reroute(act)
