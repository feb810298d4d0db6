"""Queues, one case, its timeline, exact search, assignment."""

from __future__ import annotations

from typing import ClassVar

from console.desk.api.base import Call, Value
from console.desk.api.strategy import Advice
from console.desk.api.work import HoldView, PromiseView


class CaseRow(Value, frozen=True, kw_only=True):
    """One line of a queue. `name` is the viewer's mask; `due` in minor units; instants in microseconds UTC.

    why: it stands where it stands: callback | broken | reminder | new | strategy | waiting | held. hold: reason for
    which the customer may not be contacted; empty where they may. version: of the case, for whoever means to change
    its hand.
    """

    case_id: str
    number: str
    name: str
    days_past_due: int
    due: int
    currency: str
    accounts: int
    state: str
    last_result: str
    next_at: int | None
    assignee: str = ""
    why: str = "strategy"
    hold: str = ""
    version: int = 0


class QueuePage(Value, frozen=True, kw_only=True):
    """At most 50 rows in working order; `cursor` continues after the last, None at the end."""

    rows: tuple[CaseRow, ...]
    cursor: str | None


class ListQueue(Call[QueuePage], frozen=True, kw_only=True, tag="cases.queue"):
    """Own work, the team's work, or the team's unassigned pool.

    scope: own | team | pool. person_id: of the team's, one member only; with own, somebody one covers for.
    limit: 1..50.
    """

    scope: str = "own"
    person_id: str | None = None
    cursor: str | None = None
    limit: int = 50


class FieldRef(Value, frozen=True, kw_only=True):
    """A field of a case; ordinal tells the second phone from the first, from 1."""

    name: str
    ordinal: int = 1


class FieldView(Value, frozen=True, kw_only=True):
    """A field as this viewer sees it.

    masked: mask text or label token (`masking.masks.is_label`). tier: how it could be revealed to this viewer,
    `U0` never. grant_id: of a live or unopened grant that shows it.
    """

    name: str
    ordinal: int
    masked: str
    code: str
    tier: str
    grant_id: str | None = None


class AccountView(Value, frozen=True, kw_only=True):
    """One loan. Money in minor units, None where the lender gave none or the viewer may not see it."""

    account_id: str
    loan: str
    product: str
    bill_period: str
    currency: str
    principal: int | None
    interest: int | None
    fees: int | None
    due: int | None
    due_bucket: str
    rate: str | None
    days_past_due: int
    due_date: str | None
    last_paid: int | None
    last_paid_on: str | None
    state: str


class TimelineEntry(Value, frozen=True, kw_only=True):
    """One event on the case, newest first. detail: mask-safe pairs."""

    seq: int
    at: int
    action: str
    result: str
    staff_no: str
    person: str
    detail: tuple[tuple[str, str], ...] = ()


class GrantView(Value, frozen=True, kw_only=True):
    """A reveal in force for somebody. ends_at: None until first view."""

    grant_id: str
    case_id: str
    number: str
    staff_no: str
    person: str
    fields: tuple[FieldRef, ...]
    minutes: int
    state: str
    open_by: int
    ends_at: int | None


class CaseView(Value, frozen=True, kw_only=True):
    """A case as this viewer sees it.

    zone: IANA, in which its days and hours are meant. promise: open, or the last one made. drafts: kinds of which the
    viewer has something unsaved. advice: what the unit's live strategy says of it; none: nothing is live.
    """

    row: CaseRow
    fields: tuple[FieldView, ...]
    accounts: tuple[AccountView, ...]
    grants: tuple[GrantView, ...]
    timeline: tuple[TimelineEntry, ...]
    source: str
    version: int
    zone: str = "Asia/Shanghai"
    promise: PromiseView | None = None
    holds: tuple[HoldView, ...] = ()
    drafts: tuple[str, ...] = ()
    advice: Advice | None = None


class OpenCase(Call[CaseView], frozen=True, kw_only=True, tag="cases.open"):
    """Open one case, by id or by number."""

    case_id: str


class TimelinePage(Value, frozen=True, kw_only=True):
    """Events newest first; `cursor` continues."""

    entries: tuple[TimelineEntry, ...]
    cursor: int | None


class ReadTimeline(Call[TimelinePage], frozen=True, kw_only=True, tag="cases.timeline"):
    """The case's events; `looks_only`: who opened or revealed it."""

    case_id: str
    looks_only: bool = False
    before: int | None = None


class SearchReply(Value, frozen=True, kw_only=True):
    """What matched inside the viewer's scope, and how many searches this hour are left."""

    rows: tuple[CaseRow, ...]
    searches_left: int


class ExactSearch(Call[SearchReply], frozen=True, kw_only=True, tag="cases.search"):
    """kind: mobile | id_number | bank_card | loan_number | case_number; the whole value, never a part."""

    kind: str
    value: str


class Assigned(Value, frozen=True, kw_only=True):
    """How many cases now belong to the person, and how many they hold beyond the most they may."""

    count: int
    over: int = 0


class AssignCases(Call[Assigned], frozen=True, kw_only=True, tag="cases.assign"):
    """Give named cases, or the first `count` of the team's pool, to a member of the team; none takes them back.

    versions: of the named cases as they were seen; if one changed since, nothing moves.
    """

    writes: ClassVar[bool] = True
    assignee_id: str | None
    case_ids: tuple[str, ...] = ()
    versions: tuple[int, ...] = ()
    count: int = 0


class Frozen(Value, frozen=True, kw_only=True):
    """A customer no longer answered for by search or verification, until another person lifts it."""

    freeze_id: str
    frozen_at: int
    tripped_by: str


class FrozenList(Value, frozen=True, kw_only=True):
    """Those that the viewer could lift."""

    items: tuple[Frozen, ...]


class ListFrozen(Call[FrozenList], frozen=True, kw_only=True, tag="cases.frozen"):
    """Customers frozen by too many misses."""


class LiftFreeze(Call[FrozenList], frozen=True, kw_only=True, tag="cases.lift_freeze"):
    """Answer for the customer again; never by the person whose miss froze it."""

    writes: ClassVar[bool] = True
    freeze_id: str
