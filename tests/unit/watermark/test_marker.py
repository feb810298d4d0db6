from __future__ import annotations

import pickle
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from masking.imprint import Imprint
from masking.masks import STAR_RUNS, MaskCode, render
from watermark import check, positions, rowset
from watermark.errors import KeyRefused, RowSetBroken, SerialRefused, TableRefused
from watermark.keyed import HashKeyed, Keyed
from watermark.marker import Marker, mark_table
from watermark.runs import LENGTHS, Carrier, bits_of, run_of, stretch, stretch_all

KEYED = Imprint(bytes(range(32)), "exports")
CODES = {Carrier.NAME: MaskCode.N1, Carrier.ID_NUMBER: MaskCode.I11, Carrier.ADDRESS: MaskCode.A_D}
VALUES = {
    Carrier.NAME: ("张三", "欧阳娜娜", "买买提·艾力", "Jo Li", "12号"),
    Carrier.ID_NUMBER: ("11010519491231002X", "E12345678", "?", "110105491231002"),
    Carrier.ADDRESS: ("浙江省杭州市西湖区文三路1号", "somewhere", "北京市朝阳区"),
}
HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=2, max_size=6)


def test_carriers_allow_the_lengths_that_masks_allow() -> None:
    assert {CODES[carrier]: lengths for carrier, lengths in LENGTHS.items()} == dict(STAR_RUNS)


@pytest.mark.clause("C-5.2h", "issue-6")
@pytest.mark.parametrize("carrier", list(Carrier))
def test_a_stretched_stored_mask_is_what_rendering_the_value_would_give(carrier: Carrier) -> None:
    for value in VALUES[carrier]:
        stored = render(CODES[carrier], value)
        for stars in LENGTHS[carrier]:
            marked = stretch(stored, carrier, stars)
            assert marked == render(CODES[carrier], value, stars=stars)
            assert run_of(marked, carrier) == stars


@given(name=HAN, other=HAN, row=st.uuids(), serial=st.integers(1, positions.LARGEST_SERIAL))
def test_a_marked_mask_says_nothing_about_the_length_of_what_it_hides(
    name: str, other: str, row: object, serial: int
) -> None:
    marker = Marker(KEYED, serial)
    one, two = (
        mark_table(marker, [[render(MaskCode.N1, value)]], [str(row)], {0: Carrier.NAME})[0][0]
        for value in (name, other)
    )
    assert one.count("*") == two.count("*")


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["张*", "1****************9", "浙江省杭州市****", "138****1234", "@none", "", "1,200.50"]),
)


@given(rows=st.lists(st.lists(CELLS, min_size=5, max_size=5), max_size=6), serial=st.integers(1, 999))
def test_cells_outside_the_carriers_are_untouched_byte_for_byte(rows: list[list[str]], serial: int) -> None:
    ids = [f"row{index}" for index in range(len(rows))]
    columns = {1: Carrier.NAME, 3: Carrier.ADDRESS}
    marked = mark_table(Marker(KEYED, serial), rows, ids, columns)
    for before, after in zip(rows, marked, strict=True):
        assert len(after) == len(before) + 1
        for column, cell in enumerate(before):
            if column in columns and run_of(cell, columns[column]):
                assert after[column].replace("*", "") == cell.replace("*", "")
            else:
                assert after[column].encode("utf-8", "surrogatepass") == cell.encode("utf-8", "surrogatepass")


def test_copies_differ_and_the_same_copy_is_always_the_same() -> None:
    ids = [f"row{index}" for index in range(200)]
    one, again, other = (Marker(KEYED, serial).marks(ids) for serial in (7, 7, 8))
    assert one == again
    assert len(set(one.checks) & set(other.checks)) == 0
    for carrier in Carrier:
        assert one.runs[carrier] != other.runs[carrier]
        assert set(one.runs[carrier]) == set(LENGTHS[carrier])
    assert Marker(KEYED, 7).marks(ids[50:60]).checks == one.checks[50:60]


@pytest.mark.parametrize("keyed", [KEYED, HashKeyed(bytes(32))], ids=["desk", "stdlib"])
def test_symbols_are_ones_as_often_as_their_thresholds_say(keyed: Keyed) -> None:
    digests = positions.row_digests(keyed, [f"r{index}" for index in range(400)])
    thresholds = positions.biases(digests)
    drawn = positions.symbols(keyed, digests, thresholds, range(1, 101))
    for level in (positions.LOW, positions.HIGH):
        share = drawn[:, thresholds == level].mean()
        assert abs(share - level / 256) < 0.01
    assert 0.4 < (thresholds == positions.LOW).mean() < 0.6


def test_any_choice_of_serials_gives_the_same_symbols() -> None:
    digests = positions.row_digests(KEYED, ["a", "b"])
    thresholds = positions.biases(digests)
    whole = positions.symbols(KEYED, digests, thresholds, range(1, 20))
    some = positions.symbols(KEYED, digests, thresholds, (17, 3, 9))
    assert np.array_equal(some, whole[[16, 2, 8]])
    assert np.array_equal(
        positions.checks(KEYED, digests, (17, 3)), positions.checks(KEYED, digests, range(1, 20))[[16, 2]]
    )


