"""How somebody comes to a role: the states of an application and whose turn it is in each (requirements §3.3-7, §4.4).

Pure. The regular way is endorsed by the head of the unit, entered by a system admin, approved by a security admin and
filed by compliance. While a new desk has no supervisor, unit head and compliance officer yet, the first of them come by
the bootstrap way: entered, approved, and countersigned by the auditor. Either way the last step makes the grant. That
each step is another person's is judged twice: as a party of the application, and over the whole chain at the end.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Any, Final

from access.roles.matrix import Mode
from access.roles.role import AGENCY_ROLES, Role
from access.roles.separation import OWN_REQUEST, Breach

LONGEST_DAYS: Final = 365
LONGEST_DAYS_AGENCY: Final = 182
RECERTIFY_DAYS: Final = 182
EXPIRING_DAYS: Final = 14
BOOTSTRAP_DAYS: Final = 7
BOOTSTRAP_ROLES: Final = frozenset({Role.SUPERVISOR, Role.COMPLIANCE})
"""Roles that the bootstrap way can give: what the regular way needs besides the three admins."""
DESK_WIDE: Final = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR, Role.COMPLIANCE})
"""Roles that reach the whole desk; every other role reaches one unit."""

PERIOD_UNFIT: Final = Breach("role.period_unfit", "§3.3-7")
CHAIN_BROKEN: Final = Breach("roles.chain_broken", "§3.3-7")


@unique
class ApplicationState(StrEnum):
    """Where an application stands. `ACTIVE` is the last: what becomes of the role then is the grant's."""

    REQUESTED = "requested"
    ENDORSED = "endorsed"
    ENTERED = "entered"
    APPROVED = "approved"
    ACTIVE = "active"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@unique
class Stage(StrEnum):
    """A step that somebody other than the subject takes."""

    ENDORSE = "endorse"
    ENTER = "enter"
    APPROVE = "approve"
    FILE = "file"
    COUNTERSIGN = "countersign"


@unique
class RecertState(StrEnum):
    """What became of one role in a recertification campaign."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REMOVED = "removed"
    LAPSED = "lapsed"


@unique
class Standing(StrEnum):
    """What a role grant is worth now."""

    ACTIVE = "active"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    OVERDUE = "overdue"
    REVOKED = "revoked"
    SUSPENDED = "suspended"


OPEN: Final = frozenset(
    {
        ApplicationState.REQUESTED,
        ApplicationState.ENDORSED,
        ApplicationState.ENTERED,
        ApplicationState.APPROVED,
    }
)

REGULAR: Final = (Stage.ENDORSE, Stage.ENTER, Stage.APPROVE, Stage.FILE)
BOOTSTRAP: Final = (Stage.ENTER, Stage.APPROVE, Stage.COUNTERSIGN)

_NEXT: Final[Mapping[ApplicationState, Stage]] = MappingProxyType(
    {
        ApplicationState.REQUESTED: Stage.ENDORSE,
        ApplicationState.ENDORSED: Stage.ENTER,
        ApplicationState.ENTERED: Stage.APPROVE,
        ApplicationState.APPROVED: Stage.FILE,
    }
)
_NEXT_BOOTSTRAP: Final[Mapping[ApplicationState, Stage]] = MappingProxyType(
    {
        ApplicationState.REQUESTED: Stage.ENTER,
        ApplicationState.ENTERED: Stage.APPROVE,
        ApplicationState.APPROVED: Stage.COUNTERSIGN,
    }
)
_REACHED: Final[Mapping[Stage, ApplicationState]] = MappingProxyType(
    {
        Stage.ENDORSE: ApplicationState.ENDORSED,
        Stage.ENTER: ApplicationState.ENTERED,
        Stage.APPROVE: ApplicationState.APPROVED,
        Stage.FILE: ApplicationState.ACTIVE,
        Stage.COUNTERSIGN: ApplicationState.ACTIVE,
    }
)
MODES: Final[Mapping[Stage, Mode]] = MappingProxyType(
    {
        Stage.ENDORSE: Mode.CHECKER,
        Stage.ENTER: Mode.MAKER,
        Stage.APPROVE: Mode.CHECKER2,
        Stage.FILE: Mode.FILING,
        Stage.COUNTERSIGN: Mode.CHECKER3,
    }
)
"""Mode of matrix row 38 in which each step is taken."""


def next_stage(state: str, *, bootstrap: bool) -> Stage | None:
    """Return whose turn it is; none for an application that is over."""
    return (_NEXT_BOOTSTRAP if bootstrap else _NEXT).get(ApplicationState(state))


def after(stage: Stage, *, refused: bool) -> ApplicationState:
    """Return the state that a step leads to."""
    return ApplicationState.REJECTED if refused else _REACHED[stage]


def period_fits(role: Role, days: int) -> Breach | None:
    """No role for good: at most twelve months, six for an agency's people."""
    longest = LONGEST_DAYS_AGENCY if role in AGENCY_ROLES else LONGEST_DAYS
    return None if 0 < days <= longest else PERIOD_UNFIT


def chain_holds(application: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> Breach | None:
    """Tell whether the steps before the last make up the way that the application goes.

    Whoever enters may also have applied on somebody's behalf: both are the maker's part. Everybody who checks is a
    person of their own: neither the subject, nor the applicant, nor anybody else in the chain.

    Args:
        application: person_id, applicant_id, bootstrap.
        steps: stage, person_id, verdict, stands_for of each step, the last one included.
    """
    way = BOOTSTRAP if application["bootstrap"] else REGULAR
    by_stage = {str(step["stage"]): step for step in steps}
    if len(by_stage) != len(steps) or set(by_stage) != {str(stage) for stage in way}:
        return CHAIN_BROKEN
    if any(step["verdict"] != "approve" for step in steps):
        return CHAIN_BROKEN
    people = [step["person_id"] for step in steps]
    behind = [step["stands_for"] for step in steps if step["stands_for"] is not None]
    checkers = [step["person_id"] for step in steps if step["stage"] != Stage.ENTER]
    if application["person_id"] in {*people, *behind}:
        return OWN_REQUEST
    if application["applicant_id"] in {*checkers, *behind} or len(set(people)) != len(people):
        return OWN_REQUEST
    return None


def parties(application: Mapping[str, Any], steps: Collection[Mapping[str, Any]], stage: Stage) -> tuple[str, ...]:
    """Return who took part already and so may not take this step."""
    known = {application["person_id"], *(step["person_id"] for step in steps)}
    known |= {step["stands_for"] for step in steps if step["stands_for"] is not None}
    if stage is not Stage.ENTER:
        known.add(application["applicant_id"])
    return tuple(sorted(known))


def standing(state: str, valid_until: int, now: int, day: int) -> Standing:
    """Return what a grant is worth at an instant.

    Args:
        state: The row's state.
        valid_until: First instant no longer in force, microseconds UTC.
        now: The instant.
        day: Microseconds of a day.
    """
    if state != "active":
        return Standing(state)
    if now >= valid_until:
        return Standing.EXPIRED
    return Standing.EXPIRING if now >= valid_until - EXPIRING_DAYS * day else Standing.ACTIVE
