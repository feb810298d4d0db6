"""What a strategy does to many cases, part after part, with how far it is and a key to stop.

Each part is whole by itself, so stopping, leaving the screen or a lost line leaves nothing half-done: the same key goes
on where it ended.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType

from console.desk.api import strategy
from console.desk.api.strategy import Applied
from console.tui.screens.lists import ListScreen

Call = strategy.StartStrategy | strategy.ApplyStrategy | strategy.RollBackStrategy


class SteppingScreen(ListScreen):
    """A list from which an edition is applied or rolled back."""

    LONG: ClassVar[frozenset[str]] = frozenset({"apply", "start", "roll_back"})
    BINDINGS: ClassVar[list[BindingType]] = [Binding("x", "stop", "key.stop")]

    def __init__(self) -> None:
        super().__init__()
        self._under_way = self._stopping = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One thing at a time; stopping is for what is under way."""
        if action == "stop":
            return self._under_way
        if action in self.LONG and self._under_way:
            return False
        return super().check_action(action, parameters)

    def action_stop(self) -> None:
        """Stop after the part under way."""
        self._stopping = True

    async def apply_all(self, first: strategy.StartStrategy | strategy.ApplyStrategy) -> None:
        """Make an edition live or apply it, to the end."""
        done = await self._all(first, "strategy.going", lambda applied: applied.moved > 0, _apply_again)
        if done is not None:
            key = "strategy.stopped" if self._stopping and done.left else "strategy.applied"
            self.say(self.t(key, moved=done.moved, ranked=done.ranked, left=done.left))

    async def roll_back_all(self, first: strategy.RollBackStrategy) -> None:
        """Roll an edition back, to the end."""
        done = await self._all(first, "strategy.going_back", lambda _: True, _roll_back_again)
        if done is not None:
            key = "strategy.back_stopped" if done.left else "strategy.rolled_back"
            self.say(self.t(key, moved=done.moved, kept=done.kept, ranked=done.ranked, left=done.left))

    async def _all(
        self, first: Call, going: str, moves_on: Callable[[Applied], bool], again: Callable[[Applied], Call]
    ) -> Applied | None:
        """Ask until nothing is left or somebody stops it; returns the sums, none when the first part was refused."""
        self._under_way, self._stopping = True, False
        self.refresh_keys()
        try:
            done = await self.client.ask(first)
            if done is None:
                return None
            moved, kept, ranked = done.moved, done.kept, done.ranked
            while done.left and moves_on(done) and not self._stopping:
                behind = moved + kept
                self.say(self.t(going, moved=behind, total=behind + done.left))
                more = await self.client.ask(again(done))
                if more is None:
                    # Refused, and said so: somebody else did something meanwhile. What is done stays done.
                    return None
                done = more
                moved, kept, ranked = moved + done.moved, kept + done.kept, ranked + done.ranked
            return Applied(edition=done.edition, moved=moved, left=done.left, ranked=ranked, kept=kept)
        finally:
            self._under_way = False
            self.refresh_keys()


def _apply_again(done: Applied) -> Call:
    return strategy.ApplyStrategy(strategy_id=done.edition.strategy_id)


def _roll_back_again(done: Applied) -> Call:
    return strategy.RollBackStrategy(strategy_id=done.edition.strategy_id, version=done.edition.version)
