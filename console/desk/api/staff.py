"""The life of an account: asked for, made, invited, stopped, moved, gone; sessions, sign-up."""

from __future__ import annotations

from typing import ClassVar

from console.desk.api.base import Call, Done, Value
from console.desk.api.people import StaffCard

HIRE_REASONS = ("growth", "replacement", "other")
STOP_REASONS = ("investigation", "misconduct", "absence", "containment", "other")


class OrderView(Value, frozen=True, kw_only=True):
    """What one person asked about an account and another decides.

    kind: hire | check | reset | reactivate. state: open | done | refused | withdrawn. mine: the viewer asked it.
    """

    order_id: str
    kind: str
    state: str
    person_id: str | None
    staff_no: str
    name: str
    login: str
    unit: str
    unit_id: str
    reason: str
    asked_by: str
    asked_at: int
    mine: bool


class DepartureView(Value, frozen=True, kw_only=True):
    """A transfer or a leave. state: as requirements §4.5, in lower case. cases: given back to the pool.

    reveals, searches, exports: of the thirty days before a leave, tries that were refused included.
    """

    departure_id: str
    person_id: str
    staff_no: str
    name: str
    kind: str
    state: str
    unit: str
    to_unit: str
    last_day: str
    reason: str
    noted_by: str
    noted_at: int
    cases: int | None
    reveals: int
    searches: int
    exports: int
    mine: bool


class OpenOrders(Value, frozen=True, kw_only=True):
    """Everything that waits for somebody."""

    orders: tuple[OrderView, ...]
    departures: tuple[DepartureView, ...]


class PersonMade(Value, frozen=True, kw_only=True):
    """A new account. namesakes: staff numbers of people of the same name, who might be the same person."""

    card: StaffCard
    namesakes: tuple[str, ...]


class Invitation(Value, frozen=True, kw_only=True):
    """Shown once, to be handed over by another channel."""

    login: str
    code: str
    valid_until: int


class SigningUp(Value, frozen=True, kw_only=True):
    """What an authenticator app is fed, shown once. uri: for its QR code; seed: to type in."""

    uri: str
    seed: str


class SessionView(Value, frozen=True, kw_only=True):
    """Who is signed in. state: active | locked | away (no line at this moment). mine: this very session.

    kind: screen | command.
    """

    session_id: str
    person_id: str
    staff_no: str
    name: str
    roles: tuple[str, ...]
    since: int
    source: str
    terminal: str
    state: str
    mine: bool
    kind: str = "screen"


class SessionList(Value, frozen=True, kw_only=True):
    """Open sessions, newest first."""

    sessions: tuple[SessionView, ...]


class RequestPerson(Call[OrderView], frozen=True, kw_only=True, tag="staff.request"):
    """A supervisor asks for a new account in the own team."""

    writes: ClassVar[bool] = True
    staff_no: str
    name: str
    login: str
    reason: str = ""


class MakePerson(Call[PersonMade], frozen=True, kw_only=True, tag="staff.make"):
    """The system admin makes an account, by an order or without; a privileged one waits for the security admin."""

    writes: ClassVar[bool] = True
    staff_no: str
    name: str
    login: str
    unit_id: str
    privileged: bool = False
    order_id: str = ""


class InvitePerson(Call[Invitation], frozen=True, kw_only=True, tag="staff.invite"):
    """A one-time code for somebody who has no factors; kept nowhere but with whoever reads it."""

    person_id: str


class ListOrders(Call[OpenOrders], frozen=True, kw_only=True, tag="staff.orders"):
    """What waits: orders and departures that concern the viewer."""


class DecideOrder(Call[OrderView], frozen=True, kw_only=True, tag="staff.decide"):
    """Settle an open order. verdict: approve | refuse | withdraw."""

    writes: ClassVar[bool] = True
    order_id: str
    verdict: str


class SuspendPerson(Call[Done], frozen=True, kw_only=True, tag="staff.suspend"):
    """Stop somebody at once: seats, values, sessions, requests and cases go in this one act. reason: `STOP_REASONS`."""

    writes: ClassVar[bool] = True
    person_id: str
    reason: str = "other"


class AskReactivation(Call[OrderView], frozen=True, kw_only=True, tag="staff.reactivate"):
    """Ask that a suspended person may work again; the security admin agrees."""

    writes: ClassVar[bool] = True
    person_id: str
    reason: str = ""


class AskReset(Call[OrderView], frozen=True, kw_only=True, tag="staff.reset"):
    """Ask for new factors; once the security admin agrees the old ones are gone and she can be invited again."""

    writes: ClassVar[bool] = True
    person_id: str
    reason: str = ""


class UnlockPerson(Call[Done], frozen=True, kw_only=True, tag="staff.unlock"):
    """Forget somebody's failed attempts to sign in."""

    writes: ClassVar[bool] = True
    person_id: str


class NoteDeparture(Call[DepartureView], frozen=True, kw_only=True, tag="staff.depart"):
    """Note a transfer or a leave; without a last day the system admin's note is carried out at once.

    kind: transfer | leave. last_day: ISO date, or empty. to_unit_id: where a transfer leads.
    """

    writes: ClassVar[bool] = True
    person_id: str
    kind: str
    last_day: str = ""
    to_unit_id: str = ""
    reason: str = ""


class CarryOutDeparture(Call[DepartureView], frozen=True, kw_only=True, tag="staff.carry_out"):
    """Do all of a noted departure now, in one act."""

    writes: ClassVar[bool] = True
    departure_id: str


class ConfirmDeparture(Call[DepartureView], frozen=True, kw_only=True, tag="staff.confirm"):
    """The security admin has seen that nothing is left of it."""

    writes: ClassVar[bool] = True
    departure_id: str


class WithdrawDeparture(Call[DepartureView], frozen=True, kw_only=True, tag="staff.stay"):
    """Withdraw a departure that has not begun."""

    writes: ClassVar[bool] = True
    departure_id: str


class ListSessions(Call[SessionList], frozen=True, kw_only=True, tag="staff.sessions"):
    """Sessions of the people whom the viewer may stop."""


class EndSession(Call[Done], frozen=True, kw_only=True, tag="staff.end_session"):
    """End one, with everything plain on it."""

    writes: ClassVar[bool] = True
    session_id: str


class SignUp(Call[SigningUp], frozen=True, kw_only=True, tag="session.sign_up"):
    """An invited person's first step: the code handed over, and the password wished for."""

    login: str
    invitation: str
    password: str


class ConfirmSignUp(Call[Done], frozen=True, kw_only=True, tag="session.confirm_sign_up"):
    """The second: a code of the app, which puts both into use."""

    login: str
    invitation: str
    code: str
