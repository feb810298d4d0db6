"""Rows of filings: found, decided on, moved from state to state. Rows that do not prove themselves are not there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.people.directory import held_rows
from access.policy import Action, Conditions, Resource, barred_ids
from access.roles import Role
from access.store.schema import special_decision, special_filing
from console.desk.act import Act
from console.desk.cases.rows import load_case, resource_of
from console.desk.conditions import standing
from console.desk.hub import Audience
from console.desk.special.people import supervises
from console.desk.special.states import ENDED, FilingState, contacts, may_step

Row = RowMapping | dict[str, Any]

WATCHERS: Final = ("security_admin", "compliance", "auditor")
_APPROVES: Final = {
    Role.SUPERVISOR: Action.SPECIAL_FILING_APPROVE,
    Role.SECURITY_ADMIN: Action.SPECIAL_FILING_SECOND,
    Role.COMPLIANCE: Action.SPECIAL_FILING_COMPLY,
}


def find(act: Act, name: str) -> RowMapping | None:
    """The filing of that id or number, if it proves itself."""
    if name.startswith("S-"):
        rows = held_rows(act.uow, act.proofs, special_filing, special_filing.c.number == name)
        return rows[0] if rows else None
    return act.proofs.get(act.uow, special_filing, name)


def decisions(act: Act, filing_id: str) -> list[RowMapping]:
    """What was said about it, in the chain's order; only what holds."""
    rows = held_rows(act.uow, act.proofs, special_decision, special_decision.c.filing_id == filing_id)
    return sorted(rows, key=lambda row: int(row["place"]))


def chain_of(row: Row) -> tuple[Role, ...]:
    """Roles that must agree, in order."""
    return tuple(Role(one) for one in row["chain"].split(","))


def agreed(act: Act, row: Row) -> bool:
    """Whether everybody who must has agreed, each another person and none of them the asker (§3.3 rules 1 and 6)."""
    said = decisions(act, row["id"])
    people = {one["person_id"] for one in said}
    return (
        all(one["verdict"] == "approve" for one in said)
        and [one["role"] for one in said] == [role.value for role in chain_of(row)]
        and len(people) == len(said) >= 2  # noqa: PLR2004 - never by one alone
        and row["asker_id"] not in people
    )


def state_of(row: Row, now: int) -> FilingState:
    """Where it stands at this instant, whether or not the clockwork wrote it down yet."""
    state = FilingState(row["state"])
    if state is FilingState.ACTIVE and now >= (row["ends_at"] or 0):
        return FilingState.EXPIRED
    if state is FilingState.APPROVED and now >= (row["open_by"] or 0):
        return FilingState.LAPSED
    waiting = {FilingState.FILED, FilingState.SUP_OK, FilingState.SEC_OK}
    return FilingState.TIMED_OUT if state in waiting and now >= row["wait_until"] else state


def resource(act: Act, row: Row, said: Sequence[Row] | None = None) -> Resource:
    """A filing as the decision sees it: who filed it or said anything about it decides nothing more of it."""
    case = load_case(act, row["case_id"])
    parties = tuple(one["person_id"] for one in (decisions(act, row["id"]) if said is None else said))
    return Resource(
        kind="special",
        id=row["id"],
        tenant_id=row["tenant_id"],
        unit_id=row["unit_id"],
        requester_id=row["asker_id"],
        party_ids=parties,
        barred_ids=barred_ids(case["barred"]) if case is not None else (),
        state=row["state"],
        found=case is not None,
    )


def conditions(act: Act, row: Row, said: Sequence[Row] | None = None, *, seen: int | None = None) -> Conditions:
    """What a decision about a filing depends on. seen: the version that the person saw; none: as it stands."""
    given = decisions(act, row["id"]) if said is None else said
    first = next(((one["person_id"], Role(one["role"])) for one in given if one["verdict"] == "approve"), None)
    return Conditions(
        third_party=bool(row["third"]),
        requester_supervises=supervises(act, row["asker_id"]),
        first_approval=first,
        version=row["version"],
        seen_version=row["version"] if seen is None else seen,
    )


