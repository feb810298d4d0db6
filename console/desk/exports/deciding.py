"""Agreeing to an export, one after the other, each another person; and stopping it."""

from __future__ import annotations

from access.audit.events import DetailKey, Verb
from access.policy import Action
from access.store.schema import DESK_TENANT, export_decision
from console.desk.act import Act
from console.desk.api.exports import CancelExport, DecideExport, ExportView
from console.desk.exports import making, password
from console.desk.exports.records import Row, agreed, chain_of, decisions, find, next_action, require, step, tell
from console.desk.exports.states import ExportState
from console.desk.exports.views import view
from console.desk.kernel import handles
from masking.detect import mask_text
from masking.text import scrub
from watermark.visible import export_number

STOPPED = 99
_WORDS = 200
_LEAST = 4


@handles(DecideExport)
def decide(act: Act, request: DecideExport) -> ExportView:
    """One step of the chain. After the last one the desk makes the file, by itself."""
    row = find(act, request.export_id)
    action = (next_action(act, row) if row is not None else None) or Action.EXPORT_REQUEST_SECOND
    row = require(act, request.export_id, action)
    if row["version"] != request.version:
        act.refuse("export.changed")
    place = len(decisions(act, row["id"])) + 1
    if row["state"] != ExportState.PENDING or place > len(chain_of(row)):
        act.refuse("export.state")
    words = _words(act, request.words, needed=not request.approve)
    _note(act, row, action, place, "approve" if request.approve else "refuse", words)
    if not request.approve:
        after = step(act, row, ExportState.REJECTED, action, ended_at=act.now, verb=Verb.DELETE)
    elif place < len(chain_of(row)):
        after = step(act, row, ExportState.PENDING, action)
    else:
        if not agreed(act, row):
            act.refuse("export.not_agreed", clause="§3.3-12")
        after = step(act, row, ExportState.APPROVED, action)
        making.start_later(act, after)
    return view(act, after)


@handles(CancelExport)
def cancel(act: Act, request: CancelExport) -> ExportView:
    """Security or compliance stops it before it is fetched; a file that is there is destroyed."""
    row = require(act, request.export_id, Action.EXPORT_REQUEST_CANCEL)
    words = _words(act, request.words, needed=True)
    _note(act, row, Action.EXPORT_REQUEST_CANCEL, STOPPED, "stop", words)
    after = step(act, row, ExportState.CANCELLED, Action.EXPORT_REQUEST_CANCEL, ended_at=act.now, verb=Verb.DELETE)
    password.forget(act, row)
    making.drop_later(act, row)
    tell(act, after)
    return view(act, after)


def _words(act: Act, text: str, *, needed: bool) -> str:
    words = mask_text(scrub(" ".join(text.split())), loose=True)[:_WORDS]
    if needed and len(words) < _LEAST:
        act.refuse("export.why_missing", least=str(_LEAST))
    return words


def _note(act: Act, row: Row, action: Action, place: int, verdict: str, words: str) -> None:  # noqa: PLR0917 - one row's columns
    act.proofs.insert(
        act.uow,
        export_decision,
        {
            "id": act.parts.ids.new(),
            "tenant_id": DESK_TENANT,
            "export_id": row["id"],
            "place": place,
            "role": (act.role or chain_of(row)[place - 1]).value,
            "person_id": act.actor.person_id,
            "verdict": verdict,
            "words": words,
            "at": act.now,
        },
        act.event(
            action,
            object_kind="export",
            object_id=export_number(row["serial"]),
            level=row["level"],
            detail=((DetailKey.VERDICT, verdict), (DetailKey.COUNT, str(place))),
        ),
    )
