"""Who may bring what in, and how: sources, approval, drop, dry run, cancelling, being overtaken, the file's end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from access.store.schema import (
    account,
    blind_entry,
    case_file,
    case_seals,
    import_batch,
    source,
)
from console.desk.api.cases import ListQueue
from console.desk.api.imports import (
    ApproveImport,
    CancelImport,
    ImportReport,
    ListDropped,
    ListImports,
    ListSources,
    ProposeSource,
    ReadFaults,
    ReadImport,
    RegisterSource,
    RekeySource,
    RetireSource,
    StartImport,
)
from console.desk.imports import bundle as b
from console.desk.imports import recovery
from console.desk.imports.jobs import Job
from console.desk.imports.staging import Stager
from masking.gm import Sm2PrivateKey, sm3
from tests.support.desk import WholeDesk
from tests.support.lender_files import SIX_FIELDS, people, row, write

ROWS = 5
KEY = Sm2PrivateKey(bytes(31) + b"\x11")
NEXT_KEY = Sm2PrivateKey(bytes(31) + b"\x12")


def some_file(folder: Path, name: str = "file.csv", *, seed: int = 3, prefix: str = "A", count: int = ROWS) -> Path:
    return write(folder / name, [row(one, f"{prefix}{place:04}") for place, one in enumerate(people(count, seed))])


def rows_left(desk: WholeDesk) -> dict[str, int]:
    """Rows that an import writes, published or not."""
    with desk.running.parts.store.engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (case_file, account, case_seals, blind_entry)
        }


async def until(reached: Callable[[], bool]) -> None:
    """Wait for something, at most a minute."""
    async with asyncio.timeout(60):
        while not reached():
            await asyncio.sleep(0.01)


async def ended(desk: WholeDesk, report: ImportReport, head: str = "lina") -> ImportReport:
    async with asyncio.timeout(60):
        while report.state == "running":
            await asyncio.sleep(0.01)
            report = await desk.call(head, ReadImport(job_id=report.job_id))
    return report


@pytest.mark.clause("F-3")
async def test_source_is_proposed_by_one_and_registered_by_another(any_desk: WholeDesk) -> None:
    proposed = await any_desk.call("lina", ProposeSource(name="甲银行"))
    assert (proposed.state, proposed.unit, proposed.tenant) == ("proposed", "一组", "甲银行")
    for name in ("lina", "zhaoqiang", "zhangwei", "zhenghao", "fengxue", "hejie"):
        assert await any_desk.refused(name, RegisterSource(source_id=proposed.source_id))
    registered = await any_desk.call("wugang", RegisterSource(source_id=proposed.source_id))
    assert registered.state == "registered"
    assert await any_desk.refused("wugang", RegisterSource(source_id=proposed.source_id)) == (
        "import.source_not_proposed"
    )
    assert await any_desk.refused("lina", ProposeSource(name="甲银行")) == "import.source_exists"
    for name in ("../x", "", " ", "a\x1b[31m", "x" * 65):
        assert await any_desk.refused("lina", ProposeSource(name=name)) == "import.source_name"
    assert await any_desk.refused("lina", ProposeSource(name="乙银行", public_key="no key")) == "import.source_key"
    assert [one.name for one in (await any_desk.call("lina", ListSources())).sources] == ["甲银行"]
    assert (await any_desk.call("sunli", ListSources())).sources == ()


@pytest.mark.clause("C-5.4a")
@pytest.mark.parametrize("name", ["zhangwei", "machao", "zhenghao", "fengxue", "hejie", "wugang"])
async def test_only_a_supervisor_imports(desk: WholeDesk, tmp_path: Path, name: str) -> None:
    file = some_file(tmp_path)
    await desk.call("lina", ProposeSource(name="甲银行"))
    for source_name in ("甲银行", "另一家"):
        for dry in (False, True):
            assert await desk.refused(name, StartImport(path=str(file), source=source_name, dry_run=dry))
    assert rows_left(desk)["case_file"] == 0


async def test_another_teams_source_is_refused(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.call("lina", ProposeSource(name="甲银行"))
    assert await desk.refused("sunli", StartImport(path=str(some_file(tmp_path)), source="甲银行"))


@pytest.mark.clause("F-3")
async def test_file_of_a_proposed_source_waits_for_the_security_admin(any_desk: WholeDesk, tmp_path: Path) -> None:
    await any_desk.call("lina", ProposeSource(name="甲银行"))
    report = await any_desk.load(some_file(tmp_path), source="甲银行")
    assert (report.state, report.new_cases) == ("waiting", ROWS)
    assert report.batch_id is not None
    assert (await any_desk.call("lina", ListQueue(scope="pool"))).rows == ()
    assert [one.state for one in (await any_desk.call("wugang", ListImports())).imports] == ["waiting"]
    approve = ApproveImport(batch_id=report.batch_id, approve=True)
    assert await any_desk.refused("lina", approve)
    assert await any_desk.refused("zhaoqiang", approve)
    assert (await any_desk.call("wugang", approve)).state == "published"
    assert await any_desk.refused("wugang", approve) == "import.not_waiting"
    assert len((await any_desk.call("lina", ListQueue(scope="pool"))).rows) == ROWS


async def test_waiting_batch_that_is_refused_leaves_nothing(any_desk: WholeDesk, tmp_path: Path) -> None:
    await any_desk.call("lina", ProposeSource(name="甲银行"))
    report = await any_desk.load(some_file(tmp_path), source="甲银行")
    assert report.batch_id is not None
    refused = await any_desk.call("wugang", ApproveImport(batch_id=report.batch_id, approve=False))
    assert refused.state == "refused"
    await until(lambda: not any(rows_left(any_desk).values()))


async def test_waiting_batch_that_was_overtaken_cannot_be_published(any_desk: WholeDesk, tmp_path: Path) -> None:
    await any_desk.call("lina", ProposeSource(name="甲银行"))
    first = await any_desk.load(some_file(tmp_path, prefix="A"), source="甲银行")
    second = await any_desk.load(some_file(tmp_path, prefix="B"), source="甲银行")
    assert first.batch_id is not None
    assert second.batch_id is not None
    await any_desk.call("wugang", ApproveImport(batch_id=first.batch_id, approve=True))
    code = await any_desk.refused("wugang", ApproveImport(batch_id=second.batch_id, approve=True))
    assert code == "import.overtaken"
    assert len((await any_desk.call("lina", ListQueue(scope="pool"))).rows) == ROWS


@pytest.mark.clause("C-5.4b")
async def test_two_imports_at_once_make_one_case_of_one_debtor(
    any_desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged, go_on = threading.Event(), threading.Event()
    judge: Callable[[Job], None] = Job._require_good

    def wait_once(job: Job) -> None:
        judge(job)
        if not staged.is_set():
            staged.set()
            assert go_on.wait(60)

    monkeypatch.setattr(Job, "_require_good", wait_once)
    await any_desk.load(some_file(tmp_path, "zero.csv", seed=8, prefix="Z"), dry_run=True)
    first = await any_desk.call("lina", StartImport(path=str(some_file(tmp_path, "one.csv")), source="甲消金"))
    await asyncio.to_thread(staged.wait, 60)
    second = await any_desk.load(some_file(tmp_path, "two.csv", prefix="B"))
    assert (second.state, second.new_cases) == ("published", ROWS)
    go_on.set()
    done = await ended(any_desk, first)
    assert (done.state, done.new_cases, done.new_accounts) == ("published", 0, ROWS)
    left = rows_left(any_desk)
    assert (left["case_file"], left["account"]) == (ROWS, 2 * ROWS)


@pytest.mark.clause("design-4")
async def test_dry_run_tells_and_changes_nothing_and_spends_a_budget(any_desk: WholeDesk, tmp_path: Path) -> None:
    await any_desk.load(some_file(tmp_path, count=2))
    before = rows_left(any_desk)
    file = some_file(tmp_path, count=ROWS, prefix="B")
    report = await any_desk.load(file, dry_run=True)
    assert (report.state, report.new_cases, report.new_accounts, report.batch_id) == ("dry", ROWS - 2, ROWS, None)
    assert dict(report.mapping)["身份证号码"] == "id_number"
    assert rows_left(any_desk) == before
    for _ in range(19):
        assert (await any_desk.load(file, dry_run=True)).state == "dry"
    assert await any_desk.refused("lina", StartImport(path=str(file), source="甲消金", dry_run=True))


async def test_cancelled_import_leaves_nothing(
    any_desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.desk.imports.produce.CHUNK", 2)
    wrote, go_on = threading.Event(), threading.Event()
    write_chunk = Stager.write

    def wait_after(stager: Stager, bundle: b.Bundle, done: Callable[[], None]) -> None:
        write_chunk(stager, bundle, done)
        stager._drain(0)
        wrote.set()
        assert go_on.wait(60)

    monkeypatch.setattr(Stager, "write", wait_after)
    report = await any_desk.call("lina", StartImport(path=str(some_file(tmp_path)), source="甲消金"))
    await asyncio.to_thread(wrote.wait, 60)
    assert rows_left(any_desk)["case_file"] == 2
    assert (await any_desk.call("lina", ListQueue(scope="pool"))).rows == ()
    assert await any_desk.refused("sunli", CancelImport(job_id=report.job_id))
    await any_desk.call("lina", CancelImport(job_id=report.job_id))
    go_on.set()
    assert (await ended(any_desk, report)).state == "cancelled"
    assert not any(rows_left(any_desk).values())


async def test_batch_left_by_a_killed_desk_is_swept_at_the_next_start(
    any_desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await any_desk.load(some_file(tmp_path, count=1))
    before = rows_left(any_desk)

    dead = threading.Event()

    def die(_job: Job) -> None:
        dead.set()
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(Job, "_require_good", die)
        patch.setattr(threading, "excepthook", lambda _args: None)
        file = write(
            tmp_path / "more.csv",
            [
                row(next(people(1, seed=3)), "B0001"),
                *(row(one, f"C{n:03}") for n, one in enumerate(people(4, seed=11))),
            ],
        )
        await any_desk.call("lina", StartImport(path=str(file), source="甲消金"))
        await until(dead.is_set)
        assert rows_left(any_desk) != before
    await asyncio.to_thread(recovery.sweep, any_desk.running.parts)
    assert rows_left(any_desk) == before
    with any_desk.running.parts.store.engine.connect() as connection:
        states = connection.execute(select(import_batch.c.state).order_by(import_batch.c.id)).scalars().all()
    assert states == ["published", "abandoned"]


@pytest.fixture
async def signing_desk(desk: WholeDesk) -> WholeDesk:
    """A desk with a registered lender that signs its files."""
    proposed = await desk.call("lina", ProposeSource(name="甲银行", public_key=KEY.public_key.to_pem()))
    assert proposed.signs
    await desk.call("wugang", RegisterSource(source_id=proposed.source_id))
    return desk


def put(desk: WholeDesk, name: str, *, over: str = "digest", spoil: str = "") -> Path:
    """Leave a signed file in the lender's drop."""
    folder = desk.running.home.drop / "甲银行"
    file = some_file(folder, name)
    data = file.read_bytes()
    digest = sm3(data)
    signature = KEY.sign(digest if over == "digest" else data)
    (folder / f"{name}.sm3").write_text(f"{digest.hex()}  {name}\n")
    (folder / f"{name}.sig").write_bytes(signature)
    if spoil == "file":
        file.write_bytes(data.replace(b"30", b"31", 1))
    elif spoil == "digest and file":
        changed = data.replace(b"30", b"31", 1)
        file.write_bytes(changed)
        (folder / f"{name}.sm3").write_text(sm3(changed).hex())
    elif spoil == "signature":
        (folder / f"{name}.sig").write_bytes(Sm2PrivateKey(bytes(31) + b"\x12").sign(digest))
    elif spoil:
        (folder / f"{name}.{spoil}").unlink()
    return file


