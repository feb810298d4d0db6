"""What stands in the permission matrix for one act: rows and modes, and what must hold besides the role.

Beside it the conditions that many acts share, by what the acts are about. Which act has which entry: `specs`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from access.policy.model import StepUp
from access.roles import Mode, Scope


@unique
class Need(StrEnum):
    """A live condition that an act depends on, beyond role and scope."""

    APPROVERS = "approvers"
    ASKER = "asker"
    CLOCK = "clock"
    CONTACTABLE = "contactable"
    ENGAGED = "engaged"
    FREE_OF_HOLD = "free_of_hold"
    GRANT = "grant"
    IN_LINE = "in_line"
    KEYS = "keys"
    LIFTER = "lifter"
    NOT_PARTY = "not_party"
    NOTHING_OVERDUE = "nothing_overdue"
    OWN_HOLD = "own_hold"
    OWN_REQUEST = "own_request"
    PURPOSE = "purpose"
    QUOTA = "quota"
    REVIEWED = "reviewed"
    SECOND = "second"
    TIER = "tier"
    TRAINED = "trained"
    UNFROZEN = "unfrozen"
    UNTIED = "untied"
    WORKABLE = "workable"


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """Where an act stands in the matrix.

    Attributes:
        permits: Row of requirements §3.2 and mode in that row; each of them permits the act.
        needs: Live conditions; the state of the log and of the person are needed by every act.
        scopes: The only scopes in which the act makes sense; empty for every scope.
        looks: The act only looks at a list whose entries are decided on one by one; a permit's qualifiers, which say
            for what it may be used, do not bind it.
        ungated: The act is open to somebody whose training or confidentiality agreement is not in force: signing in to
            see why, and the ledger that restores access.
        newcomer: The act is open to somebody without any role yet, or no more, about themselves: to come in and read
            how they stand.
        step_up: Before the act the person shows another one-time code: of the last five minutes, or for this very act.
    """

    permits: tuple[tuple[int, Mode], ...]
    needs: frozenset[Need] = frozenset({Need.CLOCK})
    scopes: frozenset[Scope] = frozenset()
    looks: bool = False
    ungated: bool = False
    newcomer: bool = False
    step_up: StepUp | None = None


def row(number: int, *modes: Mode) -> tuple[tuple[int, Mode], ...]:
    """Some modes of one row of the matrix."""
    return tuple((number, mode) for mode in modes)


CLOCK: Final = frozenset({Need.CLOCK})
CUSTOMER: Final = frozenset({Need.CLOCK, Need.KEYS, Need.PURPOSE, Need.TRAINED})
"""Somebody's data is handled."""

WORK: Final = CUSTOMER | {Need.WORKABLE}
"""The case is worked on."""

HOLD: Final = frozenset({Need.CLOCK, Need.TRAINED, Need.WORKABLE})
"""A case is held back from work."""

LOOK: Final = (Mode.MAKER, Mode.CHECKER, Mode.CHECKER2, Mode.LOG, Mode.DO, Mode.READ)
"""Whoever has any part in the row may look."""

ASK: Final = frozenset(
    {
        Need.APPROVERS,
        Need.CLOCK,
        Need.FREE_OF_HOLD,
        Need.PURPOSE,
        Need.QUOTA,
        Need.TIER,
        Need.TRAINED,
        Need.WORKABLE,
    }
)
OTHERS: Final = frozenset({Need.CLOCK, Need.NOT_PARTY})
"""Somebody else's account or means is decided on."""

LEDGER: Final = (Mode.MAKER, Mode.CHECKER, Mode.LOG, Mode.READ)
"""Whoever keeps, checks or reads the ledger of training."""

ROLES: Final = (*row(38, Mode.MAKER, Mode.CHECKER2, Mode.LOG, Mode.FILING), *row(39, Mode.DO))
"""Whoever has a part in roles given and taken."""

REVEAL: Final = CUSTOMER | {Need.TIER, Need.WORKABLE, Need.FREE_OF_HOLD, Need.GRANT, Need.OWN_REQUEST}
"""A sealed value is opened under a grant of one's own."""

IDENTIFY: Final = CUSTOMER | {Need.TIER, Need.WORKABLE, Need.FREE_OF_HOLD}
"""The name of whom one speaks to is shown."""

FIRST: Final = frozenset({Need.CLOCK, Need.TRAINED, Need.NOT_PARTY, Need.IN_LINE})
"""The first of two who agree."""

SECOND: Final = frozenset({Need.CLOCK, Need.TRAINED, Need.NOT_PARTY, Need.SECOND})
"""The second who agrees; the first is somebody else."""

SPECIAL: Final = WORK | {Need.FREE_OF_HOLD, Need.GRANT, Need.OWN_REQUEST}
"""The one contact of a special scene."""

EXPORT: Final = frozenset({Need.CLOCK, Need.TRAINED, Need.NOT_PARTY})
"""An export is decided on."""

GROUP: Final = frozenset({Scope.AGENCY, Scope.TEAM})
"""For a team or an agency, never for oneself or all."""

TASKS: Final = frozenset({Scope.ANY, Scope.OWN, Scope.TASK, Scope.TEAM})
"""For somebody's task: theirs, one that they gave, the team's or anybody's."""
