"""Lenders: proposed by a team's supervisor, registered by the security admin, never by one person (§3.3).

A source belongs to one creditor and one team, whose pool its new cases enter. In a demo desk an unknown source is
taken as registered; elsewhere a file of an unknown source is refused, one of a proposed source waits.
"""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.policy import Action, Resource
from access.roles import Role
from access.store.schema import org_unit, source, tenant
from console.desk.act import Act
from console.desk.api.imports import ListSources, ProposeSource, RegisterSource, SourceList, SourceView
from console.desk.hub import Audience
from console.desk.imports import drop
from console.desk.kernel import handles
from masking.detect import mask_text
from masking.errors import MaskingError
from masking.gm import Sm2PublicKey

_NAME_LIMIT: Final = 64
_CODE_LIMIT: Final = 32
_NOT_IN_NAMES: Final = frozenset('/\\\0:*?"<>|')


def find(act: Act, name: str) -> RowMapping | None:
    """The source of a name, if there is one that proves itself."""
    rows = act.db.execute(select(source).where(source.c.name == name.strip())).mappings().all()
    held = act.parts.proofs.holding(act.uow, source, rows)
    return held[0] if held else None


def resource_of(row: RowMapping | dict[str, Any], *, kind: str = "source", parties: tuple[str, ...] = ()) -> Resource:
    """A source, or a batch of it, as the decision sees it."""
    return Resource(
        kind=kind,
        id=row["id"],
        tenant_id=row["tenant_id"],
        unit_id=row["unit_id"],
        party_ids=parties,
        state=row["state"],
    )


def take(act: Act, name: str) -> RowMapping | dict[str, Any]:
    """The source a file is said to come from; in a demo desk made when missing.

    Raises:
        Refused: `import.source_unknown`.
    """
    found = find(act, name)
    if found is not None:
        return found
    if act.parts.profile != "demo":
        act.refuse("import.source_unknown", clause="F-3", ask=(Role.SUPERVISOR, Role.SECURITY_ADMIN))
    return _insert(act, name, own_unit(act), state="registered", public_key=None)


def require_standing(act: Act, source_id: str) -> None:
    """For a file that nobody asked for: its lender is registered, and its files can be verified, now as then.

    Raises:
        Refused: `import.source_unsigned`.
    """
    row = act.proofs.get(act.uow, source, source_id)
    if row is None or row["state"] != "registered" or row["public_key"] is None:
        act.refuse("import.source_unsigned", clause="F-3")


def own_unit(act: Act) -> str | None:
    """The unit that the actor supervises."""
    units = [seat.unit_id for seat in act.actor.seats if seat.role is Role.SUPERVISOR and seat.unit_id]
    return units[0] if units else act.actor.unit_id


@handles(ListSources)
def list_sources(act: Act, request: ListSources) -> SourceList:
    """Lenders that this person's roles reach."""
    del request
    rows = act.db.execute(select(source).order_by(source.c.name)).mappings().all()
    held = act.parts.proofs.holding(act.uow, source, rows)
    seen = [row for row in held if act.allowed(Action.IMPORT_SOURCE_READ, resource_of(row)).allowed]
    if not seen:
        # Nothing to see is still a decision: who may not read sources at all is told so.
        act.require(Action.IMPORT_SOURCE_READ, Resource(kind="source", unit_id=own_unit(act)))
    act.log(Action.IMPORT_SOURCE_READ, object_kind="source", rows=len(seen))
    return SourceList(sources=tuple(view(act, row) for row in seen))


@handles(ProposeSource)
def propose_source(act: Act, request: ProposeSource) -> SourceView:
    """Name a lender for the own team."""
    unit_id = own_unit(act)
    act.require(Action.IMPORT_SOURCE_PROPOSE, Resource(kind="source", unit_id=unit_id))
    if find(act, request.name) is not None:
        act.refuse("import.source_exists")
    row = _insert(act, request.name, unit_id, state="proposed", public_key=public_key(act, request.public_key))
    act.push("import", row["id"], Audience.of(roles=(str(Role.SECURITY_ADMIN),)))
    return view(act, row)


