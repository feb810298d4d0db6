"""Two supervisors and the desk's own clockwork hand out one team's cases at the same time, in any order.

Whatever they do to each other, each call is done whole or refused by a known code, every case is in one hand or in the
pool, every row proves itself, nobody holds a case that an interest keeps from them, and what was moved is in the log.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from access.audit.events import decode
from access.policy import barred_ids
from access.store.schema import audit_event, audit_outbox, bulk_move, bulk_move_case, case_file
from console.desk.api.assign import DeclareInterest, MoveCases, PreviewMoves, UndoMove
from console.desk.api.base import DeskError
from console.desk.api.cases import AssignCases, ListQueue
from console.desk.api.strategy import ApplyStrategy, ListStrategies, RollBackStrategy
from console.desk.strategy import applying, runs
from tests.support.desk import WholeDesk
from tests.support.strategies import PLAIN, cases, live

HEADS = ("lina", "zhaoqiang")
AGENTS = ("zhangwei", "wangfang", "chenjing")
ROUNDS = 10
KNOWN = {
    "access.stale_row",
    "access.store_busy",
    "assign.changed",  # somebody was quicker; nothing of this one's moved
    "assign.interest",
    "assign.nothing",
    "interest.known",
    "move.not_found",
    "move.undone",
    "strategy.changed",
    "strategy.none_live",
    "strategy.not_live",
    "strategy.state",
}
"""What a loser may be told."""

Deed = Callable[[WholeDesk, str, random.Random], Awaitable[None]]


async def in_bulk(desk: WholeDesk, head: str, chance: random.Random) -> None:
    """Preview, then exactly that."""
    to = tuple(desk.founded.persons[one] for one in chance.sample(AGENTS, 2))
    whose = chance.choice((None, desk.founded.persons[chance.choice(AGENTS)]))
    plan = await desk.call(head, PreviewMoves(from_id=whose, count=8, to_ids=to))
    await desk.call(head, MoveCases(from_id=whose, count=8, to_ids=to, digest=plan.digest))


async def by_hand(desk: WholeDesk, head: str, chance: random.Random) -> None:
    """Two cases as they were seen."""
    rows = (await desk.call(head, ListQueue(scope=chance.choice(("team", "pool"))))).rows
    some = chance.sample(rows, min(2, len(rows)))
    call = AssignCases(
        assignee_id=desk.founded.persons[chance.choice(AGENTS)],
        case_ids=tuple(row.case_id for row in some),
        versions=tuple(row.version for row in some),
    )
    if some:
        await desk.call(head, call)


async def apply(desk: WholeDesk, head: str, _: random.Random) -> None:
    """Go on with whatever is live."""
    await desk.call(head, ApplyStrategy())


async def undo(desk: WholeDesk, head: str, _: random.Random) -> None:
    """The team's last move by hand."""
    await desk.call(head, UndoMove())


async def roll_back(desk: WholeDesk, head: str, _: random.Random) -> None:
    """One part of the newest edition that has something to go back."""
    for one in (await desk.call(head, ListStrategies())).editions:
        if one.state == "live" or one.to_undo:
            await desk.call(head, RollBackStrategy(strategy_id=one.strategy_id, version=one.version))
            return


async def declare(desk: WholeDesk, head: str, chance: random.Random) -> None:
    """Keep an agent from a case."""
    rows = (await desk.call(head, ListQueue(scope="team"))).rows
    if rows:
        person = desk.founded.persons[chance.choice(AGENTS)]
        await desk.call(head, DeclareInterest(case_id=chance.choice(rows).case_id, person_id=person))


DEEDS: tuple[Deed, ...] = (in_bulk, in_bulk, by_hand, by_hand, apply, undo, roll_back, declare)


async def tried(deed: Deed, desk: WholeDesk, head: str, chance: random.Random) -> str:
    try:
        await deed(desk, head, chance)
    except DeskError as refused:
        return refused.code
    return ""


def sound(desk: WholeDesk, many: int) -> None:
    """What always holds."""
    parts = desk.running.parts
    with parts.store.engine.connect() as connection:
        rows = connection.execute(select(case_file)).mappings().all()
        assert len(rows) == many
        assert len(parts.proofs.holding(connection, case_file, rows)) == many
        assert all(row["assignee_id"] not in barred_ids(row["barred"]) for row in rows)
        moves = connection.execute(select(bulk_move)).mappings().all()
        assert len(parts.proofs.holding(connection, bulk_move, moves)) == len(moves)
        kept = Counter(connection.execute(select(bulk_move_case.c.move_id)).scalars())
        # In the same snapshot: the clockwork shares cases out meanwhile.
        logs = (audit_event, audit_outbox)
        bodies = [body for log in logs for body in connection.execute(select(log.c.body)).scalars()]
    assert kept == Counter({row["id"]: row["cases"] for row in moves if row["cases"]})
    # Every version of every case is one event: nothing was written that the log does not know.
    said = [decode(bytes(body)) for body in bodies]
    events = Counter(one.case_id for one in said if (one.subject or "").startswith("case_file:"))
    assert {row["id"]: row["version"] - 1 for row in rows if row["version"] > 1} == dict(events)


@pytest.mark.clause("S-6-22", "S-6-12", "issue-3")
@pytest.mark.slow
async def test_whatever_they_do_to_each_other_nothing_is_lost(
    any_desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = any_desk
    monkeypatch.setattr(applying, "PART", 5)
    monkeypatch.setattr(runs, "AT_ONCE", 3)
    chance = random.Random(1)  # noqa: S311 - which deed meets which, not a secret
    await live(desk, PLAIN)
    await cases(desk, tmp_path, range(1, 25))
    for head in HEADS:
        await desk.line(head)
    told: set[str] = set()
    for _ in range(ROUNDS):
        pair = [(chance.choice(DEEDS), head, random.Random(chance.random())) for head in HEADS]  # noqa: S311 - as above
        told |= set(await asyncio.gather(*(tried(deed, desk, head, own) for deed, head, own in pair)))
        sound(desk, 24)
    assert told - {""} <= KNOWN, told
