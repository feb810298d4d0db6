"""The one channel of a visitor with files: SFTP on it, no terminal, no command."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import asyncssh
from asyncssh.sftp import SFTPServerHandler
from asyncssh.stream import SSHServerStreamSession

from console.serve.no_files import Ask, NoFiles, Refuse


class _Handler(SFTPServerHandler):
    """Says to the server that the visitor left before it closes what was open; speaks no extension but `fsync`."""

    _extensions = [(b"fsync@openssh.com", b"1")]  # noqa: RUF012 - as the class above has it
    _packet_handlers = {  # noqa: RUF012 - as above
        name: handler
        for name, handler in SFTPServerHandler._packet_handlers.items()  # noqa: SLF001 - there is no other way to narrow
        if name not in {b"copy-data", b"ranges@asyncssh.com"}
    }

    async def _cleanup(self, exc: Exception | None) -> None:
        server = self._server
        if isinstance(server, NoFiles):
            server.left = True
            if not server.channel.is_closing():
                # asyncssh would say nothing, which clients take for a failure.
                server.channel.exit(0)
        await super()._cleanup(exc)


class FilesSession(SSHServerStreamSession[bytes]):
    """The one channel of a visitor with files: SFTP on it, no terminal, no command.

    Args:
        kind: what the visitor may do.
        ask: of the desk.
        refuse: told the code of what was asked for and is not given.
        over: called once when the channel is gone.
    """

    def __init__(self, kind: type[NoFiles], ask: Ask, refuse: Refuse, over: Callable[[], None]) -> None:
        super().__init__(None)
        self._kind, self._ask, self._refuse, self._over = kind, ask, refuse, over

    def pty_requested(self, term_type: str, term_size: object, term_modes: object) -> bool:
        """No terminal here."""
        del term_type, term_size, term_modes
        self._refuse("no_files")
        return False

    def shell_requested(self) -> bool:
        """No terminal here."""
        self._refuse("no_files")
        return False

    def exec_requested(self, command: str) -> bool:
        """No commands, so no old scp either."""
        del command
        self._refuse("exec")
        return False

    def subsystem_requested(self, subsystem: str) -> bool:
        """SFTP and nothing else."""
        if subsystem != "sftp":
            self._refuse("subsystem")
        return subsystem == "sftp"

    def session_started(self) -> None:
        """Serve."""
        if self._chan is None or self._conn is None:
            return
        reader: asyncssh.SSHReader[bytes] = asyncssh.SSHReader(self, self._chan)
        writer: asyncssh.SSHWriter[bytes] = asyncssh.SSHWriter(self, self._chan)
        channel = cast("asyncssh.SSHServerChannel[bytes]", self._chan)
        server = self._kind(channel, self._ask, self._refuse)
        self._conn.create_task(_serve(server, reader, writer), reader.logger)

    def connection_lost(self, exc: Exception | None) -> None:
        """The channel is gone."""
        super().connection_lost(exc)
        self._over()


async def _serve(server: NoFiles, reader: asyncssh.SSHReader[bytes], writer: asyncssh.SSHWriter[bytes]) -> None:
    handler = _Handler(server, reader, writer, 3)
    await handler.run()
