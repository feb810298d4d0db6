"""A case key on its way: for one process, one order and one purpose, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masking.case_keys import CaseKey, Kek, Purpose, new_case_key, unwrap, wrap
from masking.errors import MaskingError, PurposeRefused, SealBroken
from masking.gm import Sm2PrivateKey
from masking.handover import TRAVELS, hand_over, take_over
from masking.sealing import SealContext

KEK = Kek(bytes(16), 1)
MADE = new_case_key()
WRAPPED = wrap(KEK, MADE, "t", "c")
CONTEXT = SealContext("t", "case_seals", "c/mobile", "c", "mobile", 1)
SEALED = MADE.cipher().seal("13800138000", CONTEXT)
OWN, OTHER = Sm2PrivateKey.generate(), Sm2PrivateKey.generate()


def held(purpose: Purpose) -> CaseKey:
    """The case key, unwrapped for a purpose."""
    return unwrap(KEK, WRAPPED, "t", "c", purpose)


ENVELOPE = hand_over(held(Purpose.MESSAGE), OWN.public_key, b"order")


@pytest.mark.clause("C-5.4d-1", "issue-5")
@pytest.mark.parametrize("purpose", sorted(TRAVELS))
def test_it_opens_the_field_for_what_it_was_handed_over_for(purpose: Purpose) -> None:
    key = take_over(OWN, hand_over(held(purpose), OWN.public_key, b"order"), b"order", purpose)
    assert key.purpose is purpose
    assert key.cipher().open(SEALED, CONTEXT) == "13800138000"


@pytest.mark.clause("C-5.4d-1", "issue-5")
def test_a_key_for_a_message_is_none_for_a_call_and_the_other_way_round() -> None:
    for handed, taken in ((Purpose.MESSAGE, Purpose.DIAL), (Purpose.DIAL, Purpose.MESSAGE)):
        envelope = hand_over(held(handed), OWN.public_key, b"order")
        with pytest.raises(SealBroken):
            take_over(OWN, envelope, b"order", taken)


@pytest.mark.parametrize("purpose", sorted(set(Purpose) - TRAVELS))
def test_no_other_key_leaves_the_desk(purpose: Purpose) -> None:
    with pytest.raises(PurposeRefused):
        hand_over(held(purpose), OWN.public_key, b"order")


def test_not_for_another_order_or_another_process() -> None:
    envelope = hand_over(held(Purpose.MESSAGE), OWN.public_key, b"order")
    with pytest.raises(SealBroken):
        take_over(OWN, envelope, b"other", Purpose.MESSAGE)
    with pytest.raises(MaskingError):
        take_over(OTHER, envelope, b"order", Purpose.MESSAGE)


@settings(max_examples=10)
@given(st.data())
def test_no_byte_of_it_can_be_changed(data: st.DataObject) -> None:
    envelope = bytearray(ENVELOPE)
    envelope[data.draw(st.integers(0, len(envelope) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(MaskingError):
        take_over(OWN, bytes(envelope), b"order", Purpose.MESSAGE)
