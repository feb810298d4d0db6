"""Coming back after a lost line: said, tried again, and then locked, with everything masked and no draft lost.

A new line knows nobody, so whoever was there proves to be there again as at signing in; another person may sign in
instead. What lay on the screens stays under the lock and is read again once it opens.
"""

from __future__ import annotations

from console.desk.api import Call, session
from console.desk.api.session import Me
from console.tui.client import Client
from console.tui.screens.base import DeskScreen
from console.tui.shroud import ShroudedApp


class ReturningApp(ShroudedApp):
    """The part of the application that outlives its line. Subclasses have the client and how to listen."""

    client: Client
    login = ""
    """By what name the person signed in; no secret."""

    bound = False
    """The line is one person's, whoever opens its lock; who that is, the front door says."""

    returned = False
    """The line is a new one, on which nobody has signed in yet."""

    def listen(self) -> None:
        """Hear what the desk tells on the line of now."""
        raise NotImplementedError

    async def lost_line(self) -> None:
        """Cover everything and try again."""
        from console.tui.screens.lost import LostScreen  # noqa: PLC0415 - its style is read when shown

        if not isinstance(self.screen, LostScreen):
            self.empty_forms()
            await self.push_screen(LostScreen())

    async def came_back(self) -> None:
        """The desk answers on a new line: locked."""
        from console.tui.screens.lock import LockScreen  # noqa: PLC0415 - as above
        from console.tui.screens.lost import LostScreen  # noqa: PLC0415 - as above

        self.returned = True
        self.listen()
        for screen in self.screen_stack:
            if isinstance(screen, DeskScreen):
                screen.mark_stale()
        if len(self.screen_stack) > 1 and isinstance(self.screen_stack[-2], LockScreen):
            await self.pop_screen()
        elif isinstance(self.screen, LostScreen):
            # In one step: what lies below is not drawn in between.
            await self.switch_screen(LockScreen())
        elif not isinstance(self.screen, LockScreen):
            await self.push_screen(LockScreen())

    def unlocking(self, password: str, code: str) -> Call[Me]:
        """The call that opens the lock: on a new line the person signs in again."""
        if not self.returned or self.bound:
            return session.Unlock(password=password, code=code)
        if password or code:
            return session.SignIn(login=self.login, password=password, code=code)
        return session.SignInAs(name=self.login)
