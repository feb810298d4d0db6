"""Imports a file into an existing demo desk and says how far it is. Started, and killed, by `test_import_crash`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from console import bootstrap
from console.desk.api.imports import ReadImport, StartImport
from console.desk.api.session import SignInAs
from console.desk.imports import jobs, produce
from console.home import Home


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


async def run(root: Path, file: Path) -> None:
    running = await bootstrap.RunningDesk.start(Home(root))
    line = running.line("pts/9")
    await line.call(SignInAs(name="lina"))
    report = await line.call(StartImport(path=str(file), source="甲消金"))
    say("begun")
    while report.state == "running":
        await asyncio.sleep(0.005)
        before = report.good_rows
        report = await line.call(ReadImport(job_id=report.job_id))
        if report.good_rows != before:
            say(str(report.good_rows))
    say(report.state)
    await line.close()
    await running.stop()


if __name__ == "__main__":
    # Many chunks, and the processes that large files have.
    produce.CHUNK = 40  # type: ignore[misc]
    jobs._INLINE_BYTES = 20_000 if sys.argv[3] == "workers" else 10**9  # type: ignore[misc]
    asyncio.run(run(Path(sys.argv[1]), Path(sys.argv[2])))
