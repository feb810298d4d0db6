"""What every command about editions of a text does alike: propose one from a file, and show one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from console.cli.exits import Exit
    from console.cli.seat import Seat
    from console.desk.api.base import Call
    from console.desk.api.strategy import RuleFault

E = TypeVar("E")
E_co = TypeVar("E_co", covariant=True)


class Proposed(Protocol[E_co]):
    """The desk's answer to a proposed text: an edition, or what is wrong with the text."""

    @property
    def edition(self) -> E_co | None:
        """What was taken."""

    @property
    def faults(self) -> tuple[RuleFault, ...]:
        """What is wrong."""


class Shown(Protocol):
    """An edition's text, and how it differs from another one."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The text."""

    @property
    def diff(self) -> tuple[str, ...]:
        """How it differs."""

    @property
    def against(self) -> int:
        """From which edition."""


def propose_text(
    ctx: typer.Context,
    file: Path,
    call: Callable[[tuple[str, ...]], Call[Proposed[E]]],
    table: Callable[[Seat, tuple[E, ...]], list[str]],
) -> None:
    """Propose a file's lines; show the edition, or every fault by its line.

    Args:
        ctx: the command's.
        file: the text.
        call: makes the call of its lines.
        table: shows editions.

    Raises:
        typer.BadParameter: it is not UTF-8.
    """
    from console.cli.exits import Exit
    from console.cli.seat import carry_out
    from console.cli.strategy import fault_lines

    try:
        lines = tuple(file.read_text("utf-8-sig").splitlines())
    except UnicodeDecodeError as fault:
        raise typer.BadParameter("not UTF-8", param_hint="FILE") from fault

    async def act(seat: Seat) -> Exit | None:
        reply = await seat.call(call(lines))
        if reply.edition is None:
            seat.show(reply, fault_lines(seat, reply.faults))
            return Exit.REFUSED
        seat.show(reply, table(seat, (reply.edition,)))
        return None

    carry_out(ctx, act)


def text_lines(seat: Seat, view: Shown) -> Iterator[str]:
    """An edition's text, and how it differs from what it replaces."""
    yield ""
    yield from view.lines
    if view.diff:
        yield ""
        yield seat.texts.t("strategy.against", edition=view.against)
        yield from view.diff
