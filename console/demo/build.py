"""Fill a fresh demo desk through the desk's own calls: sources registered, lenders' files imported, cases assigned.

Nothing is written around the desk but the first people (`console.founding`), so what a demo shows is what desks do.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from console import bootstrap
from console.demo.cast import AGENCY, CAST, ONE, TWO
from console.demo.debtors import People
from console.demo.lender import write
from console.desk.api.base import Desk, DeskError, Refusal
from console.desk.api.cases import AssignCases
from console.desk.api.imports import ImportReport, ProposeSource, ReadImport, RegisterSource, StartImport
from console.desk.api.session import SignInAs
from console.founding import Founded, found
from console.home import Home
from console.proving import nothing, proven
from console.settings import Settings
from masking.keys import Profile

_log = logging.getLogger("veildesk.demo")
_DAY: Final = 86_400_000_000
_FIRST_LOOK: Final = 0.01
_EVERY_LOOK: Final = 0.1
"""Seconds: a small file is there at once, and looking after a large one all the time would slow it down."""

Progress = Callable[[str, int, int], None]
"""Told the name of what is being done, how far it is and how far it goes."""


@dataclass(frozen=True, slots=True)
class Lender:
    """A creditor, the team its cases go to, that team's head, and the share of cases. assigned: percent of them."""

    name: str
    unit: str
    head: str
    agents: tuple[str, ...]
    share: int
    assigned: int = 80


SECURITY: Final = "wugang"
LENDERS: Final = (
    Lender("安和消费金融", ONE, "lina", ("zhangwei", "wangfang", "chenjing"), 60),
    Lender("江州银行", TWO, "sunli", ("liuyang", "yangmin"), 30),
    Lender("启程小贷", AGENCY, "qianfang", ("machao", "linjing"), 10),
)


def _quiet(_name: str, _done: int, _total: int) -> None:
    return


async def build(root: Path, *, cases: int, seed: int, progress: Progress = _quiet) -> bootstrap.RunningDesk:
    """Make a demo desk in an empty directory and leave it running in this process.

    Args:
        root: the home to make.
        cases: how many debtors, over all lenders.
        seed: the same seed gives the same people and debtors.
        progress: told what goes on.

    Raises:
        HomeRefused: something is there already.
        DeskError: an import or an assignment was refused.
    """
    home = await asyncio.to_thread(bootstrap.create, root, Profile.DEMO, chosen=Settings(name="Veildesk 演示"))
    desk = await bootstrap.RunningDesk.start(home)
    try:
        await _fill(desk, cases, seed, progress)
    except BaseException:
        await desk.stop()
        raise
    return desk


async def reopen(home: Home) -> bootstrap.RunningDesk:
    """Open a demo desk that was made earlier.

    Raises:
        DeskError: `demo.not_demo`: the home is no demo desk.
    """
    if bootstrap.profile(home) is not Profile.DEMO:
        raise DeskError(Refusal(code="demo.not_demo"))
    return await bootstrap.RunningDesk.start(home)


async def _fill(desk: bootstrap.RunningDesk, cases: int, seed: int, progress: Progress) -> None:
    founded = await asyncio.to_thread(found, desk.parts, CAST)
    today = dt.datetime.fromtimestamp(desk.parts.clock.now_us() / 1_000_000, dt.UTC).date()
    people = People(seed, today)
    left = cases
    for lender in LENDERS:
        count = min(left, max(1, cases * lender.share // 100))
        count = left if lender is LENDERS[-1] else count
        left -= count
        if count:
            await _deliver(desk, founded, lender, people, count, progress)


async def _deliver(  # noqa: PLR0917 - one lender's delivery
    desk: bootstrap.RunningDesk, founded: Founded, lender: Lender, people: People, count: int, progress: Progress
) -> None:
    await open_source(desk, lender)
    head = desk.line("demo")
    file = desk.home.temporary / f"{lender.unit}.csv"
    try:
        await head.call(SignInAs(name=lender.head))
        await asyncio.to_thread(write, file, people.debtors(count))
        await load(head, StartImport(path=str(file), source=lender.name), progress)
        each = count * lender.assigned // 100 // len(lender.agents)
        for agent in lender.agents:
            if each:
                await head.call(AssignCases(assignee_id=founded.persons[agent], count=each))
    finally:
        file.unlink(missing_ok=True)
        await head.close()


async def open_source(desk: bootstrap.RunningDesk, lender: Lender) -> None:
    """Have a lender proposed by the team's head and registered by the security admin."""
    head, security = desk.line("demo"), desk.line("demo")
    try:
        await head.call(SignInAs(name=lender.head))
        await security.call(SignInAs(name=SECURITY))
        source = await head.call(ProposeSource(name=lender.name))
        await proven(security, RegisterSource(source_id=source.source_id), None, nothing)
    finally:
        await head.close()
        await security.close()


async def load(desk: Desk, call: StartImport, progress: Progress = _quiet) -> ImportReport:
    """Import a file and wait until it is published.

    Raises:
        DeskError: `demo.import_refused`: it was not.
    """
    report = await desk.call(call)
    pause = _FIRST_LOOK
    while report.state == "running":
        await asyncio.sleep(pause)
        pause = min(pause * 2, _EVERY_LOOK)
        report = await desk.call(ReadImport(job_id=report.job_id))
        progress(call.source, report.done, report.total)
    if report.state != "published":
        codes = ",".join(sorted({fault.code for fault in report.faults})) or report.state
        raise DeskError(Refusal(code="demo.import_refused", params={"codes": codes}))
    return report
