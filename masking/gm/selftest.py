"""The start-up self-test: each algorithm against its standard, and OpenSSL against ``gmssl``.

A wrong library, a broken build or a swapped module shows here before it touches a key. The million-round SM4
vector and the hostile vectors belong to the test suite, which has the time.
"""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB

from masking.errors import MaskingError, SealBroken, SelfTestFailed
from masking.gm import der, digest, gcm, signature

_KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")
_SM4_CIPHERTEXT = bytes.fromhex("681edf34d206965e86b3e94f536e4246")
_SM3_ABC = bytes.fromhex("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")
_SM3_64 = bytes.fromhex("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732")

_GCM_NONCE = bytes.fromhex("00001234567800000000abcd")
_GCM_AAD = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
_GCM_PLAINTEXT = b"".join(bytes([value]) * 8 for value in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))
_GCM_SEALED = bytes.fromhex(
    "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
    "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    "83de3541e4c2b58177e065a9bf7b62ec"
)

_SM2_SCALAR = bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
_SM2_POINT = bytes.fromhex(
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
_SM2_MESSAGE = b"message digest"
_SM2_NONCE = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
_SM2_R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
_SM2_S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA


def self_test() -> None:
    """Compare SM2, SM3 and SM4 with their standards and with each other's second implementation (clause F-4).

    Takes some tens of milliseconds. Sources: GM/T 0002 A.1, GM/T 0004 A, GM/T 0003.5 A.2, RFC 8998 A.1.

    Raises:
        SelfTestFailed: The parameter ``check`` says which answer was wrong. Nothing may start after that.
    """
    for check in _CHECKS:
        try:
            right = check()
        except (MaskingError, ValueError, TypeError, ArithmeticError):
            right = False
        if not right:
            raise SelfTestFailed(check=check.__name__.lstrip("_"))


def _sm3_standard() -> bool:
    return digest.sm3(b"abc") == _SM3_ABC and digest.sm3(b"abcd" * 16) == _SM3_64


def sm3_by_gmssl(data: bytes) -> bytes:
    """SM3 by the second implementation, for comparison; some 400 times slower."""
    from gmssl.sm3 import sm3_hash  # noqa: PLC0415 - loaded for comparison alone

    # A fresh list each time: the function appends its padding to the argument.
    return bytes.fromhex(sm3_hash(list(data)))


def _sm3_second_implementation() -> bool:
    return all(sm3_by_gmssl(data) == digest.sm3(data) for data in (b"", _GCM_PLAINTEXT, bytes(range(119))))


def _hmac_sm3_standard() -> bool:
    """Recompute RFC 2104 from bare digests."""
    inner = digest.sm3(bytes(byte ^ 0x36 for byte in _KEY.ljust(64, b"\0")) + _GCM_PLAINTEXT)
    outer = digest.sm3(bytes(byte ^ 0x5C for byte in _KEY.ljust(64, b"\0")) + inner)
    return digest.hmac_sm3(_KEY, _GCM_PLAINTEXT) == outer


def _sm4_standard() -> bool:
    encryptor = Cipher(SM4(_KEY), ECB()).encryptor()  # noqa: S305 - the standard's vector is one bare block
    return encryptor.update(_KEY) + encryptor.finalize() == _SM4_CIPHERTEXT


def _sm4_second_implementation() -> bool:
    from gmssl.sm4 import SM4_ENCRYPT, CryptSM4  # noqa: PLC0415 - loaded for the test alone

    other = CryptSM4()
    other.set_key(_KEY, SM4_ENCRYPT)
    blocks = [list(_GCM_PLAINTEXT[start : start + 16]) for start in range(0, 64, 16)]
    encryptor = Cipher(SM4(_KEY), ECB()).encryptor()  # noqa: S305 - one bare block at a time
    return all(bytes(other.one_round(other.sk, block)) == encryptor.update(bytes(block)) for block in blocks)


def _sm4_gcm_standard() -> bool:
    sealed = gcm.gcm_seal(_KEY, _GCM_NONCE, _GCM_PLAINTEXT, _GCM_AAD)
    return sealed == _GCM_SEALED and gcm.gcm_open(_KEY, _GCM_NONCE, sealed, _GCM_AAD) == _GCM_PLAINTEXT


def _sm4_gcm_refuses() -> bool:
    changed = _GCM_SEALED[:-1] + bytes([_GCM_SEALED[-1] ^ 1])
    try:
        gcm.gcm_open(_KEY, _GCM_NONCE, changed, _GCM_AAD)
    except SealBroken:
        return True
    return False


def _sm2_standard() -> bool:
    key = signature.Sm2PrivateKey(_SM2_SCALAR)
    number = signature._message_number(_SM2_POINT, _SM2_MESSAGE, signature.DEFAULT_DISTID).to_bytes(32, "big")  # noqa: SLF001
    signed = key._sign_number(number, _SM2_NONCE)  # noqa: SLF001 - the vector fixes the nonce, callers never may
    return key.public_key.raw == _SM2_POINT and signed == (_SM2_R, _SM2_S)


def _sm2_verifies() -> bool:
    public = signature.Sm2PublicKey(_SM2_POINT)
    right = der.encode_signature(_SM2_R, _SM2_S)
    wrong = der.encode_signature(_SM2_R, _SM2_S - 1)
    return public.verify(right, _SM2_MESSAGE) and not public.verify(wrong, _SM2_MESSAGE)


_CHECKS: tuple[Callable[[], bool], ...] = (
    _sm3_standard,
    _sm3_second_implementation,
    _hmac_sm3_standard,
    _sm4_standard,
    _sm4_second_implementation,
    _sm4_gcm_standard,
    _sm4_gcm_refuses,
    _sm2_standard,
    _sm2_verifies,
)
