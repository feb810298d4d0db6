"""Dialer and media that work no more go, so that others come; those that are told much at once are no such ones."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from access.context import SECOND, SystemClock
from console.dial import house, outbox
from console.dial.axb.said import Bind, Bound
from console.dial.dialer import DialerDown
from console.dial.messages import Recorded
from console.dial.registrar import secret_of
from console.dial.results import By, Result
from tests.dial.conftest import Line
from tests.support.sip import PATIENCE, until

pytestmark = [pytest.mark.clause("issue-5"), pytest.mark.slow]


async def stopped(line: Line, name: str) -> int:
    """Have one of both stand still from now on; its id."""
    process = line.dialer.processes[name]
    os.kill(process, signal.SIGSTOP)
    stat = Path(f"/proc/{process}/stat")
    await until(lambda: stat.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "T", "it stands still")
    return process


async def asked_in_vain(line: Line) -> str:
    """A call for which media, which stands still, is asked for something."""
    line.dialer.allow("ag01", secret_of("ag01", "secret"))
    wire = await line.wire()
    await wire.register("ag01", "secret")
    await line.customer(None)
    call_id = await line.prepared()
    await stopped(line, "media")
    line.dialer.dial(line.order(call_id, line.ticket(call_id)))
    ended = await line.ended(call_id)
    assert (ended.result, ended.by) == (Result.SYSTEM_ERROR, By.LINE)
    return call_id


async def test_media_that_answers_late_takes_its_dialer_with_it(line: Line) -> None:
    call_id = await asked_in_vain(line)
    os.kill(line.dialer.processes["media"], signal.SIGCONT)
    await asyncio.wait_for(line.dialer.gone.wait(), PATIENCE)
    assert len(line.of(Recorded, call_id)) == 1
    with pytest.raises(DialerDown):
        await line.prepared()


async def test_media_that_never_answers_is_killed(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "_CLOSE_WITHIN", 0.5)
    await asked_in_vain(line)
    await asyncio.wait_for(line.dialer.gone.wait(), PATIENCE)


async def test_many_bindings_at_once_are_all_told(line: Line) -> None:
    ends_at = SystemClock().now_us() + 600 * SECOND
    # One customer's ticket is none of another's; each is told of all the same.
    ticket = line.ticket("b0")
    for at in range(600):
        one = Bind(binding_id=f"b{at}", number_id=f"n{at}", number=f"950130{at:05d}", ticket=ticket, until=ends_at)
        line.dialer.tell(one)
    await until(lambda: len([one for one in line.heard if isinstance(one, Bound)]) == 600, "all are told of")
    found = [(one.binding_id, one.code) for one in line.heard if isinstance(one, Bound)]
    assert found == [("b0", "ok"), *((f"b{at}", "ticket_refused") for at in range(1, 600))]
    assert not line.dialer.gone.is_set()


async def test_files_wait_with_the_messages_they_belong_to(line: Line) -> None:
    media = await stopped(line, "media")
    for number in range(600):
        line.dialer.discard(f"none-{number}")
    waiting = asyncio.ensure_future(line.prepared())
    await asyncio.sleep(0)
    os.kill(media, signal.SIGCONT)
    call_id = await asyncio.wait_for(waiting, PATIENCE)
    line.dialer.discard(call_id)
    assert (await line.recorded(call_id)).chunks == 0


@pytest.mark.parametrize("stands", ["dialer", "media"])
async def test_one_that_reads_no_more_is_killed(line: Line, monkeypatch: pytest.MonkeyPatch, stands: str) -> None:
    monkeypatch.setattr(outbox, "STILL", 0.5)
    await stopped(line, stands)
    for _ in range(600):
        if stands == "dialer":
            line.dialer.allow("ag01", secret_of("ag01", "secret"))
        else:
            line.dialer.discard("none")
    assert not line.dialer.gone.is_set()
    await asyncio.wait_for(line.dialer.gone.wait(), PATIENCE)
    with pytest.raises(DialerDown):
        line.dialer.hang_up("none")
