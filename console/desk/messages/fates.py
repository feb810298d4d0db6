"""What a message can be, told from what is known of its pieces; and what that means for the contact it was. Pure.

What is in doubt is said to be: a piece that may have reached the provider and was not answered for is `unknown`, counts
as a contact, and is sent again by nobody. Only what surely did not leave gives the contact back.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final

from console.desk.contact.facts import Outcome
from console.send.messages import Answer, Fate


@unique
class MessageState(StrEnum):
    """How far a message is, on the books."""

    WAITING = "waiting"  # committed
    HANDED = "handed"  # the sender has it
    ACCEPTED = "accepted"  # the provider took it
    REFUSED = "refused"  # it did not, for sure
    UNSENT = "unsent"  # it never left, for sure
    TORN = "torn"  # some pieces were taken, some not
    UNKNOWN = "unknown"  # it may have been taken
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


@unique
class Mark(StrEnum):
    """What is known of a piece, as one letter."""

    WAITING = "w"
    ACCEPTED = "a"
    REFUSED = "r"
    UNKNOWN = "u"
    UNSENT = "n"
    DELIVERED = "d"
    UNDELIVERED = "f"


_ANSWERS: Final[Mapping[Answer, Mark]] = MappingProxyType(
    {
        Answer.ACCEPTED: Mark.ACCEPTED,
        Answer.REFUSED: Mark.REFUSED,
        Answer.UNKNOWN: Mark.UNKNOWN,
        Answer.UNSENT: Mark.UNSENT,
    }
)
_FATES: Final[Mapping[Fate, Mark]] = MappingProxyType(
    {Fate.DELIVERED: Mark.DELIVERED, Fate.UNDELIVERED: Mark.UNDELIVERED}
)
_OPEN: Final = frozenset({Mark.WAITING, Mark.ACCEPTED, Mark.UNKNOWN})
UNDER_WAY: Final = frozenset({MessageState.WAITING, MessageState.HANDED})

_NO_NUMBER: Final = 11  # ESME_RINVDSTADR


def answered(marks: str, piece: int, answer: Answer) -> str:
    """The marks once a piece is answered for; one that is told already stays as it is."""
    return _put(marks, piece, _ANSWERS[answer], frozenset({Mark.WAITING}))


def reported(marks: str, piece: int, fate: Fate) -> str:
    """The marks once a report came; what surely did not leave, and a report before it, stay as they are."""
    return _put(marks, piece, _FATES[fate], _OPEN)


def abandoned(marks: str, state: str) -> str:
    """The marks once nobody will answer for it any more."""
    mark = Mark.UNSENT if state == MessageState.WAITING else Mark.UNKNOWN
    return marks.replace(Mark.WAITING.value, mark.value)


def state_of(marks: str) -> MessageState:
    """What a message is that was handed over."""
    found = {Mark(mark) for mark in marks}
    if Mark.WAITING in found:
        return MessageState.HANDED
    if found == {Mark.DELIVERED}:
        return MessageState.DELIVERED
    if Mark.UNDELIVERED in found:
        return MessageState.UNDELIVERED
    if Mark.UNKNOWN in found:
        return MessageState.UNKNOWN
    if found <= {Mark.REFUSED, Mark.UNSENT}:
        return MessageState.REFUSED if Mark.REFUSED in found else MessageState.UNSENT
    return MessageState.ACCEPTED if found <= {Mark.ACCEPTED, Mark.DELIVERED} else MessageState.TORN


def outcome_of(state: MessageState, code: int) -> Outcome:
    """What the contact came to, once every piece is answered for."""
    if state is MessageState.UNSENT:
        return Outcome.CANCELLED
    if state is MessageState.REFUSED:
        return Outcome.INVALID if code == _NO_NUMBER else Outcome.CANCELLED
    return Outcome.CONNECTED


def _put(marks: str, piece: int, mark: Mark, over: frozenset[Mark]) -> str:
    if not 0 <= piece < len(marks) or Mark(marks[piece]) not in over:
        return marks
    return f"{marks[:piece]}{mark.value}{marks[piece + 1 :]}"
