"""A file gets out only as it was agreed to: who, how many, through which masks, sealed to whom, once, and back."""

from __future__ import annotations

import asyncio
import csv
import io
import secrets
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, text

from access.context import SECOND
from access.store.schema import export_file, export_finder, export_row
from console.desk.api.base import Call, DeskError, reply_type
from console.desk.api.exports import (
    CancelExport,
    ConfirmExport,
    DecideExport,
    DraftExport,
    FetchExport,
    GetExportOptions,
    ListExports,
    ReadExport,
    RecordBasis,
    ReleaseExport,
    Rule,
    SubmitExport,
    WithdrawExport,
)
from console.desk.api.files import EndHandout, Handout, HandoutPath, SeeHandout, TakeHandout
from console.desk.exports import asking, making, outbox, views, writers
from console.desk.exports.gather import Line
from console.desk.exports.sheet import Sheet
from console.package.opening import PackageRefused, open_package, verify
from masking.gm import Sm2PrivateKey
from tests.support.desk import ROWS, WholeDesk, lender_file
from tests.support.exports import FIELDS, SECONDS, approved, asked, fetched, reaches, ready, submitted

DAY = 86_400 * SECOND
PLAIN = tuple(value for row in ROWS for value in (row[0], row[1], row[2], row[8], row[10]))


def table(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))


