"""SM3, HMAC-SM3 and HKDF-SM3 against their standards, hostile vectors and second implementations."""

from __future__ import annotations

import hashlib
import hmac
import json
import pickle
from typing import Any

import cryptography_vectors
import pytest
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from gmssl.sm3 import sm3_hash
from hypothesis import given
from hypothesis import strategies as st

from masking import gm
from masking.gm import digest as module
from tests.support.vectors import shared_vectors

pytestmark = pytest.mark.clause("F-4", "C-5.3d")


def _oscca() -> list[tuple[bytes, bytes]]:
    with cryptography_vectors.open_vector_file("hashes/SM3/oscca.txt", "r") as file:
        fields = [line.split(" = ") for line in file.read().splitlines() if " = " in line]
    sizes, messages, digests = ([value for name, value in fields if name == key] for key in ("Len", "Msg", "MD"))
    return [
        (bytes.fromhex(message)[: int(size) // 8], bytes.fromhex(digest))
        for size, message, digest in zip(sizes, messages, digests, strict=True)
    ]


def test_standard_vectors() -> None:
    vectors = _oscca()
    assert len(vectors) >= 4
    for message, digest in vectors:
        assert gm.sm3(message) == digest


@given(st.binary(max_size=300))
def test_agrees_with_gmssl(data: bytes) -> None:
    assert gm.sm3(data).hex() == sm3_hash(list(data))


@given(st.lists(st.binary(max_size=100)))
def test_incremental_equals_whole(parts: list[bytes]) -> None:
    context = gm.new_sm3()
    for part in parts:
        context.update(part)
        fork = context.copy()
        fork.update(b"elsewhere")
    assert context.digest() == gm.sm3(b"".join(parts))
    assert context.digest() == context.digest()


def test_without_hashlib_the_other_openssl_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ValueError(name)

    monkeypatch.setattr(hashlib, "new", missing)
    context = module._probe()
    assert type(context).__name__ == "_OpenSslSm3"
    monkeypatch.setattr(module, "_EMPTY", context)
    for message, digest in _oscca():
        assert gm.sm3(message) == digest
    started = gm.new_sm3()
    started.update(b"a")
    twin = started.copy()
    started.update(b"bc")
    assert started.digest() == gm.sm3(b"abc") == started.digest()
    assert twin.digest() == gm.sm3(b"a")
    assert gm.hmac_sm3(b"key", b"message") == hmac.digest(b"key", b"message", "sm3")


def test_hmac_wycheproof() -> None:
    document: dict[str, Any] = json.loads(shared_vectors("wycheproof", "hmac_sm3_test.json").read_text())
    ran = 0
    for group in document["testGroups"]:
        for vector in group["tests"]:
            tag = gm.hmac_sm3(bytes.fromhex(vector["key"]), bytes.fromhex(vector["msg"]))
            fits = tag[: group["tagSize"] // 8] == bytes.fromhex(vector["tag"])
            assert fits == (vector["result"] == "valid"), vector["tcId"]
            ran += 1
    assert ran == document["numberOfTests"]


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_hmac_agrees_with_the_standard_library(key: bytes, data: bytes) -> None:
    assert gm.hmac_sm3(key, data) == hmac.digest(key, data, "sm3")


@given(st.lists(st.binary(max_size=8), max_size=4), st.lists(st.binary(max_size=8), max_size=4))
def test_mac_tells_parts_apart(left: list[bytes], right: list[bytes]) -> None:
    mac = gm.Sm3Mac(b"k" * 32)
    assert (mac.digest(*left) == mac.digest(*right)) == (left == right)
    assert mac.verify(mac.digest(*left), *left)
    assert mac.verify(mac.digest(*left), *right) == (left == right)


def test_mac_refuses_cut_and_changed_tags() -> None:
    mac = gm.Sm3Mac(b"k" * 32)
    tag = mac.digest(b"row")
    assert not mac.verify(tag[:-1], b"row")
    assert not mac.verify(b"", b"row")
    assert not mac.verify(bytes([tag[0] ^ 1]) + tag[1:], b"row")
    assert not gm.Sm3Mac(b"l" * 32).verify(tag, b"row")


def test_mac_is_the_framed_hmac() -> None:
    framed = b"\0\0\0\x02ab\0\0\0\x00\0\0\0\x01c"
    assert gm.Sm3Mac(b"key").digest(b"ab", b"", b"c") == hmac.digest(b"key", framed, "sm3")


def test_mac_hides_its_key() -> None:
    mac = gm.Sm3Mac(b"very secret key material")
    assert "secret" not in repr(mac)
    with pytest.raises(TypeError):
        pickle.dumps(mac)


@given(st.binary(max_size=80), st.binary(max_size=40), st.integers(1, 200), st.binary(max_size=40))
def test_hkdf_agrees_with_cryptography(key: bytes, info: bytes, length: int, salt: bytes) -> None:
    assert gm.hkdf_sm3(key, info, length, salt) == HKDF(SM3(), length, salt or None, info).derive(key)


@pytest.mark.parametrize("length", [0, -1, 255 * 32 + 1])
def test_hkdf_refuses_impossible_lengths(length: int) -> None:
    with pytest.raises(ValueError, match="HKDF length"):
        gm.hkdf_sm3(b"key", b"info", length)
