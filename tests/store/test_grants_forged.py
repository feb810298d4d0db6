"""Rows of reveals that somebody wrote past the desk, and two people who click at once, on both engines."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Table, insert, select, update

from access.errors import EventRefused
from access.grants import live, requests
from access.grants.context import MINUTE, GrantDesk, Limits
from access.policy import Refused
from access.roles import Role
from access.store.base import Store, UnitOfWork
from access.store.proof import RowProofs, Why
from access.store.schema import (
    DESK_TENANT,
    org_unit,
    person,
    reveal_decision,
    reveal_grant,
    reveal_request,
    role_grant,
)
from tests.support.clock import FakeClock
from tests.support.house import TEAM, WORKABLE, House
from tests.support.stores import make_event

Broken = list[tuple[str, str, Why]]
yes_rows = pytest.mark.clause("design-4", "C-5.4c")


@pytest.fixture
def house(store: Store, row_proofs: RowProofs, clock: FakeClock) -> House:
    return House.build(store, row_proofs, clock)


def refused(work: Callable[..., Any], *given: Any, **more: Any) -> str:
    with pytest.raises(Refused) as caught:
        work(*given, **more)
    return caught.value.code


def edit(house: House, table: Table, row_id: str, **changes: Any) -> None:
    """What somebody with the database's password can do."""
    house.store.run(lambda uow: uow.connection.execute(update(table).where(table.c.id == row_id).values(**changes)))


def row(house: House, table: Table, row_id: str) -> dict[str, Any]:
    query = select(table).where(table.c.id == row_id)
    return house.store.run(lambda uow: dict(uow.connection.execute(query).mappings().one()))


def about(house: House, table: Table, request: Any) -> list[str]:
    query = select(table.c.id).where(table.c.request_id == request["id"])
    return house.store.run(lambda uow: list(uow.connection.execute(query).scalars()))


def decision_of(house: House, request: Any, stage: int = 1) -> dict[str, Any]:
    query = select(reveal_decision).where(
        reveal_decision.c.request_id == request["id"], reveal_decision.c.stage == stage
    )
    return house.store.run(lambda uow: dict(uow.connection.execute(query).mappings().one()))


@yes_rows
@pytest.mark.parametrize(
    "changes",
    [
        {"minutes": 60},
        {"fields": "employer_name,home_address"},
        {"person_id": "colleague"},
        {"state": "active", "first_view_at": 1, "ends_at": 2**60},
        {"open_by": 2**60},
        {"case_id": "2" * 32},
    ],
)
def test_an_edited_grant_is_none(house: House, broken_rows: Broken, changes: dict[str, Any]) -> None:
    grant = house.grant()
    wanted = {
        key: house.people.get(value, value) if isinstance(value, str) else value for key, value in changes.items()
    }
    edit(house, reveal_grant, grant["id"], **wanted)
    for name in ("asker", "colleague"):
        assert refused(house.view, name, grant) in {"grant.not_live", "case.not_found"}
    assert ("reveal_grant", grant["id"], "proof") in broken_rows
    assert house.log("case:field:reveal") == []
    assert house.act(None, live.expire_due) == []


@yes_rows
@pytest.mark.parametrize(
    ("table", "changes"),
    [
        (reveal_request, {"requester_id": "colleague"}),
        (reveal_request, {"state": "pending"}),
        (reveal_request, {"minutes": 60}),
        (reveal_request, {"tier": "U2"}),
        (reveal_decision, {"approver_id": "asker"}),
        (reveal_decision, {"verdict": "refuse"}),
        (reveal_decision, {"minutes": 60}),
        (reveal_decision, {"approver_role": "security_admin"}),
    ],
)
def test_a_grant_is_worth_what_stands_behind_it(
    house: House, broken_rows: Broken, table: Table, changes: dict[str, Any]
) -> None:
    request = house.ask_both()
    house.decide("boss", request)
    house.decide("security", request)
    grant = house.granted(request)
    row_id = request["id"] if table is reveal_request else decision_of(house, request)["id"]
    edit(house, table, row_id, **{key: house.people.get(str(value), value) for key, value in changes.items()})
    assert refused(house.view, "asker", grant, "id_number") == "grant.not_live"
    assert (table.name, row_id, "proof") in broken_rows