@pytest.mark.clause("F-3")
@pytest.mark.parametrize("over", ["digest", "file"])
async def test_signed_file_is_loaded_from_the_drop_and_destroyed(signing_desk: WholeDesk, over: str) -> None:
    file = put(signing_desk, "a.csv", over=over)
    call = StartImport(path="", drop="a.csv", source="甲银行")
    report = await ended(signing_desk, await signing_desk.call("lina", call))
    assert (report.state, report.new_cases) == ("published", ROWS), report.faults
    assert list(file.parent.iterdir()) == []
    assert not list((signing_desk.running.home.temporary).rglob("*.csv"))
    assert [entry.result for entry in await signing_desk.log("import:file:destroy")] == ["ok"]


@pytest.mark.clause("F-3")
@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        ("file", "file.digest"),
        ("digest and file", "file.signature"),
        ("signature", "file.signature"),
        ("sm3", "file.digest"),
        ("sig", "file.signature"),
    ],
)
async def test_file_that_does_not_verify_is_put_aside_unread(signing_desk: WholeDesk, spoil: str, code: str) -> None:
    file = put(signing_desk, "a.csv", spoil=spoil)
    call = StartImport(path="", drop="a.csv", source="甲银行", accept_good=True)
    report = await ended(signing_desk, await signing_desk.call("lina", call))
    assert (report.state, [one.code for one in report.faults]) == ("refused", [code])
    assert not file.exists()
    aside = list((signing_desk.running.home.root / "quarantine").rglob("a.csv"))
    assert len(aside) == 1
    assert aside[0].stat().st_mode & 0o777 == 0o600
    assert rows_left(signing_desk)["case_file"] == 0


