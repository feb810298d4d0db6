"""The doctor's own hunt: nothing in a sound home, a planted value in every spelling; it names, never shows.

What the doctor looks for are the values it opens itself, so here it is checked against customers that a test knows.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from console.cli import main
from console.cli.exits import Exit
from console.doctor.examine import Examiner
from console.doctor.spellings import spellings
from tests.leak.canaries import Maker
from tests.leak.hunter import Hunter
from tests.leak.seats import staged
from tests.support.clock import FakeClock


@pytest.mark.slow
@pytest.mark.clause("C-6.5b")
async def test_the_doctor_hunts_every_customer_and_finds_a_planted_value(
    tmp_path: Path, clock: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    customers = Maker(60).customers(60)
    async with staged(tmp_path / "h", clock) as stage:
        await stage.furnish(tmp_path, customers)
        home = stage.desk.running.home
    seen = Examiner(None).examine(home)
    assert (seen.customers, seen.found) == (60, ())
    assert seen.values > 60 * 10
    assert seen.ok, [check for check in seen.checks if check.state == "bad"]
    planted = home.temporary / "planted"
    # Digits are the same in HEX as in hex: the first name of a spelling counts.
    everything = {data: name for name, data in reversed(list(spellings(customers[3].mobiles[0])))}
    planted.write_bytes(b"\x00\xff".join((b"", *everything, b"")))
    planted.chmod(0o600)
    again = Examiner(None).examine(home)
    assert {one.spelling for one in again.found if one.place == planted.name} >= set(everything.values())
    assert not again.ok
    planted.write_bytes(f"{customers[5].name} {customers[5].id_number} {customers[6].home}".encode())
    assert main.run(["doctor", "--all", "--home", str(home.root), "--language", "en"]) == Exit.FOUND
    out = capsys.readouterr().out
    assert "planted@" in out
    assert Hunter.of(customers).text(out, "stdout") == [], "what was found is named, never shown"
