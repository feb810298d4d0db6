"""Applications and their steps as rows: found, listed, moved; only what proves itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.grants.context import GrantDesk
from access.people.directory import held_rows, load_actor
from access.policy import Resource
from access.roles.application import OPEN, ApplicationState
from access.roles.role import Role
from access.roles.separation import Breach, TechnicalPost, compatible, posts_compatible
from access.store.schema import role_application, role_step, technical_post

Row = Mapping[str, Any] | RowMapping

_BOOTSTRAP_KIND: Final = "bootstrap"


def find(desk: GrantDesk, application_id: str) -> RowMapping | None:
    """Return the application if it holds."""
    query = desk.uow.lock(select(role_application).where(role_application.c.id == application_id))
    rows = desk.uow.connection.execute(query).mappings().all()
    return next(iter(desk.proofs.holding(desk.uow, role_application, rows)), None)


def where(desk: GrantDesk, *conditions: ColumnElement[bool], limit: int = 200) -> list[RowMapping]:
    """Return applications that hold, the newest first."""
    query = select(role_application).where(*conditions).order_by(role_application.c.id.desc()).limit(limit)
    return desk.proofs.holding(desk.uow, role_application, desk.uow.connection.execute(query).mappings().all())


def steps_of(desk: GrantDesk, application_id: str) -> list[RowMapping]:
    """Return the steps taken, first to last; only what holds."""
    return held_rows(desk.uow, desk.proofs, role_step, role_step.c.application_id == application_id)


def posts_of(desk: GrantDesk, person_id: str) -> list[RowMapping]:
    """Return a person's technical posts in force."""
    mine = (technical_post.c.person_id == person_id, technical_post.c.state == "active")
    return held_rows(desk.uow, desk.proofs, technical_post, *mine)


def conflicts(desk: GrantDesk, person: Row, role: Role, *, production: bool = False) -> tuple[Breach, ...]:
    """Return the separation rules that a person's holding the role as well would break."""
    who = load_actor(desk.uow, desk.proofs, person["id"])
    held = {seat.role for seat in who.seats} if who is not None else set()
    posts = [TechnicalPost(row["kind"]) for row in posts_of(desk, person["id"])]
    found = (
        compatible({*held, role}, person["agency_id"]),
        posts_compatible(posts, {*held, role}, production=production),
    )
    return tuple(breach for breach in found if breach is not None)


def resource(row: Row, requester_id: str | None) -> Resource:
    """Return an application as the decision sees it."""
    return Resource(
        kind="application",
        id=row["id"],
        unit_id=row["unit_id"],
        requester_id=requester_id,
        subject_person_id=row["person_id"],
        state=row["state"],
    )


def about(
    row: Row,
    *more: tuple[DetailKey, str],
    **fields: Any,  # noqa: ANN401 - fields of the closed event schema
) -> dict[str, Any]:
    """What every event of an application says: whose role, which, and whether it goes by the bootstrap way."""
    early = ((DetailKey.KIND, _BOOTSTRAP_KIND),) if row["bootstrap"] else ()
    return {
        "object_kind": "person",
        "object_id": row["person_id"],
        "approval_id": row["id"],
        "detail": ((DetailKey.ROLE, row["role"]), *more, *early),
        **fields,
    }


def move(
    desk: GrantDesk,
    row: Row,
    to: ApplicationState,
    action: str,
    **changes: Any,  # noqa: ANN401 - columns of different types
) -> dict[str, Any]:
    """Change an application's state by compare-and-set and log it."""
    over = {} if to in OPEN else {"decided_at": desk.now}
    event = desk.event(action, **about(row, (DetailKey.FROM, row["state"]), (DetailKey.TO, to.value)))
    return desk.proofs.update(
        desk.uow,
        role_application,
        row["id"],
        row["version"],
        {"state": to.value, **over, **changes},
        event,
    )
