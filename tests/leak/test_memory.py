"""The memory of a session process, and a core dump of it, hold nothing of a customer that was not granted.

Read from /proc as root, page by page; what is as it was in the process that sessions are forked from is not looked at
again, for that one never met a customer. And dumped whole by a debugger, which root may do to any process. That the
kernel writes no dump by itself is proven by processes that crash.
"""

from __future__ import annotations

import csv
import ctypes
import faulthandler
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.desk.api.cases import AssignCases, ListQueue
from console.desk.api.reveal import AskReveal, DecideReveal, GetRevealOptions, ListGrants, RevokeGrant
from console.serve import fences
from tests.leak.canaries import HEADERS, Customer, Maker
from tests.leak.hunter import Hit, Hunter
from tests.support.dumps import dump, unlike
from tests.support.memory import pages
from tests.support.pty_screen import PtyScreen
from tests.support.served import Served, serving

pytestmark = [pytest.mark.slow, pytest.mark.clause("issue-4", "T11")]

GET_DUMPABLE = 3
APART = 400  # bytes between two places that are not one
KEPT = 3
"""Copies that may be found once the value is hidden. One is usual: the last frame that showed it, in the buffer of the
file that leads to the terminal, until later frames have filled it anew."""


@pytest.fixture(scope="module")
def customers() -> list[Customer]:
    return Maker(20261123).customers(3)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, customers: list[Customer]) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("memory")
    with serving(folder) as house:
        file = folder / "cases.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([HEADERS, *(row for one in customers for row in one.rows())])
        report = house.wait(house.desk.load(file))
        assert report.state == "published", report
        agent = house.desk.founded.persons["zhangwei"]
        house.wait(house.desk.call("lina", AssignCases(assignee_id=agent, count=len(customers))))
        yield house


def newest_session(house: Served) -> int:
    zygote = house.door.processes["zygote"]
    found = Path(f"/proc/{zygote}/task/{zygote}/children").read_text(encoding="ascii").split()
    return max(int(word) for word in found)


def taken(house: Served, process: int) -> list[tuple[int, bytes]]:
    """What is in memory at this moment; looking through it takes longer than a screen stays as it is."""
    return list(pages(process, house.door.processes["zygote"]))


def found_in(memory: list[tuple[int, bytes]], hunter: Hunter) -> list[Hit]:
    return [hit for at, data in memory for hit in hunter.within(data, "memory", at)]


def dumped(house: Served, process: int, folder: Path) -> list[tuple[int, bytes]]:
    """What is in a core dump of now and not in one of the process that it was forked from."""
    core, parent = (dump(one, folder / "core") for one in (process, house.door.processes["zygote"]))
    found, at = [], 0
    for run in unlike(core, parent):
        found.append((at, run))
        at += len(run) + APART
    return found


def needs_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root reads the memory of a process that may not be dumped")


@pytest.mark.debian("ssh", "ssh-keygen", "gdb")
def test_a_session_that_never_had_a_grant_holds_no_customer(
    house: Served, customers: list[Customer], tmp_path: Path
) -> None:
    needs_root()
    client = house.sign_in("zhangwei")
    client.until("C-20")
    process = newest_session(house)
    for _ in customers:
        client.press("enter")
        client.until("家庭地址")
        client.press("t")
        client.quiet()
        client.press("escape")
        client.until("我的队列")
        client.press("down")
    client.quiet()
    memory, core = taken(house, process), dumped(house, process, tmp_path)
    assert min(sum(len(data) for _, data in each) for each in (memory, core)) > 1 << 20, "there is something to look at"
    hunter = Hunter.of(customers)
    assert found_in(memory, hunter) == []
    assert found_in(core, hunter) == []
    shown = Hunter()
    shown.add("im_account", "VEILDESK", 0)
    assert found_in(memory, shown), "what the screen shows is found, so what is looked for would be"
    assert found_in(core, shown)
    client.press("ctrl+q")
    client.ended()


