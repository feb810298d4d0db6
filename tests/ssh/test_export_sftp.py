"""A released file fetched over a connection of its own: OpenSSH's sftp, all three factors, one file, once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest

from access.audit.events import DetailKey
from console.bench.visitors import Account, Visitor
from console.desk.api.exports import ExportView, ReadExport, ReleaseExport, WithdrawExport
from tests.support.exports import ready
from tests.support.pty_screen import PtyScreen
from tests.support.served import PASSWORD, Served, serving

pytestmark = [
    pytest.mark.slow,
    pytest.mark.debian("ssh", "ssh-keygen", "sftp"),
    pytest.mark.clause("S-4.3", "Y-4.8.3", "Y-4.2.2", "issue-6"),
]

PROMPT = "sftp> "
REFUSED = "account:door:refuse"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served desk with cases."""
    with serving(tmp_path_factory.mktemp("served")) as house:
        house.wait(house.desk.with_cases(tmp_path_factory.mktemp("files")))
        yield house


def released(house: Served) -> ExportView:
    """A file that waits for its asker, lina."""
    house.clock.advance(60)
    view = house.wait(ready(house.desk))
    return house.wait(house.desk.call("zhenghao", ReleaseExport(export_id=view.export_id, version=view.version)))


def dialled(house: Served, login: str, password: str = PASSWORD, code: str | None = None) -> PtyScreen:
    """OpenSSH's sftp as staff type it, after it was asked for password and code."""
    options = [word for word in house.order(login)[3:] if "@" not in word]
    words = ["-F", "none", *options, f"{login}+export@127.0.0.1"]
    return house.answer(PtyScreen.of("sftp", words, size=(160, 50)), password, code)


def said(client: PtyScreen, line: str) -> str:
    """What the client answers to a line."""
    before = client.raw.count(PROMPT)
    client.press(line, "enter")
    while client.raw.count(PROMPT) == before:
        assert client.pump(), client.text
    return client.raw.rsplit(PROMPT, 2)[-2]


def left(house: Served) -> list[str]:
    """Files of exports that still lie at the desk."""
    home = house.desk.running.home
    return [file.name for folder in (home.exports, home.outbox) for file in folder.iterdir()]


def state(house: Served, view: ExportView) -> str:
    return house.wait(house.desk.call("lina", ReadExport(export_id=view.export_id))).state


def test_one_file_once_and_nothing_else(office: Served, tmp_path: Path) -> None:
    view = released(office)
    body = (office.desk.running.home.exports / view.file_name).read_bytes()
    client = dialled(office, "lina")
    client.until(PROMPT)
    assert view.file_name in said(client, "ls -l")
    refused = len(office.events(REFUSED))
    for line in (
        f"put {office.keys['lina']}.pub", f"put {office.keys['lina']}.pub {view.file_name}", "mkdir x", "rmdir x",
        f"rename {view.file_name} y", f"symlink {view.file_name} y", f"rm {view.file_name}", "ls /etc",
        "get /etc/passwd", "get ../VX-000002.csv", "get VX-000099.csv", f"chmod 777 {view.file_name}",
    ):  # fmt: skip
        answer = said(client, line)
        assert any(word in answer for word in ("not here", "enied", "No such", "not found", "failed", "Failure")), line
    assert len(office.events(REFUSED)) >= refused + 5
    said(client, f"get {view.file_name} {tmp_path / 'mine.csv'}")
    assert (tmp_path / "mine.csv").read_bytes() == body
    again = said(client, f"get {view.file_name} {tmp_path / 'again.csv'}")
    assert "not found" in again or "No such" in again
    assert not (tmp_path / "again.csv").exists()
    assert view.file_name not in said(client, "ls -l")[len("ls -l") :]
    client.press("bye", "enter")
    assert client.ended() == 0
    read = office.until_event("export:file:read", object_id=view.number)
    assert (read.result, dict(read.detail)[DetailKey.STATE], read.source) == ("ok", "whole", "127.0.0.1")
    fetched = office.events("export:file:fetch", object_id=view.number)
    assert {one.source for one in fetched} == {"127.0.0.1"}
    assert state(office, view) == "fetched"
    assert not left(office)
    office.clock.advance(60)
    later = dialled(office, "lina")
    later.until(PROMPT)
    assert view.file_name not in said(later, "ls -l")[len("ls -l") :]
    later.press("bye", "enter")
    later.ended()


def test_all_three_factors_and_only_whoever_asked(office: Served) -> None:
    view = released(office)
    for password, code in ((PASSWORD, "000000"), ("wrong horse", None)):
        client = dialled(office, "lina", password, code)
        while client.raw.count("密码: ") < 2:
            assert client.pump(), client.text
        client.press("ctrl+c")
        client.ended()
        assert PROMPT not in client.raw
    office.clock.advance(60)
    client = dialled(office, "zhaoqiang")
    client.until(PROMPT)
    assert view.file_name not in said(client, "ls -l")[len("ls -l") :]
    answer = said(client, f"get {view.file_name}")
    assert "not found" in answer or "No such" in answer
    client.press("bye", "enter")
    client.ended()
    assert state(office, view) == "released"
    assert left(office) == [view.file_name]
    office.wait(office.desk.call("lina", WithdrawExport(export_id=view.export_id)))
    assert not left(office)


def test_a_broken_off_transfer_is_over(office: Served) -> None:
    """Part of it left the house: it counts as fetched, is written down as partial, and nobody gets the rest."""
    view = released(office)

    async def broken() -> None:
        key = asyncssh.read_private_key(office.keys["lina"])
        account = Account("lina+export", key, PASSWORD, office.code)
        visitor = await Visitor.come(office.door.address.port, account)
        try:
            files = await visitor.connection.start_sftp_client()
            opened = await files.open(view.file_name, "rb", block_size=16)
            assert len(await opened.read(16)) == 16
        finally:
            visitor.connection.abort()
            await visitor.connection.wait_closed()

    asyncio.run(broken())
    read = office.until_event("export:file:read", object_id=view.number)
    assert (read.result, dict(read.detail)[DetailKey.STATE]) == ("failed", "partial")
    assert state(office, view) == "fetched"
    assert view.file_name not in left(office)
