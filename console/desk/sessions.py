"""Signing in, being locked, ending: what binds a person to a line.

A line takes a person only after the commit of the event that says so. Outside a demo desk that takes password and
one-time code; in `prod` nobody signs in here until the third factor exists (Y-4.2.2).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import msgspec
from sqlalchemy import select, update

from access.audit.events import DetailKey
from access.people import sign_in as signing
from access.people.deed import Hand
from access.people.directory import find_login, load_actor
from access.people.sessions import add_session, close_session, open_sessions
from access.people.sign_in import Proven, SignedIn
from access.policy import Action, Actor, Resource, held_actions
from access.store.base import UnitOfWork
from access.store.schema import login, org_unit, person
from console.desk.act import Act, Later
from console.desk.api.base import Done, Refusal
from console.desk.api.session import (
    Greet,
    IssueTicket,
    Lock,
    Me,
    PersonCard,
    Resume,
    SetLanguage,
    SignIn,
    SignInAs,
    SignOut,
    Ticket,
    Unlock,
    Welcome,
    WhoAmI,
)
from console.desk.colleagues import cards
from console.desk.kernel import handles
from console.desk.parts import Parts

_TICKET: Final = 10 * 60 * 1_000_000
_TAG: Final = 32


@handles(Greet)
def greet(act: Act, request: Greet) -> Welcome:
    """What desk this is; in a demo desk, who can be taken."""
    del request
    people: tuple[PersonCard, ...] = cards(act, None) if act.parts.profile == "demo" else ()
    act.log("account:desk:greet", object_kind="desk", detail=((DetailKey.PROFILE, act.parts.profile),))
    return Welcome(desk=act.parts.settings.name, profile=act.parts.profile, people=people)


@handles(SignIn)
def sign_in(act: Act, request: SignIn) -> Later[Proven]:
    """Password and one-time code; the slow hash runs between two acts."""
    _refuse_prod(act)
    candidate = signing.find(act.uow, act.parts.proofs, request.login, act.parts.hasher)
    hasher = act.parts.hasher

    def finish(second: Act, proven: Proven) -> Me | Refusal:
        _leave(second)
        outcome = signing.sign_in(
            replace(second.deed, actor=None), proven, request.code, second.parts.keys.factor, second.line.origin
        )
        second.logged = True
        return _take(second, outcome.actor) if outcome.actor is not None else _refusal(second, outcome)

    return Later(lambda: signing.prove(candidate, request.password, hasher), finish)


def _refuse_prod(act: Act) -> None:
    if act.parts.profile == "prod":
        act.refuse("session.third_factor_missing", clause="Y-4.2.2")


def _refusal(act: Act, outcome: SignedIn) -> Refusal:
    decision = outcome.decision
    wait = max(0, outcome.locked_until - act.now) // 1_000_000
    return Refusal(
        code=decision.code,
        clause=decision.clause,
        ask=tuple(str(role) for role in decision.ask),
        params={"seconds": str(wait)},
    )


@handles(SignInAs)
def sign_in_as(act: Act, request: SignInAs) -> Me:
    """Take a seat in a demo desk by login, staff number or role."""
    if act.parts.profile != "demo":
        act.refuse("session.demo_only", clause="Y-4.2.2")
    wanted = request.name.strip()
    for card in cards(act, None):
        if wanted in {card.login, card.staff_no, card.name} or wanted in card.roles:
            break
    else:
        act.refuse("session.nobody_called", name=wanted[:32] if wanted.isascii() else "?")
    found = find_login(act.uow, act.parts.proofs, card.login)
    if found is None:
        act.refuse("signin.refused")
    return _enter(act, card.person_id, found["id"], "demo")


def _enter(act: Act, person_id: str, login_id: str, factor: str) -> Me:
    """A new session for a person whose standing allows one."""
    _leave(act)
    actor = load_actor(act.uow, act.parts.proofs, person_id, login_id=login_id)
    if actor is None:
        act.refuse("signin.refused")
    act.line.actor = actor
    act.require(Action.ACCOUNT_SESSION_SIGN_IN, Resource(kind="desk", subject_person_id=person_id))
    session_id = add_session(act.uow, person_id, login_id, act.line.origin)
    actor = replace(actor, session_id=session_id)
    act.log(
        Action.ACCOUNT_SESSION_SIGN_IN,
        session_id=session_id,
        object_kind="session",
        object_id=session_id,
        detail=((DetailKey.FACTOR, factor),),
    )
    return _take(act, actor)


def _leave(act: Act) -> None:
    """Whoever was on the line before leaves first: one session a line."""
    if act.line.session_id:
        close_session(act.deed, act.line.session_id, "signed_out")
    act.line.forget()


def _take(act: Act, actor: Actor) -> Me:
    """Bind the person to the line once the sign-in is committed."""
    line, hub = act.line, act.parts.hub
    units = frozenset(unit for unit in (actor.unit_id, *(seat.unit_id for seat in actor.seats)) if unit is not None)
    roles = frozenset(str(role) for role in actor.roles)
    now = act.now

    def bind() -> None:
        line.person_id, line.login_id, line.session_id = actor.person_id, actor.login_id or "", actor.session_id or ""
        line.actor, line.actor_read_at, line.opened_at, line.locked = actor, now, now, False
        hub.seat(line.number, actor.person_id, units, roles)

    act.uow.after_commit(bind)
    line.actor = None
    return _me(act, actor, now)


def _me(act: Act, actor: Actor, opened_at: int) -> Me:
    row = act.db.execute(
        select(person.c.staff_no, person.c.name, org_unit.c.name.label("unit"), login.c.language)
        .join(login, login.c.person_id == person.c.id)
        .join(org_unit, org_unit.c.id == person.c.unit_id)
        .where(person.c.id == actor.person_id, login.c.id == actor.login_id)
    ).one()
    return Me(
        person_id=actor.person_id,
        staff_no=row.staff_no,
        name=row.name,
        roles=tuple(sorted(str(role) for role in actor.roles)),
        unit=row.unit,
        acts=tuple(sorted(str(action) for action in held_actions(actor, act.now))),
        code=(actor.session_id or "")[-6:],
        source=act.line.origin.source,
        terminal=act.line.origin.terminal,
        language=row.language,
        zone=act.parts.settings.zone,
        opened_at=opened_at,
        lock_after=act.parts.settings.lock_minutes * 60,
    )


@handles(WhoAmI)
def who_am_i(act: Act, request: WhoAmI) -> Me:
    """The person on the line, as rows say now."""
    del request
    act.log("account:session:read", object_kind="session", object_id=act.line.session_id)
    return _me(act, act.actor, act.line.opened_at)


@handles(SetLanguage)
def set_language(act: Act, request: SetLanguage) -> Me:
    """Keep the person's language."""
    if request.language not in {"zh_CN", "en"}:
        act.refuse("session.language_unknown")
    act.db.execute(update(login).where(login.c.id == act.line.login_id).values(language=request.language))
    act.log("account:session:language", object_kind="login", object_id=act.line.login_id)
    return _me(act, act.actor, act.line.opened_at)


