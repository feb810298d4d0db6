"""After a call: what came of it, in one form and one act; calls of one's own that nobody has said that of yet."""

from __future__ import annotations

from typing import ClassVar

from console.desk.api.base import Call, Value
from console.desk.api.contact import ContactRef
from console.desk.api.work import Recorded, Terms


class LostContactView(Value, frozen=True, kw_only=True):
    """What the call log shows of reaching the debtor, this call included. Nobody declares it.

    holds: contact is lost by the rules in force. failed: attempts in a row that reached nobody; limit: from how many
    on a further one on a later day makes it so.
    """

    holds: bool
    failed: int
    limit: int


class WrapView(Value, frozen=True, kw_only=True):
    """A call of one's own to be wrapped up.

    Attributes:
        call_id, case_id, number: the call, its case and that case's number. contact: which of its numbers.
        third: who has the number is no party to the debt.
        result: how it ended, empty while it goes on. answered: somebody answered. talked: seconds.
        code: of `work.ResultCode`, what the result says came of it; empty where it says nothing.
        started_at, ended_at: microseconds UTC. saved: it is wrapped up.
        due: it waits to be: it is over, may have rung somebody, and nothing of the case was recorded since.
        worked: the case is the person's to work now; else no promise and no next contact comes of it.
        version: of the case, for saving.
        lost: evidence of lost contact; None for a third party's number, without a rule, or of a case one works no more.
    """

    call_id: str
    case_id: str
    number: str
    contact: ContactRef
    third: bool
    result: str
    answered: bool
    talked: int
    code: str
    started_at: int
    ended_at: int | None
    saved: bool = False
    due: bool = False
    worked: bool = True
    version: int = 0
    lost: LostContactView | None = None


class ReadWrap(Call[WrapView], frozen=True, kw_only=True, tag="wrap.read"):
    """One of one's own calls, also while it goes on."""

    call_id: str


class WrapList(Value, frozen=True, kw_only=True):
    """Oldest first; without evidence of lost contact."""

    wraps: tuple[WrapView, ...]


class ListWraps(Call[WrapList], frozen=True, kw_only=True, tag="wrap.list"):
    """One's own calls of the last seven days that may have rung somebody and of which nothing is recorded yet."""


class SaveWrap(Call[Recorded], frozen=True, kw_only=True, tag="wrap.save"):
    """Record what came of an ended call of one's own, all of it or nothing.

    version, code, promise, next_at, note: as `work.RecordResult`; a complaint, a wrong person, a death mark their hold.
    Promise and next contact only while the case is one's own to work; the rest wherever the case went meanwhile.
    stop: of `contact.STOP_REASONS`, the number called is contacted no more; empty: it may be.
    """

    writes: ClassVar[bool] = True
    call_id: str
    version: int
    code: str
    promise: Terms | None = None
    next_at: int | None = None
    note: str = ""
    stop: str = ""
