"""The one-use ticket of a call: a sealed field, its case key handed over to the dialer, and what it was issued for.

What it guarantees: a ticket opens in the one dialer process it was issued to, for the call and the event named in it,
before it ends, and once. The number exists in clear only in what `TicketDesk.open` returns. Elsewhere: who may have one
issued is decided, and the event appended and committed, in the desk before.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from access.context import SECOND, Clock
from masking.case_keys import CaseKey, Purpose
from masking.errors import MaskingError
from masking.gm import Sm2PrivateKey, Sm2PublicKey, sm3
from masking.handover import hand_over, take_over
from masking.sealing import SealContext

LONGEST: Final = 120 * SECOND
"""A ticket that claims to hold longer than this from now is none."""

_Name = Annotated[str, msgspec.Meta(max_length=128)]
_Moment = Annotated[int, msgspec.Meta(ge=0, lt=1 << 62)]


class Ticket(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What the desk sends for one call; `ends_at` in microseconds. Holds no number that anybody else could read."""

    call_id: _Name
    event_id: _Name
    ends_at: _Moment
    tenant_id: _Name
    table: _Name
    row_id: _Name
    case_id: _Name
    field: _Name
    key_version: Annotated[int, msgspec.Meta(ge=0, lt=1 << 24)]
    sealed: Annotated[bytes, msgspec.Meta(max_length=1024)]
    envelope: Annotated[bytes, msgspec.Meta(max_length=512)] = b""

    def context(self) -> SealContext:
        """Where the sealed field stands."""
        return SealContext(self.tenant_id, self.table, self.row_id, self.case_id, self.field, self.key_version)

    def bound(self) -> bytes:
        """Everything but the envelope: what the envelope is bound to."""
        return _encode(msgspec.structs.replace(self, envelope=b""))


_encode: Final = msgspec.msgpack.Encoder().encode


class TicketRefused(Exception):
    """A ticket that is not opened. `code`: `broken`, `ended`, `other_call`, `used`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def issue(
    case_key: CaseKey,
    receiver: Sm2PublicKey,
    context: SealContext,
    sealed: bytes,
    *,
    call_id: str,
    event_id: str,
    ends_at: int,
) -> Ticket:
    """Make the ticket of one call.

    Args:
        case_key: of the case, unwrapped for dialling, or for a message.
        receiver: the dialer's key, or the sender's, as that process said it.
        context: where the sealed field stands.
        sealed: the field, still sealed.
        call_id: the call.
        event_id: the event that says that it is made.
        ends_at: microseconds since 1970; at most `LONGEST` ahead.

    Raises:
        PurposeRefused: the case key was not unwrapped for a process that takes tickets.
    """
    blank = Ticket(
        call_id=call_id,
        event_id=event_id,
        ends_at=ends_at,
        tenant_id=context.tenant_id,
        table=context.table,
        row_id=context.row_id,
        case_id=context.case_id,
        field=context.field,
        key_version=context.key_version,
        sealed=sealed,
    )
    return msgspec.structs.replace(blank, envelope=hand_over(case_key, receiver, blank.bound()))


class TicketDesk:
    """Opens tickets, in the dialer process only. A new process has a new key, so old tickets die with the old one.

    Args:
        clock: the time.
        purpose: what this process opens fields for; a ticket made for another is broken.
    """

    def __init__(self, clock: Clock, purpose: Purpose = Purpose.DIAL) -> None:
        self._clock = clock
        self._purpose = purpose
        self._own = Sm2PrivateKey.generate()
        self._used: dict[bytes, int] = {}

    @property
    def key(self) -> Sm2PublicKey:
        """What tickets are issued to."""
        return self._own.public_key

    def open(self, ticket: Ticket, call_id: str) -> str:
        """The field in clear, for the one call it was issued for.

        Raises:
            TicketRefused: see there; a ticket that was refused as broken can still not be tried a second time.
        """
        now = self._clock.now_us()
        if ticket.call_id != call_id:
            raise TicketRefused("other_call")
        if not now < ticket.ends_at <= now + LONGEST:
            raise TicketRefused("ended")
        self._used = {mark: ends_at for mark, ends_at in self._used.items() if ends_at > now}
        bound = ticket.bound()
        mark = sm3(bound)
        if mark in self._used:
            raise TicketRefused("used")
        self._used[mark] = ticket.ends_at
        try:
            return (
                take_over(self._own, ticket.envelope, bound, self._purpose)
                .cipher()
                .open(ticket.sealed, ticket.context())
            )
        except MaskingError:
            pass
        raise TicketRefused("broken")

    def __repr__(self) -> str:
        return "TicketDesk(key hidden)"
