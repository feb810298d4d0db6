"""What goes when somebody loses her standing: values, sessions, requests, approvals, cases. All of it in one act.

Values and requests end in the database, and whatever shows one is told at once; a screen that is not told finds the
grant ended at its next reading anyway. Others' requests that waited for her go to whoever else may decide them, her
cases into their unit's pool.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from access.grants.live import end_grants, resource_of_grant
from access.grants.requests.handover import hand_over, waiting
from access.people.seats import suspend_seats
from access.people.sessions import close_sessions_of
from access.policy import Action
from access.roles import delegations, records
from access.roles.application import OPEN, ApplicationState
from access.store.proof_many import Change, update_many
from access.store.schema import case_file, role_application
from console.desk.act import Act
from console.desk.hub import Audience
from console.desk.reveals.asking import tell_deciders
from console.desk.reveals.granting import granting
from console.desk.team.covers import hands, shut_out

REVOKED: Final = "revoked"


def lose_all(act: Act, person_id: str, why: str) -> int:
    """Everything at once, for somebody who is no longer active; return how many cases went back.

    Args:
        act: the act; the person's own row says already that she is not active.
        person_id: whose.
        why: code for the events.
    """
    suspend_seats(act, person_id)
    end_sessions(act, person_id)
    end_reveals(act, person_id, why)
    cases = release_cases(act, person_id)
    delegations.end_all_of(act, person_id)
    reroute(act)
    return cases


def end_sessions(act: Act, person_id: str) -> int:
    """End every session of the person, whichever login opened it, and tell her screens."""
    closed = close_sessions_of(act, person_id, REVOKED)
    act.push("session", person_id, Audience.of(person_id))
    return len(closed)


def end_reveals(act: Act, person_id: str, why: str) -> int:
    """End what the person holds or waits for; her screens and those who watch are told."""
    ended = end_grants(granting(act), person_id=person_id, why=why)
    for grant in ended.grants:
        unit_id = resource_of_grant(act.uow, grant).unit_id
        act.push("grant", grant["id"], Audience.of(person_id, units=(unit_id,)))
        act.push("case", grant["case_id"], Audience.of(person_id, units=(unit_id,)))
    for request in ended.requests:
        tell_deciders(act, request)
    return len(ended.grants)


def end_duties(act: Act, person_id: str) -> None:
    """End delegations from and to somebody who goes, and what was applied for on her behalf."""
    delegations.end_all_of(act, person_id)
    desk = granting(act)
    mine = (role_application.c.person_id == person_id, role_application.c.state.in_(sorted(OPEN)))
    for row in records.where(desk, *mine):
        records.move(desk, row, ApplicationState.WITHDRAWN, Action.ACCOUNT_ROLE_WITHDRAW)


def reroute(act: Act) -> None:
    """Hand waiting requests to whoever may decide them now, and tell them."""
    desk = granting(act)
    hand_over(desk)
    for row in waiting(desk):
        tell_deciders(act, row)


def release_cases(act: Act, person_id: str) -> int:
    """Give the person's cases back to their units' pools; return how many.

    A case whose row does not prove itself counts as absent and stays as it is, shown to nobody.
    """
    for cover_id in hands(act, person_id)[1:]:
        if cover_id is not None:
            shut_out(act, cover_id, person_id, "assignee_gone")
    query = act.uow.lock(select(case_file).where(case_file.c.assignee_id == person_id).order_by(case_file.c.id))
    rows = act.proofs.holding(act.uow, case_file, act.db.execute(query).mappings().all())
    changes = [
        Change(
            row_id=row["id"],
            version=row["version"],
            values={"assignee_id": None},
            event=act.event(
                Action.CASE_ASSIGNMENT_CHANGE,
                object_kind="case",
                object_id=row["id"],
                case_id=row["id"],
                tenant_id=row["tenant_id"],
                reason="assignee_gone",
            ),
        )
        for row in rows
    ]
    update_many(act.uow, act.proofs, case_file, changes)
    for unit_id in sorted({row["unit_id"] for row in rows}):
        act.push("queue", unit_id, Audience.of(person_id, units=(unit_id,)))
    return len(changes)
