"""The one root of every error that this package raises: a stable code and safe parameters, rendered by `console`."""

from __future__ import annotations


class WatermarkError(Exception):
    """Root of the package's errors.

    Attributes:
        code: stable identifier `watermark.<what>`.
        params: values for its text; never personal data of a customer.
    """

    def __init__(self, code: str, /, **params: str) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


class PayloadRefused(WatermarkError):
    """A mark would not say who is at the screen (`watermark.payload_incomplete`)."""


class DensityRefused(WatermarkError):
    """A tile was asked for that would leave screens unmarked (`watermark.density`)."""


class KeyRefused(WatermarkError):
    """A key is too short to keep marks secret (`watermark.key_short`)."""


class SerialRefused(WatermarkError):
    """An export's serial number is outside 1 to 2²⁸ - 1 (`watermark.serial`)."""


class RowSetBroken(WatermarkError):
    """A stored set of rows is not one (`watermark.row_set`)."""


class TableRefused(WatermarkError):
    """A table to be marked is not one: rows of different widths, or fewer ids than rows (`watermark.table`)."""
