"""Whose copy leaked rows are: what was traced before, by the log; rows pasted, or a file, to be traced now."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import IO, ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import Refusal, log, trace
from console.desk.api.log import LogEntry
from console.trace_words import answer_lines, screen_lines
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row


class TraceScreen(ListScreen):
    """See the module."""

    TITLE = "place.trace"
    HELP = "help.trace"
    EMPTY = "trace.empty"
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = dict.fromkeys(("paste", "file"), (Action.AUDIT_EXPORT_TRACE.value,))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "paste", "key.trace.paste"),
        Binding("o", "file", "key.trace.file"),
    ]

    def columns(self) -> tuple[Column, ...]:
        """When, who traced, what came of it, what was traced."""
        return (
            Column(self.t("column.when"), 17),
            Column(self.t("column.staff_no"), 10),
            Column(self.t("trace.finding"), 14),
            Column(self.t("trace.digest")),
        )

    async def load(self) -> None:
        """Earlier tracings, newest first."""
        page = await self.client.ask(log.ReadLog(action=Action.AUDIT_EXPORT_TRACE.value, limit=100))
        if page is None:
            return
        answered = [one for one in page.entries if one.result != "ok" or "verdict" in dict(one.detail)]
        rows = tuple(
            Row(
                str(one.seq),
                (self.when(one.at, "minute"), one.staff_no, self._finding(one), dict(one.detail).get("digest", "—")),
                strong=dict(one.detail).get("verdict") == "copy",
            )
            for one in answered
        )
        self.show(rows, self.t("trace.summary", count=len(rows)))

    def _finding(self, one: LogEntry) -> str:
        verdict = dict(one.detail).get("verdict", "")
        return self.t(f"trace.verdict.{verdict}") if verdict else self.t(f"outcome.{one.result}")

    def action_paste(self) -> None:
        """Trace rows from somewhere."""
        self.go(self._paste())

    async def _paste(self) -> None:
        from console.tui.modals.trace import PasteModal  # noqa: PLC0415 - loaded when somebody traces

        pasted = await self.app.push_screen_wait(PasteModal())
        if pasted:
            await self._trace(io.BytesIO(pasted.encode("utf-8", "ignore")), self.t("trace.pasted.name"))

    def action_file(self) -> None:
        """Trace a file of this machine."""
        self.go(self._file())

    async def _file(self) -> None:
        from console.fragments.pieces import opened  # noqa: PLC0415 - as above
        from console.tui.modals.trace import FileModal  # noqa: PLC0415 - as above

        if self.desk_app.over_ssh:
            self.say(self.t("trace.file.elsewhere"), bad=True)
            return
        said = await self.app.push_screen_wait(FileModal())
        if not said:
            return
        path = _path(said)
        try:
            with opened(path) as file:
                await self._trace(file, path.name)
        except OSError:
            self.say(self.texts.refusal(Refusal(code="trace.file_unreadable", params={"file": path.name})), bad=True)

    async def _trace(self, file: IO[bytes], name: str) -> None:
        # Reading rows takes numpy's part of the tracer.
        from console import copied  # noqa: PLC0415 - as above
        from console.fragments import FragmentRefused  # noqa: PLC0415 - as above
        from console.tui.modals.trace import AnswerModal  # noqa: PLC0415 - as above

        from_screen = copied.question(file)
        if from_screen is not None:
            whose = await self.client.ask(from_screen)
            if whose is None or whose.verdict == "named":
                if whose is not None:
                    lines = screen_lines(self.texts, self.desk_app.zone, whose, copied=True)
                    await self.app.push_screen_wait(AnswerModal(lines))
                return
        self.say(self.t("reading"))
        try:
            # A book or a photograph takes a while to read. A session behind the front door starts no threads.
            packed, left_out = _packed(file) if self.desk_app.over_ssh else await asyncio.to_thread(_packed, file)
        except FragmentRefused as refused:
            self.say(self.texts.refusal(Refusal(code=refused.code, params={**refused.params, "file": name})), bad=True)
            return
        found = await self.client.ask(trace.TraceFragment(packed=packed, left_out=left_out))
        if found is not None:
            await self.app.push_screen_wait(AnswerModal(answer_lines(self.texts, self.desk_app.zone, found)))
        self.reread()


def _path(said: str) -> Path:
    return Path(said).expanduser()


def _packed(file: IO[bytes]) -> tuple[bytes, int]:
    from console.fragments import read_fragment  # noqa: PLC0415 - as above
    from console.fragments.packing import pack  # noqa: PLC0415 - as above

    return pack(read_fragment(file))
