"""Lock-out with exponential back-off, per login name, known or not: a name that does not exist locks just the same.

Names are kept as digests, since people type passwords into the wrong field. An attempt made while the name is locked
counts for nothing, so nobody can keep a colleague locked out for ever by trying on.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, select, text

from access.context import SECOND
from access.store.base import UnitOfWork
from access.store.schema import DESK_TENANT, login_attempt
from masking.gm import sm3

_FORGOTTEN: Final = 24 * 3600 * SECOND
# Two first failures at once: on PostgreSQL the second waits, loses and is repeated by the store.
_START: Final = text(
    "INSERT INTO login_attempt (name, tenant_id, failed, blocked_until) VALUES (:name, :tenant_id, 0, 0)"
    " ON CONFLICT (name) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Backoff:
    """How failures lock a name.

    Attributes:
        free: Failures before the first lock.
        first: Length of the first lock, seconds; each further failure doubles it.
        longest: Longest lock, seconds.
    """

    free: int = 5
    first: int = 30
    longest: int = 3600

    def locked_for(self, failed: int) -> int:
        """Return microseconds that the name is locked after so many failures in a row."""
        if failed < self.free:
            return 0
        return min(self.first << min(failed - self.free, 20), self.longest) * SECOND


def login_key(name: str) -> str:
    """Return what a login name is counted under."""
    return sm3(unicodedata.normalize("NFKC", name).strip().casefold().encode(errors="replace")).hex()


def locked_until(uow: UnitOfWork, name: str) -> int:
    """Return the instant until which a name is locked; one in the past, or 0, means not."""
    query = select(login_attempt.c.failed, login_attempt.c.blocked_until).where(login_attempt.c.name == login_key(name))
    row = uow.connection.execute(query).one_or_none()
    return 0 if row is None else int(row.blocked_until)


def count_failure(uow: UnitOfWork, name: str, backoff: Backoff) -> int:
    """Count one failure and return the instant until which the name is locked now; old names are forgotten."""
    key = login_key(name)
    old = delete(login_attempt).where(login_attempt.c.blocked_until < uow.now - _FORGOTTEN)
    uow.connection.execute(old)
    uow.connection.execute(_START, {"name": key, "tenant_id": DESK_TENANT})
    query = uow.lock(select(login_attempt.c.failed).where(login_attempt.c.name == key))
    failed = int(uow.connection.execute(query).scalar_one()) + 1
    until = uow.now + backoff.locked_for(failed)
    change = login_attempt.update().where(login_attempt.c.name == key)
    uow.connection.execute(change.values(failed=failed, blocked_until=until))
    return until


def forget_failures(uow: UnitOfWork, name: str) -> None:
    """Start counting afresh, after a success or an unlocking."""
    uow.connection.execute(delete(login_attempt).where(login_attempt.c.name == login_key(name)))
