"""What the desk asks of whatever makes calls, and what it hears of them. No type here can hold a number in clear."""

from __future__ import annotations

from typing import Protocol

from console.dial.messages import Dial, Ended, Intruded, Moved, PhoneSeen, Recorded, RecorderFailed, Trunk
from masking.gm import Sm2PublicKey
from masking.recording import RecordingKey

Heard = Moved | Ended | PhoneSeen | Intruded | Recorded | RecorderFailed
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

    async def prepare(self, call_id: str, key: RecordingKey, descriptor: int) -> bool:
        """Make recorder and relay ready for a call; only then may it be dialled.

        Args:
            call_id: the call.
            key: of its recording.
            descriptor: an empty file open for writing; stays the caller's.

        Raises:
            DialerDown: there is none.
        """

    def dial(self, order: Dial) -> None:
        """Make a prepared call. Raises: DialerDown."""

    def hang_up(self, call_id: str) -> None:
        """End a call, if it is under way. Raises: DialerDown."""
