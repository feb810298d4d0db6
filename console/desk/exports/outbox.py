"""The folder from which fetched files are taken away: a file moves there once it is written down that it was fetched.

A desk that is killed between the two finds it again: nobody could fetch it a second time.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable
from typing import Final

from sqlalchemy import select

from access.audit.events import DetailKey, decode
from access.store.schema import audit_event, audit_outbox
from console.desk.exports.records import Row
from console.desk.exports.states import ExportState
from console.desk.parts import Parts

WAY: Final = "outbox"
"""What the event of fetching calls this way out."""
_FOLDER: Final = 0o700
_log = logging.getLogger("veildesk.exports")


def put(parts: Parts, name: str) -> None:
    """Move a fetched file of that name from where it waits; nothing where it waits no more.

    Raises:
        OSError: It cannot be moved.
    """
    if parts.home is not None and (source := parts.home.exports / name).is_file():
        parts.home.outbox.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
        shutil.move(source, parts.home.outbox / name)


def finish(parts: Parts, lying: Iterable[tuple[Row, str]]) -> None:
    """Move what was fetched this way and still waits. lying: exports whose files may lie here, and the files' names."""
    for row, name in lying:
        if row["state"] == ExportState.FETCHED and _way(parts, row) == WAY:
            try:
                put(parts, name)
            except OSError as wrong:
                _log.warning("export %s: not moved to the outbox: %s", row["id"], type(wrong).__name__)


def _way(parts: Parts, row: Row) -> str:
    """By which way a fetched file goes, as the event says that its row names."""
    with parts.store.engine.connect() as connection:
        # In this order: an event leaves the first of them for the second.
        for log in (audit_outbox, audit_event):
            query = select(log.c.body).where(log.c.event_id == row["event_id"])
            body = connection.execute(query).scalar_one_or_none()
            if body is not None:
                return dict(decode(bytes(body)).detail).get(DetailKey.KIND, "")
    return ""
