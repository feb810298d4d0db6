"""Strategies on a whole desk: cases to try them on, an edition on its way to being live, who holds what."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from console.desk.api.cases import CaseRow, ListQueue
from console.desk.api.strategy import (
    Applied,
    DecideStrategy,
    Edition,
    ProposeStrategy,
    ReadStrategy,
    StartStrategy,
    TryStrategy,
)
from tests.support.desk import WholeDesk
from tests.support.lender_files import people, row, write

PLAIN = """\
name = "early first"

[[rule]]
name = "early"
days = [1, 30]
rank = 90
to = ["A0173", "A0174"]

[[rule]]
name = "late"
days = [31]
rank = 10
to = ["A0175"]
"""
LIMITS = PLAIN.replace('to = ["A0175"]', 'to = ["A0175"]\nchannel = "letter"\ninterval_days = 7')


def lines(text: str) -> tuple[str, ...]:
    """A text by its lines."""
    return tuple(text.splitlines())


async def cases(desk: WholeDesk, folder: Path, days: Sequence[int], *, skip: int = 0) -> tuple[CaseRow, ...]:
    """Cases past due for so many days each, in the first team's pool. skip: people that earlier ones are of."""
    some = tuple(people(skip + len(days)))[skip:]
    rows = [
        row(one, f"S{at:012}", days=late, due=100_000 * (at + 1))
        for at, (one, late) in enumerate(zip(some, days, strict=True), skip)
    ]
    report = await desk.load(write(folder / f"some{skip}.csv", rows))
    assert report.state == "published", report
    return (await desk.call("lina", ListQueue(scope="pool"))).rows


async def approved(desk: WholeDesk, text: str, head: str = "lina") -> Edition:
    """An edition of a head's unit on its way to being live."""
    proposal = await desk.call(head, ProposeStrategy(lines=lines(text)))
    assert proposal.edition is not None, proposal.faults
    edition = proposal.edition
    await desk.call(head, TryStrategy(strategy_id=edition.strategy_id))
    for name in ("wugang", "hejie"):
        edition = (await desk.call(head, ReadStrategy(strategy_id=edition.strategy_id))).edition
        if edition.state == "approved":
            break
        edition = await desk.call(
            name, DecideStrategy(strategy_id=edition.strategy_id, version=edition.version, approve=True)
        )
    assert edition.state == "approved"
    return edition


async def live(desk: WholeDesk, text: str, head: str = "lina") -> Applied:
    """An edition, live, its first part applied."""
    edition = await approved(desk, text, head)
    return await desk.call(head, StartStrategy(strategy_id=edition.strategy_id, version=edition.version))


async def held(desk: WholeDesk, *names: str) -> dict[str, list[int]]:
    """Days past due of what each person holds, in the order of their queue."""
    found = {}
    for name in names:
        found[name] = [one.days_past_due for one in (await desk.call(name, ListQueue())).rows]
    return found
