"""Binding a person to a line and to the hub, always after the commit that says so.

The hub learns whom a line's person may hear about: themselves, the units whose whole work one of their seats reaches,
and their roles in force. It learns it anew whenever the person is read afresh.
"""

from __future__ import annotations

from access.policy import Actor, Proof
from access.roles import Role
from console.desk.act import Act
from console.desk.hub import Audience
from console.desk.line import Sitting

_WHOLE_UNIT = frozenset({Role.SUPERVISOR, Role.AGENCY_MANAGER})


def take(act: Act, sitting: Sitting, actor: Actor) -> None:
    """Seat a person once the act is committed."""
    line, now = act.line, act.now

    def seat() -> None:
        line.take(sitting, actor, now)
        _tell_hub(act, actor, now)

    act.uow.after_commit(seat)
    _tell_team(act, actor)


def prove(act: Act, proof: Proof) -> None:
    """Let the line know what its person proved, once the act is committed."""
    line, seated = act.line, act.seated

    def keep() -> None:
        now = line.sitting
        if now is not None and now.session_id == seated.session_id and not now.locked:
            line.proof = proof

    act.uow.after_commit(keep)


def empty(act: Act) -> None:
    """Nobody is on the line once the act is committed."""
    line, sitting, hub = act.line, act.sitting, act.parts.hub

    def leave() -> None:
        if line.forget(sitting):
            hub.seat(line.number, "")

    act.uow.after_commit(leave)
    if act.who is not None:
        _tell_team(act, act.who)


def reseat(act: Act, actor: Actor) -> None:
    """Tell the hub what the person may hear about, as rows say now, if they are still there."""
    if act.line.sitting is act.sitting:
        _tell_hub(act, actor, act.now)


def _tell_team(act: Act, actor: Actor) -> None:
    """Who runs the person's unit sees them come, lock and go."""
    if actor.unit_id is not None:
        act.push("team", actor.unit_id, Audience.of(units=(actor.unit_id,)))


def _tell_hub(act: Act, actor: Actor, now: int) -> None:
    seats = [seat for seat in actor.seats if seat.valid_from <= now < seat.valid_until]
    act.parts.hub.seat(
        act.line.number,
        actor.person_id,
        units=frozenset(seat.unit_id for seat in seats if seat.role in _WHOLE_UNIT and seat.unit_id is not None),
        roles=frozenset(str(seat.role) for seat in seats),
        member_of=actor.unit_id or "",
        locked=act.line.sitting is not None and act.line.sitting.locked,
        session_id=act.line.sitting.session_id if act.line.sitting is not None else "",
    )
