"""Moving many cases in one transaction, and what is kept so that it can be undone.

Each case that changes hands is one event and one new proof, as if moved by hand; reveals of the old hand end. The move
itself is one row more, which says how many and, by digest, which.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import insert, select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.grants.live import end_grants
from access.grants.states import LIVE, WAITING
from access.policy import Action
from access.store.proof_many import Change, update_many
from access.store.schema import DESK_TENANT, bulk_move, bulk_move_case, case_file, reveal_grant, reveal_request
from console.desk.act import Act
from console.desk.agencies.engaged import require_engaged
from console.desk.hub import Audience
from console.desk.reveals.granting import granting
from console.desk.strategy.loads import Member
from console.desk.team.covers import hands
from masking.gm import sm3

MOST: Final = 2000
"""Cases that one transaction moves at most, so that nobody waits long behind it."""

_MINUTE: Final = 60_000_000
_CHUNK: Final = 500
_encode: Final = msgspec.msgpack.Encoder().encode
Row = RowMapping | dict[str, Any]


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who gets a case, where no more of them is known."""

    person_id: str
    agency_id: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """One case to another hand, or to the pool.

    Attributes:
        row: the case as it was read. taker: who gets it; none is the pool. agency_id: whose agency's it is then.
        rule: of the strategy that says so.
    """

    row: Row
    taker: Hand | Member | None
    agency_id: str | None
    rule: str = ""


def step_to(row: Row, taker: Hand | Member | None, rule: str = "") -> Step:
    """A case to a hand. In an agency agent's hands it is the agency's, under its stricter masks."""
    return Step(row, taker, row["agency_id"] if taker is None else taker.agency_id, rule)


def digest_of(steps: Iterable[Step]) -> str:
    """Names exactly these moves of exactly these versions: 64 hexadecimal digits."""
    said = sorted((step.row["id"], step.row["version"], step.taker.person_id if step.taker else "") for step in steps)
    return sm3(_encode(said)).hex()


def carry_out(act: Act, unit_id: str, steps: Sequence[Step], *, strategy_id: str | None = None) -> dict[str, Any]:
    """Move the cases; returns the row that remembers it.

    Raises:
        StaleRow: a case changed since it was read; nothing moves.
    """
    move_id = act.parts.ids.new()
    write(act, steps, move_id, reason="strategy" if strategy_id else "bulk")
    kept = [
        {
            "move_id": move_id,
            "case_id": step.row["id"],
            "tenant_id": step.row["tenant_id"],
            "from_id": step.row["assignee_id"],
            "from_agency_id": step.row["agency_id"],
            "to_id": step.taker.person_id if step.taker else None,
            "case_version": step.row["version"] + 1,
        }
        for step in steps
    ]
    act.db.execute(insert(bulk_move_case), kept)
    return act.proofs.insert(
        act.uow,
        bulk_move,
        {
            "id": move_id,
            "tenant_id": DESK_TENANT,
            "unit_id": unit_id,
            "strategy_id": strategy_id,
            "made_by": act.who.person_id if act.who is not None else None,
            "made_at": act.now,
            "undo_until": act.now + act.parts.settings.assign.undo_minutes * _MINUTE,
            "cases": len(kept),
            "digest": kept_digest(kept),
            "state": "done",
            "undone_by": None,
        },
        act.event(
            Action.CASE_ASSIGNMENT_BULK,
            object_kind="move",
            object_id=move_id,
            rows=len(kept),
            **({"approval_id": strategy_id} if strategy_id else {}),
        ),
    )


def write(
    act: Act,
    steps: Sequence[Step],
    move_id: str | None,
    *,
    reason: str | None = None,
    action: Action = Action.CASE_ASSIGNMENT_BULK,
) -> None:
    """Write the cases' new hands, end what the old ones held, tell whom it concerns.

    Args:
        act: the act.
        steps: what moves.
        move_id: the bulk move it belongs to, if it does.
        reason: a code for the events.
        action: what is done, by the log.

    Raises:
        StaleRow: a case changed since it was read.
        Refused: `agency.not_in_date`: a taker's agency is not.
    """
    require_engaged(act, [step.taker.agency_id for step in steps if step.taker is not None])
    changes = [
        Change(
            row_id=step.row["id"],
            version=step.row["version"],
            values={"assignee_id": step.taker.person_id if step.taker else None, "agency_id": step.agency_id},
            event=act.event(
                action,
                object_kind="case",
                object_id=step.row["id"],
                case_id=step.row["id"],
                tenant_id=step.row["tenant_id"],
                approval_id=move_id,
                reason=reason,
                detail=((DetailKey.NAME, step.rule),) if step.rule else (),
            ),
        )
        for step in steps
    ]
    update_many(act.uow, act.proofs, case_file, changes)
    _end_reveals(act, steps)
    _tell(act, steps)


def kept_digest(rows: Iterable[Row]) -> str:
    """SM3 over what is kept of a move's cases."""
    said = sorted(
        (row["case_id"], row["from_id"] or "", row["from_agency_id"] or "", row["to_id"] or "", row["case_version"])
        for row in rows
    )
    return sm3(_encode(said)).hex()


def _end_reveals(act: Act, steps: Sequence[Step]) -> None:
    """End reveals of the old hands; only those few cases are asked about that have any."""
    before = {step.row["id"]: step.row["assignee_id"] for step in steps if step.row["assignee_id"] is not None}
    holding = {person_id: hands(act, person_id) for person_id in set(before.values())}
    ids = sorted(before)
    for start in range(0, len(ids), _CHUNK):
        part = ids[start : start + _CHUNK]
        held = select(reveal_grant.c.case_id).where(reveal_grant.c.case_id.in_(part), reveal_grant.c.state.in_(LIVE))
        asked = select(reveal_request.c.case_id).where(
            reveal_request.c.case_id.in_(part), reveal_request.c.state.in_(WAITING)
        )
        for case_id in sorted(set(act.db.execute(held.union(asked)).scalars())):
            for person_id in holding[before[case_id]]:
                if person_id is not None:
                    end_grants(granting(act), case_id=case_id, person_id=person_id, why="reassigned")


def _tell(act: Act, steps: Sequence[Step]) -> None:
    """Queues are read anew by whoever gave, got or supervises; a case is left by whoever has it open."""
    gave = {one: hands(act, one) for one in {step.row["assignee_id"] for step in steps}}
    givers = {person_id for gone in gave.values() for person_id in gone}
    taken = {step.taker.person_id for step in steps if step.taker is not None}
    takers = {person_id for one in taken for person_id in hands(act, one)}
    units = tuple({step.row["unit_id"] for step in steps})
    act.push("queue", "moved", Audience.of(*givers, *takers, units=units))
    for step in steps:
        if step.row["assignee_id"] is not None:
            act.push("case", step.row["id"], Audience.of(*gave[step.row["assignee_id"]]))
