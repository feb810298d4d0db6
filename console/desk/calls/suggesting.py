"""What a call's own end says came of it, in the words of results; what cannot have come of it. Pure."""

from __future__ import annotations

from typing import Final

from console.desk.api.work import ResultCode
from console.dial.results import Result

_SAYS: Final = {
    Result.BUSY: ResultCode.BUSY,
    Result.CANCELLED: ResultCode.NO_ANSWER,
    Result.AGENT_CANCELLED: ResultCode.NO_ANSWER,
    Result.INVALID_NUMBER: ResultCode.EMPTY_NUMBER,
    Result.NO_ANSWER: ResultCode.NO_ANSWER,
    Result.NOT_FOUND: ResultCode.NO_ANSWER,
    Result.REJECTED: ResultCode.REFUSED,
    Result.SYSTEM_ERROR: ResultCode.NO_ANSWER,
    Result.UNREACHABLE: ResultCode.POWERED_OFF,
}
"""Of a call that nobody answered. A line that broke before it rang anybody says nothing."""

SPOKE: Final = frozenset({ResultCode.ANSWERED_SELF, ResultCode.ANSWERED_OTHER, ResultCode.PROMISED})
"""What comes of a call only when somebody answers it."""


def suggested(result: str, *, answered: bool, third: bool) -> str:
    """The code to begin with; empty where nothing suggests itself.

    Args:
        result: of `console.dial.results.Result`; empty while the call goes on.
        answered: somebody answered.
        third: who has the number is no party to the debt.
    """
    if not result:
        return ""
    if answered:
        return (ResultCode.ANSWERED_OTHER if third else ResultCode.ANSWERED_SELF).value
    code = _SAYS.get(Result(result)) if result in set(Result) else None
    return code.value if code is not None else ""
