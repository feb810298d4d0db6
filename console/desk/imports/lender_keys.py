"""A lender's signing key replaced, a lender retired: by one person at once, back in force by two (§3.3).

Both take something away at once: files under the old key, or any at all. What is to count instead is proposed by the
team's supervisor and registered by the security admin, like a new lender.
"""

from __future__ import annotations

from access.audit.events import DetailKey
from access.policy import Action, Resource
from access.roles import Role
from access.store.schema import source
from console.desk.act import Act
from console.desk.api.imports import RekeySource, RetireSource, SourceView
from console.desk.hub import Audience
from console.desk.imports import sources
from console.desk.kernel import handles


@handles(RekeySource)
def rekey(act: Act, request: RekeySource) -> SourceView:
    """Propose the lender anew, with another key."""
    row = act.parts.proofs.get(act.uow, source, request.source_id)
    act.require(
        Action.IMPORT_SOURCE_PROPOSE, sources.resource_of(row) if row is not None else Resource.absent("source")
    )
    if row is None:
        act.refuse("import.source_unknown")
    key = sources.public_key(act, request.public_key)
    if key is None:
        act.refuse("import.source_key")
    changes = {"state": "proposed", "proposed_by": act.actor.person_id, "approved_by": None, "public_key": key}
    event = act.event(
        Action.IMPORT_SOURCE_PROPOSE,
        tenant_id=row["tenant_id"],
        object_kind="source",
        object_id=row["id"],
        detail=((DetailKey.STATE, "rekeyed"),),
    )
    changed = act.parts.proofs.update(act.uow, source, row["id"], row["version"], changes, event)
    act.push("import", row["id"], Audience.of(units=(row["unit_id"],), roles=(str(Role.SECURITY_ADMIN),)))
    return sources.view(act, changed)


@handles(RetireSource)
def retire(act: Act, request: RetireSource) -> SourceView:
    """Take no more of its files."""
    row = act.parts.proofs.get(act.uow, source, request.source_id)
    act.require(
        Action.IMPORT_SOURCE_APPROVE, sources.resource_of(row) if row is not None else Resource.absent("source")
    )
    if row is None:
        act.refuse("import.source_unknown")
    if row["state"] == "retired":
        act.refuse("import.source_retired")
    event = act.event(
        Action.IMPORT_SOURCE_APPROVE,
        tenant_id=row["tenant_id"],
        object_kind="source",
        object_id=row["id"],
        detail=((DetailKey.STATE, "retired"),),
    )
    changes = {"state": "retired", "approved_by": act.actor.person_id}
    changed = act.parts.proofs.update(act.uow, source, row["id"], row["version"], changes, event)
    act.push("import", row["id"], Audience.of(row["proposed_by"], units=(row["unit_id"],)))
    return sources.view(act, changed)
