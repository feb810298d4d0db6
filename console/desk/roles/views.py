"""Applications, roles and units as screens show them: names instead of ids, and whose turn it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import RowMapping

from access.context import SECOND
from access.people.agencies import TermState, terms
from access.people.directory import held_rows, holders, load_actor
from access.policy import Actor
from access.roles import Role
from access.roles.application import OPEN, Stage, next_stage, standing
from access.roles.deciding import judged, stands_for, visible
from access.roles.line import department
from access.roles.records import steps_of
from access.store.schema import org_unit, person, role_grant
from console.desk.act import Act
from console.desk.api.roles import ApplicationView, StepView, UnitView
from console.desk.reveals.granting import granting

DAY = 86_400 * SECOND
_BY_ROLE = {
    Stage.ENTER: (Role.SYSTEM_ADMIN,),
    Stage.APPROVE: (Role.SECURITY_ADMIN,),
    Stage.FILE: (Role.COMPLIANCE,),
    Stage.COUNTERSIGN: (Role.AUDITOR,),
}


@dataclass(slots=True)
class Book:
    """Names and people of one act, each read once."""

    act: Act
    people: dict[str, RowMapping] = field(init=False)
    units: dict[str, RowMapping] = field(init=False)
    _actors: dict[str, Actor | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Read who there is."""
        act = self.act
        self.people = {row["id"]: row for row in held_rows(act.uow, act.proofs, person)}
        self.units = {row["id"]: row for row in held_rows(act.uow, act.proofs, org_unit)}

    def name(self, person_id: str | None) -> str:
        """A person's name; empty for nobody."""
        row = self.people.get(person_id or "")
        return row["name"] if row is not None else ""

    def staff_no(self, person_id: str | None) -> str:
        """A person's staff number."""
        row = self.people.get(person_id or "")
        return row["staff_no"] if row is not None else ""

    def unit(self, unit_id: str | None) -> str:
        """A unit's name; empty for the whole desk."""
        row = self.units.get(unit_id or "")
        return row["name"] if row is not None else ""

    def actor(self, person_id: str) -> Actor | None:
        """A person as the decision sees them."""
        if person_id not in self._actors:
            self._actors[person_id] = load_actor(self.act.uow, self.act.proofs, person_id)
        return self._actors[person_id]

    def could_take(self, row: Mapping[str, Any] | RowMapping) -> list[str]:
        """Who could take the next step of an application, by id, put one by one to the decision."""
        act, stage = self.act, next_stage(row["state"], bootstrap=bool(row["bootstrap"]))
        if stage is None:
            return []
        if stage is Stage.ENDORSE:
            parties = (row["person_id"], row["applicant_id"])
            heads = department(act.uow, act.proofs, row["unit_id"], row["person_id"], parties)
            asked = {heads.head_id, heads.delegate_id, *heads.peers}
            if heads.head_id is None:
                asked |= set(holders(act.uow, act.proofs, Role.COMPLIANCE))
        else:
            asked = {one for role in _BY_ROLE[stage] for one in holders(act.uow, act.proofs, role)}
        actors = [self.actor(one) for one in sorted(one for one in asked if one)]
        return [one.person_id for one in actors if one is not None and judged(granting(act), row, one).allowed]


def application_view(act: Act, book: Book, row: Mapping[str, Any] | RowMapping) -> ApplicationView:
    """An application, with its steps and who is next."""
    desk, me = granting(act), act.actor
    stage = next_stage(row["state"], bootstrap=bool(row["bootstrap"]))
    mine = judged(desk, row, me)
    grant = act.proofs.get(act.uow, role_grant, row["grant_id"]) if row["grant_id"] is not None else None
    return ApplicationView(
        application_id=row["id"],
        number=row["number"],
        person_id=row["person_id"],
        person=book.name(row["person_id"]),
        staff_no=book.staff_no(row["person_id"]),
        role=row["role"],
        unit=book.unit(row["unit_id"]),
        head=bool(row["head"]),
        days=row["days"],
        applicant=book.name(row["applicant_id"]),
        words=row["words"],
        state=row["state"],
        standing=standing(grant["state"], grant["valid_until"], act.now, DAY).value if grant is not None else "",
        until=grant["valid_until"] if grant is not None else None,
        bootstrap=bool(row["bootstrap"]),
        asked_at=row["asked_at"],
        steps=tuple(
            StepView(
                stage=step["stage"],
                person=book.name(step["person_id"]),
                staff_no=book.staff_no(step["person_id"]),
                role=step["role"],
                stands_for=book.name(step["stands_for"]),
                verdict=step["verdict"],
                reason=step["reason"],
                at=step["at"],
            )
            for step in steps_of(desk, row["id"])
        ),
        next=stage.value if stage is not None else "",
        next_by=tuple(_named(book, person_id, stands_for(desk, row, person_id)) for person_id in book.could_take(row)),
        mine=stage is not None and mine.allowed,
        why_not="" if stage is None or mine.allowed else mine.code,
        own=row["state"] in OPEN and me.person_id in (row["person_id"], row["applicant_id"]),
        version=row["version"],
    )


def _named(book: Book, person_id: str, behind: str | None) -> str:
    """A name; a delegate's with that of the head in whose place they decide."""
    return f"{book.name(person_id)} 代 {book.name(behind)}" if behind is not None else book.name(person_id)


def readable(act: Act, rows: list[RowMapping]) -> list[RowMapping]:
    """The applications that the viewer may read."""
    return [row for row in rows if visible(granting(act), act.actor, row)]


def unit_views(book: Book) -> tuple[UnitView, ...]:
    """Every unit, by name."""
    act = book.act
    engaged = {row["unit_id"]: row["last_day"] for row in terms(act.uow, act.proofs, (TermState.ACTIVE,))}
    return tuple(
        UnitView(
            unit_id=row["id"],
            name=row["name"],
            kind=row["kind"],
            parent=book.unit(row["parent_id"]),
            head=book.name(row["head_id"]),
            deputy=book.name(row["deputy_id"]),
            until=engaged.get(row["id"], ""),
        )
        for row in sorted(book.units.values(), key=lambda row: (row["kind"] != "department", row["name"]))
    )
