"""SM2 signatures: the standard's example, the openssl command both ways, gmssl's holes closed, garbage refused."""

from __future__ import annotations

import pickle
import random
import secrets
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from gmssl.sm2 import CryptSM2
from hypothesis import given, settings
from hypothesis import strategies as st

from masking.errors import KeyMaterialRefused
from masking.gm import DEFAULT_DISTID, Sm2PrivateKey, Sm2PublicKey, der, pem, signature, sm3
from masking.gm.signature import _N as N

pytestmark = pytest.mark.clause("F-4", "Y-4.1.2")

STANDARD = bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
MESSAGE = b"message digest"
# Scalars whose point's x starts with the digits 04, some with further 0 and 4 behind them.
STARTS_WITH_04 = (11, 225, 307, 556, 755, 2820, 2915)


def _key(number: int) -> Sm2PrivateKey:
    return Sm2PrivateKey(number.to_bytes(32, "big"))


def _gmssl(key: Sm2PrivateKey) -> CryptSM2:
    point = key.public_key.raw.hex()
    other = CryptSM2(key.to_scalar().hex(), point)
    other.public_key = point
    return other


def test_standard_example() -> None:
    """GM/T 0003.5 A.2."""
    key = Sm2PrivateKey(STANDARD)
    x = "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    y = "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
    assert key.public_key.raw.hex() == x + y
    number = signature._message_number(key.public_key.raw, MESSAGE, DEFAULT_DISTID)
    assert f"{number:064x}" == "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640"
    nonce = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
    r = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
    s = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA
    assert key._sign_number(number.to_bytes(32, "big"), nonce) == (r, s)
    assert key.public_key.verify(der.encode_signature(r, s), MESSAGE)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, N - 2), st.binary(max_size=100), st.binary(max_size=40))
def test_agrees_with_gmssl(number: int, message: bytes, distid: bytes) -> None:
    key = _key(number)
    other = _gmssl(key)
    # gmssl knows the prescribed identifier alone; others are compared by the number that is signed.
    pair = der.decode_signature(key.sign(message))
    assert pair is not None
    assert other.verify_with_sm3(f"{pair[0]:064x}{pair[1]:064x}", message or b"\0") == bool(message)
    theirs = other.sign_with_sm3(message or b"\0", f"{secrets.randbelow(N - 1) + 1:064x}")
    ours = der.encode_signature(int(theirs[:64], 16), int(theirs[64:], 16))
    assert key.public_key.verify(ours, message or b"\0")
    signed = key.sign(message, distid)
    assert key.public_key.verify(signed, message, distid)
    assert not key.public_key.verify(signed, message, distid + b"x")
    assert not key.public_key.verify(signed, message + b"x", distid)
    assert not _key(number % (N - 2) + 1).public_key.verify(signed, message, distid)


@pytest.mark.parametrize("number", STARTS_WITH_04)
def test_keys_that_start_with_04_are_whole(number: int) -> None:
    key = _key(number)
    assert key.public_key.raw.hex().startswith("04")
    assert key.public_key.verify(key.sign(MESSAGE), MESSAGE)
    assert Sm2PublicKey.from_pem(key.public_key.to_pem()) == key.public_key
    damaged = CryptSM2("", key.public_key.raw.hex()).public_key
    assert damaged != key.public_key.raw.hex()  # the hole that is closed here


def test_the_predictable_generator_is_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        pytest.fail("a predictable source was used")

    for name in ("choice", "random", "randint", "getrandbits", "randrange"):
        monkeypatch.setattr(random, name, refuse)
    monkeypatch.setattr("gmssl.sm2.choice", refuse)
    monkeypatch.setattr("gmssl.func.choice", refuse)
    monkeypatch.setattr("gmssl.func.random_hex", refuse)
    for name in ("sign_with_sm3", "verify_with_sm3", "verify", "encrypt", "_sm3_z"):
        monkeypatch.setattr(CryptSM2, name, refuse)
    key = Sm2PrivateKey.generate()
    assert key.public_key.verify(key.sign(MESSAGE), MESSAGE)


