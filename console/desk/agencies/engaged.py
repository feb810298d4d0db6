"""May cases be given to an agency now? Its engagement as proven rows say, for whoever decides and for what is written.

Whether that is enough is the decision's (`access.policy`). What is about to be written holds the engagement as it is
until it is committed: one that ends in between is seen, and the act begins anew.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from access.people.agencies import AGENCY, TermState, engaged_until
from access.people.directory import unit_row
from access.policy import Decision, Refused, not_engaged
from access.store.schema import agency_term
from console.desk.act import Act


def in_date(act: Act, agency_id: str | None) -> bool:
    """Whether an agency's engagement is in date at the act's instant; the house always is."""
    return agency_id is None or act.now < engaged_until(act.uow, act.proofs, agency_id)


def agency_of(act: Act, unit_id: str) -> str | None:
    """The agency that a unit is; none: the house's own."""
    unit = unit_row(act.uow, act.proofs, unit_id)
    return unit_id if unit is not None and unit["kind"] == AGENCY else None


def require_engaged(act: Act, agency_ids: Iterable[str | None]) -> None:
    """For an act that gives cases to these agencies; holds their engagements until it is over.

    Raises:
        Refused: `agency.not_in_date`.
    """
    for agency_id in sorted({one for one in agency_ids if one is not None}):
        held = select(agency_term.c.id).where(
            agency_term.c.unit_id == agency_id, agency_term.c.state == TermState.ACTIVE.value
        )
        act.db.execute(act.uow.lock(held)).all()
        lack = not_engaged(agency_id, engaged=in_date(act, agency_id))
        if lack is not None:
            raise Refused(
                Decision(allowed=False, role=None, rule=lack.clause, code=lack.code, clause=lack.clause, ask=lack.ask)
            )
