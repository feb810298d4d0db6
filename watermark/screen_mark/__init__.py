"""The invisible mark of a screen: a 64-bit session code, spread over the background in shades that nobody notices.

`code` makes a code's signs, `layout` says which cell carries which sign. Colours and frames are the business of the
screen's owner; finding the signs again in a picture is `watermark.screen_trace`'s.
"""

from watermark.screen_mark.code import (
    CHOICES,
    CODE_BYTES,
    LENGTH,
    CodeRefused,
    Keyed,
    SessionCodes,
    pack,
    protect,
    unpack,
)
from watermark.screen_mark.layout import CHIP_CELLS, STRIDE, ShadePlan, place

__all__ = [
    "CHIP_CELLS",
    "CHOICES",
    "CODE_BYTES",
    "LENGTH",
    "STRIDE",
    "CodeRefused",
    "Keyed",
    "SessionCodes",
    "ShadePlan",
    "pack",
    "place",
    "protect",
    "unpack",
]
