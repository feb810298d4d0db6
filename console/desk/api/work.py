"""Working a case: results, promises to pay, the next contact, holds, and what was typed but not saved.

`version` is the case's as the caller saw it: who comes second is refused with `case.changed` and loses nothing typed.
"""

from __future__ import annotations

from enum import StrEnum, unique
from typing import ClassVar, Final

from console.desk.api.base import Call, Done, Value


@unique
class ResultCode(StrEnum):
    """What came of working a case, in the field's terms; the order is that of the form."""

    NO_ANSWER = "no_answer"
    BUSY = "busy"
    REFUSED = "refused"
    POWERED_OFF = "powered_off"
    OUT_OF_SERVICE = "out_of_service"
    EMPTY_NUMBER = "empty_number"
    ANSWERED_SELF = "answered_self"
    ANSWERED_OTHER = "answered_other"
    PROMISED = "promised"
    PAID_CLAIMED = "paid_claimed"
    CALLED_IN = "called_in"
    DISPUTE = "dispute"
    COMPLAINT = "complaint"
    STOP_REQUESTED = "stop_requested"
    DECEASED = "deceased"
    WRONG_PERSON = "wrong_person"
    IDENTITY_THEFT = "identity_theft"


ATTEMPTS: Final = frozenset(
    {
        ResultCode.NO_ANSWER,
        ResultCode.BUSY,
        ResultCode.REFUSED,
        ResultCode.POWERED_OFF,
        ResultCode.OUT_OF_SERVICE,
        ResultCode.EMPTY_NUMBER,
        ResultCode.ANSWERED_SELF,
        ResultCode.ANSWERED_OTHER,
        ResultCode.PROMISED,
    }
)
"""Results that mean that somebody was contacted or tried; the others may reach the desk by themselves."""

REACHED: Final = frozenset(
    {
        ResultCode.ANSWERED_SELF,
        ResultCode.PROMISED,
        ResultCode.PAID_CLAIMED,
        ResultCode.CALLED_IN,
        ResultCode.DISPUTE,
        ResultCode.COMPLAINT,
        ResultCode.STOP_REQUESTED,
    }
)
"""Results in which the debtor spoke."""


@unique
class Channel(StrEnum):
    """How a debtor means to pay."""

    BANK_APP = "bank_app"
    BANK_TRANSFER = "bank_transfer"
    AUTO_DEBIT = "auto_debit"
    MOBILE_WALLET = "mobile_wallet"
    COUNTER = "counter"
    OTHER = "other"


@unique
class WithdrawReason(StrEnum):
    """Why a promise is taken back."""

    MISTAKE = "mistake"
    CUSTOMER = "customer"
    WRONG_AMOUNT = "wrong_amount"
    WRONG_DATE = "wrong_date"


@unique
class DraftKind(StrEnum):
    """What a draft is of."""

    NOTE = "note"
    RESULT = "result"
    WRAP = "wrap"


DRAFT_LIMIT: Final = 4000
"""Longest draft, in characters."""


class Terms(Value, frozen=True, kw_only=True):
    """A promise: amount in minor units, ISO day in the case's zone, channel. replace: an open one is replaced."""

    amount: int
    due_on: str
    channel: str
    replace: bool = False


class PromiseView(Value, frozen=True, kw_only=True):
    """A promise of a case. state: open | kept | broken | replaced | withdrawn. paid: what has come in for it."""

    promise_id: str
    amount: int
    currency: str
    due_on: str
    channel: str
    paid: int
    state: str
    made_by: str
    made_at: int


class HoldView(Value, frozen=True, kw_only=True):
    """A reason not to contact the customer of a case.

    words: personal data masked. state: asked (waits for a supervisor or compliance) | active | rejected | lifted.
    confirmed: somebody else than who marked it has looked. lift_asked_by: who asked to lift it; empty for nobody.
    may: of confirm, reject, ask_lift, lift what this viewer may do now.
    """

    hold_id: str
    case_id: str
    number: str
    reason: str
    words: str
    state: str
    confirmed: bool
    placed_by: str
    placed_at: int
    lift_asked_by: str
    may: tuple[str, ...]
    version: int


class Recorded(Value, frozen=True, kw_only=True):
    """A result is kept. next_case_id: the first of the own queue that is due now; None when nothing is."""

    version: int
    next_case_id: str | None


class RecordResult(Call[Recorded], frozen=True, kw_only=True, tag="work.result"):
    """Record what came of working a case.

    code: of `ResultCode`. promise: with `promised`, and only then. next_at: agreed next contact, microseconds UTC; None
    leaves it to the desk. note: kept with the result, personal data masked; needs the permission to write notes.
    """

    writes: ClassVar[bool] = True
    case_id: str
    version: int
    code: str
    promise: Terms | None = None
    next_at: int | None = None
    note: str = ""


class Worked(Value, frozen=True, kw_only=True):
    """The case as it is now."""

    version: int


class PlanContact(Call[Worked], frozen=True, kw_only=True, tag="work.plan"):
    """Set when the customer is contacted next, microseconds UTC; None: no agreed time."""

    writes: ClassVar[bool] = True
    case_id: str
    version: int
    next_at: int | None


class WithdrawPromise(Call[Worked], frozen=True, kw_only=True, tag="work.withdraw_promise"):
    """Take an open promise back. reason: of `WithdrawReason`."""

    writes: ClassVar[bool] = True
    case_id: str
    version: int
    promise_id: str
    reason: str


class PlaceHold(Call[HoldView], frozen=True, kw_only=True, tag="work.hold"):
    """Stop contacting a customer. reason: of `access.policy.holds.HoldReason`; words: personal data in them is masked.

    At once for a supervisor or compliance, and by anybody for death, identity theft and a wrong person; else it waits
    for one of them. No version: stopping must never come too late.
    """

    writes: ClassVar[bool] = True
    case_id: str
    reason: str
    words: str = ""


class HoldList(Value, frozen=True, kw_only=True):
    """Holds, those that wait for somebody first."""

    holds: tuple[HoldView, ...]


class ListHolds(Call[HoldList], frozen=True, kw_only=True, tag="work.holds"):
    """Holds that wait or are in force, of the cases whose holds the viewer decides on."""


class DecideHold(Call[HoldView], frozen=True, kw_only=True, tag="work.decide_hold"):
    """verdict: confirm | reject | withdraw (one's own request) | ask_lift | lift. version: of the hold, as seen."""

    writes: ClassVar[bool] = True
    hold_id: str
    verdict: str
    version: int


class KeepDraft(Call[Done], frozen=True, kw_only=True, tag="work.keep_draft"):
    """Keep what is typed and not saved, sealed, for this person alone; an empty text wipes it. kind: of `DraftKind`."""

    case_id: str
    kind: str
    text: str


class DraftView(Value, frozen=True, kw_only=True):
    """The person's own draft; empty where there is none. kept_at: microseconds UTC."""

    text: str
    kept_at: int | None


class ReadDraft(Call[DraftView], frozen=True, kw_only=True, tag="work.read_draft"):
    """What this person typed on the case and did not save."""

    case_id: str
    kind: str