@given(st.lists(st.text(max_size=40), unique=True, max_size=6))
def test_digests_of_rows_tell_ids_apart_whatever_their_lengths(ids: list[str]) -> None:
    padded = [*ids, *(f"{one}\0" for one in ids if f"{one}\0" not in ids)]
    digests = positions.row_digests(KEYED, padded)
    assert len({digest.tobytes() for digest in digests}) == len(padded)
    for one, digest in zip(padded, digests, strict=True):
        assert positions.row_digests(KEYED, [one])[0].tobytes() == digest.tobytes()


@pytest.mark.parametrize("carrier", list(Carrier))
def test_a_column_is_stretched_as_its_cells_are(carrier: Carrier) -> None:
    cells = ["王*", "1****************X", "北京市****", "1****************X", "", "no mask", None, "王*", 12]
    stars = [LENGTHS[carrier].start + index % len(LENGTHS[carrier]) for index in range(len(cells))]
    one_by_one = [
        stretch(cell, carrier, count) if isinstance(cell, str) else cell
        for cell, count in zip(cells, stars, strict=True)
    ]
    assert stretch_all(cells, carrier, stars) == one_by_one


@pytest.mark.parametrize("carrier", list(Carrier))
def test_every_run_length_says_its_own_symbols(carrier: Carrier) -> None:
    said = {bits_of(run, carrier) for run in LENGTHS[carrier]}
    assert len(said) == len(LENGTHS[carrier])
    assert bits_of(0, carrier) is None
    assert bits_of(LENGTHS[carrier].stop, carrier) is None


@given(value=st.integers(0, (1 << 30) - 1))
def test_a_check_reads_back_in_either_case_and_with_letters_mistaken(value: int) -> None:
    text = check.texts(np.array([value], np.uint32))[0]
    assert check.value_of(text) == check.value_of(text.lower()) == value
    assert check.value_of(text.replace("0", "O").replace("1", "I")) == value


@pytest.mark.parametrize("text", ["", "ABCDE", "ABCDEFG", "ABCDEU", "甲乙丙丁戊己", "12 456"])
def test_what_is_no_check_is_none(text: str) -> None:
    assert check.value_of(text) is None


@given(rows=st.sets(st.one_of(st.integers(0, 200_000), st.integers(0, (1 << 32) - 1)), max_size=300))
def test_a_row_set_reads_back(rows: set[int]) -> None:
    assert rowset.unpack(rowset.pack(rows)).tolist() == sorted(rows)


def test_a_dense_row_set_is_a_bitmap_and_five_thousand_of_a_million_take_ten_kilobytes() -> None:
    dense = range(70_000)
    assert rowset.unpack(rowset.pack(dense)).tolist() == list(dense)
    assert len(rowset.pack(dense)) < 17_500
    assert len(rowset.pack(range(0, 1_000_000, 200))) < 10_500


@given(cut=st.integers(0, 5000), junk=st.binary(max_size=8))
def test_a_row_set_of_another_length_is_refused(cut: int, junk: bytes) -> None:
    packed = rowset.pack(range(0, 100_000, 7)) if cut % 2 else rowset.pack(range(20))
    damaged = packed[: cut % len(packed)] + junk
    if len(damaged) != len(packed):
        with pytest.raises(RowSetBroken):
            rowset.unpack(damaged)


@pytest.mark.parametrize("number", [-1, 1 << 32])
def test_row_numbers_out_of_range_are_refused(number: int) -> None:
    with pytest.raises(RowSetBroken):
        rowset.pack([number])


@pytest.mark.parametrize("serial", [0, -1, positions.LARGEST_SERIAL + 1])
def test_a_serial_out_of_range_is_refused(serial: int) -> None:
    with pytest.raises(SerialRefused):
        Marker(KEYED, serial)


@pytest.mark.parametrize(
    ("rows", "ids", "columns"),
    [
        ([["a"], ["b", "c"]], ["1", "2"], {}),
        ([["a"]], [], {}),
        ([["a", "b"]], ["1"], {0: Carrier.NAME, 1: Carrier.NAME}),
    ],
)
def test_what_is_no_table_is_refused(
    rows: Sequence[Sequence[str]], ids: Sequence[str], columns: dict[int, Carrier]
) -> None:
    with pytest.raises(TableRefused):
        mark_table(Marker(KEYED, 1), rows, ids, columns)


def test_keys_hide_and_differ_by_use() -> None:
    with pytest.raises(KeyRefused):
        HashKeyed(b"short")
    for keyed in (KEYED, HashKeyed(bytes(32))):
        assert "hidden" in repr(keyed)
        with pytest.raises(TypeError):
            pickle.dumps(keyed)
    assert Imprint(bytes(32), "a").mac(b"x") != Imprint(bytes(32), "b").mac(b"x")
    assert Imprint(bytes(32), "a").blocks(bytes(16)) != Imprint(bytes(32), "b").blocks(bytes(16))
