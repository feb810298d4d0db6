"""Signing in, being locked, ending: what binds a person to a line.

A line takes a person only after the commit of the event that says so. Outside a demo desk that takes password and
one-time code; in `prod` three are needed, which the front door takes (`console.desk.doorway`), or here a challenge that
is signed with the person's key (`console.desk.challenge`; Y-4.2.2).
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select, update

from access.audit.events import DetailKey
from access.people import sign_in as signing
from access.people.deed import Hand
from access.people.directory import find_login, load_actor, person_row, unit_row
from access.people.sessions import (
    add_session,
    as_command,
    close_session,
    end_older_screens,
    open_sessions,
)
from access.people.sign_in import Proven, SignedIn
from access.policy import Action, Actor, Proof, Resource, held_actions
from access.store.base import UnitOfWork
from access.store.schema import login
from console.desk import seating
from console.desk.act import Act, Later
from console.desk.api.base import Done, Refusal
from console.desk.api.session import (
    Greet,
    Lock,
    Me,
    PersonCard,
    SetLanguage,
    SignIn,
    SignInAs,
    SignOut,
    Unlock,
    Welcome,
    WhoAmI,
)
from console.desk.colleagues import cards
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.desk.line import Sitting
from console.desk.marks import codes_of
from console.desk.parts import Parts
from console.desk.staff.views import gates_of
from watermark.screen_mark import pack


@handles(Greet)
def greet(act: Act, request: Greet) -> Welcome:
    """What desk this is; in a demo desk, who can be taken."""
    del request
    people: tuple[PersonCard, ...] = cards(act, "active") if act.parts.profile == "demo" else ()
    act.log("account:desk:greet", object_kind="desk", detail=((DetailKey.PROFILE, act.parts.profile),))
    return Welcome(desk=act.parts.settings.name, profile=act.parts.profile, people=people)


@handles(SignIn)
def sign_in(act: Act, request: SignIn) -> Later[Proven]:
    """Password and one-time code; the slow hash runs between two acts."""
    _refuse_prod(act)
    candidate = signing.find(act.uow, act.parts.proofs, request.login, act.parts.hasher)
    hasher = act.parts.hasher

    def finish(second: Act, proven: Proven) -> Me | Refusal:
        outcome = signing.sign_in(
            replace(second.deed, actor=None), proven, request.code, second.parts.keys.factor, second.line.origin
        )
        second.logged = True
        if outcome.actor is None:
            # Whoever is on the line stays on it: an attempt that fails changes nothing but its count.
            return refusal_of(second, outcome)
        leave_line(second)
        return take_seat(second, outcome.actor, command=request.command)

    return Later(lambda: signing.prove(candidate, request.password, hasher), finish)


def _refuse_prod(act: Act) -> None:
    if act.parts.profile == "prod":
        act.refuse("session.third_factor_missing", clause="Y-4.2.2")


def refusal_of(act: Act, outcome: SignedIn) -> Refusal:
    """Why nobody was seated, and for how long the account stays locked."""
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
    for card in cards(act):
        if wanted in {card.login, card.staff_no, card.name} or wanted in card.roles:
            break
    else:
        act.refuse("session.nobody_called", name=wanted[:32] if wanted.isascii() else "?")
    found = find_login(act.uow, act.parts.proofs, card.login)
    if found is None:
        act.refuse("signin.refused")
    return enter(act, card.person_id, found["id"], "demo", command=request.command)


def enter(
    act: Act, person_id: str, login_id: str, factor: str, ticket_until: int | None = None, *, command: bool
) -> Me:
    """A new session for a person whose standing allows one."""
    actor = load_actor(act.uow, act.proofs, person_id, login_id=login_id)
    if actor is None:
        act.refuse("signin.refused")
    leave_line(act)
    act.who = actor
    act.require(Action.ACCOUNT_SESSION_SIGN_IN, Resource(kind="desk", subject_person_id=person_id))
    session_id = add_session(act.uow, person_id, login_id, act.line.origin)
    act.log(
        Action.ACCOUNT_SESSION_SIGN_IN,
        person_id=person_id,
        session_id=session_id,
        object_kind="session",
        object_id=session_id,
        detail=((DetailKey.FACTOR, factor),),
    )
    return take_seat(act, replace(actor, session_id=session_id), ticket_until, command=command)


def leave_line(act: Act) -> None:
    """Whoever was on the line before leaves: one session a line."""
    if act.sitting is not None:
        close_session(act, act.sitting.session_id, "signed_out")


def take_seat(act: Act, actor: Actor, ticket_until: int | None = None, *, command: bool = False) -> Me:
    """Bind the person to the line once the sign-in is committed; a screen ends the person's older ones.

    Nobody proves anything in a demo desk, so nobody there takes another's screen.
    """
    if command:
        as_command(act.uow, actor.session_id or "")
    elif act.parts.profile != "demo":
        most = act.parts.settings.session.screens
        if end_older_screens(replace(act.deed, actor=actor), actor.person_id, actor.session_id or "", most):
            act.push("session", actor.person_id, Audience.of(actor.person_id))
    sitting = Sitting(
        person_id=actor.person_id,
        login_id=actor.login_id or "",
        session_id=actor.session_id or "",
        opened_at=act.now,
        ticket_until=ticket_until,
        command=command,
    )
    seating.take(act, sitting, actor)
    return _me(act, actor, act.now)


def _me(act: Act, actor: Actor, opened_at: int) -> Me:
    row, unit = person_row(act.uow, act.proofs, actor.person_id), unit_row(act.uow, act.proofs, actor.unit_id)
    language = act.db.execute(select(login.c.language).where(login.c.id == actor.login_id)).scalar_one()
    if row is None:
        act.refuse("session.ended")
    return Me(
        person_id=actor.person_id,
        staff_no=row["staff_no"],
        name=row["name"],
        roles=tuple(sorted(str(role) for role in actor.roles)),
        unit=unit["name"] if unit is not None else "",
        acts=tuple(sorted(str(action) for action in held_actions(actor, act.now))),
        code=(actor.session_id or "")[-6:],
        source=act.line.origin.source,
        terminal=act.line.origin.terminal,
        language=language,
        zone=act.parts.settings.zone,
        opened_at=opened_at,
        lock_after=act.parts.settings.lock_minutes * 60,
        gates=gates_of(row, act.now),
        mark=pack(codes_of(act.parts).word(actor.session_id or "")),
        copies=act.parts.settings.marks.copied_text,
    )


@handles(WhoAmI)
def who_am_i(act: Act, request: WhoAmI) -> Me:
    """The person on the line, as rows say now."""
    del request
    act.log("account:session:read", object_kind="session", object_id=act.seated.session_id)
    return _me(act, act.actor, act.seated.opened_at)


@handles(SetLanguage)
def set_language(act: Act, request: SetLanguage) -> Me:
    """Keep the person's language."""
    if request.language not in {"zh_CN", "en"}:
        act.refuse("session.language_unknown")
    act.db.execute(update(login).where(login.c.id == act.seated.login_id).values(language=request.language))
    act.log("account:session:language", object_kind="login", object_id=act.seated.login_id)
    return _me(act, act.actor, act.seated.opened_at)