def test_a_seeded_generator_repeats_nothing() -> None:
    def after_seeding() -> tuple[bytes, bytes]:
        random.seed(7)
        return Sm2PrivateKey.generate().to_scalar(), Sm2PrivateKey(STANDARD).sign(MESSAGE)

    first, second = after_seeding(), after_seeding()
    assert first[0] != second[0]
    assert first[1] != second[1]
    state = random.getstate()
    after = Sm2PrivateKey(STANDARD).sign(MESSAGE)
    assert random.getstate() == state
    assert after not in (first[1], second[1])


def test_nonces_are_drawn_from_the_whole_range(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def below(limit: int) -> int:
        asked.append(limit)
        return limit - 1

    monkeypatch.setattr(secrets, "randbelow", below)
    key = Sm2PrivateKey.generate()
    assert key.to_scalar() == (N - 2).to_bytes(32, "big")
    pair = der.decode_signature(_key(5).sign(MESSAGE))
    assert asked == [N - 2, N - 1]
    assert pair == _key(5)._sign_number(_number(5), N - 1)


def _number(scalar: int) -> bytes:
    raw = _key(scalar).public_key.raw
    return signature._message_number(raw, MESSAGE, DEFAULT_DISTID).to_bytes(32, "big")


def test_a_nonce_that_the_standard_rejects_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([None, (1, 2)])
    monkeypatch.setattr(Sm2PrivateKey, "_sign_number", lambda *_: next(answers))
    assert Sm2PrivateKey(STANDARD).sign(MESSAGE) == der.encode_signature(1, 2)


@pytest.mark.parametrize("number", [0, N - 1, N, 2**256 - 1])
def test_scalars_out_of_range_are_refused(number: int) -> None:
    with pytest.raises(KeyMaterialRefused):
        _key(number)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_scalars_of_another_size_are_refused(size: int) -> None:
    with pytest.raises(KeyMaterialRefused):
        Sm2PrivateKey(bytes(size - 1) + b"\x05" if size else b"")


def test_points_off_the_curve_are_refused() -> None:
    raw = _key(5).public_key.raw
    p = signature._P
    wrong = [
        raw[:-1] + bytes([raw[-1] ^ 1]),
        bytes(64),
        raw[:63],
        raw + b"\0",
        b"\x04" + raw,
        raw[32:] + raw[:32],
        # the same point with a coordinate written beyond the prime
        ((int.from_bytes(raw[:32], "big") + p) % 2**256).to_bytes(32, "big") + raw[32:],
    ]
    for candidate in wrong:
        with pytest.raises(KeyMaterialRefused):
            Sm2PublicKey(candidate)


def test_signature_numbers_out_of_range_are_refused() -> None:
    public = _key(5).public_key
    pair = der.decode_signature(_key(5).sign(MESSAGE))
    assert pair is not None
    r, s = pair
    for wrong in [(0, s), (r, 0), (N, s), (r, N), (r + N, s), (r, s + N), (-r, s), (r, -s), (r, N - r), (s, r)]:
        assert not public.verify(der.encode_signature(*wrong), MESSAGE)


def test_only_one_encoding_of_a_signature_is_accepted() -> None:
    key = _key(5)
    good = key.sign(MESSAGE)
    while len(good) != 70:  # both numbers without a leading zero, so that one can be put there
        good = key.sign(MESSAGE)
    r, s = good[4:36], good[38:70]
    assert key.public_key.verify(good, MESSAGE)
    for wrong in [
        b"",
        b"\x30",
        good[:-1],
        good + b"\0",
        b"\x31" + good[1:],
        b"\x30\x81" + good[1:],
        b"\x30\x80" + good[2:] + b"\0\0",
        b"\x30\x45\x02\x21\0" + r + b"\x02\x20" + s,
        b"\x30\x47" + good[2:] + b"\x02\x01\x01",
        r + s,
        good.hex().encode(),
    ]:
        assert not key.public_key.verify(wrong, MESSAGE)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=90))
def test_garbage_is_no_signature(garbage: bytes) -> None:
    assert not Sm2PrivateKey(STANDARD).public_key.verify(garbage, MESSAGE)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**256), st.integers(0, 2**256))
def test_made_up_numbers_are_no_signature(r: int, s: int) -> None:
    assert not Sm2PrivateKey(STANDARD).public_key.verify(der.encode_signature(r, s), MESSAGE)


