"""A lender's drop over SFTP: new files in, nothing out, loaded and destroyed; OpenSSH's own programs."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from access.audit.events import DetailKey, Event
from access.people import addresses
from console.desk.api.drops import AgreeDropKey, DropKeyView, EndDropKey, ProposeDropKey
from console.desk.api.imports import ProposeSource, RegisterSource
from console.desk.imports import arrivals
from masking.gm import Sm2PrivateKey, sm3
from tests.support.desk import ROWS, lender_file
from tests.support.pty_screen import PtyScreen
from tests.support.served import Served, serving

pytestmark = [
    pytest.mark.slow,
    pytest.mark.debian("ssh", "ssh-keygen", "sftp", "scp"),
    pytest.mark.clause("F-3", "issue-2", "issue-4"),
]

SIGNER = Sm2PrivateKey(bytes(31) + b"\x21")
LENDER = "甲银行"
LOGIN = "bank-a"
REFUSED = "account:door:refuse"


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served desk with one lender whose key two people registered."""
    with serving(tmp_path_factory.mktemp("served")) as house:
        registered(house, "127.0.0.0/8")
        yield house


def registered(house: Served, *networks: str) -> DropKeyView:
    """A lender with a key, each by two people."""
    wait, desk = house.wait, house.desk
    proposed = wait(desk.call("lina", ProposeSource(name=LENDER, public_key=SIGNER.public_key.to_pem())))
    wait(desk.call("wugang", RegisterSource(source_id=proposed.source_id)))
    house.keys[LOGIN] = house.key(LOGIN)
    return another_key(house, proposed.source_id, LOGIN, *networks)


def another_key(house: Served, source_id: str, name: str, *networks: str) -> DropKeyView:
    """The lender's key from now on."""
    line = house.root.joinpath("client", f"{name}.pub").read_text()
    asked = ProposeDropKey(source_id=source_id, login=LOGIN, line=line, addresses=networks)
    proposed = house.wait(house.desk.call("lina", asked))
    return house.wait(house.desk.call("wugang", AgreeDropKey(key_id=proposed.key_id)))


def drop_of(house: Served) -> Path:
    return house.desk.running.home.drop / LENDER


def until(reached: Callable[[], object], what: Callable[[], object]) -> None:
    """Wait for something, at most a minute."""
    end = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < end, what()
        time.sleep(0.02)


def signed(folder: Path, name: str, bill: str = "T2026990001", signer: Sm2PrivateKey = SIGNER) -> list[Path]:
    """A lender's file with digest and signature."""
    person = (f"{ROWS[0][0]}", *ROWS[0][1:3], bill, *ROWS[0][4:])
    file = lender_file(folder / name, rows=[person])
    digest = sm3(file.read_bytes())
    proofs = [file.with_name(name + ".sm3"), file.with_name(name + ".sig")]
    proofs[0].write_text(digest.hex())
    proofs[1].write_bytes(signer.sign(digest))
    return [file, *proofs]


def order(house: Served, program: str, *words: str, key: Path | None = None) -> list[str]:
    """A command line as the lender types it; a word that begins with `@` is the desk's address."""
    options = [word for word in house.order(LOGIN, key=key)[3:] if "@" not in word]
    said = [f"{LOGIN}+drop@127.0.0.1{word[1:]}" if word.startswith("@") else word for word in words]
    return [program, "-F", "none", *options, *said]


