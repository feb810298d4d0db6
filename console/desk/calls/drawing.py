"""A sample of recordings, drawn by the desk so that nobody picks what is heard (requirements §4.12)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.engine import RowMapping

from access.people.directory import held_rows
from access.policy import Action, Actor, Resource
from access.policy.model import barred_ids
from access.store.schema import call_record, call_recording, org_unit
from console.desk.act import Act
from console.desk.calls.assigned import fits
from console.desk.calls.states import PLAYABLE
from console.desk.cases.rows import load_case
from console.desk.contact.wall import HOUR

LONGEST_DAYS: Final = 366
"""How far back a sample may reach."""

_TRIED: Final = 1_000
_AT_ONCE: Final = 50
_DAY: Final = 24 * HOUR


def draw(  # noqa: PLR0917 - for whom, for what, of which
    act: Act, giver: Action, holder: Actor, reason: str, count: int, since: int, unit_id: str | None
) -> tuple[str, ...]:
    """Draw calls whose recording can be played; fewer where there are fewer, in the order of their ids.

    Args:
        act: the act.
        giver: what gives the task; whoever gives it draws of no customer that they are kept from.
        holder: who listens; of no call of their own, and of no customer that they are kept from.
        reason: what for.
        count: how many.
        since: of calls begun then or later, microseconds UTC.
        unit_id: of this team or agency; None: of all.
    """
    query = (
        select(call_record.c.id)
        .join(call_recording, call_recording.c.call_id == call_record.c.id)
        .where(
            call_record.c.started_at >= since,
            call_record.c.person_id != holder.person_id,
            call_recording.c.state.in_([one.value for one in PLAYABLE]),
        )
    )
    if unit_id is not None:
        query = query.where(or_(call_record.c.unit_id == unit_id, call_record.c.agency_id == unit_id))
    ids = sorted(act.db.execute(query).scalars())
    secrets.SystemRandom().shuffle(ids)
    found: list[str] = []
    for at in range(0, min(len(ids), _TRIED), _AT_ONCE):
        found += _fit(act, giver, holder, reason, ids[at : at + _AT_ONCE])
        if len(found) >= count:
            break
    return tuple(sorted(found[:count]))


def unit_named(act: Act, name: str) -> str | None:
    """The id of the team or agency of that name; None for no name.

    Raises:
        Refused: `recording.task_unit`: there is none, or more than one.
    """
    if not name.strip():
        return None
    rows = held_rows(act.uow, act.proofs, org_unit, org_unit.c.name == name.strip())
    if len(rows) != 1:
        act.refuse("recording.task_unit")
    return str(rows[0]["id"])


def since(act: Act, days: int) -> int:
    """The instant so many days ago."""
    return act.now - days * _DAY


def _fit(act: Act, giver: Action, holder: Actor, reason: str, ids: Sequence[str]) -> list[str]:
    """Those, in their order, that prove themselves and of whose customer both may know."""
    calls = held_rows(act.uow, act.proofs, call_record, call_record.c.id.in_(ids))
    kept = held_rows(act.uow, act.proofs, call_recording, call_recording.c.call_id.in_(ids))
    playable = {row["call_id"] for row in kept if row["state"] in PLAYABLE}
    good = {row["id"] for row in calls if row["id"] in playable and _may(act, giver, holder, reason, row)}
    return [one for one in ids if one in good]


def _may(act: Act, giver: Action, holder: Actor, reason: str, call: RowMapping) -> bool:
    case = load_case(act, call["case_id"])
    if case is None:
        return False
    barred = barred_ids(case["barred"])
    theirs = Resource(kind="recording", tenant_id=call["tenant_id"], barred_ids=barred)
    return act.allowed(giver, theirs).allowed and fits(act, holder, reason, call["tenant_id"], barred)
