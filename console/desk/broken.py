"""Rows that do not prove themselves: counted, written to the operational log, and alerted in the audit log.

A broken row is found in the middle of somebody's act, which may well be rolled back because of it; the alert is
therefore an act of its own, once per row and reason.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from access.audit.events import DetailKey
from access.people.deed import Deed, log

_log = logging.getLogger("veildesk.rows")


class BrokenRows:
    """Collects what `RowProofs` reports. `alert` is set once the store is open."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, str, str]] = set()
        self._lock = threading.Lock()
        self.alert: Callable[[str, str, str], None] | None = None

    def report(self, table: str, row_id: str, why: str) -> None:
        """One broken row; told once."""
        with self._lock:
            if (table, row_id, why) in self._seen:
                return
            self._seen.add((table, row_id, why))
        _log.warning("a row of %s does not prove itself (%s); it counts as absent", table, why)
        if self.alert is not None:
            self.alert(table, row_id, why)

    def count(self) -> int:
        """How many rows were found broken since the desk started."""
        with self._lock:
            return len({(table, row_id) for table, row_id, _ in self._seen})


def alert_event(deed: Deed, table: str, row_id: str, why: str) -> None:
    """The alert in the audit log."""
    log(
        deed,
        "alert:row:broken",
        result="failed",
        object_kind="row",
        object_id=row_id,
        detail=((DetailKey.TABLE, table), (DetailKey.CODE, f"row.{why}")),
    )
