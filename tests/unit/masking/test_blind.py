"""The blind index: equal values of one tenant and kind meet, nothing else does."""

from __future__ import annotations

import hmac
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masking.blind import ENTRY_SIZE, BlindIndex, BlindKind
from masking.errors import BlindRefused

pytestmark = pytest.mark.clause("C-5.3d", "design-4")

INDEX = BlindIndex(b"b" * 32)
places = st.tuples(
    st.text("ab1", max_size=4), st.sampled_from(list(BlindKind)), st.text("ab1台", min_size=1, max_size=4)
)


@given(places, places)
def test_entries_meet_exactly_when_everything_is_equal(left: tuple[str, str, str], right: tuple[str, str, str]) -> None:
    assert (INDEX.entry(*left) == INDEX.entry(*right)) == (left == right)


def test_another_tenant_kind_or_key_gives_another_entry() -> None:
    entry = INDEX.entry("bank-a", "phone", "13800138000")
    assert len(entry) == ENTRY_SIZE == 16
    assert entry == INDEX.entry("bank-a", BlindKind.PHONE, "13800138000")
    assert entry != INDEX.entry("bank-b", "phone", "13800138000")
    assert entry != INDEX.entry("bank-a", "bank_card", "13800138000")
    assert entry != BlindIndex(b"c" * 32).entry("bank-a", "phone", "13800138000")


def test_parts_cannot_slide_into_each_other() -> None:
    assert INDEX.entry("a", "bill", "b1") != INDEX.entry("ab", "bill", "1")


def test_the_entry_is_a_cut_hmac_over_framed_parts() -> None:
    framed = b"\0\0\0\x06bank-a\0\0\0\x05phone\0\0\0\x0b13800138000"
    assert INDEX.entry("bank-a", "phone", "13800138000") == hmac.digest(b"b" * 32, framed, "sm3")[:16]


@pytest.mark.parametrize("kind", ["name", "address", "", "PHONE"])
def test_names_and_unknown_kinds_have_no_entry(kind: str) -> None:
    with pytest.raises(BlindRefused):
        INDEX.entry("bank-a", kind, "value")


def test_nothing_has_no_entry() -> None:
    with pytest.raises(BlindRefused):
        INDEX.entry("bank-a", "phone", "")


def test_broken_text_raises_nothing_that_quotes_it() -> None:
    assert INDEX.entry("bank-a", "bill", "\ud800") != INDEX.entry("bank-a", "bill", "?")


def test_the_key_is_hidden() -> None:
    assert repr(INDEX) == "BlindIndex(key hidden)"
    with pytest.raises(TypeError):
        pickle.dumps(INDEX)
