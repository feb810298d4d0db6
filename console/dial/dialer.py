"""What the desk asks of whatever makes calls, and what it hears of them. No type here can hold a number in clear."""

from __future__ import annotations

from typing import Protocol

from console.dial.axb.said import Bind, Bound, Cloud, Rang, Reject, Turned, Unbind
from console.dial.messages import (
    Dial,
    Ended,
    Intruded,
    Listen,
    Moved,
    PhoneSeen,
    Played,
    PrepareListening,
    Recorded,
    RecorderFailed,
    Seek,
    Silent,
    Trunk,
    TrunkSeen,
)
from masking.gm import Sm2PublicKey
from masking.recording import RecordingKey

Heard = (
    Moved
    | Ended
    | PhoneSeen
    | TrunkSeen
    | Intruded
    | Recorded
    | RecorderFailed
    | Silent
    | Played
    | Bound
    | Rang
    | Turned
)
"""What is said of calls and phones as it happens. Each call that was dialled ends with exactly one `Ended`."""


class DialerDown(Exception):
    """There is no dialer: it did not start, or is gone."""


class Dialer(Protocol):
    """Makes calls: the agent's phone first, then the customer, recorded from the first word between them."""

    @property
    def key(self) -> Sm2PublicKey:
        """What tickets are issued to, as long as this dialer lives.

        Raises:
            DialerDown: there is none.
        """

    def use(self, trunk: Trunk) -> None:
        """Say how the provider is reached. Raises: DialerDown."""

    def allow(self, name: str, secret: str) -> None:
        """Let a softphone register, or forget it where the secret is empty. Raises: DialerDown."""

    async def prepare(self, call_id: str, key: RecordingKey, descriptor: int, announce: str = "") -> bool:
        """Make recorder and relay ready for a call; only then may it be dialled.

        Args:
            call_id: the call.
            key: of its recording.
            descriptor: an empty file open for writing; stays the caller's.
            announce: what both hear before they speak (`console.dial.announcing`); nothing for an empty name.

        Raises:
            DialerDown: there is none.
        """

    async def prepare_listening(self, order: PrepareListening, descriptor: int) -> bool:
        """Make ready to play a recording; only then may its listener's phone be rung.

        Args:
            order: which, from where, under which mark.
            descriptor: its file open for reading; stays the caller's.

        Raises:
            DialerDown: there is none.
        """

    def listen(self, order: Listen) -> None:
        """Ring the listener's phone; its end is told like a call's. Raises: DialerDown."""

    def seek(self, order: Seek) -> None:
        """Play from elsewhere, or stand still. Raises: DialerDown."""

    def dial(self, order: Dial) -> None:
        """Make a prepared call. Raises: DialerDown."""

    def discard(self, call_id: str) -> None:
        """Give back what was prepared for a call that is not dialled after all. Raises: DialerDown."""

    def bridge(self, call_id: str) -> None:
        """Let agent and customer hear each other, once the customer answered. Raises: DialerDown."""

    def hang_up(self, call_id: str) -> None:
        """End a call, if it is under way. Raises: DialerDown."""

    def tell(self, said: Bind | Unbind | Reject | Cloud) -> None:
        """Say something of privacy numbers. Raises: DialerDown."""

    async def close(self) -> None:
        """End every call and whatever makes them."""
