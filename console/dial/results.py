"""How a call ended, in the desk's words, told from what SIP said: the Q.850 cause first, then the status code. Pure.

Sources: RFC 3326 (Reason), ITU-T Q.850 (causes), RFC 3261 §21 (status codes), RFC 8197 (607, 608), RFC 3398 §7.2.4.1:
a network's "no such number" (cause 1) and its two kinds of "no route" (2, 3) all come as 404, so that code alone proves
none of them; 410 is cause 22, and 604 says of itself that it knows.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final


class Result(StrEnum):
    """Every way a call can end.

    `agent_…`: before the customer was called; `no_common_speech`: of either side; `invalid_number`: the provider says
    that nobody has it; `not_found`: it has none or no route to it, and does not say which; `not_diallable`: the number
    may be good, and this line calls none like it.
    """

    AGENT_BUSY = "agent_busy"
    AGENT_CANCELLED = "agent_cancelled"
    AGENT_NO_ANSWER = "agent_no_answer"
    AGENT_REJECTED = "agent_rejected"
    AGENT_UNREACHABLE = "agent_unreachable"
    ANSWERED = "answered"
    BUSY = "busy"
    CANCELLED = "cancelled"
    INVALID_NUMBER = "invalid_number"
    NETWORK_ERROR = "network_error"
    NO_ANSWER = "no_answer"
    NO_COMMON_SPEECH = "no_common_speech"
    NOT_DIALLABLE = "not_diallable"
    NOT_FOUND = "not_found"
    REJECTED = "rejected"
    SYSTEM_ERROR = "system_error"
    TICKET_REFUSED = "ticket_refused"
    TRUNK_AUTH_FAILED = "trunk_auth_failed"
    UNREACHABLE = "unreachable"


class By(StrEnum):
    """Who ended a call."""

    AGENT = "agent"
    CUSTOMER = "customer"
    DESK = "desk"
    LINE = "line"


_CAUSES: Final = {
    1: Result.INVALID_NUMBER,
    2: Result.NETWORK_ERROR,  # no route: of the line, and nothing said of the number
    3: Result.NETWORK_ERROR,
    17: Result.BUSY,
    18: Result.NO_ANSWER,
    19: Result.NO_ANSWER,
    20: Result.UNREACHABLE,
    21: Result.REJECTED,
    22: Result.INVALID_NUMBER,
    27: Result.UNREACHABLE,
    28: Result.NOT_DIALLABLE,  # as we wrote it
    34: Result.NETWORK_ERROR,
    38: Result.NETWORK_ERROR,
    41: Result.NETWORK_ERROR,
    42: Result.NETWORK_ERROR,
    65: Result.NO_COMMON_SPEECH,
    88: Result.NO_COMMON_SPEECH,
}
_CODES: Final = {
    401: Result.TRUNK_AUTH_FAILED,
    404: Result.NOT_FOUND,
    407: Result.TRUNK_AUTH_FAILED,
    408: Result.NO_ANSWER,
    410: Result.INVALID_NUMBER,
    415: Result.NO_COMMON_SPEECH,
    480: Result.NO_ANSWER,
    484: Result.NOT_DIALLABLE,
    486: Result.BUSY,
    487: Result.NO_ANSWER,
    488: Result.NO_COMMON_SPEECH,
    600: Result.BUSY,
    603: Result.REJECTED,
    604: Result.INVALID_NUMBER,
    606: Result.NO_COMMON_SPEECH,
    607: Result.REJECTED,
    608: Result.REJECTED,
}
_AGENT: Final = {
    Result.BUSY: Result.AGENT_BUSY,
    Result.REJECTED: Result.AGENT_REJECTED,
    Result.NO_ANSWER: Result.AGENT_NO_ANSWER,
    Result.NO_COMMON_SPEECH: Result.NO_COMMON_SPEECH,
}
_CAUSE: Final = re.compile(r"Q\.850\s*;(?:[^,]*;)?\s*cause\s*=\s*(\d{1,3})(?!\d)", re.IGNORECASE)


def cause_of(reason: str | None) -> int | None:
    """The Q.850 cause in a Reason header; nothing else of it is ever kept."""
    found = _CAUSE.search(reason) if reason else None
    return int(found[1]) if found else None


def of_customer(code: int, cause: int | None, *, over: bool = False) -> Result:
    """Why the customer's leg did not come about.

    over: a number of ours was called, behind which a provider rings the customer's: that it is none says nothing of
    theirs.
    """
    found = _CAUSES.get(cause or 0) or _CODES.get(code, Result.NETWORK_ERROR)
    return Result.NETWORK_ERROR if over and found in {Result.INVALID_NUMBER, Result.NOT_FOUND} else found


def of_agent(code: int, cause: int | None) -> Result:
    """Why the agent's leg did not come about."""
    return _AGENT.get(of_customer(code, cause), Result.AGENT_UNREACHABLE)
