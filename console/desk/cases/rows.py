"""Reading case rows: only published, only those that prove themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.engine import RowMapping

from access.policy import Resource
from access.store.proof import NEWEST, newest_version
from access.store.schema import case_file, import_batch, person
from console.desk.act import Act
from console.desk.api.cases import CaseRow
from console.desk.cases.display import Viewer, open_display
from console.desk.cases.states import state_name

_SHOWN: Final = (
    case_file.c.id,
    case_file.c.tenant_id,
    case_file.c.number,
    case_file.c.batch_id,
    case_file.c.unit_id,
    case_file.c.agency_id,
    case_file.c.assignee_id,
    case_file.c.state,
    case_file.c.priority,
    case_file.c.days_past_due,
    case_file.c.due,
    case_file.c.currency,
    case_file.c.accounts,
    case_file.c.last_result,
    case_file.c.next_at,
    case_file.c.display,
    case_file.c.version,
    case_file.c.event_id,
    case_file.c.proof,
)
RowLike = Mapping[str, Any] | RowMapping


def published() -> ColumnElement[bool]:
    """True for cases whose batch is published; until then they do not exist for anybody."""
    return exists().where(import_batch.c.id == case_file.c.batch_id, import_batch.c.state == "published")


def shown_cases() -> Select[Any]:
    """The columns that a list or a view needs, with the newest version the log knows."""
    return select(*_SHOWN, newest_version(case_file).label(NEWEST))


def after(priority: int, case_id: str) -> ColumnElement[bool]:
    """Keyset: behind a row, in working order (priority descending, then id)."""
    return and_(
        case_file.c.priority <= priority,
        or_(case_file.c.priority < priority, case_file.c.id > case_id),
    )


def cursor_of(row: RowLike) -> str:
    """Where a page ended: priority and id, which say nothing hidden."""
    return f"{row['priority']}.{row['id']}"


def parse_cursor(act: Act, cursor: str) -> tuple[int, str]:
    """The two parts.

    Raises:
        Refused: not a cursor of ours.
    """
    priority, _, case_id = cursor.partition(".")
    if not priority.lstrip("-").isdigit() or not case_id.isalnum():
        act.refuse("desk.cursor_unfit")
    return int(priority), case_id


def resource_of(row: RowLike) -> Resource:
    """The case as the decision sees it."""
    return Resource(
        kind="case",
        id=row["id"],
        tenant_id=row["tenant_id"],
        assignee_id=row["assignee_id"],
        unit_id=row["unit_id"],
        agency_id=row["agency_id"],
        state=state_name(row["state"]),
    )


def load_case(act: Act, case_id: str) -> RowMapping | None:
    """One whole case row by id or number, if it is published and holds."""
    by = case_file.c.number if case_id.startswith("C-") else case_file.c.id
    rows = (
        act.db.execute(select(case_file, newest_version(case_file).label(NEWEST)).where(by == case_id, published()))
        .mappings()
        .all()
    )
    held = act.parts.proofs.holding(act.uow, case_file, rows)
    return held[0] if held else None


def line(row: RowLike, viewer: Viewer, masked: Mapping[str, str], assignee: str = "") -> CaseRow:
    """A queue's line."""
    return CaseRow(
        case_id=row["id"],
        number=row["number"],
        name=viewer.mask("full_name", 1, masked.get("full_name", "")),
        days_past_due=row["days_past_due"],
        due=row["due"],
        currency=row["currency"],
        accounts=row["accounts"],
        state=state_name(row["state"]),
        last_result=row["last_result"],
        next_at=row["next_at"],
        assignee=assignee,
    )


def lines(act: Act, rows: Sequence[RowLike], viewer: Viewer) -> tuple[CaseRow, ...]:
    """Lines of rows that hold; assignees named where they are colleagues."""
    names = staff_names(act, {row["assignee_id"] for row in rows if row["assignee_id"] != act.actor.person_id})
    return tuple(
        line(row, viewer, open_display(act.parts, row), names.get(row["assignee_id"] or "", "")) for row in rows
    )


def staff_names(act: Act, ids: set[str | None]) -> dict[str, str]:
    """Names of members of staff by person id."""
    wanted = [one for one in ids if one]
    if not wanted:
        return {}
    found = act.db.execute(select(person.c.id, person.c.name).where(person.c.id.in_(wanted))).all()
    return {row.id: row.name for row in found}