def revealed(house: Served, client: PtyScreen) -> tuple[int, str]:
    """The first case's address is granted and shown; the grant's case is the first in the queue."""
    row = house.wait(house.desk.call("zhangwei", ListQueue())).rows[0]
    options = house.wait(house.desk.call("zhangwei", GetRevealOptions(case_id=row.case_id)))
    field = next(one.field for one in options.options if one.field.name == "home_address")
    asking = AskReveal(case_id=row.case_id, fields=(field,), reason="letter_or_visit", words="核对地址", minutes=5)
    request = house.wait(house.desk.call("zhangwei", asking))
    verdict = DecideReveal(request_id=request.request_id, verdict="approve", minutes=5, seen_version=request.version)
    house.wait(house.desk.call("lina", verdict))
    client.press("enter")
    client.until("家庭地址")
    client.down_to("家庭地址")
    client.press("u")
    client.until("◷ 0")
    (grant,) = house.wait(house.desk.call("lina", ListGrants())).grants
    return newest_session(house), grant.grant_id


@pytest.mark.debian("ssh", "ssh-keygen", "gdb")
def test_after_a_grant_is_over_hardly_a_copy_is_left(
    house: Served, customers: list[Customer], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    needs_root()
    house.clock.advance(60)
    client = house.sign_in("zhangwei")
    client.until("C-20")
    process, grant_id = revealed(house, client)
    hunter = Hunter()
    for number, customer in enumerate(customers):
        hunter.add("home_address", customer.home, number)
    memory, core = taken(house, process), dumped(house, process, tmp_path)
    during = whole(found_in(memory, hunter))
    assert during, "while it stands on the screen it is in memory"
    assert found_in(core, hunter), "and in a dump"
    house.wait(house.desk.call("lina", RevokeGrant(grant_id=grant_id)))
    client.until("◷ 0", gone=True)
    client.quiet()
    end = time.monotonic() + 30
    while len(after := whole(found_in(taken(house, process), hunter))) > KEPT and time.monotonic() < end:
        client.pump(0.5)
    left = whole(found_in(dumped(house, process, tmp_path), hunter))
    record_property("copies", {"shown": len(during), "hidden": len(after), "dumped": len(left)})
    assert len(after) <= KEPT, after
    assert len(left) <= KEPT, left
    client.press("ctrl+q")
    client.ended()


def whole(hits: list[Hit]) -> list[Hit]:
    """One of each place: parts of a value are found within it."""
    places: list[Hit] = []
    for hit in sorted(hits, key=lambda one: one.offset):
        if not places or hit.offset - places[-1].offset > APART:
            places.append(hit)
    return places


@pytest.mark.parametrize("crash", [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGQUIT])
def test_a_process_of_the_service_leaves_no_dump_when_it_crashes(crash: signal.Signals) -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        faulthandler.disable()
        signal.signal(crash, signal.SIG_DFL)  # a run in the background inherits that some are ignored
        fences.harden()
        said = ctypes.CDLL(None).prctl(GET_DUMPABLE, 0, 0, 0, 0), *resource.getrlimit(resource.RLIMIT_CORE)
        os.write(writing, repr(said).encode())
        os.kill(os.getpid(), crash)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as said_by:
        assert said_by.read() == b"(0, 0, 0)"
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == crash
    assert not os.WCOREDUMP(status)


@pytest.mark.debian("ssh", "ssh-keygen")
def test_door_zygote_and_a_session_at_work_may_not_be_dumped(house: Served) -> None:
    house.clock.advance(60)
    client = house.sign_in("zhangwei")
    client.until("C-20")
    session = newest_session(house)
    for process in (*house.door.processes.values(), session):
        limits = Path(f"/proc/{process}/limits").read_text(encoding="ascii")
        (line,) = [line for line in limits.splitlines() if line.startswith("Max core file")]
        assert line.split()[-3:-1] == ["0", "0"]
        if os.geteuid() == 0:
            # What may be dumped belongs to its user; what may not, to root.
            assert Path(f"/proc/{process}/environ").stat().st_uid == 0
            assert "Uid:\t65534" in Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    folder = Path(f"/proc/{session}/cwd").resolve()
    before = set(folder.iterdir())
    os.kill(session, signal.SIGABRT)
    assert client.ended() != 0
    assert not [one for one in set(folder.iterdir()) - before if "core" in one.name]
