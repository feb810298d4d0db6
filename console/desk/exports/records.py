"""Rows of exports: loaded, decided on, moved from state to state. Rows that do not prove themselves are not there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey, Verb
from access.people.directory import held_rows
from access.policy import Action, Conditions, Resource
from access.roles import Role
from access.store.schema import export_decision, export_file, export_request
from console.desk.act import Act
from console.desk.exports.chain import Reach
from console.desk.exports.states import ExportState, may_step
from console.desk.hub import Audience
from console.desk.parts import Parts
from watermark.visible import export_number, serials_in

Row = RowMapping | dict[str, Any]
_PART: Final = 500
WATCHERS: Final = ("system_admin", "security_admin", "auditor", "compliance")


def find(act: Act, name: str) -> RowMapping | None:
    """The export of that id or number, if it proves itself."""
    serials = serials_in([name])
    if serials:
        rows = held_rows(act.uow, act.proofs, export_request, export_request.c.serial == serials[0])
        return rows[0] if rows else None
    return act.proofs.get(act.uow, export_request, name)


def decisions(act: Act, export_id: str) -> list[RowMapping]:
    """Every decision on it that holds, in the chain's order."""
    rows = held_rows(act.uow, act.proofs, export_decision, export_decision.c.export_id == export_id)
    return sorted(rows, key=lambda row: int(row["place"]))


def file_of(act: Act, export_id: str) -> RowMapping | None:
    """What was made of it, if that holds."""
    return act.proofs.get(act.uow, export_file, export_id)


def chain_of(row: Row) -> tuple[Role, ...]:
    """Roles that must agree, in order."""
    return tuple(Role(one) for one in row["chain"].split(","))


def agreed(act: Act, row: Row) -> bool:
    """Whether everybody who must has agreed, each another person and none of them the asker (§3.3 rules 1, 6, 12)."""
    given = [one for one in decisions(act, row["id"]) if one["verdict"] == "approve"]
    people = {one["person_id"] for one in given}
    roles = [one["role"] for one in given]
    return (
        roles == [role.value for role in chain_of(row)] and len(people) == len(given) and row["asker_id"] not in people
    )


def decisions_on(act: Act, ids: Sequence[str]) -> dict[str, list[RowMapping]]:
    """Every decision on several exports that holds, read at once; an export without one has an empty list."""
    found: dict[str, list[RowMapping]] = {one: [] for one in ids}
    for start in range(0, len(ids), _PART):
        where = export_decision.c.export_id.in_(ids[start : start + _PART])
        for row in held_rows(act.uow, act.proofs, export_decision, where):
            found[row["export_id"]].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: int(row["place"]))
    return found


def resource_of(act: Act, row: Row, given: Sequence[Row] | None = None) -> Resource:
    """An export as the decision sees it: who asked or agreed decides on it no more. given: decisions, if known."""
    rows = decisions(act, row["id"]) if given is None else given
    parties = tuple(one["person_id"] for one in rows)
    return Resource(
        kind="export",
        id=row["id"],
        unit_id=row["unit_id"],
        requester_id=row["asker_id"],
        party_ids=parties,
        state=row["state"],
    )


def require(act: Act, name: str, action: Action, *, sealed: bool = False) -> RowMapping:
    """The export, if this person may do this to it.

    Raises:
        Refused: `export.not_found` for what is missing, broken or out of reach; else the policy's codes.
    """
    row = find(act, name)
    about = resource_of(act, row) if row is not None else Resource.absent("export")
    act.require(action, about, Conditions(sealed=sealed, overdue=False))
    if row is None:
        act.refuse("export.not_found", clause="Y-4.2.1")
    return row


def next_action(act: Act, row: Row, given: Sequence[Row] | None = None) -> Action | None:
    """The act of agreeing that comes next; none when nothing is waited for. given: decisions, if known."""
    if row["state"] != ExportState.PENDING:
        return None
    chain = chain_of(row)
    place = len(decisions(act, row["id"]) if given is None else given)
    if place >= len(chain):
        return None
    inside = row["reach"] == Reach.INTERNAL
    return {
        Role.SUPERVISOR: Action.EXPORT_REQUEST_APPROVE if inside else Action.EXPORT_REQUEST_APPROVE_OUTSIDE,
        Role.SECURITY_ADMIN: Action.EXPORT_REQUEST_SECOND if inside else Action.EXPORT_REQUEST_SECOND_OUTSIDE,
    }.get(chain[place], Action.EXPORT_REQUEST_COMPLY)


def step(act: Act, row: Row, to: ExportState, action: Action | str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - columns and fields of the closed event
    """Move an export to another state; `ended_at`, when given, is a column, all else belongs to the event.

    Raises:
        Refused: `export.state`: not from where it stands.
        StaleRow: somebody moved it meanwhile.
    """
    if not may_step(row["state"], to):
        act.refuse("export.state")
    changes: dict[str, Any] = {"state": to.value}
    if "ended_at" in more:
        changes["ended_at"] = more.pop("ended_at")
    detail = ((DetailKey.FROM, row["state"]), (DetailKey.TO, to.value), *more.pop("detail", ()))
    event = act.event(
        str(action),
        verb=more.pop("verb", Verb.PROVIDE),
        object_kind="export",
        object_id=export_number(row["serial"]),
        tenant_id=row["tenant_id"],
        level=row["level"],
        detail=detail,
        **more,
    )
    after = act.proofs.update(act.uow, export_request, row["id"], row["version"], changes, event)
    tell(act, after)
    return after


def tell(act: Act, row: Row) -> None:
    """Push an export's change to those who asked, decide, release and watch."""
    act.push("export", row["id"], Audience.of(row["asker_id"], units=(row["unit_id"],), roles=WATCHERS))


def overdue_of(act: Act, person_id: str) -> list[RowMapping]:
    """Files that this person fetched, whose use is over and whose end was not confirmed (R-28b)."""
    where = (export_request.c.asker_id == person_id, export_request.c.state == ExportState.FETCHED.value)
    rows = held_rows(act.uow, act.proofs, export_request, *where)
    return [row for row in rows if row["use_until"] <= act.now]


def needs_key(parts: Parts) -> bool:
    """Whether files leave sealed to a key of the recipient's; only a demo hands out bare ones."""
    return parts.profile != "demo"


def due(parts: Parts, now: int) -> list[str]:
    """Ids of exports whose time on this desk is over, or whose use ends: cheap, for the clock."""
    with parts.store.engine.connect() as connection:
        query = (
            select(export_request.c.id)
            .join(export_file, export_file.c.id == export_request.c.id)
            .where(
                or_(
                    export_request.c.state.in_((ExportState.READY.value, ExportState.RELEASED.value)),
                    (export_request.c.state == ExportState.FETCHED.value) & export_file.c.removed_at.is_(None),
                ),
                export_file.c.expires_at <= now,
            )
        )
        return list(connection.execute(query).scalars())
