"""What an event's `detail` may add to its fields: a closed set of keys, one meaning each.

* ``ask``: roles that a refusal names, joined by commas
* ``batch_id``: import batch concerned
* ``bytes``: size of a file or message
* ``changed``: rows or accounts changed
* ``code``: stable error or warning code
* ``cases``: cases concerned
* ``count``: how many, where `rows` says something else already
* ``digest``: SM3 of a file or message
* ``factor``: kind of factor used or failed (password, totp, key)
* ``from``: state before
* ``grant_id``: live grant the act rests on
* ``key_id``: key used, by its short name
* ``kind``: kind of import, export, message, alert
* ``name``: short code name of a setting, source or rule, never of a person
* ``new``: rows or cases created
* ``ordinal``: which of several values of one field
* ``pause_us``: longest pause, microseconds
* ``profile``: profile of the desk
* ``reference``: number of the complaint, request or audit that an act is for
* ``rejected``: rows rejected
* ``request_id``: request concerned
* ``role``: role concerned, where it is not the actor's
* ``seconds``: duration
* ``size``: size of the log
* ``state``: state reached
* ``table``: database table concerned
* ``tier``: reveal tier
* ``to``: state after
* ``unit_id``: unit concerned, where it is not the actor's
* ``verdict``: what was decided
* ``version``: version of a catalogue, mapping or schema
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class DetailKey(StrEnum):
    """What `Event.detail` may add; meanings stand in the module's docstring."""

    ASK = "ask"
    BATCH_ID = "batch_id"
    BYTES = "bytes"
    CASES = "cases"
    CHANGED = "changed"
    CODE = "code"
    COUNT = "count"
    DIGEST = "digest"
    FACTOR = "factor"
    FROM = "from"
    GRANT_ID = "grant_id"
    KEY_ID = "key_id"
    KIND = "kind"
    NAME = "name"
    NEW = "new"
    ORDINAL = "ordinal"
    PAUSE_US = "pause_us"
    PROFILE = "profile"
    REFERENCE = "reference"
    REJECTED = "rejected"
    REQUEST_ID = "request_id"
    ROLE = "role"
    SECONDS = "seconds"
    SIZE = "size"
    STATE = "state"
    TABLE = "table"
    TIER = "tier"
    TO = "to"
    UNIT_ID = "unit_id"
    VERDICT = "verdict"
    VERSION = "version"


ID_KEYS: Final = frozenset(
    {DetailKey.BATCH_ID, DetailKey.GRANT_ID, DetailKey.REQUEST_ID, DetailKey.UNIT_ID},
)
"""Details that are ids: 32 hexadecimal digits."""

COUNT_KEYS: Final = frozenset(
    {
        DetailKey.BYTES,
        DetailKey.CASES,
        DetailKey.CHANGED,
        DetailKey.COUNT,
        DetailKey.NEW,
        DetailKey.ORDINAL,
        DetailKey.PAUSE_US,
        DetailKey.REJECTED,
        DetailKey.SECONDS,
        DetailKey.SIZE,
    },
)
"""Details that are counts: decimal digits, fewer than a mobile number has."""

DIGEST_KEYS: Final = frozenset({DetailKey.DIGEST})
"""Details that are SM3 digests: 64 hexadecimal digits."""
