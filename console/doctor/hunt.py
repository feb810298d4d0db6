"""The hunt for plaintext: open customers' values, each desk-wide use an event first, and look for them everywhere.

Values live in memory for the hunt only. Looked through: every file below the home but the key ring and the lenders'
drops, the desk's files in the system's temporary directory, and on PostgreSQL every column of every row.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, func, select

from access.audit.events import DetailKey, Event, Verb
from access.store.base import UnitOfWork
from access.store.schema import DESK_TENANT, case_file, case_seals, metadata, person
from console.desk.parts import Parts
from console.desk.reveals.opening import field_context
from console.doctor.scan import Hit, Needles, in_file, in_rows
from masking.case_keys import Purpose, unwrap, wrapped_under
from masking.case_seals import unpack

_BATCH: Final = 200
# Stored in clear on purpose or shown to every viewer: not what a hunt is about.
_NOT_PERSONAL: Final = frozenset(
    {"gender", "nationality", "occupation", "id_type", "bank_name", "product", "currency", "contact_relation"}
    | {"bill_period", "due_date", "days_past_due", "language", "rate"}
)

Told = Callable[[str, int], None]


def needles(parts: Parts, *, customers: int | None) -> Needles:
    """Open the values of some customers, or of all.

    Args:
        parts: the desk; nobody else may be running it.
        customers: how many, spread over all; None for all.

    Returns:
        What to look for. The use is an event, committed before the first value is opened.
    """
    with parts.store.engine.connect() as connection:
        staff = frozenset(connection.execute(select(person.c.name)).scalars())
        total = connection.execute(select(func.count()).select_from(case_file)).scalar_one()
    wanted = total if customers is None else min(customers, total)
    parts.store.run(lambda uow: uow.append(_event(parts, uow, wanted)))
    found = Needles(skip=staff)
    with parts.store.engine.connect() as connection:
        for field_name, value, case_id in _values(parts, connection, total, wanted):
            found.add(field_name, value, case_id)
    return found


def _event(parts: Parts, uow: UnitOfWork, rows: int) -> Event:
    return Event(
        id=parts.ids.new(),
        at=uow.now,
        action="health:plaintext:hunt",
        verb=Verb.USE,
        tenant_id=DESK_TENANT,
        source="local",
        terminal="doctor",
        purpose=str(Purpose.VERIFY),
        object_kind="desk",
        rows=rows,
        detail=((DetailKey.KIND, "doctor"),),
    )


def _values(parts: Parts, connection: Connection, total: int, wanted: int) -> Iterator[tuple[str, str, str]]:
    """Field, value and case id of the chosen customers, one at a time."""
    every = max(1, total // wanted) if wanted else 1
    ids = connection.execute(select(case_file.c.id).order_by(case_file.c.id)).scalars().all()[::every][:wanted]
    for start in range(0, len(ids), _BATCH):
        some = ids[start : start + _BATCH]
        cases = {
            row.id: row
            for row in connection.execute(
                select(case_file.c.id, case_file.c.tenant_id, case_file.c.wrapped_key).where(case_file.c.id.in_(some))
            )
        }
        for row in connection.execute(select(case_seals).where(case_seals.c.case_id.in_(some))):
            case = cases[row.case_id]
            if case.wrapped_key is None:
                continue
            wrapped = bytes(case.wrapped_key)
            key = unwrap(parts.keys.kek(wrapped_under(wrapped)), wrapped, case.tenant_id, case.id, Purpose.VERIFY)
            for seal in unpack(bytes(row.seals)):
                if seal.field not in _NOT_PERSONAL:
                    context = field_context(case.tenant_id, case.id, seal.field, seal.ordinal, seal.key_version)
                    yield seal.field, key.cipher().open(seal.sealed, context), case.id


def files(home: Path, keys: Path, drop: Path) -> list[Path]:
    """What the desk wrote: below its home without key ring and drops, and its own temporary files elsewhere."""
    inside = [path for path in sorted(home.rglob("*")) if path.is_file() and not path.is_symlink()]
    ours = [path for path in inside if not path.is_relative_to(keys) and not path.is_relative_to(drop)]
    scratch = Path(tempfile.gettempdir())
    outside = [
        path
        for path in sorted(scratch.glob("veildesk*"))
        if path.is_file() and not path.is_symlink() and not path.is_relative_to(home)
    ]
    return ours + outside


def hunt(parts: Parts, looked_for: Needles, places: list[Path], told: Told = lambda _name, _bytes: None) -> list[Hit]:
    """Look everywhere.

    Args:
        parts: the desk.
        looked_for: from `needles`.
        places: from `files`.
        told: name of the place and how many more bytes of it were read.
    """
    hits: list[Hit] = []
    for path in places:
        hits += in_file(looked_for, path, lambda read, name=path.name: told(name, read))  # type: ignore[misc]
    if parts.store.engine.dialect.name == "postgresql":
        with parts.store.engine.connect() as connection:
            for table in metadata.sorted_tables:
                told(table.name, 0)
                rows = connection.execution_options(stream_results=True).execute(select(table))
                hits += in_rows(looked_for, table.name, rows)
    return hits
