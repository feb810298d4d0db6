"""Bindings as they stand: of whom, over which number of ours, as long as the customer's number is the case's.

A number that another took the place of on the case binds nobody: whoever calls from it is not known by it any more, and
nobody is told of the new one under the old one's entry.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey, Event
from access.people.directory import held_rows
from access.policy import Action
from access.store.schema import call_binding, call_number
from console.desk.act import Act
from console.desk.api.contact import ContactRef, Means
from console.desk.calls.privacy_states import STANDING, BindingState, NumberState, Provider
from console.desk.cases.rows import load_case
from console.desk.contact.gather import gather
from console.desk.hub import Audience
from console.dial.axb.said import Unbind

REPLACED: Final = "replaced"
Row = RowMapping | dict[str, Any]


class Way(NamedTuple):
    """How a call goes. presented: what the customer sees, empty for the line's own; over: a provider's number that is
    called in the customer's place, empty for none.
    """  # noqa: D205 - one sentence

    presented: str = ""
    over: str = ""


def way_of(act: Act, case_id: str, contact: ContactRef) -> Way:
    """How this agent's call goes: by the number bound for both, if there is one in force."""
    row = held_by(act, case_id, contact, act.actor.person_id)
    number = number_of(act, row["number_id"]) if row is not None and row["state"] == BindingState.LIVE else None
    if number is None:
        return Way()
    cloud = number["provider"] == Provider.CLOUD
    return Way(over=str(number["number"])) if cloud else Way(presented=str(number["number"]))


def bound_now(act: Act, binding_id: str) -> RowMapping | None:
    """A binding in force, over a number in force."""
    row = next(iter(standing_of(act, call_binding.c.id == binding_id)), None)
    return row if row is not None and number_of(act, row["number_id"]) is not None and _known(act, row) else None


def of_phone(act: Act, number_id: str, person_id: str) -> RowMapping | None:
    """The binding that an agent means who calls a number of ours."""
    if number_of(act, number_id) is None:
        return None
    rows = standing_of(act, call_binding.c.number_id == number_id, call_binding.c.person_id == person_id)
    return next((row for row in rows if _known(act, row)), None)


def replaced(act: Act, case: RowMapping, contact: ContactRef) -> None:
    """Another number took the place of this one on the case: whatever was bound to the old one ends."""
    for row in standing_of(act, call_binding.c.case_id == case["id"]):
        if (row["field"], row["ordinal"]) == (contact.field, contact.ordinal) and not same(act, case, row):
            end(act, row, REPLACED)


def same(act: Act, case: RowMapping, row: Row) -> bool:
    """Whether the number that was bound is the one at its place on the case."""
    number = gather(act, case, Means.CALL).number(ContactRef(field=row["field"], ordinal=row["ordinal"]))
    return number is not None and number.entry == bytes(row["entry"])


def _known(act: Act, row: Row) -> bool:
    case = load_case(act, row["case_id"])
    return case is not None and same(act, case, row)


def standing_of(act: Act, *where: Any) -> list[RowMapping]:  # noqa: ANN401 - conditions
    """Those in force that prove themselves, oldest first."""
    query = select(call_binding).where(call_binding.c.state.in_(STANDING), call_binding.c.expires_at > act.now, *where)
    rows = act.db.execute(query.order_by(call_binding.c.made_at, call_binding.c.id)).mappings().all()
    return act.proofs.holding(act.uow, call_binding, rows)


def held_by(act: Act, case_id: str, contact: ContactRef, person_id: str) -> RowMapping | None:
    """The agent's binding of that number of the case."""
    rows = standing_of(act, call_binding.c.case_id == case_id, call_binding.c.person_id == person_id)
    return next((row for row in rows if (row["field"], row["ordinal"]) == (contact.field, contact.ordinal)), None)


def number_of(act: Act, number_id: str) -> RowMapping | None:
    """A number of the pool that may be used."""
    return next(
        iter(
            held_rows(
                act.uow,
                act.proofs,
                call_number,
                call_number.c.id == number_id,
                call_number.c.state == NumberState.LIVE.value,
            )
        ),
        None,
    )


def event_of(act: Act, action: str, row: Row, *detail: tuple[DetailKey, str], reason: str | None = None) -> Event:
    """The event of something done to it."""
    return act.event(
        action,
        object_kind="binding",
        object_id=row["id"],
        case_id=row["case_id"],
        tenant_id=row["tenant_id"],
        reason=reason,
        fields=(row["field"],),
        detail=((DetailKey.ORDINAL, str(row["ordinal"])), *detail),
    )


def change(  # noqa: PLR0917 - what becomes of it, and what says so
    act: Act, row: Row, to: BindingState, action: str, code: str = "", reason: str | None = None
) -> None:
    """Move it on; the event says to what, with the dialer's code or the reason."""
    more = ((DetailKey.CODE, code),) if code else ()
    event = event_of(act, action, row, (DetailKey.TO, to.value), *more, reason=reason)
    why = code if to is BindingState.REFUSED else ""
    act.proofs.update(act.uow, call_binding, row["id"], row["version"], {"state": to.value, "why": why}, event)
    tell(act, row)


def end(act: Act, row: RowMapping, reason: str | None = None) -> None:
    """End it, here and in the dialer."""
    change(act, row, BindingState.ENDED, Action.CALL_NUMBER_RELEASE, reason=reason)
    act.uow.after_commit(lambda: act.parts.switchboard.tell(Unbind(binding_id=row["id"])))


def tell(act: Act, row: Row) -> None:
    """Tell whom it concerns."""
    act.push("binding", row["id"], Audience.of(row["person_id"], units=(row["unit_id"],)))
