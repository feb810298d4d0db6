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
