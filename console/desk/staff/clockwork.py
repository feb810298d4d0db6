"""What falls due about people without anybody's doing: last days that are over, gates that close.

Looking is cheap and without proofs; what is found is done in an act of its own, from rows that hold. Whoever could not
be let go at the moment (the last admin) is tried again every hour and stands in the log each time. A case that came to
somebody in the very moment in which she was stopped goes back to the pool here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from sqlalchemy import Connection, and_, exists, or_, select

from access.audit.events import DetailKey
from access.context import SECOND
from access.people import departures
from access.people.departures import DepartureState
from access.people.directory import person_row
from access.people.staff import StaffRefused
from access.store.schema import case_file, departure, person, reveal_grant, reveal_request, staff_session
from console.desk.act import Act
from console.desk.staff.departing import carry_out
from console.desk.staff.ledger import shut_or_open
from console.desk.staff.losing import release_cases
from console.desk.staff.targets import tell

Work = Callable[[Act], None]

_GONE: Final = ("suspended", "frozen", "left")
_AGAIN: Final = 3600 * SECOND
_SWEEP: Final = 5 * SECOND
_CARRY_OUT: Final = "account:departure:carry_out"


class StaffClock:
    """Knows how far it looked, and whom a rule kept back."""

    def __init__(self) -> None:
        self._looked = self._looking = 0
        self._swept = 0
        self._again: dict[str, int] = {}

    def look(self, connection: Connection, now: int) -> list[Work]:
        """Return what is to be done now, each an act of its own."""
        found: list[Work] = [partial(self._depart, departure_id=one) for one in self._leavers(connection, now)]
        if now > self._looked:
            found += [partial(shut_or_open, person_id=one) for one in _shut_out(connection, self._looked, now)]
            self._looking = now
        if now - self._swept >= _SWEEP:
            found += [partial(_release, person_id=one) for one in _strays(connection)]
            self._swept = now
        return found

    def done(self) -> None:
        """All of it was done; what was not is found again."""
        self._looked = self._looking

    def _leavers(self, connection: Connection, now: int) -> list[str]:
        late = select(departure.c.id).where(
            departure.c.state == DepartureState.NOTIFIED.value, departure.c.freeze_at <= now
        )
        return [one for one in connection.execute(late).scalars() if self._again.get(one, 0) <= now]

    def _depart(self, act: Act, departure_id: str) -> None:
        # Whatever comes of it, the next try is an hour away; a departure that was carried out is not found again.
        self._again[departure_id] = act.now + _AGAIN
        row = departures.departure_row(act.uow, act.proofs, departure_id)
        if row is None or row["state"] != DepartureState.NOTIFIED:
            return
        try:
            carry_out(act, row)
        except StaffRefused as kept:
            act.uow.rollback_act()
            act.log(
                _CARRY_OUT,
                result="refused",
                rule=kept.code,
                object_kind="person",
                object_id=row["person_id"],
                detail=((DetailKey.CODE, kept.code),),
            )
            return
        tell(act, row["person_id"], row["from_unit_id"])


def _shut_out(connection: Connection, since: int, now: int) -> list[str]:
    """Active people whose training or agreement ran out since the last look and who still hold something."""
    ran_out = [and_(at > since, at <= now) for at in (person.c.trained_until, person.c.confidentiality_until)]
    holds = (
        exists().where(staff_session.c.person_id == person.c.id, staff_session.c.closed_at.is_(None)),
        exists().where(reveal_grant.c.person_id == person.c.id, reveal_grant.c.state.in_(("approved", "active"))),
        exists().where(
            reveal_request.c.requester_id == person.c.id, reveal_request.c.state.in_(("pending", "pending2"))
        ),
    )
    query = select(person.c.id).where(person.c.state == "active", or_(*ran_out), or_(*holds))
    return list(connection.execute(query).scalars())


def _strays(connection: Connection) -> list[str]:
    """People who are stopped or gone and have cases all the same."""
    held = exists().where(case_file.c.assignee_id == person.c.id)
    return list(connection.execute(select(person.c.id).where(person.c.state.in_(_GONE), held)).scalars())


def _release(act: Act, person_id: str) -> None:
    row = person_row(act.uow, act.proofs, person_id)
    if row is not None and row["state"] in _GONE:
        release_cases(act, person_id)
