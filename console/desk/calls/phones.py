"""Phones that may be rung, and what the desk proves itself to the provider with. A password is shown once."""

from __future__ import annotations

import secrets as chance
from functools import partial
from typing import Final

from access.audit.events import DetailKey
from access.policy import Action, Resource
from access.store.schema import person
from console.desk.act import Act
from console.desk.api.base import Done
from console.desk.api.calling import (
    DropPhone,
    ListPhones,
    PhoneAccess,
    PhoneList,
    PhoneView,
    SetPhone,
    SetTrunkPassword,
)
from console.desk.calls import outages, secrets
from console.desk.cases.rows import staff_names
from console.desk.kernel import handles
from console.dial.registrar import REALM, secret_of

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz"
_NAME: Final = 10
_PASSWORD: Final = 24
_LONGEST: Final = 128


@handles(ListPhones)
def list_phones(act: Act, request: ListPhones) -> PhoneList:
    """Every phone."""
    del request
    act.require(Action.CALL_PHONE_LIST, Resource(kind="account"))
    rows = secrets.active(act, secrets.PHONE)
    names = staff_names(act, {row["person_id"] for row in rows})
    board = act.parts.switchboard
    phones = [
        PhoneView(
            person_id=row["person_id"],
            person=names.get(row["person_id"], ""),
            name=row["name"],
            set_at=row["set_at"],
            present=board.present(row["name"]),
        )
        for row in rows
    ]
    act.log(Action.CALL_PHONE_LIST, object_kind="phone", rows=len(phones))
    trunk = bool(secrets.active(act, secrets.TRUNK))
    return PhoneList(phones=tuple(sorted(phones, key=lambda one: one.person)), trunk_password=trunk)


@handles(SetPhone)
def set_phone(act: Act, request: SetPhone) -> PhoneAccess:
    """A fresh name and password; what was there before stops to register at once."""
    _require_person(act, request.person_id)
    name = "".join(chance.choice(_LETTERS) for _ in range(_NAME))
    password = chance.token_urlsafe(_PASSWORD)
    secrets.put(
        act,
        secrets.PHONE,
        secret_of(name, password),
        act.event(
            Action.CALL_PHONE_SET, object_kind="person", object_id=request.person_id, detail=((DetailKey.TO, "set"),)
        ),
        name=name,
        person_id=request.person_id,
    )
    act.uow.after_commit(act.parts.switchboard.renew)
    said = act.parts.settings.calls
    itself = act.parts.switchboard.port or said.port
    return PhoneAccess(
        name=name,
        password=password,
        realm=REALM,
        address=said.edge_host or said.address,
        port=said.edge_port if said.edge_host else itself,
        tls=bool(said.edge_host),
    )


@handles(DropPhone)
def drop_phone(act: Act, request: DropPhone) -> Done:
    """No phone any more."""
    _require_person(act, request.person_id)
    if not secrets.active(act, secrets.PHONE, request.person_id):
        act.refuse("call.no_such_phone")
    event = act.event(
        Action.CALL_PHONE_SET, object_kind="person", object_id=request.person_id, detail=((DetailKey.TO, "none"),)
    )
    secrets.put(act, secrets.PHONE, "", event, person_id=request.person_id)
    act.uow.after_commit(act.parts.switchboard.renew)
    return Done()


@handles(SetTrunkPassword)
def set_trunk_password(act: Act, request: SetTrunkPassword) -> Done:
    """Another password for the provider's line, from now on."""
    act.require(Action.CALL_TRUNK_SET, Resource(kind="health"))
    if len(request.password) > _LONGEST:
        act.refuse("call.password_unfit")
    event = act.event(
        Action.CALL_TRUNK_SET,
        object_kind="trunk",
        object_id="password",
        detail=((DetailKey.TO, "set" if request.password else "none"),),
    )
    secrets.put(act, secrets.TRUNK, request.password, event)
    act.uow.after_commit(act.parts.switchboard.renew)
    act.uow.after_commit(partial(outages.look_again, act.parts, outages.TRUNK))
    return Done()


def _require_person(act: Act, person_id: str) -> None:
    act.require(Action.CALL_PHONE_SET, Resource(kind="account", subject_person_id=person_id))
    row = act.proofs.get(act.uow, person, person_id)
    if row is None or row["state"] == "left":
        act.refuse("people.not_found")
