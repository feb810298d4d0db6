"""The second person: consents by letter or message that wait for one, confirmed or refused, never by who recorded them.

Whoever may decide on holds finds them in one list, whoever recorded one finds there what became of it. A decision is a
row of its own beside the consent, under the one event that tells of both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.structs import replace
from sqlalchemy import ColumnElement, select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.errors import RowBroken, StaleRow
from access.people.directory import held_rows
from access.policy import Action, Resource
from access.roles import Role
from access.store.proof import NEWEST, newest_version
from access.store.schema import case_file, consent_decision, contact_consent, person
from console.desk.act import Act
from console.desk.api.base import Done
from console.desk.api.consents import ConsentLine, ConsentPage, ListConsents
from console.desk.api.contact import ConfirmConsent, RefuseConsent
from console.desk.cases.display import Viewer, open_name
from console.desk.cases.rows import holding, published, resource_of
from console.desk.conditions import standing
from console.desk.contact.checking import consent_view, seen_by_another
from console.desk.contact.consents import RECORDING, find, tell
from console.desk.contact.gather import Row, zone_at
from console.desk.kernel import handles
from masking.detect import mask_text
from masking.errors import SealBroken
from masking.text import scrub

PAGE: Final = 50
_LEAST: Final = 4
_WORDS: Final = 200

Found = tuple[RowMapping, RowMapping]
"""A consent and its case."""


@handles(ConfirmConsent)
def confirm(act: Act, request: ConfirmConsent) -> Done:
    """Another person than who recorded it saw what shows it."""
    found, case = _asked(act, request.consent_id, request.version, Action.CONTACT_CONSENT_CONFIRM)
    return _decide(act, (found, case), Action.CONTACT_CONSENT_CONFIRM, "active", "")


@handles(RefuseConsent)
def refuse(act: Act, request: RefuseConsent) -> Done:
    """Another person than who recorded it did not find it shown."""
    found, case = _asked(act, request.consent_id, request.version, Action.CONTACT_CONSENT_REFUSE)
    words = mask_text(scrub(request.reason), loose=True)[:_WORDS]
    if len(words) < _LEAST:
        act.refuse("contact.reason_needed")
    return _decide(act, (found, case), Action.CONTACT_CONSENT_REFUSE, "refused", words)


def _asked(act: Act, consent_id: str, seen: int, action: Action) -> Found:
    """A consent that still waits as it was seen, for somebody who may do this to it.

    Raises:
        Refused: by the decision first; then `contact.consent_decided`, `contact.consent_lapsed`.
    """
    found, case = find(act, consent_id, action)
    act.require(action, seen_by_another(found, case), standing(act, case))
    if found["state"] != "asked" or found["version"] != seen:
        act.refuse("contact.consent_decided")
    if found["expires_at"] <= act.now:
        act.refuse("contact.consent_lapsed")
    return found, case


def _decide(act: Act, about: Found, action: Action, state: str, words: str) -> Done:
    found, case = about
    row_id = act.parts.ids.new()
    event = act.event(
        action,
        object_kind="consent",
        object_id=found["id"],
        case_id=case["id"],
        tenant_id=case["tenant_id"],
        approval_id=row_id,
        reason=found["evidence"],
        detail=((DetailKey.FROM, found["state"]), (DetailKey.TO, state)),
    )
    try:
        act.proofs.update(act.uow, contact_consent, found["id"], found["version"], {"state": state}, event)
    except RowBroken:
        raise
    except StaleRow:
        # Two at once: the other one was first.
        act.refuse("contact.consent_decided")
    values = {
        "id": row_id,
        "tenant_id": case["tenant_id"],
        "consent_id": found["id"],
        "person_id": act.actor.person_id,
        "verdict": "confirm" if state == "active" else "refuse",
        "words": words,
        "at": act.now,
    }
    proof = act.proofs.seal(consent_decision, values, version=1, event_id=event.id)
    act.db.execute(consent_decision.insert(), values | {"version": 1, "event_id": event.id, "proof": proof})
    tell(act, found, case)
    return Done()


@handles(ListConsents)
def list_consents(act: Act, request: ListConsents) -> ConsentPage:
    """A page of what waits for this person, or of what this person recorded."""
    if request.scope not in {"waiting", "mine"}:
        act.refuse("contact.scope_unknown")
    own = Resource(kind="queue", assignee_id=act.actor.person_id, unit_id=act.unit_id, agency_id=act.actor.agency_id)
    act.require(Action.CONTACT_CONSENT_LIST, own)
    found = _waiting(act, request.cursor) if request.scope == "waiting" else _mine(act, request.cursor)
    taken: list[ConsentLine] = []
    for about in found:
        line = _line(act, *about)
        if line is not None:
            taken.append(line)
        if len(taken) > PAGE:
            break
    page = _named(act, taken[:PAGE])
    act.asked = Action.CONTACT_CONSENT_LIST
    act.log(Action.CONTACT_CONSENT_LIST, object_kind="consent", object_id=request.scope, rows=len(page), level=2)
    return ConsentPage(items=page, cursor=page[-1].consent.consent_id if len(taken) > PAGE else None)


def _waiting(act: Act, cursor: str | None) -> Iterator[Found]:
    """Those that this person may confirm or refuse, each decided on apart, oldest first."""
    where = [
        contact_consent.c.state == "asked",
        contact_consent.c.expires_at > act.now,
        contact_consent.c.recorded_by != act.actor.person_id,
    ]
    if not act.allowed(Action.CONTACT_CONSENT_REFUSE, Resource(kind="desk")).allowed:
        units = {seat.unit_id for seat in act.actor.seats if seat.role is Role.SUPERVISOR and seat.unit_id}
        where.append(case_file.c.unit_id.in_(sorted(units)))
    for found, case in _found(act, where, cursor, newest=False):
        about, given = seen_by_another(found, case), standing(act, case)
        if act.allowed(Action.CONTACT_CONSENT_REFUSE, about, given).allowed:
            yield found, case


def _mine(act: Act, cursor: str | None) -> Iterator[Found]:
    """Those that this person recorded and that needed another, on cases that are still theirs to open, newest first."""
    where = [contact_consent.c.recorded_by == act.actor.person_id, contact_consent.c.evidence != RECORDING]
    for found, case in _found(act, where, cursor, newest=True):
        if act.allowed(Action.CASE_FILE_OPEN, resource_of(case), standing(act, case)).allowed:
            yield found, case


def _found(act: Act, where: Iterable[ColumnElement[bool]], cursor: str | None, *, newest: bool) -> Iterator[Found]:
    """Consents that hold, with their cases, behind the cursor; read on as long as somebody takes more."""
    key = contact_consent.c.id
    query = (
        select(contact_consent, newest_version(contact_consent).label(NEWEST))
        .join(case_file, case_file.c.id == contact_consent.c.case_id)
        .where(*where)
        .order_by(key.desc() if newest else key)
        .limit(PAGE + 1)
    )
    while True:
        behind = () if cursor is None else (key < cursor,) if newest else (key > cursor,)
        rows = act.db.execute(query.where(*behind)).mappings().all()
        cases = _cases(act, {row["case_id"] for row in rows})
        for row in act.proofs.holding(act.uow, contact_consent, rows):
            if row["case_id"] in cases:
                yield row, cases[row["case_id"]]
        if len(rows) <= PAGE:
            return
        cursor = rows[-1]["id"]


def _cases(act: Act, ids: set[str]) -> dict[str, RowMapping]:
    query = select(case_file, newest_version(case_file).label(NEWEST)).where(case_file.c.id.in_(ids), published())
    return {row["id"]: row for row in holding(act, act.db.execute(query).mappings().all())}


def _line(act: Act, found: RowMapping, case: RowMapping) -> ConsentLine | None:
    """As shown, nobody named yet; none, and reported, where the case's masks cannot be read."""
    about, given = resource_of(case), standing(act, case)
    try:
        name = open_name(act.parts, case)
    except SealBroken:
        act.parts.broken.report(case_file.name, case["id"], "display")
        return None
    opens = act.allowed(Action.CASE_FILE_OPEN, about, given).allowed
    consent = consent_view(act, found, case, found["recorded_by"])
    lapsed = found["state"] == "asked" and found["expires_at"] <= act.now
    may = () if lapsed else consent.may
    return ConsentLine(
        consent=replace(
            consent,
            state="lapsed" if lapsed else consent.state,
            may=(*may, "open") if opens else may,
        ),
        case_id=case["id"],
        case_number=case["number"],
        name=Viewer(act.parts, act.actor, about, given, act.now).mask("full_name", 1, name),
        zone=zone_at(act, case),
        staff_no="",
        mine=found["recorded_by"] == act.actor.person_id,
    )


