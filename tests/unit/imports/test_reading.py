"""From bytes to rows of cells: encodings, delimiters, titles, merged headers, totals, workbooks, bombs."""

from __future__ import annotations

import datetime as dt
import os
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.desk.imports import encoding
from console.desk.imports.columns import Wishes
from console.desk.imports.delimited import DelimitedFile
from console.desk.imports.faults import Code, FileRefused
from console.desk.imports.fields import Kind
from console.desk.imports.rows import CaseRow
from console.desk.imports.scan import Scan, scan
from masking.catalogue import Catalogue
from tests.support.workbooks import FAR_CELL, FAR_ROW, xlsx

HEADER = "客户姓名,身份证号码,手机号码,借据号,应催金额,逾期天数"
LINE = "欧阳建国,11010519491231002X,13800138000,T2026000001,1200.50,47"
TODAY = dt.date(2026, 11, 22)


def opened(path: Path, kind: Kind = Kind.CASES, **wishes: object) -> Scan:
    return scan(path, kind, Catalogue.load(), Wishes(**wishes), TODAY)  # type: ignore[arg-type]


def cases(path: Path) -> list[CaseRow]:
    found = []
    for row, faults in opened(path).rows():
        assert faults == []
        assert isinstance(row, CaseRow)
        found.append(row)
    return found


def refused(path: Path) -> tuple[Code, str]:
    with pytest.raises(FileRefused) as caught:
        list(opened(path).rows())
    return caught.value.code, caught.value.faults[0].hint


def file(folder: Path, data: bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "，"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_delimiters_and_line_ends(tmp_path: Path, codec: str, delimiter: str, end: str) -> None:
    text = end.join([HEADER, LINE, LINE.replace("00001", "00002")]).replace(",", delimiter) + end
    read = cases(file(tmp_path, text.encode(codec)))
    assert [row.loan for row in read] == ["T2026000001", "T2026000002"]
    assert read[0].debtor == "11010519491231002X"
    assert ("full_name", 1, "欧阳建国") in read[0].sealed
    assert read[0].figures == {"due": 120050, "days_past_due": 47}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(alphabet="张王李借据号金额欧阳建国恒通abc,0123\n", min_size=1, max_size=400))
def test_detection_never_decodes_wrongly(tmp_path: Path, text: str) -> None:
    for codec in ("utf-8", "gb18030"):
        path = file(tmp_path, text.encode(codec))
        try:
            found = encoding.detect(path)
        except FileRefused:
            continue
        decoded = path.read_bytes().decode(found)
        # Short runs of GB18030 can be UTF-8 as well; whatever is chosen decodes without an error.
        assert decoded == text or len(text) < 12 or codec == "gb18030"


def test_two_encodings_in_one_file_are_refused_with_the_line(tmp_path: Path) -> None:
    utf8, chinese = f"{HEADER}\n".encode(), f"{LINE}\n".encode("gb18030")
    assert refused(file(tmp_path, utf8 + chinese)) == (Code.FILE_MIXED_ENCODING, "2")
    long_line = f"{LINE},".encode().replace(b",", b"\xe3\x80\x80", 0)
    again = f"{HEADER}\n".encode("gb18030") + chinese * 3 + "欧阳建国恒通网络有限公司\n".encode()
    assert refused(file(tmp_path, again))[0] in {Code.FILE_MIXED_ENCODING, Code.FILE_ENCODING}
    assert long_line


def test_short_names_in_another_encoding_than_the_header_are_found(tmp_path: Path) -> None:
    """Two characters in UTF-8 are three in GB18030: a name that nobody has, and nothing else gives it away."""
    header, row = "客户姓名,借据号,应催金额\n", "王芳,DK2026000001,100\n"
    mixed = header.encode("gb18030") + row.encode("gb18030") + row.encode() + row.encode("gb18030")
    assert refused(file(tmp_path, mixed)) == (Code.FILE_MIXED_ENCODING, "3")
    assert encoding.detect(file(tmp_path, (header + row * 3).encode("gb18030"))) == "gb18030"


