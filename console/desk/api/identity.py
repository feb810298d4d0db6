"""Who is on the line: the customer's name while one's own call is answered, under a standing approval for the team."""

from __future__ import annotations

from typing import ClassVar

from console.desk.api.base import Call, Done, Value
from console.desk.api.cases import FieldRef

SHIFT_HOURS = 12
"""The longest that a standing approval may stand."""


class Identity(Value, frozen=True, kw_only=True):
    """A value in clear for as long as the call lasts, and no longer than `ends_at`.

    call_id, case_id: of which call. now: the desk's instant when it was shown, microseconds UTC.
    """

    call_id: str
    case_id: str
    field: FieldRef
    value: str
    ends_at: int
    now: int


class ShowIdentity(Call[Identity], frozen=True, kw_only=True, tag="call.identity"):
    """Who the case of one's own call is about, while the customer is on the line. call_id: of that call."""

    call_id: str


class StandingView(Value, frozen=True, kw_only=True):
    """A team's standing approval. state: `active` | `revoked` | `over`. may_revoke: this viewer, now."""

    standing_id: str
    unit: str
    given_by: str
    given_at: int
    ends_at: int
    state: str
    revoked_by: str = ""
    may_revoke: bool = False


class StandingList(Value, frozen=True, kw_only=True):
    """Newest first. may_give: this viewer may give their team one now."""

    approvals: tuple[StandingView, ...]
    may_give: bool
    at: int


class ListStanding(Call[StandingList], frozen=True, kw_only=True, tag="reveal.standing"):
    """The last hundred: one's team's, or every team's."""


class GiveStanding(Call[StandingView], frozen=True, kw_only=True, tag="reveal.give_standing"):
    """Let one's team see who is on the line, until `ends_at` (microseconds UTC), at most twelve hours on."""

    writes: ClassVar[bool] = True
    ends_at: int


class RevokeStanding(Call[Done], frozen=True, kw_only=True, tag="reveal.revoke_standing"):
    """End one now; names that are shown under it go at once."""

    standing_id: str
