"""Until when an agency is engaged, from proven rows: what three people of three roles put on the books (§3.2-53).

An agency that is not engaged by a row that holds is engaged until no instant at all. Who may write one is the caller's
decision (`access.policy`); that the three are three people is kept here.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum, unique
from typing import Final

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.people.deed import Deed
from access.people.directory import held_rows, unit_row
from access.people.staff import StaffRefused
from access.policy import Action
from access.store.base import UnitOfWork
from access.store.proof import RowProofs
from access.store.schema import DESK_TENANT, agency_term

AGENCY: Final = "agency"
"""The kind of a unit that is one."""

NEVER: Final = 0
_THREE: Final = 3


@unique
class TermState(StrEnum):
    """Only an active one engages; the agency's next active one takes its place."""

    PROPOSED = "proposed"
    CHECKED = "checked"
    ACTIVE = "active"
    REPLACED = "replaced"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


OPEN: Final = frozenset({TermState.PROPOSED, TermState.CHECKED})
"""Somebody is still to agree to it."""


def terms(uow: UnitOfWork, proofs: RowProofs, states: Iterable[TermState]) -> list[RowMapping]:
    """Return the terms in these states that hold, by id."""
    return held_rows(uow, proofs, agency_term, agency_term.c.state.in_([one.value for one in states]))


def engaged(uow: UnitOfWork, proofs: RowProofs, unit_id: str) -> RowMapping | None:
    """Return the term by which an agency is engaged, also one that is over."""
    where = (agency_term.c.unit_id == unit_id, agency_term.c.state == TermState.ACTIVE.value)
    rows = [row for row in held_rows(uow, proofs, agency_term, *where) if len(_keys(row)) == _THREE]
    return max(rows, key=lambda row: row["id"], default=None)


def engaged_until(uow: UnitOfWork, proofs: RowProofs, unit_id: str) -> int:
    """Return the first instant, microseconds UTC, at which a unit's engagement is over; `NEVER` for what is none."""
    unit = unit_row(uow, proofs, unit_id)
    term = engaged(uow, proofs, unit_id) if unit is not None and unit["kind"] == AGENCY else None
    return NEVER if term is None else int(term["ends_at"])


def engage(
    deed: Deed, *, unit_id: str, name: str, last_day: str, zone: str, ends_at: int, keys: tuple[str, str, str]
) -> str:
    """Put an agency's first engagement on the books at a desk's founding; return its id. keys: the three people.

    Raises:
        StaffRefused: Fewer than three people.
    """
    if len(set(keys)) != _THREE:
        raise StaffRefused("separation.own_request", clause="§3.2-53")
    term_id = deed.uow.ids.new()
    proposed_by, checked_by, approved_by = keys
    values = {
        "id": term_id,
        "tenant_id": DESK_TENANT,
        "unit_id": unit_id,
        "name": name,
        "last_day": last_day,
        "zone": zone,
        "ends_at": ends_at,
        "state": TermState.ACTIVE.value,
        "proposed_by": proposed_by,
        "proposed_at": deed.uow.now,
        "checked_by": checked_by,
        "approved_by": approved_by,
        "ended_by": None,
    }
    event = deed.event(
        Action.ACCOUNT_AGENCY_APPROVE,
        object_kind="unit",
        object_id=unit_id,
        detail=((DetailKey.TO, TermState.ACTIVE.value),),
    )
    deed.proofs.insert(deed.uow, agency_term, values, event)
    return term_id


def _keys(row: RowMapping) -> frozenset[str]:
    return frozenset(one for one in (row["proposed_by"], row["checked_by"], row["approved_by"]) if one)
