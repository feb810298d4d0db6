"""Tickets: for ten minutes whoever proved all factors need not prove them again for each command at this machine."""

from __future__ import annotations

from typing import Final

import msgspec

from access.people.sessions import was_revoked
from console.desk.act import Act
from console.desk.api.session import IssueTicket, Me, Resume, Ticket
from console.desk.kernel import handles
from console.desk.sessions import enter

_TICKET: Final = 10 * 60 * 1_000_000
_TAG: Final = 32


class _TicketBody(msgspec.Struct, frozen=True, array_like=True):
    person_id: str
    login_id: str
    session_id: str
    until: int


@handles(IssueTicket)
def issue_ticket(act: Act, request: IssueTicket) -> Ticket:
    """Ten minutes for the next commands of this person at this machine.

    A session that a ticket opened gives out no later one: after ten minutes factors are proven again, whatever was
    asked meanwhile.
    """
    del request
    if act.parts.profile == "prod" and act.line.origin.source != "local":
        # Three factors over SSH are for that terminal; a command here proves the person at this machine.
        act.refuse("session.ticket_unfit", clause="Y-4.2.2")
    seated = act.seated
    until = act.now + _TICKET if seated.ticket_until is None else min(seated.ticket_until, act.now + _TICKET)
    body = msgspec.msgpack.encode(_TicketBody(seated.person_id, seated.login_id, seated.session_id, until))
    act.log("account:session:ticket", object_kind="session", object_id=seated.session_id)
    return Ticket(ticket=(act.parts.keys.token.digest(body) + body).hex(), valid_until=until)


@handles(Resume)
def resume(act: Act, request: Resume) -> Me:
    """Continue with a ticket; the person's standing is read afresh."""
    body = _ticket_body(act, request.ticket)
    if body is None or not act.now < body.until or was_revoked(act.uow, body.session_id):
        act.refuse("session.ticket_unfit")
    return enter(act, body.person_id, body.login_id, "ticket", body.until, command=True)


def _ticket_body(act: Act, ticket: str) -> _TicketBody | None:
    """What a ticket of this desk says; none for anything else, which is not even read."""
    try:
        sealed = bytes.fromhex(ticket)
    except ValueError:
        return None
    if not act.parts.keys.token.verify(sealed[:_TAG], sealed[_TAG:]):
        return None
    return msgspec.msgpack.decode(sealed[_TAG:], type=_TicketBody)
