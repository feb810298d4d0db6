"""Where a case stands. Below 50 it is worked on; from 50 on nobody works it and nobody is called about it."""

from __future__ import annotations

from enum import IntEnum, unique
from typing import Final


@unique
class CaseState(IntEnum):
    """Requirements §4.6, as far as this build moves cases."""

    NEW = 0
    WORKING = 10
    PROMISED = 20
    BROKEN = 30
    HOLD = 40
    SETTLED = 50
    RECALLED = 60
    CLOSED = 70


WORKABLE_BELOW: Final = 50


def workable(state: int) -> bool:
    """Whether the case may be worked on."""
    return state < WORKABLE_BELOW


_NAMES: Final = {int(state): state.name.lower() for state in CaseState}


def state_name(state: int) -> str:
    """The state's text key: `new`, `working`, …; `unknown` for what this build does not know."""
    return _NAMES.get(state, "unknown")
