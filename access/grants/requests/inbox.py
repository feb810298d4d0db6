"""What waits for one person's decision, with what they should know before they decide (§3.3-18)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

from sqlalchemy import func, select
from sqlalchemy.engine import RowMapping

from access.grants.approvers import Facts, second_role
from access.grants.context import DAY, GrantDesk
from access.grants.requests.stage import Stage
from access.grants.rows import requests_where, waits_until
from access.grants.states import WAITING, RequestState
from access.roles import Role
from access.store.schema import reveal_request
from masking.catalogue import Tier


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """A request that this person could decide now.

    Attributes:
        request: Its row.
        stage: 1 or 2.
        week: How many requests the asker made in seven days, this one included.
        team_mean: Requests of the asker's unit in seven days, by each of those who asked at all.
        same_reason: How many of the asker's newest requests in a row give this reason, this one included.
        refused_week: How many of the asker's requests of seven days were refused.
        second_by: Roles one of which must approve after this stage; none at the last.
    """

    request: RowMapping
    stage: int
    week: int
    team_mean: float
    same_reason: int
    refused_week: int
    second_by: tuple[Role, ...]


def inbox(desk: GrantDesk) -> list[InboxEntry]:
    """Return what the actor could decide now, oldest first; nothing else is listed."""
    if desk.actor is None:
        return []
    facts, habits = Facts(desk), _Habits(desk)
    entries: list[InboxEntry] = []
    for row in requests_where(desk, reveal_request.c.state.in_(WAITING)):
        if desk.now >= waits_until(row, desk.limits):
            continue
        stage = Stage.of(desk, row, facts)
        if stage.judged(desk.actor).allowed:
            entries.append(_entry(stage, habits))
    return entries


class _Habits:
    """What people and units asked for in seven days, each read once."""

    def __init__(self, desk: GrantDesk) -> None:
        self._desk = desk
        self._since = desk.now - 7 * DAY
        self._people: dict[str, list[RowMapping]] = {}
        self._units: dict[str, float] = {}

    def of_person(self, person_id: str) -> list[RowMapping]:
        """A person's requests, oldest first."""
        if person_id not in self._people:
            mine = (reveal_request.c.requester_id == person_id, reveal_request.c.asked_at > self._since)
            self._people[person_id] = requests_where(self._desk, *mine)
        return self._people[person_id]

    def of_unit(self, unit_id: str) -> float:
        """A unit's requests by each of those who asked."""
        if unit_id not in self._units:
            query = select(func.count(), func.count(reveal_request.c.requester_id.distinct())).where(
                reveal_request.c.unit_id == unit_id, reveal_request.c.asked_at > self._since
            )
            asked, people = self._desk.uow.connection.execute(query).one()
            self._units[unit_id] = asked / people if people else 0.0
        return self._units[unit_id]


def _entry(stage: Stage, habits: _Habits) -> InboxEntry:
    row = stage.row
    mine = habits.of_person(row["requester_id"])
    newest_first = [one for one in reversed(mine) if (one["asked_at"], one["id"]) <= (row["asked_at"], row["id"])]
    needs_second = row["tier"] == Tier.U3 and stage.number == 1
    return InboxEntry(
        request=row,
        stage=stage.number,
        week=len(mine),
        team_mean=habits.of_unit(row["unit_id"]),
        same_reason=sum(1 for _ in takewhile(lambda one: one["reason"] == row["reason"], newest_first)),
        refused_week=sum(one["state"] == RequestState.REJECTED for one in mine),
        second_by=(second_role(third_party=bool(row["third_party"])),) if needs_second else (),
    )
