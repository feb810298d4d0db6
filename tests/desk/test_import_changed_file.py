"""A lender's file that somebody writes to while it is read: refused, whole, and nothing of it stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from access.store.schema import case_file, import_batch
from console.desk.imports.faults import Code, FileRefused
from console.desk.imports.jobs import Job
from console.desk.imports.unchanged import Unchanged
from tests.support.desk import WholeDesk
from tests.support.lender_files import people, row, write

pytestmark = pytest.mark.clause("F-3", "design-4")


def longer(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\n")


def another(path: Path) -> None:
    twin = path.with_suffix(".new")
    twin.write_bytes(path.read_bytes())
    twin.replace(path)


@pytest.mark.parametrize("change", [longer, another, Path.unlink])
async def test_a_file_that_changes_while_it_is_read_is_refused(
    desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None]
) -> None:
    file = write(tmp_path / "file.csv", [row(one, f"A100{at}") for at, one in enumerate(people(3))])
    read = Job._read

    def meanwhile(job: Job, path: Path, *others: object, **more: object) -> None:
        read(job, path, *others, **more)  # type: ignore[arg-type]
        change(path)

    monkeypatch.setattr(Job, "_read", meanwhile)
    report = await desk.load(file)
    assert (report.state, [one.code for one in report.faults]) == ("refused", ["file.changed"])
    with desk.running.parts.store.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(case_file)).scalar_one() == 0
        assert connection.execute(select(import_batch.c.state)).scalars().all() == ["refused"]


def test_what_breaks_on_a_change_is_told_as_the_change(tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_bytes(b"one")
    unchanged = Unchanged(file)
    with pytest.raises(UnicodeError), unchanged:
        raise UnicodeError
    file.write_bytes(b"other")
    with pytest.raises(FileRefused) as refused, unchanged:
        raise UnicodeError
    assert refused.value.code is Code.FILE_CHANGED
