"""The keyed functions that marks on files and screens are drawn with: HMAC-SM3 and SM4 under one secret and use.

They hide nothing and open nothing. What a mark is, and how it is found again, is ``watermark``'s business; it is handed
an :class:`Imprint` and knows no key.
"""

from __future__ import annotations

from masking.gm import KEY_SIZE, Sm3Mac, Sm4Images, hkdf_sm3


class Imprint:
    """Two pseudo-random functions of one use. Hides its keys and cannot be pickled.

    Args:
        secret: The desk's secret of marks.
        use: For what; different uses share nothing.
    """

    __slots__ = ("_images", "_mac")

    def __init__(self, secret: bytes, use: str) -> None:
        name = use.encode()
        self._mac = Sm3Mac(hkdf_sm3(secret, b"veildesk mark mac\0" + name, 32))
        self._images = Sm4Images(hkdf_sm3(secret, b"veildesk mark images\0" + name, KEY_SIZE))

    def mac(self, *parts: bytes) -> bytes:
        """Return the 32-byte HMAC-SM3 of the framed ``parts``."""
        return self._mac.digest(*parts)

    def blocks(self, data: bytes) -> bytes:
        """Return the SM4 image of each 16-byte block of ``data``.

        Raises:
            SealRefused: ``data`` is not whole blocks.
        """
        return self._images.blocks(data)

    def __repr__(self) -> str:
        return "Imprint(keys hidden)"

    def __reduce__(self) -> tuple[object, ...]:
        msg = "an imprint is not pickled"
        raise TypeError(msg)
