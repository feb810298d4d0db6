"""The one channel a visitor may open: a terminal. Everything else that SSH knows is refused, and said to the desk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, NoReturn

import asyncssh
from asyncssh.packet import SSHPacket

from console.serve.connection import UNKNOWN, Refuse
from console.serve.idleness import Hands
from console.serve.terminal import Terminal, kind_of

_WINDOW: Final = 256 * 1024
_PACKET: Final = 32 * 1024


class OnlyTerminal(asyncssh.SSHServerChannel[bytes]):
    """A channel without environment, X11 and agent.

    Args:
        conn: the visitor's connection.
        refuse: told the code of what was asked for.
    """

    def __init__(self, conn: asyncssh.SSHServerConnection, refuse: Refuse) -> None:
        super().__init__(
            conn,
            asyncio.get_running_loop(),
            allow_pty=True,
            line_editor=False,
            line_echo=False,
            line_history=0,
            max_line_length=0,
            encoding=None,
            errors="strict",
            window=_WINDOW,
            max_pktsize=_PACKET,
        )
        self._refuse = refuse
        self._understood = False

    def __getattr__(self, name: str) -> NoReturn:
        """As with the connection: whatever else is asked for on the channel."""
        if UNKNOWN.match(name):
            self._refuse("unknown")
        raise AttributeError(name)

    def _start_session(self, command: str | None = None, subsystem: str | None = None) -> bool:
        # One thing a channel; asyncssh refuses the next without a word.
        self._understood = True
        if self._session_started:
            self._refuse("second_session")
        return super()._start_session(command, subsystem)

    def _process_pty_req_request(self, packet: SSHPacket) -> bool:
        if self._term_type is not None:
            self._refuse("second_session")
        return super()._process_pty_req_request(packet)

    def _process_exec_request(self, packet: SSHPacket) -> bool:
        return self._said(super()._process_exec_request, packet, "exec")

    def _process_subsystem_request(self, packet: SSHPacket) -> bool:
        return self._said(super()._process_subsystem_request, packet, "subsystem")

    def _said(self, process: Callable[[SSHPacket], bool], packet: SSHPacket, what: str) -> bool:
        """Have a request dealt with that asyncssh refuses by itself, before it comes to anybody, if it is no text."""
        self._understood = False
        granted = process(packet)
        if not self._understood:
            self._refuse(what)
        return granted

    def _process_env_request(self, packet: SSHPacket) -> bool:
        del packet
        self._refuse("environment")
        return False

    def _process_x11_req_request(self, packet: SSHPacket) -> bool:
        del packet
        self._refuse("x11")
        return False

    def _process_auth_agent_req_at_openssh_dot_com_request(self, packet: SSHPacket) -> bool:  # type: ignore[override]
        del packet
        self._refuse("agent")
        return False


class TerminalSession(asyncssh.SSHServerSession[bytes]):
    """What happens on the channel.

    Args:
        refuse: told the code of what was asked for and is not given.
        begin: called with this session once a terminal stands.
        over: called once when the channel is gone.
        typed: called whenever somebody types.
    """

    def __init__(
        self,
        refuse: Refuse,
        begin: Callable[[TerminalSession], None],
        over: Callable[[], None],
        typed: Callable[[], None],
    ) -> None:
        self._refuse, self._begin, self._over, self._typed = refuse, begin, over, typed
        self._hands = Hands()
        self._channel: asyncssh.SSHServerChannel[bytes] | None = None
        self._size: tuple[int, int] | None = None
        self.kind = ""
        self.terminal: Terminal | None = None

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """The channel is open."""
        self._channel = chan

    def pty_requested(self, term_type: str, term_size: tuple[int, int, int, int], term_modes: object) -> bool:
        """The one thing there is."""
        del term_modes
        self.kind, self._size = kind_of(term_type), term_size[:2]
        return True

    def shell_requested(self) -> bool:
        """Start, if a terminal was asked for."""
        if self._size is None:
            self._refuse("no_terminal")
            return False
        return True

    def exec_requested(self, command: str) -> bool:
        """No commands, so no scp either."""
        del command
        self._refuse("exec")
        return False

    def subsystem_requested(self, subsystem: str) -> bool:
        """No SFTP, nothing else."""
        del subsystem
        self._refuse("subsystem")
        return False

    def session_started(self) -> None:
        """Make the terminal and ask for a session on it."""
        if self._channel is not None and self._size is not None:
            self.terminal = Terminal(self._channel, *self._size)
            self._begin(self)

    def data_received(self, data: bytes, datatype: int | None) -> None:
        """Typed."""
        del datatype
        if self.terminal is not None:
            self.terminal.type(data)
            if self._hands.typed(data):
                self._typed()

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        """Another window size."""
        del pixwidth, pixheight
        if self.terminal is not None:
            self.terminal.resize(width, height)

    def pause_writing(self) -> None:
        """The visitor reads slower than the session writes."""
        if self.terminal is not None:
            self.terminal.hold()

    def resume_writing(self) -> None:
        """Caught up."""
        if self.terminal is not None:
            self.terminal.go_on()

    def eof_received(self) -> bool:
        """Nothing more will be typed: the visit is over."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The channel is gone."""
        del exc
        if self.terminal is not None:
            self.terminal.close()
        self._over()

    def end(self, *, well: bool, parting: bytes = b"") -> None:
        """The session process ended: put the visitor's terminal back, say why if there is a why, close the channel."""
        if self._channel is None or self._channel.is_closing():
            return
        if self.terminal is not None:
            self.terminal.end(well=well, parting=parting)
        self._channel.exit(0 if well and not parting else 1)
