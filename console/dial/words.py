"""What messages between desk, dialer and media are made of: closed kinds, so that no header can be ended."""

from __future__ import annotations

from typing import Annotated

import msgspec

Name = Annotated[str, msgspec.Meta(max_length=128)]
Word = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9._-]{1,64}\Z")]
"""What stands in a SIP header as it is: nothing that could end the header or its part."""

Digits = Annotated[str, msgspec.Meta(pattern=r"\A\+?[0-9]{0,20}\Z")]
Count = Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)]
Moment = Annotated[int, msgspec.Meta(ge=0, lt=1 << 62)]
"""Microseconds since 1970."""

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
Patience = Annotated[int, msgspec.Meta(ge=0, le=3600)]
"""Seconds; 0: for ever."""


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag=True):
    """One message."""
