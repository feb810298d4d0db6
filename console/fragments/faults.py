"""Why a file cannot be traced: a closed list of codes, worded in the locales as `refusal.<code>`."""

from __future__ import annotations

from typing import Final

EMPTY: Final = "trace.file_empty"
LARGE: Final = "trace.file_large"
KIND: Final = "trace.file_kind"
BROKEN: Final = "trace.file_broken"
ENCRYPTED: Final = "trace.file_encrypted"
MACROS: Final = "trace.file_macros"
BOMB: Final = "trace.file_bomb"
OLD: Final = "trace.file_old"
PIXELS: Final = "trace.picture_pixels"
OCR_MISSING: Final = "trace.ocr_missing"
OCR_FAILED: Final = "trace.ocr_failed"


class FragmentRefused(Exception):
    """A file cannot be read. Carries a code and parameters that are safe to show, never a cell.

    Attributes:
        code: one of this module's codes.
        params: values for its text.
    """

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
