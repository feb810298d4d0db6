"""Desks to measure on: demo homes of a given size, filled by the real import, kept in a folder when one is given."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from console import bootstrap
from console.demo.build import LENDERS, load, open_source
from console.demo.cast import CAST
from console.demo.debtors import People
from console.demo.lender import write
from console.desk.api.cases import AssignCases
from console.desk.api.imports import ImportReport, StartImport
from console.desk.api.session import SignInAs, WhoAmI
from console.desk.host import EmbeddedDesk
from console.founding import found
from console.home import Home
from masking.keys import Profile

SEED: Final = 20261122
AGENT: Final = "zhangwei"
COLUMNS: Final = (
    *("客户姓名", "身份证号码", "手机号码", "家庭住址", "银行卡号"),
    *("借据号", "产品名称", "剩余本金", "应还利息", "费用", "应催金额", "逾期天数", "应还日期", "账单期"),
)
"""Six fields that are sealed, the loan number among them, and the loan."""

OWN: Final = 1000
"""Cases that the measured agent has, at every size of desk."""

Told = Callable[[str], None]


def lenders_file(folder: Path, cases: int) -> Path:
    """A lender's file with so many debtors, six sealed fields and one loan each; made once a folder."""
    path = folder / f"lender-{cases}.csv"
    if not path.exists():
        making = path.with_suffix(".part")
        today = dt.datetime.now(dt.UTC).date()
        debtors = (replace(one, loans=one.loans[:1]) for one in People(SEED, today).debtors(cases))
        write(making, debtors, COLUMNS)
        making.rename(path)
    return path


async def empty_desk(root: Path) -> bootstrap.RunningDesk:
    """A demo desk with people and a registered source, and no case."""
    home = await asyncio.to_thread(bootstrap.create, root, Profile.DEMO)
    desk = await bootstrap.RunningDesk.start(home)
    await asyncio.to_thread(found, desk.parts, CAST)
    await open_source(desk, LENDERS[0])
    return desk


async def import_into(desk: bootstrap.RunningDesk, file: Path) -> tuple[ImportReport, float]:
    """Load a file through the desk's own call; the report, and seconds from the call to published."""
    head = await seated(desk, LENDERS[0].head)
    try:
        report = await load(head, StartImport(path=str(file), source=LENDERS[0].name))
        # By the desk's own report: whoever asks how far it is learns of the end up to a tenth of a second later.
        return report, report.seconds
    finally:
        await head.close()


async def seated(desk: bootstrap.RunningDesk, name: str) -> EmbeddedDesk:
    """A line with somebody on it."""
    line = desk.line("bench")
    await line.call(SignInAs(name=name))
    return line


async def filled_desk(folder: Path, cases: int, told: Told) -> bootstrap.RunningDesk:
    """A desk with so many cases, of which the agent has `OWN`; taken from the folder when it is there already."""
    root = folder / f"desk-{cases}"
    done = root / "bench-ready"
    if done.exists():
        return await bootstrap.RunningDesk.start(Home(root.absolute()))
    told(f"{cases} cases: writing the lender's file")
    file = await asyncio.to_thread(lenders_file, folder, cases)
    told(f"{cases} cases: importing")
    desk = await empty_desk(root)
    await import_into(desk, file)
    head = await seated(desk, LENDERS[0].head)
    agent = await seated(desk, AGENT)
    me = await agent.call(WhoAmI())
    await head.call(AssignCases(assignee_id=me.person_id, count=OWN))
    await agent.close()
    await head.close()
    file.unlink()
    done.touch(mode=0o600)
    return desk
