"""What a mask refuses."""

from __future__ import annotations

from masking.errors import MaskingError


class NotDerivable(MaskingError):
    """A stricter mask was asked of one that it does not follow from; the plain value would be needed.

    Params: ``have`` and ``want``, the two codes.
    """

    default_code = "masking.not_derivable"


class StarsRefused(MaskingError):
    """An export asked for a run of stars that this mask does not allow.

    Params: ``mask`` the code, ``stars`` the run asked for.
    """

    default_code = "masking.stars_refused"
