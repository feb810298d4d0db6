"""Sharing cases out among people: who holds least comes first, nobody gets more than their most.

Nobody gets a case from which an interest keeps them, and who is away or may not work gets none at all. Says of each
case that stays where it is by which rule, and of each person who was passed over why. Deterministic: the same cases
and people give the same plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from access.policy import Action, Resource
from console.desk.act import Act
from console.desk.api.assign import Load, Move, Passed, Plan, Refused
from console.desk.cases.rows import RowLike, kinds, resource_of
from console.desk.conditions import standing
from console.desk.strategy.fitness import INTEREST, Reach
from console.desk.strategy.loads import Member, load_of
from console.desk.strategy.moving import Row, Step, digest_of, step_to

SHOWN = 200
FULL = "assign.full"


@dataclass(slots=True)
class Sharing:
    """A plan as it grows.

    Attributes:
        act: the act. team: the unit's members, by id. steps: what moves. stays: cases that are where they should be.
        refused: the others. by_desk: nobody gives; an approved edition does, and only the takers are asked about.
    """

    act: Act
    team: dict[str, Member]
    steps: list[Step] = field(default_factory=list)
    stays: int = 0
    refused: list[Refused] = field(default_factory=list)
    by_desk: bool = False
    _passed: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    _held: Counter[str] = field(default_factory=Counter)
    _allowed: dict[object, tuple[bool, str, str]] = field(default_factory=dict)
    _kind_of: Callable[[RowLike], object] | None = field(init=False)
    _reach: Reach = field(init=False)

    def __post_init__(self) -> None:
        self._kind_of = None if self.by_desk else kinds(self.act)
        self._reach = Reach(self.act)

    def pass_over(self, people: Sequence[Member]) -> None:
        """Note those of some people that can be given nothing now, and why."""
        for one in people:
            if one.unfit is not None:
                self._passed[one.person_id, one.unfit.code, ""] += 0

    def nobody(self, staff_no: str) -> None:
        """Note that a named number is nobody's who works cases here any more."""
        self._passed["", "assign.no_role", staff_no] += 0

    def give(self, row: Row, takers: Sequence[Member], rule: str = "") -> bool:
        """Give a case to one of these people; False where it stays. No people: into the pool.

        It stays with a holder who is one of them, also while they are away: the cover works it.
        """
        if not self._may(row):
            return False
        holder = row["assignee_id"]
        if holder in {one.person_id for one in takers if not one.stopped} or (not takers and holder is None):
            self.stays += 1
            return False
        taker: Member | None = None
        if takers:
            taker = self._taker(row, [one for one in takers if one.unfit is None])
            if taker is None:
                return False
            self._held[taker.person_id] += 1
        if holder is not None:
            self._held[holder] -= 1
        self.steps.append(step_to(row, taker, rule))
        return True

    def refuse(self, code: str, clause: str, row: Row | None = None) -> None:
        """Leave a case where it is. Without its row it may not be named."""
        giver = self.team.get(row["assignee_id"] or "") if row is not None else None
        self.refused.append(
            Refused(
                code=code,
                clause=clause,
                count=1,
                number=row["number"] if row is not None else "",
                giver=giver.name if giver is not None else "",
            )
        )

    def plan(self) -> Plan:
        """The plan as it is shown."""
        return Plan(
            digest=digest_of(self.steps),
            count=len(self.steps),
            stays=self.stays,
            people=self.loads(),
            moves=self.moves(),
            refused=self.counted(),
            passed=self.passed(),
        )

    def passed(self) -> tuple[Passed, ...]:
        """Who was passed over, and why; by staff number."""
        found = []
        for (person_id, code, staff_no), cases in self._passed.items():
            one = self.team.get(person_id)
            unfit = one.unfit if one is not None else None
            found.append(
                Passed(
                    staff_no=one.staff_no if one is not None else staff_no,
                    name=one.name if one is not None else "",
                    code=code,
                    cases=cases,
                    until=unfit.until if unfit is not None and unfit.code == code else None,
                )
            )
        return tuple(sorted(found, key=lambda one: (one.staff_no, one.code)))

    def loads(self) -> tuple[Load, ...]:
        """Every member with what the plan gives and takes."""
        gets = Counter(step.taker.person_id for step in self.steps if step.taker is not None)
        gives = Counter(step.row["assignee_id"] for step in self.steps)
        return tuple(load_of(one, gets[one.person_id], gives[one.person_id]) for one in self.team.values())

    def moves(self) -> tuple[Move, ...]:
        """The first moves, in working order."""
        return tuple(
            Move(
                case_id=step.row["id"],
                number=step.row["number"],
                days_past_due=step.row["days_past_due"],
                giver=self._name(step.row["assignee_id"]),
                taker=self._name(step.taker.person_id if step.taker is not None else None),
                rule=step.rule,
            )
            for step in self.steps[:SHOWN]
        )

    def counted(self) -> tuple[Refused, ...]:
        """Refusals: each where they are few, else counted by rule."""
        if len(self.refused) <= SHOWN:
            return tuple(self.refused)
        totals = Counter((one.code, one.clause) for one in self.refused)
        return tuple(Refused(code=code, clause=clause, count=many) for (code, clause), many in totals.items())

    def _name(self, person_id: str | None) -> str:
        member = self.team.get(person_id or "")
        return member.name if member is not None else "" if person_id is None else "…"

    def _may(self, row: Row) -> bool:
        """Ask the decision about the case, once for all that look alike to it."""
        if self._kind_of is None:
            return True
        kind = (self._kind_of(row), row["state"])
        if kind not in self._allowed:
            decision = self.act.allowed(Action.CASE_ASSIGNMENT_BULK, resource_of(row), standing(self.act, row))
            self._allowed[kind] = (decision.allowed, decision.code, decision.clause)
        allowed, code, clause = self._allowed[kind]
        if not allowed:
            self.refuse(code, clause)
        return allowed

    def _taker(self, row: Row, takers: Sequence[Member]) -> Member | None:
        """Who of these has room and is not kept from the customer; who holds least first."""
        why: dict[str, str] = {}
        for taker in sorted(takers, key=lambda one: (one.open + self._held[one.person_id], one.staff_no)):
            lack = self._lack(row, taker)
            if lack is None:
                return taker
            self._passed[taker.person_id, lack[0], ""] += 1
            why.setdefault(*lack)
        code = next((code for code in why if code != FULL), FULL) if why else "assign.nobody_fit"
        self.refuse(code, why.get(code, "S-6-12"), row)
        return None

    def _lack(self, row: Row, taker: Member) -> tuple[str, str] | None:
        if row["barred"] is not None and not self.by_desk:
            about: Resource = replace(resource_of(row), subject_person_id=taker.person_id)
            decision = self.act.allowed(Action.CASE_ASSIGNMENT_BULK, about, standing(self.act, row))
            if not decision.allowed:
                return decision.code, decision.clause
        if not self._reach.reaches(row, taker.person_id, taker.agency_id):
            # Of those who can be given cases at all, an interest or another creditor's seat is what is left.
            return (INTEREST, "§4.6") if row["barred"] is not None else ("assign.out_of_reach", "Y-4.2.1")
        if taker.open + self._held[taker.person_id] >= taker.most:
            return FULL, "S-6-12"
        return None
