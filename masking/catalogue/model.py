"""The words of the catalogue: levels, roles, predicates, tiers, and a field as it is catalogued.

Types only. How they are read from ``catalogue.toml``, and what is refused there, is in ``masking.catalogue.load``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from masking.masks.codes import MaskCode


class JrtClass(StrEnum):
    """The class of JR/T 0171-2020: C3 authenticates a person, C2 identifies or describes, C1 is internal."""

    C1 = "C1"
    C2 = "C2"
    C2_AUX = "C2_AUX"  # helps to authenticate: one-time codes, hints
    C3 = "C3"


class PlanLevel(IntEnum):
    """The level of the bank's plan (预案): 公开 < 一般 < 敏感 < 核心敏感. Not the regulator's words (T3)."""

    PUBLIC = 1
    GENERAL = 2
    SENSITIVE = 3
    CORE_SENSITIVE = 4


class RegLevel(IntEnum):
    """The regulator's level (R-18): 其他一般 < 敏感 < 重要 < 核心. One customer's data is at most 敏感."""

    OTHER = 1
    SENSITIVE = 2
    IMPORTANT = 3
    CORE = 4


class DataType(StrEnum):
    """The four types of R-17, and no other."""

    CUSTOMER = "客户数据"
    BUSINESS = "业务数据"
    MANAGEMENT = "经营管理数据"
    SYSTEM = "系统运行和安全管理数据"


class Tier(StrEnum):
    """Who must agree before a field is shown in clear (requirements §2.1)."""

    U0 = "U0"  # never
    U1 = "U1"  # by the system, while a call on this case lasts
    U2 = "U2"  # one approval
    U3 = "U3"  # two approvals
    UV = "UV"  # inside an assigned review task


class ViewerRole(StrEnum):
    """The roles a cell is written for; the same values as ``access.roles.Role``."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    REVIEWER = "reviewer"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDITOR = "auditor"
    COMPLIANCE = "compliance"
    AGENCY_AGENT = "agency_agent"
    AGENCY_MANAGER = "agency_manager"


class Predicate(StrEnum):
    """For which rows a cell holds; for all others the role sees nothing of the field."""

    NEVER = "never"
    ALWAYS = "always"
    OWN = "own"  # cases assigned to the viewer
    OWN_LOST_CONTACT = "own_lost_contact"  # and the customer is established as lost (失联)
    OWN_RECORD = "own_record"  # records the viewer made: calls, notes, log rows
    TEAM = "team"  # of the viewer's unit
    AGENCY = "agency"  # of the viewer's agency
    IN_TASK = "in_task"  # inside a review or audit task assigned to the viewer


class Rows(StrEnum):
    """How many of a field's records a cell shows."""

    ALL = "all"
    NEXT_1 = "next_1"
    LAST_1 = "last_1"
    LAST_3 = "last_3"
    DAYS_7 = "days_7"


class CellAction(StrEnum):
    """What may be done with a value that is not seen."""

    CALL = "call"
    CALL_LOST_CONTACT = "call_lost_contact"  # only once the customer is lost
    SEND_EMAIL = "send_email"
    OPEN_IM = "open_im"
    UPLOAD = "upload"
    VERIFY_4 = "verify_4"  # blind verification of the last four characters, as far as the mask hides them
    VERIFY_6 = "verify_6"  # and of the last six


class Condition(StrEnum):
    """What must be so, besides approvals, for a tier to be open."""

    NONE = "none"
    IN_CALL = "in_call"
    IN_TASK = "in_task"
    LOST_CONTACT = "lost_contact"
    VISIT_OR_LETTER = "visit_or_letter"
    REPAYMENT_DISPUTE = "repayment_dispute"


class Holder(StrEnum):
    """What a value belongs to: where an import puts it, and what a reveal names."""

    DEBTOR = "debtor"
    CONTACT = "contact"
    ACCOUNT = "account"
    PAYMENT = "payment"
    RECALL = "recall"
    CASE = "case"
    STAFF = "staff"
    SYSTEM = "system"


