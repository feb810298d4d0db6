"""Asking for an export: what may be asked, the draft, sending it off, taking it back."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from access.audit.events import DetailKey, Verb
from access.grants.counter import bump
from access.people.directory import held_rows, unit_row
from access.policy import Action, Conditions, Refused, Resource
from access.roles import Role
from access.store.schema import DESK_TENANT, export_request, org_unit
from console.desk.act import Act
from console.desk.api.exports import (
    DraftExport,
    ExportOptions,
    ExportView,
    FieldChoice,
    GetExportOptions,
    Rule,
    SubmitExport,
    UnitChoice,
    WithdrawExport,
)
from console.desk.cases.rows import require_case
from console.desk.exports import filters, making, notice, password
from console.desk.exports.chain import Judged, Reach, judge
from console.desk.exports.columns import columns, offered
from console.desk.exports.records import needs_key, overdue_of, require, step, tell
from console.desk.exports.states import ExportState
from console.desk.exports.views import view
from console.desk.kernel import handles
from masking.detect import mask_text
from masking.errors import KeyMaterialRefused
from masking.gm import Sm2PublicKey
from masking.text import scrub
from watermark.visible import export_number

_DAY: Final = 86_400 * 1_000_000
MOST_DAYS: Final = 180
_MOST_SERIAL: Final = (1 << 28) - 1
_MOST_ROWS: Final = 100_000
_LEAST_WORDS: Final = 8
_WORDS: Final = 400
_RECIPIENT: Final = 80
_REFERENCE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.#-]{0,47}")


@handles(GetExportOptions)
def options(act: Act, request: GetExportOptions) -> ExportOptions:
    """What a request may say."""
    del request
    role = _ask(act, act.unit_id)
    late = overdue_of(act, act.actor.person_id)
    catalogue = act.parts.catalogue
    analytics = offered(catalogue, role, Reach.INTERNAL, "analytics")
    act.log(Action.EXPORT_REQUEST_LIST, object_kind="export", object_id="options")
    return ExportOptions(
        fields=tuple(
            FieldChoice(name=name, level=catalogue.control_level(name), analytics=name in analytics)
            for name in offered(catalogue, role, Reach.INTERNAL, "display")
        ),
        units=tuple(
            UnitChoice(unit_id=unit["id"], name=unit["name"], agency=unit["kind"] == "agency")
            for unit in held_rows(act.uow, act.proofs, org_unit)
            if unit["kind"] != "department" and _may_ask(act, unit["id"])
        ),
        formats=making.FORMATS,
        sealed=needs_key(act.parts),
        most_days=MOST_DAYS,
        overdue=tuple(export_number(one["serial"]) for one in late),
    )


@handles(DraftExport)
def draft(act: Act, request: DraftExport) -> ExportView:
    """Write a request down; what cannot be asked for is refused here, not by whoever would have to agree."""
    request, unit_id = _of_case(act, request)
    role = _ask(act, unit_id)
    unit = unit_row(act.uow, act.proofs, unit_id)
    if unit_id is None or unit is None:
        act.refuse("export.no_unit")
    reach = Reach(request.reach)
    judged = _judge(act, request, role, reach)
    _check(act, request, reach, agency=unit["kind"] == "agency")
    _reported(act, request, judged.level)
    row_id, serial = act.parts.ids.new(), bump(act.uow, "export.serial")
    if serial > _MOST_SERIAL:
        act.refuse("export.no_serial")
    row = act.proofs.insert(
        act.uow,
        export_request,
        {
            "id": row_id,
            "tenant_id": DESK_TENANT,
            "serial": serial,
            "unit_id": unit_id,
            "asker_id": act.actor.person_id,
            "asker_role": role.value,
            "asked_at": act.now,
            "state": ExportState.DRAFT.value,
            "purpose": request.purpose,
            "words": _words(act, request.words),
            "reach": reach.value,
            "recipient": unit["name"] if reach is Reach.AGENCY else recipient_name(act, request.recipient),
            "agency_id": unit_id if reach is Reach.AGENCY else None,
            "recipient_key": _key(act, request.recipient_key),
            "fields": ",".join(request.fields),
            "filter": filters.encode(request.rule),
            "row_cap": request.row_cap,
            "profile": request.profile,
            "format": request.format,
            "locked": int(request.locked),
            "use_until": act.now + request.use_days * _DAY,
            "basis": request.basis,
            "assessment": request.assessment,
            "notice": request.notice,
            "template": request.template,
            "level": judged.level,
            "chain": ",".join(one.value for one in judged.chain),
        },
        act.event(
            "export:request:draft",
            verb=Verb.PROVIDE,
            object_kind="export",
            object_id=export_number(serial),
            fields=request.fields,
            level=judged.level,
            rows=request.row_cap,
            detail=((DetailKey.KIND, f"{reach.value}.{request.format}"), (DetailKey.STATE, "draft")),
        ),
    )
    return view(act, row)


@handles(SubmitExport)
def submit(act: Act, request: SubmitExport) -> ExportView:
    """Ask those who must agree. A file that is overdue blocks its asker (R-28b)."""
    row = require(act, request.export_id, Action.EXPORT_REQUEST_WITHDRAW)
    _ask(act, row["unit_id"], role=Role(row["asker_role"]))
    if row["version"] != request.version:
        act.refuse("export.changed")
    first = notice.earliest(row["notice"], act.parts.settings.export.holidays)
    if first is not None and _today(act) < first:
        act.refuse("export.notice_early", clause="R-73", first=first.isoformat())
    after = step(act, row, ExportState.PENDING, Action.EXPORT_REQUEST_ASK, fields=tuple(row["fields"].split(",")))
    return view(act, after)


@handles(WithdrawExport)
def withdraw(act: Act, request: WithdrawExport) -> ExportView:
    """The asker wants it no more; a file that is there, or being made, is destroyed."""
    row = require(act, request.export_id, Action.EXPORT_REQUEST_WITHDRAW)
    early = row["state"] in {ExportState.DRAFT, ExportState.PENDING}
    to = ExportState.WITHDRAWN if early else ExportState.CANCELLED
    after = step(act, row, to, Action.EXPORT_REQUEST_WITHDRAW, ended_at=act.now, verb=Verb.DELETE)
    password.forget(act, row)
    making.drop_later(act, row)
    tell(act, after)
    return view(act, after)


def _ask(act: Act, unit_id: str | None, role: Role | None = None) -> Role:
    """Decide that this person may ask for this unit's cases; in which role.

    With a role the request is sent off: in the role in which it was written down, and not while a file is overdue.
    Writing it down asks nobody for anything yet, so it takes the decision without another code.
    """
    me = act.actor.person_id
    about = Resource(kind="export", unit_id=unit_id, requester_id=me)
    if role is not None:
        act.require(Action.EXPORT_REQUEST_ASK, about, Conditions(overdue=bool(overdue_of(act, me))))
        if act.role is not role:
            act.refuse("export.not_found", clause="Y-4.2.1")
        return role
    decision = act.allowed(Action.EXPORT_REQUEST_ASK, about, Conditions(overdue=False))
    if not decision.allowed or decision.role is None:
        raise Refused(decision)
    act.role = decision.role
    return decision.role


def _may_ask(act: Act, unit_id: str) -> bool:
    about = Resource(kind="export", unit_id=unit_id, requester_id=act.actor.person_id)
    return act.allowed(Action.EXPORT_REQUEST_ASK, about, Conditions(overdue=False)).allowed


def _judge(act: Act, request: DraftExport, role: Role, reach: Reach) -> Judged:
    if columns(act.parts.catalogue, request.fields, role, reach, request.profile) is None:
        act.refuse("export.field_never", clause="R-43a")
    judged = judge(act.parts.catalogue, request.fields, reach, request.row_cap)
    if judged.blocked is not None:
        act.refuse(judged.blocked, clause="J-15")
    return judged


def _check(act: Act, request: DraftExport, reach: Reach, *, agency: bool) -> None:
    """What a form can say wrongly; each with its own words, so that it can be put right."""
    if request.purpose == "modelling" and request.profile != "analytics":
        act.refuse("export.analytics_only", clause="Y-4.8.2")
    if reach is not Reach.INTERNAL and (request.basis == "duty" or not _REFERENCE.fullmatch(request.assessment)):
        act.refuse("export.assessment_missing", clause="R-22")
    if request.assessment and not _REFERENCE.fullmatch(request.assessment):
        act.refuse("export.reference_unfit")
    if (reach is Reach.AGENCY) is not agency:
        act.refuse("export.agency_unfit", clause="J-8")
    if not 1 <= request.row_cap <= _MOST_ROWS:
        act.refuse("export.cap_unfit")
    if not 1 <= request.use_days <= MOST_DAYS:
        act.refuse("export.days_unfit", clause="R-28b", most=str(MOST_DAYS))
    if not filters.fits(request.rule):
        act.refuse("export.rule_unfit")
    if request.format not in making.FORMATS:
        act.refuse("export.format_unfit")


def _of_case(act: Act, request: DraftExport) -> tuple[DraftExport, str | None]:
    """The request with its one case by id, and whose cases it is about.

    Raises:
        Refused: `case.not_found`, as for everybody who opens a case out of reach; `export.template_unfit`.
    """
    if request.template == "list" and not request.rule.case:
        return request, request.unit_id or act.unit_id
    if not request.rule.case or request.template != "case" or request.reach != "internal" or request.row_cap != 1:
        act.refuse("export.template_unfit")
    row = require_case(act, request.rule.case, Action.CASE_FILE_OPEN)
    return replace(request, rule=Rule(case=row["id"])), row["unit_id"]


def _reported(act: Act, request: DraftExport, level: int) -> None:
    settings = act.parts.settings.export
    if request.notice and not notice.fits(request.notice, _today(act)):
        act.refuse("export.notice_unfit", clause="R-73")
    if not request.notice and notice.needed(Reach(request.reach), level, request.row_cap, settings.batch):
        act.refuse("export.notice_missing", clause="R-73", days=str(notice.WORKING_DAYS))


def _today(act: Act) -> dt.date:
    return dt.datetime.fromtimestamp(act.now / 1_000_000, ZoneInfo(act.parts.settings.zone)).date()


def _words(act: Act, text: str) -> str:
    words = mask_text(scrub(" ".join(text.split())), loose=True)
    if not _LEAST_WORDS <= len(words) <= _WORDS:
        act.refuse("export.words_unfit", least=str(_LEAST_WORDS), most=str(_WORDS))
    return words


def recipient_name(act: Act, text: str) -> str:
    """A recipient as it is written down and printed on every page.

    Raises:
        Refused: `export.recipient_unfit`: empty, too long, or a number stands in it.
    """
    name = scrub(" ".join(text.split()))
    # What is printed on every page is an office's or a firm's name: never what may be a customer's name or number.
    if not 1 < len(name) <= _RECIPIENT or mask_text(name, loose=True) != name:
        act.refuse("export.recipient_unfit")
    return name


def _key(act: Act, pem: str) -> bytes | None:
    if not pem.strip():
        if needs_key(act.parts):
            act.refuse("export.no_key", clause="Y-4.8.3")
        return None
    try:
        return Sm2PublicKey.from_pem(pem).raw
    except KeyMaterialRefused:
        act.refuse("export.key_unfit", clause="Y-4.8.3")