@handles(Lock)
def lock(act: Act, request: Lock) -> Done:
    """From the commit on the line answers nothing but unlocking."""
    del request
    line = act.line
    act.log("account:session:lock", object_kind="session", object_id=line.session_id)
    act.uow.after_commit(lambda: setattr(line, "locked", True))
    return Done()


@handles(Unlock)
def unlock(act: Act, request: Unlock) -> Later[Proven] | Me:
    """Both factors again; in a demo desk none."""
    line = act.line
    if act.parts.profile == "demo":
        act.log("account:session:unlock", object_kind="session", object_id=line.session_id)
        act.uow.after_commit(lambda: setattr(line, "locked", False))
        return _me(act, act.actor, line.opened_at)
    name = str(act.db.execute(select(login.c.name).where(login.c.id == line.login_id)).scalar() or "")
    candidate = signing.find(act.uow, act.parts.proofs, name, act.parts.hasher)
    hasher = act.parts.hasher

    def finish(second: Act, proven: Proven) -> Me | Refusal:
        outcome = signing.confirm(second.deed, proven, request.code, second.parts.keys.factor)
        second.logged = True
        if outcome.actor is None:
            return _refusal(second, outcome)
        second.uow.after_commit(lambda: setattr(line, "locked", False))
        return _me(second, outcome.actor, line.opened_at)

    return Later(lambda: signing.prove(candidate, request.password, hasher), finish)


@handles(SignOut)
def sign_out(act: Act, request: SignOut) -> Done:
    """End the session; the line stays."""
    del request
    line, hub = act.line, act.parts.hub
    if not close_session(act.deed, line.session_id, "signed_out"):
        act.log(Action.ACCOUNT_SESSION_END, object_kind="session", object_id=line.session_id)
    act.logged = True

    def empty() -> None:
        line.forget()
        hub.seat(line.number, "", frozenset(), frozenset())

    act.uow.after_commit(empty)
    return Done()


class _TicketBody(msgspec.Struct, frozen=True, array_like=True):
    person_id: str
    login_id: str
    session_id: str
    until: int


@handles(IssueTicket)
def issue_ticket(act: Act, request: IssueTicket) -> Ticket:
    """Ten minutes for the next commands of this person at this machine."""
    del request
    until = act.now + _TICKET
    body = msgspec.msgpack.encode(_TicketBody(act.actor.person_id, act.line.login_id, act.line.session_id, until))
    act.log("account:session:ticket", object_kind="session", object_id=act.line.session_id)
    return Ticket(ticket=(act.parts.keys.token.digest(body) + body).hex(), valid_until=until)


@handles(Resume)
def resume(act: Act, request: Resume) -> Me:
    """Continue with a ticket; the person's standing is read afresh."""
    _refuse_prod(act)
    try:
        sealed = bytes.fromhex(request.ticket)
        body = msgspec.msgpack.decode(sealed[_TAG:], type=_TicketBody)
    except (ValueError, msgspec.MsgspecError):
        act.refuse("session.ticket_unfit")
    if not act.parts.keys.token.verify(sealed[:_TAG], sealed[_TAG:]) or not act.now < body.until:
        act.refuse("session.ticket_unfit")
    return _enter(act, body.person_id, body.login_id, "ticket")


def close_left_open(parts: Parts) -> None:
    """End sessions that a desk which is no more left open."""

    def sweep(uow: UnitOfWork) -> None:
        deed = Hand(uow, parts.proofs)
        for row in open_sessions(uow):
            close_session(deed, row["id"], "restart")

    parts.store.run(sweep)
