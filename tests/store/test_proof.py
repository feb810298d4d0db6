"""Rows that prove themselves, over every proven table, on both engines."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Integer, LargeBinary, Table, delete, select, update
from sqlalchemy.engine import RowMapping

from access.errors import RowBroken, StaleRow
from access.ids import UuidIds
from access.store import triggers
from access.store.base import Store, UnitOfWork
from access.store.postgres_store import PostgresStore
from access.store.proof import NEWEST, RowProofs, Why, newest_version, proven_columns, subject_of
from access.store.schema import DESK_TENANT, audit_event, export_file, metadata, role_grant
from masking.gm import Sm3Mac
from tests.support.stores import ROW_KEY, make_event

PROVEN = [table for table in metadata.sorted_tables if "proven" in table.info]
Broken = list[tuple[str, str, Why]]
both = pytest.mark.clause("design-4")


def plausible(table: Table, uow: UnitOfWork, salt: int = 0) -> dict[str, Any]:
    """A row of a table, with a value in every column."""
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.name in {"version", "event_id", "proof"}:
            continue
        if column.name == "id" or (column.type.python_type is str and getattr(column.type, "length", 0) == 32):
            row[column.name] = uow.ids.new()
        elif isinstance(column.type, Integer):
            row[column.name] = 3 + salt
        elif isinstance(column.type, LargeBinary):
            row[column.name] = bytes([7 + salt])
        else:
            row[column.name] = f"v{salt}"
    row["tenant_id"] = DESK_TENANT
    return row


def other(value: Any) -> Any:
    if isinstance(value, int):
        return value + 1
    if isinstance(value, bytes):
        return value + b"x"
    return f"{value[:-1]}{'a' if value[-1] != 'a' else 'b'}"


def read(uow: UnitOfWork, table: Table, row_id: str) -> RowMapping:
    return uow.connection.execute(select(table).where(table.c.id == row_id)).mappings().one()


@pytest.fixture(params=PROVEN, ids=[table.name for table in PROVEN])
def table(request: pytest.FixtureRequest) -> Table:
    found: Table = request.param
    return found


@pytest.fixture
def row_id(store: Store, row_proofs: RowProofs, table: Table) -> str:
    """A row of the table at version 2."""

    def act(uow: UnitOfWork) -> str:
        row = row_proofs.insert(uow, table, plausible(table, uow), make_event(uow))
        row_proofs.update(
            uow, table, row["id"], 1, {proven_columns(table)[-1]: row[proven_columns(table)[-1]]}, make_event(uow)
        )
        return str(row["id"])

    return store.run(act)


def held(store: Store, proofs: RowProofs, table: Table) -> list[str]:
    """Ids that hold, asked both ways: with a query of the proofs' own, and with the newest version brought along."""

    def act(uow: UnitOfWork) -> list[str]:
        plain = uow.connection.execute(select(table)).mappings().all()
        joined = uow.connection.execute(select(table, newest_version(table).label(NEWEST))).mappings().all()
        first = sorted(row["id"] for row in proofs.holding(uow, table, plain))
        assert first == sorted(row["id"] for row in proofs.holding(uow, table, joined))
        return first

    return store.run(act)


@both
def test_an_honest_row_holds(
    store: Store, row_proofs: RowProofs, table: Table, row_id: str, broken_rows: Broken
) -> None:
    assert held(store, row_proofs, table) == [row_id]
    if isinstance(store, PostgresStore):
        store.settle()
        assert held(store, row_proofs, table) == [row_id]
    assert broken_rows == []
    assert store.run(lambda uow: row_proofs.get(uow, table, row_id)) is not None


