"""Before whom a role application stands: the head of the unit or who decides in their place, and the bootstrap time.

The head's word is that of whoever heads the unit, or the nearest unit above it whose head is no party; a delegate gives
it in their place. Where no such head is left, a head of another unit does who is not below the subject, or compliance
(requirements §3.3 rules 5, 7 and 13). Everything is read from rows that prove themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.engine import RowMapping

from access.context import SECOND
from access.people.directory import held_rows, holders, person_row, unit_row
from access.policy import Actor, Conditions, Resource
from access.roles.application import BOOTSTRAP_DAYS
from access.roles.delegations import in_force, superiors
from access.roles.role import Role
from access.roles.separation import delegate_decides
from access.store.base import UnitOfWork
from access.store.proof import RowProofs
from access.store.schema import audit_event, org_unit, role_grant

Row = Mapping[str, Any] | RowMapping

_DAY: Final = 86_400 * SECOND
_TOP: Final = 12


@dataclass(frozen=True, slots=True)
class Department:
    """Who gives the head's word on a matter.

    Attributes:
        unit_id: Unit whose head decides; none where no head is left.
        head_id: That head.
        delegate_id: Who decides in the head's place now.
        peers: Heads of other units, who decide where no head is left.
    """

    unit_id: str | None = None
    head_id: str | None = None
    delegate_id: str | None = None
    peers: frozenset[str] = frozenset()

    def seen_by(self, actor: Actor, resource: Resource, conditions: Conditions) -> tuple[Resource, Conditions]:
        """Return the matter as the decision sees it when this person would give the head's word."""
        headless = self.head_id is None
        conditions = replace(
            conditions,
            department=actor.person_id in {self.head_id, self.delegate_id}
            or (headless and actor.person_id in self.peers),
            requester_supervises=headless,
        )
        return replace(resource, unit_id=self.unit_id or resource.unit_id, deputy_id=self.delegate_id), conditions

    def stands_for(self, person_id: str) -> str | None:
        """Return in whose place this person would decide; none for who decides in their own right."""
        return self.head_id if person_id == self.delegate_id and person_id != self.head_id else None


def department(
    uow: UnitOfWork, proofs: RowProofs, unit_id: str | None, subject_id: str, parties: Collection[str]
) -> Department:
    """Find whose word counts as the head's.

    Args:
        uow: The act.
        proofs: Checks the rows.
        unit_id: The unit that the role reaches; for a desk-wide role none: the subject's own.
        subject_id: Who shall hold or keep the role.
        parties: Who may not decide: the subject and the applicant.
    """
    subject = person_row(uow, proofs, subject_id)
    unit = unit_row(uow, proofs, unit_id or (subject["unit_id"] if subject is not None else None))
    for _ in range(_TOP):
        if unit is None:
            break
        head_id = unit["head_id"]
        if (
            head_id is not None
            and head_id not in parties
            and head_id in holders(uow, proofs, Role.SUPERVISOR, unit["id"])
        ):
            return Department(unit["id"], head_id, _delegate(uow, proofs, unit["id"], parties, subject_id))
        unit = unit_row(uow, proofs, unit["parent_id"])
    return Department(peers=_peers(uow, proofs, subject_id, parties))


def _delegate(
    uow: UnitOfWork, proofs: RowProofs, unit_id: str, parties: Collection[str], subject_id: str
) -> str | None:
    row = in_force(uow, proofs, unit_id)
    if row is None or row["to_id"] in parties:
        return None
    above = superiors(uow, proofs, row["to_id"])
    return row["to_id"] if delegate_decides(row["to_id"], subject_id, above) is None else None


def _peers(uow: UnitOfWork, proofs: RowProofs, subject_id: str, parties: Collection[str]) -> frozenset[str]:
    """Heads of units anywhere who are no party and not below the subject."""
    found = set()
    for unit in held_rows(uow, proofs, org_unit, org_unit.c.head_id.is_not(None)):
        head_id = unit["head_id"]
        below = subject_id in superiors(uow, proofs, head_id)
        if head_id not in parties and not below and head_id in holders(uow, proofs, Role.SUPERVISOR, unit["id"]):
            found.add(head_id)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Whether a new desk still gives roles by the bootstrap way.

    Attributes:
        until: First instant at which the time is over, microseconds UTC.
        lacking: What was never there yet: `supervisor`, `head`, `compliance`.
        over: The seven days are gone.
    """

    until: int
    lacking: tuple[str, ...]
    over: bool

    @property
    def open(self) -> bool:
        """The auditor may countersign in place of those who are not there yet."""
        return bool(self.lacking) and not self.over


def bootstrap(uow: UnitOfWork) -> Bootstrap:
    """Tell from the log's first event and from every role ever given; what once was there is never lacking again."""
    first = uow.connection.execute(select(audit_event.c.at).order_by(audit_event.c.seq).limit(1)).scalar()
    until = (int(first) if first is not None else 0) + BOOTSTRAP_DAYS * _DAY
    headed = select(func.count()).select_from(org_unit).where(org_unit.c.head_id.is_not(None))
    known = {
        "supervisor": _ever(uow, Role.SUPERVISOR),
        "head": bool(uow.connection.execute(headed).scalar_one()),
        "compliance": _ever(uow, Role.COMPLIANCE),
    }
    lacking = tuple(name for name, there in known.items() if not there)
    return Bootstrap(until, lacking, over=uow.now >= until)


def _ever(uow: UnitOfWork, role: Role) -> bool:
    # Rows are never deleted and one that was forged only ends the bootstrap time early, so no proof is needed to count.
    query = select(func.count()).select_from(role_grant).where(role_grant.c.role == role.value)
    return bool(uow.connection.execute(query).scalar_one())
