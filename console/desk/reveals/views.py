"""Requests and grants as screens see them. Reads only rows that prove themselves; never a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.people.directory import person_row
from access.store.schema import case_file, reveal_decision, reveal_grant, reveal_request
from console.desk.act import Act
from console.desk.api.cases import FieldRef, GrantView
from console.desk.api.reveal import RequestView
from console.desk.cases.display import parse_slot, slot

RowLike = Mapping[str, Any] | RowMapping


def refs(fields: str) -> tuple[FieldRef, ...]:
    """`mobile,contact_name#2` as references."""
    return tuple(FieldRef(name=name, ordinal=ordinal) for name, ordinal in map(parse_slot, fields.split(",")) if name)


def slots(fields: Iterable[FieldRef]) -> tuple[str, ...]:
    """References as stored, in order and once each."""
    return tuple(dict.fromkeys(slot(ref.name, ref.ordinal) for ref in fields))


def staff(act: Act, person_id: str) -> tuple[str, str]:
    """Staff number and name, from a row that holds: whose request it is must not be a matter of SQL."""
    row = person_row(act.uow, act.proofs, person_id)
    return (row["staff_no"], row["name"]) if row is not None else ("", "")


def case_number(act: Act, case_id: str) -> str:
    """The number people say."""
    return str(act.db.execute(select(case_file.c.number).where(case_file.c.id == case_id)).scalar() or "")


def grant_view(act: Act, row: RowLike) -> GrantView:
    """A grant row that holds, as shown."""
    staff_no, name = staff(act, row["person_id"])
    return GrantView(
        grant_id=row["id"],
        case_id=row["case_id"],
        number=case_number(act, row["case_id"]),
        staff_no=staff_no,
        person=name,
        fields=refs(row["fields"]),
        minutes=row["minutes"],
        state=row["state"],
        open_by=row["open_by"],
        ends_at=row["ends_at"],
    )


def grant_of(act: Act, request_id: str) -> RowMapping | None:
    """The grant that came of a request, if one did and it holds."""
    rows = act.db.execute(select(reveal_grant).where(reveal_grant.c.request_id == request_id)).mappings().all()
    held = act.parts.proofs.holding(act.uow, reveal_grant, rows)
    return held[0] if held else None


def request_row(act: Act, request_id: str) -> RowMapping | None:
    """A request that holds."""
    return act.parts.proofs.get(act.uow, reveal_request, request_id)


def request_view(act: Act, row: RowLike) -> RequestView:
    """A request that holds, with who decided it and the grant that came of it."""
    decided = (
        act.db.execute(
            select(reveal_decision)
            .where(reveal_decision.c.request_id == row["id"])
            .order_by(reveal_decision.c.stage, reveal_decision.c.decided_at)
        )
        .mappings()
        .all()
    )
    decisions = act.parts.proofs.holding(act.uow, reveal_decision, decided)
    staff_no, name = staff(act, row["requester_id"])
    grant = grant_of(act, row["id"])
    return RequestView(
        request_id=row["id"],
        number=row["number"],
        case_id=row["case_id"],
        case_number=case_number(act, row["case_id"]),
        fields=refs(row["fields"]),
        tier=row["tier"],
        reason=row["reason"],
        words=row["words"],
        minutes=row["minutes"],
        state=row["state"],
        asked_at=row["asked_at"],
        staff_no=staff_no,
        person=name,
        decided_by=tuple(_decider(act, one) for one in decisions),
        reason_given=next((one["reason"] for one in reversed(decisions) if one["reason"]), ""),
        grant=grant_view(act, grant) if grant is not None else None,
        version=row["version"],
    )


def _decider(act: Act, row: RowMapping) -> str:
    """Whose decision it is; of one that was given in somebody's place, whose place too (requirements §3.3-13)."""
    given = staff(act, row["approver_id"])[0]
    return given if row["stands_for"] is None else f"{given} 代 {staff(act, row['stands_for'])[0]}"