def test_a_line_of_another_encoding_is_found_across_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header, row = "客户姓名,借据号,应催金额\n", "王芳,DK2026000001,100\n"
    mixed = (header + row * 4).encode("gb18030") + row.encode() + (row * 4).encode("gb18030")
    for size in (32, 40, 64, 100):
        monkeypatch.setattr("console.desk.imports.encoding._BLOCK", size)
        assert refused(file(tmp_path, mixed))[0] is Code.FILE_MIXED_ENCODING
        assert encoding.detect(file(tmp_path, (header + row * 9).encode("gb18030"))) == "gb18030"


def test_utf_32_is_no_utf_16(tmp_path: Path) -> None:
    assert refused(file(tmp_path, "客户姓名,借据号\n王芳,DK2026000001\n".encode("utf-32")))[0] is Code.FILE_ENCODING


def test_a_line_that_is_too_long_is_named(tmp_path: Path) -> None:
    text = "客户姓名,借据号,应催金额\n" + "x" * 1_000_001
    with pytest.raises(FileRefused) as caught:
        list(DelimitedFile(file(tmp_path, text.encode()), len).rows())
    assert (caught.value.code, caught.value.faults[0].hint) == (Code.FILE_LINE_TOO_LONG, "2")


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from([*b"\x7f\x80\xbf\xc0\xe3\xe4\xe6\xe9\xea", *b"Lc."]), max_size=30).map(bytes),
    st.sampled_from(["中文字符", "中文字", "，中文字符", "字符\u3007中文", ""]),
    st.lists(st.sampled_from([*b"\x80\xbf\xe5\xc0,"]), max_size=20).map(bytes),
    st.integers(1, 40),
)
def test_a_run_of_utf8_is_found_where_a_pattern_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bytes, run: str, after: bytes, block: int
) -> None:
    monkeypatch.setattr(encoding, "_BLOCK", block)
    # The last byte is in no UTF-8: the line is not UTF-8 as a whole, which would be found by fewer characters.
    data = before + run.encode() + after + b"\xff"
    found = re.search(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){4}", data)
    assert encoding._utf8_run(file(tmp_path, data)) == (found.start() if found else None)


def test_cut_files_are_refused(tmp_path: Path) -> None:
    whole = f"{HEADER}\n{LINE}\n欧阳"
    assert refused(file(tmp_path, whole.encode()[:-1])) == (Code.FILE_TRUNCATED, "3")
    assert refused(file(tmp_path, whole.encode("gb18030")[:-1])) == (Code.FILE_TRUNCATED, "3")
    assert refused(file(tmp_path, f'{HEADER}\n{LINE}\n"欧'.encode()))[0] is Code.FILE_TRUNCATED


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", Code.FILE_EMPTY),
        (b"\n\n , \n", Code.FILE_EMPTY),
        (b"\x00\x01\x02\x00\x03", Code.FILE_BINARY),
        (b"\x89PNG\r\n\x1a\n\x00\x00", Code.FILE_BINARY),
        (b"hello\nworld\n", Code.FILE_NO_HEADER),
        (HEADER.encode(), Code.FILE_NO_ROWS),
        (f"{HEADER}\n\n,,,\n".encode(), Code.FILE_NO_ROWS),
        (f'{HEADER}\n"a"b,c\n'.encode(), Code.FILE_QUOTES),
        (HEADER.encode() + b"\n" + b"x" * 2_000_000, Code.FILE_LINE_TOO_LONG),
        (b"\xff\xff\xff\x81\x30", Code.FILE_ENCODING),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, data: bytes, code: Code) -> None:
    assert refused(file(tmp_path, data))[0] is code


def test_missing_file_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.csv")[0] is Code.FILE_UNREADABLE


