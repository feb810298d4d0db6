"""What desk and dialer say of privacy numbers. A number here is the institution's own, never a customer's."""

from __future__ import annotations

from typing import Annotated

import msgspec

from console.dial.ticket import Ticket
from console.dial.words import Count, Digits, Moment, Name, Said


# -- desk to dialer --------------------------------------------------------------------------------------------------
class Bind(Said, frozen=True):
    """Recognise a customer who calls a number of ours.

    Attributes:
        binding_id: The binding; the ticket is issued for it.
        number_id, number: Which of ours.
        ticket: The customer's number, for the dialer alone; digested and forgotten.
        until: The end.
        cloud: The number is a provider's, which is to bind it: whoever calls it comes as a call from it to our own.
    """

    binding_id: Name
    number_id: Name
    number: Digits
    ticket: Ticket
    until: Moment
    cloud: bool = False


class Unbind(Said, frozen=True):
    """End a binding now."""

    binding_id: Name


class Cloud(Said, frozen=True):
    """The provider of privacy numbers; none where `url` is empty. EXPERIMENTAL, see `console.dial.axb.cloud`.

    Attributes:
        url: an address of https, host and port only.
        key_id, secret: What requests are signed with.
        pool: The provider's name of our pool.
        ca: File of who vouches for the provider; empty for whom this machine trusts.
    """

    url: Annotated[str, msgspec.Meta(pattern=r"\A(https://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?)?\Z")] = ""
    key_id: Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9._-]{0,64}\Z")] = ""
    secret: Name = ""
    pool: Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9._-]{0,64}\Z")] = ""
    ca: Annotated[str, msgspec.Meta(max_length=1024)] = ""

    def __repr__(self) -> str:
        return f"Cloud({self.url}, secret hidden)"


class Reject(Said, frozen=True):
    """Turn away who rings. busy: say so, else that nobody can be reached; a phone hears that it may not."""

    ring_id: Name
    busy: bool = False


# -- dialer to desk --------------------------------------------------------------------------------------------------
class Bound(Said, frozen=True):
    """Whether customers are recognised. code: `ok`, `taken` (that customer stands on that number already), `invalid`
    (no number that anybody calls from), `ticket_refused`; of a provider's numbers
    also `unset` and the codes of `console.dial.axb.posting.NotDone`.
    """  # noqa: D205 - one sentence

    binding_id: Name
    code: Annotated[str, msgspec.Meta(pattern=r"\A[a-z_]{1,24}\Z")]


class Rang(Said, frozen=True):
    """Somebody waits for the desk's word: `Dial` with this ring, or `Reject`.

    Attributes:
        ring_id: Of this ringing, made by the dialer.
        number_id: Which of ours was called.
        binding_id: Whose customer calls; empty where a phone does.
        phone: The phone that proved itself and called; empty where a customer does.
    """

    ring_id: Name
    number_id: Name
    binding_id: Name = ""
    phone: Name = ""


class Turned(Said, frozen=True):
    """Callers who were turned away without anybody being asked.

    Attributes:
        why: `stranger`, `expired`, `no_such_number`, or `unfit`: their speech cannot be heard, or not as it should be
            covered.
        number_id: Which of ours; empty for none.
        count: How many since the last word of this kind.
    """

    why: Annotated[str, msgspec.Meta(pattern=r"\A[a-z_]{1,24}\Z")]
    number_id: Name = ""
    count: Count = 1


ToDialer = Bind | Unbind | Reject | Cloud
FromDialer = Bound | Rang | Turned
