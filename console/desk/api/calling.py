"""Calls through the desk: who speaks with which case, for how long, how it ended; phones that may be rung."""

from __future__ import annotations

from typing import ClassVar, Final

from console.desk.api.base import Call, Done, Value
from console.desk.api.contact import ContactRef

SPEAKING_COUNTS: Final = 600.0
"""Seconds of a connected call that count as somebody being there, for the screen and for the desk that watches it."""


class CallView(Value, frozen=True, kw_only=True):
    """One call. Nothing here is a customer's: a case's number, a colleague, and how it went.

    Attributes:
        call_id, case_id, number: the call, its case and that case's number.
        caller, caller_id: who calls. contact: which of the case's numbers.
        state: of `console.desk.calls.states.CallState`. phase: while live, how far, as the dialer says
            (`console.dial.messages.Moved`). result, by: once ended (`console.dial.results`).
        started_at, connected_at, ended_at: microseconds UTC. talked: seconds.
        recording: `open` | `whole` | `torn` | `none`.
        inbound: the customer called, over a privacy number.
        left: while live, how many contacts of that number the rules that count allow besides this one, as they stood
            when it began, whoever called; None where none counts.
    """

    call_id: str
    case_id: str
    number: str
    caller: str
    caller_id: str
    contact: ContactRef
    state: str
    started_at: int
    phase: str = ""
    result: str = ""
    by: str = ""
    connected_at: int | None = None
    ended_at: int | None = None
    talked: int = 0
    recording: str = ""
    left: int | None = None
    inbound: bool = False


class StartCall(Call[CallView], frozen=True, kw_only=True, tag="call.start"):
    """Call a number of a case: the caller's phone rings first, then the customer's. case_id: id or number."""

    writes: ClassVar[bool] = True
    case_id: str
    contact: ContactRef = ContactRef(field="mobile")


class HangUp(Call[Done], frozen=True, kw_only=True, tag="call.hang_up"):
    """End a call: one's own, also while locked, or one of one's team. Empty: one's own."""

    call_id: str = ""


class OwnCall(Value, frozen=True, kw_only=True):
    """What the person's phone is doing; None: nothing. trunk: the provider's line is `up`, `down`; empty: not known."""

    call: CallView | None
    at: int
    trunk: str = ""


class ReadOwnCall(Call[OwnCall], frozen=True, kw_only=True, tag="call.own"):
    """The call that one is in, also while locked; call_id: how that one went, if it was one's own."""

    call_id: str = ""


class CallList(Value, frozen=True, kw_only=True):
    """Newest first."""

    calls: tuple[CallView, ...]
    at: int


class ListCalls(Call[CallList], frozen=True, kw_only=True, tag="call.list"):
    """The last hundred calls, one's own or one's team's. case_id: of one case, by id or number."""

    case_id: str = ""


class ListLiveCalls(Call[CallList], frozen=True, kw_only=True, tag="call.live"):
    """Who of the team speaks now, longest first."""


class PhoneView(Value, frozen=True, kw_only=True):
    """A person's phone. present: it is registered now."""

    person_id: str
    person: str
    name: str
    set_at: int
    present: bool


class PhoneList(Value, frozen=True, kw_only=True):
    """By person. trunk_password: one is kept for the provider's line."""

    phones: tuple[PhoneView, ...]
    trunk_password: bool


class ListPhones(Call[PhoneList], frozen=True, kw_only=True, tag="call.phones"):
    """Every phone that may be rung."""


class PhoneAccess(Value, frozen=True, kw_only=True):
    """What a softphone is set up with. password: shown this once, and nowhere kept in clear; tls: it registers so."""

    name: str
    password: str
    realm: str
    address: str
    port: int
    tls: bool = False

    @property
    def server(self) -> str:
        """Where it registers, as softphones write it."""
        return f"{self.address}:{self.port}{';transport=tls' if self.tls else ''}"


class SetPhone(Call[PhoneAccess], frozen=True, kw_only=True, tag="call.set_phone"):
    """Give a person a phone, or the one they have a new password."""

    person_id: str


class DropPhone(Call[Done], frozen=True, kw_only=True, tag="call.drop_phone"):
    """A person's phone is rung no more and may not register."""

    writes: ClassVar[bool] = True
    person_id: str


class SetCloudSecret(Call[Done], frozen=True, kw_only=True, tag="call.cloud_secret"):
    """What the desk signs with at the provider of privacy numbers (experimental); empty: nothing."""

    secret: str


class SetTrunkPassword(Call[Done], frozen=True, kw_only=True, tag="call.trunk_password"):
    """What the desk proves itself to the provider with; empty: nothing."""

    password: str
