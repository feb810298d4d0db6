"""Lines outwards: how trunk, recorder, messages and the cloud's numbers are set and where, and how they are.

Settings are the operator's file and only shown; secrets are set here, typed without being shown, and never come back.
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import calling, lines, sending
from console.desk.api.base import Call, Done
from console.desk.api.lines import LineView, SettingView
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList

_TRUNK = "trunk"
_MESSAGES = "messages"
_CLOUD = "cloud"
_KEPT = ".kept"


class LinesScreen(ListScreen):
    """See the module."""

    TITLE = "place.lines"
    HELP = "help.lines"
    EMPTY = "lines.empty"
    REREAD = frozenset({"line"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {
        "trunk": (Action.CALL_TRUNK_SET.value,),
        "post": (Action.MESSAGE_LINE_SET.value,),
        "cloud": (Action.CALL_TRUNK_SET.value,),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "key.open"),
        Binding("p", "trunk", "key.lines.trunk"),
        Binding("m", "post", "key.lines.post"),
        Binding("c", "cloud", "key.lines.cloud"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[str, LineView] = {}

    def columns(self) -> tuple[Column, ...]:
        """What, how it is set, where."""
        return (
            Column(self.t("lines.what"), 26),
            Column(self.t("lines.value")),
            Column(self.t("lines.where"), 24),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(lines.ReadLines())
        if reply is None:
            return
        self._lines = {one.name: one for one in reply.lines}
        bad = sum(one.state in {"warn", "bad"} for one in reply.lines)
        self.show(tuple(row for one in reply.lines for row in self._rows(one)), self.t("lines.summary", bad=bad))

    def _rows(self, line: LineView) -> tuple[Row, ...]:
        """A line with its state, its settings, and whether its secret is kept."""
        title = Row(
            line.name,
            (self.t(f"lines.name.{line.name}"), self._state(line), ""),
            strong=line.state in {"warn", "bad"},
        )
        said = [
            Row(one.name, (f"· {self.t(f'lines.set.{one.name}')}", self._value(one), one.name)) for one in line.settings
        ]
        if line.secret is not None:
            where = self.t("lines.here", press=self._key_of(line.name))
            said.append(
                Row(f"{line.name}{_KEPT}", (f"· {self.t(f'lines.secret.{line.name}')}", self._kept(line), where))
            )
        return (title, *said)

    def _state(self, line: LineView) -> str:
        if line.state == "off":
            return self.t("lines.off")
        why = "" if line.detail.isdigit() else self.texts.health(line.detail)
        return f"{self.t(f'health.{line.state}')} {why}".rstrip()

    def _value(self, setting: SettingView) -> str:
        if isinstance(setting.value, bool):
            return self.t("lines.yes" if setting.value else "lines.no")
        return str(setting.value) or "—"

    def _kept(self, line: LineView) -> str:
        secret = line.secret
        if secret is None or not secret.kept:
            return self.t("lines.not_kept")
        return self.t("lines.kept", when=self.when(secret.kept_at, "day"), person=secret.kept_by)

    @staticmethod
    def _key_of(name: str) -> str:
        return {_TRUNK: "p", _MESSAGES: "m", _CLOUD: "c"}[name]

    # -- keys --------------------------------------------------------------------------------------------------------
    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter."""
        del event
        self.action_open()

    def action_open(self) -> None:
        """What is under the cursor, whole."""
        from console.tui.modals.details import DetailsModal  # noqa: PLC0415 - loaded when asked for

        shown = next((row for row in self.list.rows if row.key == self.list.key), None)
        if shown is None:
            return
        what, value, where = (cell.removeprefix("· ") for cell in shown.cells)
        setting = any(one.name == shown.key for line in self._lines.values() for one in line.settings)
        pairs = [
            (self.t("lines.what"), what),
            (self.t("lines.value"), value),
            (self.t("lines.where"), self.t("lines.in_file", name=where) if setting else where),
        ]
        self.app.push_screen(DetailsModal("place.lines", pairs))

    def action_trunk(self) -> None:
        """What the desk proves itself with to the provider of the trunk."""
        self.go(self._set(_TRUNK))

    def action_post(self) -> None:
        """What the desk proves itself with to the provider of messages."""
        self.go(self._set(_MESSAGES))

    def action_cloud(self) -> None:
        """What requests to the provider of privacy numbers are signed with."""
        self.go(self._set(_CLOUD))

    async def _set(self, name: str) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - loaded when asked for
        from console.tui.modals.secret import SecretModal  # noqa: PLC0415 - as above

        line = self._lines.get(name)
        if line is None or line.secret is None:
            return
        what = self.t(f"lines.secret.{name}")
        secret = await self.app.push_screen_wait(SecretModal(what, self._kept(line)))
        if secret is None:
            return
        if not secret:
            if not line.secret.kept:
                self.say(self.t("lines.nothing_typed"))
                return
            sure = ConfirmModal(self.t("lines.drop", what=what), self.t("lines.drop.words"))
            if not await self.app.push_screen_wait(sure):
                return
        if await self.client.ask(self._call(name, secret)) is not None:
            self.say(self.t("lines.secret_kept" if secret else "lines.secret_gone", what=what))
        self.reread()

    @staticmethod
    def _call(name: str, secret: str) -> Call[Done]:
        if name == _TRUNK:
            return calling.SetTrunkPassword(password=secret)
        if name == _MESSAGES:
            return sending.SetMessageSecret(secret=secret)
        return calling.SetCloudSecret(secret=secret)
