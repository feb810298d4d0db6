"""The one root of every error that this package raises.

An error carries a stable ``code`` and a few ``params``; only ``console`` turns them into words, in the viewer's
language. Parameters hold names, counts and ids, never a value of a customer. Nothing here renders text.
"""

from __future__ import annotations

from typing import ClassVar

Param = str | int | None


class AccessError(Exception):
    """Root of the package's errors.

    Attributes:
        code: Stable identifier ``access.<what>``; the key of the text catalogue.
        params: Values for that text. Safe to log: never personal data.
    """

    default_code: ClassVar[str] = "access.error"

    code: str
    params: dict[str, Param]

    def __init__(self, code: str | None = None, /, **params: Param) -> None:
        """Keep the code (the class's own when none is given) and its safe parameters."""
        self.code = code if code is not None else self.default_code
        self.params = params
        super().__init__(self.code)

    def __str__(self) -> str:
        """Return the code and its parameters, for logs and test output."""
        return " ".join([self.code, *(f"{name}={value}" for name, value in sorted(self.params.items()))])


class ClockWentBack(AccessError):
    """The clock runs behind what it said before; grants stay frozen until it has caught up."""

    default_code = "access.clock_went_back"


class EventRefused(AccessError):
    """An event broke the closed schema: unknown shape, too long, or text that may be personal data."""

    default_code = "access.event_refused"


class LogUnavailable(AccessError):
    """The log could not take the act's events durably; nothing of the act happened (or is known to have)."""

    default_code = "access.log_unavailable"


class LogBroken(AccessError):
    """The log in the database contradicts itself; the desk stays shut until an auditor has looked."""

    default_code = "access.log_broken"


class StoreClosed(AccessError):
    """The store has been closed and takes no more acts."""

    default_code = "access.store_closed"


class StoreBusy(AccessError):
    """Concurrent acts kept changing the same rows; every repetition lost."""

    default_code = "access.store_busy"


class StoreUrlRefused(AccessError):
    """The database URL names an engine that the desk does not run on."""

    default_code = "access.store_url_refused"


class StaleRow(AccessError):
    """A compare-and-set lost: the row has another version by now, or is not there."""

    default_code = "access.stale_row"


class RowBroken(StaleRow):
    """The row to change does not prove itself; it counts as absent and is never given a new proof."""

    default_code = "access.row_broken"


class SchemaTooNew(AccessError):
    """A later version of the program has migrated this database; this one must not touch it."""

    default_code = "access.schema_too_new"


class SchemaTooOld(AccessError):
    """The database waits for its migrations."""

    default_code = "access.schema_too_old"


class StampMismatch(AccessError):
    """The database belongs to another desk or another profile than the key ring."""

    default_code = "access.stamp_mismatch"


class WitnessBroken(AccessError):
    """The checkpoint file outside the database cannot be read or appended to safely."""

    default_code = "access.witness_broken"
