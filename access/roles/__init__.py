"""Roles as data: who exists, what each may do (the permission matrix), and what one person may not be at once."""

from access.roles.matrix import Extension, Matrix, MatrixBroken, Mode, Permit, Qualifier, Row, Scope, load_matrix
from access.roles.role import (
    ADMIN_ROLES,
    AGENCY_ROLES,
    BUSINESS_ROLES,
    UNSEATED,
    Role,
    RoleGroup,
    group_of,
    seatable,
)
from access.roles.separation import (
    Breach,
    approver_in_line,
    compatible,
    context_seen,
    last_admin,
    mutual_approval,
    not_a_party,
    second_differs,
)

__all__ = [
    "ADMIN_ROLES",
    "AGENCY_ROLES",
    "BUSINESS_ROLES",
    "UNSEATED",
    "Breach",
    "Extension",
    "Matrix",
    "MatrixBroken",
    "Mode",
    "Permit",
    "Qualifier",
    "Role",
    "RoleGroup",
    "Row",
    "Scope",
    "approver_in_line",
    "compatible",
    "context_seen",
    "group_of",
    "last_admin",
    "load_matrix",
    "mutual_approval",
    "not_a_party",
    "seatable",
    "second_differs",
]
