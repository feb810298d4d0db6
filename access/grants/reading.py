"""One reading of one field: the grant, the request and the approvals behind it, and the event that comes first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.errors import StaleRow
from access.grants.approval import approval_holds
from access.grants.context import MINUTE, GrantDesk
from access.grants.refusals import refuse
from access.grants.rows import Row, decisions_on, grant_lives
from access.grants.slots import split
from access.grants.states import GrantState, grant_step
from access.policy import Action, Resource
from access.store.schema import reveal_grant, reveal_request


@dataclass(frozen=True, slots=True)
class Reading:
    """A grant with the request and the approvals behind it, all of which hold at this instant."""

    grant: RowMapping
    request: RowMapping

    @classmethod
    def of(cls, desk: GrantDesk, grant_id: str, case: Resource, slot: str) -> Reading | None:
        """Return it if the grant is in force, covers this field of this case, and was properly approved."""
        grant = desk.proofs.get(desk.uow, reveal_grant, grant_id)
        if grant is None or not grant_lives(grant, desk.now):
            return None
        if not case.found or grant["case_id"] != case.id or slot not in split(grant["fields"]):
            return None
        request = desk.proofs.get(desk.uow, reveal_request, grant["request_id"])
        if request is None or not approval_holds(request, decisions_on(desk, request["id"]), grant):
            return None
        return cls(grant, request)

    def happen(self, desk: GrantDesk, slot: str, logged: dict[str, Any]) -> Row:
        """Append the reading's event; the first one starts the minutes."""
        row = self.grant
        event = desk.event(
            Action.CASE_FIELD_REVEAL,
            **{
                "object_kind": "field",
                "object_id": slot,
                "case_id": row["case_id"],
                "tenant_id": row["tenant_id"],
                "reason": self.request["reason"],
                "approval_id": row["request_id"],
                "fields": (slot,),
                "minutes": row["minutes"],
                "level": 3,
                "rows": 1,
                "detail": ((DetailKey.GRANT_ID, row["id"]), (DetailKey.TIER, self.request["tier"])),
                **logged,
            },
        )
        if row["state"] == GrantState.ACTIVE:
            desk.uow.append(event)
            return row
        changes = {
            "state": grant_step(row["state"], GrantState.ACTIVE),
            "first_view_at": desk.now,
            "ends_at": desk.now + row["minutes"] * MINUTE,
        }
        try:
            return desk.proofs.update(desk.uow, reveal_grant, row["id"], row["version"], changes, event)
        except StaleRow:
            refuse("grant.not_live", "C-5.4d-2")