@both
def test_every_proven_column_is_proven(
    store: Store, row_proofs: RowProofs, table: Table, row_id: str, broken_rows: Broken
) -> None:
    original = dict(store.run(lambda uow: read(uow, table, row_id)))
    for name in (*proven_columns(table), "version", "event_id", "proof"):
        changed: list[Any] = [other(original[name])]
        if table.c[name].nullable:
            changed.append(None)
        for value in changed:
            broken_rows.clear()
            store.run(
                lambda uow, name=name, value=value: uow.connection.execute(  # type: ignore[misc]
                    update(table).values({name: value})
                )
            )
            assert held(store, row_proofs, table) == [], name
            assert set(broken_rows) == {(table.name, row_id, "proof")}, name
            assert store.run(lambda uow: row_proofs.get(uow, table, row_id)) is None
        store.run(
            lambda uow, name=name: uow.connection.execute(update(table).values({name: original[name]}))  # type: ignore[misc]
        )
    broken_rows.clear()
    assert held(store, row_proofs, table) == [row_id]


@both
def test_an_older_row_put_back_is_absent(
    store: Store, row_proofs: RowProofs, table: Table, row_id: str, broken_rows: Broken
) -> None:
    old = dict(store.run(lambda uow: read(uow, table, row_id)))
    name = proven_columns(table)[-1]
    store.run(
        lambda uow: row_proofs.update(uow, table, row_id, 2, {name: other(old[name])}, make_event(uow)),
    )
    assert held(store, row_proofs, table) == [row_id]
    store.run(lambda uow: uow.connection.execute(update(table).values(old)))
    assert held(store, row_proofs, table) == []
    assert set(broken_rows) == {(table.name, row_id, "version")}
    broken_rows.clear()
    with pytest.raises(RowBroken):
        store.run(lambda uow: row_proofs.update(uow, table, row_id, 2, {}, make_event(uow)))
    assert broken_rows == [(table.name, row_id, "version")]


@both
def test_a_proof_copied_from_another_row_is_worth_nothing(
    store: Store, row_proofs: RowProofs, table: Table, row_id: str, broken_rows: Broken
) -> None:
    def copy(uow: UnitOfWork) -> str:
        row = dict(read(uow, table, row_id))
        values = plausible(table, uow, salt=1)
        values |= {name: row[name] for name in (*proven_columns(table), "version", "event_id", "proof")}
        # Where a proven column is unique, the forger must let the original go.
        uow.connection.execute(delete(table))
        uow.connection.execute(table.insert(), values)
        return str(values["id"])

    forged = store.run(copy)
    assert held(store, row_proofs, table) == []
    assert set(broken_rows) == {(table.name, forged, "proof")}


@both
def test_a_row_whose_newest_event_is_gone_is_absent(
    store: Store, row_proofs: RowProofs, table: Table, row_id: str, broken_rows: Broken
) -> None:
    if isinstance(store, PostgresStore):
        store.settle()

    with store.engine.begin() as connection:
        triggers.remove(connection)
        connection.execute(
            delete(audit_event).where(
                audit_event.c.subject == subject_of(table, row_id), audit_event.c.subject_version == 2
            )
        )
    with store.engine.connect() as connection:
        rows = connection.execute(select(table)).mappings().all()
        assert row_proofs.holding(connection, table, rows) == []
    assert broken_rows == [(table.name, row_id, "version")]
    broken_rows.clear()
    with store.engine.begin() as connection:
        connection.execute(delete(audit_event).where(audit_event.c.subject == subject_of(table, row_id)))
    with store.engine.connect() as connection:
        rows = connection.execute(select(table)).mappings().all()
        assert row_proofs.holding(connection, table, rows) == []
    assert broken_rows == [(table.name, row_id, "event")]


@both
def test_a_row_under_another_key_is_absent(store: Store, table: Table, row_id: str) -> None:
    assert held(store, RowProofs(Sm3Mac(ROW_KEY[::-1])), table) == []
    assert held(store, RowProofs(Sm3Mac(ROW_KEY)), table) == [row_id]


def test_compare_and_set(store: Store, row_proofs: RowProofs, table: Table, row_id: str) -> None:
    for version in (1, 3):
        with pytest.raises(StaleRow):
            store.run(lambda uow, version=version: row_proofs.update(uow, table, row_id, version, {}, make_event(uow)))  # type: ignore[misc]
    with pytest.raises(StaleRow):
        store.run(lambda uow: row_proofs.update(uow, table, "0" * 32, 2, {}, make_event(uow)))