def test_titles_blanks_totals_notes_and_repeated_headers_are_no_cases(tmp_path: Path) -> None:
    text = "\n".join([
        "某某银行委外清单,,,,,", "导出时间：2026-11-20,,,,,", ",,,,,", HEADER, LINE, "", ",,,,,", HEADER,
        LINE.replace("00001", "00002"), "小计,,,,2401.00,", "合 计：,,共2户,,2401.00,", "备注：仅供内部使用,,,,,",
        "制表人：张三,,,,,",
    ])  # fmt: skip
    read = opened(file(tmp_path, text.encode()))
    rows = [row for row, faults in read.rows() if not faults]
    assert [row.number for row in rows if row is not None] == [1, 5]
    skipped = read.table.skipped
    assert (skipped.blank, skipped.totals, skipped.headers, skipped.notes) == (2, 2, 1, 2)


def test_real_row_is_never_taken_for_a_total(tmp_path: Path) -> None:
    line = LINE.replace("欧阳建国", "总计")
    rows = list(opened(file(tmp_path, f"{HEADER}\n{line}\n".encode())).rows())
    assert len(rows) == 1


def test_merged_header_of_two_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["客户信息", None, "借据号", "金额", None, "联系人1", None, None])
    sheet.append(["客户姓名", "身份证号码", None, "应催金额", "逾期天数", "姓名", "关系", "电话"])
    sheet.append(["欧阳建国", "11010519491231002X", "T2026000001", 1200.5, "47天", "王芳", "配偶", 13900139000])
    for merged in ("A1:B1", "C1:C2", "D1:E1", "F1:H1"):
        sheet.merge_cells(merged)
    path = tmp_path / "file.xlsx"
    book.save(path)
    ((row, faults),) = opened(path).rows()
    assert isinstance(row, CaseRow)
    assert (faults, row.loan, row.debtor) == ([], "T2026000001", "11010519491231002X")
    assert ("full_name", 1, "欧阳建国") in row.sealed
    assert ("contact_phone", 1, "13900139000") in row.sealed
    assert not [value for name, _, value in row.sealed if name == "mobile"]


DEBTOR = "欧阳建国,11010519491231002X,13800138000,13900139000,T2026000001,1200.5"


@pytest.mark.parametrize(
    ("groups", "names", "other"),
    [
        ("客户信息,,,紧急联系人,贷款信息,", "姓名,身份证号,手机号,电话,借据号,应催金额", "contact_phone"),
        ("客户资料,,,联系人1信息,借款信息,", "姓名,身份证号,手机号,联系电话,借据号,应催金额", "contact_phone"),
        ("姓名,身份证号,手机号,紧急联系人,,借据号,应催金额", ",,,电话,关系,,", "contact_phone"),
        ("客户信息,,,,贷款信息,", "姓名,身份证号,手机号,手机号2,借据号,应催金额", "mobile"),
        ("某某银行委外清单,,,,,", "姓名,身份证号,手机号,手机号2,借据号,应催金额", "mobile"),
        ("批次：,202611,,委托方：,某某银行,", "姓名,身份证号,手机号,联系人电话,借据号,应催金额", "contact_phone"),
    ],
)
def test_whose_a_number_is_follows_from_the_group_above_it(tmp_path: Path, groups: str, names: str, other: str) -> None:
    line = DEBTOR.replace(",T2026", ",朋友,T2026") if "关系" in names else DEBTOR
    ((row, faults),) = opened(file(tmp_path, f"{groups}\n{names}\n{line}\n".encode())).rows()
    assert isinstance(row, CaseRow)
    assert (faults, row.loan) == ([], "T2026000001")
    assert [(name, value) for name, _, value in row.sealed if value.startswith("13")] == [
        ("mobile", "13800138000"),
        (other, "13900139000"),
    ]


@pytest.mark.parametrize("group", ["担保人", "配偶信息", "单位信息", "第二组"])
def test_under_a_group_of_somebody_else_nothing_is_taken_for_the_debtors(tmp_path: Path, group: str) -> None:
    text = f"客户信息,,,{group},贷款信息,\n姓名,身份证号,手机号,手机号,借据号,应催金额\n{DEBTOR}\n"
    with pytest.raises(FileRefused) as refused:
        opened(file(tmp_path, text.encode()))
    assert [(one.code, one.column) for one in refused.value.faults] == [(Code.COLUMNS_UNKNOWN, f"{group}手机号")]


