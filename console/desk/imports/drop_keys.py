"""Keys that open lenders' drops: a supervisor names one for an own team's lender, the security admin agrees.

A lender has one key in use, a login belongs to one lender, and both stand in a row that proves itself. Either side of
the two ends a key alone: that only shuts.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.audit.events import Event
from access.people import possession, public_keys
from access.people.directory import person_row
from access.policy import Action, Resource
from access.store.schema import drop_key, source
from console.desk.act import Act
from console.desk.api.base import Done
from console.desk.api.drops import AgreeDropKey, DropKeyList, DropKeyView, EndDropKey, ListDropKeys, ProposeDropKey
from console.desk.imports import sources
from console.desk.kernel import handles

ACTIVE: Final = "active"
PROPOSED: Final = "proposed"
ENDED: Final = "ended"
_LOGIN: Final = re.compile(r"[a-z][a-z0-9-]{1,30}[a-z0-9]")
_NETWORKS: Final = 8
_COLUMN: Final = 400

Row = RowMapping | dict[str, Any]


class Lender(NamedTuple):
    """A key and the source it is for, both proven."""

    key: Row
    source: Row


def every(act: Act) -> list[Lender]:
    """Keys in use and proposed with their sources, oldest first."""
    rows = act.db.execute(select(drop_key).where(drop_key.c.state != ENDED).order_by(drop_key.c.id)).mappings().all()
    found = [(row, act.proofs.get(act.uow, source, row["source_id"])) for row in _held(act, rows)]
    return [Lender(key, origin) for key, origin in found if origin is not None]


def by_login(act: Act, login: str) -> Lender | None:
    """Whose drop a login opens; nobody's where two keys in use claim it."""
    found = [one for one in every(act) if one.key["login"] == login and one.key["state"] == ACTIVE]
    return found[0] if len(found) == 1 and _open(found[0].source) else None


def by_id(act: Act, key_id: str) -> Lender | None:
    """A key in use, with its source, if both still hold."""
    key = act.proofs.get(act.uow, drop_key, key_id)
    origin = act.proofs.get(act.uow, source, key["source_id"]) if key is not None else None
    if key is None or origin is None or key["state"] != ACTIVE or not _open(origin):
        return None
    return Lender(key, origin)


def comes_from(key: Row, address: str) -> bool:
    """Whether an address is among those that a key may be used from."""
    networks = str(key["addresses"]).split()
    try:
        place = ipaddress.ip_address(address)
    except ValueError:
        return not networks
    if isinstance(place, ipaddress.IPv6Address) and place.ipv4_mapped is not None:
        place = place.ipv4_mapped
    return not networks or any(place in ipaddress.ip_network(one) for one in networks)


def _open(origin: Row) -> bool:
    """Only a registered lender whose files can be verified leaves any."""
    return origin["state"] == "registered" and origin["public_key"] is not None


def _held(act: Act, rows: Sequence[RowMapping]) -> list[RowMapping]:
    return list(act.proofs.holding(act.uow, drop_key, rows))


@handles(ListDropKeys)
def list_keys(act: Act, request: ListDropKeys) -> DropKeyList:
    """Keys of lenders that this person's roles reach."""
    del request
    seen = [
        one for one in every(act) if act.allowed(Action.IMPORT_SOURCE_READ, sources.resource_of(one.source)).allowed
    ]
    if not seen:
        act.require(Action.IMPORT_SOURCE_READ, Resource(kind="source", unit_id=sources.own_unit(act)))
    act.log(Action.IMPORT_SOURCE_READ, object_kind="drop_key", rows=len(seen))
    seen.sort(key=lambda one: one.key["state"] != PROPOSED)
    return DropKeyList(keys=tuple(_view(act, one) for one in seen))


