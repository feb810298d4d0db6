"""kill -9 at any moment of an import leaves the old state or the new one, and the next start sweeps what lies about."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from access.store.engine import open_engine
from access.store.schema import account, blind_entry, case_file, case_seals, import_batch, staged_case
from console import bootstrap
from console.demo.cast import CAST
from console.founding import found
from console.home import Home
from console.settings import Settings
from masking.keys import Profile
from tests.support.lender_files import people, row, write
from tests.support.seals import seals_of

ROOT = Path(__file__).resolve().parents[2]
DEBTORS = 400
SEALED = 7  # six fields and the loan number
TURNS = 4


def start(home: Path, file: Path, how: str) -> subprocess.Popen[str]:
    """Begin an import in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.desk.import_crash_worker", str(home), str(file), how],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def state_of(url: str) -> tuple[dict[str, int], list[str], int]:
    """Rows an import writes, the states of the batches, and how many fields are sealed."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            rows = {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (case_file, account, case_seals, blind_entry, staged_case)
            }
            states = connection.execute(select(import_batch.c.state).order_by(import_batch.c.id)).scalars().all()
        return rows, list(states), len(seals_of(engine))
    finally:
        engine.dispose()


async def reopen(home: Path) -> None:
    """Start the desk as after a crash, and stop it."""
    running = await bootstrap.RunningDesk.start(Home(home))
    await running.stop()


async def prepare(home: Path, url: str) -> str:
    """A demo desk with its people."""
    bootstrap.create(home, Profile.DEMO, chosen=Settings(database=url))
    running = await bootstrap.RunningDesk.start(Home(home))
    await asyncio.to_thread(found, running.parts, CAST)
    await running.stop()
    return url or f"sqlite:///{Home(home).database}"


@pytest.mark.slow
@pytest.mark.timeout(280)
@pytest.mark.clause("design-4")
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@pytest.mark.parametrize("how", ["inline", "workers"])
def test_killed_import_leaves_the_old_state_or_the_new_one(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str, how: str
) -> None:
    home = tmp_path / "h"
    url = asyncio.run(prepare(home, request.getfixturevalue("postgres_url") if engine == "postgresql" else ""))
    chance = random.Random(f"{engine} {how}")  # noqa: S311 - when to kill
    published = 0
    for turn in range(TURNS):
        debtors = people(DEBTORS, seed=100 + turn)
        file = write(tmp_path / "file.csv", (row(one, f"T{turn}{place:05}") for place, one in enumerate(debtors)))
        with start(home, file, how) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            # The first turn runs to its end, so that the others have an old state to keep.
            if turn:
                for _ in range(chance.randrange(0, 9)):
                    process.stdout.readline()
                process.send_signal(signal.SIGKILL)
            process.communicate()
        asyncio.run(reopen(home))
        rows, states, sealed = state_of(url)
        assert sealed == rows["case_seals"] * SEALED
        assert set(states) <= {"published", "abandoned"}
        published = states.count("published")
        cases = published * DEBTORS
        assert rows == {
            "case_file": cases,
            "account": cases,
            "case_seals": cases,
            "blind_entry": cases * 4,
            "staged_case": 0,
        }
    assert published >= 1
