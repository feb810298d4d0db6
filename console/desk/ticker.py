"""The desk's own clockwork: what ends, times out or passes to a deputy does so without anybody's doing.

It asks cheap questions (when is the next thing due? whose standing changed?) and otherwise sleeps, so an idle desk
writes nothing. Whoever's roles, account or login changed is told to read again who they are, so that a screen masks
what it may not show any more within the second.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from functools import partial
from typing import Final

from sqlalchemy import Connection, func, or_, select

from access.audit.events import decode
from access.context import Origin
from access.grants import live, requests
from access.store.base import UnitOfWork
from access.store.schema import audit_event, login, person, role_grant
from console.desk.act import Act
from console.desk.exports import clockwork as exports_clockwork
from console.desk.exports import records as exports
from console.desk.hub import Audience
from console.desk.imports import arrivals
from console.desk.line import Line
from console.desk.parts import Parts
from console.desk.reveals.asking import tell_deciders
from console.desk.reveals.granting import granting, limits
from console.desk.roles import clockwork as roles_clockwork
from console.desk.special import clockwork as special_clockwork
from console.desk.staff.clockwork import StaffClock, Work
from console.desk.strategy import runs
from console.desk.team import clockwork as team_clockwork
from console.desk.visits import clockwork as visits_clockwork
from console.desk.work import clockwork, drafts
from masking.scrub import safe_repr

_BEAT: Final = 0.25  # seconds between looks; expiry must show within one second
_PARTS: Final = 4  # of what an import brought, a beat: what falls due meanwhile waits no longer than these take
_SWEEP: Final = 3600 * 1_000_000  # microseconds between looks for drafts that nobody came back to
_DROPS: Final = 5 * 1_000_000  # microseconds between looks into lenders' drops
_log = logging.getLogger("veildesk.ticker")


class Ticker:
    """Runs until stopped."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._looked = -1
        self._roles_looked = -1
        self._team_looked = -1
        self._swept = 0
        self._dropped = 0
        self._heard: int | None = None
        self._staff = StaffClock()
        self._task: asyncio.Task[None] | None = None
        self._ending = asyncio.Event()
        self._beating = threading.Lock()

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End, after the beat that is under way; what was due meanwhile is done at the next start."""
        self._ending.set()
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while not self._ending.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), _BEAT)
                return
            try:
                await asyncio.to_thread(self.beat)
            except Exception as wrong:  # noqa: BLE001 - it must go on; what is broken now may work at the next beat
                # Grants are judged at every reading anyway, so nothing stays open by this.
                _log.warning("clockwork: %s", safe_repr(wrong))

    def beat(self) -> None:
        """Do what is due now, and tell those whose standing changed; one beat at a time, whoever calls."""
        with self._beating:
            self._beat()

    def _beat(self) -> None:
        with self._parts.store.engine.connect() as connection:
            due = live.next_due(connection, limits(self._parts.settings), self._looked)
            changed = self._changed(connection)
            wake = clockwork.next_wake(connection)
            roles_due = roles_clockwork.next_due(connection, self._roles_looked)
            team_due = team_clockwork.next_due(connection, self._team_looked)
            staff = self._staff.look(connection, self._parts.clock.now_us())
            sharing = runs.any_due(connection)
        for person_id in sorted(changed):
            self._parts.hub.publish("session", person_id, Audience.of(person_id))
        now = self._parts.clock.now_us()
        if due is not None and due <= now:
            self._parts.store.run(self._advance)
            self._looked = now
        if wake is not None and wake <= now:
            self._parts.store.run(self._wake)
        for work in staff:
            self._parts.store.run(partial(self._do, work))
        self._staff.done()
        if roles_due is not None and roles_due <= now:
            self._parts.store.run(self._keep_roles)
            self._roles_looked = now
        if team_due is not None and team_due <= now:
            self._parts.store.run(self._keep_team)
            self._team_looked = now
        for export_id in exports.due(self._parts, now):
            self._parts.store.run(partial(self._expire, export_id))
        self._close_scenes(now)
        self._tidy(now)
        parts = 0
        while sharing and parts < _PARTS and not self._ending.is_set():
            sharing = self._parts.store.run(self._share)
            parts += 1

    def _close_scenes(self, now: int) -> None:
        """Special contacts and visits whose time is over."""
        for filing_id in special_clockwork.due(self._parts, now):
            self._parts.store.run(partial(self._close, filing_id))
        for visit_id in visits_clockwork.due(self._parts, now):
            self._parts.store.run(partial(self._miss, visit_id))

    def _tidy(self, now: int) -> None:
        """What need not be prompt: lenders' drops, drafts that nobody came back to."""
        if now - self._dropped >= _DROPS:
            self._dropped = now
            arrivals.look(self._parts)
        if now - self._swept >= _SWEEP:
            self._parts.store.run(drafts.sweep)
            self._swept = now

    def _changed(self, connection: Connection) -> set[str]:
        """People whose account, role or login changed since the last beat, by the log."""
        head = int(connection.execute(select(func.coalesce(func.max(audit_event.c.seq), 0))).scalar_one())
        heard, self._heard = self._heard, head
        if heard is None or head == heard:
            return set()
        standing = or_(*(audit_event.c.subject.startswith(f"{table.name}:") for table in (person, role_grant, login)))
        bodies = connection.execute(
            select(audit_event.c.body).where(audit_event.c.seq > heard, audit_event.c.seq <= head, standing)
        ).scalars()
        events = [decode(bytes(body)) for body in bodies]
        found = {event.object_id for event in events if event.object_kind == "person" and event.object_id is not None}
        logins = [event.object_id for event in events if event.object_kind == "login"]
        if logins:
            found.update(connection.execute(select(login.c.person_id).where(login.c.id.in_(logins))).scalars())
        return found

    def _act(self, uow: UnitOfWork) -> Act:
        return Act(uow=uow, parts=self._parts, line=Line(Origin("local", "clockwork")))

    def _do(self, work: Work, uow: UnitOfWork) -> None:
        work(self._act(uow))

    def _wake(self, uow: UnitOfWork) -> None:
        clockwork.wake(self._act(uow))

    def _expire(self, export_id: str, uow: UnitOfWork) -> None:
        exports_clockwork.expire(self._act(uow), export_id)

    def _close(self, filing_id: str, uow: UnitOfWork) -> None:
        special_clockwork.end(self._act(uow), filing_id)

    def _miss(self, visit_id: str, uow: UnitOfWork) -> None:
        visits_clockwork.end(self._act(uow), visit_id)

    def _keep_roles(self, uow: UnitOfWork) -> None:
        roles_clockwork.advance(self._act(uow))

    def _keep_team(self, uow: UnitOfWork) -> None:
        team_clockwork.advance(self._act(uow), self._team_looked)

    def _share(self, uow: UnitOfWork) -> bool:
        return runs.advance(self._act(uow))

    def _advance(self, uow: UnitOfWork) -> None:
        act = self._act(uow)
        desk = granting(act)
        for grant in live.expire_due(desk):
            audience = Audience.of(grant["person_id"], units=(live.resource_of_grant(uow, grant).unit_id,))
            act.push("grant", grant["id"], audience)
            act.push("case", grant["case_id"], audience)
        for row in (*requests.time_out_due(desk), *requests.escalate_due(desk)):
            tell_deciders(act, row)