def test_only_one_of_many_wins(store: Store, row_proofs: RowProofs, ids: UuidIds) -> None:
    row = store.run(
        lambda uow: row_proofs.insert(uow, role_grant, plausible(role_grant, uow), make_event(uow)),
    )
    futures = [
        store.submit(lambda uow: row_proofs.update(uow, role_grant, row["id"], 1, {"state": "x"}, make_event(uow)))
        for _ in range(8)
    ]
    outcomes = [future.exception() for future in futures]
    assert outcomes.count(None) == 1
    assert all(isinstance(outcome, StaleRow) for outcome in outcomes if outcome is not None)


def test_imported_rows_hold_while_their_batch_event_is_logged(
    store: Store, row_proofs: RowProofs, table: Table, broken_rows: Broken
) -> None:
    def act(uow: UnitOfWork) -> tuple[str, str]:
        event = make_event(uow)
        row = plausible(table, uow)
        row |= {"version": 1, "event_id": event.id}
        row["proof"] = row_proofs.seal(table, row, version=1, event_id=event.id)
        uow.connection.execute(table.insert(), row)
        return row["id"], event.id

    row_id, event_id = store.run(act)
    assert held(store, row_proofs, table) == []
    assert set(broken_rows) == {(table.name, row_id, "event")}
    broken_rows.clear()
    store.run(lambda uow: uow.append(make_event(uow, id=event_id)))
    assert held(store, row_proofs, table) == [row_id]
    store.run(lambda uow: row_proofs.update(uow, table, row_id, 1, {}, make_event(uow)))
    assert held(store, row_proofs, table) == [row_id]
    assert broken_rows == []


def test_a_deleted_row_is_simply_absent(store: Store, row_proofs: RowProofs, table: Table, row_id: str) -> None:
    store.run(lambda uow: uow.connection.execute(delete(table)))
    assert store.run(lambda uow: row_proofs.get(uow, table, row_id)) is None


def test_strange_columns_are_refused(store: Store, row_proofs: RowProofs) -> None:
    with pytest.raises(KeyError):
        store.run(
            lambda uow: row_proofs.insert(
                uow, role_grant, plausible(role_grant, uow) | {"proof": b"mine"}, make_event(uow)
            ),
        )
    with pytest.raises(KeyError):
        store.run(lambda uow: row_proofs.update(uow, role_grant, "0" * 32, 1, {"id": "1" * 32}, make_event(uow)))


values = st.none() | st.integers(-(2**62), 2**62) | st.text(max_size=40) | st.binary(max_size=40)
contents = st.tuples(*[values for _ in proven_columns(role_grant)])


@given(left=contents, right=contents, versions=st.tuples(st.integers(1, 9), st.integers(1, 9)))
def test_no_two_contents_share_a_proof(
    left: tuple[Any, ...], right: tuple[Any, ...], versions: tuple[int, int]
) -> None:
    proofs = RowProofs(Sm3Mac(ROW_KEY))
    tags = [
        proofs.seal(
            role_grant,
            dict(zip(proven_columns(role_grant), content, strict=True)) | {"id": "a" * 32},
            version=version,
            event_id="b" * 32,
        )
        for content, version in zip((left, right), versions, strict=True)
    ]
    assert (tags[0] == tags[1]) == ((left, versions[0]) == (right, versions[1]))


def test_of_long_rows_nothing_is_remembered(store: Store, row_proofs: RowProofs) -> None:
    """Tracing reads every export, and what an export holds is long: the desk's memory must not keep it."""
    each, count = 100_000, 20

    def act(uow: UnitOfWork) -> list[dict[str, Any]]:
        values = [plausible(export_file, uow) | {"rows_held": bytes(each)} for _ in range(count)]
        return [row_proofs.insert(uow, export_file, one, make_event(uow)) for one in values]

    ids = [row["id"] for row in store.run(act)]
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for row_id in ids:
            with store.engine.connect() as connection:
                assert row_proofs.get(connection, export_file, row_id) is not None
        assert tracemalloc.get_traced_memory()[0] - before < each * count / 2
    finally:
        tracemalloc.stop()
