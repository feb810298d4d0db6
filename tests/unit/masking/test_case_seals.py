"""A case's sealed fields go into one blob and come out as they were; what is no such blob is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masking.case_seals import CaseSeal, find, pack, unpack
from masking.errors import SealBroken

seals = st.builds(
    CaseSeal,
    field=st.sampled_from(["mobile", "full_name", "id_number"]),
    ordinal=st.integers(1, 20),
    key_version=st.integers(1, 9),
    lawful_source=st.sampled_from(["", "customer", "lender"]),
    blind=st.none() | st.binary(min_size=16, max_size=16),
    sealed=st.binary(max_size=200),
)


@given(st.lists(seals, max_size=20))
def test_what_was_packed_is_unpacked(held: list[CaseSeal]) -> None:
    assert unpack(pack(held)) == held
    plain = [(one.field, one.ordinal, one.key_version, one.lawful_source, one.blind, one.sealed) for one in held]
    assert pack(plain) == pack(held)


@given(st.lists(seals, max_size=8), st.sampled_from(["mobile", "email"]), st.integers(1, 20))
def test_a_field_is_found_at_its_place_only(held: list[CaseSeal], field: str, ordinal: int) -> None:
    found = find(held, field, ordinal)
    there = [one for one in held if (one.field, one.ordinal) == (field, ordinal)]
    assert found == (there[0] if there else None)


@pytest.mark.parametrize(
    "blob", [b"", b"\x80", b"\xc0", b"\x91\x90", b"\x91\x96\xa1f\x01\x01\xa0\xc0\xa1t", b"13800138000"]
)
def test_anything_else_is_refused_without_being_quoted(blob: bytes) -> None:
    with pytest.raises(SealBroken) as broken:
        unpack(blob)
    assert broken.value.__cause__ is None
    assert broken.value.__context__ is None


def test_a_blob_cut_short_is_refused() -> None:
    blob = pack([("mobile", 1, 1, "", None, b"x" * 40)])
    for size in range(len(blob)):
        with pytest.raises(SealBroken):
            unpack(blob[:size])
