"""The only place where things are wired together: a home made, its parts built, the one desk process started.

`create` makes a home; `RunningDesk` is the desk of a home, held by a lock so that there is one; `line` gives whoever
asks a line to it: the desk that is running already, or, in `demo` and `dev`, one hosted in this very process.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from access.audit.checkpoints import Checkpointer, Witness
from access.context import Clock, Ids, MonotoneGuard, Origin, SystemClock
from access.ids import UuidIds
from access.people.deed import Hand
from access.people.passwords import PasswordHasher
from access.store.engine import open_engine
from access.store.migrations import migrate, require_current
from access.store.open import open_store
from access.store.proof import RowProofs
from console import logs, prod_links, settings, stamp
from console.client import attach, terminal_name
from console.desk import capabilities
from console.desk.api.base import Desk, DeskError, Refusal
from console.desk.broken import BrokenRows, alert_event
from console.desk.calls.exchange import Exchange
from console.desk.host import EmbeddedDesk
from console.desk.hub import Hub
from console.desk.kernel import Kernel
from console.desk.messages.office import Office
from console.desk.parts import Parts
from console.desk.ticker import Ticker
from console.home import DeskLock, Home, HomeRefused
from console.serve.socket import SocketDoor
from console.settings import Settings
from masking.catalogue import Catalogue
from masking.gm import self_test
from masking.keys import FileKeyProvider, KeyRing, Profile, Waiver

_NOTE: Final = "Settings of this desk; the profile is sealed in the key ring and is not among them."


@dataclass(frozen=True, slots=True)
class Ambient:
    """What a desk takes from its surroundings; tests hand in their own."""

    clock: Clock
    ids: Ids
    hasher: PasswordHasher


def ambient() -> Ambient:
    """The machine's clock, its randomness, and Argon2id at full strength."""
    clock = MonotoneGuard(SystemClock())
    return Ambient(clock=clock, ids=UuidIds(clock), hasher=PasswordHasher())


def create(
    root: Path,
    profile: Profile,
    *,
    chosen: Settings | None = None,
    waiver: Waiver | None = None,
    around: Ambient | None = None,
) -> Home:
    """Make a home: directories, key ring, settings, schema.

    Raises:
        HomeRefused: something is there already.
        KeyProviderRefused: `prod` without a waiver for the file provider (Y-4.1.2).
        StoreUrlRefused, OperationalError: the database cannot be used.
    """
    around = around or ambient()
    self_test()
    home = Home(root.absolute())
    home.create()
    try:
        _furnish(home, profile, chosen or Settings(), waiver, around)
    except BaseException:
        # Half a home would only stand in the way of the next attempt; nothing was in it before.
        shutil.rmtree(home.root, ignore_errors=True)
        raise
    return home


def _furnish(home: Home, profile: Profile, values: Settings, waiver: Waiver | None, around: Ambient) -> None:
    _write(home.settings, settings.dump(values, note=_NOTE))
    keys = KeyRing.create(FileKeyProvider(home.keys), profile, around.ids.new(), _moment(around.clock), waiver)
    engine = open_engine(database_url(home, values))
    try:
        migrate(engine)
        stamp.write(engine, keys)
    finally:
        engine.dispose()


def build(home: Home, *, around: Ambient | None = None) -> Parts:
    """Open everything a desk works with. The caller holds the home's lock.

    Raises:
        HomeRefused, SettingsRefused: the home cannot serve.
        KeyProviderRefused, KeyRingBroken: no keys, no desk.
        SelfTestFailed: a national algorithm answers wrongly.
        SchemaTooNew, SchemaTooOld: another version's database.
        LogBroken: the log contradicts itself or its witness; `console.unopened` says where.
    """
    around = around or ambient()
    self_test()
    home.check()
    chosen = settings.load(home.settings)
    keys = KeyRing.open(FileKeyProvider(home.keys), _moment(around.clock))
    unfit = prod_links.unfit(chosen) if keys.profile is Profile.PROD else ""
    if unfit:
        raise settings.SettingsRefused(home.settings, code=unfit)
    url = database_url(home, chosen)
    engine = open_engine(url)
    try:
        require_current(engine)
        stamp.check(engine, keys)
    finally:
        engine.dispose()
    broken = BrokenRows()
    store = open_store(url, clock=around.clock, ids=around.ids)
    try:
        checkpointer = Checkpointer(
            store, Witness(home.witness), keys.log_signer, around.clock, origin=f"veildesk/{keys.desk_id}"
        )
    except BaseException:
        store.close()
        raise
    parts = Parts(
        store=store,
        keys=keys,
        catalogue=Catalogue.load(),
        proofs=RowProofs(keys.row_mac, broken.report),
        blind=keys.blind,
        display=keys.display,
        clock=around.clock,
        ids=around.ids,
        settings=chosen,
        hub=Hub(),
        hasher=around.hasher,
        broken=broken,
        checkpointer=checkpointer,
        home=home,
    )
    broken.alert = lambda table, row_id, why: _alert(parts, table, row_id, why)
    return parts


