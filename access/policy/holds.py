"""Why a case may not be contacted (停催), and who may end that: one closed list, read by the decision and by the desk.

Three reasons say that the wrong person would be contacted, or nobody at all; they stop contact the moment they are
marked and end only by two people. Who lifts the others follows from whose matter it is (requirements §4.6, §4.9,
§6-25): complaints, bankruptcy and court go through compliance.

While a hold is in force nothing is revealed that serves contact: letters, visits, corrected numbers. What the hold
itself is about (a dispute, a complaint, a legal request) may still be asked for, except on the three stops, where only
compliance may. Whatever was being shown or waited for against this rule ends with the act that marks the hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final

from access.roles import Role


@unique
class HoldReason(StrEnum):
    """Why, the strongest first: of several in force the first stands in the case's row."""

    DEATH = "death"
    IDENTITY_THEFT = "identity_theft"
    WRONG_PERSON = "wrong_person"
    LEGAL = "legal"
    BANKRUPTCY = "bankruptcy"
    COMPLAINT = "complaint"
    ILLNESS = "illness"
    DISPUTE = "dispute"
    REQUESTED = "requested"


STOPS: Final = frozenset({HoldReason.DEATH, HoldReason.IDENTITY_THEFT, HoldReason.WRONG_PERSON})
"""Take effect at once, whoever marks them, and are lifted by two people."""

_COMPLIANCE: Final = frozenset({Role.COMPLIANCE})
_EITHER: Final = frozenset({Role.COMPLIANCE, Role.SUPERVISOR})

LIFTED_BY: Final[Mapping[HoldReason, frozenset[Role]]] = MappingProxyType(
    {
        HoldReason.DEATH: _EITHER,
        HoldReason.IDENTITY_THEFT: _EITHER,
        HoldReason.WRONG_PERSON: _EITHER,
        HoldReason.LEGAL: _COMPLIANCE,
        HoldReason.BANKRUPTCY: _COMPLIANCE,
        HoldReason.COMPLAINT: _COMPLIANCE,
        HoldReason.ILLNESS: _EITHER,
        HoldReason.DISPUTE: _EITHER,
        HoldReason.REQUESTED: _EITHER,
    }
)
"""Roles that end a hold of each reason."""


def strongest(reasons: frozenset[HoldReason]) -> HoldReason | None:
    """Return the one of several that stands for all; none for none."""
    return next((reason for reason in HoldReason if reason in reasons), None)
