"""The national algorithms SM2, SM3 and SM4 behind one door: only this package imports a cipher.

What it guarantees: SM4 seals in GCM only, with 12-byte nonces and whole 16-byte tags; SM2 nonces and keys come
from the operating system; whatever does not verify is refused without partial output; and :func:`self_test`
compares every algorithm with its standard and with a second implementation before anything starts.

Elsewhere: what is sealed and to what it is bound is ``masking.sealing``; where keys live is ``masking.keys``.
Python arithmetic is not constant-time: SM2 here serves signatures over the desk's own records, where an
attacker cannot time single operations; confidentiality rests on OpenSSL's SM4.
"""

from masking.gm.digest import Sm3, Sm3Mac, hkdf_sm3, hmac_sm3, new_sm3, sm3
from masking.gm.envelope import sm2_decrypt, sm2_encrypt
from masking.gm.gcm import KEY_SIZE, NONCE_SIZE, TAG_SIZE, Sm4Gcm, gcm_open, gcm_seal
from masking.gm.images import Sm4Images
from masking.gm.selftest import self_test
from masking.gm.signature import DEFAULT_DISTID, Sm2PrivateKey, Sm2PublicKey

__all__ = [
    "DEFAULT_DISTID",
    "KEY_SIZE",
    "NONCE_SIZE",
    "TAG_SIZE",
    "Sm2PrivateKey",
    "Sm2PublicKey",
    "Sm3",
    "Sm3Mac",
    "Sm4Gcm",
    "Sm4Images",
    "gcm_open",
    "gcm_seal",
    "hkdf_sm3",
    "hmac_sm3",
    "new_sm3",
    "self_test",
    "sm2_decrypt",
    "sm2_encrypt",
    "sm3",
]
