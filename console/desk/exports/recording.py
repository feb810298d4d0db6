"""The acts of making a file: begun, rows remembered for the tracer, finished, failed. Each is one transaction.

Who asked is read afresh when it begins: a role that was taken back meanwhile gets no file. Nothing is read for a file
before the event that it is being made is durable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey, Verb
from access.context import Origin
from access.errors import StaleRow
from access.grants.counter import bump
from access.people.directory import load_actor, person_row
from access.policy import Action, Conditions, Resource
from access.roles import Role
from access.store.base import UnitOfWork
from access.store.schema import DESK_TENANT, export_file, export_finder, export_request, export_row
from console.desk.act import Act
from console.desk.exports import filters, password
from console.desk.exports.case_sheet import CaseSheet
from console.desk.exports.chain import Reach
from console.desk.exports.columns import Column, Kind, columns
from console.desk.exports.gather import Line
from console.desk.exports.records import Row, agreed, step
from console.desk.exports.sheet import Sheet
from console.desk.exports.states import ExportState
from console.desk.line import Line as Wire
from console.desk.parts import Parts
from console.package.layout import FORMAT, Manifest
from console.texts import Texts
from watermark import rowset
from watermark.finders import finders
from watermark.runs import Carrier
from watermark.visible import ExportPayload, export_number

WAIT: Final = 72 * 3600 * 1_000_000
"""How long a finished file waits to be released, microseconds."""

KEY_VERSION: Final = 1
_MAKE: Final = "export:file:make"


@dataclass(frozen=True, slots=True)
class Begun:
    """What is to be made."""

    row: Row
    columns: tuple[Column, ...]
    sheet: Sheet
    total: int


@dataclass(frozen=True, slots=True)
class Made:
    """What was made. numbers: of `export_row`, of every row in it. password: of a locked file."""

    rows: int
    left_out: int
    size: int
    digest: bytes
    content: bytes
    carriers: tuple[Carrier, ...]
    numbers: list[int]
    password: str = field(default="", repr=False)


def _act(parts: Parts, uow: UnitOfWork) -> Act:
    return Act(uow=uow, parts=parts, line=Wire(Origin("local", "clockwork")))


def begin(parts: Parts, export_id: str) -> Begun | None:
    """Say in the log that the file is being made; none when it is not to be made any more.

    An export that was being made when the desk was killed is simply made again.
    """
    return parts.store.run(partial(_begin, parts, export_id))


def _begin(parts: Parts, export_id: str, uow: UnitOfWork) -> Begun | None:
    act = _act(parts, uow)
    row: Row | None = act.proofs.get(uow, export_request, export_id)
    if row is None or row["state"] not in {ExportState.APPROVED, ExportState.GENERATING}:
        return None
    reach, role = Reach(row["reach"]), Role(row["asker_role"])
    names = tuple(row["fields"].split(","))
    found = columns(parts.catalogue, names, role, reach, row["profile"])
    if found is None or not agreed(act, row) or not _still_may(act, row):
        to = ExportState.CANCELLED if row["state"] == ExportState.APPROVED else ExportState.FAILED
        step(act, row, to, _MAKE, result="refused", rule="export.not_agreed", ended_at=act.now)
        return None
    # A printout stands in its case's timeline.
    about = {"case_id": filters.decode(row["filter"]).case} if row["template"] == "case" else {}
    if row["state"] == ExportState.APPROVED:
        row = step(act, row, ExportState.GENERATING, _MAKE, verb=Verb.PROCESS, fields=names, **about)
    else:
        number = export_number(row["serial"])
        act.log(_MAKE, verb=Verb.PROCESS, object_kind="export", object_id=number, fields=names, **about)
    asker = person_row(uow, parts.proofs, row["asker_id"])
    texts = Texts(parts.settings.language)
    payload = ExportPayload(
        serial=row["serial"],
        staff_no=asker["staff_no"] if asker is not None else "-",
        name=asker["name"] if asker is not None else "",
        moment=texts.when(row["asked_at"], parts.settings.zone),
        recipient=row["recipient"],
    )
    kind = CaseSheet if row["template"] == "case" else Sheet
    sheet = kind(found, texts, payload.line(), parts.keys.imprint("exports"), row["serial"])
    return Begun(row, found, sheet, min(filters.count(act.db, row), row["row_cap"]))


def _still_may(act: Act, row: Row) -> bool:
    """Whether who asked may still ask for it, in the role in which it was agreed to."""
    actor = load_actor(act.uow, act.proofs, row["asker_id"])
    if actor is None:
        return False
    asking = _act(act.parts, act.uow)
    asking.who = actor
    about = Resource(kind="export", unit_id=row["unit_id"], requester_id=row["asker_id"])
    decision = asking.allowed(Action.EXPORT_REQUEST_ASK, about, Conditions(overdue=False))
    return decision.allowed and decision.role is not None and decision.role.value == row["asker_role"]


def remember(parts: Parts, sheet: Sheet, page: Sequence[Line]) -> list[int]:
    """Give every row its number and keep the keyed hashes by which a leaked copy of it is recognised."""
    if not page or sheet.keyed is None:
        return []
    hashes = [(line.row_id, _finders(sheet, line)) for line in page]
    return parts.store.run(lambda uow: _remember(uow, hashes))


def _finders(sheet: Sheet, line: Line) -> list[bytes]:
    assert sheet.keyed is not None  # noqa: S101 - the caller's condition, for the type checker
    if line.part is not None:
        return finders(sheet.keyed, numbers=[line.number])
    numbers, phones, amounts, days = [line.number], [], [], ""
    for column, value in zip(sheet.columns, line.values, strict=True):
        if column.name == "mobile" and isinstance(value, str):
            phones.append(value)
        elif column.name in {"principal", "due_amount"} and isinstance(value, int):
            amounts.append(f"{value // 100}.{value % 100:02d}")
        elif column.kind is Kind.COUNT:
            days = str(value)
    return finders(sheet.keyed, numbers=numbers, phones=phones, amounts=amounts, days=days)


def _remember(uow: UnitOfWork, hashes: list[tuple[str, list[bytes]]]) -> list[int]:
    ids = [row_id for row_id, _ in hashes]
    query = select(export_row.c.row_id, export_row.c.no).where(export_row.c.row_id.in_(ids))
    known: dict[str, int] = {row.row_id: row.no for row in uow.connection.execute(query)}
    new = [row_id for row_id in ids if row_id not in known]
    if new:
        # Numbers are given one act after the other: the counter's row makes acts queue.
        first = bump(uow, "export.row")
        bump(uow, "export.row", least=first + len(new) - 1)
        known |= {row_id: no for no, row_id in enumerate(new, first)}
        rows = [{"no": known[row_id], "row_id": row_id, "tenant_id": DESK_TENANT} for row_id in new]
        uow.connection.execute(insert(export_row), rows)
    found = [
        {"hash": one, "row_no": known[row_id], "tenant_id": DESK_TENANT} for row_id, found in hashes for one in found
    ]
    if found:
        engine = sqlite if uow.connection.dialect.name == "sqlite" else postgresql
        uow.connection.execute(engine.insert(export_finder).on_conflict_do_nothing(), found)
    return [known[row_id] for row_id in ids]


def finish(parts: Parts, export_id: str, made: Made) -> bool:
    """The file is whole and in place; false when nobody wants it any more."""
    try:
        return parts.store.run(partial(_finish, parts, export_id, made))
    except StaleRow:
        return False


def _finish(parts: Parts, export_id: str, made: Made, uow: UnitOfWork) -> bool:
    act = _act(parts, uow)
    row = act.proofs.get(uow, export_request, export_id)
    if row is None or row["state"] != ExportState.GENERATING:
        return False
    detail = ((DetailKey.DIGEST, made.digest.hex()), (DetailKey.BYTES, str(made.size)))
    values: dict[str, Any] = {
        "id": row["id"],
        "tenant_id": row["tenant_id"],
        "rows": made.rows,
        "left_out": made.left_out,
        "size": made.size,
        "digest": made.digest,
        "content": made.content,
        "key_version": KEY_VERSION,
        "rows_held": rowset.pack(made.numbers),
        "carriers": ",".join(one.value for one in made.carriers),
        "checked": 1,
        "sealed": int(row["recipient_key"] is not None),
        "password": password.seal(parts, row["id"], made.password) if made.password else None,
        "made_at": act.now,
        "expires_at": act.now + WAIT,
    }
    number = export_number(row["serial"])
    event = act.event(_MAKE, verb=Verb.PROCESS, object_kind="export", object_id=number, rows=made.rows, detail=detail)
    act.proofs.insert(uow, export_file, values, event)
    left_out = ((DetailKey.REJECTED, str(made.left_out)),)
    step(act, row, ExportState.READY, _MAKE, verb=Verb.PROCESS, rows=made.rows, detail=left_out)
    return True


def fail(parts: Parts, export_id: str) -> None:
    """The file could not be made; nothing of it stays."""

    def note(uow: UnitOfWork) -> None:
        act = _act(parts, uow)
        row = act.proofs.get(uow, export_request, export_id)
        if row is not None and row["state"] == ExportState.GENERATING:
            step(act, row, ExportState.FAILED, _MAKE, verb=Verb.DELETE, result="failed", ended_at=act.now)

    parts.store.run(note)


def unfinished(parts: Parts) -> list[str]:
    """Ids of exports that are agreed to and have no file yet."""
    states = (ExportState.APPROVED.value, ExportState.GENERATING.value)
    with parts.store.engine.connect() as connection:
        query = select(export_request.c.id).where(export_request.c.state.in_(states)).order_by(export_request.c.id)
        return list(connection.execute(query).scalars())


def lying(parts: Parts) -> list[RowMapping]:
    """Exports whose file may still lie on this desk's disk."""
    states = (ExportState.READY.value, ExportState.RELEASED.value, ExportState.FETCHED.value)
    query = (
        select(export_request)
        .join(export_file, export_file.c.id == export_request.c.id)
        .where(export_request.c.state.in_(states), export_file.c.removed_at.is_(None))
    )
    with parts.store.engine.connect() as connection:
        rows = connection.execute(query).mappings().all()
        return parts.proofs.holding(connection, export_request, rows)


def manifest(row: Row, rows: int, inside: tuple[str, bytes, int], now: int) -> Manifest:
    """What a package says of itself.

    Args:
        row: The export.
        rows: How many there are.
        inside: Name, SM3 and size of the file in it.
        now: When it is made, microseconds UTC.
    """
    name, content, size = inside
    return Manifest(
        format=FORMAT,
        number=export_number(row["serial"]),
        name=name,
        size=size,
        rows=rows,
        level=row["level"],
        fields=tuple(row["fields"].split(",")),
        made_at=_iso(now),
        use_until=_iso(row["use_until"]),
        purpose=row["purpose"],
        recipient=row["recipient"],
        content_sm3=content.hex(),
        key_sm3="",
        data_sm3="",
        recipient_key="",
        signer_key="",
        locked=bool(row["locked"]),
    )


def _iso(instant: int) -> str:
    return datetime.fromtimestamp(instant / 1_000_000, UTC).isoformat(timespec="seconds")
