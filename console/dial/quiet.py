"""The only door to the SIP stack, silenced: it prints whole messages, which hold numbers, whenever one is odd.

The stack's reporting of faults is replaced before any of its modules can take it, its logger writes nothing, and a
process that speaks SIP calls `fall_silent` first, so that nothing the stack prints goes anywhere.
"""

from __future__ import annotations

import os

from sippy.Core import Exceptions


def _say_nothing(*said: object, **more: object) -> None:
    del said, more


Exceptions.dump_exception = _say_nothing

# Each of these takes the name above when it is loaded, so they come after it.
from sippy.CCEvents import (  # noqa: E402
    CCEventConnect,
    CCEventDisconnect,
    CCEventFail,
    CCEventRing,
    CCEventTry,
)
from sippy.Core.EventDispatcher import ED2  # noqa: E402
from sippy.MsgBody import MsgBody  # noqa: E402
from sippy.SipAddress import SipAddress  # noqa: E402
from sippy.SipCallId import SipCallId  # noqa: E402
from sippy.SipConf import SipConf  # noqa: E402
from sippy.SipFrom import SipFrom  # noqa: E402
from sippy.SipHeader import SipHeader  # noqa: E402
from sippy.SipRequest import SipRequest  # noqa: E402
from sippy.SipTo import SipTo  # noqa: E402
from sippy.SipTransactionManager import SipTransactionManager  # noqa: E402
from sippy.SipURL import SipURL  # noqa: E402
from sippy.Time.Timeout import Timeout  # noqa: E402
from sippy.UA import UA  # noqa: E402
from sippy.Udp_server import Udp_server_opts  # noqa: E402

# One thread each way: with more, an answer overtakes the ringing before it.
Udp_server_opts.nworkers = 1

__all__ = [
    "ED2",
    "UA",
    "CCEventConnect",
    "CCEventDisconnect",
    "CCEventFail",
    "CCEventRing",
    "CCEventTry",
    "MsgBody",
    "NoLog",
    "SipAddress",
    "SipCallId",
    "SipConf",
    "SipFrom",
    "SipHeader",
    "SipRequest",
    "SipTo",
    "SipTransactionManager",
    "SipURL",
    "Timeout",
    "fall_silent",
]


class NoLog:
    """A logger that keeps nothing."""

    def write(self, *said: object, **more: object) -> None:
        """Nothing of what is said is written."""


def fall_silent() -> None:
    """Lead both outputs of this process nowhere, for good."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for output in (1, 2):
        os.dup2(nowhere, output)
    os.close(nowhere)
