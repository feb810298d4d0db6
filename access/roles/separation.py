"""Separation of duties (requirements §3.3), as pure predicates over persons.

Each function returns the `Breach` it found or `None`. All of them compare persons, never accounts: somebody with two
logins is one person. Rules on waivers, exports, keys and destruction come with the acts they bind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from access.roles.role import ADMIN_ROLES, AGENCY_ROLES, BUSINESS_ROLES, Role, group_of


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule that an act would break.

    Attributes:
        code: Stable refusal code.
        clause: The rule, as `§3.3-<number>`.
    """

    code: str
    clause: str


OWN_REQUEST: Final = Breach("separation.own_request", "§3.3-1")
ADMIN_EXCLUSIVE: Final = Breach("separation.admin_exclusive", "§3.3-2")
COMPLIANCE_EXCLUSIVE: Final = Breach("separation.compliance_exclusive", "§3.3-2")
AGENCY_EXCLUSIVE: Final = Breach("separation.agency_exclusive", "§3.3-3")
AGENCY_WITHOUT_ID: Final = Breach("separation.agency_missing", "§3.3-3")
NOT_IN_LINE: Final = Breach("separation.not_in_line", "§3.3-5")
APPROVAL_LOOP: Final = Breach("separation.approval_loop", "§3.3-5")
SAME_APPROVER: Final = Breach("separation.same_approver", "§3.3-6")
SAME_GROUP: Final = Breach("separation.same_group", "§3.3-6")
LAST_ADMIN: Final = Breach("separation.last_admin", "§3.3-15")
CONTEXT_UNSEEN: Final = Breach("separation.context_unseen", "§3.3-18")
POST_EXCLUSIVE: Final = Breach("separation.post_exclusive", "§3.3-4")
DELEGATE_SELF: Final = Breach("delegation.self", "§3.3-13")
DELEGATE_LOWER: Final = Breach("delegation.lower_role", "§3.3-13")
DELEGATE_PERIOD: Final = Breach("delegation.period_unfit", "§3.3-13")
DELEGATE_CHAIN: Final = Breach("delegation.chain", "§3.3-13")
DELEGATE_SUBORDINATE: Final = Breach("delegation.subordinate", "§3.3-13")

LONGEST_DELEGATION_DAYS: Final = 7


@unique
class TechnicalPost(StrEnum):
    """What somebody does for the program itself, beside or without a role at the desk."""

    DEVELOPMENT = "dev"
    OPERATIONS = "ops"
    TEST = "test"


_ADMIN_EXCLUDES: Final = BUSINESS_ROLES | AGENCY_ROLES
_COMPLIANCE_EXCLUDES: Final = frozenset({Role.SYSTEM_ADMIN, Role.AUDITOR})
_MUST_REMAIN: Final = ADMIN_ROLES
OUTLASTING: Final = ADMIN_ROLES | {Role.COMPLIANCE}
"""Roles whose last holder keeps them past their end, overdue: without one of them no role is ever given again."""


def not_a_party(person_id: str, parties: Iterable[str | None]) -> Breach | None:
    """Nobody approves, reviews or signs what they requested, executed or are the subject of (rule 1)."""
    return OWN_REQUEST if person_id in {party for party in parties if party is not None} else None


def compatible(roles: Collection[Role], agency_id: str | None) -> Breach | None:
    """Tell whether one person may hold all these roles at once (rules 2 and 3).

    Args:
        roles: Every role the person would hold.
        agency_id: The person's agency; none for in-house staff.
    """
    held = frozenset(roles)
    admin = held & ADMIN_ROLES
    if len(admin) > 1 or (admin and held & _ADMIN_EXCLUDES):
        return ADMIN_EXCLUSIVE
    if Role.COMPLIANCE in held and held & _COMPLIANCE_EXCLUDES:
        return COMPLIANCE_EXCLUSIVE
    agency = held & AGENCY_ROLES
    if agency and (held - AGENCY_ROLES):
        return AGENCY_EXCLUSIVE
    if agency and agency_id is None:
        return AGENCY_WITHOUT_ID
    if agency_id is not None and (held - AGENCY_ROLES):
        return AGENCY_EXCLUSIVE
    return None