@handles(Lock)
def lock(act: Act, request: Lock) -> Done:
    """From the commit on the line answers nothing but unlocking."""
    del request
    act.log("account:session:lock", object_kind="session", object_id=act.seated.session_id)
    seating.take(act, replace(act.seated, locked=True), act.actor)
    return Done()


@handles(Unlock)
def unlock(act: Act, request: Unlock) -> Later[Proven] | Me:
    """Both factors again; in a demo desk none."""
    if act.parts.profile == "demo":
        act.log("account:session:unlock", object_kind="session", object_id=act.seated.session_id)
        return _unlocked(act, act.actor)
    row = act.proofs.get(act.uow, login, act.seated.login_id)
    candidate = signing.find(act.uow, act.proofs, row["name"] if row is not None else "", act.parts.hasher)
    hasher = act.parts.hasher

    def finish(second: Act, proven: Proven) -> Me | Refusal:
        outcome = signing.confirm(second.deed, proven, request.code, second.parts.keys.factor)
        second.logged = True
        return _unlocked(second, outcome.actor) if outcome.actor is not None else refusal_of(second, outcome)

    return Later(lambda: signing.prove(candidate, request.password, hasher), finish)


def _unlocked(act: Act, actor: Actor) -> Me:
    actor = replace(actor, session_id=act.seated.session_id)
    seating.take(act, replace(act.seated, locked=False), actor)
    seating.prove(act, Proof(act.now))
    return _me(act, actor, act.seated.opened_at)


@handles(SignOut)
def sign_out(act: Act, request: SignOut) -> Done:
    """End the session; the line stays."""
    del request
    if not close_session(act, act.seated.session_id, "signed_out"):
        act.log(Action.ACCOUNT_SESSION_END, object_kind="session", object_id=act.seated.session_id)
    seating.empty(act)
    return Done()


def close_left_open(parts: Parts) -> None:
    """End sessions that a desk which is no more left open."""

    def sweep(uow: UnitOfWork) -> None:
        deed = Hand(uow, parts.proofs)
        for row in open_sessions(uow):
            close_session(deed, row["id"], "restart")

    parts.store.run(sweep)
