"""SM4-GCM against its standards, hostile vectors and a second implementation."""

from __future__ import annotations

import inspect
import json
import pickle
from typing import Any

import cryptography_vectors
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB
from hypothesis import given
from hypothesis import strategies as st

from masking import gm
from masking.errors import SealBroken, SealRefused
from tests.support.vectors import shared_vectors

pytestmark = pytest.mark.clause("F-4", "C-5.3d", "C-5.4g")

KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")
NONCE = bytes(range(12))


def _vector_file(name: str) -> list[dict[str, bytes]]:
    """Read a NIST-style file: one dictionary a COUNT."""
    with cryptography_vectors.open_vector_file(name, "r") as file:
        lines = [line.split(" = ") for line in file.read().splitlines() if " = " in line]
    vectors: list[dict[str, bytes]] = []
    for name_, value in lines:
        if name_ == "COUNT":
            vectors.append({})
        else:
            vectors[-1][name_] = bytes.fromhex(value)
    return vectors


def test_rfc_8998() -> None:
    ran = 0
    for vector in _vector_file("ciphers/SM4/rfc8998.txt"):
        sealed = gm.gcm_seal(vector["KEY"], vector["IV"], vector["PLAINTEXT"], vector["AAD"])
        assert sealed == vector["CIPHERTEXT"] + vector["TAG"]
        assert gm.gcm_open(vector["KEY"], vector["IV"], sealed, vector["AAD"]) == vector["PLAINTEXT"]
        ran += 1
    assert ran >= 1


def test_one_million_rounds_of_the_standard() -> None:
    """GM/T 0002 A.2, through the block cipher that GCM is built on."""
    encryptor = Cipher(SM4(KEY), ECB()).encryptor()  # noqa: S305 - the standard's own vector
    block, buffer = KEY, bytearray(31)
    for _ in range(1_000_000):
        encryptor.update_into(block, buffer)
        block = bytes(buffer[:16])
    assert block.hex() == "595298c7c6fd271f0402f804c33d3f66"


def test_wycheproof() -> None:
    document: dict[str, Any] = json.loads(shared_vectors("wycheproof", "sm4_gcm_test.json").read_text())
    opened = refused = 0
    for group in document["testGroups"]:
        for vector in group["tests"]:
            key, nonce, aad, message = (bytes.fromhex(vector[name]) for name in ("key", "iv", "aad", "msg"))
            sealed = bytes.fromhex(vector["ct"] + vector["tag"])
            if group["ivSize"] != 96:
                with pytest.raises(SealRefused):
                    gm.gcm_seal(key, nonce, message, aad)
                with pytest.raises(SealRefused):
                    gm.gcm_open(key, nonce, sealed, aad)
                refused += 1
            elif vector["result"] == "valid":
                assert gm.gcm_seal(key, nonce, message, aad) == sealed
                assert gm.gcm_open(key, nonce, sealed, aad) == message
                opened += 1
            else:
                with pytest.raises(SealBroken):
                    gm.gcm_open(key, nonce, sealed, aad)
                refused += 1
    assert opened + refused == document["numberOfTests"]
    assert opened > 30
    assert refused > 20


@given(st.binary(max_size=200), st.binary(max_size=100), st.data())
def test_any_changed_bit_is_refused(message: bytes, aad: bytes, data: st.DataObject) -> None:
    sealed = gm.gcm_seal(KEY, NONCE, message, aad)
    assert gm.gcm_open(KEY, NONCE, sealed, aad) == message
    whole = bytearray(sealed + aad + NONCE + KEY)
    position = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[position // 8] ^= 1 << position % 8
    changed = bytes(whole)
    a, b = len(sealed), len(sealed) + len(aad)
    with pytest.raises(SealBroken):
        gm.gcm_open(changed[b + 12 :], changed[b : b + 12], changed[:a], changed[a:b])


@given(st.binary(max_size=64), st.integers(0, 80))
def test_any_cut_is_refused(message: bytes, kept: int) -> None:
    sealed = gm.gcm_seal(KEY, NONCE, message, b"")
    if kept < len(sealed):
        with pytest.raises(SealBroken):
            gm.gcm_open(KEY, NONCE, sealed[:kept], b"")


@pytest.mark.parametrize("size", [0, 8, 15, 17, 24, 32])
def test_only_sixteen_byte_keys(size: int) -> None:
    with pytest.raises(SealRefused) as refused:
        gm.gcm_seal(bytes(size), NONCE, b"", b"")
    assert refused.value.params == {"what": "key_size"}


@pytest.mark.parametrize("size", [0, 8, 11, 13, 16])
def test_only_twelve_byte_nonces(size: int) -> None:
    with pytest.raises(SealRefused):
        gm.gcm_seal(KEY, bytes(size), b"", b"")
    with pytest.raises(SealRefused):
        gm.gcm_open(KEY, bytes(size), bytes(16), b"")


def test_a_broken_seal_carries_nothing_of_the_plaintext() -> None:
    message = b"13800138000 and more"
    sealed = gm.gcm_seal(KEY, NONCE, message, b"")
    with pytest.raises(SealBroken) as broken:
        gm.gcm_open(KEY, NONCE, sealed[:-1] + bytes([sealed[-1] ^ 1]), b"")
    assert str(broken.value) == "masking.seal_broken"
    assert broken.value.__context__ is None
    trace = broken.value.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == inspect.getfile(gm.Sm4Gcm):
            assert message not in trace.tb_frame.f_locals.values()
        trace = trace.tb_next


def test_a_cipher_hides_its_key() -> None:
    cipher = gm.Sm4Gcm(KEY)
    assert KEY.hex() not in repr(cipher)
    with pytest.raises(TypeError):
        pickle.dumps(cipher)
