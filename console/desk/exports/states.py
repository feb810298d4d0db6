"""The life of an export (requirements §4.3), as a table; whatever is not in it does not happen. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final


@unique
class ExportState(StrEnum):
    """Where an export stands."""

    DRAFT = "draft"
    PENDING = "pending"
    APPROVED = "approved"
    GENERATING = "generating"
    READY = "ready"
    RELEASED = "released"
    FETCHED = "fetched"
    RETURNED = "returned"
    DESTROYED = "destroyed"
    EXPIRED = "expired"
    FAILED = "failed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


_S = ExportState
_STEPS: Final[Mapping[ExportState, frozenset[ExportState]]] = MappingProxyType(
    {
        _S.DRAFT: frozenset({_S.PENDING, _S.WITHDRAWN}),
        # Each approval short of the last leaves it pending.
        _S.PENDING: frozenset({_S.PENDING, _S.APPROVED, _S.REJECTED, _S.WITHDRAWN, _S.CANCELLED}),
        _S.APPROVED: frozenset({_S.GENERATING, _S.CANCELLED}),
        _S.GENERATING: frozenset({_S.READY, _S.CANCELLED, _S.FAILED}),
        _S.READY: frozenset({_S.RELEASED, _S.CANCELLED, _S.EXPIRED}),
        _S.RELEASED: frozenset({_S.FETCHED, _S.CANCELLED, _S.EXPIRED}),
        _S.FETCHED: frozenset({_S.RETURNED, _S.DESTROYED}),
        _S.RETURNED: frozenset(),
        _S.DESTROYED: frozenset(),
        _S.EXPIRED: frozenset(),
        _S.FAILED: frozenset(),
        _S.REJECTED: frozenset(),
        _S.WITHDRAWN: frozenset(),
        _S.CANCELLED: frozenset(),
    }
)

ENDED: Final = frozenset(state for state, steps in _STEPS.items() if not steps)
"""States from which nothing follows; a new try is a new request."""


def may_step(before: str, after: ExportState) -> bool:
    """Tell whether an export may go from one state to another; unknown states go nowhere."""
    return before in set(ExportState) and after in _STEPS[ExportState(before)]
