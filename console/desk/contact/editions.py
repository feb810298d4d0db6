"""The rules' editions: proposed whole, checked by two others, in force from their moment on; every one is kept."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, select, text
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.people.directory import held_rows
from access.policy import Action, Conditions, Resource
from access.store.schema import DESK_TENANT, contact_edition
from console.desk.act import Act
from console.desk.api.contact import (
    DecideRules,
    ListRules,
    ProposeRules,
    ReadRules,
    RollBackRules,
    RulesEdition,
    RulesList,
    RulesProposal,
    RulesView,
)
from console.desk.cases.rows import staff_names
from console.desk.contact.live import edition_in_force
from console.desk.contact.profile import SHIPPED, parse, read, shipped_lines
from console.desk.contact.states import EditionState, may_step
from console.desk.contact.wall import HOUR
from console.desk.hub import Audience
from console.desk.kernel import handles
from masking.gm import sm3

Row = RowMapping | dict[str, Any]
_AHEAD: Final = 400 * 24 * HOUR
_TURN: Final = text(
    "INSERT INTO contact_turn (name, tenant_id, turn) VALUES ('editions', :tenant, 1)"
    " ON CONFLICT (name) DO UPDATE SET turn = contact_turn.turn + 1"
)


@handles(ListRules)
def list_rules(act: Act, request: ListRules) -> RulesList:
    """Every edition, newest first, and at last the rules that came with the desk."""
    del request
    act.require(Action.CONTACT_RULES_READ, _desk(act))
    rows = sorted(held_rows(act.uow, act.proofs, contact_edition), key=lambda row: -row["edition"])
    act.log(Action.CONTACT_RULES_READ, object_kind="rules", object_id="list", rows=len(rows))
    return RulesList(editions=(*views(act, rows), _first(act)), shipped=SHIPPED)


@handles(ReadRules)
def read_rules(act: Act, request: ReadRules) -> RulesView:
    """One edition, what came with the desk, or what is in force."""
    act.require(Action.CONTACT_RULES_READ, _desk(act))
    act.log(Action.CONTACT_RULES_READ, object_kind="rules", rows=1)
    if request.shipped:
        if request.shipped not in SHIPPED:
            act.refuse("contact.no_such_profile")
        return RulesView(edition=_first(act, request.shipped), lines=shipped_lines(request.shipped), diff=(), against=0)
    row = _held(act, request.edition_id) if request.edition_id else edition_in_force(act)
    if row is None:
        if request.edition_id:
            act.refuse("contact.no_such_edition")
        return RulesView(edition=_first(act), lines=shipped_lines(SHIPPED[0]), diff=(), against=0)
    other = _before(act, row)
    old = shipped_lines(SHIPPED[0]) if other is None else tuple(other["text"].split("\n"))
    new = tuple(row["text"].split("\n"))
    return RulesView(
        edition=views(act, [row])[0],
        lines=new,
        diff=tuple(list(difflib.unified_diff(old, new, lineterm="", n=2))[2:]),
        against=0 if other is None else other["edition"],
    )


@handles(ProposeRules)
def propose(act: Act, request: ProposeRules) -> RulesProposal:
    """A new edition, or every fault of the text and none."""
    act.require(Action.CONTACT_RULES_PROPOSE, _desk(act))
    unit_id = act.unit_id
    if unit_id is None:
        act.refuse("strategy.no_unit")
    profile, faults = parse(request.lines)
    if profile is None:
        act.log(Action.CONTACT_RULES_PROPOSE, object_kind="rules", result="refused", rule="rules.faulty")
        return RulesProposal(edition=None, faults=faults)
    if not 0 <= request.starts_at <= act.now + _AHEAD:
        act.refuse("contact.moment_unfit")
    act.db.execute(_TURN, {"tenant": DESK_TENANT})
    newest = act.db.execute(select(func.coalesce(func.max(contact_edition.c.edition), 0))).scalar_one()
    row_id = act.parts.ids.new()
    values = {
        "id": row_id,
        "tenant_id": DESK_TENANT,
        "unit_id": unit_id,
        "edition": int(newest) + 1,
        "code": profile.code,
        "state": EditionState.PROPOSED.value,
        "text": "\n".join(request.lines),
        "starts_at": request.starts_at,
        "made_by": act.actor.person_id,
        "made_at": act.now,
    }
    event = act.event(Action.CONTACT_RULES_PROPOSE, object_kind="rules", object_id=row_id)
    row = act.proofs.insert(act.uow, contact_edition, values, event)
    _tell(act, row_id)
    return RulesProposal(edition=views(act, [row])[0], faults=())


@handles(DecideRules)
def decide(act: Act, request: DecideRules) -> RulesEdition:
    """The security admin's check, then compliance's, which puts the edition in force from its moment on."""
    row = _held(act, request.edition_id)
    second = row is not None and row["state"] == EditionState.REVIEWED
    action = Action.CONTACT_RULES_LIMIT if second else Action.CONTACT_RULES_APPROVE
    held = _require(act, row, action, request.version)
    me = act.actor.person_id
    if not request.approve:
        return _step(act, held, EditionState.REFUSED, action, ended_by=me, ended_at=act.now)
    if not second:
        return _step(act, held, EditionState.REVIEWED, action, reviewed_by=me)
    if read(held["text"]) is None:
        act.refuse("contact.rules_unreadable")
    # A moment that is past by now would rewrite by which rules was judged meanwhile.
    starts_at = max(held["starts_at"], act.now)
    return _step(act, held, EditionState.APPROVED, action, approved_by=me, approved_at=act.now, starts_at=starts_at)


@handles(RollBackRules)
def roll_back(act: Act, request: RollBackRules) -> RulesEdition:
    """The edition before decides again, as it was approved; one that waits for its moment never comes."""
    row = _held(act, request.edition_id)
    held = _require(act, row, Action.CONTACT_RULES_ROLL_BACK, request.version)
    return _step(
        act,
        held,
        EditionState.ROLLED_BACK,
        Action.CONTACT_RULES_ROLL_BACK,
        ended_by=act.actor.person_id,
        ended_at=act.now,
    )


def views(act: Act, rows: Sequence[Row]) -> tuple[RulesEdition, ...]:
    """Editions as they are shown."""
    names = staff_names(act, {row[who] for row in rows for who in ("made_by", "reviewed_by", "approved_by")})
    now = edition_in_force(act)
    return tuple(
        RulesEdition(
            edition_id=row["id"],
            edition=row["edition"],
            code=row["code"],
            state=row["state"],
            in_force=now is not None and now["id"] == row["id"],
            starts_at=row["starts_at"],
            made_by=names.get(row["made_by"], ""),
            made_at=row["made_at"],
            reviewed_by=names.get(row["reviewed_by"] or "", ""),
            approved_by=names.get(row["approved_by"] or "", ""),
            digest=sm3(row["text"].encode()).hex(),
            version=row["version"],
        )
        for row in rows
    )


def _first(act: Act, code: str = SHIPPED[0]) -> RulesEdition:
    """What came with the desk."""
    return RulesEdition(
        edition_id="",
        edition=0,
        code=code,
        state=EditionState.APPROVED.value,
        in_force=code == SHIPPED[0] and edition_in_force(act) is None,
        starts_at=0,
        made_by="",
        made_at=0,
        reviewed_by="",
        approved_by="",
        digest=sm3("\n".join(shipped_lines(code)).encode()).hex(),
        version=0,
    )


def _desk(act: Act) -> Resource:
    return Resource(kind="queue", unit_id=act.unit_id, assignee_id=act.actor.person_id, agency_id=act.actor.agency_id)


def _held(act: Act, edition_id: str) -> RowMapping | None:
    return act.proofs.get(act.uow, contact_edition, edition_id)


def _require(act: Act, row: RowMapping | None, action: Action, version: int) -> RowMapping:
    """The edition, if this person may do this to it as it was seen.

    Raises:
        Refused: `contact.no_such_edition`, `contact.edition_changed`, and the policy's.
    """
    parties = () if row is None else tuple(one for one in (row["made_by"], row["reviewed_by"]) if one is not None)
    if action is Action.CONTACT_RULES_ROLL_BACK and row is not None:
        parties = (row["made_by"],)
    unit_id = row["unit_id"] if row is not None else None
    about = Resource(kind="rules", id=row["id"] if row is not None else None, unit_id=unit_id, party_ids=parties)
    act.require(action, about if row is not None else Resource.absent("rules"), Conditions(limits=True))
    if row is None:
        act.refuse("contact.no_such_edition")
    if row["version"] != version:
        act.refuse("contact.edition_changed")
    return row


def _step(act: Act, row: Row, to: EditionState, action: Action, **changes: object) -> RulesEdition:
    if not may_step(row["state"], to):
        act.refuse("contact.edition_state")
    event = act.event(
        action,
        object_kind="rules",
        object_id=row["id"],
        detail=((DetailKey.FROM, row["state"]), (DetailKey.TO, to.value), (DetailKey.VERSION, str(row["edition"]))),
    )
    values = {"state": to.value, **changes}
    after = act.proofs.update(act.uow, contact_edition, row["id"], row["version"], values, event)
    _tell(act, row["id"])
    return views(act, [after])[0]


def _before(act: Act, row: Row) -> RowMapping | None:
    """What this edition is compared with: the approved one whose moment came last before it; none: the desk's own."""
    rows = held_rows(act.uow, act.proofs, contact_edition, contact_edition.c.state == EditionState.APPROVED.value)
    earlier = [one for one in rows if one["edition"] < row["edition"]]
    return max(earlier, key=lambda one: (one["starts_at"], one["edition"]), default=None)


def _tell(act: Act, edition_id: str) -> None:
    roles = ("supervisor", "security_admin", "compliance", "auditor")
    act.push("rules", edition_id, Audience.of(roles=roles))
