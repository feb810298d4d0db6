"""SM4 as a keyed pseudo-random function of 16-byte blocks: for drawing symbols, never for hiding anything.

Each block is replaced by its image on its own, so equal blocks have equal images; that is the point of it. There is no
way back through this class, and what goes in must not need hiding.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB

from masking.errors import SealRefused
from masking.gm.gcm import KEY_SIZE


class Sm4Images:
    """Images of blocks under one 16-byte key. Never shows its key and cannot be pickled.

    Raises:
        SealRefused: The key is not 16 bytes.
    """

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_SIZE:
            raise SealRefused(what="key_size")
        self._cipher = Cipher(SM4(key), ECB())  # noqa: S305 - a function of single blocks is what is wanted here

    def blocks(self, data: bytes) -> bytes:
        """Return the image of each 16-byte block of ``data``.

        Raises:
            SealRefused: ``data`` is not whole blocks.
        """
        context = self._cipher.encryptor()
        images = context.update(data)
        if len(images) != len(data):
            raise SealRefused(what="block_size")
        return images + context.finalize()

    def __repr__(self) -> str:
        return "Sm4Images(key hidden)"

    def __reduce__(self) -> tuple[object, ...]:
        msg = "a cipher is not pickled"
        raise TypeError(msg)
