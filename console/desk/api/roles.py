"""Who holds which role, and how they come to it and lose it: applications, recertification, delegation, units."""

from __future__ import annotations

from typing import ClassVar

from console.desk.api.base import Call, Done, Value


class StepView(Value, frozen=True, kw_only=True):
    """A step taken. stage: endorse | enter | approve | file | countersign. stands_for: in whose place, by name."""

    stage: str
    person: str
    staff_no: str
    role: str
    stands_for: str
    verdict: str
    reason: str
    at: int


class ApplicationView(Value, frozen=True, kw_only=True):
    """An application for a role.

    state: requested | endorsed | entered | approved | active | rejected | withdrawn; once active, what the role is
    worth now stands in `standing` (active | expiring | expired | revoked | suspended). next: the step whose turn it is,
    empty when it is over; next_by: names of those who could take it, empty where nobody can. mine: the viewer could.
    why_not: why not, as a code. own: the viewer applied or is the subject, and may withdraw it while it is open.
    """

    application_id: str
    number: str
    person_id: str
    person: str
    staff_no: str
    role: str
    unit: str
    head: bool
    days: int
    applicant: str
    words: str
    state: str
    standing: str
    until: int | None
    bootstrap: bool
    asked_at: int
    steps: tuple[StepView, ...]
    next: str
    next_by: tuple[str, ...]
    mine: bool
    why_not: str
    own: bool
    version: int


class ApplicationList(Value, frozen=True, kw_only=True):
    """Applications, those that wait for the viewer first.

    bootstrap_until: until when the desk's first roles come by the bootstrap way; None when that is over.
    lacking: what the desk never had yet: supervisor, head, compliance.
    """

    items: tuple[ApplicationView, ...]
    bootstrap_until: int | None
    lacking: tuple[str, ...]


class UnitView(Value, frozen=True, kw_only=True):
    """A unit. kind: department | team | agency. until: ISO, the last day of an agency's engagement; empty for none."""

    unit_id: str
    name: str
    kind: str
    parent: str
    head: str
    deputy: str
    until: str = ""


class Choices(Value, frozen=True, kw_only=True):
    """What can be applied for. unseated: roles without work in this build, each with the reason."""

    roles: tuple[str, ...]
    unseated: dict[str, str]
    units: tuple[UnitView, ...]
    longest_days: int
    longest_days_agency: int


class HeldRole(Value, frozen=True, kw_only=True):
    """A role that somebody holds. standing: active | expiring | expired | revoked | suspended. own: the viewer's."""

    grant_id: str
    person_id: str
    person: str
    staff_no: str
    role: str
    unit: str
    standing: str
    since: int
    until: int
    entered_by: str
    approved_by: str
    bootstrap: bool
    own: bool


class HeldRoles(Value, frozen=True, kw_only=True):
    """Roles held, those that end first on top."""

    items: tuple[HeldRole, ...]


class RecertView(Value, frozen=True, kw_only=True):
    """A role in a recertification. state: open | confirmed | removed | lapsed. mine: the viewer could decide it."""

    item_id: str
    person_id: str
    person: str
    staff_no: str
    role: str
    unit: str
    state: str
    decided_by: str
    decided_at: int | None
    mine: bool
    why_not: str


class Recertification(Value, frozen=True, kw_only=True):
    """The newest campaign; number is empty where there never was one. state: open | closed."""

    campaign_id: str
    number: str
    state: str
    opened_at: int | None
    due_at: int | None
    items: tuple[RecertView, ...]


class DeputyView(Value, frozen=True, kw_only=True):
    """Approvals of a unit's head in somebody else's hands. mine: the viewer may end it."""

    delegation_id: str
    unit_id: str
    unit: str
    from_person: str
    to_person: str
    to_staff_no: str
    starts_at: int
    ends_at: int
    mine: bool


class Deputies(Value, frozen=True, kw_only=True):
    """Delegations in force or to come."""

    items: tuple[DeputyView, ...]


class Apply(Call[ApplicationView], frozen=True, kw_only=True, tag="roles.apply"):
    """Apply for a role: for oneself, for a member of the own team, as system admin for anybody.

    person_id: whose role; empty for one's own. unit_id: the team it reaches; empty for the person's own.
    """

    writes: ClassVar[bool] = True
    role: str
    person_id: str = ""
    unit_id: str = ""
    days: int = 365
    words: str = ""
    head: bool = False


class ListApplications(Call[ApplicationList], frozen=True, kw_only=True, tag="roles.list"):
    """What the viewer may read. only_open: nothing that is over."""

    only_open: bool = True


class DecideApplication(Call[ApplicationView], frozen=True, kw_only=True, tag="roles.decide"):
    """Take the step whose turn it is. verdict: approve | refuse (with a reason)."""

    writes: ClassVar[bool] = True
    application_id: str
    verdict: str
    seen_version: int
    reason: str = ""


class WithdrawApplication(Call[ApplicationView], frozen=True, kw_only=True, tag="roles.withdraw"):
    """Take an open application back."""

    writes: ClassVar[bool] = True
    application_id: str


class ListChoices(Call[Choices], frozen=True, kw_only=True, tag="roles.choices"):
    """Roles and units that one may apply for, and how long."""


class ListHeldRoles(Call[HeldRoles], frozen=True, kw_only=True, tag="roles.held"):
    """Roles in force and those that ended within the last year; the own ones, the unit's, or everybody's."""

    person_id: str = ""


class RevokeRole(Call[HeldRoles], frozen=True, kw_only=True, tag="roles.revoke"):
    """Take a role away at once, with everything that rests on it; answers with what the person still holds."""

    writes: ClassVar[bool] = True
    grant_id: str


class ReadRecertification(Call[Recertification], frozen=True, kw_only=True, tag="roles.recertification"):
    """The newest campaign, as far as the viewer may read."""


class OpenRecertification(Call[Recertification], frozen=True, kw_only=True, tag="roles.recertify"):
    """Begin a campaign over every role in force."""

    writes: ClassVar[bool] = True
    days: int = 30


class Recertify(Call[Recertification], frozen=True, kw_only=True, tag="roles.confirm"):
    """Settle one role of a campaign. verdict: confirm | remove."""

    writes: ClassVar[bool] = True
    item_id: str
    verdict: str


class SetDeputy(Call[Deputies], frozen=True, kw_only=True, tag="roles.set_deputy"):
    """Hand the approvals of the unit one heads to a named person, for seven days at most.

    unit_id: empty for the unit that one heads. starts_at: microseconds UTC; 0 for now.
    """

    writes: ClassVar[bool] = True
    person_id: str
    ends_at: int
    starts_at: int = 0
    unit_id: str = ""


class EndDeputy(Call[Deputies], frozen=True, kw_only=True, tag="roles.end_deputy"):
    """End a delegation before its time."""

    writes: ClassVar[bool] = True
    delegation_id: str


class ListDeputies(Call[Deputies], frozen=True, kw_only=True, tag="roles.deputies"):
    """Delegations of the own unit, or of all."""


class MakeUnit(Call[Choices], frozen=True, kw_only=True, tag="roles.make_unit"):
    """Make a department or team below another; who heads it comes by an application."""

    writes: ClassVar[bool] = True
    name: str
    kind: str = "team"
    parent_id: str = ""


class RecordPost(Call[Done], frozen=True, kw_only=True, tag="roles.post"):
    """Note that somebody develops, tests or runs the program; empty for none of them (§3.3-4)."""

    writes: ClassVar[bool] = True
    person_id: str
    kind: str = ""
