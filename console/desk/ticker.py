"""The desk's own clockwork: what ends, times out or passes to a deputy does so without anybody's doing.

It asks a cheap question (when is the next thing due?) and otherwise sleeps, so an idle desk writes nothing.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from access.context import Origin
from access.errors import AccessError
from access.grants import live, requests
from access.store.base import UnitOfWork
from console.desk.act import Act
from console.desk.hub import Audience
from console.desk.line import Line
from console.desk.parts import Parts
from console.desk.reveals.asking import tell_deciders
from console.desk.reveals.granting import granting, limits

_BEAT: Final = 0.25  # seconds between looks; expiry must show within one second
_log = logging.getLogger("veildesk.ticker")


class Ticker:
    """Runs until stopped."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._looked = -1
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End; what was due meanwhile is done at the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_BEAT)
            try:
                await asyncio.to_thread(self.beat)
            except AccessError as shut:
                # Nothing could be written; grants are judged at every reading anyway, so nothing stays open by this.
                _log.warning("clockwork: %s", shut.code)

    def beat(self) -> None:
        """Do what is due now."""
        with self._parts.store.engine.connect() as connection:
            due = live.next_due(connection, limits(self._parts.settings), self._looked)
        now = self._parts.clock.now_us()
        if due is not None and due <= now:
            self._parts.store.run(self._advance)
            self._looked = now

    def _advance(self, uow: UnitOfWork) -> None:
        act = Act(uow=uow, parts=self._parts, line=Line(Origin("local", "clockwork")))
        desk = granting(act)
        for grant in live.expire_due(desk):
            audience = Audience.of(grant["person_id"], units=(live.resource_of_grant(uow, grant).unit_id,))
            act.push("grant", grant["id"], audience)
            act.push("case", grant["case_id"], audience)
        for row in (*requests.time_out_due(desk), *requests.escalate_due(desk)):
            tell_deciders(act, row)
