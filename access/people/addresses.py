"""Failed sign-ins by network address, so that one place cannot try every name; counted as names are.

An address of IPv6 is counted with its neighbours of the same /64. A success halves the count, so that an office behind
one address is not locked out by everybody's slips of a day.
"""

from __future__ import annotations

import ipaddress
from typing import Final

from access.people.lockout import Backoff, count_failure, locked_until, login_key
from access.store.base import UnitOfWork
from access.store.schema import login_attempt

BACKOFF: Final = Backoff(free=30, first=60, longest=3600)
_NEIGHBOURS: Final = 64


def shut(uow: UnitOfWork, source: str) -> bool:
    """Tell whether nobody may sign in from an address now."""
    return locked_until(uow, _key(source)) > uow.now


def failed(uow: UnitOfWork, source: str) -> None:
    """Count a failure from an address; one made while it is locked counts for nothing."""
    if not shut(uow, source):
        count_failure(uow, _key(source), BACKOFF)


def succeeded(uow: UnitOfWork, source: str) -> None:
    """Forgive half of what was counted."""
    change = login_attempt.update().where(login_attempt.c.name == login_key(_key(source)))
    uow.connection.execute(change.values(failed=login_attempt.c.failed // 2))


def _key(source: str) -> str:
    """Addresses are counted apart from names."""
    try:
        address = ipaddress.ip_address(source.partition("%")[0])
    except ValueError:
        return f"address {source}"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return f"address {address.ipv4_mapped}"
        return f"address {ipaddress.ip_network((address, _NEIGHBOURS), strict=False)}"
    return f"address {address}"
