"""A desk without anybody and anything, for the zygote's rehearsal: what is warm afterwards came from no customer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TypeVar

from console.desk.api.base import Call, DeskError, Push, Refusal

R = TypeVar("R")


class EmptyDesk:
    """See `Desk`; refuses every call, tells nothing."""

    async def call(self, request: Call[R], *, key: str | None = None) -> R:
        """Refuse.

        Raises:
            DeskError: always.
        """
        del request, key
        raise DeskError(Refusal(code="session.nobody"))

    async def subscribe(self) -> AsyncIterator[Push]:
        """Nothing."""
        nothing: tuple[Push, ...] = ()
        for push in nothing:
            yield push

    async def close(self) -> None:
        """Nothing to end."""
