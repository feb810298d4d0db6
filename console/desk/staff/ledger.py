"""The training ledger and the confidentiality agreement: who keeps them, who checks, and what shutting out brings."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.people import departures, staff, training
from access.people.directory import held_rows, person_row
from access.policy import Action, Resource
from access.store.schema import person
from console.desk.act import Act
from console.desk.api.base import Done
from console.desk.api.training import (
    CheckTraining,
    Ledger,
    ListTraining,
    RecordAgreement,
    RecordTraining,
    TrainingEntry,
)
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.desk.staff.losing import end_reveals, reroute
from console.desk.staff.targets import require_person, target, tell
from console.desk.staff.views import gates_of

_LIST: Final = Action.ACCOUNT_TRAINING_LIST
_MOST: Final = 500


@handles(ListTraining)
def list_training(act: Act, request: ListTraining) -> Ledger:
    """One's own entries, the team's, or everybody's; and how the viewer stands."""
    me = act.actor.person_id
    everybody = act.allowed(_LIST, Resource(kind="desk")).allowed
    team = act.unit_id if act.allowed(_LIST, Resource(kind="desk", unit_id=act.unit_id)).allowed else None
    if not everybody and team is None:
        act.require(_LIST, Resource(kind="desk", subject_person_id=me))
    where = () if everybody else (person.c.unit_id == team,) if team else (person.c.id == me,)
    if request.person_id:
        where = (*where, person.c.id == request.person_id)
    people = {row["id"]: row for row in held_rows(act.uow, act.proofs, person, *where)}
    entries = [row for row in training.records(act.uow, act.proofs) if row["person_id"] in people][:_MOST]
    own = person_row(act.uow, act.proofs, me)
    act.asked = _LIST
    act.log(_LIST, object_kind="person", rows=len(entries))
    return Ledger(
        entries=tuple(_entry(act, row) for row in entries),
        whole=everybody or team is not None,
        trained_until=own["trained_until"] if own is not None else None,
        agreement_until=own["confidentiality_until"] if own is not None else None,
        gates=gates_of(own, act.now) if own is not None else (),
    )


@handles(RecordTraining)
def record_training(act: Act, request: RecordTraining) -> TrainingEntry:
    """Enter a course. An entry about oneself waits for compliance."""
    row = require_person(act, request.person_id, Action.ACCOUNT_TRAINING_RECORD)
    entry = training.record(
        act,
        row["id"],
        kind=request.kind,
        held_on=request.held_on,
        minutes=request.minutes,
        passed=request.passed,
        content=request.content,
        score=request.score,
        entered_by=act.actor.person_id,
        zone=act.parts.settings.zone,
    )
    shut_or_open(act, row["id"])
    return _entry(act, entry)


@handles(CheckTraining)
def check_training(act: Act, request: CheckTraining) -> TrainingEntry:
    """Compliance lets an entry stand, or strikes it out, which shuts out at once who has no other."""
    entry = training.record_row(act.uow, act.proofs, request.record_id)
    row = person_row(act.uow, act.proofs, entry["person_id"]) if entry is not None else None
    act.require(Action.ACCOUNT_TRAINING_CHECK, target(row, entry["entered_by"] if entry is not None else None))
    if entry is None or row is None:
        act.refuse("training.not_found")
    written = training.check(act, entry, act.actor.person_id, good=request.good)
    shut_or_open(act, row["id"])
    return _entry(act, written)


@handles(RecordAgreement)
def record_agreement(act: Act, request: RecordAgreement) -> Done:
    """Note a signature, and until when it binds."""
    row = require_person(act, request.person_id, Action.ACCOUNT_AGREEMENT_RECORD)
    zone = act.parts.settings.zone
    try:
        signed = date.fromisoformat(request.signed_on)
        until = departures.freeze_instant(date.fromisoformat(request.until), zone) if request.until else None
    except (ValueError, OverflowError):
        act.refuse("agreement.day_unfit")
    if signed > training.today(act.now, zone):
        act.refuse("agreement.day_unfit")
    at = min(act.now, departures.freeze_instant(signed, zone))
    if at <= 0 or (until is not None and until <= at):
        act.refuse("agreement.day_unfit")
    staff.change_person(act, row["id"], confidentiality_signed_at=at, confidentiality_until=until)
    act.log(Action.ACCOUNT_AGREEMENT_RECORD, object_kind="person", object_id=row["id"])
    shut_or_open(act, row["id"])
    return Done()


def shut_or_open(act: Act, person_id: str) -> None:
    """After somebody's gates may have changed: whoever is shut out loses what is plain or waits, and is told."""
    row = person_row(act.uow, act.proofs, person_id)
    if row is None:
        return
    gates = gates_of(row, act.now)
    if gates:
        end_reveals(act, person_id, "gated")
        reroute(act)
        act.log(
            "account:gate:close",
            object_kind="person",
            object_id=person_id,
            detail=tuple((DetailKey.KIND, gate) for gate in gates),
        )
    act.push("session", person_id, Audience.of(person_id))
    tell(act, person_id, row["unit_id"])


def _entry(act: Act, row: RowMapping | dict[str, object]) -> TrainingEntry:
    people = {
        one: person_row(act.uow, act.proofs, str(one))
        for one in {row["person_id"], row["entered_by"], row["checked_by"]} - {None}
    }
    who = people[row["person_id"]]

    def name(person_id: object) -> str:
        found = people.get(person_id)
        return found["name"] if found is not None else ""

    return TrainingEntry(
        record_id=str(row["id"]),
        person_id=str(row["person_id"]),
        staff_no=who["staff_no"] if who is not None else "",
        name=name(row["person_id"]),
        kind=str(row["kind"]),
        held_on=str(row["held_on"]),
        minutes=int(str(row["minutes"])),
        score=int(str(row["score"])) if row["score"] is not None else None,
        passed=bool(row["passed"]),
        content=str(row["content"]),
        valid_until=int(str(row["valid_until"])),
        state=str(row["state"]),
        entered_by=name(row["entered_by"]),
        checked_by=name(row["checked_by"]),
    )
