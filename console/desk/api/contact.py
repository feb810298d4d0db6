"""Contact rules: may this customer be contacted now, why not, until when; consents, stops, and the rules themselves."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import ClassVar, Final

from console.desk.api.base import Call, Done, Value
from console.desk.api.strategy import RuleFault


@unique
class Means(StrEnum):
    """How a customer is contacted."""

    CALL = "call"
    SMS = "sms"
    VISIT = "visit"


@unique
class Verdict(StrEnum):
    """What a rule says of a contact; `off`: the profile has it, and does not use it."""

    ALLOWED = "allowed"
    ADVICE = "advice"
    REFUSED = "refused"
    OFF = "off"


EVIDENCE: Final = ("recording", "letter", "message")
"""What shows that a customer consented; the order that a form offers."""

STOP_REASONS: Final = ("asked", "third_party", "wrong_number")
"""Why a number is contacted no more. Who is no party to the debt and says stop has said so for good."""

CONSENT_DAYS: Final = 90
"""The longest that a consent may hold."""


class ContactRef(Value, frozen=True, kw_only=True):
    """A number of a case by its place: `mobile` or `contact_phone`, from 1."""

    field: str
    ordinal: int = 1


class RuleVerdict(Value, frozen=True, kw_only=True):
    """One rule's answer.

    Attributes:
        rule: its name in the profile. kind: what it is about (`console.desk.contact.profile`). clause: where from.
        verdict: of `Verdict`. why: code of what stands against it; empty for nothing.
        used, limit: the figure, where it counts. allowed_at: when it will allow; None: by no time passing.
    """

    rule: str
    kind: str
    clause: str
    verdict: str
    why: str = ""
    used: int | None = None
    limit: int | None = None
    allowed_at: int | None = None


class ContactVerdict(Value, frozen=True, kw_only=True):
    """One number with every rule's answer.

    Attributes:
        contact, masked: which, in the viewer's mask. party: `debtor` or `third`.
        allowed: may be contacted now. allowed_at: when it may be; None while refused: by no time passing.
        stop_id: of the do-not-contact in force; empty for none. may: of stop, lift what the viewer may do.
        left: conversations with the debtor left today; None where the rules count none.
    """

    contact: ContactRef
    masked: str
    party: str
    allowed: bool
    allowed_at: int | None
    rules: tuple[RuleVerdict, ...]
    stop_id: str = ""
    stop_version: int = 0
    may: tuple[str, ...] = ()
    left: int | None = None


class ConsentView(Value, frozen=True, kw_only=True):
    """A customer's consent to be contacted in hours that the rules close. Minutes of the day where the customer is.

    state: `asked`: it waits for a second person and lifts nothing yet; `active`; `refused` by that person; `withdrawn`;
    `lapsed`: nobody said anything before it would have ended. reference: of a recording its call.
    may: `withdraw`, where the viewer may take it back; `confirm`, `refuse`, where they may be that second person.
    """

    consent_id: str
    means: str
    from_minute: int
    until_minute: int
    expires_at: int
    evidence: str
    reference: str
    state: str
    recorded_by: str
    recorded_at: int
    version: int
    may: tuple[str, ...] = ()


class ContactCheck(Value, frozen=True, kw_only=True):
    """Every number of a case, and the customer's consents. zone: IANA, where the customer's days and hours are.

    consents: in force. asked: that wait for a second person.

    edition: of the rules; 0: those that came with the desk. profile: their code. may: `consent`, where the viewer may
    record one.
    """

    case_id: str
    number: str
    zone: str
    means: str
    profile: str
    edition: int
    contacts: tuple[ContactVerdict, ...]
    consents: tuple[ConsentView, ...]
    asked: tuple[ConsentView, ...] = ()
    may: tuple[str, ...] = ()


class CheckContacts(Call[ContactCheck], frozen=True, kw_only=True, tag="contact.check"):
    """May the customer be contacted now? Reserves nothing. case_id: id or number; means: of `Means`."""

    case_id: str
    means: str = "call"


class RecordConsent(Call[ConsentView], frozen=True, kw_only=True, tag="contact.consent"):
    """The customer agrees to be contacted in further hours. Minutes of the day, 0..1440; at most 90 days on.

    evidence: of `EVIDENCE`. reference: of a recording the id of its call, empty for the customer's latest; the call was
    the customer's, answered, and recorded. Of a letter or message letters, digits and dashes; it counts once another
    person confirms it.
    """

    writes: ClassVar[bool] = True
    case_id: str
    means: str
    from_minute: int
    until_minute: int
    expires_at: int
    evidence: str
    reference: str


class ConfirmConsent(Call[Done], frozen=True, kw_only=True, tag="contact.confirm_consent"):
    """Another person saw the letter or message: from now on the consent counts. version: as it was seen."""

    writes: ClassVar[bool] = True
    consent_id: str
    version: int


class RefuseConsent(Call[Done], frozen=True, kw_only=True, tag="contact.refuse_consent"):
    """Another person did not find the letter or message to say so: the consent never counts. reason: words, needed.

    version: as it was seen.
    """

    writes: ClassVar[bool] = True
    consent_id: str
    version: int
    reason: str


class WithdrawConsent(Call[Done], frozen=True, kw_only=True, tag="contact.withdraw_consent"):
    """The customer takes a consent back; at once."""

    writes: ClassVar[bool] = True
    consent_id: str


class StopContact(Call[Done], frozen=True, kw_only=True, tag="contact.stop"):
    """Contact a number no more, on every case of the creditor; at once, by whoever works the case."""

    writes: ClassVar[bool] = True
    case_id: str
    contact: ContactRef
    reason: str


class LiftStop(Call[Done], frozen=True, kw_only=True, tag="contact.lift_stop"):
    """Contact it again: a supervisor or compliance, never who stopped it, never against a third party's own word."""

    writes: ClassVar[bool] = True
    stop_id: str
    version: int