@handles(RegisterSource)
def register_source(act: Act, request: RegisterSource) -> SourceView:
    """Register a proposed lender; whoever proposed it cannot."""
    row = act.parts.proofs.get(act.uow, source, request.source_id)
    about = resource_of(row, parties=(row["proposed_by"],)) if row is not None else Resource.absent("source")
    act.require(Action.IMPORT_SOURCE_APPROVE, about)
    if row is None:
        act.refuse("import.source_unknown")
    if row["state"] != "proposed":
        act.refuse("import.source_not_proposed")
    changed = act.parts.proofs.update(
        act.uow,
        source,
        row["id"],
        row["version"],
        {"state": "registered", "approved_by": act.actor.person_id},
        act.event(Action.IMPORT_SOURCE_APPROVE, tenant_id=row["tenant_id"], object_kind="source", object_id=row["id"]),
    )
    home = act.parts.home
    if home is not None:
        act.uow.after_commit(lambda: drop.open_for(home.drop, row["name"]))
    act.push("import", row["id"], Audience.of(row["proposed_by"], units=(row["unit_id"],)))
    return view(act, changed)


def view(act: Act, row: RowMapping | dict[str, Any]) -> SourceView:
    """A source as it is shown."""
    creditor = act.db.execute(select(tenant.c.name).where(tenant.c.id == row["tenant_id"])).scalar_one_or_none()
    unit = act.db.execute(select(org_unit.c.name).where(org_unit.c.id == row["unit_id"])).scalar_one_or_none()
    return SourceView(
        source_id=row["id"],
        name=row["name"],
        tenant=creditor or "",
        unit=unit or "",
        state=row["state"],
        signs=row["public_key"] is not None,
    )


def remembered(row: RowMapping | dict[str, Any]) -> dict[str, str]:
    """The column mapping saved with a source."""
    found = json.loads(row["mapping"])
    return {str(header): str(field) for header, field in found.items()}


def _insert(act: Act, name: str, unit_id: str | None, *, state: str, public_key: bytes | None) -> dict[str, Any]:
    clean = name.strip()
    if not 0 < len(clean) <= _NAME_LIMIT or not clean.isprintable() or _NOT_IN_NAMES & set(clean) or clean[0] == ".":
        act.refuse("import.source_name")
    if mask_text(clean, loose=True) != clean:
        act.refuse("import.source_name_personal")
    if unit_id is None:
        act.refuse("import.no_unit")
    tenant_id = act.parts.ids.new()
    act.db.execute(
        tenant.insert().values(
            id=tenant_id, tenant_id=tenant_id, code=tenant_id[:_CODE_LIMIT], name=clean, created_at=act.now
        )
    )
    row_id = act.parts.ids.new()
    return act.parts.proofs.insert(
        act.uow,
        source,
        {
            "id": row_id,
            "tenant_id": tenant_id,
            "name": clean,
            "unit_id": unit_id,
            "mapping": "{}",
            "state": state,
            "proposed_by": act.actor.person_id,
            "approved_by": None,
            "public_key": public_key,
        },
        act.event(Action.IMPORT_SOURCE_PROPOSE, tenant_id=tenant_id, object_kind="source", object_id=row_id),
    )


def public_key(act: Act, said: str) -> bytes | None:
    """A lender's SM2 key, x || y, of its PEM or of what stands between the PEM's two lines; none of nothing.

    Raises:
        Refused: `import.source_key`: it is none.
    """
    text = said.strip()
    if not text:
        return None
    if not text.startswith("-----"):
        text = f"-----BEGIN PUBLIC KEY-----\n{''.join(text.split())}\n-----END PUBLIC KEY-----\n"
    try:
        return Sm2PublicKey.from_pem(text).raw
    except MaskingError:
        act.refuse("import.source_key")
