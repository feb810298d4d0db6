"""Who is at the screen: welcome, sign-in, who am I, lock."""

from __future__ import annotations

from typing import ClassVar

from console.desk.api.base import Call, Done, Value


class PersonCard(Value, frozen=True, kw_only=True):
    """A member of staff as colleagues see them."""

    person_id: str
    staff_no: str
    name: str
    login: str
    roles: tuple[str, ...]
    unit: str


class Welcome(Value, frozen=True, kw_only=True):
    """What an unknown visitor may know. `people` is empty outside a demo desk."""

    desk: str
    profile: str
    people: tuple[PersonCard, ...]


class Me(Value, frozen=True, kw_only=True):
    """The signed-in person, what they may do, and what the screen's mark says.

    acts: names of the calls' permissions the person holds in some scope, for the palette.
    code: short session code shown in the mark. opened_at: microseconds, UTC. gates: what shuts the person out of
    everything but reading why: training, agreement. mark: what the session's screens show in shades, see
    `watermark.screen_mark`. copies: text that is copied out of the terminal shall show it too (`watermark.copy_mark`).
    """

    person_id: str
    staff_no: str
    name: str
    roles: tuple[str, ...]
    unit: str
    acts: tuple[str, ...]
    code: str
    source: str
    terminal: str
    language: str
    zone: str
    opened_at: int
    lock_after: int
    gates: tuple[str, ...] = ()
    mark: str = ""
    copies: bool = False


class Greet(Call[Welcome], frozen=True, kw_only=True, tag="session.greet"):
    """Ask what desk this is."""


class SignIn(Call[Me], frozen=True, kw_only=True, tag="session.sign_in"):
    """Prove password and one-time code. `command`: for a command, whose session takes no screen from anybody."""

    login: str
    password: str
    code: str
    command: bool = False


class SignInAs(Call[Me], frozen=True, kw_only=True, tag="session.sign_in_as"):
    """Take a seat without factors; a demo desk only. `name` is a login, staff number or role."""

    name: str
    command: bool = False


class Resume(Call[Me], frozen=True, kw_only=True, tag="session.resume"):
    """Continue with a ten-minute ticket that a command kept."""

    ticket: str


class Ticket(Value, frozen=True, kw_only=True):
    """Opaque, sealed by the desk; valid for ten minutes."""

    ticket: str
    valid_until: int


class IssueTicket(Call[Ticket], frozen=True, kw_only=True, tag="session.issue_ticket"):
    """A ticket for the next commands of the signed-in person."""


class WhoAmI(Call[Me], frozen=True, kw_only=True, tag="session.who_am_i"):
    """The signed-in person again, after roles may have changed."""


class SetLanguage(Call[Me], frozen=True, kw_only=True, tag="session.set_language"):
    """Keep the person's language for the next sign-in: zh_CN or en."""

    writes: ClassVar[bool] = True
    language: str


class Lock(Call[Done], frozen=True, kw_only=True, tag="session.lock"):
    """Until unlocked, the line answers nothing but `Unlock` and `SignOut`."""


class Unlock(Call[Me], frozen=True, kw_only=True, tag="session.unlock"):
    """Password and code again; both empty in a demo desk."""

    password: str
    code: str


class StepUp(Call[Done], frozen=True, kw_only=True, tag="session.step_up"):
    """Show another one-time code; empty in a demo desk.

    `key`: the idempotency key of a call that was refused with `stepup.required`, so that the code is for that call.
    """

    code: str
    key: str = ""


class SignOut(Call[Done], frozen=True, kw_only=True, tag="session.sign_out"):
    """End the session; the line stays for the next person."""
