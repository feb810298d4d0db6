"""Tasks to listen: given by one person to another, for one case's recordings or for some that the desk drew."""

from __future__ import annotations

from typing import ClassVar, Final

from console.desk.api.base import Call, Done, Value

GIVEN: Final = ("audit", "complaint", "data_request")
"""What a task is given for."""

LONGEST_DAYS: Final = 30
"""How long one may last, days."""

MOST_DRAWN: Final = 50
"""Recordings in one sample."""


class ListeningTask(Value, frozen=True, kw_only=True):
    """One task.

    Attributes:
        task_id, number: it; its number is what is said where a recording is found or heard for it.
        person, staff_no: who listens. given_by: who gave it.
        reason: of `GIVEN`. reference: number of the complaint, request or audit.
        case_number: whose recordings; empty: those that were drawn. drawn: how many of them.
        given_at, ends_at: microseconds UTC.
        state: `active` | `over` (its time) | `ended`. ended_by: who ended it.
        mine: the reader's own. may_end: the reader may end it now.
    """

    task_id: str
    number: str
    person: str
    staff_no: str
    given_by: str
    reason: str
    reference: str
    case_number: str
    drawn: int
    given_at: int
    ends_at: int
    state: str
    ended_by: str
    mine: bool
    may_end: bool


class ListeningTasks(Value, frozen=True, kw_only=True):
    """Newest first. may_give: for what the reader may give one, of `GIVEN`. at: when it was so, microseconds UTC."""

    tasks: tuple[ListeningTask, ...]
    may_give: tuple[str, ...]
    at: int


class ListListeningTasks(Call[ListeningTasks], frozen=True, kw_only=True, tag="listening.list"):
    """One's own, those that one gave, those about the team that one runs, or all where the reader may end all."""


class GiveListeningTask(Call[ListeningTask], frozen=True, kw_only=True, tag="listening.give"):
    """Give somebody else one.

    staff_no: who listens. reason: of `GIVEN`, with the number of what it is for in `reference`.
    case_id: whose recordings, by id or number; empty, for an audit: a sample that the desk draws.
    count, days: of how many recordings, made in how many days up to now. unit: of which team or agency, by its name;
    empty: of all. ends_at: microseconds UTC.
    """

    writes: ClassVar[bool] = True
    staff_no: str
    reason: str
    reference: str
    ends_at: int
    case_id: str = ""
    count: int = 0
    days: int = 0
    unit: str = ""


class EndListeningTask(Call[Done], frozen=True, kw_only=True, tag="listening.end"):
    """End one now, or give one's own back; what is played for it stops. task_id: id or number."""

    task_id: str
