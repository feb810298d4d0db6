"""What follows a published import: whatever goes wrong then, it is told as published, and never loaded twice."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from access.audit.events import DetailKey, Event
from access.errors import LogUnavailable, StoreBusy
from access.store.schema import account, import_batch, staged_change
from console.desk.api.drops import AgreeDropKey, ProposeDropKey
from console.desk.api.imports import ImportReport, ListImports, ProposeSource, ReadImport, RegisterSource, StartImport
from console.desk.imports import afterwards, arrivals, drop, jobs, recovery, running
from console.desk.imports.ending import Ending
from console.doctor import checks
from masking.gm import Sm2PrivateKey, sm3
from tests.desk.test_drop_keys import line
from tests.support.desk import WholeDesk
from tests.support.lender_files import SIX_FIELDS, people, row, write

pytestmark = pytest.mark.clause("F-3", "issue-2")

KEY = Sm2PrivateKey(bytes(31) + b"\x11")
LENDER = "甲银行"
HOUR = 3600


def some_file(folder: Path, name: str = "file.csv", due: int = 100_000) -> Path:
    return write(folder / name, [row(one, f"A{place:04}", due=due) for place, one in enumerate(people(3, 3))])


def states(desk: WholeDesk) -> list[str]:
    with desk.running.parts.store.engine.connect() as connection:
        return list(connection.execute(select(import_batch.c.state).order_by(import_batch.c.id)).scalars())


def due(desk: WholeDesk) -> set[int]:
    with desk.running.parts.store.engine.connect() as connection:
        return set(connection.execute(select(account.c.due)).scalars())


def said(desk: WholeDesk, action: str) -> list[Event]:
    return [one for one in desk.events() if one.action == action]


async def until(reached: Callable[[], object]) -> None:
    """Wait for something, at most a minute."""
    for _ in range(6000):
        if reached():
            return
        await asyncio.sleep(0.01)
    raise AssertionError


@pytest.fixture
async def bank(desk: WholeDesk) -> WholeDesk:
    """A desk with a lender that signs its files and has a drop; the clockwork does not look into it by itself."""
    proposed = await desk.call("lina", ProposeSource(name=LENDER, public_key=KEY.public_key.to_pem()))
    await desk.call("wugang", RegisterSource(source_id=proposed.source_id))
    key = await desk.call("lina", ProposeDropKey(source_id=proposed.source_id, login="bank-a", line=line(1)))
    await desk.call("wugang", AgreeDropKey(key_id=key.key_id))
    return desk


def put(desk: WholeDesk, name: str, due: int = 100_000, extra: str = "") -> Path:
    """Leave a signed file in the drop; extra: one more column."""
    folder = desk.running.home.drop / LENDER
    headers = [*SIX_FIELDS, extra] if extra else SIX_FIELDS
    rows = [row(one, f"A{place:04}", due=due) for place, one in enumerate(people(3, 3))]
    file = write(folder / name, [[*one, "123"] for one in rows] if extra else rows, headers)
    digest = sm3(file.read_bytes())
    (folder / f"{name}.sm3").write_text(digest.hex())
    (folder / f"{name}.sig").write_bytes(KEY.sign(digest))
    return file


async def ended(desk: WholeDesk, report: ImportReport) -> ImportReport:
    while report.state == "running":
        await asyncio.sleep(0.01)
        report = await desk.call("lina", ReadImport(job_id=report.job_id))
    return report


async def test_a_file_that_cannot_be_destroyed_is_told_beside_the_truth(
    any_desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stuck(_: Path) -> int:
        raise OSError

    monkeypatch.setattr(drop, "destroy", stuck)
    file = some_file(tmp_path)
    report = await any_desk.load(file, destroy=True)
    assert (report.state, report.left, report.new_cases) == ("published", ("file",), 3)
    assert states(any_desk) == ["published"]
    assert file.exists()
    assert [one.result for one in said(any_desk, "import:file:destroy")] == ["ok", "failed"], "what was begun, its end"


async def test_staged_rows_that_cannot_be_swept_are_told_and_swept_at_the_next_start(
    any_desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise StoreBusy(attempts=1)

    file = some_file(tmp_path)
    await any_desk.load(file)
    parts = any_desk.running.parts
    with monkeypatch.context() as patch:
        patch.setattr(afterwards, "sweep_staged", busy)
        report = await any_desk.load(file, destroy=True)
    assert (report.state, report.left) == ("published", ("rows",))
    assert not file.exists(), "the one does not keep the other"
    with parts.store.engine.connect() as connection:
        assert connection.execute(select(staged_change.c.id)).all()
    await asyncio.to_thread(recovery.sweep, parts)
    with parts.store.engine.connect() as connection:
        assert not connection.execute(select(staged_change.c.id)).all()


@pytest.mark.parametrize("which", ["publish", "let_wait"])
async def test_a_commit_of_unknown_fate_is_told_as_the_batch_row_has_it(
    any_desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    whole: Callable[..., object] = getattr(Ending, which)

    def lost(*arguments: object) -> None:
        whole(*arguments)
        raise LogUnavailable

    monkeypatch.setattr(Ending, which, lost)
    source = "甲消金"
    if which == "let_wait":
        source = "丙消金"
        await any_desk.call("lina", ProposeSource(name=source))
        monkeypatch.setattr("console.desk.imports.start._SAFE_PROFILES", frozenset({"demo"}))
    file = some_file(tmp_path)
    report = await any_desk.load(file, source=source, destroy=True)
    if report.state == "published":
        assert not file.exists()
    assert [report.state] == states(any_desk)
    assert report.state in {"published", "waiting"}


async def test_a_job_that_failed_is_told_by_its_row_once_the_store_answers(
    any_desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = Ending.publish

    def lost(self: Ending, *arguments: object) -> None:
        publish(self, *arguments)  # type: ignore[arg-type]
        raise LogUnavailable

    monkeypatch.setattr(Ending, "publish", lost)
    monkeypatch.setattr(Ending, "fate", lambda _: "")
    report = await any_desk.load(some_file(tmp_path))
    assert (report.state, report.new_cases) == ("published", 3)
    job = running.job_of(report.job_id)
    assert job is not None
    assert job.state == "failed", "all that the job itself could learn"


async def test_a_killed_desks_file_is_destroyed_and_not_loaded_again(
    bank: WholeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = bank.running.parts
    dead = threading.Event()

    def die(*_: object) -> None:
        dead.set()
        raise SystemExit

    old = put(bank, "cases-1.csv", due=100_000)
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "after_publish", die)
        patch.setattr(threading, "excepthook", lambda _: None)
        await asyncio.to_thread(arrivals.look, parts)
        await until(dead.is_set)
        await asyncio.to_thread(next(iter(running._jobs.values())).wait, 60)
        # The job is over before its thread is, and what the thread says last is not for the next test.
        for thread in [one for one in threading.enumerate() if one.name == "veildesk-import"]:
            await asyncio.to_thread(thread.join, 60)
    # What a process forgets when it is killed.
    monkeypatch.setattr(running, "_jobs", type(running._jobs)())
    monkeypatch.setattr(arrivals, "_tried", arrivals._Tried())
    assert (states(bank), old.exists()) == (["published"], True)
    put(bank, "cases-2.csv", due=70_000)
    newer = StartImport(path="", drop="cases-2.csv", source=LENDER)
    assert (await ended(bank, await bank.call("lina", newer))).state == "published"
    assert due(bank) == {70_000}
    await asyncio.to_thread(recovery.sweep, parts)
    await asyncio.to_thread(arrivals.look, parts)
    await until(lambda: not list(old.parent.iterdir()))
    assert (states(bank), due(bank)) == (["published", "published"], {70_000})
    destroyed = said(bank, "import:file:destroy")
    first, *again = [dict(one.detail).get(DetailKey.CODE) for one in destroyed]
    # The clockwork may look at the same moment as we do: each says what it is about to do before it does it.
    assert (first, set(again)) == (None, {"file.loaded_before"})


async def test_a_forged_file_of_known_content_is_put_aside_as_ever(bank: WholeDesk) -> None:
    put(bank, "cases-1.csv")
    await ended(bank, await bank.call("lina", StartImport(path="", drop="cases-1.csv", source=LENDER)))
    forged = put(bank, "cases-2.csv")
    forged.with_name("cases-2.csv.sig").write_bytes(Sm2PrivateKey(bytes(31) + b"\x12").sign(bytes(32)))
    await asyncio.to_thread(arrivals.look, bank.running.parts)
    await until(lambda: states(bank) == ["published", "refused"] and not list(forged.parent.iterdir()))
    assert len(list(bank.running.home.quarantine.rglob("cases-2.csv*"))) == 3


@pytest.mark.clause("J-5")
async def test_quarantine_is_for_hours_told_counted_and_then_destroyed(bank: WholeDesk) -> None:
    parts, home = bank.running.parts, bank.running.home
    assert [one.state for one in checks.quarantine(home.quarantine)] == ["ok"]
    put(bank, "cases-1.csv", extra="CVV2")
    report = await ended(bank, await bank.call("lina", StartImport(path="", drop="cases-1.csv", source=LENDER)))
    hours = parts.settings.drop.quarantine_hours
    assert report.state == "quarantined"
    assert report.kept_until == parts.clock.now_us() + hours * HOUR * 1_000_000
    (listed,) = (await bank.call("lina", ListImports())).imports
    assert (listed.state, listed.kept_until) == ("quarantined", report.kept_until)
    assert [(one.state, one.detail) for one in checks.quarantine(home.quarantine)] == [("warn", "3")]
    bank.clock.advance(hours * HOUR - 120)
    await asyncio.to_thread(arrivals.look, parts)
    assert len(list(home.quarantine.rglob("cases-1.csv*"))) == 3
    assert not said(bank, "import:quarantine:clear")
    bank.clock.advance(240)
    await asyncio.to_thread(arrivals.look, parts)
    assert not list(home.quarantine.iterdir())
    (cleared,) = said(bank, "import:quarantine:clear")
    assert (cleared.object_id, dict(cleared.detail)[DetailKey.COUNT]) == (report.job_id, "3")
    assert [one.kept_until for one in (await bank.call("lina", ListImports())).imports] == [0]


async def test_what_is_cleared_was_overwritten_first(bank: WholeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    parts, home = bank.running.parts, bank.running.home
    put(bank, "cases-1.csv", extra="CVV2")
    await ended(bank, await bank.call("lina", StartImport(path="", drop="cases-1.csv", source=LENDER)))
    (file,) = home.quarantine.rglob("cases-1.csv")
    seen = file.open("rb")
    whole = file.stat().st_size
    bank.clock.advance(parts.settings.drop.quarantine_hours * HOUR + 60)
    await asyncio.to_thread(arrivals.look, parts)
    with seen:
        assert seen.read() == bytes(whole)
