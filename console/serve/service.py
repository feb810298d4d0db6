"""The served desk: this process is the desk, and starts the two others that have no key and no database.

Both are programs of their own, so nothing of the desk's memory is in them. The front door gets the host's key and
words over its link; the zygote gets nothing. When one of them ends, the service does, and whoever keeps services
running starts it afresh: half a front door is none.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import socket
import subprocess
from dataclasses import dataclass
from typing import Final, Self

from console.bootstrap import RunningDesk
from console.desk.api.base import DeskError, Refusal
from console.serve import child, host_key
from console.serve.link import LinkBroken, pair
from console.serve.messages import Listening, Open
from console.serve.partings import all_partings
from console.serve.reception import Reception
from console.texts import Texts

_END_WITHIN: Final = 5.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen."""

    host: str
    port: int

    @classmethod
    def parse(cls, said: str) -> Self:
        """Read `HOST:PORT`; an IPv6 address stands in brackets.

        Raises:
            ValueError: it is none.
        """
        host, separator, port = said.rpartition(":")
        if not separator or not port.isascii() or not port.isdigit() or int(port) > 65535:  # noqa: PLR2004 - TCP
            raise ValueError(said)
        return cls(host.strip("[]"), int(port))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Users:
    """As whom front door and sessions run, where whoever starts them is root and can choose; names of accounts."""

    door: str = "nobody"
    session: str = "nobody"

    @classmethod
    def numbers(cls, name: str) -> str:
        """`USER:GROUP` as the two processes take it; nothing where there is no choice.

        Raises:
            DeskError: `serve.no_such_user`.
        """
        if os.geteuid() != 0:
            return ""
        found = cls._found(name)
        return f"{found.pw_uid}:{found.pw_gid}"

    @classmethod
    def user_of(cls, name: str) -> int:
        """The user id of an account.

        Raises:
            DeskError: `serve.no_such_user`.
        """
        return cls._found(name).pw_uid

    @staticmethod
    def _found(name: str) -> pwd.struct_passwd:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            raise DeskError(Refusal(code="serve.no_such_user", params={"user": name})) from None


class FrontDoor:
    """An open front door of a running desk. Attributes: over is set when it has ended by itself."""

    def __init__(self, address: Address, fingerprint: str, listening: Listening, reception: Reception) -> None:
        self.address = Address(address.host, listening.port)
        self.fingerprint = fingerprint
        self.fences = listening.fences
        self.reception = reception
        self._started: list[subprocess.Popen[bytes]] = []

    @classmethod
    async def open(cls, desk: RunningDesk, address: Address, over: asyncio.Event, users: Users | None = None) -> Self:
        """Start both processes and listen.

        Args:
            desk: the desk.
            address: where.
            over: set when one of the processes ended by itself.
            users: as whom the two run where this process is root.

        Raises:
            DeskError: `serve.not_opened`: the address is taken or not this machine's, or a process could not start.
        """
        fingerprint = await asyncio.to_thread(host_key.ensure, desk.home)
        door, desk_end = pair()
        zygote, door_end = pair()
        users = users or Users()
        started = [
            _start("console.serve.zygote", zygote, user=users.numbers(users.session)),
            _start("console.serve.door", door, door_end, user=users.numbers(users.door)),
        ]
        for end in (door, zygote, door_end):
            end.close()
        reception = Reception(desk.kernel, desk_end, over.set)
        try:
            listening = await reception.open(order_of(desk, address))
        except LinkBroken:
            await reception.close()
            await asyncio.to_thread(_end, started)
            raise DeskError(Refusal(code="serve.not_opened", params={"address": str(address)})) from None
        opened = cls(address, fingerprint, listening, reception)
        opened._started = started
        return opened

    @property
    def processes(self) -> dict[str, int]:
        """Ids of the two processes, by name."""
        return dict(zip(("zygote", "door"), (process.pid for process in self._started), strict=True))

    async def close(self) -> None:
        """End every session, then both processes."""
        await self.reception.close()
        await asyncio.to_thread(_end, self._started)


def order_of(desk: RunningDesk, address: Address) -> Open:
    """What the front door of a desk is told: where to listen, with which key, in which words."""
    texts = Texts(desk.parts.settings.language)
    name = desk.parts.settings.name
    return Open(
        host=address.host,
        port=address.port,
        host_key=host_key.read(desk.home),
        banner=texts.t("serve.banner", desk=name) + "\r\n",
        password=texts.t("serve.password") + ": ",
        code=texts.t("serve.code") + ": ",
        partings=all_partings(),
    )


def _start(module: str, *ends: socket.socket, user: str) -> subprocess.Popen[bytes]:
    # Freed memory is overwritten at once (`console.tui.forgetting`) instead of being kept for the next of its size.
    return child.run(module, ends, *filter(None, [user]), GLIBC_TUNABLES="glibc.malloc.tcache_count=0")


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    """Their links are closed, so they end."""
    child.end(processes[::-1], _END_WITHIN)
