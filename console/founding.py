"""The first people of a desk: units, persons, logins, roles, written once as rows that prove themselves.

Only a desk without people is founded; after that, accounts and roles change through the desk's own calls. Every row is
an event. Role grants are never given by the person who receives them: each names two others as applicant and approver.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from access.context import SECOND, Origin
from access.errors import AccessError
from access.people import agencies, factors, possession, public_keys, staff
from access.people.deed import Hand
from access.roles import AGENCY_ROLES, Role, compatible, seatable
from access.store.base import UnitOfWork
from access.store.schema import person
from console.desk.parts import Parts
from console.desk.work.calendar import starts, today

_DAY: Final = 86_400 * SECOND
_STAFF: Final = 365 * _DAY  # §3.3 rule 7
_AGENCY: Final = 182 * _DAY
_TRAINED: Final = 365 * _DAY
_ORIGIN: Final = Origin("local", "founding")


class FoundingRefused(AccessError):
    """The desk cannot be founded so: it has people, a role has no work yet, or one person would hold too much."""

    default_code = "founding.refused"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit by its key in the plan. kind: department, team or agency. head, deputy: logins.

    `days`: how long an agency is engaged, counted from the founding; none for what is no agency.
    """

    key: str
    name: str
    kind: str
    head: str = ""
    deputy: str = ""
    parent: str = ""
    days: int = 0


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


@dataclass(frozen=True, slots=True)
class Secret:
    """What a founder signs in with: the password already hashed, the seed of the one-time code in base 32, a key.

    `key_until`: for a key that is no token, the first instant at which it counts no more in `prod`.
    """

    encoded: str = field(repr=False)
    seed: str = field(repr=False)
    key: public_keys.PublicKey | None = None
    key_until: int = 0


ADMINS: Final = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
_DESK_WIDE: Final = frozenset({*ADMINS, Role.COMPLIANCE})
_AGENCY_KIND: Final = "agency"


def found(parts: Parts, plan: Plan, secrets: Mapping[str, Secret] | None = None) -> Founded:
    """Write the plan in one act.

    Args:
        parts: the desk, without people.
        plan: everybody; each of the three admin roles is held by somebody else.
        secrets: by login, what somebody signs in with; a demo desk needs none.

    Raises:
        FoundingRefused: `founding.has_people`, `founding.admins`, `founding.role`, `founding.separation`,
            `founding.agency`: one that is engaged until no day.
        StaffRefused: another rule on people and roles.
    """
    _check(plan)
    return parts.store.run(lambda uow: _Founding(parts, uow, plan, secrets or {}).carry_out())


def _check(plan: Plan) -> None:
    kinds = {unit.key: unit.kind for unit in plan.units}
    if len({post.login for role in ADMINS for post in plan.posts if role in post.roles}) < len(ADMINS):
        raise FoundingRefused("founding.admins")
    for unit in plan.units:
        if (unit.kind == _AGENCY_KIND) is not (unit.days > 0):
            raise FoundingRefused("founding.agency", unit=unit.key)
    for post in plan.posts:
        if not all(seatable(role) for role in post.roles):
            raise FoundingRefused("founding.role", login=post.login)
        if compatible(post.roles, post.unit if kinds[post.unit] == _AGENCY_KIND else None):
            raise FoundingRefused("founding.separation", login=post.login)


class _Founding:
    def __init__(self, parts: Parts, uow: UnitOfWork, plan: Plan, secrets: Mapping[str, Secret]) -> None:
        self._deed = Hand(uow, parts.proofs, origin=_ORIGIN)
        self._uow = uow
        self._plan = plan
        self._secrets = secrets
        self._factor_cipher = parts.keys.factor
        self._units: dict[str, str] = {}
        self._persons = {post.login: parts.ids.new() for post in plan.posts}
        self._kinds = {unit.key: unit.kind for unit in plan.units}
        self._zone = parts.settings.zone

    def carry_out(self) -> Founded:
        if self._uow.connection.execute(select(func.count()).select_from(person)).scalar_one():
            raise FoundingRefused("founding.has_people")
        for unit in self._plan.units:
            self._units[unit.key] = staff.create_unit(
                self._deed,
                kind=unit.kind,
                name=unit.name,
                parent_id=self._units.get(unit.parent),
                head_id=self._persons.get(unit.head),
                deputy_id=self._persons.get(unit.deputy),
            )
            if unit.kind == _AGENCY_KIND:
                self._engage(unit)
        for post in self._plan.posts:
            self._employ(post)
        for post in self._plan.posts:
            self._seat(post)
        return Founded(persons=self._persons, units=self._units)

    def _engage(self, unit: Unit) -> None:
        """By the three who would agree to it later, each in their role; by an admin where nobody holds one."""
        keys: list[str] = []
        for role in (Role.SUPERVISOR, Role.COMPLIANCE, Role.SECURITY_ADMIN):
            able = [one.login for one in self._plan.posts if role in one.roles] + [
                one.login for one in self._plan.posts if set(ADMINS) & set(one.roles)
            ]
            keys.append(next(self._persons[login] for login in able if self._persons[login] not in keys))
        last = today(self._uow.now, self._zone) + timedelta(days=unit.days)
        agencies.engage(
            self._deed,
            unit_id=self._units[unit.key],
            name=unit.name,
            last_day=last.isoformat(),
            zone=self._zone,
            ends_at=starts(last + timedelta(days=1), self._zone),
            keys=(keys[0], keys[1], keys[2]),
        )

    def _employ(self, post: Post) -> None:
        person_id = staff.create_person(
            self._deed,
            person_id=self._persons[post.login],
            staff_no=post.staff_no,
            name=post.name,
            unit_id=self._units[post.unit],
            agency_id=self._units[post.unit] if self._kinds[post.unit] == _AGENCY_KIND else None,
            trained_until=self._uow.now + _TRAINED,
            confidentiality_signed_at=self._uow.now,
        )
        staff.create_login(self._deed, person_id, post.login, post.language)
        secret = self._secrets.get(post.login)
        if secret is not None:
            factors.set_password(self._deed, person_id, secret.encoded)
            factors.set_totp(self._deed, person_id, self._factor_cipher, secret.seed)
            if secret.key is not None:
                possession.found(self._deed, person_id, secret.key, self._others(post), secret.key_until)

    def _seat(self, post: Post) -> None:
        applicant, approver = self._others(post)
        for role in post.roles:
            own: Sequence[str | None] = [self._units[key] for key in post.reach or (post.unit,)]
            for unit_id in [None] if role in _DESK_WIDE else own:
                staff.grant_role(
                    self._deed,
                    person_id=self._persons[post.login],
                    role=role,
                    requested_by=applicant,
                    approved_by=approver,
                    valid_until=self._uow.now + (_AGENCY if role in AGENCY_ROLES else _STAFF),
                    unit_id=unit_id,
                )

    def _others(self, post: Post) -> tuple[str, str]:
        """Two admins who are not the person: who entered the role and who approved it (§3.3 rule 7)."""
        admins = [one.login for role in ADMINS for one in self._plan.posts if role in one.roles]
        entering, approving = [one for one in admins if one != post.login][:2]
        return self._persons[entering], self._persons[approving]
