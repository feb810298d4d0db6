"""The key of a case that asks for a printout: agreed to, marked and released like any other file."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import exports
from console.tui.screens.case_base import CaseBase

_FORMATS = ("pdf", "xlsx")


class PrintKeys(CaseBase):
    """See the module."""

    NEEDS: ClassVar = {"print": (Action.EXPORT_REQUEST_ASK.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [Binding("E", "print", "key.case.print")]

    def action_print(self) -> None:
        """Ask for it: for whom and why; what is in it is the whole case, as one sees it."""
        self.go(self._print())

    async def _print(self) -> None:
        from console.tui.modals.export import ExportWhomModal, What  # noqa: PLC0415 - loaded when asked for
        from console.tui.screens.export import ExportScreen  # noqa: PLC0415 - as above

        if self._view is None:
            return
        options = await self.client.ask(exports.GetExportOptions())
        if options is None:
            return
        what = What(
            unit_id="",
            fields=tuple(one.name for one in options.fields),
            profile="display",
            format=next((one for one in _FORMATS if one in options.formats), options.formats[0]),
            row_cap=1,
            rule=exports.Rule(case=self._view.row.case_id),
            template="case",
        )
        call = await self.app.push_screen_wait(ExportWhomModal(options, what))
        drafted = await self.client.ask(call) if call is not None else None
        if drafted is not None:
            self.app.push_screen(ExportScreen(drafted.export_id))
