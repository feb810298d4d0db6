"""Files that were put aside: kept for some hours for a person to look into, then overwritten, as an event.

What must never be held (J-4, J-5) is held no longer than it takes to see what the lender did. How long that is, an
operator sets; the doctor counts what lies there. Putting aside is `drop`'s, deciding to is `ending`'s.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import select

from access.audit.events import DetailKey, Verb
from access.context import Origin
from access.errors import AccessError
from access.store.base import UnitOfWork
from access.store.schema import import_batch
from console.desk.act import Act
from console.desk.imports import drop
from console.desk.line import Line
from console.desk.parts import Parts
from masking.scrub import safe_repr

CLOCKWORK: Final = Origin("local", "clockwork")
_HOUR: Final = 3600 * 1_000_000
_ID: Final = re.compile(r"[0-9a-f]{32}")
_log = logging.getLogger("veildesk.quarantine")


def until(parts: Parts, job_id: str) -> int:
    """Until when the file of an import lies in quarantine, microseconds; 0 where none does."""
    if parts.home is None or not _ID.fullmatch(job_id):
        return 0
    return _until(parts, parts.home.quarantine / job_id)


def clear(parts: Parts) -> None:
    """Destroy what has lain there for as long as it may. Called from any thread, one at a time."""
    folder = parts.home.quarantine if parts.home is not None else None
    if folder is None or not folder.is_dir():
        return
    now = parts.clock.now_us()
    for aside in sorted(folder.iterdir()):
        try:
            if 0 < _until(parts, aside) <= now:
                _clear(parts, aside)
        except (AccessError, OSError) as wrong:
            _log.warning("a file in quarantine could not be cleared away: %s", safe_repr(wrong))


def _files(aside: Path) -> Iterator[Path]:
    return (path for path in (aside.rglob("*") if aside.is_dir() else (aside,)) if path.is_file())


def _until(parts: Parts, aside: Path) -> int:
    newest = max((path.lstat().st_mtime_ns for path in _files(aside)), default=0) // 1000
    return newest + parts.settings.drop.quarantine_hours * _HOUR if newest else 0


def _clear(parts: Parts, aside: Path) -> None:
    sizes = [path.lstat().st_size for path in _files(aside)]
    parts.store.run(lambda uow: _note(parts, uow, aside.name, sizes))
    if aside.is_dir():
        drop.destroy_all(aside)
    else:
        drop.destroy(aside)


def _note(parts: Parts, uow: UnitOfWork, name: str, sizes: list[int]) -> None:
    tenant = uow.connection.execute(select(import_batch.c.tenant_id).where(import_batch.c.id == name)).scalar()
    about = {"object_id": name} if _ID.fullmatch(name) else {}
    Act(uow=uow, parts=parts, line=Line(CLOCKWORK)).log(
        "import:quarantine:clear",
        verb=Verb.DESTROY,
        object_kind="batch",
        detail=((DetailKey.COUNT, str(len(sizes))), (DetailKey.BYTES, str(sum(sizes)))),
        **about,
        **({"tenant_id": tenant} if tenant else {}),
    )
