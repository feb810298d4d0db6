"""The visible mark as a small grey picture for a workbook's printed header, saying it in its own text as well."""

from __future__ import annotations

import io
from typing import Final

_HIGH: Final = 28
_MARGIN: Final = 4
_GREY: Final = (150, 150, 150)
_SIZE: Final = 16


def header_picture(mark: str) -> io.BytesIO:
    """Return a PNG that shows what of a mark any font has, and keeps the whole line beside the pixels.

    Args:
        mark: one line, see `watermark.visible`.
    """
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 - only workbooks need it
    from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415 - as above

    # The number, who and when; a recipient's Chinese name would need a font that not every machine has.
    shown = " ".join("".join(char if " " < char <= "~" else " " for char in mark).split())
    font = ImageFont.load_default(_SIZE)
    wide = int(font.getlength(shown)) + 2 * _MARGIN
    picture = Image.new("RGB", (wide, _HIGH), "white")
    ImageDraw.Draw(picture).text((_MARGIN, _MARGIN), shown, fill=_GREY, font=font)
    said = PngInfo()
    said.add_itxt("Comment", mark)
    out = io.BytesIO()
    picture.save(out, "PNG", pnginfo=said)
    out.seek(0)
    return out
