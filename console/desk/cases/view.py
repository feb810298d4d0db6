"""One case as its viewer sees it. Opening is an event; another's case and a missing one are answered alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.grants.live import live_grants
from access.policy import Action
from access.store.schema import account, import_batch, source
from console.desk.act import Act
from console.desk.api.cases import AccountView, CaseView, FieldView, GrantView, OpenCase
from console.desk.cases.display import HIDDEN, Viewer, open_display, parse_slot
from console.desk.cases.rows import line, require_case, resource_of, staff_names
from console.desk.cases.timeline import page
from console.desk.contact.reach import standing_in_full
from console.desk.kernel import handles
from console.desk.notes.spans import hidden
from console.desk.notes.visible import NOTE
from console.desk.reveals.views import grant_view
from console.desk.strategy.live import advice_in_force
from console.desk.work.drafts import kinds_of
from console.desk.work.hold_views import of_case
from console.desk.work.promises import latest_promise
from masking.catalogue import Tier
from masking.masks import MaskCode, render

_FIRST_ENTRIES = 12


@handles(OpenCase)
def open_case(act: Act, request: OpenCase) -> CaseView:
    """Everything the case screen shows at first."""
    row = require_case(act, request.case_id, Action.CASE_FILE_OPEN)
    viewer = Viewer(act.parts, act.actor, resource_of(row), standing_in_full(act, row), act.now)
    masked = open_display(act.parts, row)
    grants = _own_grants(act, row)
    fields = _fields(act, row, viewer, masked, grants)
    names = staff_names(act, {row["assignee_id"]})
    act.log(
        Action.CASE_FILE_OPEN,
        object_kind="case",
        object_id=row["id"],
        case_id=row["id"],
        tenant_id=row["tenant_id"],
        fields=tuple(sorted({field.name for field in fields})),
        rows=1,
        level=2,
    )
    return CaseView(
        row=line(row, viewer, masked.get("full_name", ""), names.get(row["assignee_id"] or "", "")),
        fields=fields,
        accounts=_accounts(act, row, viewer),
        grants=grants,
        timeline=page(act, row, None, _FIRST_ENTRIES, looks_only=False).entries,
        source=_source(act, row["batch_id"]),
        version=row["version"],
        zone=row["zone"],
        promise=latest_promise(act, row["id"]),
        holds=of_case(act, row),
        drafts=kinds_of(act, row["id"]),
        advice=advice_in_force(act, row),
    )


def _own_grants(act: Act, row: RowMapping) -> tuple[GrantView, ...]:
    return tuple(
        grant_view(act, grant)
        for grant in live_grants(act.uow, act.parts.proofs, act.now, person_id=act.actor.person_id, case_id=row["id"])
    )


def _fields(
    act: Act, row: RowMapping, viewer: Viewer, masked: dict[str, str], grants: tuple[GrantView, ...]
) -> tuple[FieldView, ...]:
    granted = {(ref.name, ref.ordinal): grant.grant_id for grant in grants for ref in grant.fields}
    shown: list[FieldView] = []
    order = {name: place for place, name in enumerate(act.parts.catalogue.fields)}
    for slot in sorted(masked, key=lambda one: (order.get(parse_slot(one)[0], 99), parse_slot(one)[1])):
        name, ordinal = parse_slot(slot)
        text = viewer.mask(name, ordinal, masked[slot])
        if text == HIDDEN:
            continue
        tier = viewer.tier(name)
        shown.append(
            FieldView(
                name=name,
                ordinal=ordinal,
                masked=text,
                code=str(viewer.cell(name).code),
                tier=str(tier),
                grant_id=granted.get((name, ordinal)),
            )
        )
    return (*shown, *_notes(act, row, granted))


def _notes(act: Act, row: RowMapping, granted: dict[tuple[str, int], str]) -> Iterator[FieldView]:
    """Notes that may be seen whole for now stand among the fields, where they are opened and hidden like those."""
    places = tuple(ordinal for name, ordinal in granted if name == NOTE)
    for one in reversed(hidden(act, row, places)) if places else ():
        yield FieldView(
            name=NOTE,
            ordinal=one.ordinal,
            masked=one.text,
            code=str(MaskCode.INLINE),
            tier=str(Tier.U2),
            grant_id=granted[NOTE, one.ordinal],
        )


def _accounts(act: Act, row: RowMapping, viewer: Viewer) -> tuple[AccountView, ...]:
    found = (
        act.db.execute(
            select(account)
            .join(import_batch, import_batch.c.id == account.c.batch_id)
            .where(account.c.case_id == row["id"], import_batch.c.state == "published")
            .order_by(account.c.id)
        )
        .mappings()
        .all()
    )
    return tuple(_account(one, viewer) for one in act.parts.published.only(act.uow, act.proofs, found))


def _account(one: RowMapping, viewer: Viewer) -> AccountView:
    def exact(field: str, value: Any) -> Any:  # noqa: ANN401 - money, text or None as stored
        return value if viewer.cell(field).code in (MaskCode.AMT, MaskCode.SHOWN) else None

    return AccountView(
        account_id=one["id"],
        loan=viewer.mask("loan_number", 1, one["loan_tail"]),
        product=one["product"],
        bill_period=one["bill_period"],
        currency=one["currency"],
        principal=exact("principal", one["principal"]),
        interest=exact("interest", one["interest"]),
        fees=exact("fees", one["fees"]),
        due=exact("due_amount", one["due"]),
        due_bucket=render(MaskCode.BKT, str(one["due"] // 100)),
        rate=exact("interest_rate", one["rate"]),
        days_past_due=one["days_past_due"],
        due_date=one["due_date"],
        last_paid=exact("repayment_record", one["last_paid"]),
        last_paid_on=one["last_paid_on"],
        state=one["state"],
    )


def _source(act: Act, batch_id: str) -> str:
    query = select(source.c.name).join(import_batch, import_batch.c.source_id == source.c.id)
    return str(act.db.execute(query.where(import_batch.c.id == batch_id)).scalar() or "")
