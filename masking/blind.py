"""The keyed index by which an exact value is found without being readable (HMAC-SM3).

An entry says only that two rows of one tenant hold the same value of the same kind. It cannot be inverted
without the key, cannot be compared across tenants or kinds, and serves no prefix, order or range. Whoever can
ask may still guess whole values: the budget of misses is kept in ``access``. Spelling is settled in
``masking.normalise`` before.
"""

from __future__ import annotations

from enum import StrEnum

from masking.errors import BlindRefused
from masking.gm import Sm3Mac

ENTRY_SIZE = 16
_STATES_KEPT = 256


class BlindKind(StrEnum):
    """What the index keeps. Names are not among them: nobody is searched or merged by name.

    A contact's entry is never looked up: it stands beside one case's own datum, and tells a later import whether the
    lender says something new. A report's entries are no values' either: they are the key under which a sender of
    messages names what providers call them.
    """

    BANK_CARD = "bank_card"
    BILL = "bill"
    CONTACT = "contact"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    REPORT = "report"


_KINDS = {str(kind): kind.value.encode() for kind in BlindKind}


class BlindIndex:
    """Computes index entries under one key. Hides its key and cannot be pickled."""

    __slots__ = ("_begun", "_mac")

    def __init__(self, key: bytes) -> None:
        self._mac = Sm3Mac(key)
        self._begun: dict[tuple[str, str], Sm3Mac] = {}

    def entry(self, tenant_id: str, kind: str, normalised: str) -> bytes:
        """Return the 16-byte entry of one value.

        Args:
            tenant_id: The creditor; the same value gives another entry for another one.
            kind: A :class:`BlindKind` or its text.
            normalised: The value in the one spelling that ``masking.normalise`` gives it.

        Raises:
            BlindRefused: The kind is not kept, or there is nothing to look for.
        """
        begun = self._begun.get((tenant_id, kind)) or self._begin(tenant_id, kind)
        if not normalised:
            raise BlindRefused(what="empty")
        # Lone surrogates cannot come from a normalised value, but must not raise an error that quotes it.
        return begun.digest(normalised.encode("utf-8", "surrogatepass"))[:ENTRY_SIZE]

    def _begin(self, tenant_id: str, kind: str) -> Sm3Mac:
        """Prepare the state that all entries of a tenant and kind share."""
        kind_bytes = _KINDS.get(kind)
        if kind_bytes is None:
            raise BlindRefused(what="kind")
        if len(self._begun) >= _STATES_KEPT:
            self._begun.clear()
        begun = self._mac.begun(tenant_id.encode(), kind_bytes)
        self._begun[tenant_id, str(kind)] = begun
        return begun

    def __repr__(self) -> str:
        return "BlindIndex(key hidden)"

    def __reduce__(self) -> tuple[object, ...]:
        msg = "a blind index is not pickled"
        raise TypeError(msg)
