"""Numbers that a provider binds, on a whole desk: set up or refused, one customer a number, called in their place."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from access.store.schema import call_binding, call_secret
from console.desk.api.calling import SetCloudSecret
from console.desk.api.people import ReadHealth
from console.desk.api.privacy import (
    BindingView,
    BindNumber,
    ListBindings,
    ListNumbers,
    ProposeNumber,
    RetireNumber,
    UnbindNumber,
)
from console.desk.contact import recorder
from console.dial.axb.said import Bind, Bound, Cloud, Rang, Unbind
from console.dial.results import By, Result
from console.settings import CallSettings
from tests.support.calls import Line
from tests.support.clock import FakeClock
from tests.support.desk import ROWS, opened
from tests.support.privacy_calls import pooled
from tests.support.sip import until

pytestmark = pytest.mark.clause("issue-5", "C-5.4e-1")
X, OTHER_X = "17000000001", "17000000002"
SECRET = "hunter2-of-the-cloud"
SET = CallSettings(
    trunk_host="127.0.0.1",
    presented="057100000000",
    cloud_url="https://www.example.com",
    cloud_key_id="LTAI-test",
    cloud_pool="FC1",
)


@pytest.fixture(autouse=True)
def _recorder() -> Iterator[None]:
    before = list(recorder._probes)
    yield
    recorder._probes[:] = before


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def line(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Line]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    async with opened(tmp_path / "h", clock, url=url, calls=SET) as desk:
        yield Line(desk)


def said(line: Line, kind: type[Bind | Unbind | Cloud]) -> list[Bind | Unbind | Cloud]:
    return [one for one in line.dialer.said if isinstance(one, kind)]


async def set_up(line: Line) -> None:
    await line.desk.call("zhenghao", SetCloudSecret(secret=SECRET))
    await until(lambda: any(getattr(one, "secret", "") for one in said(line, Cloud)), "told")


async def asked(line: Line, case_id: str, name: str = "zhangwei") -> BindingView:
    view = await line.desk.call(name, BindNumber(case_id=case_id, hours=2))
    await until(lambda: any(one.binding_id == view.binding_id for one in said(line, Bind)), "told")  # type: ignore[union-attr]
    return view


async def answered(line: Line, view: BindingView, code: str) -> None:
    line.dialer.told(Bound(binding_id=view.binding_id, code=code))
    wanted = "live" if code == "ok" else "refused"

    def written() -> bool:
        with line.desk.running.parts.store.engine.connect() as connection:
            query = select(call_binding.c.state).where(call_binding.c.id == view.binding_id)
            return bool(connection.execute(query).scalar_one() == wanted)

    await until(written, wanted)


async def test_a_number_of_a_provider_needs_one_that_is_set_up(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    number_id = await pooled(desk, X, cloud=True)
    (seen,) = (await desk.call("wugang", ListNumbers())).numbers
    assert (seen.number_id, seen.provider, seen.state) == (number_id, "cloud", "live")
    assert await desk.refused("zhangwei", BindNumber(case_id=case.case_id)) == "call.cloud_unset"
    checks = {one.name: one for one in (await desk.call("zhenghao", ReadHealth())).checks}
    assert (checks["cloud"].state, checks["cloud"].detail) == ("bad", "experimental")
    for name in ("zhangwei", "lina", "wugang", "fengxue", "hejie"):
        assert await desk.refused(name, SetCloudSecret(secret=SECRET))
    await set_up(line)
    # To the dialer alone, and kept sealed.
    assert said(line, Cloud)[-1] == Cloud(
        url="https://www.example.com", key_id="LTAI-test", secret=SECRET, pool="FC1", ca=""
    )
    assert SECRET not in repr(said(line, Cloud))
    with desk.running.parts.store.engine.connect() as connection:
        rows = connection.execute(select(call_secret)).mappings().all()
    assert SECRET.encode() not in b"".join(bytes(row["sealed"]) for row in rows) + repr(rows).encode()
    assert not any(SECRET in repr(one) for one in desk.events())
    view = await asked(line, case.case_id)
    (order,) = said(line, Bind)
    assert isinstance(order, Bind)
    assert (order.cloud, order.number, view.number) == (True, X, X)
    assert not any(row[2] in repr(order) for row in ROWS)
    checks = {one.name: one for one in (await desk.call("zhenghao", ReadHealth())).checks}
    assert (checks["cloud"].state, checks["cloud"].detail) == ("warn", "experimental")
    # Without its secret it is set up no more.
    await desk.call("zhenghao", SetCloudSecret(secret=""))
    await until(lambda: said(line, Cloud)[-1] == Cloud(url=SET.cloud_url, key_id="LTAI-test", pool="FC1"), "forgotten")
    await pooled(desk, OTHER_X, cloud=True)
    cases = await desk.with_cases(tmp_path)
    assert await desk.refused("zhangwei", BindNumber(case_id=cases[1].case_id)) == "call.cloud_unset"


async def test_one_customer_stands_on_it_at_a_time(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei")
    number_id = await pooled(desk, X, cloud=True)
    await set_up(line)
    first = await asked(line, cases[0].case_id)
    await answered(line, first, "ok")
    assert await desk.refused("zhangwei", BindNumber(case_id=cases[1].case_id)) == "call.no_free_number"
    await desk.call("zhangwei", UnbindNumber(binding_id=first.binding_id))
    await until(lambda: Unbind(binding_id=first.binding_id) in line.dialer.said, "unbound")
    second = await asked(line, cases[1].case_id)
    await answered(line, second, "ok")
    # A provider does not know our pool: it hears when a number leaves it.
    (seen,) = (await desk.call("wugang", ListNumbers())).numbers
    await desk.call("wugang", RetireNumber(number_id=number_id, version=seen.version))
    await until(lambda: Unbind(binding_id=second.binding_id) in line.dialer.said, "unbound")


@pytest.mark.parametrize("code", ["no_free", "not_let_in", "busy", "refused", "away", "not_verified", "no_answer"])
async def test_what_the_provider_says_is_shown(line: Line, tmp_path: Path, code: str) -> None:
    desk = line.desk
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei")
    await pooled(desk, X, cloud=True)
    await set_up(line)
    view = await asked(line, cases[0].case_id)
    await answered(line, view, code)
    listed = await desk.call("zhangwei", ListBindings(case_id=cases[0].case_id))
    assert listed.bindings == ()
    assert [(one.binding_id, one.state, one.why) for one in listed.refused] == [(view.binding_id, "refused", code)]
    last = [one for one in desk.events() if one.action == "call:number:answer"][-1]
    assert code in repr(last.detail)
    # What may pass is asked for again by a person, on the same number; what nobody knows keeps others off it.
    again = BindNumber(case_id=cases[0].case_id)
    if code in {"no_free", "refused"}:
        assert await desk.refused("zhangwei", again) == "call.no_free_number"
    else:
        assert (await desk.call("zhangwei", again)).number == X
        return
    assert (await desk.call("zhangwei", BindNumber(case_id=cases[1].case_id))).number == X


async def test_an_unknown_outcome_keeps_others_off_the_number(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei")
    await pooled(desk, X, cloud=True)
    await set_up(line)
    await answered(line, await asked(line, cases[0].case_id), "no_answer")
    other = BindNumber(case_id=cases[1].case_id)
    assert await desk.refused("zhangwei", other) == "call.no_free_number"
    desk.clock.advance(2 * 3600 + 1)
    assert (await desk.call("zhangwei", other)).number == X


async def test_calls_go_over_it_in_the_customers_place(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei")
    number_id = await pooled(desk, X, cloud=True)
    await set_up(line)
    view = await asked(line, cases[0].case_id)
    # Not before it stands.
    call = await line.start("zhangwei", cases[0].case_id)
    order = line.dialer.dialled[call.call_id]
    assert (order.over, order.presented) == ("", "")
    line.dialer.end(call.call_id, Result.BUSY)
    await line.over(call.call_id)
    await answered(line, view, "ok")
    call = await line.start("zhangwei", cases[0].case_id)
    order = line.dialer.dialled[call.call_id]
    assert (order.over, order.presented) == (X, "")
    assert order.ticket is not None
    assert line.dialer.tickets.open(order.ticket, call.call_id)
    line.dialer.end(call.call_id, Result.BUSY)
    await line.over(call.call_id)
    # By the agent's own phone, and by the customer.
    line.dialer.told(Rang(ring_id="ring-1", number_id=number_id, phone=line.names["zhangwei"]))
    await until(lambda: any(one.ring == "ring-1" for one in line.dialer.dialled.values()), "by phone")
    order = next(one for one in line.dialer.dialled.values() if one.ring == "ring-1")
    assert (order.over, order.presented) == (X, "")
    line.dialer.end(order.call_id, Result.BUSY)
    await line.over(order.call_id)
    line.dialer.told(Rang(ring_id="ring-2", number_id=number_id, binding_id=view.binding_id))
    await until(lambda: any(one.ring == "ring-2" for one in line.dialer.dialled.values()), "put through")
    order = next(one for one in line.dialer.dialled.values() if one.ring == "ring-2")
    assert (order.over, order.ticket, order.alias) == ("", None, cases[0].number)
    line.dialer.end(order.call_id, Result.ANSWERED, By.CUSTOMER)
    await line.over(order.call_id)


async def test_a_new_dialer_is_told_both_the_provider_and_who_is_bound(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei")
    await pooled(desk, X, cloud=True)
    await set_up(line)
    view = await asked(line, cases[0].case_id)
    await answered(line, view, "ok")
    line.dialer.die()
    await until(lambda: len(line.pool.made) == 2, "another dialer")
    await until(lambda: said(line, Bind), "bound again")
    kinds = [type(one) for one in line.dialer.said]
    assert kinds.index(Cloud) < kinds.index(Bind)
    (order,) = said(line, Bind)
    assert isinstance(order, Bind)
    assert (order.binding_id, order.cloud) == (view.binding_id, True)


async def test_a_row_that_was_made_a_providers_is_no_number(line: Line, tmp_path: Path) -> None:
    """The column is proven: who changes it in the database has no number at all."""
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    await pooled(desk, X)
    await set_up(line)
    with desk.running.parts.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE call_number SET provider = 'cloud'")
    assert await desk.refused("zhangwei", BindNumber(case_id=case.case_id)) == "call.no_free_number"
    assert await desk.refused("zhenghao", ProposeNumber(number="95-abc", cloud=True)) == "call.number_unfit"
