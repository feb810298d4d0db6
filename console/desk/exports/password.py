"""The password of a locked file: sealed while it waits, shown once to who asked for the file, by another way than it.

The file leaves by the outbox or a line of its own, sealed to its recipient; the password stands on the asker's screen
alone, after another one-time code, and whoever asked tells it the recipient. It opens what is left when the recipient
has opened the package, so it guards the time after. Nobody who releases or watches the file ever sees it.
"""

from __future__ import annotations

from access.audit.events import Verb
from access.policy import Action
from access.store.schema import DESK_TENANT, export_file
from console.desk.act import Act
from console.desk.api.exports import FilePassword, TakePassword
from console.desk.exports.records import Row, file_of, require, tell
from console.desk.exports.states import ExportState
from console.desk.kernel import handles
from console.desk.parts import Parts
from masking.sealing import SealContext
from watermark.visible import export_number

_OUT = frozenset({ExportState.RELEASED.value, ExportState.FETCHED.value})


def seal(parts: Parts, export_id: str, password: str) -> bytes:
    """Seal a password for its row."""
    return parts.keys.factor.seal(password, _context(parts, export_id))


@handles(TakePassword)
def take(act: Act, request: TakePassword) -> FilePassword:
    """Show it and forget it; the event that it was shown is durable before anybody reads it."""
    row = require(act, request.export_id, Action.EXPORT_FILE_PASSWORD)
    made = file_of(act, row["id"])
    if made is None or row["state"] not in _OUT:
        act.refuse("export.state")
    if made["password"] is None:
        act.refuse("export.no_password")
    number = export_number(row["serial"])
    found = act.parts.keys.factor.open(bytes(made["password"]), _context(act.parts, row["id"]))
    event = act.event(Action.EXPORT_FILE_PASSWORD, object_kind="export", object_id=number)
    act.proofs.update(act.uow, export_file, made["id"], made["version"], {"password": None}, event)
    tell(act, row)
    return FilePassword(number=number, password=found)


def forget(act: Act, row: Row) -> None:
    """The file's life is over: a password that nobody asked for goes with it."""
    made = file_of(act, row["id"])
    if made is not None and made["password"] is not None:
        number = export_number(row["serial"])
        event = act.event("export:file:remove", verb=Verb.DESTROY, object_kind="export", object_id=number)
        act.proofs.update(act.uow, export_file, made["id"], made["version"], {"password": None}, event)


def _context(parts: Parts, export_id: str) -> SealContext:
    return SealContext(DESK_TENANT, export_file.name, export_id, "", "password", parts.keys.factor.key_id)
