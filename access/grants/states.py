"""The states of requests and grants, and every step between them. What is not listed is refused."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final

from access.grants.refusals import refuse


@unique
class RequestState(StrEnum):
    """Where a request stands (requirements §4.1)."""

    PENDING = "pending"
    PENDING2 = "pending2"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    TIMED_OUT = "timed_out"


@unique
class GrantState(StrEnum):
    """Where a grant stands: approved until its first view, active while its minutes run.

    `lapsed` was never opened in time; `consumed` was given back by its holder before its minutes were over.
    """

    APPROVED = "approved"
    ACTIVE = "active"
    EXPIRED = "expired"
    CONSUMED = "consumed"
    REVOKED = "revoked"
    LAPSED = "lapsed"
    REVIEWED = "reviewed"


_ENDS: Final = frozenset({RequestState.APPROVED, RequestState.REJECTED, RequestState.WITHDRAWN, RequestState.TIMED_OUT})

REQUEST_STEPS: Final[Mapping[RequestState, frozenset[RequestState]]] = MappingProxyType(
    {
        RequestState.PENDING: _ENDS | {RequestState.PENDING2},
        RequestState.PENDING2: _ENDS,
        RequestState.APPROVED: frozenset(),
        RequestState.REJECTED: frozenset(),
        RequestState.WITHDRAWN: frozenset(),
        RequestState.TIMED_OUT: frozenset(),
    }
)

GRANT_STEPS: Final[Mapping[GrantState, frozenset[GrantState]]] = MappingProxyType(
    {
        GrantState.APPROVED: frozenset({GrantState.ACTIVE, GrantState.LAPSED, GrantState.REVOKED}),
        GrantState.ACTIVE: frozenset({GrantState.CONSUMED, GrantState.EXPIRED, GrantState.REVOKED}),
        GrantState.EXPIRED: frozenset({GrantState.REVIEWED}),
        GrantState.CONSUMED: frozenset({GrantState.REVIEWED}),
        GrantState.REVOKED: frozenset({GrantState.REVIEWED}),
        GrantState.LAPSED: frozenset(),
        GrantState.REVIEWED: frozenset(),
    }
)

WAITING: Final = (RequestState.PENDING.value, RequestState.PENDING2.value)
LIVE: Final = (GrantState.APPROVED.value, GrantState.ACTIVE.value)


def request_step(state: str, to: RequestState) -> str:
    """Return the state to write.

    Raises:
        Refused: `reveal.decided_already`: a request in this state does not go there.
    """
    if state not in set(RequestState) or to not in REQUEST_STEPS[RequestState(state)]:
        refuse("reveal.decided_already", "S-4.1", state=state)
    return to.value


def grant_step(state: str, to: GrantState) -> str:
    """Return the state to write.

    Raises:
        Refused: `grant.not_live`: a grant in this state does not go there.
    """
    if state not in set(GrantState) or to not in GRANT_STEPS[GrantState(state)]:
        refuse("grant.not_live", "C-5.4d-2", state=state)
    return to.value
