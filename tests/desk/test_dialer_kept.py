"""Calling comes back by itself: whatever goes wrong while a dialer is opened or told, another try follows."""

from __future__ import annotations

import asyncio
import socket
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from access.store.schema import call_secret
from console.desk.api.base import DeskError, Refusal
from console.desk.api.calling import SetPhone
from console.desk.api.people import ReadHealth
from console.desk.api.privacy import BindNumber
from console.desk.calls import binding, exchange, secrets, supply
from console.desk.contact import recorder
from console.desk.reveals import opening
from console.dial.axb.said import Bind, Bound
from console.dial.dialer import Dialer, DialerDown, Heard
from console.dial.house import SipDialer
from console.dial.results import Result
from console.serve import child
from masking.errors import SealBroken
from tests.support.calls import Line
from tests.support.desk import WholeDesk
from tests.support.privacy_calls import pooled
from tests.support.sip import until
from tests.support.stores import make_event

pytestmark = pytest.mark.clause("issue-5")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No pause that a test would wait for; whoever registered as recorder goes again."""
    for module in (exchange, supply):
        monkeypatch.setattr(module, "FIRST_PAUSE", 0.01)
    before = list(recorder._probes)
    yield
    recorder._probes[:] = before


@pytest_asyncio.fixture
async def line(any_desk: WholeDesk) -> AsyncIterator[Line]:
    yield Line(any_desk)


class Failing:
    """Does as what it stands for, after it failed some times."""

    def __init__(self, real: Callable[..., Any], times: int, fault: Exception) -> None:
        self.real, self.left, self.fault = real, times, fault

    def __call__(self, *args: Any, **more: Any) -> Any:
        if self.left:
            self.left -= 1
            raise self.fault
        return self.real(*args, **more)


def lost() -> OperationalError:
    """As when PostgreSQL fails over."""
    return OperationalError("SELECT 1", {}, Exception("server closed the connection unexpectedly"))


async def health(desk: WholeDesk) -> dict[str, tuple[str, str]]:
    return {one.name: (one.state, one.detail) for one in (await desk.call("zhenghao", ReadHealth())).checks}


async def test_a_store_that_fails_over_while_a_dialer_starts(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, board = line.desk, line.desk.running.parts.switchboard
    access = await desk.call("zhenghao", SetPhone(person_id=desk.founded.persons["zhangwei"]))
    monkeypatch.setattr(secrets, "read", Failing(secrets.read, 2, lost()))
    await desk.running.exchange.open(line.pool.open)
    await until(lambda: board.key is not None, "a dialer of use")
    assert [one.down for one in line.pool.made] == [True, True, False]
    assert board.key == line.dialer.key
    assert access.name in line.dialer.phones


async def test_a_start_that_fails_in_any_way_is_tried_again(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, opened = line.desk, line.pool.open
    case = (await desk.with_cases(tmp_path))[0]
    faults: list[Exception] = [DeskError(Refusal(code="serve.no_such_user")), OSError(11, "no process")]

    async def opener(told: Callable[[Heard], None]) -> tuple[Dialer, int, asyncio.Event]:
        if faults:
            raise faults.pop(0)
        return await opened(told)

    monkeypatch.setattr(line.pool, "open", opener)
    await line.open("zhangwei")
    assert faults == []
    call = await line.start("zhangwei", case.case_id)
    line.dialer.end(call.call_id, Result.BUSY)
    await line.over(call.call_id)


async def test_a_dialer_whose_close_fails_is_followed_by_another(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    await line.open("zhangwei")
    first = line.dialer

    async def close() -> None:
        raise OSError(5, "gone wrong")

    monkeypatch.setattr(first, "close", close)
    first.die()
    await until(lambda: len(line.pool.made) == 2, "another dialer")
    await line.registered()
    assert line.desk.running.parts.switchboard.key == line.dialer.key


async def test_one_broken_secret_keeps_nobody_else_from_calling(line: Line, tmp_path: Path) -> None:
    desk, parts = line.desk, line.desk.running.parts
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei", "wangfang")
    broken, whole = line.names.pop("wangfang"), line.names["zhangwei"]
    assert (await health(desk))["secrets"] == ("ok", "")
    with parts.store.engine.connect() as connection:
        row = connection.execute(select(call_secret).where(call_secret.c.name == broken)).mappings().one()
    # A row that proves itself and does not open, as under another key.
    parts.store.run(
        lambda uow: parts.proofs.update(
            uow, call_secret, row["id"], row["version"], {"sealed": bytes(row["sealed"])[::-1]}, make_event(uow)
        )
    )
    line.dialer.die()
    await until(lambda: len(line.pool.made) == 2, "another dialer")
    await line.registered()
    assert broken not in line.dialer.phones
    assert (await health(desk))["secrets"] == ("bad", broken)
    assert not parts.switchboard.present(broken)
    call = await line.start("zhangwei", case.case_id)
    assert line.dialer.dialled[call.call_id].phone == whole
    line.dialer.end(call.call_id, Result.BUSY)
    await line.over(call.call_id)
    # A fresh one mends it.
    access = await desk.call("zhenghao", SetPhone(person_id=desk.founded.persons["wangfang"]))
    await until(lambda: access.name in line.dialer.phones, "the new secret")
    assert (await health(desk))["secrets"] == ("ok", "")


async def test_what_could_not_be_read_is_read_again_for_the_same_dialer(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = line.desk
    await line.open("zhangwei")
    before = line.dialer
    monkeypatch.setattr(secrets, "read", Failing(secrets.read, 3, lost()))
    access = await desk.call("zhenghao", SetPhone(person_id=desk.founded.persons["zhangwei"]))
    await until(lambda: access.name in before.phones, "told after all")
    assert before.phones[line.names["zhangwei"]] == ""
    assert line.pool.made == [before]


async def test_bindings_are_read_until_the_new_dialer_knows_them(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = line.desk
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei")
    await pooled(desk)
    await pooled(desk, "95013000002")
    views = [await desk.call("zhangwei", BindNumber(case_id=one.case_id)) for one in cases[:2]]
    for view in views:
        line.dialer.told(Bound(binding_id=view.binding_id, code="ok"))
    monkeypatch.setattr(binding, "renewed", Failing(binding.renewed, 3, lost()))
    line.dialer.die()
    await until(lambda: len(line.pool.made) == 2, "another dialer")
    await until(lambda: told(line) == {view.binding_id for view in views}, "bound again")

    # One case that does not open keeps no other customer from being put through.
    real = opening.ticket_for

    def ticket_for(act: Any, case: Any, *rest: Any, **more: Any) -> Any:
        if case["id"] == cases[0].case_id:
            raise SealBroken
        return real(act, case, *rest, **more)

    monkeypatch.setattr(binding, "ticket_for", ticket_for)
    line.dialer.die()
    await until(lambda: len(line.pool.made) == 3, "a third dialer")
    await until(lambda: told(line) == {views[1].binding_id}, "the one that opens")
    failed = [one for one in desk.events() if one.action == binding.RENEW and one.result == "failed"]
    assert [(one.object_id, one.rule) for one in failed] == [(views[0].binding_id, SealBroken.default_code)]


def told(line: Line) -> set[str]:
    return {one.binding_id for one in line.dialer.said if isinstance(one, Bind)}


async def test_a_pair_of_which_only_one_starts_leaves_nobody_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    real, started = child.start, list[subprocess.Popen[bytes]]()

    def start(module: str, ends: Sequence[socket.socket], *said: str) -> subprocess.Popen[bytes]:
        if started:
            raise OSError(11, "no process to be had")
        started.append(real(module, ends, *said))
        return started[0]

    monkeypatch.setattr(child, "start", start)
    with pytest.raises(DialerDown):
        await SipDialer.open(lambda _heard: None, "127.0.0.1")
    (media,) = started
    assert media.poll() is not None
