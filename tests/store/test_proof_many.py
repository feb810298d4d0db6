"""Many proven rows in one act: as one by one, all or none."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from access.errors import RowBroken, StaleRow
from access.store.base import Store, UnitOfWork
from access.store.proof import RowProofs
from access.store.proof_many import Change, update_many
from access.store.schema import DESK_TENANT, capacity
from masking.gm import Sm3Mac
from tests.support.stores import make_event

COUNT = 1100
"""More than two statements' worth."""


@pytest.fixture
def proofs() -> RowProofs:
    return RowProofs(Sm3Mac(b"k" * 32))


def filled(store: Store, proofs: RowProofs, count: int) -> list[str]:
    def act(uow: UnitOfWork) -> list[str]:
        ids = [uow.ids.new() for _ in range(count)]
        for one in ids:
            values = {"id": one, "tenant_id": DESK_TENANT, "most": 1, "set_by": one}
            proofs.insert(uow, capacity, values, make_event(uow, "case:capacity:set"))
        return ids

    return store.run(act)


def raised(uow: UnitOfWork, ids: list[str], version: int = 1) -> list[Change]:
    return [Change(one, version, {"most": 7}, make_event(uow, "case:capacity:set")) for one in ids]


def held(store: Store, proofs: RowProofs) -> list[tuple[int, int]]:
    def act(uow: UnitOfWork) -> list[tuple[int, int]]:
        rows = uow.connection.execute(capacity.select()).mappings().all()
        return [(row["most"], row["version"]) for row in proofs.holding(uow, capacity, rows)]

    return store.run(act)


@pytest.mark.clause("design-4")
def test_every_row_holds_afterwards(store: Store, proofs: RowProofs) -> None:
    ids = filled(store, proofs, COUNT)
    store.run(lambda uow: update_many(uow, proofs, capacity, raised(uow, ids)))
    assert held(store, proofs) == [(7, 2)] * COUNT
    store.run(lambda uow: update_many(uow, proofs, capacity, raised(uow, ids[:3], 2)))
    assert max(held(store, proofs)) == (7, 3)


@pytest.mark.clause("design-4", "S-6-22")
def test_one_stale_row_moves_none(store: Store, proofs: RowProofs) -> None:
    ids = filled(store, proofs, 5)
    store.run(lambda uow: update_many(uow, proofs, capacity, raised(uow, ids[4:])))
    with pytest.raises(StaleRow):
        store.run(lambda uow: update_many(uow, proofs, capacity, raised(uow, ids)))
    with pytest.raises(StaleRow):
        store.run(lambda uow: update_many(uow, proofs, capacity, raised(uow, [*ids[:2], "0" * 32])))
    assert sorted(held(store, proofs)) == [(1, 1)] * 4 + [(7, 2)]


@pytest.mark.clause("design-4")
def test_one_edited_row_moves_none(store: Store, proofs: RowProofs) -> None:
    ids = filled(store, proofs, 4)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE capacity SET most = 999 WHERE id = :id"), {"id": ids[1]})
    with pytest.raises(RowBroken):
        store.run(lambda uow: update_many(uow, proofs, capacity, raised(uow, ids)))
    assert held(store, proofs) == [(1, 1)] * 3


def test_rows_of_one_call_change_alike(store: Store, proofs: RowProofs) -> None:
    ids = filled(store, proofs, 2)

    def act(uow: UnitOfWork) -> None:
        changes = [*raised(uow, ids[:1]), Change(ids[1], 1, {"set_by": ids[1]}, make_event(uow, "case:capacity:set"))]
        update_many(uow, proofs, capacity, changes)

    with pytest.raises(ValueError, match="capacity"):
        store.run(act)