def _named(act: Act, lines: list[ConsentLine]) -> tuple[ConsentLine, ...]:
    """The same with who recorded them, who decided, when and why."""
    ids = [line.consent.consent_id for line in lines]
    rows = held_rows(act.uow, act.proofs, consent_decision, consent_decision.c.consent_id.in_(ids)) if ids else []
    decided: dict[str, Row] = {row["consent_id"]: row for row in rows}
    wanted = {line.consent.recorded_by for line in lines} | {row["person_id"] for row in rows}
    people = {one["id"]: one for one in held_rows(act.uow, act.proofs, person, person.c.id.in_(sorted(wanted)))}
    return tuple(_with(line, decided.get(line.consent.consent_id), people) for line in lines)


def _with(line: ConsentLine, decision: Row | None, people: dict[str, RowMapping]) -> ConsentLine:
    recorder = people.get(line.consent.recorded_by)
    named = replace(
        line,
        consent=replace(line.consent, recorded_by=recorder["name"] if recorder is not None else ""),
        staff_no=recorder["staff_no"] if recorder is not None else "",
    )
    if decision is None:
        return named
    decider = people.get(decision["person_id"])
    return replace(
        named,
        decided_by=decider["name"] if decider is not None else "",
        decided_at=decision["at"],
        words=decision["words"],
    )
