"""Was this grant properly approved? Pure: judged anew at every reading from the rows that hold.

Persons are compared, never accounts, and each stage may only have made less of what the one before it left.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from access.grants.approvers import second_role
from access.grants.rows import Row
from access.grants.slots import split
from access.grants.states import RequestState
from access.roles import Role, not_a_party, second_differs
from masking.catalogue import Tier

_FIRST_BY = frozenset({Role.SUPERVISOR, Role.COMPLIANCE})
_NEEDED = {Tier.U2: (1,), Tier.U3: (1, 2)}


def approval_holds(request: Row, decisions: Sequence[Row], grant: Row) -> bool:
    """Tell whether the request is approved by the right people and covers the grant.

    Args:
        request: The grant's request, a row that holds.
        decisions: What approvers said about it, rows that hold.
        grant: The grant, a row that holds.
    """
    same = (request["id"], request["case_id"], request["requester_id"], request["tenant_id"]) == (
        grant["request_id"],
        grant["case_id"],
        grant["person_id"],
        grant["tenant_id"],
    )
    if not same or request["state"] != RequestState.APPROVED or request["tier"] not in _NEEDED:
        return False
    if any(one["verdict"] != "approve" for one in decisions):
        return False
    chain = [[one for one in decisions if one["stage"] == stage] for stage in _NEEDED[request["tier"]]]
    if any(len(stage) != 1 for stage in chain):
        return False
    approvals = [stage[0] for stage in chain]
    steps = [request, *approvals, grant]
    return _separate(request, approvals) and all(_narrower(less, more) for more, less in pairwise(steps))


def _narrower(less: Row, more: Row) -> bool:
    return set(split(less["fields"])) <= set(split(more["fields"])) and 0 < less["minutes"] <= more["minutes"]


def _separate(request: Row, approvals: Sequence[Row]) -> bool:
    if any(one["approver_role"] not in set(Role) for one in approvals):
        return False
    given = [(one["approver_id"], Role(one["approver_role"])) for one in approvals]
    if not_a_party(given[0][0], (request["requester_id"],)) is not None or given[0][1] not in _FIRST_BY:
        return False
    if request["tier"] != Tier.U3:
        return True
    wanted = second_role(third_party=bool(request["third_party"]))
    return given[1][1] is wanted and second_differs(request["requester_id"], given[0], given[1]) is None
