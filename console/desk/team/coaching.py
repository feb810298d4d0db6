"""Coaching: a supervisor writes to one of her agents, the agent acknowledges, both keep the history.

A note may be about a case that the supervisor may open. Personal data in its text is masked before it is kept, names
and addresses included, so that a note shows nothing a mask hides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.errors import StaleRow
from access.policy import Action, Resource
from access.store.schema import DESK_TENANT, case_file, coaching_note
from console.desk.act import Act
from console.desk.api.team import AcknowledgeCoaching, CoachingPage, CoachingView, ReadCoaching, WriteCoaching
from console.desk.cases.rows import require_case
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.desk.team.members import WORKERS, name_of, require_member, roles_of, team
from masking.detect import mask_text

CRITERIA: Final = ("opening", "identity", "listening", "rules", "result", "closing")
"""What a score sheet judges, each with 1 to 5 points."""

PAGE: Final = 20
_LEAST: Final = 4
_MOST: Final = 1000
_POINTS: Final = range(1, 6)


@handles(ReadCoaching)
def read_coaching(act: Act, request: ReadCoaching) -> CoachingPage:
    """A page of notes: to oneself, or by whoever runs the team."""
    mine = request.person_id in {"", act.actor.person_id} and not _runs_team(act)
    if mine:
        act.require(Action.TEAM_COACHING_READ, _own(act))
        return _page(act, coaching_note.c.agent_id == act.actor.person_id, request.before)
    unit_id = act.unit_id
    act.require(Action.TEAM_COACHING_READ, team(act, unit_id))
    if request.person_id:
        member = require_member(act, unit_id or "", request.person_id)
        one = coaching_note.c.agent_id == member["id"]
        return _page(act, one & (coaching_note.c.unit_id == unit_id), request.before)
    return _page(act, coaching_note.c.unit_id == unit_id, request.before)


@handles(WriteCoaching)
def write_coaching(act: Act, request: WriteCoaching) -> CoachingView:
    """Write one."""
    unit_id = act.unit_id
    resource = Resource(kind="queue", unit_id=unit_id, subject_person_id=request.person_id)
    act.require(Action.TEAM_COACHING_WRITE, resource)
    agent = require_member(act, unit_id or "", request.person_id)
    if not WORKERS & roles_of(act, {agent["id"]}).get(agent["id"], set()):
        act.refuse("coaching.not_agent")
    words = mask_text(" ".join(request.text.split()), loose=True)
    if not _LEAST <= len(words) <= _MOST:
        act.refuse("coaching.words_unfit", least=str(_LEAST), most=str(_MOST))
    case_id = _case_of(act, request.case)
    act.asked = Action.TEAM_COACHING_WRITE
    note_id = act.uow.ids.new()
    row = act.proofs.insert(
        act.uow,
        coaching_note,
        {
            "id": note_id,
            "tenant_id": DESK_TENANT,
            "unit_id": unit_id,
            "agent_id": agent["id"],
            "author_id": act.actor.person_id,
            "case_id": case_id,
            "text": words,
            "scores": _scores(act, request.scores),
            "written_at": act.now,
            "acknowledged_at": None,
        },
        act.event(
            Action.TEAM_COACHING_WRITE,
            object_kind="person",
            object_id=agent["id"],
            case_id=case_id,
            detail=((DetailKey.KIND, "scores" if request.scores else "note"),),
        ),
    )
    _tell(act, agent["id"], unit_id)
    return _view(act, row, {})


@handles(AcknowledgeCoaching)
def acknowledge(act: Act, request: AcknowledgeCoaching) -> CoachingPage:
    """The agent has read it; once is enough."""
    act.require(Action.TEAM_COACHING_ACKNOWLEDGE, _own(act))
    row = act.proofs.get(act.uow, coaching_note, request.note_id)
    if row is None or row["agent_id"] != act.actor.person_id:
        act.refuse("coaching.not_found", clause="Y-4.2.1")
    if row["acknowledged_at"] is not None:
        raise StaleRow(table=coaching_note.name, id=row["id"])
    act.proofs.update(
        act.uow,
        coaching_note,
        row["id"],
        row["version"],
        {"acknowledged_at": act.now},
        act.event(Action.TEAM_COACHING_ACKNOWLEDGE, object_kind="note", object_id=row["id"], case_id=row["case_id"]),
    )
    _tell(act, row["author_id"], row["unit_id"])
    return _page(act, coaching_note.c.agent_id == act.actor.person_id, None)


def _runs_team(act: Act) -> bool:
    return act.allowed(Action.TEAM_COACHING_READ, team(act, act.unit_id)).allowed


def _own(act: Act) -> Resource:
    return Resource(kind="coaching", subject_person_id=act.actor.person_id, unit_id=act.unit_id)


def _case_of(act: Act, name: str) -> str | None:
    if not name.strip():
        return None
    return str(require_case(act, name.strip(), Action.CASE_FILE_OPEN)["id"])


def _scores(act: Act, scores: Mapping[str, int]) -> str:
    if any(name not in CRITERIA or points not in _POINTS for name, points in scores.items()):
        act.refuse("coaching.scores_unfit")
    return ",".join(f"{name}={scores[name]}" for name in CRITERIA if name in scores)


def _page(act: Act, which: ColumnElement[bool], before: str | None) -> CoachingPage:
    query = select(coaching_note).where(which).order_by(coaching_note.c.id.desc()).limit(PAGE + 1)
    if before is not None:
        query = query.where(coaching_note.c.id < before)
    found = act.db.execute(query).mappings().all()
    rows = act.proofs.holding(act.uow, coaching_note, found[:PAGE])
    waiting = act.db.execute(
        select(func.count()).where(
            coaching_note.c.agent_id == act.actor.person_id, coaching_note.c.acknowledged_at.is_(None)
        )
    ).scalar_one()
    numbers = _numbers(act, {row["case_id"] for row in rows if row["case_id"]})
    act.log(Action.TEAM_COACHING_READ, object_kind="note", object_id="list", rows=len(rows))
    return CoachingPage(
        notes=tuple(_view(act, row, numbers) for row in rows),
        cursor=found[PAGE - 1]["id"] if len(found) > PAGE else None,
        waiting=waiting,
    )


def _numbers(act: Act, case_ids: set[str]) -> dict[str, str]:
    if not case_ids:
        return {}
    query = select(case_file.c.id, case_file.c.number).where(case_file.c.id.in_(sorted(case_ids)))
    return {row.id: row.number for row in act.db.execute(query)}


def _view(act: Act, note: RowMapping | dict[str, Any], numbers: dict[str, str]) -> CoachingView:
    case_id = note["case_id"]
    known = numbers or _numbers(act, {case_id} if case_id else set())
    pairs = (one.partition("=") for one in note["scores"].split(",") if one)
    return CoachingView(
        note_id=note["id"],
        agent_id=note["agent_id"],
        agent=name_of(act, note["agent_id"]),
        author=name_of(act, note["author_id"]),
        case_number=known.get(case_id or "", ""),
        text=note["text"],
        scores=tuple((name, int(points)) for name, _, points in pairs),
        written_at=note["written_at"],
        acknowledged_at=note["acknowledged_at"],
    )


def _tell(act: Act, person_id: str, unit_id: str | None) -> None:
    act.push("coaching", person_id, Audience.of(person_id, units=(unit_id,)))