def next_step(act: Act, row: Row, said: Sequence[Row] | None = None) -> tuple[Action, Role] | None:
    """The act of agreeing that comes next and in which role; none when nothing is waited for."""
    if state_of(row, act.now) not in {FilingState.FILED, FilingState.SUP_OK, FilingState.SEC_OK}:
        return None
    chain, place = chain_of(row), len(decisions(act, row["id"]) if said is None else said)
    return (_APPROVES[chain[place]], chain[place]) if place < len(chain) else None


def opening(act: Act, row: Row) -> tuple[Resource, Conditions]:
    """What opening it is decided by: the case as it stands now, and whether this filing still covers it."""
    case = load_case(act, row["case_id"])
    if case is None:
        return Resource.absent("special"), Conditions()
    state = state_of(row, act.now)
    live = state in {FilingState.APPROVED, FilingState.ACTIVE} and agreed(act, row)
    given = standing(act, case)
    about = resource_of(case)
    return (
        Resource(
            kind="case",
            id=about.id,
            tenant_id=about.tenant_id,
            assignee_id=about.assignee_id,
            unit_id=about.unit_id,
            agency_id=about.agency_id,
            requester_id=row["asker_id"],
            barred_ids=about.barred_ids,
            state=about.state,
        ),
        Conditions(
            workable=given.workable,
            hold=given.hold,
            contact=contacts(row["scenario"]),
            third_party=bool(row["third"]),
            grant_state=("active" if state is FilingState.ACTIVE else "approved") if live else None,
        ),
    )


def require(act: Act, name: str, action: Action) -> RowMapping:
    """The filing, if this person may do this to it.

    Raises:
        Refused: `special.not_found` for what is missing, broken or out of reach; else the policy's codes.
    """
    row = find(act, name)
    if row is None:
        act.require(action, Resource.absent("special"))
        act.refuse("special.not_found", clause="Y-4.2.1")
    act.require(action, resource(act, row), conditions(act, row))
    return row


def step(act: Act, row: Row, to: FilingState, action: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - columns
    """Move a filing to another state, with its event.

    Raises:
        Refused: `special.state`: not from where it stands.
        StaleRow: somebody moved it meanwhile.
    """
    if not may_step(row["state"], to):
        act.refuse("special.state")
    detail = ((DetailKey.FROM, row["state"]), (DetailKey.TO, to.value), (DetailKey.KIND, row["scenario"]))
    return write(act, row, action, detail, state=to.value, **changes)


def write(
    act: Act,
    row: Row,
    action: str,
    detail: tuple[tuple[DetailKey, str], ...],
    **changes: Any,  # noqa: ANN401 - columns
) -> dict[str, Any]:
    """Change a filing by compare-and-set, with its event, and tell whom it concerns."""
    event = act.event(
        action,
        object_kind="special",
        object_id=row["id"],
        case_id=row["case_id"],
        tenant_id=row["tenant_id"],
        fields=(row["field"],),
        minutes=row["minutes"],
        reason=row["scenario"],
        detail=detail,
    )
    after = act.proofs.update(act.uow, special_filing, row["id"], row["version"], changes, event)
    tell(act, after)
    return after


def tell(act: Act, row: Row) -> None:
    """Push a change to who filed it, decides it and watches."""
    act.push("special", row["id"], Audience.of(row["asker_id"], units=(row["unit_id"],), roles=WATCHERS))


def overdue_of(act: Act, person_id: str) -> bool:
    """Whether a contact of this person's was not looked at in time."""
    open_ends = (FilingState.ACTIVE, *ENDED)
    where = (special_filing.c.asker_id == person_id, special_filing.c.state.in_([one.value for one in open_ends]))
    rows = held_rows(act.uow, act.proofs, special_filing, *where)
    return any(row["review_by"] is not None and row["review_by"] <= act.now for row in rows)
