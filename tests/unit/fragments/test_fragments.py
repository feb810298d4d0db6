"""Leaked files of every kind become cells; hostile ones become a code."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from console.bench.trace import reading
from console.fragments import MOST_BYTES, FragmentRefused, read_fragment
from console.fragments.packing import MOST_PACKED, MOST_UNPACKED, Unpackable, pack, unpack
from console.fragments.pieces import again, opened
from masking.gm import sm3
from tests.support import pdf as papers
from tests.support import workbooks
from watermark.check import value_of
from watermark.fragment import Fragment, observe
from watermark.runs import Carrier

pytestmark = pytest.mark.clause("Y-5.2.3a", "issue-6")
ROWS = [
    ["案号", "姓名", "证件号", "地址", "电话", "本金", "校验"],
    ["C-2026-0000001", "张*", "1*************9", "浙江省杭州市**", "138****1234", "1200.50", "HEQAFR"],
    ["C-2026-0000002", "欧阳**", "3****************X", "北京市朝阳区*****", "138****0007", "88", "XKEQQW"],
]
RUNS = [
    {Carrier.NAME: 1, Carrier.ID_NUMBER: 13, Carrier.ADDRESS: 2},
    {Carrier.NAME: 2, Carrier.ID_NUMBER: 16, Carrier.ADDRESS: 5},
]


def delimited(delimiter: str) -> str:
    return "\r\n".join(delimiter.join(row) for row in ROWS) + "\r\n"


def workbook(rows: list[list[str]] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows or ROWS:
        sheet.append([float(cell) if cell in {"1200.50", "88"} else cell for cell in row])
    book.properties.keywords = "VX-000042"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods(rows: list[list[str]] | None = None, manifest: str = "") -> bytes:
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        + "</table:table-row>"
        for row in rows or ROWS
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces} office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="a">{cells}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as container:
        container.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        container.writestr("content.xml", content)
        container.writestr("META-INF/manifest.xml", manifest or "<manifest/>")
    return out.getvalue()


def picture(width: int, height: int) -> bytes:
    """A small file that says it is a picture of that size; white, where that is small."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    white = (b"\0" + b"\xff" * (width // 8 + 1)) * height if width < 1000 else b""
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(white)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def many_pages() -> bytes:
    """A TIFF whose pages are bearable one by one."""
    out = io.BytesIO()
    page = Image.new("1", (4000, 4000), 1)
    page.save(out, "TIFF", compression="group4", save_all=True, append_images=[page] * 7)
    return out.getvalue()


def pdf(lines: list[str], *, encrypted: bool = False, box: tuple[int, int] = (595, 842)) -> bytes:
    text = b"BT /F1 10 Tf 14 TL 40 800 Td " + b" T* ".join(f"({line}) Tj".encode() for line in lines) + b" ET"
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>" % box,
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Courier>>",
        b"<</Filter/Standard/V 1/R 2/O<%b>/U<%b>/P -4>>" % (b"01" * 32, b"23" * 32),
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    extra = b"/Encrypt 6 0 R/ID[<00><00>]" if encrypted else b""
    return out + b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (len(bodies) + 1, extra, start)


FILES: dict[str, Callable[[], bytes]] = {
    "CSV": lambda: delimited(",").encode(),
    "CSV for Excel": lambda: delimited(",").encode("utf-8-sig"),
    "semicolons": lambda: delimited(";").encode(),
    "GBK": lambda: delimited(",").encode("gbk"),
    "UTF-16": lambda: delimited("\t").encode("utf-16"),
    "UTF-16 without a mark": lambda: delimited("\t").encode("utf-16-le"),
    "TSV": lambda: delimited("\t").encode(),
    "Markdown": lambda: "\n".join("| " + " | ".join(row) + " |" for row in ROWS).encode(),
    "words": lambda: "\n\n".join(" ".join(row) for row in ROWS).encode(),
    "XLSX": workbook,
    "ODS": ods,
}


@pytest.mark.parametrize("kind", FILES)
def test_every_kind_of_file_gives_its_runs_and_checks(kind: str) -> None:
    data = FILES[kind]()
    fragment = read_fragment(data)
    assert fragment.digest == sm3(data)
    seen = [one for one in observe(fragment) if one.runs]
    assert [one.runs for one in seen] == RUNS
    assert [one.check for one in seen] == [value_of(row[-1]) for row in ROWS[1:]]
    assert all("C-2026-000000" in " ".join(one.cells) for one in seen)


def test_a_pdf_gives_its_words() -> None:
    found = read_fragment(pdf(["VX-000042 S0001", "C-2026-0000001 S* 1*************9 138****1234 1200.50 HEQAFR"]))
    seen = [one for one in observe(found) if one.runs]
    assert seen[0].runs == {Carrier.NAME: 1, Carrier.ID_NUMBER: 13}
    assert any("VX-000042" in text for text in found.texts)


