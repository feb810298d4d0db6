"""Does what is acted on lie within a permit's scope, seen from one seat? Pure; unknown means no."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from access.policy.model import WHOLE_DESK, Actor, Conditions, Resource, Seat
from access.roles import AGENCY_ROLES, Permit, Qualifier, Scope

_ASSIGNED_KINDS: Final = frozenset({"case", "queue"})
_NAME_FIELDS: Final = frozenset({"full_name"})


def within(permit: Permit, seat: Seat, actor: Actor, resource: Resource, conditions: Conditions) -> bool:
    """Tell whether the permit, held in this seat, reaches the resource.

    A qualifier that says which requests a permit is for narrows its scope: what it leaves out does not exist for the
    actor. Neither does a case for whoever has an interest in its customer (requirements §4.6), whatever their scope.
    """
    if not resource.found or actor.person_id in resource.barred_ids or not _same_tenant(seat, resource):
        return False
    narrowing = permit.qualifiers & _NARROWING.keys()
    return _SCOPES[permit.scope](seat, actor, resource) and all(
        _NARROWING[qualifier](conditions) for qualifier in narrowing
    )


def qualified(permit: Permit, conditions: Conditions) -> bool:
    """Tell whether the permit's other qualifiers hold; one that cannot be checked here does not."""
    return all(_CHECKED.get(qualifier, _never)(conditions) for qualifier in permit.qualifiers - _NARROWING.keys())


def possible(permit: Permit) -> bool:
    """Tell whether the permit's qualifiers can hold at all in this build."""
    return permit.qualifiers <= _CHECKED.keys() | _NARROWING.keys()


def _same_tenant(seat: Seat, resource: Resource) -> bool:
    return (
        seat.tenant_id == WHOLE_DESK or resource.tenant_id in (None, WHOLE_DESK) or seat.tenant_id == resource.tenant_id
    )


def _own(seat: Seat, actor: Actor, resource: Resource) -> bool:
    if resource.kind not in _ASSIGNED_KINDS:
        return actor.person_id in (resource.requester_id, resource.subject_person_id)
    if resource.assignee_id is None or resource.assignee_id not in {actor.person_id, *actor.covers}:
        return False
    if seat.role in AGENCY_ROLES:
        return resource.kind == "queue" or _agency(seat, actor, resource)
    in_unit = resource.unit_id is None or seat.unit_id is None or resource.unit_id == seat.unit_id
    return in_unit and resource.agency_id is None


def _team(seat: Seat, actor: Actor, resource: Resource) -> bool:
    del actor
    return seat.unit_id is not None and seat.role not in AGENCY_ROLES and resource.unit_id == seat.unit_id


def _agency(seat: Seat, actor: Actor, resource: Resource) -> bool:
    return (
        resource.agency_id is not None
        and seat.role in AGENCY_ROLES
        and resource.agency_id == actor.agency_id
        and seat.unit_id in (None, resource.agency_id)
    )


def _task(seat: Seat, actor: Actor, resource: Resource) -> bool:
    del seat
    return resource.task_person_id is not None and resource.task_person_id == actor.person_id


def _deputy(seat: Seat, actor: Actor, resource: Resource) -> bool:
    del seat
    return resource.deputy_id is not None and resource.deputy_id == actor.person_id


def _any(seat: Seat, actor: Actor, resource: Resource) -> bool:
    del seat, actor, resource
    return True


_SCOPES: Final[Mapping[Scope, Callable[[Seat, Actor, Resource], bool]]] = MappingProxyType(
    {
        Scope.AGENCY: _agency,
        Scope.ANY: _any,
        Scope.DEPUTY: _deputy,
        Scope.OWN: _own,
        Scope.TASK: _task,
        Scope.TEAM: _team,
    }
)


def _never(conditions: Conditions) -> bool:
    del conditions
    return False


def _always(conditions: Conditions) -> bool:
    del conditions
    return True


_NARROWING: Final[Mapping[Qualifier, Callable[[Conditions], bool]]] = MappingProxyType(
    {
        Qualifier.ESCALATED: lambda conditions: conditions.escalated,
        Qualifier.SUPERVISORS_REQUEST: lambda conditions: conditions.requester_supervises,
        Qualifier.THIRD_PARTY: lambda conditions: conditions.third_party,
    }
)

# Those that always hold limit how the act is carried out: the decision hands them on in `limits`.
_CHECKED: Final[Mapping[Qualifier, Callable[[Conditions], bool]]] = MappingProxyType(
    {
        Qualifier.BOOTSTRAP: lambda conditions: conditions.bootstrap,
        Qualifier.COACHING: lambda conditions: conditions.coaching,
        Qualifier.DEPARTMENT: lambda conditions: conditions.department,
        Qualifier.LAST4: _always,
        Qualifier.LEAD_ONLY: _always,
        Qualifier.LIMITS: lambda conditions: conditions.limits,
        Qualifier.MASKED: _always,
        Qualifier.NAME_ONLY: lambda conditions: bool(conditions.fields) and _NAME_FIELDS.issuperset(conditions.fields),
        Qualifier.NO_ID_FIELDS: _always,
        # That it is another than the asker is separation rule 1, which every approval needs.
        Qualifier.OTHER_SUPERVISOR: _always,
        Qualifier.PRIVILEGED: lambda conditions: conditions.privileged,
        Qualifier.SEALED: lambda conditions: conditions.sealed,
        Qualifier.SEVEN_DAYS: lambda conditions: conditions.recent,
        Qualifier.SUMMARY: _always,
    }
)
