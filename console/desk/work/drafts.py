"""What somebody typed on a case and did not save: kept sealed at the desk, offered to its writer, to nobody else.

A draft is sealed under the ring's draft key, which opens no field of any case, and is bound to its row, case, kind and
writer, so that a row handed to somebody else does not open. It goes when what it was for is saved, and after a week.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy import insert as insert_into
from sqlalchemy.engine import RowMapping

from access.audit.events import Verb
from access.policy import Action
from access.store.base import UnitOfWork
from access.store.schema import case_draft
from console.desk.act import Act
from console.desk.api.base import Done
from console.desk.api.work import DRAFT_LIMIT, DraftKind, DraftView, KeepDraft, ReadDraft
from console.desk.cases.rows import require_case
from console.desk.kernel import handles
from masking.errors import SealBroken
from masking.sealing import SealContext

KEPT_FOR: Final = 7 * 86_400_000_000
"""Microseconds until a draft that nobody came back to goes."""

_SWEPT_AT_ONCE: Final = 200


@handles(KeepDraft)
def keep(act: Act, request: KeepDraft) -> Done:
    """Keep a draft instead of the one before, or wipe it."""
    row = require_case(act, request.case_id, Action.CASE_DRAFT_KEEP)
    kind = _kind(act, request.kind)
    if len(request.text) > DRAFT_LIMIT:
        act.refuse("draft.too_long")
    drop(act, row["id"], kind)
    if request.text:
        _insert(act, row, kind, request.text)
    _log(act, row, Action.CASE_DRAFT_KEEP, kind, Verb.STORE if request.text else Verb.DELETE)
    return Done()


@handles(ReadDraft)
def read(act: Act, request: ReadDraft) -> DraftView:
    """The person's own draft."""
    row = require_case(act, request.case_id, Action.CASE_DRAFT_READ)
    kind = _kind(act, request.kind)
    found = act.db.execute(select(case_draft).where(*_own(act, row["id"], kind))).mappings().one_or_none()
    _log(act, row, Action.CASE_DRAFT_READ, kind, Verb.USE)
    if found is None:
        return DraftView(text="", kept_at=None)
    try:
        text = act.parts.keys.draft.open(bytes(found["sealed"]), _context(found))
    except SealBroken:
        act.parts.broken.report(case_draft.name, found["id"], "sealed")
        return DraftView(text="", kept_at=None)
    return DraftView(text=text, kept_at=found["kept_at"])


def kinds_of(act: Act, case_id: str) -> tuple[str, ...]:
    """Of what the person has drafts on a case."""
    query = select(case_draft.c.kind).where(
        case_draft.c.case_id == case_id, case_draft.c.person_id == act.actor.person_id
    )
    return tuple(sorted(act.db.execute(query).scalars()))


def drop(act: Act, case_id: str, kind: DraftKind) -> None:
    """Wipe the person's draft, for what it was of has been saved."""
    act.db.execute(delete(case_draft).where(*_own(act, case_id, kind)))


def sweep(uow: UnitOfWork) -> None:
    """Wipe some of the drafts that nobody came back to."""
    old = select(case_draft.c.id).where(case_draft.c.kept_at < uow.now - KEPT_FOR).limit(_SWEPT_AT_ONCE)
    ids = uow.connection.execute(old).scalars().all()
    if ids:
        uow.connection.execute(delete(case_draft).where(case_draft.c.id.in_(ids)))


def _kind(act: Act, text: str) -> DraftKind:
    if text not in set(DraftKind):
        act.refuse("draft.kind_unknown")
    return DraftKind(text)


def _own(act: Act, case_id: str, kind: DraftKind) -> tuple[ColumnElement[bool], ...]:
    return (
        case_draft.c.case_id == case_id,
        case_draft.c.person_id == act.actor.person_id,
        case_draft.c.kind == str(kind),
    )


def _insert(act: Act, row: RowMapping, kind: DraftKind, text: str) -> None:
    cipher = act.parts.keys.draft
    values = {
        "id": act.parts.ids.new(),
        "tenant_id": row["tenant_id"],
        "case_id": row["id"],
        "person_id": act.actor.person_id,
        "kind": str(kind),
        "key_version": cipher.key_id,
        "kept_at": act.now,
    }
    act.db.execute(insert_into(case_draft).values(**values, sealed=cipher.seal(text, _context(values))))


def _context(row: dict[str, object] | RowMapping) -> SealContext:
    return SealContext(
        tenant_id=str(row["tenant_id"]),
        table=case_draft.name,
        row_id=str(row["id"]),
        case_id=str(row["case_id"]),
        field=f"{row['kind']}:{row['person_id']}",
        key_version=int(str(row["key_version"])),
    )


def _log(act: Act, row: RowMapping, action: str, kind: DraftKind, verb: Verb) -> None:
    act.log(
        action,
        verb=verb,
        object_kind="draft",
        object_id=str(kind),
        case_id=row["id"],
        tenant_id=row["tenant_id"],
    )