class ImportKind(StrEnum):
    """The kinds of file a lender sends."""

    CASES = "cases"
    REPAYMENTS = "repayments"
    RECALLS = "recalls"


class ForbiddenKind(StrEnum):
    """Why a column may never be imported."""

    C3 = "c3"
    AUTH_AUX = "auth_aux"
    CONTACT_LIST = "contact_list"
    LOCATION_DEVICE = "location_device"


@dataclass(frozen=True, slots=True)
class Cell:
    """What one role sees of one field.

    Attributes:
        predicate: For which rows.
        code: Through which mask.
        rows: How many of its records.
        actions: What may be done without seeing it.
    """

    predicate: Predicate
    code: MaskCode
    rows: Rows = Rows.ALL
    actions: frozenset[CellAction] = frozenset()


@dataclass(frozen=True, slots=True)
class TierRule:
    """One way to see a field in clear.

    Attributes:
        tier: Its tier.
        requesters: Roles that may ask; none for U0.
        approvers: Roles that must agree, in this order; U2 has one, U3 two different ones.
        condition: What must be so besides.
        minutes: The longest it may be seen, 1 to 30; 0 for U0.
        plus_length: The minutes run on top of a recording's own length.
    """

    tier: Tier
    requesters: frozenset[ViewerRole]
    approvers: tuple[ViewerRole, ...]
    condition: Condition
    minutes: int
    plus_length: bool = False


@dataclass(frozen=True, slots=True)
class SpecialRule:
    """Plain contact by special filing (明文报备, C-5.4e-3): who may file, who must agree, one contact, minutes."""

    requesters: frozenset[ViewerRole]
    approvers: tuple[ViewerRole, ...]
    minutes: int


@dataclass(frozen=True, slots=True)
class Field:
    """One catalogued field.

    Attributes:
        name: Stable key, snake case, at most 32 characters.
        zh: Its Chinese label.
        en: Its English label.
        jrt: Class of JR/T 0171.
        plan: Level of the bank's plan.
        reg: Regulator's level.
        cibi: Whether it is customer identity information (C-3.6), which is always sealed.
        data_type: One of the four types of R-17.
        holder: What a value belongs to.
        cells: For every role what it sees.
        tiers: The ways to see it in clear; empty when nothing about it is hidden.
        special: Plain contact by special filing, where the field is one to contact.
        importable: Whether a lender's file may hold it.
        kinds: The kinds of file that may.
        repeats: Whether a party can have several, numbered from 1.
        third_party: Whether it is about somebody other than the debtor.
        forbidden: Why it may never be held; such a column quarantines its file.
        display: The widest mask that any role sees outside a task: what the display blob keeps.
        aliases: The headers that lenders give it, as written in the catalogue.
    """

    name: str
    zh: str
    en: str
    jrt: JrtClass
    plan: PlanLevel
    reg: RegLevel
    cibi: bool
    data_type: DataType
    holder: Holder
    cells: Mapping[ViewerRole, Cell]
    tiers: tuple[TierRule, ...]
    special: SpecialRule | None
    importable: bool
    kinds: frozenset[ImportKind]
    repeats: bool
    third_party: bool
    forbidden: ForbiddenKind | None
    display: MaskCode
    aliases: tuple[str, ...]

    @property
    def length_hidden(self) -> bool:
        """Whether its mask on screens hides how long it is; false only for what is shown as it stands."""
        return self.display not in {MaskCode.SHOWN, MaskCode.AMT, MaskCode.INLINE}

    @property
    def minutes(self) -> int:
        """The longest that any tier shows it; 0 when none does."""
        return max((rule.minutes for rule in self.tiers), default=0)

    def rule(self, tier: Tier, role: ViewerRole) -> TierRule | None:
        """Return the rule by which a role may see the field in clear under a tier, or None."""
        return next((one for one in self.tiers if one.tier is tier and role in one.requesters), None)

    def label(self, language: str) -> str:
        """Return the label in ``zh_CN`` or, for any other language, in English."""
        return self.zh if language.startswith("zh") else self.en
