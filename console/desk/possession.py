"""The third factor in life: the system admin names a key for somebody, the security admin agrees, either ends it.

In `prod` a key that is no token is allowed by the two together for a time: who names it says the last day, who agrees
sees it (clause Y-4.2.2).
"""

from __future__ import annotations

import datetime as dt

from access.context import SECOND
from access.people import possession, public_keys
from access.people.directory import person_row
from access.people.possession import Held
from access.people.public_keys import PublicKey
from access.policy import Action, Resource
from console.desk.act import Act
from console.desk.api.base import Done
from console.desk.api.possession import AgreeKey, DropKey, KeyList, KeyView, ListKeys, ProposeKey
from console.desk.kernel import handles
from console.desk.staff.losing import end_sessions
from console.desk.staff.targets import CHECKED, require_person, target, tell


@handles(ListKeys)
def list_keys(act: Act, request: ListKeys) -> KeyList:
    """For whoever keeps accounts."""
    del request
    act.require(Action.ACCOUNT_PERSON_LIST, Resource(kind="desk"))
    found = possession.every(act.uow, act.proofs)
    views = [view for held in sorted(found, key=lambda one: not one.pending) if (view := _view(act, held)) is not None]
    act.log(Action.ACCOUNT_PERSON_LIST, object_kind="factor", rows=len(views))
    return KeyList(keys=tuple(views))


@handles(ProposeKey)
def propose_key(act: Act, request: ProposeKey) -> KeyView:
    """Keep it until somebody else agrees."""
    row = require_person(act, request.person_id, Action.ACCOUNT_PERSON_RESET)
    if row["state"] not in {"active", "pending", "suspended"}:
        act.refuse("person.not_active", state=row["state"])
    key = public_keys.parse(request.line)
    factor_id = possession.propose(act, row["id"], key, act.actor.person_id, _until(act, key, request.until))
    tell(act, row["id"], row["unit_id"])
    return _found(act, factor_id)


def _until(act: Act, key: PublicKey, said: str) -> int:
    """First instant out of force; tokens have none."""
    if key.token:
        return 0
    if not said:
        if act.parts.profile == "prod":
            act.refuse("ssh_key.waiver_needed", clause="Y-4.2.2")
        return 0
    try:
        day = dt.date.fromisoformat(said)
    except ValueError:
        act.refuse("ssh_key.date")
    today = dt.datetime.fromtimestamp(act.now / SECOND, dt.UTC).date()
    if not 0 <= (day - today).days <= possession.LONGEST_WAIVER:
        act.refuse("ssh_key.date")
    after = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), dt.UTC)
    return int(after.timestamp()) * SECOND


@handles(AgreeKey)
def agree_key(act: Act, request: AgreeKey) -> KeyView:
    """The second person's yes; sessions of the key before end."""
    held = possession.one(act.uow, act.proofs, request.factor_id)
    subject = person_row(act.uow, act.proofs, held.row["person_id"]) if held is not None else None
    parties = (held.asked_by,) if held is not None else ()
    act.require(Action.ACCOUNT_PERSON_CHECK, target(subject, *parties), CHECKED)
    if held is None or subject is None:
        act.refuse("ssh_key.not_found")
    possession.agree(act, held, act.actor.person_id)
    end_sessions(act, subject["id"])
    tell(act, subject["id"], subject["unit_id"])
    return _found(act, request.factor_id)


@handles(DropKey)
def drop_key(act: Act, request: DropKey) -> Done:
    """Either of the two may, alone: it only shuts."""
    held = possession.one(act.uow, act.proofs, request.factor_id)
    subject = person_row(act.uow, act.proofs, held.row["person_id"]) if held is not None else None
    if not act.allowed(Action.ACCOUNT_PERSON_RESET, target(subject)).allowed:
        act.require(Action.ACCOUNT_PERSON_CHECK, target(subject), CHECKED)
    if held is None or subject is None:
        act.refuse("ssh_key.not_found")
    possession.drop(act, held)
    if not held.pending:
        end_sessions(act, subject["id"])
    tell(act, subject["id"], subject["unit_id"])
    return Done()


def _found(act: Act, factor_id: str) -> KeyView:
    held = possession.one(act.uow, act.proofs, factor_id)
    view = _view(act, held) if held is not None else None
    if view is None:
        act.refuse("ssh_key.not_found")
    return view


def _view(act: Act, held: Held) -> KeyView | None:
    person = person_row(act.uow, act.proofs, held.row["person_id"])
    if person is None:
        return None
    asker = person_row(act.uow, act.proofs, held.asked_by)
    return KeyView(
        factor_id=held.row["id"],
        person_id=person["id"],
        staff_no=person["staff_no"],
        name=person["name"],
        kind=held.key.kind,
        fingerprint=held.key.fingerprint,
        token=held.key.token,
        state=held.row["state"],
        until=held.until,
        asked_by=asker["staff_no"] if asker is not None else "",
        mine=held.asked_by == act.actor.person_id,
    )
