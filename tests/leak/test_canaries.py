"""Customers go in by the thousand; none of their values comes out anywhere but in the one reply that may carry it.

Everybody makes every call, with the customers' own values as words, names of files and guesses; files are bad in every
way; writes are repeated; commands are run. Then every spelling of every value, and every part that no mask may show, is
hunted: in replies, refusals and pushes as they crossed and as they are printed, in the database with its write-ahead
log, in every table and file of PostgreSQL, in logs, temporary files, reports, the witness and what commands print.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import select, text

from access.store.schema import metadata
from console.desk.api.cases import AssignCases, CaseRow
from console.desk.api.imports import ListImports, ReadFaults
from console.desk.api.reveal import AskReveal, DecideReveal
from tests.leak import script
from tests.leak.canaries import Customer, Maker
from tests.leak.hostile import hostile_files, words_about
from tests.leak.hunter import Hit, Hunter
from tests.leak.seats import ROLES, Stage, staged
from tests.support.clock import FakeClock
from tests.support.drive import JUNK
from tests.support.postgres import Postgres

ROOT = Path(__file__).resolve().parents[2]
COMMAND_SECONDS = 120
KINDS = ("mobile", "id_number", "bank_card")


@dataclass(frozen=True, slots=True)
class Amount:
    """How much is tried: customers, people, cases and kinds of junk, each how-manieth bad file, commands or not."""

    customers: int
    people: tuple[str, ...] = ROLES
    cases: int = 3
    junk: int = len(JUNK)
    each: int = 1
    commands: bool = True


FEW = Amount(customers=60, people=("zhangwei", "lina"), cases=1, junk=1, each=4, commands=False)
ALL = Amount(customers=2000)


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for whatever makes temporary files."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def told(hits: Sequence[Hit]) -> str:
    """Where what was found, one line a kind."""
    return "\n".join(sorted({f"{hit.place}: {hit.field} {hit.spelling}" for hit in hits}))


def hits_in_words(stage: Stage, hunter: Hunter) -> list[Hit]:
    """What was said, as it crossed and as it would be printed; pushes."""
    hits = [hit for said in stage.said for hit in hunter.within(said.data, said.what)]
    hits += hunter.text("\n".join(stage.words), "words")
    return hits + hunter.text(repr(stage.pushes), "pushes")


def hits_in_tables(stage: Stage, hunter: Hunter) -> list[Hit]:
    """Every column of every row, whatever the engine."""
    hits: list[Hit] = []
    with stage.desk.running.parts.store.engine.connect() as connection:
        for table in metadata.sorted_tables:
            data = bytearray()
            for row in connection.execute(select(table)):
                for value in row:
                    data += bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    data += b"\n"
            assert data or table.name not in {"case_file", "case_seals", "audit_event", "account"}
            hits += hunter.within(bytes(data), table.name)
    return hits


def hits_of_postgres(stage: Stage, hunter: Hunter, server: Postgres) -> list[Hit]:
    """The database's own files, and the server's write-ahead log."""
    with stage.desk.running.parts.store.engine.connect() as connection:
        number = connection.execute(text("SELECT oid FROM pg_database WHERE datname = current_database()")).scalar_one()
    server.execute("CHECKPOINT")
    data = server.folder.parent / "data"
    assert (data / "base" / str(number)).is_dir()
    return hunter.files(data / "base" / str(number), data / "pg_wal", server.folder)


def hits_in_home(stage: Stage, hunter: Hunter, scratch: Path) -> list[Hit]:
    """Database, write-ahead log, witness, logs, reports, temporary files; not the key ring, nor what lenders left."""
    home = stage.desk.running.home
    return hunter.files(home.root, scratch, but=[home.keys, home.drop])


async def hostile_imports(stage: Stage, folder: Path, customers: Sequence[Customer], each: int) -> None:
    """Every bad file, by two teams' heads, and every page of what is said about it."""
    await asyncio.to_thread(folder.mkdir)
    for file in list(hostile_files(folder, customers))[::each]:
        await stage.load("lina", file.path, **{"source": "来源甲", **file.more})
        stage.desk.clock.advance(600)
    for batch in (await stage.ask("lina", ListImports())).imports:
        for after in (0, 3):
            await stage.say("lina", ReadFaults(batch_id=batch.batch_id or "", after=after))
            await stage.say("wugang", ReadFaults(batch_id=batch.batch_id or "", after=after))


async def repeated_writes(stage: Stage, first: dict[str, CaseRow], one: Customer, round_: int) -> None:
    """The same write under the same key, and another one under it, with values in the words."""
    case_id = first["liuyang"].case_id
    for nth, words in enumerate(words_about(one)):
        ask = AskReveal(case_id=case_id, fields=(script.ADDRESS,), reason="letter_or_visit", words=words, minutes=5)
        answers = {await stage.say("liuyang", ask, key=f"key-{round_}-{nth}") for _ in range(2)}
        assert len(answers) == 1
        await stage.say("liuyang", replace_words(ask, one.name), key=f"key-{round_}-{nth}")
        for name in ("sunli", "lina", "fengxue"):
            await stage.say(name, DecideReveal(request_id=case_id, verdict="refuse", reason=words))
    stage.desk.clock.advance(3600)
    give = AssignCases(assignee_id=None, case_ids=("0" * 32,))
    assert await stage.say("sunli", give, key=f"k{round_}") == await stage.say("sunli", give, key=f"k{round_}")


def replace_words(ask: AskReveal, words: str) -> AskReveal:
    """The same request in other words."""
    return AskReveal(case_id=ask.case_id, fields=ask.fields, reason=ask.reason, words=words, minutes=ask.minutes)


