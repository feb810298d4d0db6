"""Recordings: heard on one's own registered phone and nowhere else, and destroyed once they need not be kept."""

from __future__ import annotations

from typing import ClassVar, Final

from console.desk.api.base import Call, Done, Value
from console.desk.api.calling import CallList

REASONS: Final = ("quality", "coaching", "dispute", "wrap_up")
"""Why one listens to one's own or one's team's."""

TASK_REASONS: Final = ("complaint", "data_request", "incident", "audit")
"""Why anybody else does; with the number of the task, or of the complaint or filing."""


class ListeningView(Value, frozen=True, kw_only=True):
    """What is played to the person's phone.

    Attributes:
        listening_id, call_id, number: it, the call, and the number of that call's case.
        seconds: that there are. second: that sounds. at: when that was so, microseconds UTC.
        state: `ringing` | `playing` | `paused`, then why it ended: `ended` | `torn` | `broken` | `stopped` | `failed`.
        mark: that sounds again and again and says who listens.
    """

    listening_id: str
    call_id: str
    number: str
    seconds: int
    second: int
    state: str
    mark: str
    at: int


class StartListening(Call[ListeningView], frozen=True, kw_only=True, tag="recording.listen"):
    """Have a call's recording played to one's phone.

    reason: of `REASONS`, or of `TASK_REASONS` with a `reference`. second: to begin at.
    """

    writes: ClassVar[bool] = True
    call_id: str
    reason: str
    reference: str = ""
    second: int = 0


class SteerListening(Call[ListeningView], frozen=True, kw_only=True, tag="recording.steer"):
    """Go on from another second, or stand there."""

    second: int
    paused: bool = False


class ListeningNow(Value, frozen=True, kw_only=True):
    """What one listens to; None: nothing."""

    listening: ListeningView | None


class ReadListening(Call[ListeningNow], frozen=True, kw_only=True, tag="recording.now"):
    """How far it is."""


class StopListening(Call[Done], frozen=True, kw_only=True, tag="recording.stop"):
    """Enough; nothing happens where nothing is played."""


class FindRecordings(Call[CallList], frozen=True, kw_only=True, tag="recording.find"):
    """The calls that a task is about, for whoever has no cases. reason: of `TASK_REASONS`.

    reference: the number of a task that was given to them; or of the complaint or filing on the case that `case_id`
    names, by id or number.
    """

    reason: str
    reference: str
    case_id: str = ""


class ListenerView(Value, frozen=True, kw_only=True):
    """Who listened to what, and why."""

    person: str
    staff_no: str
    number: str
    call_id: str
    reason: str
    reference: str
    started_at: int


class TraceListener(Call[ListenerView], frozen=True, kw_only=True, tag="recording.trace"):
    """Whose mark that is which was heard in something."""

    mark: str


class DestructionView(Value, frozen=True, kw_only=True):
    """One destruction, which is its certificate once it was witnessed.

    Attributes:
        destruction_id, version: it, as it was seen.
        state: `proposed` | `refused` | `approved` | `destroyed` | `witnessed`.
        until: covers what was not to be kept beyond this, microseconds UTC.
        covers, destroyed: how many; those on hold meanwhile stay.
        digest: SM3 over the ids of what it covers.
        proposed_by, approved_by, executed_by, witnessed_by: who, and `…_at` when.
    """

    destruction_id: str
    version: int
    state: str
    until: int
    covers: int
    destroyed: int
    digest: str
    proposed_by: str
    proposed_at: int
    approved_by: str = ""
    approved_at: int | None = None
    executed_by: str = ""
    executed_at: int | None = None
    witnessed_by: str = ""
    witnessed_at: int | None = None


class DestructionList(Value, frozen=True, kw_only=True):
    """Newest first. due: recordings that could be proposed now; held: that could but for a hold on their case."""

    destructions: tuple[DestructionView, ...]
    due: int
    held: int


class ListDestructions(Call[DestructionList], frozen=True, kw_only=True, tag="destruction.list"):
    """What is due, what was destroyed, by whom."""


class ProposeDestruction(Call[DestructionView], frozen=True, kw_only=True, tag="destruction.propose"):
    """Put everything that is due into one destruction."""

    writes: ClassVar[bool] = True


class DecideDestruction(Call[DestructionView], frozen=True, kw_only=True, tag="destruction.decide"):
    """Approve it or refuse it, as it was seen."""

    destruction_id: str
    version: int
    approve: bool


class CarryOutDestruction(Call[DestructionView], frozen=True, kw_only=True, tag="destruction.carry_out"):
    """Destroy keys and files."""

    destruction_id: str
    version: int


class WitnessDestruction(Call[DestructionView], frozen=True, kw_only=True, tag="destruction.witness"):
    """Confirm that keys and files are gone, by the desk's own look."""

    destruction_id: str
    version: int
