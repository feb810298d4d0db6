"""Recordings destroyed once their time is over (requirements §4.10): proposed, approved, carried out, witnessed.

Four people of four roles, none of whom may be another of them. A hold on the case keeps its recordings: it is looked at
when they are proposed and again when they are destroyed. The key goes first, in the act's own transaction with an event
for each recording; the file follows once that is committed (`console.desk.calls.shredding`). The certificate is the
destruction's own row: content, method, time, who carried it out, who witnessed it.
"""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Any, Final

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey, Verb
from access.policy import Action, Resource
from access.roles import Role
from access.store.schema import DESK_TENANT, call_recording, case_file, destruction, destruction_item
from console.desk.act import Act
from console.desk.api.recordings import (
    CarryOutDestruction,
    DecideDestruction,
    DestructionList,
    DestructionView,
    ListDestructions,
    ProposeDestruction,
    WitnessDestruction,
)
from console.desk.calls.shredding import begin_removing
from console.desk.calls.states import RecordingState
from console.desk.cases.rows import load_case, staff_names
from console.desk.hub import Audience
from console.desk.kernel import handles
from masking.gm import sm3

MOST: Final = 500
"""Recordings in one destruction."""

_LISTED: Final = 50
_ROLES: Final = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR, Role.COMPLIANCE)
_KINDS: Final = ("proposed_by", "approved_by", "executed_by", "witnessed_by")


@unique
class State(StrEnum):
    """How far a destruction is."""

    PROPOSED = "proposed"
    REFUSED = "refused"
    APPROVED = "approved"
    DESTROYED = "destroyed"
    WITNESSED = "witnessed"


@handles(ListDestructions)
def list_destructions(act: Act, request: ListDestructions) -> DestructionList:
    """The newest, and what could be proposed."""
    del request
    act.require(Action.CALL_RECORDING_DUE, Resource(kind="recording"))
    query = select(destruction).order_by(destruction.c.proposed_at.desc(), destruction.c.id.desc()).limit(_LISTED)
    rows = act.proofs.holding(act.uow, destruction, act.db.execute(query).mappings().all())
    counts = _due().with_only_columns(case_file.c.hold.is_(None), func.count()).group_by(case_file.c.hold.is_(None))
    found = {bool(free): int(count) for free, count in act.db.execute(counts, {"now": act.now})}
    act.log(Action.CALL_RECORDING_DUE, object_kind="destruction", rows=len(rows))
    names = staff_names(act, {row[kind] for row in rows for kind in _KINDS if row[kind]})
    views = tuple(_shown(row, names) for row in rows)
    return DestructionList(destructions=views, due=found.get(True, 0), held=found.get(False, 0))


@handles(ProposeDestruction)
def propose(act: Act, request: ProposeDestruction) -> DestructionView:
    """Everything that is due and not held, up to `MOST`."""
    del request
    act.require(Action.CALL_RECORDING_PROPOSE, Resource(kind="recording"))
    query = _due().where(case_file.c.hold.is_(None)).order_by(call_recording.c.keep_until, call_recording.c.id)
    due = act.db.execute(query.limit(MOST), {"now": act.now}).mappings().all()
    rows = act.proofs.holding(act.uow, call_recording, due)
    ids = [row["id"] for row in rows if not _held(act, row)]
    if not ids:
        act.refuse("destruction.nothing_due")
    destruction_id = act.parts.ids.new()
    values: dict[str, Any] = dict.fromkeys(column.name for column in destruction.columns) | {
        "id": destruction_id,
        "tenant_id": DESK_TENANT,
        "state": State.PROPOSED.value,
        "until": act.now,
        "covers": len(ids),
        "destroyed": 0,
        "digest": sm3("\n".join(ids).encode()).hex(),
        "proposed_by": act.actor.person_id,
        "proposed_at": act.now,
    }
    for made in ("version", "event_id", "proof"):
        del values[made]
    event = _event(act, Action.CALL_RECORDING_PROPOSE, destruction_id, values)
    row = act.proofs.insert(act.uow, destruction, values, event)
    items = [
        {"id": act.parts.ids.new(), "tenant_id": DESK_TENANT, "destruction_id": destruction_id, "recording_id": one}
        | {"result": "due"}
        for one in ids
    ]
    act.db.execute(insert(destruction_item), items)
    return _told(act, row)


