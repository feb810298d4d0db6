"""Whether the provider is there: asked every few seconds (OPTIONS, RFC 3261 §11), told when that changes.

A question holds no number. Any answer of the provider's own is one, refusals too; the edge's word that it could not ask
is none. The line is down once nothing was heard for as long as `silence` says, and up again with the first answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from console.dial.messages import Trunk
from console.dial.quiet import SipAddress, SipCallId, SipConf, SipFrom, SipRequest, SipTo, SipURL, Timeout

SILENT: Final = 4.0
"""Seconds without a word that are a silence, where questions are no further apart than half of it."""

BEAT: Final = 0.5
"""Seconds between two looks."""

_ANSWERED_WITHIN: Final = 2.0
_FINAL: Final = 200
_ITS_OWN: Final = 500
_EDGES: Final = frozenset({408, 477, 478})
_NOT_DONE: Final = 501


def of_provider(code: int) -> bool:
    """Whether a status code is the provider's, not of something before it that could not reach it. Pure."""
    return (_FINAL <= code < _ITS_OWN and code not in _EDGES) or code == _NOT_DONE or code >= _ITS_OWN + 100


def silence(asked_every: int) -> float:
    """Seconds without an answer after which a line that is asked so often is down. Pure.

    A question has two seconds to be answered in, so one that is asked seldom is not taken for silent between two. Asked
    at least every three seconds, a line that breaks is told within six, with the time until the next look.
    """
    return max(SILENT, asked_every + _ANSWERED_WITHIN)


class Watch:
    """One line, asked for as long as the process lives.

    Args:
        config: what the stack is spoken to with.
        told: called with whether the line is up, once known and whenever it changes.
    """

    def __init__(self, config: dict[str, Any], told: Callable[[bool], None]) -> None:
        self._config, self._told = config, told
        self._trunk: Trunk | None = None
        self._round = 0
        self._up: bool | None = None
        self._asked = self._heard = 0.0
        self._beat = Timeout(self._look, BEAT, -1)

    def use(self, trunk: Trunk) -> None:
        """Ask this line from now on; answers to what another was asked are nothing any more."""
        self._trunk, self._up = trunk, None
        self._round += 1
        # The first question is asked at once: its silence needs no time between two of them.
        self._asked, self._heard = 0.0, time.monotonic() + SILENT - silence(trunk.asked_every)
        self._look()

    def _look(self) -> None:
        trunk = self._trunk
        if trunk is None or not trunk.asked_every:
            return
        now = time.monotonic()
        if now - self._heard >= silence(trunk.asked_every):
            self._say(up=False)
        if now - self._asked >= trunk.asked_every:
            self._asked = now
            self._ask(trunk)

    def _ask(self, trunk: Trunk) -> None:
        asked = self._round

        def answer(response: Any) -> None:  # noqa: ANN401 - the stack's
            if asked == self._round and of_provider(response.getSCode()[0]):
                self._heard = time.monotonic()
                self._say(up=True)

        url = SipURL(host=trunk.domain, port=None)
        sender = SipFrom(address=SipAddress(url=SipURL(username=trunk.presented or None, host=trunk.domain, port=None)))
        sender.genTag()
        request = SipRequest(
            method="OPTIONS",
            ruri=url,
            to=SipTo(address=SipAddress(url=url.getCopy())),
            fr0m=sender,
            cseq=1,
            callid=SipCallId(),
            target=((trunk.host, trunk.port), SipConf.my_transport),
            user_agent=SipConf.my_uaname,
        )
        self._config["_sip_tm"].newTransaction(request, resp_cb=answer)

    def _say(self, *, up: bool) -> None:
        if up is not self._up:
            self._up = up
            self._told(up)