class RunningDesk:
    """The one desk of a home, in this process: kernel, socket, ticking clockwork, checkpoints."""

    def __init__(self, home: Home, parts: Parts, lock: DeskLock) -> None:
        self.home = home
        self.parts = parts
        self._lock = lock
        capabilities.load()
        self.kernel = Kernel(parts)
        self._door = SocketDoor(self.kernel, home.socket)
        self.ticker = Ticker(parts)
        self.exchange = Exchange(parts)
        self.office = Office(parts)

    @classmethod
    async def start(cls, home: Home, *, around: Ambient | None = None) -> Self:
        """Take the lock, open the parts, begin to listen.

        Raises:
            HomeRefused: `home.in_use`: another process is the desk; else as `build`.
        """
        home.check()
        lock = DeskLock(home)
        lock.acquire()
        try:
            logs.to_file(home.logs)
            parts = await asyncio.to_thread(build, home, around=around)
            desk = cls(home, parts, lock)
            await desk._open()
        except BaseException:
            lock.release()
            raise
        return desk

    def line(self, terminal: str | None = None) -> EmbeddedDesk:
        """A line from within this process."""
        origin = Origin("local", terminal or terminal_name())
        return EmbeddedDesk(self.kernel, origin, asyncio.get_running_loop(), paced=False)

    async def stop(self) -> None:
        """End every line, sign the log's head, let go of everything."""
        await self._door.close()
        await self.exchange.close()
        await self.office.close()
        await self.ticker.stop()
        await asyncio.to_thread(capabilities.release, self.parts)
        if self.parts.checkpointer is not None:
            await asyncio.to_thread(self.parts.checkpointer.close)
        await asyncio.to_thread(self.parts.store.close)
        self._lock.release()

    async def _open(self) -> None:
        await asyncio.to_thread(capabilities.recover, self.parts)
        await self.exchange.open()
        await self.office.open()
        await self._door.open()
        self.ticker.start()
        if self.parts.checkpointer is not None:
            self.parts.checkpointer.start(every=self.parts.settings.checkpoint_seconds)


@asynccontextmanager
async def line(home: Home, *, around: Ambient | None = None) -> AsyncIterator[Desk]:
    """A line to the home's desk: the running one, or one hosted here until the line is given back.

    Raises:
        DeskError: `desk.prod_not_served`: a prod desk is never embedded.
        HomeRefused and whatever `build` raises.
    """
    home.check()
    try:
        desk: Desk = await attach(home.socket)
    except DeskError:
        async with _hosted(home, around) as hosted:
            yield hosted
        return
    try:
        yield desk
    finally:
        await desk.close()


@asynccontextmanager
async def _hosted(home: Home, around: Ambient | None) -> AsyncIterator[Desk]:
    if profile(home) is Profile.PROD:
        raise DeskError(Refusal(code="desk.prod_not_served", clause="Y-4.2.2"))
    running = await RunningDesk.start(home, around=around)
    try:
        own = running.line()
        try:
            yield own
        finally:
            await own.close()
    finally:
        await running.stop()


def profile(home: Home) -> Profile:
    """The profile sealed in the home's key ring.

    Raises:
        KeyRingBroken, KeyProviderRefused: it cannot be read.
    """
    return KeyRing.open(FileKeyProvider(home.keys), datetime.now(UTC)).profile


def database_url(home: Home, chosen: Settings) -> str:
    """Where the home's database is."""
    return chosen.database or f"sqlite:///{home.database}"


def _moment(clock: Clock) -> datetime:
    return datetime.fromtimestamp(clock.now_us() / 1_000_000, UTC)


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _alert(parts: Parts, table: str, row_id: str, why: str) -> None:
    # Submitted, not run: the row was found on the store's own thread, inside somebody's act.
    parts.store.submit(lambda uow: alert_event(Hand(uow, parts.proofs), table, row_id, why))


__all__ = ["Ambient", "Home", "HomeRefused", "RunningDesk", "ambient", "build", "create", "line", "profile"]
