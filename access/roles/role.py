"""The nine roles, the groups that keep two approvers apart, and which roles have work in this build.

What a role may do stands in `matrix.toml`; what one person may not be at once stands in `separation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final


@unique
class Role(StrEnum):
    """A post on the desk (requirements §3.1), in the order of the matrix's columns."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    REVIEWER = "reviewer"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDITOR = "auditor"
    COMPLIANCE = "compliance"
    AGENCY_AGENT = "agency_agent"
    AGENCY_MANAGER = "agency_manager"


@unique
class RoleGroup(StrEnum):
    """Where a role stands in the house; two approvals of one reveal come from two groups (§3.3 rule 6)."""

    BUSINESS = "business"
    ADMINISTRATION = "administration"
    SECURITY = "security"
    AUDIT = "audit"
    RISK = "risk"
    AGENCY = "agency"


_GROUPS: Final[Mapping[Role, RoleGroup]] = MappingProxyType(
    {
        Role.AGENT: RoleGroup.BUSINESS,
        Role.SUPERVISOR: RoleGroup.BUSINESS,
        Role.REVIEWER: RoleGroup.BUSINESS,
        Role.SYSTEM_ADMIN: RoleGroup.ADMINISTRATION,
        Role.SECURITY_ADMIN: RoleGroup.SECURITY,
        Role.AUDITOR: RoleGroup.AUDIT,
        Role.COMPLIANCE: RoleGroup.RISK,
        Role.AGENCY_AGENT: RoleGroup.AGENCY,
        Role.AGENCY_MANAGER: RoleGroup.AGENCY,
    }
)

ADMIN_ROLES: Final = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})
BUSINESS_ROLES: Final = frozenset({Role.AGENT, Role.SUPERVISOR, Role.REVIEWER})
AGENCY_ROLES: Final = frozenset({Role.AGENCY_AGENT, Role.AGENCY_MANAGER})

UNSEATED: Final[Mapping[Role, str]] = MappingProxyType(
    {
        Role.REVIEWER: "review tasks for waivers and write-offs do not exist yet",
        Role.AGENCY_MANAGER: "the agency workload view does not exist yet",
    }
)
"""Roles without work in this build, each with the reason; nobody can be given one of them."""


def group_of(role: Role) -> RoleGroup:
    """Return the group whose approval the role's approval counts as."""
    return _GROUPS[role]


def seatable(role: Role) -> bool:
    """Tell whether the role has work in this build, so that a person may be given it."""
    return role not in UNSEATED
