"""A locked file opens with its password in programs that are not the desk's, and the password goes another way."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import msoffcrypto
import pikepdf
import pytest
import pyzipper
from msoffcrypto.exceptions import InvalidKeyError
from pypdf import PdfReader
from sqlalchemy import select

from access.store.schema import export_file
from console.desk.api.exports import ConfirmExport, ExportView, FetchExport, ReadExport, ReleaseExport, TakePassword
from console.desk.api.trace import TraceFragment
from console.desk.exports.writers import FORMATS
from console.fragments import FragmentRefused, read_fragment
from console.fragments.packing import pack
from console.package import locking
from console.package.opening import open_package, verify
from masking.gm import Sm2PrivateKey
from tests.support.desk import WholeDesk
from tests.support.exports import asked, ready

pytestmark = pytest.mark.clause("Y-4.8.3", "issue-6")


def opened(data: bytes, password: str) -> bytes:
    """The file inside, by a reader of its kind.

    Raises:
        RuntimeError, InvalidKeyError, pikepdf.PasswordError: another password.
    """
    if data.startswith(b"PK"):
        with pyzipper.AESZipFile(io.BytesIO(data)) as archive:
            (entry,) = archive.infolist()
            return bytes(archive.read(entry, pwd=password.encode()))
    out = io.BytesIO()
    if data.startswith(b"%PDF"):
        with pikepdf.open(io.BytesIO(data), password=password) as document:
            assert document.encryption.bits == 256
            document.save(out)
    else:
        book = msoffcrypto.OfficeFile(io.BytesIO(data))
        book.load_key(password=password, verify_password=True)
        book.decrypt(out, verify_integrity=True)
    return out.getvalue()


def password_of(desk: WholeDesk, view: ExportView) -> bytes | None:
    with desk.running.parts.store.engine.connect() as connection:
        kept = connection.execute(select(export_file.c.password).where(export_file.c.id == view.export_id)).scalar_one()
    return bytes(kept) if kept is not None else None


async def released(desk: WholeDesk, **more: Any) -> ExportView:
    view = await ready(desk, locked=True, **more)
    return await desk.call("zhenghao", ReleaseExport(export_id=view.export_id, version=view.version))


@pytest.mark.parametrize("kind", FORMATS)
async def test_a_locked_file_opens_with_the_password_that_its_asker_saw(
    kind: str, desk: WholeDesk, tmp_path: Path
) -> None:
    await desk.with_cases(tmp_path)
    view = await released(desk, format=kind)
    assert view.locked
    assert await desk.refused("lina", ConfirmExport(export_id=view.export_id, how="destroyed")) == "export.state"
    found = await desk.call("lina", TakePassword(export_id=view.export_id))
    view = await desk.call("lina", FetchExport(export_id=view.export_id))
    home = desk.running.parts.home
    assert home is not None
    data = (home.outbox / view.file_name).read_bytes()
    assert view.file_name.endswith(locking.ENDINGS[kind])
    for wrong in ("x", found.password[:-1], locking.draw()):
        with pytest.raises((RuntimeError, InvalidKeyError, pikepdf.PasswordError)):
            opened(data, wrong)
    with pytest.raises(FragmentRefused) as refused:
        read_fragment(data)
    assert refused.value.code == "trace.file_encrypted"
    inside = opened(data, found.password)
    packed, left_out = pack(read_fragment(inside))
    traced = await desk.call("fengxue", TraceFragment(packed=packed, left_out=left_out))
    assert [one.number for one in traced.candidates] == [view.number]
    layers = {one.layer: one.said for one in traced.candidates[0].layers}
    # Reading a locked PDF writes it anew; workbook and text come out as they went in.
    assert layers["file"] == "names" or kind == "pdf"
    assert view.number.encode() not in data or kind == "csv"


async def test_the_password_is_shown_once_to_its_asker_and_stands_nowhere(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    waiting = await ready(desk, locked=True)
    call = TakePassword(export_id=waiting.export_id)
    # Whoever has the password before the file is let go could only have it for nothing.
    assert await desk.refused("lina", call) == "export.state"
    assert "password" not in (await desk.call("lina", ReadExport(export_id=waiting.export_id))).may
    view = await desk.call("zhenghao", ReleaseExport(export_id=waiting.export_id, version=waiting.version))
    assert "password" not in view.may
    assert "password" in (await desk.call("lina", ReadExport(export_id=view.export_id))).may
    sealed = password_of(desk, view)
    assert sealed is not None
    for name in ("zhenghao", "wugang", "zhaoqiang", "hejie", "fengxue", "zhangwei"):
        assert await desk.refused(name, call) in {"role.denied", "export.not_yours", "export.not_found"}
    found = await desk.call("lina", call)
    assert found.number == view.number
    assert len(set(found.password)) > 4
    assert found.password.encode() not in sealed
    assert password_of(desk, view) is None
    assert await desk.refused("lina", call) == "export.no_password"
    assert "password" not in (await desk.call("lina", ReadExport(export_id=view.export_id))).may
    events = [one for one in desk.events() if one.action == "export:file:password" and one.result == "ok"]
    assert [(one.object_id, one.person_id) for one in events] == [(view.number, desk.founded.persons["lina"])]
    assert not [one for one in desk.events() if found.password in repr(one)]
    home = desk.running.parts.home
    assert home is not None
    for file in home.root.rglob("*"):
        assert not file.is_file() or found.password.encode() not in file.read_bytes(), file


async def test_a_file_without_a_password_has_none_to_show(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    view = await ready(desk)
    view = await desk.call("zhenghao", ReleaseExport(export_id=view.export_id, version=view.version))
    assert await desk.refused("lina", TakePassword(export_id=view.export_id)) == "export.no_password"
    assert not view.locked


async def test_a_password_that_nobody_asked_for_ends_with_its_file(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    first, second = await released(desk), await released(desk)
    await desk.call("lina", FetchExport(export_id=first.export_id))
    await desk.call("lina", ConfirmExport(export_id=first.export_id, how="destroyed"))
    assert password_of(desk, first) is None
    assert await desk.refused("lina", TakePassword(export_id=first.export_id)) == "export.state"
    desk.clock.advance(25 * 3600)
    await desk.beat()
    assert password_of(desk, second) is None
    assert await desk.refused("lina", TakePassword(export_id=second.export_id)) == "export.state"


async def test_what_is_left_of_an_opened_package_is_still_locked(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    key = Sm2PrivateKey.generate()
    view = await released(desk, recipient_key=key.public_key.to_pem())
    view = await desk.call("lina", FetchExport(export_id=view.export_id))
    home = desk.running.parts.home
    assert home is not None
    package = home.outbox / view.file_name
    manifest = verify(package)
    assert (manifest.locked, manifest.name) == (True, f"{view.number}.zip")
    file = open_package(package, key, tmp_path)
    with zipfile.ZipFile(file) as archive:
        assert all(entry.flag_bits & 1 for entry in archive.infolist())
    found = await desk.call("lina", TakePassword(export_id=view.export_id))
    assert opened(file.read_bytes(), found.password).startswith(b"\xef\xbb\xbf")


def test_pdf_readers_ask_for_the_password(tmp_path: Path) -> None:
    bare, locked = tmp_path / "a.pdf", tmp_path / "b.pdf"
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(bare)
    locking.lock("pdf", bare, locked, "a.pdf", "23456-789AB")
    with locked.open("rb") as file:
        reader = PdfReader(file)
        assert reader.is_encrypted
        assert not reader.decrypt("")
        assert reader.decrypt("23456-789AB")
        assert len(reader.pages) == 1


def test_passwords_are_drawn_afresh() -> None:
    drawn = {locking.draw() for _ in range(200)}
    assert len(drawn) == 200
    assert {len(one) for one in drawn} == {29}
    assert not set("".join(drawn)) & set("01OIL")


def test_only_a_choice_of_the_asker_locks() -> None:
    assert not asked().locked
