"""Writes acts until it is killed, and says on stdout which it was told are stored. Started by `test_crash`."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import Future
from functools import partial

from sqlalchemy import insert

from access.context import SystemClock
from access.store.base import UnitOfWork
from access.store.open import open_store
from access.store.schema import DESK_TENANT, desk_meta
from tests.support.stores import make_event

_WAITING = 64


def act(key: str, uow: UnitOfWork) -> str:
    uow.connection.execute(insert(desk_meta).values(key=key, tenant_id=DESK_TENANT, value="1"))
    event = make_event(uow)
    uow.append(event)
    return f"{key} {event.id}"


def main() -> None:
    store = open_store(sys.argv[1], clock=SystemClock())
    room = threading.Semaphore(_WAITING)
    write = threading.Lock()

    def stored(future: Future[str]) -> None:
        room.release()
        with write:
            sys.stdout.write(future.result() + "\n")
            sys.stdout.flush()

    number = 0
    while True:
        room.acquire()
        number += 1
        store.submit(partial(act, f"{sys.argv[2]}-{number}")).add_done_callback(stored)


if __name__ == "__main__":
    main()
