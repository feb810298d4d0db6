"""The key of a case that lists its calls, and the numbers by which its customer calls back."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.tui.screens.case_base import CaseBase


class CallKeys(CaseBase):
    """See the module."""

    NEEDS: ClassVar = {"calls": (Action.CALL_LINE_LIST.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [Binding("L", "calls", "key.case.calls")]

    def action_calls(self) -> None:
        """Every call of it."""
        from console.tui.screens.case_calls import CaseCallsScreen  # noqa: PLC0415 - loaded when asked for

        if self._view is not None:
            self.app.push_screen(CaseCallsScreen(self._view))