@pytest.mark.clause("F-3")
@pytest.mark.parametrize("name", ["../a.csv", "nothing.csv", "", "link.csv", ".."])
async def test_drop_gives_nothing_from_elsewhere(signing_desk: WholeDesk, tmp_path: Path, name: str) -> None:
    folder = signing_desk.running.home.drop / "甲银行"
    outside = some_file(tmp_path)
    for end in ("", ".sm3", ".sig"):
        (folder / f"link.csv{end}").symlink_to(outside)
    code = None
    try:
        call = StartImport(path="", drop=name, source="甲银行")
        report = await ended(signing_desk, await signing_desk.call("lina", call))
    except Exception as refused:  # noqa: BLE001 - an empty name is refused at the call
        code = getattr(refused, "code", "")
    else:
        assert report.state == "refused"
        code = report.faults[0].code
    assert code in {"file.unreadable", "import.no_file"}
    assert outside.exists()


async def test_users_file_is_left_alone_unless_asked(desk: WholeDesk, tmp_path: Path) -> None:
    file = some_file(tmp_path)
    await desk.load(file)
    assert file.exists()
    await desk.load(file, destroy=True)
    assert not file.exists()


async def test_reject_report_is_paged_and_another_team_never_sees_it(desk: WholeDesk, tmp_path: Path) -> None:
    wrong = [row(one, "") for one in people(520, seed=2)]
    report = await desk.load(write(tmp_path / "file.csv", wrong))
    assert (report.state, report.faults_total, len(report.faults)) == ("refused", 520, 200)
    assert report.batch_id is not None
    first = await desk.call("lina", ReadFaults(batch_id=report.batch_id))
    assert (len(first.faults), first.cursor) == (500, 500)
    second = await desk.call("lina", ReadFaults(batch_id=report.batch_id, after=500))
    assert ([one.row for one in second.faults], second.cursor) == (list(range(501, 521)), None)
    assert await desk.refused("sunli", ReadFaults(batch_id=report.batch_id))
    assert await desk.refused("zhangwei", ReadFaults(batch_id=report.batch_id))


