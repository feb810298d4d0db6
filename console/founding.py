"""The first people of a desk: units, persons, logins, roles, written once as rows that prove themselves.

Only a desk without people is founded; after that, accounts and roles change through the desk's own calls. Every row is
an event. Role grants are never given by the person who receives them: each names two others as applicant and approver.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Table, func, select

from access.audit.events import Event, Verb
from access.errors import AccessError
from access.policy import Action
from access.roles import AGENCY_ROLES, Role, compatible, seatable
from access.store.base import UnitOfWork
from access.store.schema import DESK_TENANT, login, org_unit, person, role_grant
from console.desk.parts import Parts

_DAY: Final = 86_400_000_000  # microseconds
_STAFF_DAYS: Final = 365  # §3.3 rule 7
_AGENCY_DAYS: Final = 182
_TRAINED_DAYS: Final = 365


class FoundingRefused(AccessError):
    """The desk cannot be founded so: it has people, a role has no work yet, or one person would hold too much."""

    default_code = "founding.refused"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit by its key in the plan. kind: department, team or agency. head, deputy: logins."""

    key: str
    name: str
    kind: str
    head: str = ""
    deputy: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """A person with login and roles. unit: key of the unit; reach: units that the roles reach, the own one if empty."""

    login: str
    name: str
    staff_no: str
    unit: str
    roles: tuple[Role, ...]
    reach: tuple[str, ...] = ()
    language: str = "zh_CN"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everybody a new desk starts with."""

    units: tuple[Unit, ...]
    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True)
class Founded:
    """Ids by login and by unit key."""

    persons: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)


_DESK_WIDE: Final = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR, Role.COMPLIANCE})


def found(parts: Parts, plan: Plan) -> Founded:
    """Write the plan in one act.

    Raises:
        FoundingRefused: `founding.has_people`, `founding.role`, `founding.separation`.
    """
    _check(plan)
    return parts.store.run(lambda uow: _Founding(parts, uow, plan).carry_out())


def _check(plan: Plan) -> None:
    kinds = {unit.key: unit.kind for unit in plan.units}
    for post in plan.posts:
        if not all(seatable(role) for role in post.roles):
            raise FoundingRefused("founding.role", login=post.login)
        if compatible(post.roles, post.unit if kinds[post.unit] == "agency" else None):
            raise FoundingRefused("founding.separation", login=post.login)


class _Founding:
    def __init__(self, parts: Parts, uow: UnitOfWork, plan: Plan) -> None:
        self._parts = parts
        self._uow = uow
        self._plan = plan
        self._units = {unit.key: parts.ids.new() for unit in plan.units}
        self._persons = {post.login: parts.ids.new() for post in plan.posts}
        self._kinds = {unit.key: unit.kind for unit in plan.units}

    def carry_out(self) -> Founded:
        if self._uow.connection.execute(select(func.count()).select_from(person)).scalar_one():
            raise FoundingRefused("founding.has_people")
        for unit in self._plan.units:
            self._insert(
                org_unit,
                self._units[unit.key],
                kind=unit.kind,
                name=unit.name,
                parent_id=self._units.get(unit.parent),
                head_id=self._persons.get(unit.head),
                deputy_id=self._persons.get(unit.deputy),
            )
        for post in self._plan.posts:
            self._seat(post)
        return Founded(persons=self._persons, units=self._units)

    def _seat(self, post: Post) -> None:
        now, new = self._uow.now, self._parts.ids.new
        agency = self._kinds[post.unit] == "agency"
        self._insert(
            person,
            self._persons[post.login],
            staff_no=post.staff_no,
            name=post.name,
            unit_id=self._units[post.unit],
            agency_id=self._units[post.unit] if agency else None,
            state="active",
            trained_until=now + _TRAINED_DAYS * _DAY,
            confidentiality_signed_at=now,
        )
        self._insert(
            login,
            new(),
            person_id=self._persons[post.login],
            name=post.login,
            state="active",
            language=post.language,
        )
        applicant, approver = self._others(post)
        for role in post.roles:
            reach: Sequence[str | None] = (
                [None] if role in _DESK_WIDE else [self._units[key] for key in post.reach or (post.unit,)]
            )
            for unit_id in reach:
                self._insert(
                    role_grant,
                    new(),
                    person_id=self._persons[post.login],
                    role=str(role),
                    unit_id=unit_id,
                    valid_from=now,
                    valid_until=now + (_AGENCY_DAYS if role in AGENCY_ROLES else _STAFF_DAYS) * _DAY,
                    state="active",
                    requested_by=applicant,
                    approved_by=approver,
                )

    def _others(self, post: Post) -> tuple[str, str]:
        """Two admins who are not the person: who entered the role and who approved it (§3.3 rule 7)."""
        wanted = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
        admins = [one.login for role in wanted for one in self._plan.posts if role in one.roles]
        entering, approving = [one for one in admins if one != post.login][:2]
        return self._persons[entering], self._persons[approving]

    def _insert(self, table: Table, row_id: str, **values: str | int | None) -> None:
        role, approval = values.get("role"), values.get("approved_by")
        event = Event(
            id=self._parts.ids.new(),
            at=self._uow.now,
            action=str(Action.ACCOUNT_ROLE_APPROVE if table is role_grant else Action.ACCOUNT_PERSON_CREATE),
            verb=Verb.PROCESS,
            tenant_id=DESK_TENANT,
            source="local",
            terminal="founding",
            role=str(role) if role else None,
            object_kind=table.name,
            object_id=row_id,
            approval_id=str(approval) if approval else None,
        )
        self._parts.proofs.insert(self._uow, table, {"id": row_id, "tenant_id": DESK_TENANT, **values}, event)