async def commands(stage: Stage, folder: Path, first: dict[str, CaseRow], one: Customer) -> list[tuple[str, bytes]]:
    """What a shell gets to see: rightly used, as JSON, and failing."""
    number, bad = first["zhangwei"].number, folder / "ids.csv"
    printed: list[tuple[str, bytes]] = []
    for words, typed in (
        (["cases", "list", "--as", "zhangwei"], ""),
        (["cases", "open", number, "--as", "zhangwei", "--json"], ""),
        (["cases", "timeline", number, "--as", "lina"], ""),
        (["cases", "search", "mobile", "--as", "zhangwei", "--json"], one.mobiles[0]),
        (["cases", "search", "id_number", "--as", "machao"], one.id_number),
        (["cases", "open", "C-2026-9999999", "--as", "zhangwei"], ""),
        (["cases", "open", number, "--as", "zhenghao", "--json"], ""),
        (["import", str(bad), "--source", "来源甲", "--as", "lina", "--report", str(folder / "report.csv")], ""),
        (["import", str(bad), "--source", "来源甲", "--as", "lina", "--dry-run", "--json"], ""),
        (["imports", "list", "--as", "lina", "--json"], ""),
        (["grants", "ask", number, "home_address", "--reason", "other", "--minutes", "5", "--as", "zhangwei",
          "--words", words_about(one)[0]], ""),
        (["grants", "inbox", "--as", "lina", "--json"], ""),
        (["audit", "show", "--as", "fengxue", "--json"], ""),
        (["audit", "verify", "--as", "fengxue"], ""),
        (["doctor"], ""),
    ):  # fmt: skip
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "console.cli.main", "--home", str(stage.desk.running.home.root), *words,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "300"},
        )  # fmt: skip
        out, err = await asyncio.wait_for(process.communicate(typed.encode() + b"\n"), COMMAND_SECONDS)
        assert out or err, words
        printed += [(f"{' '.join(words[:2])} stdout", out), (f"{' '.join(words[:2])} stderr", err)]
    printed.append(("reject report", await asyncio.to_thread((folder / "report.csv").read_bytes)))
    return printed


@pytest.mark.clause("C-3.6", "C-5.4g", "C-6.5b", "C-5.4d-1", "issue-2")
@pytest.mark.parametrize(
    ("engine", "amount"),
    [
        ("sqlite", FEW),
        pytest.param("sqlite", ALL, marks=pytest.mark.slow),
        pytest.param("postgresql", ALL, marks=pytest.mark.slow),
    ],
    ids=["few", "sqlite", "postgresql"],
)
@pytest.mark.timeout(900)
async def test_nothing_comes_out_but_in_the_one_reply_that_may_carry_it(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    clock: FakeClock,
    scratch: Path,
    capfd: pytest.CaptureFixture[str],
    engine: str,
    amount: Amount,
) -> None:
    server: Postgres | None = request.getfixturevalue("postgres") if engine == "postgresql" else None
    url = request.getfixturevalue("postgres_url") if server is not None else ""
    customers = Maker(2026).customers(amount.customers)
    hunter = Hunter.of(customers)
    # Whose cases the first team holds, and who is on none of its lists.
    mine, strange = customers[0], customers[1]
    foreign = next(one for one in customers if one.name.isascii())
    dotted = next(one for one in customers if "·" in one.name)
    async with staged(tmp_path / "h", clock, url=url) as stage:
        first = await stage.furnish(tmp_path, customers)
        approved = await script.reveal(stage, first["zhangwei"].case_id)
        assert {hit.field for hit in hunter.text(approved.seen, "seen")} >= {"home_address"}, "it was seen in clear"
        assert approved.seen in {one.home for one in customers}
        await script.notes_and_contacts(stage, first["zhangwei"].case_id, words_about(mine))
        await script.consents_by_letter(stage, first["zhangwei"].case_id, words_about(mine))
        files = tmp_path / "files"
        await hostile_imports(stage, files, customers[:9], amount.each)
        for nth, one in enumerate((strange, foreign, dotted)):
            await repeated_writes(stage, first, one, nth)
        known = await script.known_to(
            stage,
            first,
            words=words_about(mine),
            paths=[str(files / "ids.csv"), str(files / f"{mine.mobiles[0]}.csv")],
        )
        known = replace(known, guesses=[(kind, value) for kind in KINDS for value in guesses_of(mine)])
        known = replace(known, case_ids=known.case_ids[: amount.cases])
        known = replace(
            known, request_ids=[approved.request_id], grant_ids=[approved.grant_id], junk=JUNK[: amount.junk]
        )
        await script.try_everything(stage, known, amount.people)
        await script.read_to_the_end(stage, amount.people)
        printed = await commands(stage, files, first, mine) if amount.commands else []
        hits = hits_in_words(stage, hunter)
        hits += [hit for what, data in printed for hit in hunter.within(data, what)]
        hits += hits_in_tables(stage, hunter) + hits_in_home(stage, hunter, scratch)
        hits += hits_of_postgres(stage, hunter, server) if server is not None else []
        assert told(hits) == ""
    assert told(hits_in_home(stage, hunter, scratch)) == ""
    assert told(hunter.text("\n".join(capfd.readouterr()), "terminal")) == ""
    assert hunter.count > 13 * amount.customers
    assert len(stage.said) > 500


def guesses_of(one: Customer) -> list[str]:
    """Values as somebody might search for them."""
    return [one.mobiles[0], f"+86 {one.mobiles[1]}", one.id_number.lower(), one.cards[0], one.name, one.home]