class RulesEdition(Value, frozen=True, kw_only=True):
    """One edition of the desk's rules. state: proposed | reviewed | approved | refused | rolled_back.

    in_force: it decides now. starts_at: from when on, once approved. edition 0, without an id: came with the desk.
    """

    edition_id: str
    edition: int
    code: str
    state: str
    in_force: bool
    starts_at: int
    made_by: str
    made_at: int
    reviewed_by: str
    approved_by: str
    digest: str
    version: int


class RulesList(Value, frozen=True, kw_only=True):
    """Newest first. shipped: codes of the profiles that come with the desk."""

    editions: tuple[RulesEdition, ...]
    shipped: tuple[str, ...]


class ListRules(Call[RulesList], frozen=True, kw_only=True, tag="contact.rules"):
    """Every edition."""


class RulesView(Value, frozen=True, kw_only=True):
    """An edition's text, and how it differs from what it would replace, or replaced."""

    edition: RulesEdition
    lines: tuple[str, ...]
    diff: tuple[str, ...]
    against: int


class ReadRules(Call[RulesView], frozen=True, kw_only=True, tag="contact.read_rules"):
    """One edition by its id; empty: the one in force. shipped: the text of a profile that came with the desk."""

    edition_id: str = ""
    shipped: str = ""


class RulesProposal(Value, frozen=True, kw_only=True):
    """The new edition, or every fault of the text and none."""

    edition: RulesEdition | None
    faults: tuple[RuleFault, ...]


class ProposeRules(Call[RulesProposal], frozen=True, kw_only=True, tag="contact.propose_rules"):
    """A new edition by the lines of its text. starts_at: not before; 0: as soon as it is approved."""

    writes: ClassVar[bool] = True
    lines: tuple[str, ...]
    starts_at: int = 0


class DecideRules(Call[RulesEdition], frozen=True, kw_only=True, tag="contact.decide_rules"):
    """The security admin's check, then compliance's; neither by who proposed it. version: as seen."""

    writes: ClassVar[bool] = True
    edition_id: str
    version: int
    approve: bool


class RollBackRules(Call[RulesEdition], frozen=True, kw_only=True, tag="contact.roll_back_rules"):
    """Take the edition in force back; the one before, approved by two people once, decides again. By compliance."""

    writes: ClassVar[bool] = True
    edition_id: str
    version: int
