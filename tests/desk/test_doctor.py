"""The doctor on both engines: a whole desk is well, and whatever is damaged or leaked is named and ends with three."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from sqlalchemy import create_engine, text

from access.policy import ACTIONS, Action
from access.roles import Mode
from console.demo.debtors import Debtor, People
from console.demo.lender import write
from console.doctor import checks
from console.doctor.examine import Examination, Examiner
from console.home import DeskLock, Home
from console.settings import CallSettings, MessageSettings, dump, load
from tests.support.clock import FakeClock
from tests.support.desk import opened

CUSTOMERS = 30


def people() -> list[Debtor]:
    return list(People(3, dt.date(2026, 11, 20)).debtors(CUSTOMERS))


def states(seen: Examination) -> dict[str, str]:
    return {check.name: check.state for check in seen.checks}


async def filled(root: Path, clock: FakeClock, url: str, file: Path) -> Home:
    async with opened(root, clock, url=url) as desk:
        report = await desk.load(file)
        assert (report.state, report.new_cases) == ("published", CUSTOMERS), report.faults
        return desk.running.home


@pytest_asyncio.fixture
async def home(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Home]:
    """A filled desk on SQLite that nobody runs."""
    file = tmp_path / "cases.csv"
    write(file, people())
    yield await filled(tmp_path / "h", clock, "", file)


@pytest.mark.clause("C-6.5b", "issue-2")
def test_a_whole_desk_is_well_and_its_customers_were_looked_for(home: Home) -> None:
    seen = Examiner(None).examine(home)
    assert seen.ok, seen
    assert seen.customers == CUSTOMERS
    assert seen.values > 6 * CUSTOMERS
    assert {"files", "algorithms", "chat", "keys", "schema", "triggers", "store", "clock", "log"} <= set(states(seen))
    assert {"trunk", "recorder", "messages"} <= set(states(seen))


@pytest.mark.clause("S-5-9", "issue-5")
def test_it_says_that_instant_messaging_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    (said,) = checks.chat()
    assert (said.name, said.state, said.detail) == ("chat", "ok", "")
    offered = replace(ACTIONS[Action.CASE_NOTE_WRITE], permits=((16, Mode.DO),))
    monkeypatch.setattr(checks, "ACTIONS", {**ACTIONS, Action.CASE_NOTE_WRITE: offered})
    (said,) = checks.chat()
    assert (said.state, said.detail) == ("bad", "case:note:write")


@pytest.mark.clause("C-5.4f")
def test_the_hunt_is_an_event_of_its_own(home: Home) -> None:
    Examiner(7).examine(home)
    with sqlite3.connect(home.database) as raw:
        (body,) = raw.execute("SELECT body FROM audit_event WHERE action = 'health:plaintext:hunt'").fetchone()
    raw.close()
    assert b'"rows":7' in body


def test_a_sample_is_spread_over_all(home: Home) -> None:
    assert Examiner(10).examine(home).customers == 10
    assert Examiner(10_000).examine(home).customers == CUSTOMERS


@pytest.mark.clause("C-6.5b")
@pytest.mark.parametrize("place", ["data/desk.db-wal", "logs/desk.log", "reports/r.csv", "tmp/x", "witness/old"])
def test_a_value_in_any_of_the_desks_files_is_found(home: Home, place: str) -> None:
    path = home.root / place
    if place.endswith("-wal"):
        path = home.root / "data" / "copy-of-wal"
    with path.open("ab") as out:
        out.write(b"\x00\x01" + people()[4].id_number.encode() + b"\xff")
    path.chmod(0o600)
    seen = Examiner(None).examine(home)
    assert not seen.ok
    assert {(one.place, one.field) for one in seen.found} == {(path.name, "id_number")}
    assert people()[4].id_number not in repr(seen)


def test_the_key_ring_and_the_lenders_drops_are_not_looked_through(home: Home) -> None:
    waiting = home.drop / "安和消费金融"
    waiting.mkdir(mode=0o700, exist_ok=True)
    file = waiting / "file.csv"
    file.write_text(people()[0].mobile)
    file.chmod(0o600)
    seen = Examiner(None).examine(home)
    assert seen.found == ()
    assert states(seen)["drops"] == "warn"


def said_so(home: Home, **tables: CallSettings | MessageSettings) -> None:
    """Tables of the settings in the place of what is there."""
    home.settings.write_bytes(dump(msgspec.structs.replace(load(home.settings), **tables), note="test"))


@pytest.mark.clause("issue-5")
def test_what_the_lines_lack_is_named(home: Home) -> None:
    said_so(
        home, calls=CallSettings(address="127.0.0.1"), message=MessageSettings(provider="smpp", signature="示例银行")
    )
    home.recordings.rmdir()
    said = {check.name: (check.state, check.detail) for check in Examiner(1).examine(home).checks}
    assert said["trunk"] == ("bad", "trunk_host presented")
    assert said["recorder"] == ("bad", "")
    assert said["messages"] == ("bad", "account smpp_host")


@pytest.mark.clause("issue-5")
def test_a_provider_without_a_secret_is_worth_a_look(home: Home) -> None:
    way = MessageSettings(provider="http", signature="示例银行", account="6222", url="https://127.0.0.1/")
    said_so(home, message=way)
    said = {check.name: (check.state, check.detail) for check in Examiner(1).examine(home).checks}
    assert said["messages"] == ("warn", "secret")


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("files", lambda home: home.settings.chmod(0o644)),
        ("files", lambda home: (home.root / "link").symlink_to("/")),
        ("triggers", lambda home: _sql(home, "DROP TRIGGER audit_event_no_update")),
        ("schema", lambda home: _sql(home, "DROP INDEX ix_case_file_queue")),
        ("log", lambda home: home.witness.write_bytes(b"")),
    ],
    ids=["mode", "link", "trigger", "index", "witness"],
)
def test_what_is_damaged_is_named(home: Home, name: str, damage: object) -> None:
    assert callable(damage)
    damage(home)
    seen = Examiner(1).examine(home)
    assert states(seen)[name] == "bad"
    assert not seen.ok


def test_a_desk_that_cannot_be_opened_is_no_well_desk(home: Home) -> None:
    ring = next(path for path in home.keys.iterdir() if path.name != "master.key")
    ring.write_bytes(ring.read_bytes()[:-1] + b"\x00")
    seen = Examiner(1).examine(home)
    assert (seen.customers, states(seen)["desk"], seen.ok) == (None, "bad", False)


def test_a_running_desk_is_left_alone(home: Home) -> None:
    lock = DeskLock(home)
    lock.acquire()
    try:
        seen = Examiner(1).examine(home)
    finally:
        lock.release()
    assert (seen.customers, states(seen)["desk"]) == (None, "bad")


@pytest.mark.slow
@pytest.mark.clause("C-6.5b", "issue-2")
async def test_on_postgresql_every_column_of_every_row_is_looked_through(
    tmp_path: Path, clock: FakeClock, postgres_url: str
) -> None:
    file = tmp_path / "cases.csv"
    write(file, people())
    home = await filled(tmp_path / "h", clock, postgres_url, file)
    seen = Examiner(None).examine(home)
    assert seen.ok, seen
    engine = create_engine(postgres_url)
    with engine.begin() as raw:
        raw.execute(text("UPDATE import_batch SET file_name = :leak"), {"leak": f"{people()[2].mobile}.csv"})
    engine.dispose()
    again = Examiner(None).examine(home)
    assert {(one.place, one.field) for one in again.found} == {("import_batch", "mobile")}


def _sql(home: Home, statement: str) -> None:
    with sqlite3.connect(home.database) as raw:
        raw.execute(statement)
    raw.close()