@yes_rows
def test_an_ended_grant_put_back_stays_ended(house: House, broken_rows: Broken) -> None:
    grant = house.grant()
    house.view("asker", grant)
    active = row(house, reveal_grant, grant["id"])
    house.revoke("boss", grant)
    edit(house, reveal_grant, grant["id"], **{key: value for key, value in active.items() if key != "id"})
    assert refused(house.view, "asker", grant) == "grant.not_live"
    assert broken_rows[-1] == ("reveal_grant", grant["id"], "version")
    edit(house, reveal_grant, grant["id"], **{key: grant[key] for key in grant if key != "id"})
    assert refused(house.view, "asker", grant) == "grant.not_live"


@yes_rows
def test_a_refused_request_put_back_is_not_decided_again(house: House) -> None:
    request = house.ask()
    pending = row(house, reveal_request, request["id"])
    house.decide("boss", request, "refuse")
    edit(house, reveal_request, request["id"], **{key: value for key, value in pending.items() if key != "id"})
    assert refused(house.decide, "boss", request) == "request.not_found"
    assert house.act("boss", requests.inbox) == []
    assert house.act(None, requests.time_out_due) == []


@yes_rows
def test_rows_from_nowhere_open_nothing(house: House, broken_rows: Broken) -> None:
    """A whole chain of request, approval and grant, copied from a true one under new names."""
    request = house.ask()
    house.decide("boss", request)
    grant, decision = house.granted(request), decision_of(house, request)
    settled = row(house, reveal_request, request["id"])
    ids = {old: f"{place}" * 32 for place, old in enumerate((request["id"], decision["id"], grant["id"]), start=5)}

    def forge(uow: UnitOfWork) -> None:
        for table, source in ((reveal_request, settled), (reveal_decision, decision), (reveal_grant, grant)):
            copy = {key: ids.get(str(value), value) for key, value in dict(source).items()}
            if table is reveal_request:
                copy["number"] = "R-99999999"
            uow.connection.execute(insert(table), copy)

    house.store.run(forge)
    forged = {"id": ids[grant["id"]]}
    assert refused(house.view, "asker", forged) == "grant.not_live"
    assert broken_rows[-1][:2] == ("reveal_grant", forged["id"])
    assert house.view("asker", grant)["state"] == "active"
    live_ids = house.act(None, lambda desk: [one["id"] for one in live.live_grants(desk.uow, desk.proofs, desk.now)])
    assert live_ids == [grant["id"]]
    assert house.ask(fields=("loan_number",))["number"] == "R-100000000"


@yes_rows
def test_an_approval_copied_to_another_request_approves_nothing(house: House) -> None:
    first, second = house.ask_both(), house.ask(fields=("id_number",), words="the same again, please", minutes=5)
    house.decide("boss", first)
    house.decide("boss", second)
    house.decide("security", first)
    copied = decision_of(house, first, 2) | {"id": "7" * 32, "request_id": second["id"]}
    house.store.run(lambda uow: uow.connection.execute(insert(reveal_decision), copied))
    edit(house, reveal_request, second["id"], state="approved")
    assert refused(house.decide, "security", second) == "request.not_found"


@yes_rows
@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.SECURITY_ADMIN])
def test_nobody_writes_themselves_a_role(house: House, broken_rows: Broken, role: Role) -> None:
    request = house.ask_both()
    forged = {
        "id": "6" * 32,
        "tenant_id": DESK_TENANT,
        "person_id": house.people["colleague"],
        "role": role.value,
        "unit_id": TEAM if role is Role.SUPERVISOR else None,
        "valid_from": 0,
        "valid_until": 2**60,
        "state": "active",
        "requested_by": "8" * 32,
        "approved_by": "9" * 32,
        "version": 1,
        "event_id": request["event_id"],
        "proof": bytes(32),
    }
    house.store.run(lambda uow: uow.connection.execute(insert(role_grant), forged))
    assert refused(house.decide, "colleague", request) == "role.denied"
    seats = house.act("asker", lambda desk: requests.approvers_for(desk, request, "U3", third_party=False))
    assert house.people["colleague"] not in {seat.person_id for seat in seats}
    assert ("role_grant", "6" * 32, "proof") in broken_rows


@yes_rows
def test_a_revoked_role_put_back_approves_nothing(house: House) -> None:
    request = house.ask()
    query = select(role_grant).where(role_grant.c.person_id == house.people["boss"])
    before = house.store.run(lambda uow: dict(uow.connection.execute(query).mappings().one()))
    house.take("boss", Role.SUPERVISOR)
    edit(house, role_grant, before["id"], **{key: value for key, value in before.items() if key != "id"})
    assert refused(house.decide, "boss", request) == "role.denied"


