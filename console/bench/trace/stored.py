"""How long tracing takes where exports are kept as a desk keeps them: in its database, every row proving itself."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, insert

from access.audit.events import Event, Verb
from access.context import SystemClock
from access.ids import UuidIds
from access.store.engine import open_engine
from access.store.migrations import migrate
from access.store.open import open_store
from access.store.proof import RowProofs
from access.store.schema import DESK_TENANT, export_file, export_finder, export_request, export_row
from console.bench.measure import Figure, interleave
from console.bench.trace.speed import EACH, FRAGMENT, PROMISED, ROWS, Issues, issues, row_finders
from console.desk.trace.registry import ExportRegistry
from masking.gm import Sm3Mac
from watermark.keyed import Keyed
from watermark.runs import Carrier
from watermark.trace import Tracer

_PART: Final = 500
_CARRIERS: Final = ",".join(Carrier)
_ROW_KEY: Final = bytes(32)


def figures(keyed: Keyed, rounds: int, exports: int = 10_000) -> list[Figure]:
    """Measure tracing over so many exports in a database; nothing is remembered from one round to the next."""
    given = issues(keyed, exports)
    with (
        tempfile.TemporaryDirectory(prefix="veildesk-stored-") as folder,
        _filled(Path(folder), keyed, given) as engine,
    ):
        clocks: list[float] = []

        def trace() -> float:
            start, clock = time.process_time(), time.perf_counter()
            with engine.connect() as connection:
                registry = ExportRegistry(connection, RowProofs(Sm3Mac(_ROW_KEY)))
                found = Tracer({1: keyed}, registry).trace(given.fragment)
            taken = time.process_time() - start
            clocks.append(time.perf_counter() - clock)
            if (found.exports, found.candidates[0].serial) != (exports, given.guilty):
                raise AssertionError
            return taken

        taken = interleave(rounds, {"traced": trace})["traced"]
    return [
        Figure(
            name=f"the same from a desk's database, every one of {exports:,} exports proven: {FRAGMENT:,} rows",
            unit="s",
            value=taken,
            floor=PROMISED,
            ratio=taken / PROMISED,
            floored_by="what is promised, at most",
            peers={"by the clock, at best": min(clocks)},
            rounds=rounds,
        )
    ]


@contextmanager
def _filled(folder: Path, keyed: Keyed, given: Issues) -> Iterator[Engine]:
    """A database with the exports in it."""
    url = f"sqlite:///{folder / 'desk.db'}"
    engine = open_engine(url)
    try:
        migrate(engine)
        clock = SystemClock()
        ids = UuidIds(clock)
        # Rows of version 1 hold by the one event they name, as those of an import do.
        event = Event(
            id=ids.new(), at=clock.now_us(), action="bench:exports:fill", verb=Verb.PROCESS, tenant_id=DESK_TENANT
        )
        store = open_store(url, clock=clock, ids=ids)
        try:
            store.run(lambda uow: uow.append(event))
        finally:
            store.close()
        with engine.begin() as connection:
            for start in range(0, ROWS, _PART):
                some = range(start, start + _PART)
                rows = [{"no": index + 1, "row_id": f"account{index}", "tenant_id": DESK_TENANT} for index in some]
                connection.execute(insert(export_row), rows)
                hashes = {(one, index + 1) for index in some for one in row_finders(keyed, index)}
                found = [{"hash": one, "row_no": number, "tenant_id": DESK_TENANT} for one, number in sorted(hashes)]
                connection.execute(insert(export_finder), found)
            proofs = RowProofs(Sm3Mac(_ROW_KEY))
            for start in range(1, given.exports + 1, _PART):
                serials = range(start, min(start + _PART, given.exports + 1))
                connection.execute(insert(export_request), [_request(serial, event.id) for serial in serials])
                files = [_file(serial, given.sets[serial % len(given.sets)], event.id) for serial in serials]
                for row in files:
                    row["proof"] = proofs.seal(export_file, row, version=1, event_id=event.id)
                connection.execute(insert(export_file), files)
        yield engine
    finally:
        engine.dispose()


def _id(serial: int) -> str:
    return f"{serial:032x}"


def _request(serial: int, event_id: str) -> dict[str, Any]:
    words = ("asker_role", "purpose", "words", "reach", "recipient", "fields", "filter", "profile", "format", "basis")
    return {
        **dict.fromkeys((*words, "assessment", "notice", "template", "chain"), "-"),
        **dict.fromkeys(("asked_at", "row_cap", "locked", "use_until", "level"), 1),
        "id": _id(serial),
        "tenant_id": DESK_TENANT,
        "serial": serial,
        "unit_id": _id(0),
        "asker_id": _id(0),
        "state": "fetched",
        "version": 1,
        "event_id": event_id,
        "proof": b"",  # of a candidate alone it would be looked at, for who asked
    }


def _file(serial: int, held: bytes, event_id: str) -> dict[str, Any]:
    empty = ("password", "released_by", "released_at", "expires_at", "fetched_by", "fetched_at", "removed_at")
    return {
        **dict.fromkeys(empty),
        "id": _id(serial),
        "tenant_id": DESK_TENANT,
        "rows": EACH,
        "left_out": 0,
        "size": 1,
        "digest": serial.to_bytes(32, "big"),
        "content": serial.to_bytes(32, "big"),
        "key_version": 1,
        "rows_held": held,
        "carriers": _CARRIERS,
        "checked": 1,
        "sealed": 1,
        "made_at": 1,
        "version": 1,
        "event_id": event_id,
    }