def approver_in_line(
    approver_role: Role,
    approver_unit_id: str | None,
    requester_unit_id: str | None,
    *,
    requester_supervises: bool,
    stands_in: bool,
) -> Breach | None:
    """First approval belongs to the requester's line (rule 5).

    An agent's request goes to a supervisor of the same unit, or to the deputy once it was escalated. A supervisor's
    own request goes to any other supervisor or to compliance; that the two are different people is rule 1.

    Args:
        approver_role: Role in which the approver acts.
        approver_unit_id: Unit which that role reaches.
        requester_unit_id: Unit the request was made in.
        requester_supervises: The requester holds the supervisor role.
        stands_in: The approver is the unit's deputy and the request was escalated.
    """
    if requester_supervises:
        return None if approver_role in (Role.SUPERVISOR, Role.COMPLIANCE) else NOT_IN_LINE
    if approver_role is not Role.SUPERVISOR:
        return NOT_IN_LINE
    same_unit = requester_unit_id is not None and approver_unit_id == requester_unit_id
    return None if same_unit or stands_in else NOT_IN_LINE


def mutual_approval(approver_id: str, requester_id: str, approvals_today: Iterable[tuple[str, str]]) -> Breach | None:
    """Flag A approving B on a day on which B approved A (rule 5): an alert, not a refusal.

    Args:
        approver_id: Who approves now.
        requester_id: Whose request it is.
        approvals_today: Pairs (approver, requester) of the day's approvals.
    """
    return APPROVAL_LOOP if (requester_id, approver_id) in set(approvals_today) else None


def second_differs(requester_id: str, first: tuple[str, Role] | None, second: tuple[str, Role]) -> Breach | None:
    """Two approvals come from two people of two role groups, neither of them the requester (rule 6).

    Args:
        requester_id: Whose request it is.
        first: Person and role of the first approval; without one there is nothing to second.
        second: Person and role of the second approval.
    """
    if first is None:
        return NOT_IN_LINE
    if second[0] == requester_id or first[0] == requester_id:
        return OWN_REQUEST
    if second[0] == first[0]:
        return SAME_APPROVER
    return SAME_GROUP if group_of(first[1]) is group_of(second[1]) else None


def last_admin(role: Role, person_id: str, active_holders: Collection[str]) -> Breach | None:
    """The last active system admin, security admin and auditor can be neither disabled nor demoted (rule 15).

    Args:
        role: Role that would be taken away.
        person_id: Whose it is.
        active_holders: All persons who actively hold the role now.
    """
    if role not in _MUST_REMAIN:
        return None
    return None if set(active_holders) - {person_id} else LAST_ADMIN


def context_seen(seen_version: int | None, current_version: int) -> Breach | None:
    """A decision is about one request, in the state in which the approver saw it with its context (rule 18)."""
    return None if seen_version == current_version else CONTEXT_UNSEEN


def posts_compatible(posts: Collection[TechnicalPost], roles: Collection[Role], *, production: bool) -> Breach | None:
    """Development, test and operations exclude each other and, in production, every business role (rule 4).

    Args:
        posts: Every technical post the person would hold.
        roles: Every role the person would hold.
        production: The desk's profile is `prod`.
    """
    if len(set(posts)) > 1:
        return POST_EXCLUSIVE
    business = BUSINESS_ROLES | AGENCY_ROLES
    return POST_EXCLUSIVE if posts and production and set(roles) & business else None


def delegation_fits(
    from_id: str,
    to_id: str,
    days: float,
    *,
    equal_role: bool,
    lends: bool,
    borrows: bool,
) -> Breach | None:
    """Approvals are delegated to a named person of equal role, for a week at most, and not further (rule 13).

    Args:
        from_id: Whose approvals.
        to_id: Who would give them.
        days: For how long.
        equal_role: The delegate holds the role of the one who delegates, or a higher one, by a seat of their own.
        lends: The delegate has handed their own approvals to somebody else in that time.
        borrows: The one who delegates stands in for somebody else in that time.
    """
    if from_id == to_id:
        return DELEGATE_SELF
    if not equal_role:
        return DELEGATE_LOWER
    if not 0 < days <= LONGEST_DELEGATION_DAYS:
        return DELEGATE_PERIOD
    return DELEGATE_CHAIN if lends or borrows else None


def delegate_decides(delegate_id: str, requester_id: str | None, superiors: Collection[str]) -> Breach | None:
    """A delegate never decides for themselves nor for whoever is above them (rule 13).

    Args:
        delegate_id: Who would decide in another's name.
        requester_id: Whose request it is, or who is the subject of it.
        superiors: Heads of the units that the delegate belongs to.
    """
    if requester_id is None or requester_id == delegate_id:
        return DELEGATE_SELF
    return DELEGATE_SUBORDINATE if requester_id in set(superiors) else None
