"""What ends by itself: a file that nobody released or fetched in time is destroyed, and a fetched one's copy here too.

That a file's use is over needs no act: it is judged whenever its asker asks for another one (`records.overdue_of`).
"""

from __future__ import annotations

from access.audit.events import Verb
from access.store.schema import export_file, export_request
from console.desk.act import Act
from console.desk.exports import making
from console.desk.exports.records import file_of, step
from console.desk.exports.states import ExportState
from watermark.visible import export_number


def expire(act: Act, export_id: str) -> None:
    """End one export whose time here is over; nothing when it is not, or somebody was quicker."""
    row, made = act.proofs.get(act.uow, export_request, export_id), file_of(act, export_id)
    if row is None or made is None or made["expires_at"] is None or made["expires_at"] > act.now:
        return
    if row["state"] in {ExportState.READY, ExportState.RELEASED}:
        step(act, row, ExportState.EXPIRED, "export:file:expire", verb=Verb.DESTROY, ended_at=act.now)
    elif row["state"] != ExportState.FETCHED or made["removed_at"] is not None:
        return
    event = act.event(
        "export:file:remove", verb=Verb.DESTROY, object_kind="export", object_id=export_number(row["serial"])
    )
    changes = {"removed_at": act.now, "password": None}
    act.proofs.update(act.uow, export_file, made["id"], made["version"], changes, event)
    making.drop_later(act, row)
