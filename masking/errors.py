"""The one root of every error that this package raises.

An error carries a stable ``code`` and a few ``params``; only ``console`` turns them into words, in the
viewer's language. Parameters hold names, counts and identifiers of keys or fields, never a value of a
customer and never key material, so that an error may be logged, shown and sent anywhere. Nothing here renders
text.
"""

from __future__ import annotations

from typing import ClassVar


class MaskingError(Exception):
    """Root of the package's errors.

    Attributes:
        code: Stable identifier ``masking.<what>``; the key of the text catalogue.
        params: Values for that text. Safe to log: never personal data, never key material.
    """

    default_code: ClassVar[str] = "masking.error"

    code: str
    params: dict[str, str]

    def __init__(self, code: str | None = None, /, **params: str) -> None:
        """Keep the code (the class's own when none is given) and its safe parameters."""
        self.code = code if code is not None else self.default_code
        self.params = params
        super().__init__(self.code)

    def __str__(self) -> str:
        """Return the code and its parameters, for logs and test output."""
        if not self.params:
            return self.code
        return self.code + " " + " ".join(f"{name}={value}" for name, value in sorted(self.params.items()))

    def __reduce__(self) -> tuple[object, ...]:
        """Survive a process boundary with code and parameters (import workers report through a pipe)."""
        return (_rebuild, (type(self), self.code, self.params))


def _rebuild(kind: type[MaskingError], code: str, params: dict[str, str]) -> MaskingError:
    return kind(code, **params)


class SealBroken(MaskingError):
    """A ciphertext did not open: changed, cut, moved to another place, or sealed under another key.

    Deliberately says no more than that, because which of them it was helps only an attacker.
    """

    default_code = "masking.seal_broken"


class SealRefused(MaskingError):
    """A seal or key operation was asked for with arguments that can never be right (a size, a key id)."""

    default_code = "masking.seal_refused"


class PurposeRefused(MaskingError):
    """A case key was asked to do what the purpose it was unwrapped for does not cover."""

    default_code = "masking.purpose_refused"


class KeyMaterialRefused(MaskingError):
    """A key, certificate body or signature encoding was malformed, off the curve or unsupported."""

    default_code = "masking.key_material_refused"


class KeyProviderRefused(MaskingError):
    """The place that keeps the keys is not safe: missing, wrong mode, symbolic link, no live waiver."""

    default_code = "masking.key_provider_refused"


class KeyRingBroken(MaskingError):
    """The key ring did not open: edited, swapped, cut, or sealed under another master key."""

    default_code = "masking.key_ring_broken"


class SelfTestFailed(MaskingError):
    """A national algorithm gave another answer than its standard says; nothing may start."""

    default_code = "masking.self_test_failed"


class BlindRefused(MaskingError):
    """The blind index was asked for an entry of a kind that it does not keep, or of an empty value."""

    default_code = "masking.blind_refused"
