"""`veildesk trace --screenshot` on a demo desk."""

from __future__ import annotations

import asyncio
import io
import json
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from console.bootstrap import RunningDesk
from console.cli.exits import Exit
from console.desk.api.session import SignInAs
from console.home import Home
from tests.cli.conftest import Run
from tests.support.pdf import bomb, letter
from tests.support.pictures import png_of
from tests.support.workbooks import FAR_CELL, FAR_ROW, xlsx
from watermark.copy_mark import CopyPlan
from watermark.screen_trace.picture import MOST_BYTES, PictureRefused, read_picture


def huge_png(width: int, height: int) -> bytes:
    """A small file that says it is a huge picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def small_gif() -> bytes:
    """Another kind of picture."""
    file = io.BytesIO()
    Image.new("RGB", (100, 100)).save(file, "GIF")
    return file.getvalue()


@pytest.mark.clause("issue-4")
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "trace.picture_kind"),
        (b"GIF89a", "trace.picture_kind"),
        (small_gif(), "trace.picture_kind"),
        (png_of("")[:3000], "trace.picture_broken"),
        (huge_png(60_000, 60_000), "trace.picture_pixels"),
        (huge_png(2**31 - 1, 2**31 - 1), "trace.picture_pixels"),
        (huge_png(500, 500), "trace.picture_broken"),
        (bytes(MOST_BYTES + 1), "trace.picture_large"),
    ],
    ids=["empty", "cut gif", "gif", "cut png", "bomb", "absurd", "wrong rows", "large"],
)
def test_what_is_no_fit_picture_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(PictureRefused) as refused:
        read_picture(data)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "corners",
    [[(0, 0)], [(0, 0)] * 4, [(0, 0), (1, 0), (1, 1), (0, 1)], [(0, 0), (1e9, 0), (1e9, 1e9), (0, 1e9)]],
)
def test_corners_that_are_none_are_refused(corners: list[tuple[float, float]]) -> None:
    with pytest.raises(PictureRefused) as refused:
        read_picture(png_of(""), corners)
    assert refused.value.code == "trace.corners"


def test_a_transparent_picture_lies_on_white() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (60, 60), (0, 0, 0, 0)).save(file, "PNG")
    assert read_picture(file.getvalue()).min() > 250


async def mark_of(home: Path, name: str) -> str:
    """What the screens of a new session of somebody show."""
    running = await RunningDesk.start(Home(home))
    try:
        line = running.line("pts/9")
        mark = (await line.call(SignInAs(name=name))).mark
        await line.close()
        return mark
    finally:
        await running.stop()


@pytest.mark.clause("issue-4", "Y-5.2.3a")
def test_a_picture_names_whose_screen_it_was(home: Path, veildesk: Run, tmp_path: Path) -> None:
    shot = tmp_path / "shot.jpg"
    shot.write_bytes(png_of(asyncio.run(mark_of(home, "zhangwei")), kind="JPEG"))
    code, out, err = veildesk("trace", "--screenshot", str(shot), "--as", "fengxue", "--json")
    assert code == Exit.FOUND, err
    found = json.loads(out)
    assert (found["verdict"], found["staff_no"], found["terminal"]) == ("named", "A0173", "pts/9")
    assert found["p_false"] < 1e-9
    code, out, _ = veildesk("trace", "--screenshot", str(shot), "--as", "fengxue")
    assert code == Exit.FOUND
    assert "A0173" in out
    assert veildesk("trace", "--screenshot", str(shot), "--as", "lina")[0] == Exit.REFUSED
    shot.write_bytes(png_of(""))
    code, out, _ = veildesk("trace", "--screenshot", str(shot), "--as", "fengxue")
    assert code == Exit.DONE
    assert "Undetermined" in out
    shot.write_bytes(b"no picture")
    for arguments in ((str(shot),), (str(tmp_path / "none"),), (str(shot), "--corners", "1,2 3")):
        code, out, err = veildesk("trace", "--screenshot", *arguments, "--as", "fengxue")
        assert (code, out) == (Exit.REFUSED, "")
        assert "Traceback" not in err


@pytest.mark.clause("issue-6", "Y-5.2.3a")
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_refusal_names_the_file(home: Path, veildesk: Run, tmp_path: Path, language: str) -> None:
    assert home.is_dir()
    program, huge = tmp_path / "leak.bin", tmp_path / "hall.png"
    program.write_bytes(b"\x7fELF" + bytes(range(256)) * 20)
    huge.write_bytes(huge_png(60_000, 60_000))
    kind, pixels = {"en": ("PDF or picture", "million pixels"), "zh_CN": ("文本、工作簿", "百万像素")}[language]
    asked = (((str(program),), kind), ((str(huge),), pixels), (("--screenshot", str(huge)), pixels))
    for arguments, words in asked:
        code, out, err = veildesk("trace", *arguments, "--as", "fengxue", "--language", language)
        assert (code, out) == (Exit.REFUSED, "")
        assert Path(arguments[-1]).name in err
        assert words in err
        assert str(tmp_path) not in err
        assert "{" not in err


@pytest.mark.clause("issue-6", "issue-2")
@pytest.mark.parametrize(("rows", "sheet"), [(FAR_ROW, "sheet1.xml"), (FAR_CELL, "sheet1.foo")])
def test_a_workbook_that_would_kill_its_reader_ends_neither_command(
    home: Path, veildesk: Run, tmp_path: Path, rows: str, sheet: str
) -> None:
    assert home.is_dir()
    leak = tmp_path / "leak.xlsx"
    leak.write_bytes(xlsx(rows, sheet))
    said = {"en": ("unpacks to far more", "too far apart"), "zh_CN": ("解压后远大于", "相距过远")}
    for language, (traced, imported) in said.items():
        about = ("--language", language)
        code, out, err = veildesk("trace", str(leak), "--as", "fengxue", *about)
        assert (code, out) == (Exit.REFUSED, "")
        assert "leak.xlsx" in err
        assert traced in err
        code, out, err = veildesk("import", str(leak), "--source", "安和消费金融", "--as", "lina", *about)
        assert code == Exit.REFUSED
        assert imported in out + err
        assert "Traceback" not in err


@pytest.mark.slow
@pytest.mark.clause("issue-6")
def test_a_pdf_that_would_fill_the_memory_is_refused(home: Path, veildesk: Run, tmp_path: Path) -> None:
    assert home.is_dir()
    leak, good = tmp_path / "leak.pdf", tmp_path / "good.pdf"
    leak.write_bytes(bomb(1 << 30))
    good.write_bytes(letter(["C-2026-0999999 1*************9"]))
    assert leak.stat().st_size < 1 << 20
    for language, words in {"en": "unpacks to far more", "zh_CN": "解压后远大于"}.items():
        code, out, err = veildesk("trace", str(leak), "--as", "fengxue", "--language", language)
        assert (code, out) == (Exit.REFUSED, "")
        assert f"leak.pdf {words}" in err
        assert "Traceback" not in err
        code, out, err = veildesk("trace", str(good), "--as", "fengxue", "--language", language)
        assert (code, err) == (Exit.DONE, "")
        assert out


@pytest.mark.clause("issue-6")
def test_rows_that_nobody_exported_announce_no_candidates(home: Path, veildesk: Run, tmp_path: Path) -> None:
    assert home.is_dir()
    (tmp_path / "leak.csv").write_text("C-2026-0999999,张*,1*************9\n", "utf-8")
    said = {"en": ("no export of this desk", "hold the most"), "zh_CN": ("任何导出都不含", "最多的导出是")}
    for language, (words, others) in said.items():
        code, out, err = veildesk("trace", str(tmp_path / "leak.csv"), "--as", "fengxue", "--language", language)
        assert code == Exit.DONE, err
        assert words in out
        assert others not in out


@pytest.mark.clause("issue-6")
def test_standard_input_is_named_too(home: Path, veildesk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home.is_dir()
    for language, words in (("en", "standard input"), ("zh_CN", "标准输入")):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b" \n ")))
        code, out, err = veildesk("trace", "-", "--as", "fengxue", "--language", language)
        assert (code, out) == (Exit.REFUSED, "")
        assert words in err


@pytest.mark.clause("issue-4", "C-5.4d-1")
def test_a_copied_text_names_whose_screen_it_was(home: Path, veildesk: Run, tmp_path: Path) -> None:
    plan = CopyPlan(asyncio.run(mark_of(home, "zhangwei")))
    text = tmp_path / "pasted.txt"
    text.write_text("".join(" " + plan.at(x, 7) for x in range(60)), "utf-8")
    code, out, err = veildesk("trace", str(text), "--as", "fengxue", "--json")
    assert code == Exit.FOUND, err
    found = json.loads(out)
    assert (found["verdict"], found["staff_no"], found["terminal"]) == ("named", "A0173", "pts/9")
    assert veildesk("trace", str(text), "--as", "lina")[0] == Exit.REFUSED
    text.write_text("13800138000 \ufe03 \ufe04 \ufe02 x", "utf-8")
    code, out, err = veildesk("trace", str(text), "--as", "fengxue")
    assert code == Exit.DONE, err
    assert "marks between the words" in err
    assert "Undetermined" not in err.replace("Undetermined: the marks", "")
