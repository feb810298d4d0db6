"""The auditor pastes rows, sees how many they are and never what they say, and reads whose copy they are."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from textual import events

from console.desk.api import Refusal
from console.desk.api.base import DeskError
from console.desk.api.trace import TraceFragment
from console.fragments.packing import unpack
from console.tui.marker import FrameMarker
from console.tui.modals.trace import LIMIT, AnswerModal, FileModal, PasteModal
from console.tui.screens.trace import TraceScreen
from tests.support.pdf import bomb, letter
from tests.support.terminal import Seat, met, seated
from tests.support.whole import LANGUAGES, is_whole, paint
from tests.support.workbooks import FAR_CELL, FAR_ROW, ods, xlsx

ROWS = "张三丰\t11010519491231002X\t1*************9\n李*\t3****************X\n"
pytestmark = pytest.mark.clause("Y-5.2.3a", "S-6-17", "issue-6")


async def at_trace(seat: Seat) -> None:
    await seat.app.action_go_to("trace")
    await seat.settle()
    assert isinstance(seat.screen, TraceScreen)


async def paste(seat: Seat, text: str) -> None:
    seat.screen.post_message(events.Paste(text))
    await seat.settle()


def seen(seat: Seat) -> str:
    text = paint(seat, FrameMarker()).text
    is_whole(seat, seat.screen, text)  # type: ignore[arg-type]
    return text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_pasted_rows_are_traced_and_never_shown(language: str) -> None:
    async with seated("auditor", language=language) as seat:
        await at_trace(seat)
        assert "S0021" not in seen(seat)
        await seat.press("n")
        assert isinstance(seat.screen, PasteModal)
        await paste(seat, ROWS)
        await paste(seat, ROWS)
        text = seen(seat)
        assert "4" in text
        assert "11010519491231002X" not in text
        assert "张三丰" not in text
        await seat.press("enter")
        assert isinstance(seat.screen, AnswerModal)
        text = seen(seat)
        for part in ("VX-000042", "S0021", "1.0e-12", "1-40, 42-59"):
            assert part in text
        call = next(call for call in seat.desk.calls if isinstance(call, TraceFragment))
        assert len(unpack(call.packed).rows) == 4
        await seat.press("down", "up", "enter")
        assert isinstance(seat.screen, TraceScreen)


async def test_nothing_pasted_is_said_and_too_much_is_cut() -> None:
    async with seated("auditor", language="en") as seat:
        await at_trace(seat)
        await seat.press("n", "enter")
        assert "Nothing is pasted yet" in seen(seat)
        await paste(seat, "x\n" * (LIMIT // 2 + 5))
        assert "the rest is left out" in seen(seat)
        await seat.press("delete")
        assert "Taken: 0 lines" in seen(seat)
        await seat.press("escape")
        assert isinstance(seat.screen, TraceScreen)


async def test_what_is_no_text_and_what_the_desk_refuses_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    async with seated("auditor", language="en") as seat:
        await at_trace(seat)
        await seat.press("n")
        await paste(seat, "\x01\x02\x03\x04" * 50)
        await seat.press("enter")
        assert "What was pasted is no text, workbook" in seen(seat)

        def refuse(_: TraceFragment) -> object:
            raise DeskError(Refusal(code="trace.fragment_unfit"))

        monkeypatch.setattr(seat.desk, "_TraceFragment", refuse)
        await seat.press("n")
        await paste(seat, ROWS)
        await seat.press("enter")
        assert "right form" in seen(seat)


async def typed(seat: Seat, path: str) -> None:
    await seat.press("o")
    assert isinstance(seat.screen, FileModal)
    await paste(seat, path)
    await seat.press("enter")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_file_is_traced_from_the_screen(language: str, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in ROWS.splitlines():
        book.worksheets[0].append(line.split("\t"))
    book.save(tmp_path / "leaked.xlsx")
    async with seated("auditor", language=language) as seat:
        await at_trace(seat)
        await typed(seat, str(tmp_path / "leaked.xlsx"))
        await met(seat.app, seat.pilot, lambda: isinstance(seat.screen, AnswerModal))
        assert "VX-000042" in seen(seat)
        call = next(call for call in seat.desk.calls if isinstance(call, TraceFragment))
        assert len(unpack(call.packed).rows) == 2
        await seat.press("enter")
        assert isinstance(seat.screen, TraceScreen)


async def test_a_file_that_is_none_is_said_by_its_name_alone(tmp_path: Path) -> None:
    (tmp_path / "macro.xlsm").write_bytes(b"PK\x03\x04 broken")
    async with seated("auditor", language="en") as seat:
        await at_trace(seat)
        await seat.press("o", "enter")
        assert "Say which file" in seen(seat)
        await seat.press("escape")
        await typed(seat, str(tmp_path / "nowhere.csv"))
        await seat.until("nowhere.csv")
        assert tmp_path.name not in seen(seat)
        await typed(seat, str(tmp_path / "macro.xlsm"))
        await seat.until("macro.xlsm")
        assert not any(isinstance(call, TraceFragment) for call in seat.desk.calls)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_workbook_that_would_kill_its_reader_is_refused_on_the_screen(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.fragments.books._MOST_AREA", 100_000)
    books = {"far.xlsx": xlsx(FAR_ROW), "named.xlsx": xlsx(FAR_CELL, "a.foo"), "again.ods": ods(20_000, 6)}
    words = {"en": "unpacks to far more", "zh_CN": "解压后远大于"}[language]
    async with seated("auditor", language=language) as seat:
        await at_trace(seat)
        for name, data in books.items():
            (tmp_path / name).write_bytes(data)
            await typed(seat, str(tmp_path / name))
            await seat.until(f"{name} {words}")
        assert isinstance(seat.screen, TraceScreen)
        assert not any(isinstance(call, TraceFragment) for call in seat.desk.calls)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_pdf_that_would_fill_the_memory_is_refused_on_the_screen_and_the_next_one_traced(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.fragments.pages._MEMORY", 256 << 20)
    (tmp_path / "far.pdf").write_bytes(bomb(64 << 20))
    (tmp_path / "leaked.pdf").write_bytes(letter(["C-2026-0000001 1*************9", "C-2026-0000002 3*****X"]))
    words = {"en": "unpacks to far more", "zh_CN": "解压后远大于"}[language]
    async with seated("auditor", language=language) as seat:
        await at_trace(seat)
        await typed(seat, str(tmp_path / "far.pdf"))
        await seat.until(f"far.pdf {words}")
        assert not any(isinstance(call, TraceFragment) for call in seat.desk.calls)
        await typed(seat, str(tmp_path / "leaked.pdf"))
        await met(seat.app, seat.pilot, lambda: isinstance(seat.screen, AnswerModal))
        assert "VX-000042" in seen(seat)
        call = next(call for call in seat.desk.calls if isinstance(call, TraceFragment))
        assert len(unpack(call.packed).rows) == 2


async def test_over_ssh_no_file_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async with seated("auditor", language="en") as seat:
        await at_trace(seat)
        monkeypatch.setattr(seat.app, "_told_why", True)
        await seat.press("o")
        assert isinstance(seat.screen, TraceScreen)
        assert "Over ssh no file is reached" in seen(seat)
