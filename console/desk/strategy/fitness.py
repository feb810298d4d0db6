"""Can somebody be given cases at all, and this one? Asked of the one decision, as if the case were theirs.

Whoever is suspended, untrained, without agreement, without a role in force or of an agency that is not in date is
refused by `decide` for every case, and whoever an interest keeps from a customer for that customer's; nothing of this
is judged here a second time. That somebody is away is no refusal: their cover works what they hold. It only means that
they are given nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy.engine import RowMapping

from access.people.directory import load_actor
from access.policy import Action, Actor, Conditions, Decision, Purpose, Resource, decide
from access.roles import Role
from console.desk.act import Act
from console.desk.agencies.engaged import in_date
from console.desk.cases.rows import resource_of
from console.desk.conditions import standing

AWAY: Final = "assign.away"
INTEREST: Final = "assign.interest"
NOT_IN_DATE: Final = "agency.not_in_date"
_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "actor.not_active": "assign.stopped",
        "actor.untrained": "assign.untrained",
        "actor.no_confidentiality": "assign.no_agreement",
        NOT_IN_DATE: NOT_IN_DATE,
    }
)
_NO_ROLE: Final = "assign.no_role"


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why somebody can be given no case. code: text key; clause: the rule; until: instant, where one is known.

    ask: who can do something about it, where the decision says so.
    """

    code: str
    clause: str
    until: int | None = None
    ask: tuple[Role, ...] = ()


def unfitness(act: Act, person_id: str, away_until: int | None) -> Unfit | None:
    """Why this person can be given no case now.

    Args:
        act: the act.
        person_id: whom.
        away_until: when the absence in force ends; none: they are there.
    """
    actor = load_actor(act.uow, act.proofs, person_id)
    if actor is None:
        return Unfit(_NO_ROLE, "C-5.4c")
    queue = Resource(kind="queue", assignee_id=person_id, unit_id=actor.unit_id, agency_id=actor.agency_id)
    held = Conditions(engaged=in_date(act, actor.agency_id))
    decision = _decided(act, actor, Action.CASE_ASSIGNMENT_RECEIVE, queue, held)
    if not decision.allowed:
        return Unfit(_CODES.get(decision.code, _NO_ROLE), decision.clause, ask=decision.ask)
    return Unfit(AWAY, "S-6-12", away_until) if away_until is not None else None


@dataclass(slots=True)
class Reach:
    """Whom the decision lets work which case, read once for all that look alike to it."""

    act: Act
    _actors: dict[str, Actor | None]
    _known: dict[object, bool]

    def __init__(self, act: Act) -> None:
        self.act = act
        self._actors = {}
        self._known = {}

    def reaches(self, row: Mapping[str, Any] | RowMapping, person_id: str, agency_id: str | None) -> bool:
        """Tell whether a case would be there for this person once it is theirs."""
        kind = (row["tenant_id"], row["unit_id"], row["barred"], row["state"], row["hold"], person_id, agency_id)
        if kind not in self._known:
            self._known[kind] = self._ask(row, person_id, agency_id)
        return self._known[kind]

    def _ask(self, row: Mapping[str, Any] | RowMapping, person_id: str, agency_id: str | None) -> bool:
        if person_id not in self._actors:
            self._actors[person_id] = load_actor(self.act.uow, self.act.proofs, person_id)
        actor = self._actors[person_id]
        if actor is None:
            return False
        theirs = replace(resource_of(row), assignee_id=person_id, agency_id=agency_id)
        return _decided(self.act, actor, Action.CASE_FILE_OPEN, theirs, standing(self.act, row)).allowed


def _decided(act: Act, actor: Actor, action: Action, resource: Resource, base: Conditions) -> Decision:
    """The decision about somebody who does not act now, under the desk's live conditions."""
    conditions = replace(base, purpose=Purpose.COLLECTION, clock_ok=True, keys_ok=True, log_ok=True)
    return decide(actor, action, resource, conditions, act.now)
