"""The budget of acts that answer to a hidden value, on both engines."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, insert, update

from access.grants import oracle
from access.grants.context import GrantDesk, Limits
from access.grants.misses import FREEZE, LIFT
from access.grants.oracle import Budget, Freeze
from access.policy import Refused, Seat
from access.roles import Role
from access.store.base import Store
from access.store.proof import RowProofs
from access.store.schema import oracle_freeze, oracle_use, tenant
from tests.support.clock import FakeClock
from tests.support.house import TENANT, House

pytestmark = pytest.mark.clause("C-5.4h", "design-4")
ONE, TWO = b"1" * 16, b"2" * 16
ANNA, BERTA = b"a" * 16, b"b" * 16


@pytest.fixture
def house(store: Store, row_proofs: RowProofs, clock: FakeClock) -> House:
    return House.build(store, row_proofs, clock)


def miss(
    house: House, name: str, *subjects: bytes, act: oracle.ActName = "search", customer: bytes | None = None
) -> tuple[Freeze, ...]:
    return house.act(name, lambda desk: oracle.spend(desk, subjects, act, missed=True, customer=customer))


def match(house: House, name: str, subject: bytes) -> None:
    assert house.act(name, lambda desk: oracle.spend(desk, [subject], "verify", missed=False, customer=ANNA)) == ()


def hit(house: House, name: str, *subjects: bytes) -> None:
    assert house.act(name, lambda desk: oracle.spend(desk, subjects, "search", missed=False)) == ()


def left(house: House, name: str, *subjects: bytes, customer: bytes | None = None) -> Budget:
    return house.act(name, lambda desk: oracle.budget(desk, house.people[name], subjects, customer))


def test_the_third_miss_over_all_staff_freezes(house: House) -> None:
    assert miss(house, "asker", ONE) == ()
    hit(house, "asker", ONE)
    assert miss(house, "colleague", ONE, act="verify") == ()
    assert not left(house, "stranger", ONE).frozen
    (made,) = miss(house, "boss", ONE, act="import")
    assert (made.subject, made.tripped_by) == (ONE, house.people["boss"])
    assert left(house, "stranger", TWO, ONE).frozen
    assert not left(house, "stranger", TWO).frozen
    assert [event.object_id for event in house.log(FREEZE)] == [made.id]
    assert house.act(None, oracle.frozen_now) == (made,)
    assert miss(house, "asker", ONE) == ()
    house.clock.advance(3 * 86_400)
    assert left(house, "stranger", ONE).frozen


def test_misses_are_forgotten_after_a_day_to_the_microsecond(house: House) -> None:
    miss(house, "asker", ONE)
    miss(house, "asker", ONE)
    house.clock.advance(86_400)
    assert miss(house, "asker", ONE) == ()
    assert miss(house, "asker", ONE) == ()
    house.clock.advance(86_400 - 1e-6)
    assert len(miss(house, "asker", ONE)) == 1


def test_another_person_unlocks(house: House) -> None:
    for _ in range(3):
        miss(house, "security", ONE)
    (made,) = house.act(None, oracle.frozen_now)
    with pytest.raises(Refused, match=r"separation\.own_request"):
        house.act("security", lambda desk: oracle.unlock(desk, made.id))
    house.clock.advance(1)
    assert house.act("compliance", lambda desk: oracle.unlock(desk, made.id)) == made
    assert not left(house, "asker", ONE).frozen
    assert house.act(None, lambda desk: oracle.freeze(desk, made.id)) is None
    with pytest.raises(Refused, match=r"freeze\.not_found"):
        house.act("compliance", lambda desk: oracle.unlock(desk, made.id))
    assert [event.person_id for event in house.log(LIFT)] == [house.people["compliance"]]
    house.clock.advance(1)
    assert miss(house, "asker", ONE) == ()
    assert miss(house, "asker", ONE) == ()
    assert len(miss(house, "asker", ONE)) == 1


def test_a_freeze_lifted_past_the_desk_stays(house: House) -> None:
    for _ in range(3):
        miss(house, "asker", ONE)
    house.store.run(
        lambda uow: uow.connection.execute(update(oracle_freeze).values(lifted_at=uow.now, lifted_by="0" * 32))
    )
    assert left(house, "asker", ONE).frozen
    assert len(house.act(None, oracle.frozen_now)) == 1
    house.store.run(lambda uow: uow.connection.execute(update(oracle_freeze).values(tripped_by="0" * 32)))
    (made,) = house.act(None, oracle.frozen_now)
    with pytest.raises(Refused, match=r"separation\.own_request"):
        house.act("asker", lambda desk: oracle.unlock(desk, made.id))
    house.store.run(lambda uow: uow.connection.execute(update(oracle_freeze).values(subject=TWO)))
    assert left(house, "asker", ONE).frozen
    assert not left(house, "asker", TWO).frozen
    assert house.act(None, oracle.frozen_now) == ()
    house.store.run(lambda uow: uow.connection.execute(delete(oracle_freeze)))
    house.clock.advance(2 * 86_400)
    assert left(house, "asker", ONE).frozen


def test_no_row_deleted_or_changed_gives_anything_back(house: House) -> None:
    house.limits = Limits(searches_an_hour=3)
    for _ in range(2):
        miss(house, "asker", ONE)
    hit(house, "asker", TWO)
    house.store.run(lambda uow: uow.connection.execute(delete(oracle_use)))
    assert left(house, "asker", TWO) == Budget(0, frozen=False, misses_left=3)
    assert len(miss(house, "colleague", ONE)) == 1


def test_searches_an_hour_count_whatever_they_found(house: House) -> None:
    house.limits = Limits(searches_an_hour=3)
    assert left(house, "asker", ONE) == Budget(3, frozen=False, misses_left=3)
    hit(house, "asker", ONE, TWO)
    miss(house, "asker", ONE, TWO)
    assert left(house, "asker").searches_left == 1
    assert left(house, "colleague").searches_left == 3
    match(house, "asker", TWO)
    assert left(house, "asker").searches_left == 1
    assert miss(house, "asker", TWO, act="verify", customer=ANNA) == ()
    assert left(house, "asker").searches_left == 0
    hit(house, "asker", TWO)
    assert left(house, "asker").searches_left == 0
    house.clock.advance(3600 - 1e-6)
    assert left(house, "asker").searches_left == 0
    house.clock.advance(1e-6)
    assert left(house, "asker").searches_left == 3


def test_a_customers_verifications_and_its_classs_searches_count_together(house: House) -> None:
    assert miss(house, "asker", ONE, act="verify", customer=ANNA) == ()
    assert miss(house, "colleague", ONE) == ()
    assert left(house, "asker", ONE, customer=ANNA).misses_left == 1
    assert left(house, "asker", ONE, customer=BERTA).misses_left == 2
    assert left(house, "asker", ONE).misses_left == 1
    (made,) = miss(house, "boss", ONE, act="verify", customer=ANNA)
    assert made.subject == ANNA
    assert left(house, "asker", ONE, customer=ANNA).frozen
    assert left(house, "asker", ONE).frozen, "a search in the class could meet her"
    assert not left(house, "asker", ONE, customer=BERTA).frozen
    assert not left(house, "asker", TWO).frozen
    assert left(house, "asker", TWO, customer=ANNA).frozen, "wherever her case goes"
    house.clock.advance(2 * 86_400)
    assert left(house, "asker", ONE).frozen
    house.act("security", lambda desk: oracle.unlock(desk, made.id))
    house.clock.advance(1)
    assert left(house, "asker", ONE) == Budget(20, frozen=False, misses_left=3)
    assert left(house, "asker", ONE, customer=ANNA) == Budget(20, frozen=False, misses_left=3)


def test_verifications_of_many_customers_do_not_add_up_and_searches_of_a_class_do(house: House) -> None:
    for customer in (ANNA, BERTA, b"c" * 16, b"d" * 16):
        assert miss(house, "asker", ONE, act="verify", customer=customer) == ()
    assert left(house, "asker", ONE).misses_left == 2
    assert miss(house, "asker", ONE) == ()
    (made,) = miss(house, "colleague", ONE)
    assert made.subject == ONE
    for customer in (ANNA, BERTA, b"e" * 16):
        assert left(house, "boss", ONE, customer=customer).frozen
    house.clock.advance(1)
    house.act("security", lambda desk: oracle.unlock(desk, made.id))
    house.clock.advance(1)
    assert left(house, "boss", ONE).misses_left == 3
    assert left(house, "boss", ONE, customer=ANNA).misses_left == 2, "her own miss was no search's"


def test_three_misses_at_once_freeze_once(house: House) -> None:
    gate = threading.Barrier(6)

    def guess(_: int) -> int:
        gate.wait(30)
        return len(miss(house, "asker", ONE))

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(guess, range(6))) == 1
    assert len(house.act(None, oracle.frozen_now)) == 1


def test_the_search_reaches_the_creditors_of_the_seats(house: House) -> None:
    def scope(desk: GrantDesk, *seats: Seat) -> tuple[str, ...]:
        actor = house.load(desk.uow, "asker", seats=seats)
        return oracle.tenants_in_scope(actor, desk.uow)

    def make(desk: GrantDesk) -> None:
        for place, tenant_id in enumerate((TENANT, "e" * 32)):
            values = {"id": tenant_id, "tenant_id": tenant_id, "code": f"t{place}", "name": "n", "created_at": desk.now}
            desk.uow.connection.execute(insert(tenant), values)

    house.act(None, make)
    ever = house.clock.now_us() + 1
    whole, one = Seat(Role.AGENT, "0" * 32, None, 0, ever), Seat(Role.AGENT, TENANT, None, 0, ever)
    over = Seat(Role.AGENT, "0" * 32, None, 0, ever - 1)
    assert house.act(None, lambda desk: scope(desk, whole)) == (TENANT, "e" * 32)
    assert house.act(None, lambda desk: scope(desk, one, over)) == (TENANT,)
    assert house.act(None, scope) == ()


def test_what_is_kept_is_what_was_asked_about_and_never_what_was_typed() -> None:
    assert {column.name for column in oracle_use.columns} == {
        "id",
        "tenant_id",
        "person_id",
        "subject",
        "act",
        "missed",
        "at",
    }