def run(house: Served, program: str, *words: str, key: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    words_ = order(house, program, *words, key=key)
    return subprocess.run(words_, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, check=False)


def batch(house: Served, folder: Path, *lines: str, key: Path | None = None) -> subprocess.CompletedProcess[str]:
    """OpenSSH's sftp with these commands."""
    file = folder / "batch"
    file.write_text("\n".join(lines) + "\n")
    return run(house, "sftp", "-b", str(file), "@", key=key)


def steps(house: Served, since: int = 0) -> list[Event]:
    """What the log says of drops."""
    return [one for one in house.events()[since:] if one.action.startswith("import:drop:")]


@pytest.mark.clause("C-5.4a")
def test_a_lenders_file_is_left_loaded_and_destroyed(bank: Served, tmp_path: Path) -> None:
    before = len(bank.events())
    files = signed(tmp_path, "cases-20261123.csv")
    said = batch(bank, tmp_path, *(f"put {path}" for path in files))
    assert said.returncode == 0, said.stderr
    until(lambda: len(bank.events("import:file:destroy")) > 0, bank.events)
    published = bank.events("import:batch:publish", result="ok")[-1]
    assert published.person_id is None, "nobody asked for it"
    assert dict(published.detail)[DetailKey.NEW] == "1"
    # The event comes first, as with everything that is destroyed.
    until(lambda: not any(path.name.startswith("cases-20261123") for path in drop_of(bank).iterdir()), bank.events)
    seen = steps(bank, before)
    assert [one.action.rsplit(":")[-1] for one in seen] == ["enter", *(["put", "keep"] * 3)]
    assert {(one.source, one.object_kind, one.result) for one in seen} == {("127.0.0.1", "source", "ok")}
    assert not any((bank.desk.running.home.temporary / "uploads").iterdir())


def test_with_scp_of_today_and_not_of_yesterday(bank: Served, tmp_path: Path) -> None:
    files = signed(tmp_path, "cases_scp.csv", "T2026990002")
    said = run(bank, "scp", "-p", "-s", *map(str, files), "@:")
    assert said.returncode == 0, said.stderr
    until(lambda: not (drop_of(bank) / "cases_scp.csv").exists(), lambda: list(drop_of(bank).iterdir()))
    assert run(bank, "scp", "-O", str(files[0]), "@:").returncode != 0
    bank.until_event(REFUSED, rule="door.exec")


LOGGED = ("ls", "rename", "mkdir", "rmdir", "symlink")
ASKED = (
    "ls",
    "ls cases-1.csv",
    "get cases-1.csv",
    "get cases-1.csv /dev/null",
    "rm cases-1.csv",
    "rename cases-1.csv cases-2.csv",
    "mkdir x",
    "rmdir x",
    "ln cases-1.csv cases-2.csv",
    "symlink cases-1.csv cases-2.csv",
    "chmod 777 cases-1.csv",
    "df",
)


@pytest.mark.clause("T11")
def test_nothing_but_new_files(bank: Served, tmp_path: Path) -> None:
    file = signed(tmp_path, "cases-1.csv")[0]
    assert batch(bank, tmp_path, f"put {file}").returncode == 0
    before = len(bank.events(REFUSED))
    # A dash: go on after an error.
    said = batch(bank, tmp_path, *(f"-{line}" for line in ASKED))
    assert len([one for one in said.stderr.splitlines() if "Veildesk" not in one]) >= len(ASKED), said.stderr
    assert "-rw" not in said.stdout
    until(lambda: len(bank.events(REFUSED)) >= before + len(LOGGED), lambda: bank.events(REFUSED))
    there = drop_of(bank) / "cases-1.csv"
    content = there.read_bytes()
    file.write_bytes(b"other")
    for name in ("cases-1.csv", "../cases-1.csv", "a/../cases-1.csv"):
        assert batch(bank, tmp_path, f"put {file} {name}").returncode != 0, "not overwritten"
    bank.until_event("import:drop:put", rule="drop.exists")
    for name in ("names.csv", "cases-1.exe", "cases-.csv", f"cases-{'x' * 90}.csv", "x/cases-3.csv", "案-1.csv"):
        assert batch(bank, tmp_path, f"put {file} {name}").returncode != 0, name
    assert there.read_bytes() == content
    assert not [path for path in drop_of(bank).parent.rglob("*") if path.is_file() and path != there]
    with_terminal = [*order(bank, "ssh", "-tt", "@"), "id"]
    assert subprocess.run(
        with_terminal, capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=False
    ).returncode
    bank.until_event(REFUSED, rule="door.no_files")
    there.unlink()


def test_who_is_let_in(bank: Served, tmp_path: Path) -> None:
    strange = bank.key("strange-lender")
    file = signed(tmp_path, "cases-9.csv")[0]
    assert batch(bank, tmp_path, f"put {file}", key=strange).returncode == 255
    assert bank.until_event("import:drop:enter", rule="drop.other_key").result == "refused"
    order_ = [word.replace(f"{LOGIN}+drop", "bank-b+drop") for word in order(bank, "ssh", "-s", "@", "sftp")]
    assert (
        subprocess.run(order_, capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=False).returncode == 255
    )
    bank.until_event("import:drop:enter", rule="drop.unknown")
    # As a member of staff the lender's key opens nothing, and a member's opens no drop.
    as_staff = [word.replace("+drop", "") for word in order(bank, "ssh", "-o", "BatchMode=yes", "@")]
    said = subprocess.run(as_staff, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, check=False)
    assert "Permission denied (keyboard-interactive)" in said.stderr
    assert batch(bank, tmp_path, f"put {file}", key=bank.keys["zhangwei"]).returncode == 255
    store = bank.desk.running.parts.store
    for _ in range(addresses.BACKOFF.free):
        store.run(lambda uow: addresses.failed(uow, "127.0.0.1"))
    assert batch(bank, tmp_path, f"put {file}").returncode == 255
    bank.until_event("import:drop:enter", rule="drop.locked")
    bank.clock.advance(3700)
    assert not (drop_of(bank) / file.name).exists()


def test_a_key_counts_from_its_addresses_until_it_ends(served: Served, tmp_path: Path) -> None:
    key = registered(served, "192.0.2.0/24", "2001:db8::/32")
    file = signed(tmp_path, "cases-9.csv")[0]
    assert batch(served, tmp_path, f"put {file}").returncode == 255
    served.until_event("import:drop:enter", rule="drop.address")
    served.key("newer")
    newer = another_key(served, key.source_id, "newer", "127.0.0.1/32")
    path = served.root / "client" / "newer"
    assert batch(served, tmp_path, f"put {file}").returncode == 255
    assert batch(served, tmp_path, f"put {file}", key=path).returncode == 0
    # Somebody who is in when the key ends leaves nothing more.
    inside = PtyScreen.of("sftp", order(served, "sftp", "@", key=path)[1:])
    inside.until("sftp>")
    served.wait(served.desk.call("wugang", EndDropKey(key_id=newer.key_id)))
    inside.press(f"put {file} cases-10.csv", "enter")
    inside.until("denied")
    inside.press("bye", "enter")
    inside.ended()
    assert [path.name for path in drop_of(served).iterdir()] == [file.name]


def test_half_a_file_and_too_long_a_file_leave_nothing(bank: Served, tmp_path: Path) -> None:
    big = tmp_path / "cases-big.csv"
    big.write_bytes(b"x" * (1 << 20))
    work = bank.desk.running.home.temporary / "uploads"
    with subprocess.Popen(order(bank, "scp", "-s", "-l", "64", str(big), "@:"), stderr=subprocess.DEVNULL) as slow:
        until(lambda: [path for path in work.glob("*") if path.stat().st_size], lambda: list(work.glob("*")))
        slow.kill()
    bank.until_event("import:drop:discard")
    until(lambda: not any(work.iterdir()), lambda: list(work.iterdir()))
    assert not (drop_of(bank) / big.name).exists()
    big.rename(tmp_path / "cases-big.csv.sig")
    assert batch(bank, tmp_path, f"put {tmp_path / 'cases-big.csv.sig'}").returncode != 0
    bank.until_event(REFUSED, rule="door.file_long")
    until(lambda: not any(work.iterdir()), lambda: list(work.iterdir()))


def test_what_does_not_verify_is_put_aside_and_what_stays_is_cleared(bank: Served, tmp_path: Path) -> None:
    files = signed(tmp_path, "cases-forged.csv", signer=Sm2PrivateKey(bytes(31) + b"\x22"))
    before = len(bank.events("import:file:destroy"))
    assert batch(bank, tmp_path, *(f"put {path}" for path in files)).returncode == 0
    until(lambda: not (drop_of(bank) / files[0].name).exists(), lambda: list(drop_of(bank).iterdir()))
    refused = bank.until_event("import:batch:refuse")
    assert refused.rule == "file.signature"
    alone = signed(tmp_path, "repayments-1.csv")[0]
    assert batch(bank, tmp_path, f"put {alone}").returncode == 0
    arrivals.look(bank.desk.running.parts)
    assert (drop_of(bank) / alone.name).exists()
    bank.clock.advance(bank.desk.running.parts.settings.drop.keep_hours * 3600 + 1)
    arrivals.look(bank.desk.running.parts)
    assert not any(drop_of(bank).iterdir())
    assert dict(bank.until_event("import:drop:clear").detail)[DetailKey.COUNT] == "1"
    assert len(bank.events("import:file:destroy")) == before
