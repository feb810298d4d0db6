"""Asking whoever sits there for another one-time code, when the desk asks for it, over whatever is on the screen."""

from __future__ import annotations

import asyncio

from console.desk.api import Refusal
from console.tui.returning import ReturningApp


class ProvingApp(ReturningApp):
    """The part of the application that puts the desk's question to the person."""

    async def ask_code(self, asked: Refusal, wrong: Refusal | None) -> str | None:
        """What she typed; None when she let it be. See `console.proving.AskCode`."""
        from console.tui.modals.step_up import StepUpModal  # noqa: PLC0415 - loaded when asked for

        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

        def take(code: str | None) -> None:
            if not answer.done():
                answer.set_result(code)

        await self.push_screen(StepUpModal(asked, wrong), take)
        return await answer
