"""A file that got out is traced to who asked for it, from what is kept, and the answer can be checked by anybody."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import text

from access.audit.events import DetailKey
from console.desk.api.trace import FragmentTrace, TraceFragment
from console.desk.exports.writers import FORMATS
from console.fragments import read_fragment
from console.fragments.packing import MOST_PACKED, pack
from masking.gm import Sm2PublicKey, sm3
from masking.sealing import FieldCipher
from tests.support.desk import ROWS, WholeDesk
from tests.support.exports import fetched
from watermark.fragment import Fragment

pytestmark = pytest.mark.clause("Y-5.2.3a", "issue-6")
PLAIN = tuple(value for row in ROWS for value in (row[0], row[1], row[2], row[8], row[10]))


async def traced(desk: WholeDesk, data: bytes) -> FragmentTrace:
    packed, left_out = pack(read_fragment(data))
    return await desk.call("fengxue", TraceFragment(packed=packed, left_out=left_out))


async def test_a_leaked_file_names_its_export_and_the_log_says_that_it_was_traced(
    any_desk: WholeDesk, tmp_path: Path
) -> None:
    await any_desk.with_cases(tmp_path)
    first, path = await fetched(any_desk)
    second, _ = await fetched(any_desk)
    data = path.read_bytes()
    whole = await traced(any_desk, data)
    # Two rows without header, pasted: their check column names the copy, and not the other one of the same rows.
    rows = data.decode("utf-8-sig").splitlines()[1:3]
    part = await traced(any_desk, "\n".join(row.replace(",", "\t") for row in rows).encode("gbk"))
    for found in (whole, part):
        assert found.finding == "copy"
        assert [(one.number, one.staff_no, one.recipient) for one in found.candidates] == [
            (first.number, "S0021", first.recipient)
        ]
        assert found.exports == 2
        assert found.candidates[0].p <= 1e-9
        assert found.holding == 2
    assert {one.layer: one.said for one in whole.candidates[0].layers}["file"] == "names"
    assert {one.layer: one.said for one in whole.candidates[0].layers}["visible"] == "fits"
    assert {one.layer: one.said for one in part.candidates[0].layers}["check"] == "names"
    assert part.candidates[0].places == "1-2"
    assert second.number != first.number
    entries = await any_desk.log("audit:export:trace")
    assert [dict(one.detail).get("verdict") for one in entries] == ["copy", None, "copy", None]
    named = [one for one in any_desk.events() if one.action == "audit:export:trace" and one.object_kind == "export"]
    assert {one.object_id for one in named} == {first.number}


async def test_a_digest_that_somebody_says_names_nobody(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    view, path = await fetched(desk)
    data = path.read_bytes()
    rows = [[line.split(",")[0]] for line in data.decode("utf-8-sig").splitlines()[1:]]
    invented = [[*row, "9C97A2"] for row in rows]
    for said in ([["nothing at all"]], rows[:2], rows, invented):
        packed, left_out = pack(Fragment(said, digest=sm3(data)))
        found = await desk.call("fengxue", TraceFragment(packed=packed, left_out=left_out))
        assert (found.finding, [one.finding for one in found.candidates]) == ("undetermined", ["undetermined"])
        assert found.candidates[0].number == view.number
        assert {one.layer: one.said for one in found.candidates[0].layers}["file"] == "fits"


async def test_rows_without_ids_are_known_and_no_customer_is_opened(
    desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By keyed hashes of what the rows show; neither a sealed value nor a stored mask is opened for it."""
    await desk.with_cases(tmp_path)
    view, path = await fetched(desk)
    rows = [line.split(",")[1:] for line in path.read_text("utf-8-sig").splitlines()[1:]]
    await desk.call("fengxue", TraceFragment(packed=pack(Fragment([["x"]]))[0]))

    def never(*_: object) -> object:
        raise AssertionError

    for name in ("open", "open_blob"):
        monkeypatch.setattr(FieldCipher, name, never)
    packed, left_out = pack(Fragment(rows))
    found = await desk.call("fengxue", TraceFragment(packed=packed, left_out=left_out))
    assert [one.number for one in found.candidates] == [view.number]
    assert (found.finding, found.recognised) == ("copy", len(ROWS))


async def test_the_answer_is_signed_and_openssl_alone_checks_it(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    view, path = await fetched(desk)
    found = await traced(desk, path.read_bytes())
    report = json.loads(found.report)
    assert report["candidates"][0]["number"] == view.number
    assert report["traced_by"]
    assert not [value for value in PLAIN if value in found.report]
    public = Sm2PublicKey.from_pem(found.key)
    assert public == desk.running.parts.keys.log_signer.public_key
    assert public.verify(bytes.fromhex(found.signature), found.report.encode())
    names = {"report.json": found.report.encode(), "report.sig": bytes.fromhex(found.signature)}
    for name, data in {**names, "desk.pem": found.key.encode()}.items():
        (tmp_path / name).write_bytes(data)
    command = ["openssl", "dgst", "-sm3", "-verify", "desk.pem", "-signature", "report.sig", "-sigopt"]
    done = await asyncio.create_subprocess_exec(
        *command, "distid:1234567812345678", "report.json", cwd=tmp_path, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await done.communicate()
    assert b"Verified OK" in said


@pytest.mark.parametrize("kind", FORMATS)
async def test_a_file_of_every_format_is_traced(kind: str, desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    view, path = await fetched(desk, format=kind)
    found = await traced(desk, path.read_bytes())
    assert [one.number for one in found.candidates] == [view.number]
    said = {one.layer: one.said for one in found.candidates[0].layers}
    assert (said["file"], said["check"], said["visible"], said["held"]) == ("names", "names", "fits", "fits")
    assert found.recognised == len(ROWS)


@pytest.mark.clause("C-5.4f")
async def test_only_an_auditor_traces(desk: WholeDesk) -> None:
    call = TraceFragment(packed=pack(Fragment([["x"]]))[0])
    for name in ("zhangwei", "lina", "zhenghao", "wugang", "hejie", "machao"):
        assert await desk.refused(name, call) in {"role.denied", "scope.denied"}
    assert (await desk.call("fengxue", call)).finding == "undetermined"


async def test_unfit_fragments_are_refused(desk: WholeDesk) -> None:
    for packed in (b"", b"x", bytes(MOST_PACKED + 1)):
        assert await desk.refused("fengxue", TraceFragment(packed=packed)) == "trace.fragment_unfit"
    fit = pack(Fragment([["x"]]))[0]
    assert await desk.refused("fengxue", TraceFragment(packed=fit, left_out=-1)) == "trace.fragment_unfit"


async def test_an_export_whose_row_was_edited_names_nobody_and_is_reported(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    _, path = await fetched(desk)
    with desk.running.parts.store.engine.begin() as connection:
        connection.execute(text("UPDATE export_file SET rows_held = x'56523100'"))
    found = await traced(desk, path.read_bytes())
    assert found.finding == "undetermined"
    assert found.exports == 0
    assert [one for one in desk.events() if dict(one.detail).get(DetailKey.TABLE) == "export_file"]