@handles(ProposeDropKey)
def propose_key(act: Act, request: ProposeDropKey) -> DropKeyView:
    """Keep it until the security admin agrees."""
    origin = act.proofs.get(act.uow, source, request.source_id)
    about = sources.resource_of(origin) if origin is not None else Resource.absent("source")
    act.require(Action.IMPORT_SOURCE_PROPOSE, about)
    if origin is None:
        act.refuse("import.source_unknown")
    if origin["public_key"] is None:
        act.refuse("import.source_unsigned", clause="F-3")
    if _LOGIN.fullmatch(request.login) is None:
        act.refuse("drop_key.login")
    key = public_keys.parse(request.line)
    if key.factor_kind != possession.SSH_KEY:
        act.refuse("ssh_key.kind")
    for other in every(act):
        if bytes(other.key["blob"]) == key.blob or (
            other.key["login"] == request.login and other.key["source_id"] != origin["id"]
        ):
            act.refuse("drop_key.taken")
    values = {
        "id": act.parts.ids.new(),
        "tenant_id": origin["tenant_id"],
        "source_id": origin["id"],
        "login": request.login,
        "blob": key.blob,
        "addresses": _networks(act, request.addresses),
        "state": PROPOSED,
        "proposed_by": act.actor.person_id,
        "agreed_by": None,
    }
    event = _event(act, Action.IMPORT_SOURCE_PROPOSE, values)
    row = act.proofs.insert(act.uow, drop_key, values, event)
    return _view(act, Lender(row, origin))


def _networks(act: Act, said: tuple[str, ...]) -> str:
    try:
        networks = " ".join(str(ipaddress.ip_network(one.strip())) for one in said)
    except ValueError:
        act.refuse("drop_key.addresses")
    if len(said) > _NETWORKS or len(networks) > _COLUMN:
        act.refuse("drop_key.addresses")
    return networks


@handles(AgreeDropKey)
def agree_key(act: Act, request: AgreeDropKey) -> DropKeyView:
    """The second person's yes; the lender's key before ends."""
    found = _found(act, request.key_id)
    parties = (found.key["proposed_by"],) if found is not None else ()
    about = sources.resource_of(found.source, parties=parties) if found is not None else Resource.absent("source")
    act.require(Action.IMPORT_SOURCE_APPROVE, about)
    if found is None or found.key["state"] != PROPOSED:
        act.refuse("drop_key.not_proposed")
    if found.source["state"] != "registered":
        act.refuse("import.source_unsigned", clause="F-3")
    for other in every(act):
        if other.key["state"] == ACTIVE and other.key["source_id"] == found.source["id"]:
            _move(act, other, Action.IMPORT_SOURCE_APPROVE, state=ENDED)
    row = _move(act, found, Action.IMPORT_SOURCE_APPROVE, state=ACTIVE, agreed_by=act.actor.person_id)
    return _view(act, Lender(row, found.source))


@handles(EndDropKey)
def end_key(act: Act, request: EndDropKey) -> Done:
    """Either of the two may, alone."""
    found = _found(act, request.key_id)
    about = sources.resource_of(found.source) if found is not None else Resource.absent("source")
    action = Action.IMPORT_SOURCE_PROPOSE
    if not act.allowed(action, about).allowed:
        action = Action.IMPORT_SOURCE_APPROVE
        act.require(action, about)
    if found is None:
        act.refuse("drop_key.not_found")
    _move(act, found, action, state=ENDED)
    return Done()


def _found(act: Act, key_id: str) -> Lender | None:
    return next((one for one in every(act) if one.key["id"] == key_id), None)


def _move(act: Act, one: Lender, action: Action, **changes: str) -> Row:
    event = _event(act, action, one.key)
    return act.proofs.update(act.uow, drop_key, one.key["id"], one.key["version"], dict(changes), event)


def _event(act: Act, action: Action, key: Row) -> Event:
    return act.event(action, tenant_id=key["tenant_id"], object_kind="drop_key", object_id=key["id"])


def _view(act: Act, one: Lender) -> DropKeyView:
    asker = person_row(act.uow, act.proofs, one.key["proposed_by"])
    return DropKeyView(
        key_id=one.key["id"],
        source_id=one.source["id"],
        source=one.source["name"],
        login=one.key["login"],
        fingerprint=public_keys.fingerprint(bytes(one.key["blob"])),
        addresses=tuple(str(one.key["addresses"]).split()),
        state=one.key["state"],
        proposed_by=asker["staff_no"] if asker is not None else "",
        mine=one.key["proposed_by"] == act.actor.person_id,
    )
