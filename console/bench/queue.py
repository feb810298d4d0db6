"""A queue's page at two sizes of desk, beside fetching and opening the same blobs with nothing around it.

Measured is the handler inside its unit of work: decision, query, proofs, opening, narrowing. Its event and the commit
that every view waits for are a figure of their own, beside a bare commit. Peers: the same page with its event, a deep
page by keyset and by OFFSET, and opening every sealed field to mask it then.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import select

from access.policy import Action
from access.store.base import UnitOfWork
from access.store.schema import case_file, case_seals
from console import bootstrap
from console.bench.desks import AGENT, OWN, Told, filled_desk, seated
from console.bench.log import Bare
from console.bench.measure import Figure, figure, interleave, seconds
from console.desk.act import Act
from console.desk.api.cases import ListQueue, QueuePage
from console.desk.api.session import Me, WhoAmI
from console.desk.cases.display import display_context, open_display
from console.desk.cases.queue import list_queue
from console.desk.host import EmbeddedDesk
from console.desk.reveals.opening import field_context
from masking.case_keys import Purpose, unwrap, wrapped_under
from masking.case_seals import unpack

_DEEP: Final = OWN - 100
_EVENT_SIZE: Final = 400  # bytes, about what a view's event takes
_BY_IDS: Final = "SELECT id, tenant_id, display FROM case_file WHERE id IN ({})"
_BY_OFFSET: Final = (
    "SELECT id, tenant_id, display FROM case_file WHERE assignee_id = ? AND state < 50"
    " ORDER BY priority DESC, id LIMIT 50 OFFSET ?"
)
_decode: Final = msgspec.msgpack.Decoder(dict[str, str]).decode


class _Unlogged:
    """A unit of work whose events go nowhere, so that a handler is measured without the log."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def append(self, event: object) -> None:
        """Forget the event."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - everything else is the unit of work's own
        return getattr(self._uow, name)


class _Contender:
    """One desk, its agent on a line, and a bare connection to the same database."""

    def __init__(self, desk: bootstrap.RunningDesk, line: EmbeddedDesk, me: Me, page: QueuePage, deep: str) -> None:
        self.person_id = me.person_id
        self.parts = desk.parts
        self.line = line
        self.deep = deep
        self.ids = [row.case_id for row in page.rows]
        self._bare = sqlite3.connect(f"file:{desk.home.database}?mode=ro", uri=True, check_same_thread=False)
        self._bare.execute("PRAGMA cache_size=-131072")
        columns = (case_file.c.id, case_file.c.tenant_id, case_file.c.display)
        self._blobs = select(*columns).where(case_file.c.id.in_(self.ids))

    def page(self, cursor: str | None = None, *, logged: bool = False) -> float:
        """Seconds of the handler in its unit of work."""

        def act(uow: UnitOfWork) -> float:
            place: Any = uow if logged else _Unlogged(uow)
            start = time.perf_counter()
            list_queue(Act(uow=place, parts=self.parts, line=self.line.line), ListQueue(cursor=cursor))
            return time.perf_counter() - start

        return self.parts.store.run(act)

    def event(self) -> float:
        """Seconds until a view's event is durable."""

        def act(uow: UnitOfWork) -> None:
            Act(uow=uow, parts=self.parts, line=self.line.line).log(
                Action.CASE_FILE_OPEN, object_kind="case", object_id=self.ids[0], fields=("full_name", "mobile")
            )

        return seconds(lambda: self.parts.store.run(act))

    def floor(self) -> float:
        """Seconds to fetch the page's blobs by id and open them."""
        query = _BY_IDS.format(",".join("?" * len(self.ids)))
        return seconds(lambda: self._open(self._bare.execute(query, self.ids).fetchall()))

    def through_engine(self) -> float:
        """Seconds for the same through the store's engine and the desk's own opening."""
        with self.parts.store.engine.connect() as connection:
            return seconds(
                lambda: [open_display(self.parts, row) for row in connection.execute(self._blobs).mappings().all()]
            )

    def by_offset(self) -> float:
        """Seconds for a deep page by OFFSET."""
        return seconds(lambda: self._open(self._bare.execute(_BY_OFFSET, (self.person_id, _DEEP)).fetchall()))

    def every_field(self) -> float:
        """Seconds to unwrap each case's key and open each of its sealed fields."""
        with self.parts.store.engine.connect() as connection:
            return seconds(lambda: self._open_sealed(connection))

    def close(self) -> None:
        self._bare.close()

    def _open(self, rows: list[Any]) -> None:
        display = self.parts.display
        for case_id, tenant_id, blob in rows:
            _decode(display.open_blob(blob, display_context(tenant_id, case_id, display.key_id)))

    def _open_sealed(self, connection: Any) -> None:  # noqa: ANN401 - a SQLAlchemy connection
        columns = (case_file.c.id, case_file.c.tenant_id, case_file.c.wrapped_key)
        for case in connection.execute(select(*columns).where(case_file.c.id.in_(self.ids))):
            wrapped = bytes(case.wrapped_key)
            key = unwrap(self.parts.keys.kek(wrapped_under(wrapped)), wrapped, case.tenant_id, case.id, Purpose.VERIFY)
            cipher = key.cipher()
            blob = connection.execute(select(case_seals.c.seals).where(case_seals.c.case_id == case.id)).scalar_one()
            for seal in unpack(bytes(blob)):
                context = field_context(case.tenant_id, case.id, seal.field, seal.ordinal, seal.key_version)
                cipher.open(seal.sealed, context)


