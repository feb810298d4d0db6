"""What follows once an import is published, and cannot undo that: its figures, its staged rows, the lender's file.

Whatever fails here, the import is published and its report says so, with what remained. What remains of rows is swept
at the next start; what remains of a file is found by its digest, or cleared away with all that stays too long.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from sqlalchemy import update

from access.audit.events import DetailKey, Verb
from access.store.base import UnitOfWork
from access.store.schema import import_batch
from console.desk.imports import drop
from console.desk.imports.ending import Ending
from console.desk.imports.sweep import sweep_staged
from masking.scrub import safe_repr

ROWS: Final = "rows"
FILE: Final = "file"
_log = logging.getLogger("veildesk.imports")


def after_publish(ending: Ending, longest_pause: int, file: Path | None) -> tuple[str, ...]:
    """Do it all.

    Args:
        ending: of the import that is published.
        longest_pause: to be kept, microseconds.
        file: the copy that was read, when the lender's file is to be destroyed; none to leave it.

    Returns:
        What remained, `ROWS` and `FILE`.
    """
    left = []
    try:
        _settle(ending, longest_pause)
    except Exception as wrong:  # noqa: BLE001 - published it is, whatever comes after
        _log.warning("import %s: staged rows remain: %s", ending.order.job_id, safe_repr(wrong))
        left.append(ROWS)
    try:
        if file is not None:
            destroy(ending, file)
    except Exception as wrong:  # noqa: BLE001 - as above
        _log.warning("import %s: the lender's file remains: %s", ending.order.job_id, safe_repr(wrong))
        left.append(FILE)
    return tuple(left)


def _settle(ending: Ending, longest_pause: int) -> None:
    """Keep the longest pause, take away the staged changes that have done their work."""
    batch_id = ending.batch_id
    if batch_id is None:
        return
    store = ending.parts.store

    def keep(uow: UnitOfWork) -> None:
        mine = update(import_batch).where(import_batch.c.id == batch_id)
        uow.connection.execute(mine.values(longest_pause=longest_pause))

    store.run(keep)
    sweep_staged(store, batch_id)


def destroy(ending: Ending, private: Path, why: str = "") -> None:
    """Say so in the log, then overwrite and unlink the lender's file.

    What proves it goes first: should the desk be killed meanwhile, then what is left of it is not whole and is loaded
    by nobody.

    Args:
        ending: of the import.
        private: the copy that was read, or the file itself.
        why: a code beside the event, if it was not simply loaded.

    Raises:
        AccessError: the log cannot take it; nothing was done.
        OSError: a file could not be destroyed; the log says that too.
    """
    order, home = ending.order, ending.parts.home
    paths = [private]
    if order.request.drop and home is not None:
        original = home.drop / order.source_name / order.request.drop
        paths = [*(original.with_name(original.name + end) for end in drop.SUFFIXES), original, private]
    there = [path for path in paths if path.is_file()]
    size = sum(path.stat().st_size for path in there)
    _note(ending, size, why)
    try:
        for path in there:
            drop.destroy(path)
    except OSError:
        _note(ending, size, why, failed=True)
        raise


def _note(ending: Ending, size: int, why: str, *, failed: bool = False) -> None:
    detail = [(DetailKey.BYTES, str(size)), *([(DetailKey.CODE, why)] if why else [])]

    def note(uow: UnitOfWork) -> None:
        act = ending.act(uow)
        result = "failed" if failed else "ok"
        uow.append(ending.event(act, "import:file:destroy", Verb.DESTROY, *detail, result=result))

    ending.parts.store.run(note)
