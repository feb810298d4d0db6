from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.doctor.scan import Needles, in_file, in_rows
from console.doctor.spellings import base64_core, spellings

PHONE = "13912345678"
ID_NUMBER = "11010519491231002X"
CARD = "6222021234567890128"
ADDRESS = "上海市浦东新区世纪大道1号"


def found(value: str, data: bytes) -> set[str]:
    needles = Needles()
    needles.add("field", value, "owner")
    return {hit.spelling for hit in needles.within(data, "place")}


@pytest.mark.parametrize(
    ("value", "leaked"),
    [
        (PHONE, b'{"tel": "13912345678"}'),
        (PHONE, b"+8613912345678"),
        (f"+86{PHONE}", b" 13912345678 "),
        (PHONE, b"139 1234 5678"),
        (PHONE, b"139-1234-5678"),
        (PHONE, "１３９１２３４５６７８".encode()),
        (PHONE, PHONE.encode().hex().encode()),
        (ID_NUMBER, b"110105 19491231 002X"),
        (ID_NUMBER, b"11010519491231002x"),
        (CARD, b"6222 0212 3456 7890 128"),
        (CARD, b"6222-0212-3456-7890-128"),
        ("欧阳建国", "…欧阳建国…".encode()),
        ("欧阳建国", "建国欧阳".encode()),
        ("欧阳建国", "欧阳 建国".encode()),
        ("欧阳建国", "欧阳建国".encode("gb18030")),
        ("欧阳建国", b"\\u6b27\\u9633\\u5efa\\u56fd"),
        ("欧阳建国", "欧阳建国".encode().hex().upper().encode()),
        ("John Smith", b"Smith, John"),
        ("John Smith", b"JOHN SMITH"),
        ("阿依古丽·买买提", "阿依古丽·买买提".encode()),
        (ADDRESS, "浦东新区 世纪大道1号".encode()),
        ("a@example.cn", b"to=a@example.cn;"),
    ],
)
@pytest.mark.clause("C-6.5b")
def test_a_planted_value_is_found(value: str, leaked: bytes) -> None:
    assert found(value, b"\x00\xff\x81" + leaked + b"\xfe\x01")


@given(st.binary(max_size=7), st.sampled_from([PHONE, ID_NUMBER, CARD, "欧阳建国", ADDRESS]), st.binary(max_size=7))
def test_base64_is_found_at_any_alignment(before: bytes, value: str, after: bytes) -> None:
    leaked = base64.b64encode(before + value.encode() + after)
    whole = value if value != ADDRESS else "世纪大道1号"
    assert base64_core(whole.encode(), len((before + value.encode()).removesuffix(whole.encode())) % 3) in leaked
    assert found(value, leaked)


@given(st.binary(max_size=4000))
def test_noise_holds_nobody(noise: bytes) -> None:
    assert not found(PHONE, noise.replace(PHONE.encode(), b""))


@pytest.mark.parametrize("mask", [b"139****5678", "上海市浦东新区****".encode(), "欧*".encode(), b"1****************X"])
def test_a_mask_is_no_hit(mask: bytes) -> None:
    for value in (PHONE, ID_NUMBER, CARD, "欧阳建国", ADDRESS):
        assert not found(value, mask)


def test_every_spelling_is_long_enough_to_mean_something() -> None:
    for value in (PHONE, ID_NUMBER, CARD, ADDRESS, "王伟", "李四", "Al", "欧阳建国"):
        assert all(len(data) >= 6 for _, data in spellings(value))


def test_names_of_staff_are_not_looked_for() -> None:
    needles = Needles(skip=frozenset({"王芳"}))
    needles.add("full_name", "王芳", "owner")
    assert needles.count == needles.owners == 0


def test_a_value_across_chunks_is_found_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.doctor.scan._CHUNK", 4096)
    path = tmp_path / "file"
    path.write_bytes(b"\x00" * 4090 + PHONE.encode() + b"\x00" * 9000 + PHONE.encode())
    needles = Needles()
    needles.add("mobile", PHONE, "owner")
    hits = [hit for hit in in_file(needles, path) if hit.spelling == "plain"]
    assert [hit.offset for hit in hits] == [4090, 4090 + len(PHONE) + 9000]


def test_rows_are_looked_through_column_by_column() -> None:
    needles = Needles()
    needles.add("mobile", PHONE, "owner")
    rows = [(1, None, "x"), (2, b"13912345678", "y"), (3, b"", f"tel {PHONE}")]
    assert [hit.offset for hit in in_rows(needles, "table", rows) if hit.spelling == "plain"] == [1, 2]


def test_a_hit_never_holds_the_value() -> None:
    needles = Needles()
    needles.add("mobile", PHONE, "owner")
    (hit,) = {hit for hit in needles.within(PHONE.encode(), "place") if hit.spelling == "plain"}
    assert PHONE not in repr(hit)
