"""Dismiss or stop somebody and be killed at one of its steps: `python staff_crash_worker.py HOME ACT POINT`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from console import bootstrap
from console.desk.api.base import AnyCall
from console.desk.api.people import ListPeople
from console.desk.api.session import SignInAs
from console.desk.api.staff import NoteDeparture, SuspendPerson
from console.desk.staff import departing, losing, stopping
from console.home import Home


def _dying(name: str) -> object:
    def die(*_: object, **__: object) -> None:
        sys.stdout.write(f"at {name}\n")
        sys.stdout.flush()
        os.kill(os.getpid(), signal.SIGKILL)

    return die


async def main(home: Path, what: str, point: str) -> None:
    """One act, killed where `point` is called; `after` kills when the act is done but before anything is answered."""
    running = await bootstrap.RunningDesk.start(Home(home))
    line = running.line("pts/1")
    await line.call(SignInAs(name="zhenghao"))
    people = (await line.call(ListPeople())).people
    her = next(one.person_id for one in people if one.login == "zhangwei")
    calls: dict[str, AnyCall] = {
        "leave": NoteDeparture(person_id=her, kind="leave"),
        "suspend": SuspendPerson(person_id=her, reason="other"),
    }
    for module in (departing, losing, stopping):
        if hasattr(module, point):
            setattr(module, point, _dying(point))
    await line.call(calls[what])
    sys.stdout.write("done\n")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
