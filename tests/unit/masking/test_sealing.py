"""A sealed value opens in its own place only, whole or not at all; a case key serves its purpose only."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masking.case_keys import (
    SEALING_ONLY,
    WRAPPED_SIZE,
    CaseKey,
    Kek,
    Purpose,
    new_case_key,
    unwrap,
    wrap,
    wrapped_under,
)
from masking.errors import PurposeRefused, SealBroken, SealRefused
from masking.sealing import FieldCipher, SealContext

pytestmark = pytest.mark.clause("C-5.3d", "C-5.4g", "Y-4.1.2")

KEY = bytes(range(16))
CIPHER = FieldCipher(KEY, 7)
CONTEXT = SealContext("bank-a", "case_contact", "row-1", "case-1", "phone", 7)
KEK = Kek(b"k" * 16, 3)
OPENING = sorted(set(Purpose) - SEALING_ONLY)

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
identifiers = st.text("ab:0123456789-;台", max_size=6)
contexts = st.builds(SealContext, identifiers, identifiers, identifiers, identifiers, identifiers, st.just(7))


@given(text, contexts)
def test_what_is_sealed_opens(plaintext: str, context: SealContext) -> None:
    assert CIPHER.open(CIPHER.seal(plaintext, context), context) == plaintext


@given(st.binary(max_size=500))
def test_blobs_of_any_bytes_open(data: bytes) -> None:
    assert CIPHER.open_blob(CIPHER.seal_blob(data, CONTEXT), CONTEXT) == data


@given(text, contexts, contexts)
def test_no_other_place_opens_it(plaintext: str, context: SealContext, elsewhere: SealContext) -> None:
    sealed = CIPHER.seal(plaintext, context)
    if context != elsewhere:
        assert context.aad() != elsewhere.aad()
        with pytest.raises(SealBroken):
            CIPHER.open(sealed, elsewhere)


@pytest.mark.parametrize("part", [field.name for field in fields(SealContext)])
def test_every_part_of_the_place_counts(part: str) -> None:
    sealed = CIPHER.seal("13800138000", CONTEXT)
    changed: dict[str, Any] = {part: 8 if part == "key_version" else getattr(CONTEXT, part) + "x"}
    other = replace(CONTEXT, **changed)
    with pytest.raises(SealBroken):
        CIPHER.open(sealed, other)


def test_two_fields_of_one_row_cannot_be_swapped() -> None:
    home, work = (replace(CONTEXT, row_id=row) for row in ("row-1", "row-2"))
    sealed_home = CIPHER.seal("13800138000", home)
    with pytest.raises(SealBroken):
        CIPHER.open(sealed_home, work)


def test_parts_cannot_slide_into_each_other() -> None:
    left = SealContext("ab", "c", "1:x", "", "f", 7)
    right = SealContext("a", "bc", "1:x", "", "f", 7)
    assert left.aad() != right.aad()
    with pytest.raises(SealBroken):
        CIPHER.open(CIPHER.seal("x", left), right)


@given(text, st.data())
def test_any_changed_bit_is_refused(plaintext: str, data: st.DataObject) -> None:
    sealed = bytearray(CIPHER.seal(plaintext, CONTEXT))
    position = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[position // 8] ^= 1 << position % 8
    with pytest.raises(SealBroken):
        CIPHER.open(bytes(sealed), CONTEXT)


@given(text, st.integers(0, 300), st.binary(min_size=1, max_size=40))
def test_any_cut_or_growth_is_refused(plaintext: str, kept: int, grown: bytes) -> None:
    sealed = CIPHER.seal(plaintext, CONTEXT)
    for wrong in (sealed[: min(kept, len(sealed) - 1)], sealed + grown, grown + sealed, sealed[1:]):
        with pytest.raises(SealBroken):
            CIPHER.open(wrong, CONTEXT)


@given(st.binary(max_size=120))
def test_garbage_is_refused(garbage: bytes) -> None:
    with pytest.raises(SealBroken):
        CIPHER.open(garbage, CONTEXT)
    with pytest.raises(SealBroken):
        CIPHER.open(CIPHER._header + garbage, CONTEXT)


def test_a_foreign_key_or_key_id_is_refused() -> None:
    sealed = CIPHER.seal("x", CONTEXT)
    with pytest.raises(SealBroken):
        FieldCipher(bytes(16), 7).open(sealed, CONTEXT)
    with pytest.raises(SealBroken):
        FieldCipher(KEY, 8).open(sealed, replace(CONTEXT, key_version=8))
    with pytest.raises(SealBroken):
        FieldCipher(KEY, 8).open(b"\x01\0\0\x08" + sealed[4:], replace(CONTEXT, key_version=8))
    with pytest.raises(SealBroken):
        CIPHER.open(b"\x02" + sealed[1:], CONTEXT)


def test_layout() -> None:
    sealed = CIPHER.seal("x", CONTEXT)
    assert sealed[:4] == b"\x01\0\0\x07"
    assert len(sealed) == 4 + 12 + 32 + 16


def test_equal_plaintexts_give_different_ciphertexts() -> None:
    sealed = {CIPHER.seal("13800138000", CONTEXT) for _ in range(100)}
    assert len(sealed) == 100
    assert len({one[4:16] for one in sealed}) == 100
    assert len({one[16:] for one in sealed}) == 100


@given(text)
def test_the_size_tells_the_length_only_to_a_step(plaintext: str) -> None:
    used = len(plaintext.encode())
    body = len(CIPHER.seal(plaintext, CONTEXT)) - 32
    assert body == (32 if used < 32 else -(-(used + 1) // 64) * 64)


def test_usual_short_values_have_one_size() -> None:
    values = ["", "李雷", "欧阳娜娜", "13800138000", "11010519491231002X", "6217006162243755291", "057188889999x123"]
    assert {len(CIPHER.seal(value, CONTEXT)) for value in values} == {64}


@pytest.mark.parametrize("data", [b"", b"\x80", b"\0", b"\x80\0\0", b"\0" * 31, b"\x80" * 64, b"a" * 31, b"a" * 32])
def test_padding_never_eats_data(data: bytes) -> None:
    assert CIPHER.open_blob(CIPHER.seal_blob(data, CONTEXT), CONTEXT) == data


def test_authentic_but_unpadded_content_is_refused() -> None:
    nonce = bytes(12)
    aad = CIPHER._header + CONTEXT.aad()
    for body in (b"", b"\0" * 32, b"plain"):
        with pytest.raises(SealBroken):
            CIPHER.open_blob(CIPHER._header + nonce + CIPHER._gcm.seal(nonce, body, aad), CONTEXT)


def test_a_blob_that_is_no_text_does_not_open_as_text() -> None:
    sealed = CIPHER.seal_blob(b"\xff\xfe", CONTEXT)
    with pytest.raises(SealBroken) as broken:
        CIPHER.open(sealed, CONTEXT)
    assert broken.value.__context__ is None


def test_text_that_cannot_be_encoded_is_refused_without_being_quoted() -> None:
    with pytest.raises(SealRefused) as refused:
        CIPHER.seal("李雷\ud800", CONTEXT)
    assert "李雷" not in str(refused.value)
    assert refused.value.__context__ is None
    with pytest.raises(SealRefused):
        CIPHER.seal("x", replace(CONTEXT, row_id="\ud800"))


def test_the_context_names_the_ciphers_key() -> None:
    with pytest.raises(SealRefused):
        CIPHER.seal("x", replace(CONTEXT, key_version=8))


@pytest.mark.parametrize("key_id", [-1, 1 << 24])
def test_key_ids_have_three_bytes(key_id: int) -> None:
    for make in (lambda: FieldCipher(KEY, key_id), lambda: Kek(KEY, key_id), lambda: new_case_key(key_id)):
        with pytest.raises(SealRefused):
            make()


@pytest.mark.parametrize("size", [0, 15, 17, 32])
def test_keys_have_sixteen_bytes(size: int) -> None:
    key = bytes(size)
    for make in (lambda: FieldCipher(key, 1), lambda: Kek(key, 1), lambda: CaseKey(key, 1, Purpose.REVEAL)):
        with pytest.raises(SealRefused):
            make()


def test_a_sealing_cipher_opens_nothing() -> None:
    sealed = CIPHER.seal("x", CONTEXT)
    with pytest.raises(PurposeRefused):
        FieldCipher(KEY, 7, seal_only=True).open(sealed, CONTEXT)


def test_contexts_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        CONTEXT.field = "name"  # type: ignore[misc]


@pytest.mark.parametrize("purpose", OPENING)
def test_a_case_key_opens_for_a_purpose(purpose: Purpose) -> None:
    made = new_case_key(2)
    context = replace(CONTEXT, key_version=2)
    sealed = made.cipher().seal("13800138000", context)
    wrapped = wrap(KEK, made, "bank-a", "case-1")
    assert len(wrapped) == WRAPPED_SIZE == 51
    assert wrapped_under(wrapped) == 3
    held = unwrap(KEK, wrapped, "bank-a", "case-1", purpose)
    assert (held.purpose, held.version) == (purpose, 2)
    assert held.cipher().open(sealed, context) == "13800138000"
    assert held.cipher().seal("y", context)


def test_a_case_key_for_import_only_seals() -> None:
    made = new_case_key()
    context = replace(CONTEXT, key_version=1)
    wrapped = wrap(KEK, made, "bank-a", "case-1")
    sealed = unwrap(KEK, wrapped, "bank-a", "case-1", Purpose.IMPORT).cipher().seal("x", context)
    for key in (made, unwrap(KEK, wrapped, "bank-a", "case-1", Purpose.IMPORT)):
        with pytest.raises(PurposeRefused):
            key.cipher().open(sealed, context)


def test_purposes_are_closed() -> None:
    wrapped = wrap(KEK, new_case_key(), "bank-a", "case-1")
    with pytest.raises(PurposeRefused):
        unwrap(KEK, wrapped, "bank-a", "case-1", "curiosity")  # type: ignore[arg-type]
    assert set(Purpose) == {
        "dial", "export", "import", "message", "reprojection", "reveal", "rotation", "special_contact", "verify",
    }  # fmt: skip


def test_a_limited_kek_unwraps_for_its_purposes_alone() -> None:
    wrapped = wrap(KEK, new_case_key(), "bank-a", "case-1")
    limited = Kek(b"k" * 16, 3, purposes=SEALING_ONLY)
    assert unwrap(limited, wrapped, "bank-a", "case-1", Purpose.IMPORT).purpose is Purpose.IMPORT
    for purpose in OPENING:
        with pytest.raises(PurposeRefused):
            unwrap(limited, wrapped, "bank-a", "case-1", purpose)


@pytest.mark.parametrize(("tenant", "case"), [("bank-b", "case-1"), ("bank-a", "case-2"), ("bank-ac", "ase-1")])
def test_a_wrapped_key_belongs_to_its_case(tenant: str, case: str) -> None:
    wrapped = wrap(KEK, new_case_key(), "bank-a", "case-1")
    with pytest.raises(SealBroken):
        unwrap(KEK, wrapped, tenant, case, Purpose.REVEAL)


def test_another_kek_does_not_unwrap() -> None:
    wrapped = wrap(KEK, new_case_key(), "bank-a", "case-1")
    for other in (Kek(b"k" * 16, 4), Kek(b"l" * 16, 3)):
        with pytest.raises(SealBroken):
            unwrap(other, wrapped, "bank-a", "case-1", Purpose.REVEAL)


@given(st.integers(0, WRAPPED_SIZE * 8 - 1), st.integers(0, WRAPPED_SIZE - 1))
def test_a_changed_or_cut_wrapped_key_is_refused(position: int, kept: int) -> None:
    wrapped = wrap(KEK, new_case_key(), "bank-a", "case-1")
    changed = bytearray(wrapped)
    changed[position // 8] ^= 1 << position % 8
    for wrong in (bytes(changed), wrapped[:kept], wrapped + b"\0"):
        with pytest.raises(SealBroken):
            unwrap(KEK, wrong, "bank-a", "case-1", Purpose.REVEAL)


def test_what_is_no_wrapped_key_names_no_kek() -> None:
    for wrong in (b"", b"\x02" + bytes(50), bytes(50)):
        with pytest.raises(SealBroken):
            wrapped_under(wrong)


def test_without_the_wrapped_key_the_case_is_gone() -> None:
    """Two cases never share a key, so destroying one leaves the other."""
    context = replace(CONTEXT, key_version=1)
    first, second = new_case_key(), new_case_key()
    sealed = first.cipher().seal("x", context)
    other = unwrap(KEK, wrap(KEK, second, "bank-a", "case-2"), "bank-a", "case-2", Purpose.REVEAL)
    with pytest.raises(SealBroken):
        other.cipher().open(sealed, context)


@pytest.mark.parametrize("holder", [CIPHER, KEK, CaseKey(KEY, 1, Purpose.REVEAL)])
def test_nothing_shows_or_pickles_a_key(holder: object) -> None:
    assert "key hidden" in repr(holder)
    assert KEY.hex() not in repr(holder)
    with pytest.raises(TypeError):
        pickle.dumps(holder)
