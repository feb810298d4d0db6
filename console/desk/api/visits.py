"""Field visits: planned, agreed to, begun, written down, called off."""

from __future__ import annotations

from typing import ClassVar

from console.desk.api.base import Call, Value
from console.desk.api.cases import FieldRef


class Visitor(Value, frozen=True, kw_only=True):
    """A colleague who goes, or went."""

    staff_no: str
    name: str


class Visit(Value, frozen=True, kw_only=True):
    """One visit; never an address.

    Attributes:
        visit_id, case_id, case_number: the visit and its case.
        field: which of the case's places. masked: as the viewer may see it; `@none` for not at all.
        day, zone: where the debtor is. from_at, until_at: microseconds UTC.
        planner: who planned it. visitors: the two who are to go. consent: what shows that the customer agreed.
        state: of `console.desk.visits.states.VisitState`.
        decided_by: who agreed or refused. words: why it was refused or called off.
        set_out_at: when they left; none: they have not.
        result, went, ids_shown, note: what came of it, who did go, whether they showed who they are.
        may: what the viewer may do with it now: approve, refuse, cancel, set_out, write.
    """

    visit_id: str
    case_id: str
    case_number: str
    field: FieldRef
    masked: str
    day: str
    zone: str
    from_at: int
    until_at: int
    planner: str
    visitors: tuple[Visitor, ...]
    consent: str
    state: str
    decided_by: str
    words: str
    set_out_at: int | None
    result: str
    went: tuple[str, ...]
    ids_shown: bool
    note: str
    may: tuple[str, ...]
    version: int


class VisitList(Value, frozen=True, kw_only=True):
    """The next one first, those that are over last."""

    visits: tuple[Visit, ...]


class ListVisits(Call[VisitList], frozen=True, kw_only=True, tag="visit.list"):
    """Visits that the person may know of. case_id: only those of this case, by id; empty: of every one."""

    case_id: str = ""


class PlanVisit(Call[Visit], frozen=True, kw_only=True, tag="visit.plan"):
    """Plan one. case_id: id or number. day: `2026-11-24`; minutes of the day where the debtor is.

    visitors: the staff numbers of the two who go.
    """

    writes: ClassVar[bool] = True
    case_id: str
    field: FieldRef
    day: str
    from_minute: int
    until_minute: int
    visitors: tuple[str, ...]


class DecideVisit(Call[Visit], frozen=True, kw_only=True, tag="visit.decide"):
    """Agree to a visit as it was seen, or refuse it saying why."""

    writes: ClassVar[bool] = True
    visit_id: str
    version: int
    approve: bool
    words: str = ""


class CancelVisit(Call[Visit], frozen=True, kw_only=True, tag="visit.cancel"):
    """Call one off that has not begun, saying why."""

    writes: ClassVar[bool] = True
    visit_id: str
    words: str


class SetOut(Call[Visit], frozen=True, kw_only=True, tag="visit.set_out"):
    """Begin: everything is judged again and the customer's day is taken."""

    writes: ClassVar[bool] = True
    visit_id: str


class WriteVisit(Call[Visit], frozen=True, kw_only=True, tag="visit.write"):
    """What came of it. went: staff numbers of those who did go, of the two."""

    writes: ClassVar[bool] = True
    visit_id: str
    result: str
    went: tuple[str, ...]
    ids_shown: bool
    note: str = ""