@pytest.mark.clause("S-4.3", "R-28b", "C-5.4d-1", "issue-6")
async def test_a_file_goes_all_the_way(any_desk: WholeDesk, tmp_path: Path) -> None:
    await any_desk.with_cases(tmp_path)
    view, path = await fetched(any_desk)
    assert view.state == "fetched"
    assert view.rows == len(ROWS)
    rows = table(path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert view.number in rows[0][-1]
    assert "资产管理部" in rows[0][-1]
    assert [row[-2] for row in rows[1:]] == ["47", "12", "203"]
    assert {row[1].rstrip("*") for row in rows[1:]} == {"欧阳", "王", "李"}
    assert not [value for value in PLAIN if value in path.read_text(encoding="utf-8-sig")]
    done = await any_desk.call("lina", ConfirmExport(export_id=view.export_id, how="destroyed"))
    assert done.state == "destroyed"
    assert not path.exists()


@pytest.mark.clause("S-4.3", "S-3.3", "Y-4.8.3")
async def test_who_must_agree_and_nobody_to_her_own(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    small = await desk.call("lina", asked(fields=("due_amount", "days_past_due")))
    assert [one.role for one in small.chain] == ["supervisor", "security_admin"]
    view = await submitted(desk)
    assert view.combinations == ("name_and_id",)
    assert [one.role for one in view.chain] == ["supervisor", "compliance", "security_admin"]
    decide = DecideExport(export_id=view.export_id, version=view.version, approve=True)
    assert await desk.refused("lina", decide) == "separation.own_request"
    for name in ("wugang", "hejie", "zhenghao", "zhangwei", "fengxue"):
        assert await desk.refused(name, decide) in {"role.denied", "export.not_found"}
    view = await desk.call("sunli", decide)
    again = DecideExport(export_id=view.export_id, version=view.version, approve=True)
    assert await desk.refused("sunli", again) == "role.denied"
    assert await desk.refused("hejie", decide) == "export.changed"
    view = await desk.call("hejie", again)
    last = DecideExport(export_id=view.export_id, version=view.version, approve=True)
    view = await reaches(desk, await desk.call("wugang", last), "ready")
    release = ReleaseExport(export_id=view.export_id, version=view.version)
    for name in ("lina", "wugang", "hejie", "sunli"):
        assert await desk.refused(name, release) == "role.denied"
    assert (await desk.call("zhenghao", release)).state == "released"


@pytest.mark.clause("J-15")
async def test_names_phones_and_debts_together_need_one_more(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    apart = await desk.call("lina", asked(fields=("full_name", "due_amount")))
    joined = await desk.call("lina", asked(fields=("full_name", "mobile", "due_amount")))
    assert joined.level > apart.level
    assert len(joined.chain) > len(apart.chain)
    many = await desk.call("lina", asked(fields=("due_amount",), row_cap=1001))
    assert [one.role for one in many.chain] == ["supervisor", "compliance", "security_admin"]
    assert await desk.refused("lina", asked(row_cap=10_001)) == "export.too_many"


@pytest.mark.clause("R-43a", "J-19", "Y-4.8.2")
async def test_what_cannot_be_asked_for(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    for never in ("card_verification", "one_time_code", "face_photo", "contact_phone", "nothing", ""):
        assert await desk.refused("lina", asked(fields=("full_name", never))) == "export.field_never"
    assert await desk.refused("lina", asked(fields=())) == "export.field_never"
    assert await desk.refused("lina", asked(fields=("full_name", "full_name"))) == "export.field_never"
    assert await desk.refused("lina", asked(purpose="modelling")) == "export.analytics_only"
    for hidden in ("full_name", "mobile", "bank_card", "loan_number"):
        wish = asked(purpose="modelling", profile="analytics", fields=(hidden,))
        assert await desk.refused("lina", wish) == "export.field_never"
    assert await desk.refused("lina", asked(row_cap=0)) == "export.cap_unfit"
    assert await desk.refused("lina", asked(use_days=0)) == "export.days_unfit"
    assert await desk.refused("lina", asked(recipient="13800138000")) == "export.recipient_unfit"
    assert await desk.refused("lina", asked(words="短")) == "export.words_unfit"
    assert await desk.refused("lina", asked(rule=Rule(days_from=9, days_to=3))) == "export.rule_unfit"
    assert await desk.refused("lina", asked(reach="external")) == "export.assessment_missing"
    assert await desk.refused("lina", asked(recipient_key="-----BEGIN")) == "export.key_unfit"
    for name in ("zhangwei", "machao", "zhenghao", "wugang", "fengxue"):
        assert await desk.refused(name, asked()) in {"role.denied", "export.not_found", "role.qualified"}
    other = desk.founded.units["two"]
    assert await desk.refused("lina", asked(unit_id=other)) == "export.not_found"
    options = await desk.call("lina", GetExportOptions())
    assert {one.name for one in options.units} == {"一组"}
    assert set(FIELDS) <= {one.name for one in options.fields}


@pytest.mark.clause("Y-4.8.2")
async def test_modelling_sees_neither_names_nor_the_middle_of_a_number(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    fields = ("id_number", "home_address", "due_amount", "days_past_due")
    _, path = await fetched(desk, purpose="modelling", profile="analytics", fields=fields)
    rows = table(path)[1:]
    assert all(row[0].startswith("T-") for row in rows)
    for row, source in zip(rows, ROWS, strict=True):
        assert row[1][0] + row[1][-1] == source[1][0] + source[1][-1]
        assert set(row[1][1:-1]) == {"*"}
        assert source[8] not in row[2]


@pytest.mark.clause("R-28b")
async def test_an_overdue_file_blocks_its_asker(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    view, path = await fetched(desk, use_days=2)
    next_one = await desk.call("lina", asked())
    submit = SubmitExport(export_id=next_one.export_id, version=next_one.version)
    desk.clock.advance(25 * 3600)
    await desk.beat()
    assert not path.exists()
    desk.clock.advance(25 * 3600)
    assert (await desk.call("lina", ReadExport(export_id=view.export_id))).overdue
    assert await desk.refused("lina", submit) == "export.overdue"
    assert (await desk.call("lina", GetExportOptions())).overdue == (view.number,)
    await desk.call("lina", ConfirmExport(export_id=view.export_id, how="returned"))
    assert (await desk.call("lina", submit)).state == "pending"


@pytest.mark.clause("R-34", "Y-4.8.3", "R-22")
async def test_outside_only_with_a_basis_and_only_its_recipient_opens_it(desk: WholeDesk, tmp_path: Path) -> None:
    cases = await desk.with_cases(tmp_path)
    key = Sm2PrivateKey.generate()
    with_consent = cases[0].number
    basis = RecordBasis(
        cases=(with_consent, "C-2026-0999999"), recipient="某某律所", basis="consent", reference="HT-1", days=30
    )
    assert await desk.refused("lina", basis) == "role.denied"
    recorded = await desk.call("hejie", basis)
    assert (recorded.recorded, recorded.unknown) == (1, 1)
    view, path = await fetched(
        desk, reach="external", recipient="某某律所", recipient_key=key.public_key.to_pem(), basis="consent",
        assessment="PG-2026-7", notice="2026-01-05",
    )  # fmt: skip
    assert (view.rows, view.left_out, view.sealed) == (1, len(ROWS) - 1, True)
    signer = desk.running.parts.keys.log_signer.public_key
    manifest = verify(path, signer)
    assert (manifest.number, manifest.rows, manifest.recipient) == (view.number, 1, "某某律所")
    with pytest.raises(PackageRefused) as refused:
        open_package(path, Sm2PrivateKey.generate(), tmp_path)
    assert refused.value.code == "package.key"
    rows = table(open_package(path, key, tmp_path, signer))
    assert len(rows) == 2
    assert rows[1][0].startswith("T-")
    assert with_consent not in str(rows)


@pytest.mark.clause("R-34", "issue-6")
async def test_of_a_number_that_two_lenders_have_a_basis_says_whose(desk: WholeDesk, tmp_path: Path) -> None:
    cases = await desk.with_cases(tmp_path)
    # Another lender counts its cases from one as well.
    others = [(*row[:3], f"{row[3]}9", *row[4:]) for row in ROWS]
    assert (await desk.load(lender_file(tmp_path / "second.csv", others), source="乙银行")).state == "published"
    basis = RecordBasis(cases=(cases[0].number,), recipient="某某律所", basis="consent", reference="HT-1", days=30)
    found = await desk.call("hejie", basis)
    assert (found.recorded, found.unknown, found.ambiguous) == (0, 0, 1)
    found = await desk.call("hejie", msgspec.structs.replace(basis, source="乙银行"))
    assert (found.recorded, found.unknown, found.ambiguous) == (1, 0, 0)
    found = await desk.call("hejie", msgspec.structs.replace(basis, source="无此方"))
    assert (found.recorded, found.unknown, found.ambiguous) == (0, 1, 0)


@pytest.mark.clause("J-8")
async def test_an_agency_gets_an_agencys_masks(desk: WholeDesk, tmp_path: Path) -> None:
    report = await desk.load(lender_file(tmp_path / "agency.csv"), head="qianfang", source="乙外包")
    assert report.state == "published", report
    wish: dict[str, Any] = {
        "reach": "agency",
        "unit_id": desk.founded.units["agency"],
        "basis": "contract",
        "assessment": "PG-1",
        "notice": "statute",
        "purpose": "outsourcing",
    }
    assert await desk.refused("qianfang", asked(**wish)) == "export.field_never"  # an ID number is nothing of theirs
    assert await desk.refused("qianfang", asked(unit_id=wish["unit_id"])) == "export.agency_unfit"
    view, path = await fetched(desk, "qianfang", **wish, fields=("full_name", "mobile", "home_address", "due_amount"))
    assert view.recipient == "启明外包"
    assert [one.role for one in view.chain] == ["supervisor", "compliance", "security_admin"]
    rows = table(path)[1:]
    assert len(rows) == len(ROWS)
    for row, source in zip(rows, ROWS, strict=True):
        assert row[0].startswith("T-")
        assert row[1] == "客户"
        assert not set(row[2]) & set("3456789")
        assert source[8][3:] not in row[3]


@pytest.mark.clause("S-4.3")
async def test_two_at_once_get_one_answer(any_desk: WholeDesk, tmp_path: Path) -> None:
    await any_desk.with_cases(tmp_path)
    view = await submitted(any_desk)
    decide = DecideExport(export_id=view.export_id, version=view.version, approve=True)
    both = (any_desk.call(name, decide) for name in ("zhaoqiang", "sunli"))
    found = await asyncio.gather(*both, return_exceptions=True)
    assert sum(isinstance(one, DeskError) for one in found) == 1
    for name in ("hejie", "wugang"):
        view = await any_desk.call("lina", ReadExport(export_id=view.export_id))
        await any_desk.call(name, DecideExport(export_id=view.export_id, version=view.version, approve=True))
    view = await reaches(any_desk, view, "ready")
    release = ReleaseExport(export_id=view.export_id, version=view.version)
    await any_desk.call("zhenghao", release)
    assert await any_desk.refused("zhenghao", release) == "export.changed"
    fetch = FetchExport(export_id=view.export_id)
    thrice = (any_desk.call("lina", fetch, key=f"{n:032x}") for n in range(3))
    found = await asyncio.gather(*thrice, return_exceptions=True)
    assert sorted(one.code if isinstance(one, DeskError) else "" for one in found) == [
        "",
        "export.state",
        "export.state",
    ]


@pytest.mark.clause("S-4.3")
async def test_taken_back_stopped_refused(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    home = desk.running.parts.home
    assert home is not None
    first = await submitted(desk)
    assert (await desk.call("lina", WithdrawExport(export_id=first.export_id))).state == "withdrawn"
    second = await ready(desk)
    assert list(home.exports.iterdir())
    stop = CancelExport(export_id=second.export_id, words="疑似超范围")
    assert await desk.refused("sunli", stop) == "role.denied"
    assert (await desk.call("wugang", stop)).state == "cancelled"
    assert not list(home.exports.iterdir())
    third = await submitted(desk)
    refuse = DecideExport(export_id=third.export_id, version=third.version, approve=False)
    assert await desk.refused("zhaoqiang", refuse) == "export.why_missing"
    refuse = DecideExport(export_id=third.export_id, version=third.version, approve=False, words="范围过大")
    assert (await desk.call("zhaoqiang", refuse)).state == "rejected"
    assert await desk.refused("lina", FetchExport(export_id=second.export_id)) == "export.state"
    assert await desk.refused("zhaoqiang", WithdrawExport(export_id=second.export_id)) == "export.not_yours"


@pytest.mark.clause("S-4.3", "issue-6")
@pytest.mark.parametrize("who", ["lina", "wugang"])
async def test_it_says_how_far_it_is_and_stops_when_nobody_wants_it(
    desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    await desk.with_cases(tmp_path)
    home, go_on, real = desk.running.parts.home, threading.Event(), writers.write
    assert home is not None

    def halting(kind: str, path: Path, sheet: Sheet, pages: Iterable[Sequence[Line]]) -> int:
        whole = list(pages)
        assert go_on.wait(SECONDS)
        return real(kind, path, sheet, whole)

    monkeypatch.setattr(making, "write", halting)
    view = await approved(desk, await submitted(desk))
    async with asyncio.timeout(SECONDS):
        while not (view.state == "generating" and view.done):
            await asyncio.sleep(0.01)
            view = await desk.call("lina", ReadExport(export_id=view.export_id))
    assert (view.done, view.total, view.rows) == (len(ROWS), len(ROWS), None)
    assert list((home.temporary / "exports").rglob("VX-*"))
    if who == "lina":
        stopped = await desk.call(who, WithdrawExport(export_id=view.export_id))
    else:
        stopped = await desk.call(who, CancelExport(export_id=view.export_id, words="疑似超范围"))
    assert stopped.state == "cancelled"
    go_on.set()
    async with asyncio.timeout(SECONDS):
        while making.progress(view.export_id) != (0, 0):
            await asyncio.sleep(0.01)
    assert not list(home.exports.glob("*"))
    assert not list((home.temporary / "exports").iterdir())
    view = await desk.call("lina", ReadExport(export_id=view.export_id))
    assert (view.state, view.rows, view.done) == ("cancelled", None, 0)


@pytest.mark.clause("J-19")
def test_nobody_can_ask_for_the_border_to_be_crossed() -> None:
    wish = {"type": "exports.draft", "purpose": "audit", "words": "x", "recipient": "x", "fields": [], "row_cap": 1}
    assert isinstance(msgspec.convert(wish, DraftExport), DraftExport)
    for name, value in (("cross_border", True), ("country", "US"), ("reach", "abroad")):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({**wish, name: value}, DraftExport)


@pytest.mark.clause("S-4.3")
async def test_what_nobody_releases_or_fetches_is_destroyed(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    home = desk.running.parts.home
    assert home is not None
    view = await ready(desk, use_days=30)
    desk.clock.advance(73 * 3600)
    await desk.beat()
    view = await desk.call("lina", ReadExport(export_id=view.export_id))
    assert view.state == "expired"
    assert not list(home.exports.iterdir())


@pytest.mark.clause("design-3")
async def test_a_row_written_past_the_desk_makes_no_file(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    view = await submitted(desk)
    with desk.running.parts.store.engine.begin() as connection:
        connection.execute(text("UPDATE export_request SET state = 'approved'"))
    assert await desk.refused("lina", ReadExport(export_id=view.export_id)) == "export.not_found"
    from console.desk.exports import recording  # noqa: PLC0415 - what the desk itself would do

    assert await asyncio.to_thread(recording.begin, desk.running.parts, view.export_id) is None


async def test_lists_show_each_what_is_theirs(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    draft = await desk.call("lina", asked())
    waiting = await submitted(desk)
    seen = {
        name: {one.number for one in (await desk.call(name, ListExports())).exports}
        for name in ("lina", "zhaoqiang", "wugang", "zhenghao", "fengxue", "hejie")
    }
    assert seen["lina"] == {draft.number, waiting.number}
    assert all(seen[name] == {waiting.number} for name in seen if name != "lina")
    assert await desk.refused("zhangwei", ListExports()) == "role.denied"
    assert await desk.refused("zhaoqiang", ReadExport(export_id=draft.export_id)) == "export.not_found"
    assert (await desk.call("zhaoqiang", ListExports())).exports[0].may == ("decide",)


@pytest.mark.clause("issue-6")
async def test_what_tracing_needs_is_kept_without_a_customer(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    await ready(desk)
    await ready(desk)
    with desk.running.parts.store.engine.connect() as connection:
        rows = connection.execute(select(export_row)).all()
        found = connection.execute(select(export_finder)).all()
        files = connection.execute(select(export_file)).mappings().all()
    assert len(rows) == len(ROWS)
    assert len(found) >= len(ROWS)
    assert [row["carriers"] for row in files] == ["name,id_number,address"] * 2
    await approved(desk, await submitted(desk))


@pytest.mark.clause("issue-6", "S-4.3")
async def test_over_sftp_it_is_shown_to_its_asker_and_read_once(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    assert await handed(desk, "lina", SeeHandout()) == "files.nothing"
    view = await ready(desk)
    assert await handed(desk, "lina", TakeHandout(handout_id=view.export_id)) == "export.state"
    view = await desk.call("zhenghao", ReleaseExport(export_id=view.export_id, version=view.version))
    for name in ("zhaoqiang", "zhenghao", "wugang", "zhangwei"):
        assert await handed(desk, name, SeeHandout()) in {"files.nothing", "role.denied", "role.qualified"}
        refused = await handed(desk, name, TakeHandout(handout_id=view.export_id))
        assert refused in {"export.not_yours", "role.denied", "role.qualified", "export.not_found"}
    waits = await handed(desk, "lina", SeeHandout())
    assert isinstance(waits, Handout)
    assert (waits.handout_id, waits.name, waits.size) == (view.export_id, view.file_name, view.size)
    place = await handed(desk, "lina", TakeHandout(handout_id=view.export_id))
    assert isinstance(place, HandoutPath)
    assert table(Path(place.path))
    assert await handed(desk, "lina", TakeHandout(handout_id=view.export_id)) == "export.state"
    assert await desk.refused("lina", FetchExport(export_id=view.export_id)) == "export.state"
    await handed(desk, "lina", EndHandout(handout_id=view.export_id, whole=True))
    assert not Path(place.path).exists()
    assert await handed(desk, "lina", SeeHandout()) == "files.nothing"
    assert (await desk.call("lina", ReadExport(export_id=view.export_id))).state == "fetched"


async def handed(desk: WholeDesk, name: str, call: Call[Any]) -> object:
    """What the desk's own side of the front door is answered for this person, or the code of its refusal."""
    line = await desk.line(name)
    try:
        return msgspec.msgpack.decode(await line.encoded(call, secrets.token_hex(16)), type=reply_type(type(call)))
    except DeskError as refused:
        return refused.code


@pytest.mark.clause("Y-4.8.3", "S-3.3")
async def test_bare_files_are_a_demos_alone(desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.with_cases(tmp_path)
    view = await ready(desk)
    for module in (asking, views):
        monkeypatch.setattr(module, "needs_key", lambda _: True)
    assert await desk.refused("lina", asked()) == "export.no_key"
    assert (await desk.call("lina", GetExportOptions())).sealed
    release = ReleaseExport(export_id=view.export_id, version=view.version)
    assert await desk.refused("zhenghao", release) == "role.qualified"
    assert "release" not in (await desk.call("zhenghao", ReadExport(export_id=view.export_id))).may


@pytest.mark.clause("S-4.3", "issue-6")
async def test_a_start_destroys_what_a_killed_desk_should_have(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    parts = desk.running.parts
    assert parts.home is not None
    waits = await ready(desk)
    stopped = await ready(desk)
    left = parts.home.exports / stopped.file_name
    body = left.read_bytes()
    await desk.call("lina", WithdrawExport(export_id=stopped.export_id))
    left.write_bytes(body)  # as if the desk had been killed between the two
    (parts.home.outbox / stopped.file_name).write_bytes(body)
    await asyncio.to_thread(making.recover, parts)
    assert [file.name for file in parts.home.exports.iterdir()] == [waits.file_name]
    assert not list(parts.home.outbox.iterdir())


@pytest.mark.clause("S-4.3", "issue-6")
async def test_a_start_moves_what_a_killed_desk_should_have(
    any_desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = any_desk
    await desk.with_cases(tmp_path)
    parts = desk.running.parts
    assert parts.home is not None
    released = []
    for _ in range(3):
        view = await ready(desk)
        released.append(await desk.call("zhenghao", ReleaseExport(export_id=view.export_id, version=view.version)))
    lost, over_sftp, waits = released
    # As if the desk had been killed between the two.
    monkeypatch.setattr(outbox, "put", lambda *_: None)
    await desk.call("lina", FetchExport(export_id=lost.export_id))
    monkeypatch.undo()
    assert isinstance(await handed(desk, "lina", TakeHandout(handout_id=over_sftp.export_id)), HandoutPath)
    before = (parts.home.exports / lost.file_name).read_bytes()
    for _ in range(2):
        await asyncio.to_thread(making.recover, parts)
        assert [file.name for file in parts.home.outbox.iterdir()] == [lost.file_name]
        assert (parts.home.outbox / lost.file_name).read_bytes() == before
        assert {file.name for file in parts.home.exports.iterdir()} == {over_sftp.file_name, waits.file_name}
    (parts.home.outbox / lost.file_name).unlink()
    await asyncio.to_thread(making.recover, parts)
    assert not list(parts.home.outbox.iterdir())
