"""The other way out: a released file read once over SFTP, on a connection of its own that shows this one file.

The front door gets a descriptor, never a path; what was handed over, whole or in part, does not stay here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from access.audit.events import DetailKey, Verb
from access.people.directory import held_rows
from access.policy import Action, Conditions, Resource
from access.store.schema import export_request
from console.desk import handouts
from console.desk.act import Act
from console.desk.api.files import Handout
from console.desk.exports import making
from console.desk.exports.handing import taken
from console.desk.exports.records import file_of, require
from console.desk.exports.states import ExportState
from watermark.visible import export_number

_READ: Final = "export:file:read"


class ExportHandout:
    """Hands out what the person on the line asked for and the system admin released; the oldest first."""

    def waiting(self, act: Act) -> Handout | None:
        """The file that waits for this person."""
        me = act.actor.person_id
        about = Resource(kind="export", unit_id=act.unit_id, requester_id=me)
        act.require(Action.EXPORT_FILE_FETCH, about, Conditions(overdue=False))
        act.log(Action.EXPORT_REQUEST_LIST, object_kind="export", object_id="released")
        where = (export_request.c.asker_id == me, export_request.c.state == ExportState.RELEASED.value)
        for row in held_rows(act.uow, act.proofs, export_request, *where):
            made = file_of(act, row["id"])
            if made is not None and made["expires_at"] is not None and made["expires_at"] > act.now:
                return Handout(handout_id=row["id"], name=making.file_name(row), size=made["size"])
        return None

    def take(self, act: Act, handout_id: str) -> Path:
        """Mark it as fetched and say where it lies; the second one is refused."""
        row = require(act, handout_id, Action.EXPORT_FILE_FETCH)
        taken(act, row, "sftp")
        path = making.path_of(act.parts, row)
        if not path.is_file():
            act.refuse("export.gone")
        return path

    def end(self, act: Act, handout_id: str, *, whole: bool) -> None:
        """Reading is over: nobody reads it again, so it is destroyed here; the state says it was fetched."""
        row = require(act, handout_id, Action.EXPORT_FILE_FETCH)
        if row["state"] != ExportState.FETCHED:
            act.refuse("export.state")
        act.log(
            _READ,
            verb=Verb.TRANSMIT,
            object_kind="export",
            object_id=export_number(row["serial"]),
            result="ok" if whole else "failed",
            detail=((DetailKey.STATE, "whole" if whole else "partial"),),
        )
        making.drop_later(act, row)


handouts.provide(ExportHandout())