@pytest.mark.clause("issue-2")
async def test_reject_report_says_how_many_faults_it_does_not_name(
    any_desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("staging", "tally"):
        monkeypatch.setattr(f"console.desk.imports.{module}.KEPT", 5)
    monkeypatch.setattr("console.desk.imports.produce.CHUNK", 3)
    monkeypatch.setattr("console.desk.imports.jobs.SHOWN", 2)
    good, *others = people(9, seed=2)
    file = write(tmp_path / "file.csv", [row(good, "A0001"), *(row(one, "") for one in others)])
    for accept_good in (False, True):
        report = await any_desk.load(file, accept_good=accept_good)
        assert (report.faults_total, report.faults_unnamed, report.bad_rows) == (8, 3, 8)
        assert report.batch_id is not None
        page = await any_desk.call("lina", ReadFaults(batch_id=report.batch_id))
        told = [(one.row, one.code, one.hint) for one in page.faults]
        assert told == [*((number, "bill.missing", "") for number in range(2, 7)), (0, "faults.more", "3")]
        listed = next(
            one for one in (await any_desk.call("lina", ListImports())).imports if one.batch_id == report.batch_id
        )
        assert (listed.faults_total, listed.faults_unnamed) == (8, 3)
    report = await any_desk.load(file, dry_run=True)
    assert (report.state, report.faults_total, report.faults_unnamed) == ("dry", 8, 6), "nobody can ask for the rest"


async def test_mapping_is_saved_with_the_source(desk: WholeDesk, tmp_path: Path) -> None:
    headers = ["债主" if one == "客户姓名" else one for one in SIX_FIELDS]
    one, two = people(2, seed=4)
    file = write(tmp_path / "file.csv", [row(one, "A1001")], headers)
    assert (await desk.load(file)).faults[0].code == "columns.unknown"
    assert (await desk.load(file, mapping={"债主": "full_name"})).state == "published"
    assert (await desk.load(write(tmp_path / "next.csv", [row(two, "A1002")], headers))).state == "published"
    with desk.running.parts.store.engine.connect() as connection:
        saved = connection.execute(select(source.c.mapping)).scalar_one()
    assert '"债主": "full_name"' in saved


async def test_worker_that_dies_leaves_nothing(
    desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.desk.imports.jobs._INLINE_BYTES", 0)
    with monkeypatch.context() as patch:
        patch.setattr("console.desk.imports.worker.sys.executable", "/bin/false")
        assert (await desk.load(some_file(tmp_path))).state == "failed"
    assert not any(rows_left(desk).values())
    assert (await desk.load(some_file(tmp_path))).state == "published"


def workers_of(pid: int) -> list[int]:
    """Worker processes below a process, the one that was started first."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and b"console.desk.imports.worker" in (entry / "cmdline").read_bytes():
                session = int((entry / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[3])
                started_by = int((Path("/proc") / str(session) / "stat").read_text().rpartition(")")[2].split()[1])
                if started_by == pid:
                    found.append(int(entry.name))
    return sorted(found)


@pytest.mark.parametrize("which", [0, 1])
async def test_either_of_two_workers_that_is_killed_ends_both_and_leaves_nothing(
    desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: int
) -> None:
    monkeypatch.setattr("console.desk.imports.jobs._INLINE_BYTES", 0)
    monkeypatch.setattr("console.desk.imports.jobs.os.cpu_count", lambda: 2)
    there: list[int] = []
    written = Stager.write

    def killed(self: Stager, bundle: b.Bundle, done: Callable[[], None]) -> None:
        if not there:
            there.extend(workers_of(os.getpid()))
            os.kill(there[which], signal.SIGKILL)
        written(self, bundle, done)

    big = write(tmp_path / "big.csv", [row(one, f"B{place:05}") for place, one in enumerate(people(6_200, seed=8))])
    with monkeypatch.context() as patch:
        patch.setattr(Stager, "write", killed)
        assert (await desk.load(big)).state == "failed"
    assert len(there) == 2
    assert not any(rows_left(desk).values())
    assert not workers_of(os.getpid())
    assert (await desk.load(big)).new_cases == 6_200


@pytest.mark.clause("F-3", "S-3.3")
async def test_a_lenders_key_is_replaced_and_a_lender_retired(any_desk: WholeDesk) -> None:
    proposed = await any_desk.call("lina", ProposeSource(name="乙消金", public_key=KEY.public_key.to_pem()))
    await any_desk.call("wugang", RegisterSource(source_id=proposed.source_id))
    # One line of the PEM is enough, which is what can be pasted into a field.
    line = "".join(NEXT_KEY.public_key.to_pem().splitlines()[1:-1])
    rekey = RekeySource(source_id=proposed.source_id, public_key=line)
    for name in ("zhangwei", "sunli", "wugang", "zhenghao"):
        assert await any_desk.refused(name, rekey)
    assert await any_desk.refused("lina", RekeySource(source_id=proposed.source_id, public_key="")) == (
        "import.source_key"
    )
    assert (await any_desk.call("lina", rekey)).state == "proposed"
    with any_desk.running.parts.store.engine.connect() as connection:
        kept = connection.execute(select(source.c.public_key).where(source.c.id == proposed.source_id)).scalar_one()
    assert bytes(kept) == NEXT_KEY.public_key.raw
    assert (await any_desk.call("wugang", RegisterSource(source_id=proposed.source_id))).state == "registered"
    retire = RetireSource(source_id=proposed.source_id)
    assert await any_desk.refused("lina", retire)
    assert (await any_desk.call("wugang", retire)).state == "retired"
    assert await any_desk.refused("wugang", retire) == "import.source_retired"
    order = StartImport(path="/nowhere", source="乙消金")
    assert await any_desk.refused("lina", order) == "import.source_retired"
    assert (await any_desk.call("lina", rekey)).state == "proposed"


async def test_files_in_a_drop_are_listed_and_loaded_by_key(desk: WholeDesk, tmp_path: Path) -> None:
    proposed = await desk.call("lina", ProposeSource(name="丙消金", public_key=KEY.public_key.to_pem()))
    await desk.call("wugang", RegisterSource(source_id=proposed.source_id))
    home = desk.running.parts.home
    assert home is not None
    folder = home.drop / "丙消金"
    file = some_file(folder, "13800138000张三.csv", seed=9)
    digest = sm3(file.read_bytes())
    file.with_name(file.name + ".sm3").write_text(digest.hex(), encoding="ascii")
    file.with_name(file.name + ".sig").write_bytes(KEY.sign(digest))
    some_file(folder, "half.csv", seed=10)
    (left,) = (await desk.call("lina", ListDropped())).files
    assert (left.source, left.size) == ("丙消金", file.stat().st_size)
    assert "13800138000" not in left.name
    assert (await desk.call("sunli", ListDropped())).files == ()
    assert await desk.refused("zhangwei", ListDropped())
    report = await desk.call("lina", StartImport(path="", source="丙消金", drop=left.key))
    while report.state == "running":
        await asyncio.sleep(0.01)
        report = await desk.call("lina", ReadImport(job_id=report.job_id))
    assert (report.state, report.new_cases) == ("published", ROWS)
    assert not file.exists()


@pytest.mark.clause("issue-6")
async def test_a_worker_runs_the_desks_own_code_and_knows_nothing_of_where_it_was_started(
    desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.desk.imports.jobs._INLINE_BYTES", 0)
    planted = tmp_path / "planted"
    planted.mkdir()
    for name in ("msgspec", "sitecustomize"):
        (planted / f"{name}.py").write_text(f"open({str(tmp_path / name)!r}, 'w')\n", encoding="utf-8")
    monkeypatch.chdir(planted)
    monkeypatch.setenv("PYTHONPATH", str(planted))
    monkeypatch.setenv("OF_THE_DESK", "only")
    real, seen = subprocess.Popen, list[dict[str, Any]]()

    def started(order: list[str], **how: Any) -> subprocess.Popen[bytes]:
        seen.append(how)
        return real(order, **how)

    monkeypatch.setattr(subprocess, "Popen", started)
    assert (await desk.load(some_file(planted).relative_to(planted))).state == "published"
    assert sorted(one.name for one in tmp_path.iterdir() if one.is_file()) == []
    (how,) = seen
    assert how["cwd"] == "/"
    assert "OF_THE_DESK" not in how["env"]
    assert str(planted) not in how["env"]["PYTHONPATH"]
