"""Call, reply, refusal and push: the grammar every capability's calls are written in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar, Generic, Protocol, TypeVar, get_args

import msgspec

R_co = TypeVar("R_co", covariant=True)
R = TypeVar("R")


class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frozen value that crosses to the screen; never a row, never more than the viewer's mask."""


class Call(Value, Generic[R_co], frozen=True, kw_only=True):
    """One thing a person asks of the desk. Subclasses give a tag and, as `Call[Reply]`, the type that answers.

    `writes` says whether the answer is kept under the caller's idempotency key for 24 hours.
    """

    writes: ClassVar[bool] = False


AnyCall = Call[Any]


def reply_type(call: type[AnyCall]) -> Any:  # noqa: ANN401 - a type form, not a value
    """The type a call is answered with.

    Raises:
        TypeError: the call does not say.
    """
    for base in getattr(call, "__orig_bases__", ()):
        if getattr(base, "__origin__", None) is Call:
            return get_args(base)[0]
    raise TypeError(call.__name__)


class Done(Value, frozen=True, kw_only=True):
    """The act is committed and there is nothing to show."""


class Push(Value, frozen=True, kw_only=True):
    """Something changed that this session may re-read. Never carries data.

    kind: `queue`, `case`, `contact`, `request`, `grant`, `import`, `line`, `session`; id: of the thing; version: newer
    is later.
    """

    kind: str
    id: str
    version: int


class Refusal(Value, frozen=True, kw_only=True):
    """Why not: a stable code, safe parameters, the clause, and the roles to ask."""

    code: str
    params: dict[str, str] = msgspec.field(default_factory=dict)
    clause: str = ""
    ask: tuple[str, ...] = ()


class DeskError(Exception):
    """A call was refused or failed; rendered for the viewer by `console.texts`."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal

    @property
    def code(self) -> str:
        """The stable code, e.g. `case.not_found`."""
        return self.refusal.code


class Desk(Protocol):
    """What a screen or command holds: one person's line to the desk.

    The desk knows who speaks from the line itself, never from what is said on it.
    """

    async def call(self, request: Call[R], *, key: str | None = None) -> R:
        """Carry out one call.

        Args:
            request: the call.
            key: idempotency key; the same key and request answer the same, once done. Made up when absent.

        Raises:
            DeskError: refused, failed, or the desk is gone (`desk.unreachable`).
        """
        ...

    def subscribe(self) -> AsyncIterator[Push]:
        """Pushes for this line, from now until the line closes."""
        ...

    async def close(self) -> None:
        """End the line; what was live on it is hidden, not ended."""
        ...