def test_any_changed_bit_is_refused() -> None:
    key = Sm2PrivateKey(STANDARD)
    good = key.sign(MESSAGE)
    for position in range(0, len(good) * 8, 7):
        changed = bytearray(good)
        changed[position // 8] ^= 1 << position % 8
        assert not key.public_key.verify(bytes(changed), MESSAGE)


def test_the_sum_of_equal_points_is_doubled_and_of_opposite_ones_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package answers both wrongly: it forgets the affine form of a double and cannot see infinity."""
    d = 7
    s = 1234567
    twice = signature._multiply(2 * s, signature._G)
    assert twice is not None
    same_t = s * pow(d, -1, N) % N
    r = (same_t - s) % N
    number = (r - int.from_bytes(twice[:32], "big")) % N
    monkeypatch.setattr(signature, "_message_number", lambda *_: number)
    assert _key(d).public_key.verify(der.encode_signature(r, s), MESSAGE)
    opposite_t = -s * pow(d, -1, N) % N
    assert not _key(d).public_key.verify(der.encode_signature((opposite_t - s) % N, s), MESSAGE)


def test_identifiers_beyond_two_bytes_of_bits_are_refused() -> None:
    key = _key(5)
    longest = b"i" * 8191
    assert key.public_key.verify(key.sign(MESSAGE, longest), MESSAGE, longest)
    with pytest.raises(KeyMaterialRefused):
        key.sign(MESSAGE, longest + b"i")
    assert not key.public_key.verify(key.sign(MESSAGE), MESSAGE, longest + b"i")


def test_keys_show_and_pickle_no_secret() -> None:
    key = Sm2PrivateKey(STANDARD)
    assert key.to_scalar().hex()[:8] not in repr(key)
    with pytest.raises(TypeError):
        pickle.dumps(key)
    assert repr(key.public_key) == f"Sm2PublicKey({key.public_key.key_id.hex()})"
    assert key.public_key.key_id == sm3(key.public_key.raw)[:8]
    assert len({key.public_key, Sm2PublicKey(key.public_key.raw), _key(5).public_key}) == 2
    assert key.public_key != "another kind of thing"


def _openssl(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True, check=False)


def _distid(distid: bytes) -> list[str]:
    return ["-pkeyopt", f"hexdistid:{distid.hex()}"] if distid else []


@pytest.mark.debian("openssl")
@pytest.mark.parametrize("number", [5, N - 2, *STARTS_WITH_04[:3], int.from_bytes(STANDARD, "big")])
@pytest.mark.parametrize("distid", [DEFAULT_DISTID, "催收台".encode()])
def test_openssl_verifies_what_is_signed_here(tmp_path: Path, number: int, distid: bytes) -> None:
    key = _key(number)
    (tmp_path / "public.pem").write_text(key.public_key.to_pem())
    (tmp_path / "message").write_bytes(MESSAGE)
    (tmp_path / "signature").write_bytes(key.sign(MESSAGE, distid))
    command = ("pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pubin", "-inkey", "public.pem")
    files = ("-in", "message", "-sigfile", "signature")
    assert _openssl(tmp_path, *command, *files, *_distid(distid)).returncode == 0
    (tmp_path / "message").write_bytes(MESSAGE + b"!")
    assert _openssl(tmp_path, *command, *files, *_distid(distid)).returncode != 0


@pytest.mark.debian("openssl")
@pytest.mark.parametrize(
    "generate",
    [
        ["genpkey", "-algorithm", "SM2"],
        ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2"],
        ["ecparam", "-genkey", "-name", "SM2"],
    ],
)
def test_openssl_keys_and_signatures_are_read(tmp_path: Path, generate: list[str]) -> None:
    assert _openssl(tmp_path, *generate, "-out", "key.pem").returncode == 0
    assert _openssl(tmp_path, "pkey", "-in", "key.pem", "-pubout", "-out", "public.pem").returncode == 0
    assert _openssl(tmp_path, "ec", "-in", "key.pem", "-out", "sec1.pem").returncode == 0
    public = Sm2PublicKey.from_pem((tmp_path / "public.pem").read_bytes())
    key = Sm2PrivateKey.from_pem((tmp_path / "key.pem").read_text())
    assert key.public_key == public
    sec1 = (tmp_path / "sec1.pem").read_text()
    assert "SM2 PRIVATE KEY" in sec1 or "EC PRIVATE KEY" in sec1
    assert Sm2PrivateKey.from_pem(sec1).to_scalar() == key.to_scalar()

    (tmp_path / "message").write_bytes(MESSAGE)
    for distid in (DEFAULT_DISTID, b"desk"):
        signed = ["pkeyutl", "-sign", "-rawin", "-digest", "sm3", "-inkey", "key.pem", "-in", "message"]
        assert _openssl(tmp_path, *signed, "-out", "signature", *_distid(distid)).returncode == 0
        made = (tmp_path / "signature").read_bytes()
        assert public.verify(made, MESSAGE, distid)
        assert not public.verify(made, MESSAGE + b"!", distid)


@pytest.mark.debian("openssl")
@pytest.mark.parametrize("number", [5, STARTS_WITH_04[0], N - 2])
def test_openssl_reads_private_keys_written_here(tmp_path: Path, number: int) -> None:
    key = _key(number)
    (tmp_path / "key.pem").write_text(key.to_pem())
    assert _openssl(tmp_path, "pkey", "-in", "key.pem", "-check", "-noout").returncode == 0
    written = _openssl(tmp_path, "pkey", "-in", "key.pem", "-pubout").stdout
    assert written == key.public_key.to_pem()
    assert _openssl(tmp_path, "pkey", "-in", "key.pem").stdout == key.to_pem()
    assert Sm2PrivateKey.from_pem(key.to_pem()).to_scalar() == key.to_scalar()


@pytest.mark.debian("openssl")
def test_foreign_forms_of_keys_are_refused(tmp_path: Path) -> None:
    _openssl(tmp_path, "genpkey", "-algorithm", "SM2", "-out", "key.pem")
    _openssl(tmp_path, "ec", "-in", "key.pem", "-pubout", "-conv_form", "compressed", "-out", "compressed.pem")
    _openssl(tmp_path, "pkey", "-in", "key.pem", "-aes128", "-passout", "pass:x", "-out", "encrypted.pem")
    _openssl(tmp_path, "ec", "-in", "key.pem", "-param_enc", "explicit", "-out", "explicit.pem")
    _openssl(tmp_path, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "p256.pem")
    _openssl(tmp_path, "genpkey", "-algorithm", "ED25519", "-out", "ed25519.pem")
    for name in ("encrypted", "explicit", "p256", "ed25519"):
        text = (tmp_path / f"{name}.pem").read_text()
        assert "PRIVATE KEY" in text
        with pytest.raises(KeyMaterialRefused):
            Sm2PrivateKey.from_pem(text)
    with pytest.raises(KeyMaterialRefused) as refused:
        Sm2PublicKey.from_pem((tmp_path / "compressed.pem").read_text())
    assert refused.value.params == {"what": "point_form"}


def test_malformed_pem_is_refused() -> None:
    key = _key(5)
    public, private = key.public_key.to_pem(), key.to_pem()
    other_curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    wrong_public: list[str | bytes] = [
        "",
        private,
        public.replace("PUBLIC", "PRIVATE"),
        public.replace("M", "!", 1),
        "\n".join(public.split("\n")[:2] + public.split("\n")[3:]),
        public.replace("-----END PUBLIC KEY-----", ""),
        other_curve.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        b"\xff\xfe" + public.encode("utf-16-le"),
    ]
    for wrong in wrong_public:
        with pytest.raises(KeyMaterialRefused):
            Sm2PublicKey.from_pem(wrong)
    for text in ["", public, private.replace("A", "B", 1), private[:-40] + "\n-----END PRIVATE KEY-----\n"]:
        with pytest.raises(KeyMaterialRefused):
            Sm2PrivateKey.from_pem(text)


def test_a_private_key_beside_a_foreign_public_half_is_refused() -> None:
    mixed = pem.private_to_pem(_key(5).to_scalar(), _key(6).public_key.raw)
    with pytest.raises(KeyMaterialRefused) as refused:
        Sm2PrivateKey.from_pem(mixed)
    assert refused.value.params == {"what": "key_halves"}


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_garbage_is_no_key(garbage: bytes) -> None:
    for label in ("PUBLIC KEY", "PRIVATE KEY", "EC PRIVATE KEY"):
        text = pem._to_pem(label, garbage)
        with pytest.raises(KeyMaterialRefused):
            Sm2PublicKey.from_pem(text)
        with pytest.raises(KeyMaterialRefused):
            Sm2PrivateKey.from_pem(text)
