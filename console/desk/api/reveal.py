"""Ask to reveal, decide, look, revoke, review."""

from __future__ import annotations

from typing import ClassVar

from console.desk.api.base import Call, Done, Value
from console.desk.api.cases import FieldRef, GrantView


class Approver(Value, frozen=True, kw_only=True):
    """Somebody who could decide. online: has an open session. deputy: takes over after five minutes."""

    staff_no: str
    name: str
    role: str
    online: bool
    deputy: bool


class RevealOption(Value, frozen=True, kw_only=True):
    """A field that could be asked for.

    why_not: refusal code, empty when it may be. reasons: codes that fit the field; empty: all do.
    """

    field: FieldRef
    tier: str
    max_minutes: int
    why_not: str = ""
    reasons: tuple[str, ...] = ()


class RevealOptions(Value, frozen=True, kw_only=True):
    """Everything the asking form needs. reasons: codes, the last used first."""

    options: tuple[RevealOption, ...]
    reasons: tuple[str, ...]
    approvers: tuple[Approver, ...]
    quota_left: int
    words_for: tuple[str, ...]


class GetRevealOptions(Call[RevealOptions], frozen=True, kw_only=True, tag="reveal.options"):
    """What may be asked on this case, who would decide, and what is left of the day's quota."""

    case_id: str


class RequestView(Value, frozen=True, kw_only=True):
    """A request and where it stands. decided_by: staff numbers; reason_given: why refused or narrowed."""

    request_id: str
    number: str
    case_id: str
    case_number: str
    fields: tuple[FieldRef, ...]
    tier: str
    reason: str
    words: str
    minutes: int
    state: str
    asked_at: int
    staff_no: str
    person: str
    decided_by: tuple[str, ...] = ()
    reason_given: str = ""
    grant: GrantView | None = None
    version: int = 0


class AskReveal(Call[RequestView], frozen=True, kw_only=True, tag="reveal.ask"):
    """Ask for fields of one case, for some minutes, with a reason code."""

    writes: ClassVar[bool] = True
    case_id: str
    fields: tuple[FieldRef, ...]
    reason: str
    words: str = ""
    minutes: int


class WithdrawReveal(Call[RequestView], frozen=True, kw_only=True, tag="reveal.withdraw"):
    """Take back an own pending request."""

    writes: ClassVar[bool] = True
    request_id: str


class InboxItem(Value, frozen=True, kw_only=True):
    """A pending request with what an approver should know before deciding.

    week: asker's requests in seven days; team_mean: the team's mean; same_reason: how often this reason in a row;
    flag: normal | high; stage: 1 or 2; instead: codes of smaller means that would do; last_view: of the case,
    microseconds; calls_today: on the case.
    """

    request: RequestView
    name: str
    stage: int
    week: int
    team_mean: float
    same_reason: int
    refused_week: int
    flag: str
    instead: tuple[str, ...]
    last_view: int | None
    second_by: tuple[str, ...]


class Inbox(Value, frozen=True, kw_only=True):
    """Requests this person may decide now, oldest first; nothing else is listed."""

    items: tuple[InboxItem, ...]


class ReadInbox(Call[Inbox], frozen=True, kw_only=True, tag="reveal.inbox"):
    """What waits for this person's decision."""


class DecideReveal(Call[RequestView], frozen=True, kw_only=True, tag="reveal.decide"):
    """Approve, approve less, or refuse.

    verdict: approve | refuse. fields empty or minutes 0: as asked. reason: needed to refuse. seen_version: of the
    request as it was shown; when it has changed since, the decision is refused.
    """

    writes: ClassVar[bool] = True
    request_id: str
    verdict: str
    fields: tuple[FieldRef, ...] = ()
    minutes: int = 0
    reason: str = ""
    seen_version: int | None = None


class MyReveals(Value, frozen=True, kw_only=True):
    """Own requests, newest first, with their grants."""

    requests: tuple[RequestView, ...]


class ListMyReveals(Call[MyReveals], frozen=True, kw_only=True, tag="reveal.mine"):
    """Own requests of the last seven days."""

    case_id: str | None = None


class Revealed(Value, frozen=True, kw_only=True):
    """The plain value and when it must be gone from the screen. The only reply that ever carries plaintext."""

    field: FieldRef
    value: str
    ends_at: int
    now: int


class ViewField(Call[Revealed], frozen=True, kw_only=True, tag="reveal.view"):
    """Show an approved field. The first view starts the minutes; every view is an event of its own."""

    case_id: str
    grant_id: str
    field: FieldRef


class LiveGrants(Value, frozen=True, kw_only=True):
    """Grants in force."""

    grants: tuple[GrantView, ...]


class ListGrants(Call[LiveGrants], frozen=True, kw_only=True, tag="reveal.live"):
    """Grants in force that this person could revoke."""


class RevokeGrant(Call[Done], frozen=True, kw_only=True, tag="reveal.revoke"):
    """End a grant now."""

    writes: ClassVar[bool] = True
    grant_id: str


class ReviewItem(Value, frozen=True, kw_only=True):
    """A past reveal drawn for review."""

    request: RequestView
    views: int


class ReviewList(Value, frozen=True, kw_only=True):
    """Past reveals drawn for this person's review."""

    items: tuple[ReviewItem, ...]


class ListReviews(Call[ReviewList], frozen=True, kw_only=True, tag="reveal.reviews"):
    """Sampled reveals that wait for review by somebody who took no part."""


class ReviewReveal(Call[ReviewList], frozen=True, kw_only=True, tag="reveal.review"):
    """Close a sampled reveal. verdict: justified | doubtful."""

    writes: ClassVar[bool] = True
    grant_id: str
    verdict: str
