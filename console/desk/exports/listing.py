"""Exports listed and read, by whoever has a part in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from access.policy import Action, Conditions, Resource
from access.store.schema import export_request
from console.desk.act import Act
from console.desk.api.exports import ExportList, ExportView, ListExports, ReadExport
from console.desk.exports.records import Row, decisions_on, find, next_action, resource_of
from console.desk.exports.views import view, views, visible
from console.desk.kernel import handles
from watermark.visible import export_number

_LISTED: Final = 100
_LOOKED: Final = 500


@handles(ListExports)
def list_exports(act: Act, request: ListExports) -> ExportList:
    """What waits for the viewer first, then the newest."""
    del request
    act.require(Action.EXPORT_REQUEST_LIST, Resource(kind="export", unit_id=act.unit_id), Conditions(overdue=False))
    newest = select(export_request).order_by(export_request.c.id.desc()).limit(_LOOKED)
    rows = act.proofs.holding(act.uow, export_request, act.db.execute(newest).mappings().all())
    given = decisions_on(act, [row["id"] for row in rows])
    seen = [row for row in rows if visible(act, row, given[row["id"]])]
    seen.sort(key=lambda row: not _mine(act, row, given[row["id"]]))
    shown = seen[:_LISTED]
    act.log(Action.EXPORT_REQUEST_LIST, object_kind="export", object_id="list", rows=len(shown))
    return ExportList(exports=views(act, shown))


@handles(ReadExport)
def read_export(act: Act, request: ReadExport) -> ExportView:
    """One export."""
    row = find(act, request.export_id)
    about = resource_of(act, row) if row is not None else Resource.absent("export")
    act.require(Action.EXPORT_REQUEST_LIST, about, Conditions(overdue=False))
    if row is None or not visible(act, row):
        act.refuse("export.not_found", clause="Y-4.2.1")
    act.log(Action.EXPORT_REQUEST_LIST, object_kind="export", object_id=export_number(row["serial"]))
    return view(act, row)


def _mine(act: Act, row: Row, given: Sequence[Row]) -> bool:
    """Whether the viewer is the one who decides next."""
    following = next_action(act, row, given)
    about = resource_of(act, row, given)
    return following is not None and act.allowed(following, about, Conditions(overdue=False)).allowed
