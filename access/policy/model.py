"""What a decision is made of and what comes out: actor, resource, conditions, decision.

All frozen. Every default is the closed one: an attribute nobody filled in never opens anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from access.roles import Mode, Qualifier, Role

WHOLE_DESK: Final = "0" * 32
"""Tenant of what belongs to the desk as a whole (`access.store.schema.DESK_TENANT`, kept out of this pure package)."""


@unique
class Purpose(StrEnum):
    """Why somebody touches the desk's data (C-5.4a); every role has its own set."""

    ADMINISTRATION = "administration"
    AUDIT = "audit"
    COLLECTION = "collection"
    COMPLIANCE = "compliance"
    REVIEW = "review"
    SECURITY = "security"


@dataclass(frozen=True, slots=True)
class Seat:
    """One role that a person holds.

    Attributes:
        role: The role.
        tenant_id: The creditor it reaches, or `DESK_TENANT` for all of them.
        unit_id: Team or agency it reaches; none for desk-wide roles.
        valid_from: First instant in force, microseconds UTC.
        valid_until: First instant no longer in force; the default holds at no instant.
        overdue: Past its end it stays, for handing over only (`access.policy.overdue`), since nobody else holds it.
    """

    role: Role
    tenant_id: str
    unit_id: str | None = None
    valid_from: int = 0
    valid_until: int = 0
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as proven rows say. Two logins of one person are one actor: everything compares `person_id`.

    Attributes:
        person_id: The person.
        login_id: Login used; none for an actor loaded without a session.
        session_id: Session acted in.
        seats: Roles held.
        unit_id: Unit the person belongs to.
        agency_id: Agency of outsourced staff; none in house.
        state: `active`, `suspended`, `frozen` or `left`.
        trained: Training is current (Y-4.6.2).
        confidentiality: The confidentiality agreement is signed (C-6.1c, Y-4.6.3).
        covers: People who are away and whose cases this one works meanwhile.
    """

    person_id: str
    login_id: str | None = None
    session_id: str | None = None
    seats: tuple[Seat, ...] = ()
    unit_id: str | None = None
    agency_id: str | None = None
    state: str = ""
    trained: bool = False
    confidentiality: bool = False
    covers: frozenset[str] = frozenset()

    @property
    def roles(self) -> frozenset[Role]:
        """Every role held in some seat, in force or not."""
        return frozenset(seat.role for seat in self.seats)


@dataclass(frozen=True, slots=True)
class Resource:
    """What is acted on.

    Attributes:
        kind: `application`, `case`, `request`, `grant`, `batch`, `source`, `person` (things with an id), or `queue`,
            `inbox`, `log`, `catalogue`, `health`, `desk` (things without).
        id: Its id.
        tenant_id: Creditor it belongs to; none or `DESK_TENANT` for what belongs to the desk.
        assignee_id: Person a case is assigned to; for an own queue, whose queue it is.
        unit_id: Team whose it is.
        agency_id: Agency it was given to.
        task_person_id: Person whose assigned task it is part of.
        requester_id: Who asked, for what goes through approval.
        subject_person_id: Person it is about.
        deputy_id: Deputy of the unit, who stands in once a request was escalated.
        party_ids: Further people who took part, who may not approve or review it.
        barred_ids: People kept from it by an interest in the customer; it does not exist for them.
        state: Its state, for the caller's refusal texts.
        found: False for what does not exist; answered exactly like what lies outside every scope.
    """

    kind: str
    id: str | None = None
    tenant_id: str | None = None
    assignee_id: str | None = None
    unit_id: str | None = None
    agency_id: str | None = None
    task_person_id: str | None = None
    requester_id: str | None = None
    subject_person_id: str | None = None
    deputy_id: str | None = None
    party_ids: tuple[str, ...] = ()
    barred_ids: tuple[str, ...] = ()
    state: str | None = None
    found: bool = True

    @classmethod
    def absent(cls, kind: str) -> Resource:
        """Stand for something that was asked for and does not exist."""
        return cls(kind=kind, found=False)


def barred_ids(column: str | None) -> tuple[str, ...]:
    """Return who is kept from a case, from its row's `barred` column."""
    return tuple(column.split(",")) if column else ()


