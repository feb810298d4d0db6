"""Templates' editions: proposed whole by one, approved by compliance, retired by either; every one is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, select, text
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.people.directory import held_rows
from access.policy import Action, Resource
from access.store.schema import DESK_TENANT, message_template
from console.desk.act import Act
from console.desk.api.messages import (
    DecideTemplate,
    ListTemplates,
    ProposeTemplate,
    ReadTemplate,
    RetireTemplate,
    TemplateEdition,
    TemplateList,
    TemplateProposal,
    TemplateView,
)
from console.desk.api.strategy import RuleFault
from console.desk.cases.rows import staff_names
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.desk.messages.states import TemplateState, may_step
from console.desk.messages.templates import CODE, Template, parse, title_faults

Row = RowMapping | dict[str, Any]
_TURN: Final = text(
    "INSERT INTO contact_turn (name, tenant_id, turn) VALUES ('templates', :tenant, 1)"
    " ON CONFLICT (name) DO UPDATE SET turn = contact_turn.turn + 1"
)
_ROLES: Final = ("agent", "agency_agent", "supervisor", "compliance")


@handles(ListTemplates)
def list_templates(act: Act, request: ListTemplates) -> TemplateList:
    """Every edition, by code, the newest first; those that prove themselves."""
    act.require(Action.MESSAGE_TEMPLATE_READ, _desk(act))
    where = (message_template.c.state == TemplateState.LIVE.value,) if request.live else ()
    rows = sorted(held_rows(act.uow, act.proofs, message_template, *where), key=lambda r: (r["code"], -r["edition"]))
    act.log(Action.MESSAGE_TEMPLATE_READ, object_kind="template", object_id="list", rows=len(rows))
    return TemplateList(templates=_views(act, rows))


@handles(ReadTemplate)
def read_template(act: Act, request: ReadTemplate) -> TemplateView:
    """One edition, with what it would replace."""
    act.require(Action.MESSAGE_TEMPLATE_READ, _desk(act))
    row = _held(act, request.template_id)
    if row is None:
        act.refuse("template.none")
    act.log(Action.MESSAGE_TEMPLATE_READ, object_kind="template", object_id=row["id"], rows=1)
    live = [one for one in _live(act, row["code"]) if one["id"] != row["id"]]
    return TemplateView(
        template=_views(act, [row])[0],
        body=row["body"],
        signature=act.parts.settings.message.signature,
        replaces=live[0]["body"] if live and row["state"] == TemplateState.PROPOSED else "",
        faults=(*title_faults(row["title"]), *_read(act, row["body"])[1]),
    )


@handles(ProposeTemplate)
def propose(act: Act, request: ProposeTemplate) -> TemplateProposal:
    """A new edition, or every fault of it and none."""
    act.require(Action.MESSAGE_TEMPLATE_PROPOSE, _desk(act))
    unit_id = act.unit_id
    if unit_id is None:
        act.refuse("strategy.no_unit")
    faults = [*title_faults(request.title), *_read(act, request.body)[1]]
    if CODE.match(request.code) is None:
        faults.insert(0, RuleFault(line=1, code="template.code_unfit", what=""))
    if faults:
        act.log(
            Action.MESSAGE_TEMPLATE_PROPOSE,
            object_kind="template",
            result="refused",
            rule=faults[0].code,
            detail=((DetailKey.COUNT, str(len(faults))),),
        )
        return TemplateProposal(template=None, faults=tuple(faults))
    act.db.execute(_TURN, {"tenant": DESK_TENANT})
    newest = select(func.coalesce(func.max(message_template.c.edition), 0)).where(
        message_template.c.code == request.code
    )
    row_id = act.parts.ids.new()
    values = {
        "id": row_id,
        "tenant_id": DESK_TENANT,
        "unit_id": unit_id,
        "code": request.code,
        "edition": int(act.db.execute(newest).scalar_one()) + 1,
        "title": request.title.strip(),
        "state": TemplateState.PROPOSED.value,
        "body": request.body,
        "made_by": act.actor.person_id,
        "made_at": act.now,
    }
    event = act.event(
        Action.MESSAGE_TEMPLATE_PROPOSE,
        object_kind="template",
        object_id=row_id,
        detail=((DetailKey.NAME, request.code), (DetailKey.VERSION, str(values["edition"]))),
    )
    row = act.proofs.insert(act.uow, message_template, values, event)
    _tell(act, row_id)
    return TemplateProposal(template=_views(act, [row])[0], faults=())


@handles(DecideTemplate)
def decide(act: Act, request: DecideTemplate) -> TemplateEdition:
    """Approve, which retires what it replaces in the same act; or refuse."""
    row = _require(act, request.template_id, Action.MESSAGE_TEMPLATE_APPROVE, request.version)
    me = act.actor.person_id
    action = Action.MESSAGE_TEMPLATE_APPROVE
    if not request.approve:
        return _step(act, row, TemplateState.REFUSED, action, ended_by=me, ended_at=act.now)
    act.db.execute(_TURN, {"tenant": DESK_TENANT})
    if title_faults(row["title"]) or _read(act, row["body"])[0] is None:
        act.refuse("template.faulty")
    for other in _live(act, row["code"]):
        if other["edition"] > row["edition"]:
            act.refuse("template.overtaken")
        _step(act, other, TemplateState.RETIRED, action, ended_by=me, ended_at=act.now)
    return _step(act, row, TemplateState.LIVE, action, approved_by=me, approved_at=act.now)


@handles(RetireTemplate)
def retire(act: Act, request: RetireTemplate) -> TemplateEdition:
    """No message is written from it any more; it only forbids, so whoever may propose or approve may do it alone."""
    row = _require(act, request.template_id, Action.MESSAGE_TEMPLATE_RETIRE, request.version)
    me = act.actor.person_id
    return _step(act, row, TemplateState.RETIRED, Action.MESSAGE_TEMPLATE_RETIRE, ended_by=me, ended_at=act.now)


def live_template(act: Act, template_id: str) -> tuple[RowMapping, Template]:
    """A template that may be sent now, read.

    Raises:
        Refused: `template.none`, `template.not_live`, `template.faulty`: by today's list it may not be sent.
    """
    row = _held(act, template_id)
    if row is None:
        act.refuse("template.none")
    if row["state"] != TemplateState.LIVE:
        act.refuse("template.not_live")
    template, _ = _read(act, row["body"])
    if template is None:
        act.refuse("template.faulty")
    return row, template


def _read(act: Act, body: str) -> tuple[Template | None, tuple[RuleFault, ...]]:
    said = act.parts.settings.message
    return parse(body, signature=said.signature, account=said.account)


def _views(act: Act, rows: Sequence[Row]) -> tuple[TemplateEdition, ...]:
    names = staff_names(act, {row[who] for row in rows for who in ("made_by", "approved_by")})
    said = act.parts.settings.message
    read = {row["id"]: _read(act, row["body"])[0] for row in rows}
    return tuple(
        TemplateEdition(
            template_id=row["id"],
            code=row["code"],
            edition=row["edition"],
            title=row["title"],
            state=row["state"],
            parameters=() if template is None else tuple(sorted(template.parameters)),
            parts=0 if template is None else template.longest(said.signature, said.account),
            made_by=names.get(row["made_by"], ""),
            made_at=row["made_at"],
            approved_by=names.get(row["approved_by"] or "", ""),
            version=row["version"],
        )
        for row in rows
        for template in (read[row["id"]],)
    )


def _live(act: Act, code: str) -> list[RowMapping]:
    where = (message_template.c.code == code, message_template.c.state == TemplateState.LIVE.value)
    return list(held_rows(act.uow, act.proofs, message_template, *where))


def _desk(act: Act) -> Resource:
    return Resource(kind="queue", unit_id=act.unit_id, assignee_id=act.actor.person_id, agency_id=act.actor.agency_id)


def _held(act: Act, template_id: str) -> RowMapping | None:
    return act.proofs.get(act.uow, message_template, template_id)


def _require(act: Act, template_id: str, action: Action, version: int) -> RowMapping:
    """The edition, if this person may do this to it as it was seen.

    Raises:
        Refused: `template.none`, `template.changed`, and the policy's.
    """
    row = _held(act, template_id)
    if row is None:
        act.require(action, Resource.absent("template"))
        act.refuse("template.none")
    about = Resource(kind="template", id=row["id"], unit_id=row["unit_id"], party_ids=(row["made_by"],))
    act.require(action, about)
    if row["version"] != version:
        act.refuse("template.changed")
    return row


def _step(act: Act, row: Row, to: TemplateState, action: Action, **changes: object) -> TemplateEdition:
    if not may_step(row["state"], to):
        act.refuse("template.state")
    event = act.event(
        action,
        object_kind="template",
        object_id=row["id"],
        detail=(
            (DetailKey.NAME, row["code"]),
            (DetailKey.FROM, row["state"]),
            (DetailKey.TO, to.value),
            (DetailKey.VERSION, str(row["edition"])),
        ),
    )
    values = {"state": to.value, **changes}
    after = act.proofs.update(act.uow, message_template, row["id"], row["version"], values, event)
    _tell(act, row["id"])
    return _views(act, [after])[0]


def _tell(act: Act, template_id: str) -> None:
    act.push("templates", template_id, Audience.of(roles=_ROLES))