@yes_rows
def test_a_forged_deputy_does_not_stand_in(house: House) -> None:
    request = house.ask()
    house.clock.advance(5 * 60)
    edit(house, org_unit, TEAM, deputy_id=house.people["stranger"])
    house.give("stranger", Role.SUPERVISOR, "b" * 32)
    assert refused(house.decide, "stranger", request) == "request.not_found"
    assert refused(house.decide, "deputy", request) == "request.not_found"


@yes_rows
def test_a_forged_person_neither_asks_nor_approves(house: House) -> None:
    request = house.ask()
    house.set_person("boss", state="suspended")
    edit(house, person, house.people["boss"], state="active")
    with pytest.raises(AssertionError):
        house.decide("boss", request)
    assert house.request(request)["state"] == "pending"


@pytest.mark.clause("design-4", "S-4.1")
def test_of_two_decisions_at_once_one_wins(house: House) -> None:
    house.join("boss2", Role.SUPERVISOR)
    verdicts = [("boss", "approve"), ("boss2", "refuse"), ("boss", "approve"), ("boss2", "approve")]
    for _ in range(3):
        request = house.ask()
        gate = threading.Barrier(len(verdicts))

        def click(who: str, verdict: str, request: Any = request, gate: threading.Barrier = gate) -> str:
            gate.wait(30)
            try:
                return str(house.decide(who, request, verdict)["state"])
            except Refused as no:
                return no.code

        with ThreadPoolExecutor(len(verdicts)) as pool:
            answers = sorted(pool.map(lambda one: click(*one), verdicts))
        assert answers.count("reveal.decided_already") == 3
        (state,) = set(answers) - {"reveal.decided_already"}
        assert len(about(house, reveal_decision, request)) == 1
        grants = about(house, reveal_grant, request)
        assert len(grants) == (state == "approved")
        for grant_id in grants:
            house.revoke("asker", {"id": grant_id})


@pytest.mark.clause("design-4", "C-5.4h")
def test_at_once_the_last_of_the_quota_goes_once_and_no_number_twice(house: House) -> None:
    house.limits = Limits(u2_a_day=5)
    fields = ["employer_name", "loan_number", "birth_date", "employer_address"] * 2
    gate = threading.Barrier(len(fields))

    def click(field: str) -> str:
        gate.wait(30)
        try:
            return str(house.ask(fields=(field,))["number"])
        except Refused as no:
            return no.code

    with ThreadPoolExecutor(len(fields)) as pool:
        answers = sorted(pool.map(click, fields))
    assert answers == [f"R-{number:08d}" for number in range(1, 6)] + ["quota.spent"] * 3


@pytest.mark.clause("design-4", "C-5.4d-2")
def test_first_views_at_once_start_the_minutes_once(house: House) -> None:
    grant = house.grant()
    gate = threading.Barrier(4)

    def look(_: int) -> int:
        gate.wait(30)
        return int(house.view("asker", grant)["ends_at"])

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(look, range(4))) == {house.clock.now_us() + 5 * MINUTE}
    assert row(house, reveal_grant, grant["id"])["version"] == 2
    assert len(house.log("case:field:reveal")) == 4


@pytest.mark.clause("design-4", "C-5.4d-2")
def test_revoked_while_opened_leaves_no_reading_afterwards(house: House) -> None:
    grant = house.grant()
    gate = threading.Barrier(2)

    def look() -> str:
        gate.wait(30)
        try:
            return str(house.view("asker", grant)["state"])
        except Refused as no:
            return no.code

    def end() -> str:
        gate.wait(30)
        return str(house.revoke("boss", grant)["state"])

    with ThreadPoolExecutor(2) as pool:
        seen, ended = pool.submit(look), pool.submit(end)
        assert ended.result() == "revoked"
        assert len(house.log("case:field:reveal")) == (seen.result() == "active")
    assert refused(house.view, "asker", grant) == "grant.not_live"


def test_nothing_is_shown_when_the_log_cannot_be_written(house: House) -> None:
    grant = house.grant()

    def spoiled(uow: UnitOfWork) -> None:
        actor = house.load(uow, "asker")

        def event(action: str, **more: Any) -> Any:
            return make_event(uow, str(action), **(more | {"object_kind": "no such: kind"}))

        desk = GrantDesk(uow, house.proofs, actor, event, uow.ids)
        live.open_value(desk, grant["id"], house.cases["one"], WORKABLE, "employer_name")

    with pytest.raises(EventRefused):
        house.store.run(spoiled)
    assert row(house, reveal_grant, grant["id"])["state"] == "approved"