def test_workbook_cells_as_excel_holds_them(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "说明"  # type: ignore[union-attr]
    sheet = book.create_sheet("清单")
    sheet.append([*HEADER.split(","), "应还日期"])
    sheet.append(["欧阳建国", "'11010519491231002X", 13800138000, "T1001", 1200.5, 47.0, dt.date(2026, 8, 24)])
    sheet.append(["王芳", 4.40524e17, "13900139000", "T1002", "1,200.50", "47天", "2026年8月24日"])
    hidden = book.create_sheet("旧")
    hidden.sheet_state = "hidden"
    path = tmp_path / "file.xlsx"
    book.save(path)
    (row, faults), (none, wrong) = list(opened(path).rows())
    assert isinstance(row, CaseRow)
    assert (faults, row.debtor, row.figures["due_date"]) == ([], "11010519491231002X", "2026-08-24")
    assert ("mobile", 1, "13800138000") in row.sealed
    assert none is None
    assert [(one.row, one.column, one.code) for one in wrong] == [(2, "身份证号码", Code.CELL_DIGITS_GONE)]


def test_workbook_without_a_header_names_its_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "说明"  # type: ignore[union-attr]
    book.create_sheet("图表").append(["a", "b"])
    path = tmp_path / "file.xlsx"
    book.save(path)
    assert refused(path) == (Code.FILE_NO_HEADER, "说明, 图表")


def container(path: Path, **entries: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries.items():
            made.writestr(name, data)
    return path


def test_dangerous_containers_are_refused_before_they_are_opened(tmp_path: Path) -> None:
    book = {"xl/workbook.xml": b"<workbook/>"}
    bomb = container(tmp_path / "bomb.xlsx", **book, **{"xl/worksheets/sheet1.xml": bytes(40_000_000)})
    assert refused(bomb)[0] is Code.FILE_BOMB
    macros = container(tmp_path / "macros.xlsm", **book, **{"xl/vbaProject.bin": b"x"})
    assert refused(macros)[0] is Code.FILE_MACROS
    assert refused(container(tmp_path / "other.xlsx", **{"word/document.xml": b"x"}))[0] is Code.FILE_NOT_A_WORKBOOK
    assert refused(file(tmp_path, b"PK\x03\x04garbage", "a.xlsx"))[0] is Code.FILE_NOT_A_WORKBOOK
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    assert refused(file(tmp_path, ole + bytes(600), "a.xls"))[0] is Code.FILE_OLD_EXCEL
    encrypted = ole + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    assert refused(file(tmp_path, encrypted, "a.xlsx"))[0] is Code.FILE_ENCRYPTED
    assert refused(file(tmp_path, b"", "a.xlsx"))[0] is Code.FILE_EMPTY
    half = container(tmp_path / "half.xlsx", **book)
    assert refused(half)[0] is Code.FILE_NOT_A_WORKBOOK


@pytest.mark.parametrize(("rows", "sheet"), [(FAR_ROW, "sheet1.xml"), (FAR_CELL, "sheet1.xml"), (FAR_CELL, "a.foo")])
def test_a_workbook_that_would_kill_its_reader_is_refused(tmp_path: Path, rows: str, sheet: str) -> None:
    assert refused(file(tmp_path, xlsx(rows, sheet), "file.xlsx"))[0] is Code.FILE_BOMB


def test_a_file_larger_than_any_workbook_is_not_read(tmp_path: Path) -> None:
    path = file(tmp_path, b"PK\x03\x04", "file.xlsx")
    os.truncate(path, 1 << 40)
    assert refused(path) == (Code.FILE_TOO_LARGE, "256 MB")


def test_rows_with_more_cells_than_headers_are_refused(tmp_path: Path) -> None:
    path = file(tmp_path, f"{HEADER}\n{LINE},x\n{LINE.replace('00001', '00002')},,\n欧阳建国\n".encode())
    replies = list(opened(path).rows())
    assert [[one.code for one in faults] for _, faults in replies][:2] == [[Code.ROW_RAGGED], []]
    assert {one.code for one in replies[2][1]} == {Code.BILL_MISSING}