def test_properties_of_a_workbook_keep_the_export_s_number() -> None:
    assert any("VX-000042" in text for text in read_fragment(workbook()).told["properties"])


def test_cut_and_damaged_text_is_still_read() -> None:
    data = delimited(",").encode()
    cut = read_fragment(data[:-20])
    broken = read_fragment(data[: len(data) - 40] + b"\xff\xfe" + data[len(data) - 40 :])
    assert [len(list(observe(one))) for one in (cut, broken)] == [3, 3]


def zipped(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
        for name, data in entries.items():
            container.writestr(name, data)
    return out.getvalue()


def understated() -> bytes:
    """A sheet that says it unpacks to little."""
    data = bytearray(zipped({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": bytes(1 << 20)}))
    real = (1 << 20).to_bytes(4, "little")
    while real in data:
        at = data.index(real)
        data[at : at + 4] = (64).to_bytes(4, "little")
    return bytes(data)


def damaged(data: bytes) -> bytes:
    """The compressed body of its first entry turned over."""
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        first = container.infolist()[0]
    start = first.header_offset + 30 + len(first.filename)
    return data[:start] + bytes(byte ^ 0xFF for byte in data[start : start + 40]) + data[start + 40 :]


def far_apart() -> bytes:
    """A small workbook whose reader would make room for seventeen thousand million cells."""
    book = openpyxl.Workbook()
    for row, column in ((1, 1), (1_048_576, 16_384)):
        book.worksheets[0].cell(row, column).value = "x"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_of_a_very_long_text_rows_are_read_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.fragments.texts.MOST_ROWS", 1000)
    lines = [f"C-2026-{index:07d},王*,1200.50".encode("gbk") for index in range(3000)]
    for end in (b"\r\n", b"\n", b"\r"):
        rows = read_fragment(end.join(lines)).rows
        assert [row[0] for row in rows] == [f"C-2026-{index:07d}" for index in range(0, 3000, 3)]
        assert rows[1][1] == "王*"


def test_rows_that_were_not_read_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.fragments.texts.MOST_ROWS", 1000)
    monkeypatch.setattr("console.fragments.books.MOST_ROWS", 5)
    lines = [f"C-2026-{index:07d},王*,1200.50" for index in range(2500)]
    blank = "\n".join([*lines, "", "  "])
    for data in ("\n".join(lines).encode(), blank.encode(), "\r\n".join(lines).encode("utf-16"), workbook(ROWS * 3)):
        fragment = read_fragment(data)
        packed, left_out = pack(fragment)
        assert len(fragment.rows) + left_out == (9 if data.startswith(b"PK") else 2500)
        assert len(unpack(packed).rows) == len(fragment.rows) in {5, 834, 1000}
    assert read_fragment(delimited(",").encode()).left_out == read_fragment(workbook()).left_out == 0


def test_of_long_rows_fewer_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.fragments.texts.MOST_LETTERS", 10_000)
    fragment = read_fragment(b"".join(b"C-%07d,%s\n" % (index, b"x" * 89) for index in range(400)))
    assert [row[0] for row in fragment.rows] == [f"C-{index:07d}" for index in range(0, 400, 4)]
    assert fragment.left_out == 300


def test_other_ends_of_lines_in_a_line_are_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.fragments.texts.MOST_ROWS", 3)
    fragment = read_fragment("a,1\u2028b,2\x0cc,3\x0bd,4".encode())
    assert (fragment.rows, fragment.left_out) == ([["a", "1"], ["b", "2"], ["c", "3"]], 1)


def test_a_file_is_read_as_its_bytes_are_and_stays_open(tmp_path: Path) -> None:
    path = tmp_path / "leak"
    for kind, make in FILES.items():
        data = make()
        path.write_bytes(data)
        with opened(path) as file:
            assert read_fragment(file) == read_fragment(data), kind
            assert not file.closed


def test_what_comes_but_once_is_kept_and_no_more_than_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.fragments.pieces.MOST_BYTES", 99)
    with again(io.BytesIO(b"x" * 300)) as kept:
        assert kept.read() == b"x" * 100
    end, start = os.pipe()
    os.write(start, b"C-1,1\n")
    os.close(start)
    with opened(Path(f"/dev/fd/{end}")) as kept:
        os.close(end)
        assert read_fragment(kept).rows == [["C-1", "1"]]


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path, peaks = tmp_path / "leak.csv", []
    for rows in (100_000, 1_000_000):
        reading.write(path, rows)
        peaks.append(reading.peak(path))
    assert peaks[1] < 1.2 * peaks[0], peaks


def test_a_line_without_end_is_cut() -> None:
    rows = read_fragment(b"C-2026-0000001,1200.50," + b"1," * (4 << 20)).rows
    assert rows[0][:2] == ["C-2026-0000001", "1200.50"]
    assert len(rows[0]) < 5000


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "trace.file_empty"),
    "blanks": (lambda: b" \r\n\t ", "trace.file_empty"),
    "zeros": (lambda: bytes(4096), "trace.file_empty"),
    "a zero and a blank": (lambda: b"\0\v", "trace.file_empty"),
    "a program": (lambda: b"\x7fELF" + bytes(range(256)) * 20, "trace.file_kind"),
    "too large": (lambda: b"1," * (MOST_BYTES // 2 + 1), "trace.file_large"),
    "too large a workbook": (lambda: b"PK" + bytes(64 << 20), "trace.file_large"),
    "cells far apart": (far_apart, "trace.file_bomb"),
    "a row far down whose cells do not say where": (lambda: workbooks.xlsx(workbooks.FAR_ROW), "trace.file_bomb"),
    "cells far apart in a part of another name": (
        lambda: workbooks.xlsx(workbooks.FAR_CELL, "sheet1.foo"),
        "trace.file_bomb",
    ),
    "old Excel": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(999), "trace.file_old"),
    "encrypted Excel": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "trace.file_encrypted",
    ),
    "encrypted ODS": (lambda: ods(manifest="<m:encryption-data/>"), "trace.file_encrypted"),
    "macros": (lambda: zipped({"xl/workbook.xml": b"<x/>", "xl/vbaProject.bin": b"x"}), "trace.file_macros"),
    "macros of ODS": (lambda: zipped({"content.xml": b"<x/>", "Basic/Standard/a.xml": b"x"}), "trace.file_macros"),
    "a bomb": (
        lambda: zipped({"xl/workbook.xml": b"<x/>", "xl/sharedStrings.xml": bytes(20 << 20)}),
        "trace.file_bomb",
    ),
    "an understated bomb": (understated, "trace.file_broken"),
    "many entries": (lambda: zipped({f"{index}": b"" for index in range(2001)}), "trace.file_bomb"),
    "another archive": (lambda: zipped({"a.txt": b"x"}), "trace.file_kind"),
    "half a workbook": (lambda: workbook()[:2000], "trace.file_broken"),
    "a workbook damaged inside": (lambda: damaged(workbook()), "trace.file_broken"),
    "no sheets inside": (lambda: zipped({"xl/workbook.xml": b"<x/>"}), "trace.file_broken"),
    "half a PDF": (lambda: pdf(["x"])[:200], "trace.file_broken"),
    "encrypted PDF": (lambda: pdf(["x"], encrypted=True), "trace.file_encrypted"),
    "a PDF's page as wide as a street": (lambda: pdf([], box=(14_400, 14_400)), "trace.picture_pixels"),
    "a broken picture": (lambda: b"\x89PNG\r\n\x1a\nxxxx", "trace.file_broken"),
    "a picture as large as a hall": (lambda: picture(40_000, 40_000), "trace.picture_pixels"),
    "a picture larger than there are": (lambda: picture(2**31 - 1, 2**31 - 1), "trace.picture_pixels"),
    "a picture of many large pages": (many_pages, "trace.picture_pixels"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_files_are_refused_with_a_code_that_says_why(what: str) -> None:
    make, code = HOSTILE[what]
    with pytest.raises(FragmentRefused) as refused:
        read_fragment(make())
    assert refused.value.code == code
    assert str(refused.value) == code


def test_a_cell_that_stands_for_many_counts_as_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.fragments.books._MOST_AREA", 100_000)
    assert len(read_fragment(workbooks.ods(1000, 60)).rows) == 1000
    with pytest.raises(FragmentRefused) as refused:
        read_fragment(workbooks.ods(2000, 60))
    assert refused.value.code == "trace.file_bomb"


def test_a_reader_that_takes_no_end_of_time_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.workbooks.apart._SECONDS", 0.001)
    with pytest.raises(FragmentRefused) as refused:
        read_fragment(workbook())
    assert refused.value.code == "trace.file_bomb"


@pytest.mark.parametrize(
    ("limit", "most", "data"),
    [
        ("_MEMORY", 256 << 20, lambda: papers.bomb(64 << 20)),
        pytest.param("_SECONDS", 3, lambda: papers.slow(300_000), marks=pytest.mark.slow),
        ("_MOST_TEXT", 1000, lambda: papers.letter(["C-1 HEQAFR 1200.50"] * 40)),
    ],
)
def test_a_pdf_that_takes_more_than_it_may_is_refused(
    limit: str, most: int, data: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"console.fragments.pages.{limit}", most)
    assert read_fragment(papers.letter(["C-1 HEQAFR"])).texts == ["C-1 HEQAFR"]
    with pytest.raises(FragmentRefused) as refused:
        read_fragment(data())
    assert refused.value.code == "trace.file_bomb"


def test_a_pdf_whose_reader_does_not_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.papers.apart._SECONDS", 0.001)
    with pytest.raises(FragmentRefused) as refused:
        read_fragment(papers.letter(["C-1"]))
    assert refused.value.code == "trace.file_bomb"


def test_nothing_beside_a_leaked_workbook_becomes_a_part_of_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("zipfile", "io", "msgspec", "python_calamine", "console"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(9)\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    assert len(read_fragment(workbook()).rows) == len(ROWS)


def test_of_a_workbook_of_long_cells_no_more_is_read_than_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.fragments.books._MOST_LETTERS", 700)
    fragment = read_fragment(workbook([["x" * 9000, f"{index}"] for index in range(40)]))
    assert [[cell[:9] for cell in row] for row in fragment.rows] == [["x" * 9, f"{index}"] for index in range(6)]
    assert fragment.left_out == 34


@pytest.mark.parametrize("data", [pdf([]), picture(80, 80)], ids=["PDF without text", "picture"])
def test_pictures_need_tesseract(data: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FragmentRefused) as refused:
        read_fragment(data)
    assert refused.value.code == "trace.ocr_missing"
    assert refused.value.params == {"program": "tesseract"}


def program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.mark.parametrize("data", [pdf([]), picture(80, 80)], ids=["PDF without text", "picture"])
def test_what_tesseract_reads_becomes_cells(data: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    program(
        tmp_path / "tesseract",
        '[ "$1" = --list-langs ] && echo eng && exit; cat >/dev/null; echo "C-1 HEQAFR VX-000007"',
    )
    program(tmp_path / "pdftoppm", 'for last; do :; done; echo x >"$last.png"')
    fragment = read_fragment(data)
    assert fragment.loose
    assert [one.check is not None for one in observe(fragment)] == [True]
    assert any("VX-000007" in text for text in fragment.texts)
    program(tmp_path / "tesseract", "exit 1")
    with pytest.raises(FragmentRefused) as refused:
        read_fragment(data)
    assert refused.value.code == "trace.ocr_failed"


@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    if data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"II*", b"MM", b"BM", b"GIF8")):
        return
    try:
        rows = read_fragment(data).rows
    except FragmentRefused as refused:
        assert refused.code.startswith("trace.")  # noqa: PT017 - either outcome is right
    else:
        assert rows


CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(rows=st.lists(st.lists(CELL, max_size=5), max_size=8), loose=st.booleans(), digest=st.binary(max_size=32))
def test_a_packed_fragment_unpacks(rows: list[list[str]], loose: bool, digest: bytes) -> None:  # noqa: FBT001
    packed, left_out = pack(Fragment(rows, loose, ["title VX-000001 on top", "other"], digest, unread=3))
    assert (left_out, unpack(packed)) == (0, Fragment(rows, loose, ["tle VX-000001 on top"], digest, unread=3))


def test_more_rows_than_fit_are_thinned_out_evenly() -> None:
    rows = [[os.urandom(40).hex()] for _ in range(40_000)]
    packed, left_out = pack(Fragment(rows))
    assert len(packed) <= MOST_PACKED
    assert unpack(packed).rows == rows[:: 40_000 // (40_000 - left_out)]


def test_heights_of_lines_go_with_their_rows() -> None:
    rows = [[os.urandom(40).hex()] for _ in range(40_000)]
    heights = [(None, 0, 1)[int(row[0], 16) % 3] for row in rows]
    found = unpack(pack(Fragment(rows, heights=heights))[0])
    assert len(found.rows) < len(rows)
    assert list(found.heights) == [(None, 0, 1)[int(row[0], 16) % 3] for row in found.rows]
    with pytest.raises(Unpackable):
        unpack(zlib.compress(msgspec.msgpack.encode([[["a"]], False, [], b"", {}, b"", -1])))
    for wrong in (b"\1", b"\1\0\1", b"\1\3"):
        with pytest.raises(Unpackable):
            unpack(zlib.compress(msgspec.msgpack.encode([[["a"], ["b"]], False, [], b"", {}, wrong])))


@pytest.mark.parametrize(
    "packed", [b"", b"x", zlib.compress(b"\xc1"), zlib.compress(bytes(MOST_UNPACKED + 1)), zlib.compress(b"\x90")[:-3]]
)
def test_what_is_no_packed_fragment_is_refused(packed: bytes) -> None:
    with pytest.raises(Unpackable):
        unpack(packed)
