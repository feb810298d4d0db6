"""Reading case rows: only published, only those that prove themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.engine import RowMapping

from access.people.directory import held_rows
from access.policy import Action, Resource, barred_ids
from access.store.proof import NEWEST, newest_version
from access.store.schema import case_file, import_batch, person
from console.desk.act import Act
from console.desk.api.cases import CaseRow
from console.desk.cases.display import Viewer, open_name
from console.desk.cases.states import state_name
from console.desk.conditions import standing
from console.desk.work.order import band_of
from masking.errors import SealBroken

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
    case_file.c.hold,
    case_file.c.next_at,
    case_file.c.display,
    case_file.c.barred,
    case_file.c.version,
    case_file.c.event_id,
    case_file.c.proof,
)
RowLike = Mapping[str, Any] | RowMapping
R = TypeVar("R", bound=RowLike)
Kind = tuple[str, str, str | None, bool, bool]
_CURSOR: Final = re.compile(r"(-?[0-9]{1,10})\.([0-9a-f]{32})")


def published() -> ColumnElement[bool]:
    """True for cases whose batch is published; until then they do not exist for anybody."""
    return exists().where(import_batch.c.id == case_file.c.batch_id, import_batch.c.state == "published")


def shown_cases() -> Select[Any]:
    """The columns that a list or a view needs, with the newest version the log knows."""
    return select(*_SHOWN, newest_version(case_file).label(NEWEST))


def after(priority: ColumnElement[int], case_id: ColumnElement[str]) -> ColumnElement[bool]:
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
    parts = _CURSOR.fullmatch(cursor)
    if parts is None:
        act.refuse("desk.cursor_unfit")
    return int(parts[1]), parts[2]


def resource_of(row: RowLike) -> Resource:
    """The case as the decision sees it."""
    return Resource(
        kind="case",
        id=row["id"],
        tenant_id=row["tenant_id"],
        assignee_id=row["assignee_id"],
        unit_id=row["unit_id"],
        agency_id=row["agency_id"],
        barred_ids=barred_ids(row["barred"]),
        state=state_name(row["state"]),
    )


def holding(act: Act, rows: Sequence[R]) -> list[R]:
    """The case rows that prove themselves, of batches that prove to be published."""
    return act.parts.published.only(act.uow, act.proofs, act.proofs.holding(act.uow, case_file, rows))


def find_cases(act: Act, name: str) -> list[RowMapping]:
    """Whole case rows by id or number, published and holding. Two creditors may both count up to one number."""
    by = case_file.c.number if name.startswith("C-") else case_file.c.id
    query = select(case_file, newest_version(case_file).label(NEWEST)).where(by == name, published())
    return holding(act, act.db.execute(query.order_by(case_file.c.id)).mappings().all())


def load_case(act: Act, case_id: str) -> RowMapping | None:
    """One whole case row by id, if it is published and holds."""
    return next((row for row in find_cases(act, case_id) if row["id"] == case_id), None)


def require_case(act: Act, name: str, action: Action) -> RowMapping:
    """The case of that id or number, if this actor may do this to it.

    Raises:
        Refused: `case.not_found` for what is missing, unpublished, broken or outside every scope, all alike.
    """
    found = find_cases(act, name)
    if not found:
        act.require(action, Resource.absent("case"))
        act.refuse("case.not_found", clause="Y-4.2.1")
    reached = (row for row in found if act.allowed(action, resource_of(row), standing(act, row)).allowed)
    row = next(reached, found[0])
    act.require(action, resource_of(row), standing(act, row))
    return row


def line(row: RowLike, viewer: Viewer, name: str, assignee: str = "") -> CaseRow:
    """A queue's line. name: in its widest default mask."""
    return CaseRow(
        case_id=row["id"],
        number=row["number"],
        name=viewer.mask("full_name", 1, name),
        days_past_due=row["days_past_due"],
        due=row["due"],
        currency=row["currency"],
        accounts=row["accounts"],
        state=state_name(row["state"]),
        last_result=row["last_result"],
        next_at=row["next_at"],
        assignee=assignee,
        why=band_of(row["priority"]).name.lower(),
        hold=row["hold"] or "",
        version=row["version"],
    )


def kinds(act: Act) -> Callable[[RowLike], Kind]:
    """Tell of a row everything that a decision about seeing it depends on: whose it is, whether it is kept from one.

    Rows of one kind look alike to the decision; it is asked once for each kind, since a page may hold several and none
    is shown by what may be seen of another.
    """
    me = act.actor.person_id
    hands = act.actor.covers | {me}
    pick = itemgetter("tenant_id", "unit_id", "agency_id", "assignee_id", "barred")

    def kind(row: RowLike) -> Kind:
        tenant_id, unit_id, agency_id, assignee_id, barred = pick(row)
        return tenant_id, unit_id, agency_id, assignee_id in hands, barred is not None and me in barred_ids(barred)

    return kind


def lines(act: Act, rows: Sequence[RowLike], action: Action | None = None) -> tuple[CaseRow, ...]:
    """Lines of rows that hold; assignees named where they are colleagues.

    Args:
        act: the act.
        rows: rows that hold.
        action: when given, only rows that the person may do this to one by one.
    """
    kind_of = kinds(act)
    viewers: dict[Kind, Viewer | None] = {}
    names = staff_names(act, {row["assignee_id"] for row in rows if row["assignee_id"] != act.actor.person_id})
    shown: list[CaseRow] = []
    for row in rows:
        kind = kind_of(row)
        if kind not in viewers:
            viewers[kind] = _viewer(act, row, action)
        viewer = viewers[kind]
        if viewer is None:
            continue
        try:
            name = open_name(act.parts, row)
        except SealBroken:
            # Like a row that does not prove itself: reported, and absent for everybody.
            act.parts.broken.report(case_file.name, row["id"], "display")
            continue
        shown.append(line(row, viewer, name, names.get(row["assignee_id"] or "", "")))
    return tuple(shown)


def _viewer(act: Act, row: RowLike, action: Action | None) -> Viewer | None:
    """What may be seen of rows of this one's kind; none when the action is not allowed on them."""
    resource, conditions = resource_of(row), standing(act, row)
    if action is not None and not act.allowed(action, resource, conditions).allowed:
        return None
    return Viewer(act.parts, act.actor, resource, conditions, act.now)


def staff_names(act: Act, ids: set[str | None]) -> dict[str, str]:
    """Names of members of staff by person id, from rows that hold."""
    wanted = [one for one in ids if one]
    found = held_rows(act.uow, act.proofs, person, person.c.id.in_(wanted)) if wanted else []
    return {row["id"]: row["name"] for row in found}
