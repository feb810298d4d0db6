"""Making a call that may ask for another one-time code: ask for it, show it, and repeat the same call under its key.

What screens and commands share. How the person is asked is theirs; a demo desk takes an empty answer.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from console.desk.api.base import Call, Desk, DeskError, Refusal
from console.desk.api.session import StepUp

R = TypeVar("R")

REQUIRED: Final = "stepup.required"
NOT_SHOWN: Final = "stepup.refused"

AskCode = Callable[[Refusal, Refusal | None], Awaitable[str | None]]
"""Asks the person for a code; takes what asks for it and why the last one did not count. None: she lets it be."""


def needs_none(asked: Refusal) -> bool:
    """Whether the desk asks for nobody's code: a demo desk, whose people have none."""
    return asked.params.get("factor") == "none"


async def nothing(asked: Refusal, wrong: Refusal | None) -> str | None:
    """Answer for the people of a demo desk, who have no codes; for nobody else."""
    return "" if needs_none(asked) and wrong is None else None


async def proven(desk: Desk, request: Call[R], key: str | None, ask: AskCode) -> R:
    """The reply to a call, after the person proved herself where it takes that.

    Args:
        desk: the line.
        request: the call.
        key: its idempotency key; made up when absent.
        ask: asks the person.

    Raises:
        DeskError: as the call, and as showing a code; `stepup.required` when she does not.
    """
    key = key or secrets.token_hex(16)
    try:
        return await desk.call(request, key=key)
    except DeskError as refused:
        if refused.code != REQUIRED:
            raise
        await _prove(desk, refused, key, ask)
    return await desk.call(request, key=key)


async def _prove(desk: Desk, asked: DeskError, key: str, ask: AskCode) -> None:
    wrong: Refusal | None = None
    while True:
        code = await ask(asked.refusal, wrong)
        if code is None:
            raise asked
        try:
            await desk.call(StepUp(code=code, key=key))
        except DeskError as refused:
            if refused.code != NOT_SHOWN:
                raise
            wrong = refused.refusal
        else:
            return