GRANT_LIVE: Final = frozenset({"approved", "active"})


@dataclass(frozen=True, slots=True)
class Conditions:
    """What holds at the moment of the act. The defaults refuse whatever depends on them.

    Attributes:
        purpose: Declared purpose.
        tier: Reveal tier of the fields asked for (`U0` … `U3`, `UV`).
        fields: Catalogue fields concerned.
        third_party: The fields are a third party's.
        grant_state: State of the grant that covers this reading.
        in_call: A proxied call on the case is connected.
        quota_left: Requests, searches or rows still allowed.
        clock_ok: The clock never ran back.
        keys_ok: The key ring is open.
        log_ok: The log can be written.
        frozen: The customer is frozen by too many misses, or that could not be found out.
        workable: The case is in a state that is worked on.
        hold: Reason for which the case may not be contacted, none where it may; unknown is a reason.
        contact: The values asked for serve contacting the customer.
        lift_asked_by: Who asked for the hold to be lifted.
        lost_contact: The customer is established as out of reach (失联).
        privileged: It is about an account or an act that the security admin checks.
        approver_ids: People who could approve; none means nobody, never everybody.
        first_approval: Person and role of the first approval given.
        requester_supervises: The requester is a supervisor.
        escalated: The request went to the deputy.
        department: The actor heads the unit that the matter is before, or stands in for its head.
        bootstrap: The desk is new and has no supervisor, unit head and compliance officer yet.
        seen_version: Version of the request that the approver saw.
        version: Version of the request now.
        limits: What is decided are the contact limits of a strategy.
        overdue: A file that the actor asked for is past its use and neither returned nor destroyed; or, for a special
            contact, one of theirs was not looked at afterwards in time.
        sealed: The file can be opened by its recipient only.
        coaching: It is done to coach the person whose work it is.
        recent: What is asked for is at most seven days old.
        engaged: The agency that is given cases is engaged, and its engagement in date.
    """

    purpose: Purpose | None = None
    tier: str | None = None
    fields: tuple[str, ...] = ()
    third_party: bool = False
    grant_state: str | None = None
    in_call: bool = False
    quota_left: int = 0
    clock_ok: bool = False
    keys_ok: bool = False
    log_ok: bool = False
    frozen: bool = True
    workable: bool = False
    hold: str | None = "unknown"
    contact: bool = True
    lift_asked_by: str | None = None
    lost_contact: bool = False
    privileged: bool = False
    approver_ids: tuple[str, ...] = ()
    first_approval: tuple[str, Role] | None = None
    requester_supervises: bool = False
    escalated: bool = False
    department: bool = False
    bootstrap: bool = False
    seen_version: int | None = None
    version: int | None = None
    limits: bool = False
    overdue: bool = True
    sealed: bool = False
    coaching: bool = False
    recent: bool = False
    engaged: bool = False


@unique
class StepUp(StrEnum):
    """What an act asks of a person besides being signed in: a one-time code of late, or one for this very act."""

    AFRESH = "afresh"
    RECENT = "recent"


@dataclass(frozen=True, slots=True)
class Proof:
    """That a person showed another one-time code in the session.

    Attributes:
        at: When, microseconds UTC.
        call: For which call, by the name the desk gave it; empty for none in particular.
    """

    at: int
    call: bytes = b""


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no, with the reason.

    Attributes:
        allowed: The answer.
        role: Role in which it is allowed; none when refused.
        rule: Row of the matrix or separation rule that decided, such as `§3.2-8`.
        code: `policy.allowed`, or the stable refusal code.
        clause: Requirement behind it, such as `Y-4.2.1`.
        ask: Roles that could help.
        limits: Qualifiers of the permit which the act must honour (`last4`, `no_id_fields`, `summary`, …).
        unit_id: Unit of the seat in which it is allowed.
        mode: What the role does in the matrix's row: does it itself, prepares, approves, reads; none when refused.
        step_up: What the yes still asks of the person before the act (`access.policy.step_up`).
    """

    allowed: bool
    role: Role | None
    rule: str
    code: str
    clause: str
    ask: tuple[Role, ...] = ()
    limits: frozenset[Qualifier] = frozenset()
    unit_id: str | None = None
    mode: Mode | None = None
    step_up: StepUp | None = None
