"""What waits for one person's decision, with what they should know before they decide (§3.3-18)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

from sqlalchemy import func, select
from sqlalchemy.engine import RowMapping

from access.grants.approvers import second_role
from access.grants.context import DAY, GrantDesk
from access.grants.requests.deciding import Stage
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
    entries: list[InboxEntry] = []
    for row in requests_where(desk, reveal_request.c.state.in_(WAITING)):
        if desk.now >= waits_until(row, desk.limits):
            continue
        stage = Stage.of(desk, row)
        if stage.judged(desk.actor).allowed:
            entries.append(_entry(desk, stage))
    return entries


def _entry(desk: GrantDesk, stage: Stage) -> InboxEntry:
    row = stage.row
    since = desk.now - 7 * DAY
    mine = requests_where(desk, reveal_request.c.requester_id == row["requester_id"], reveal_request.c.asked_at > since)
    newest_first = [one for one in reversed(mine) if (one["asked_at"], one["id"]) <= (row["asked_at"], row["id"])]
    needs_second = row["tier"] == Tier.U3 and stage.number == 1
    return InboxEntry(
        request=row,
        stage=stage.number,
        week=len(mine),
        team_mean=_team_mean(desk, row["unit_id"], since),
        same_reason=sum(1 for _ in takewhile(lambda one: one["reason"] == row["reason"], newest_first)),
        refused_week=sum(one["state"] == RequestState.REJECTED for one in mine),
        second_by=(second_role(third_party=bool(row["third_party"])),) if needs_second else (),
    )


def _team_mean(desk: GrantDesk, unit_id: str, since: int) -> float:
    query = select(func.count(), func.count(reveal_request.c.requester_id.distinct())).where(
        reveal_request.c.unit_id == unit_id, reveal_request.c.asked_at > since
    )
    asked, people = desk.uow.connection.execute(query).one()
    return asked / people if people else 0.0