async def _contender(desk: bootstrap.RunningDesk) -> _Contender:
    line = await seated(desk, AGENT)
    first = await line.call(ListQueue())
    page, shown = first, len(first.rows)
    while page.cursor is not None and shown < _DEEP:
        cursor = page.cursor
        page = await line.call(ListQueue(cursor=cursor))
        shown += len(page.rows)
    return _Contender(desk, line, await line.call(WhoAmI()), first, cursor)


async def run(
    folder: Path, *, rounds: int = 200, small: int = 10_000, large: int = 1_000_000, told: Told = print
) -> list[Figure]:
    """Measure queue pages.

    Args:
        folder: where desks of these sizes are kept or made.
        rounds: rounds of each contender.
        small: cases of the smaller desk.
        large: cases of the larger one.
        told: what goes on while desks are filled.
    """
    desks = [await filled_desk(folder, cases, told) for cases in (small, large)]
    try:
        contenders = [await _contender(desk) for desk in desks]
        told("measuring")
        figures = list(_figures(folder, contenders, (small, large), rounds))
        for one in contenders:
            one.close()
            await one.line.close()
        return figures
    finally:
        for desk in desks:
            await desk.stop()


def _figures(folder: Path, contenders: list[_Contender], sizes: tuple[int, int], rounds: int) -> Iterator[Figure]:
    work: dict[str, Callable[[], float]] = {}
    for one, size in zip(contenders, sizes, strict=True):
        work |= {
            f"{size} page": one.page,
            f"{size} page with its event": partial(one.page, logged=True),
            f"{size} deep": partial(one.page, one.deep),
            f"{size} fetch and open the same blobs": one.floor,
            f"{size} the same blobs through the engine": one.through_engine,
            f"{size} OFFSET": one.by_offset,
            f"{size} open every field": one.every_field,
        }
    bare = Bare(folder / "bare.db", bytes(_EVENT_SIZE))
    work |= {"event and commit": contenders[0].event, "bare commit": lambda: seconds(bare.commit)}
    medians = interleave(rounds, work)
    bare.close()
    (folder / "bare.db").unlink()
    micro = 1e6
    commits = {name: medians[name] for name in ("event and commit", "bare commit")}
    yield figure(
        "a view's event, durable",
        "us",
        commits,
        value="event and commit",
        floor="bare commit",
        rounds=rounds,
        scale=micro,
    )
    for size in sizes:
        own = {name.removeprefix(f"{size} "): value for name, value in medians.items() if name.startswith(f"{size} ")}
        yield figure(
            f"queue page at {size} cases",
            "us",
            own,
            value="page",
            floor="fetch and open the same blobs",
            rounds=rounds,
            scale=micro,
        )
    small, large = (f"{size} page" for size in sizes)
    yield figure(
        f"queue page at {sizes[1]} beside {sizes[0]} cases",
        "us",
        {name: medians[name] for name in (small, large)},
        value=large,
        floor=small,
        rounds=rounds,
        scale=micro,
    )
