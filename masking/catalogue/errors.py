"""What the catalogue refuses."""

from __future__ import annotations

from masking.errors import MaskingError


class CatalogueBroken(MaskingError):
    """The catalogue does not hold together; nothing starts with it, because what it says decides what is seen.

    Params: ``rule`` the rule it breaks, ``where`` the field, profile or key.
    """

    default_code = "masking.catalogue_broken"


class UnknownField(MaskingError):
    """A field that is not in the catalogue was named. Params: ``field``."""

    default_code = "masking.unknown_field"