@handles(DecideDestruction)
def decide(act: Act, request: DecideDestruction) -> DestructionView:
    """Approve it or refuse it."""
    row = _require(act, Action.CALL_RECORDING_APPROVE, request.destruction_id, request.version, State.PROPOSED)
    state = State.APPROVED if request.approve else State.REFUSED
    changes = {"state": state.value, "approved_by": act.actor.person_id, "approved_at": act.now}
    return _moved(act, Action.CALL_RECORDING_APPROVE, row, changes)


@handles(CarryOutDestruction)
def carry_out(act: Act, request: CarryOutDestruction) -> DestructionView:
    """Destroy the keys now and the files once that is committed; whatever is held by now stays."""
    row = _require(
        act, Action.CALL_RECORDING_DESTROY, request.destruction_id, request.version, State.APPROVED, Role.SYSTEM_ADMIN
    )
    gone: list[str] = []
    for one in _recordings(act, row):
        if one["state"] == RecordingState.DESTROYED or _held(act, one):
            _settle(act, row["id"], one["id"], "held")
            continue
        event = act.event(
            Action.CALL_RECORDING_DESTROY,
            verb=Verb.DESTROY,
            object_kind="recording",
            object_id=one["id"],
            case_id=one["case_id"],
            tenant_id=one["tenant_id"],
            approval_id=row["id"],
        )
        emptied = {"state": RecordingState.DESTROYED.value, "wrapped_key": b""}
        act.proofs.update(act.uow, call_recording, one["id"], one["version"], emptied, event)
        _settle(act, row["id"], one["id"], RecordingState.DESTROYED.value)
        gone.append(one["id"])
    changes = {
        "state": State.DESTROYED.value,
        "executed_by": act.actor.person_id,
        "executed_at": act.now,
        "destroyed": len(gone),
    }
    view = _moved(act, Action.CALL_RECORDING_DESTROY, row, changes)
    parts = act.parts
    act.uow.after_commit(lambda: begin_removing(parts, gone))
    return view


@handles(WitnessDestruction)
def witness(act: Act, request: WitnessDestruction) -> DestructionView:
    """Look whether keys and files are gone, and sign that they are."""
    row = _require(
        act, Action.CALL_RECORDING_WITNESS, request.destruction_id, request.version, State.DESTROYED, Role.AUDITOR
    )
    query = select(destruction_item.c.recording_id).where(
        destruction_item.c.destruction_id == row["id"], destruction_item.c.result == RecordingState.DESTROYED.value
    )
    ids = list(act.db.execute(query).scalars())
    held = act.proofs.holding(
        act.uow,
        call_recording,
        act.db.execute(select(call_recording).where(call_recording.c.id.in_(ids))).mappings().all(),
    )
    keyless = {one["id"] for one in held if one["state"] == RecordingState.DESTROYED and not one["wrapped_key"]}
    home = act.parts.home
    files = [one for one in ids if home is None or (home.recordings / f"{one}.vdr").exists()]
    if keyless != set(ids) or files or len(ids) != row["destroyed"]:
        act.refuse("destruction.left", count=str(len(set(ids) - keyless) + len(files)))
    changes = {"state": State.WITNESSED.value, "witnessed_by": act.actor.person_id, "witnessed_at": act.now}
    return _moved(act, Action.CALL_RECORDING_WITNESS, row, changes)


def _due() -> Any:  # noqa: ANN401 - a statement whose columns change
    """Recordings that need not be kept any more, with their cases; `now` is bound when it is asked."""
    return (
        select(call_recording)
        .join(case_file, case_file.c.id == call_recording.c.case_id)
        .where(
            call_recording.c.keep_until <= bindparam("now"),
            call_recording.c.state.not_in((RecordingState.OPEN.value, RecordingState.DESTROYED.value)),
            call_recording.c.id.not_in(
                select(destruction_item.c.recording_id)
                .join(destruction, destruction.c.id == destruction_item.c.destruction_id)
                .where(destruction.c.state.in_((State.PROPOSED.value, State.APPROVED.value)))
            ),
        )
    )


