"""A finished file leaves: released by one who cannot open it, fetched once, and its end confirmed.

The state and the file's row change before the file moves: a second fetch loses the compare-and-set, whatever the disk
does; a desk that is killed between the two moves it when it starts again. What is never released or fetched is
destroyed when its time is over (`clockwork`).
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Final

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey, Event, Verb
from access.people.directory import held_rows
from access.policy import Action, Resource
from access.store.schema import DESK_TENANT, export_basis, export_file, source
from console.desk.act import Act
from console.desk.api.exports import (
    BasisRecorded,
    ConfirmExport,
    ExportView,
    FetchExport,
    RecordBasis,
    ReleaseExport,
)
from console.desk.cases.rows import find_cases
from console.desk.exports import making, outbox, password
from console.desk.exports.asking import recipient_name
from console.desk.exports.records import Row, agreed, file_of, find, require, step
from console.desk.exports.states import ExportState
from console.desk.exports.views import leaves, view
from console.desk.kernel import handles
from watermark.visible import export_number

OPEN: Final = 24 * 3600 * 1_000_000
"""How long a released file may be fetched, and a fetched one taken from the outbox, microseconds (§4.3)."""

_DAY: Final = 86_400 * 1_000_000
_MOST_CASES: Final = 1000
_MOST_BASIS_DAYS: Final = 3650
_REFERENCE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.#-]{0,47}")


@handles(ReleaseExport)
def release(act: Act, request: ReleaseExport) -> ExportView:
    """Let it go. Whoever does could not open it, asked for nothing and agreed to nothing (§3.3-12)."""
    row = find(act, request.export_id)
    made = file_of(act, row["id"]) if row is not None else None
    conditions = leaves(act, made)
    row = require(act, request.export_id, Action.EXPORT_FILE_RELEASE, sealed=conditions.sealed or made is None)
    if row["version"] != request.version:
        act.refuse("export.changed")
    if made is None or not agreed(act, row):
        act.refuse("export.state")
    until = act.now + OPEN
    _change(act, made, row, "release", released_by=act.actor.person_id, released_at=act.now, expires_at=until)
    return view(act, step(act, row, ExportState.RELEASED, Action.EXPORT_FILE_RELEASE, rows=made["rows"]))


@handles(FetchExport)
def fetch(act: Act, request: FetchExport) -> ExportView:
    """Put it into the outbox, once."""
    row = require(act, request.export_id, Action.EXPORT_FILE_FETCH)
    after = taken(act, row, outbox.WAY)
    parts = act.parts
    if parts.home is None or not making.path_of(parts, row).is_file():
        act.refuse("export.gone")
    act.uow.after_commit(lambda: outbox.put(parts, making.file_name(row)))
    return view(act, after)


def taken(act: Act, row: Row, way: str) -> dict[str, Any]:
    """Mark a released file as fetched, by which way; whoever comes second is refused.

    Raises:
        Refused: `export.state`: not released, or fetched already. `export.expired`: too late.
    """
    made = file_of(act, row["id"])
    if made is None or row["state"] != ExportState.RELEASED:
        act.refuse("export.state")
    if made["expires_at"] is None or made["expires_at"] <= act.now:
        act.refuse("export.expired")
    until = act.now + OPEN
    _change(act, made, row, "fetch", fetched_by=act.actor.person_id, fetched_at=act.now, expires_at=until)
    detail = ((DetailKey.KIND, way), (DetailKey.DIGEST, bytes(made["digest"]).hex()))
    return step(act, row, ExportState.FETCHED, Action.EXPORT_FILE_FETCH, rows=made["rows"], detail=detail)


@handles(ConfirmExport)
def confirm(act: Act, request: ConfirmExport) -> ExportView:
    """Every copy is back or destroyed; what is still in the outbox is destroyed too."""
    row = require(act, request.export_id, Action.EXPORT_FILE_CONFIRM)
    verb = Verb.DESTROY if request.how == "destroyed" else Verb.TRANSFER
    to = ExportState(request.how)
    after = step(act, row, to, Action.EXPORT_FILE_CONFIRM, ended_at=act.now, verb=verb)
    password.forget(act, row)
    making.drop_later(act, row)
    return view(act, after)


@handles(RecordBasis)
def record_basis(act: Act, request: RecordBasis) -> BasisRecorded:
    """On what basis rows of these cases may go to somebody outside (R-34)."""
    act.require(Action.EXPORT_BASIS_RECORD, Resource(kind="export", unit_id=DESK_TENANT))
    if not 0 < len(request.cases) <= _MOST_CASES or not 1 <= request.days <= _MOST_BASIS_DAYS:
        act.refuse("export.basis_unfit", most=str(_MOST_CASES))
    if not _REFERENCE.fullmatch(request.reference):
        act.refuse("export.reference_unfit")
    recipient = recipient_name(act, request.recipient)
    lenders = held_rows(act.uow, act.proofs, source, source.c.name == request.source) if request.source else []
    tenants = {row["tenant_id"] for row in lenders}
    counted = Counter[int]()
    for name in dict.fromkeys(request.cases):
        found = [row for row in find_cases(act, name) if not request.source or row["tenant_id"] in tenants]
        if len(found) == 1:
            _put(act, request, recipient, found[0])
        counted[min(len(found), 2)] += 1
    act.log(Action.EXPORT_BASIS_RECORD, object_kind="export", object_id="basis", rows=counted[1])
    return BasisRecorded(recorded=counted[1], unknown=counted[0], ambiguous=counted[2])


def _put(act: Act, request: RecordBasis, recipient: str, case: RowMapping) -> None:
    act.proofs.insert(
        act.uow,
        export_basis,
        {
            "id": act.parts.ids.new(),
            "tenant_id": case["tenant_id"],
            "case_id": case["id"],
            "recipient": recipient,
            "basis": request.basis,
            "reference": request.reference,
            "valid_until": act.now + request.days * _DAY,
            "recorded_by": act.actor.person_id,
        },
        act.event(
            Action.EXPORT_BASIS_RECORD,
            object_kind="case",
            object_id=case["id"],
            case_id=case["id"],
            tenant_id=case["tenant_id"],
            detail=((DetailKey.KIND, request.basis),),
        ),
    )


def _change(act: Act, made: Row, row: Row, what: str, **changes: object) -> None:
    act.proofs.update(act.uow, export_file, made["id"], made["version"], changes, _event(act, row, what))


def _event(act: Act, row: Row, what: str) -> Event:
    return act.event(f"export:file:{what}", object_kind="export", object_id=export_number(row["serial"]))
