"""2,000 customers go in; none of their values comes out anywhere: database, log, replies, errors, temporary files.

Every role makes every call there is, with the customers' own values as words, names of files and guesses; acts are
killed and broken in the middle. Then every usual spelling of every value is hunted. The hunt itself is checked by
planting one value.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.cli import main
from console.cli.exits import Exit
from console.demo.cast import CAST
from console.demo.debtors import Debtor, People
from console.demo.lender import write
from console.desk.api.base import DeskError
from console.desk.api.cases import AssignCases, FieldRef, ListQueue
from console.desk.api.imports import ListImports, ListSources
from console.desk.api.reveal import AskReveal, DecideReveal, ViewField
from console.desk.api.session import SignInAs
from console.doctor import hunt
from console.doctor.examine import Examiner
from console.doctor.scan import Hit, Needles, in_file
from console.doctor.spellings import spellings
from console.home import Home
from tests.support.clock import FakeClock
from tests.support.desk import WholeDesk, opened
from tests.support.drive import Known, answer, attempts

CUSTOMERS = 2000
SHOWN = FieldRef(name="home_address")


def people(count: int = CUSTOMERS) -> list[Debtor]:
    return list(People(20261122, dt.date(2026, 11, 20)).debtors(count))


def values(debtor: Debtor) -> Iterator[tuple[str, str]]:
    yield "full_name", debtor.name
    yield "id_number", debtor.id_number
    yield "mobile", debtor.mobile
    yield "home_address", debtor.address
    yield "employer_name", debtor.employer
    yield "bank_card", debtor.card
    for contact in debtor.contacts:
        yield "contact_name", contact.name
        yield "contact_phone", contact.phone
    for loan in debtor.loans:
        yield "loan_number", loan.number


def needles(debtors: list[Debtor]) -> Needles:
    found = Needles(skip=frozenset(post.name for post in CAST.posts))
    for debtor in debtors:
        for name, value in values(debtor):
            found.add(name, value, debtor.id_number[-4:])
    return found


def hits_in(home: Home, looked_for: Needles) -> list[Hit]:
    return [hit for path in hunt.files(home.root, home.keys, home.drop) for hit in in_file(looked_for, path)]


async def reveal_one(desk: WholeDesk, case_id: str) -> tuple[str, str, str]:
    """One value seen rightfully: request id, grant id, and the value."""
    asked = await desk.call(
        "zhangwei", AskReveal(case_id=case_id, fields=(SHOWN,), reason="letter_or_visit", minutes=5)
    )
    decided = await desk.call("lina", DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert decided.grant is not None
    seen = await desk.call("zhangwei", ViewField(case_id=case_id, grant_id=decided.grant.grant_id, field=SHOWN))
    return asked.request_id, decided.grant.grant_id, seen.value


@pytest.mark.slow
@pytest.mark.clause("C-3.6", "C-5.4g", "C-6.5b", "C-5.4d-1", "issue-2")
async def test_every_role_over_every_call_leaves_and_shows_nothing(tmp_path: Path, clock: FakeClock) -> None:
    debtors = people()
    looked_for = needles(debtors)
    victim = debtors[0]
    # A file named after a person, and words that hold a person's numbers.
    file = tmp_path / f"{victim.name}_{victim.id_number}_{victim.mobile}.csv"
    write(file, debtors)
    replies: list[bytes] = []
    async with opened(tmp_path / "h", clock) as desk:
        report = await desk.load(file)
        assert (report.state, report.new_cases) == ("published", CUSTOMERS)
        for agent in ("zhangwei", "wangfang"):
            await desk.call("lina", AssignCases(assignee_id=desk.founded.persons[agent], count=700))
        rows = (await desk.call("zhangwei", ListQueue())).rows
        request_id, grant_id, plain = await reveal_one(desk, rows[0].case_id)
        assert {hit.spelling for hit in looked_for.within(plain.encode(), "reply")}, "the hunt knows what was shown"
        known = Known(
            case_ids=[rows[0].case_id, rows[1].number],
            person_ids=list(desk.founded.persons.values()),
            request_ids=[request_id],
            grant_ids=[grant_id],
            batch_ids=[one.batch_id or "" for one in (await desk.call("lina", ListImports())).imports],
            source_ids=[one.source_id for one in (await desk.call("lina", ListSources())).sources],
            job_ids=[report.job_id],
            paths=[str(file), f"{file}.missing"],
            words=[f"请寄 {victim.name} {victim.address}", f"tel {victim.mobile} / {victim.id_number} {victim.card}"],
            guesses=[("mobile", victim.mobile), ("id_number", victim.id_number), ("bank_card", debtors[1].card)],
        )
        for post in CAST.posts:
            line = desk.running.line("pts/7")
            replies.append(await answer(line, SignInAs(name=post.login)))
            replies += [await answer(line, call) for call in attempts(known)]
            await line.close()
        home = desk.running.home
        shown = [hit for number, reply in enumerate(replies) for hit in looked_for.within(reply, str(number))]
        assert shown == []
        assert hits_in(home, looked_for) == []
    file.unlink()
    assert hits_in(home, looked_for) == []
    assert any(b'"state":"dry"' in reply or b"refused" in reply for reply in replies)


@pytest.mark.slow
@pytest.mark.clause("C-6.5b")
async def test_the_doctor_hunts_every_customer_and_finds_a_planted_value(
    tmp_path: Path, clock: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    debtors = people(60)
    file = tmp_path / "cases.csv"
    write(file, debtors)
    async with opened(tmp_path / "h", clock) as desk:
        assert (await desk.load(file)).state == "published"
        home = desk.running.home
    seen = Examiner(None).examine(home)
    assert (seen.customers, seen.found) == (60, ())
    assert seen.values > 60 * 6
    assert seen.ok, [check for check in seen.checks if check.state == "bad"]
    for number, (spelling, data) in enumerate(spellings(debtors[3].mobile)):
        planted = home.temporary / f"planted-{number}"
        planted.write_bytes(b"\x00\xff" + data + b"\x00")
        planted.chmod(0o600)
        again = Examiner(None).examine(home)
        assert [one.field for one in again.found if one.place == planted.name], spelling
        assert not again.ok
        planted.unlink()
    planted = home.temporary / "planted"
    planted.write_text(f"{debtors[5].name} {debtors[5].id_number}")
    planted.chmod(0o600)
    assert main.run(["doctor", "--all", "--home", str(home.root), "--language", "en"]) == Exit.FOUND
    out = capsys.readouterr().out
    assert "planted@" in out
    assert not list(needles(debtors).within(out.encode(), "stdout")), "what was found is named, never shown"


@pytest.mark.slow
@pytest.mark.clause("C-6.5b", "issue-2")
def test_a_desk_killed_in_the_middle_of_an_import_leaves_nothing(tmp_path: Path) -> None:
    debtors = people(4000)
    file = tmp_path / "cases.csv"
    write(file, debtors)
    script = (
        "import asyncio, sys, pathlib\n"
        "from console.bench.desks import empty_desk, seated\n"
        "from console.demo.build import LENDERS\n"
        "from console.desk.api.imports import ReadImport, StartImport\n"
        "async def work():\n"
        "    desk = await empty_desk(pathlib.Path(sys.argv[1]))\n"
        "    head = await seated(desk, LENDERS[0].head)\n"
        "    report = await head.call(StartImport(path=sys.argv[2], source=LENDERS[0].name))\n"
        "    while not report.done and report.state == 'running':\n"
        "        report = await head.call(ReadImport(job_id=report.job_id))\n"
        "    print('staging', flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(work())\n"
    )
    root = Path(main.__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "h"), str(file)],
        stdout=subprocess.PIPE,
        cwd=root,
        start_new_session=True,
    ) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == b"staging\n"
        os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()
    assert hits_in(Home(tmp_path / "h"), needles(debtors)) == []


@pytest.mark.clause("C-6.5b")
async def test_what_breaks_inside_the_desk_is_logged_without_values(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim = people(1)[0]

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"{victim.name} {victim.mobile} {victim.id_number} {victim.address}")

    file = tmp_path / "cases.csv"
    write(file, [victim])
    async with opened(tmp_path / "h", clock) as desk:
        await desk.load(file)
        await desk.call("lina", AssignCases(assignee_id=desk.founded.persons["zhangwei"], count=1))
        monkeypatch.setattr("console.desk.cases.rows.open_name", broken)
        with pytest.raises(DeskError) as failed:
            await desk.call("zhangwei", ListQueue())
        home = desk.running.home
    assert failed.value.code == "desk.failed"
    assert failed.value.refusal.params["reference"] in home.logs.read_text("utf-8")
    looked_for = needles([victim])
    assert hits_in(home, looked_for) == []
    assert not list(looked_for.within(repr(failed.value.refusal).encode(), "refusal"))