def _held(act: Act, recording: RowMapping) -> bool:
    """Whether its case is held, or cannot be looked at; or its time is not over after all."""
    case = load_case(act, recording["case_id"])
    return case is None or case["hold"] is not None or recording["keep_until"] > act.now


def _require(  # noqa: PLR0917 - which, as it was seen, and what it must be
    act: Act, action: Action, destruction_id: str, version: int, state: State, role: Role | None = None
) -> RowMapping:
    row = act.proofs.get(act.uow, destruction, destruction_id)
    parties = tuple(row[kind] for kind in _KINDS if row[kind]) if row is not None else ()
    decision = act.require(action, Resource(kind="recording", party_ids=parties))
    if role is not None and decision.role is not role:
        act.refuse("role.denied", clause="F-13", ask=(role,))
    if row is None:
        act.refuse("destruction.not_found")
    if row["state"] != state:
        act.refuse("destruction.not_now")
    if row["version"] != version:
        act.refuse("destruction.changed")
    return row


def _recordings(act: Act, row: RowMapping) -> list[RowMapping]:
    query = (
        select(call_recording)
        .join(destruction_item, destruction_item.c.recording_id == call_recording.c.id)
        .where(destruction_item.c.destruction_id == row["id"])
        .order_by(call_recording.c.id)
    )
    found = act.proofs.holding(act.uow, call_recording, act.db.execute(query).mappings().all())
    if sm3("\n".join(_ids(act, row)).encode()).hex() != row["digest"]:
        act.refuse("destruction.changed")
    return found


def _ids(act: Act, row: RowMapping) -> list[str]:
    query = select(destruction_item.c.recording_id).where(destruction_item.c.destruction_id == row["id"])
    return list(act.db.execute(query.order_by(destruction_item.c.id)).scalars())


def _settle(act: Act, destruction_id: str, recording_id: str, result: str) -> None:
    where = (destruction_item.c.destruction_id == destruction_id, destruction_item.c.recording_id == recording_id)
    act.db.execute(update(destruction_item).where(*where).values(result=result))


def _moved(act: Act, action: Action, row: RowMapping, changes: dict[str, Any]) -> DestructionView:
    event = _event(act, action, row["id"], {**row, **changes})
    act.proofs.update(act.uow, destruction, row["id"], row["version"], changes, event)
    after = act.proofs.get(act.uow, destruction, row["id"])
    assert after is not None  # noqa: S101 - written a line ago
    return _told(act, after)


def _event(act: Act, action: Action, destruction_id: str, values: Any) -> Any:  # noqa: ANN401 - a row or its values
    return act.event(
        action,
        object_kind="destruction",
        object_id=destruction_id,
        rows=values["destroyed"] or values["covers"],
        detail=((DetailKey.STATE, values["state"]), (DetailKey.DIGEST, values["digest"])),
    )


def _told(act: Act, row: RowMapping | dict[str, Any]) -> DestructionView:
    act.push("destruction", row["id"], Audience.of(roles=_ROLES))
    return _shown(row, staff_names(act, {row[kind] for kind in _KINDS if row[kind]}))


def _shown(row: RowMapping | dict[str, Any], names: Any) -> DestructionView:  # noqa: ANN401 - names by id
    people = {kind: names.get(row[kind], "") if row[kind] else "" for kind in _KINDS}
    return DestructionView(
        destruction_id=row["id"],
        version=row["version"],
        state=row["state"],
        until=row["until"],
        covers=row["covers"],
        destroyed=row["destroyed"],
        digest=row["digest"],
        proposed_at=row["proposed_at"],
        approved_at=row["approved_at"],
        executed_at=row["executed_at"],
        witnessed_at=row["witnessed_at"],
        **people,
    )
