"""One's own requests of the last days: where each stands, what was granted, and taking one back."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import reveal
from console.desk.api.reveal import RequestView
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList


class MineScreen(ListScreen):
    """See the module."""

    TITLE = "place.mine"
    HELP = "help.mine"
    EMPTY = "mine.empty"
    REREAD = frozenset({"request", "grant"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {"withdraw": (Action.REVEAL_REQUEST_WITHDRAW.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "key.open_case"),
        Binding("w", "withdraw", "key.withdraw"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._requests: dict[str, RequestView] = {}

    def columns(self) -> tuple[Column, ...]:
        """Number, when, case, what, state."""
        return (
            Column(self.t("column.request"), 10),
            Column(self.t("column.when"), 11),
            Column(self.t("column.case"), 14),
            Column(self.t("inbox.what")),
            Column(self.t("column.state"), 16),
            Column(self.t("mine.answer"), 24, wide=True),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(reveal.ListMyReveals())
        if reply is None:
            return
        self._requests = {request.request_id: request for request in reply.requests}
        waiting = sum(request.state.startswith("pending") for request in reply.requests)
        summary = self.t("mine.summary", count=len(reply.requests), waiting=waiting)
        self.show(tuple(self._row(request) for request in reply.requests), summary)

    def _row(self, request: RequestView) -> Row:
        fields = self.t("join.list").join(self.texts.field(field.name, field.ordinal) for field in request.fields)
        state = self.texts.state("request", request.state)
        if request.grant is not None:
            state = self.texts.state("grant", request.grant.state)
        minutes = self.texts.minutes(request.grant.minutes if request.grant else request.minutes)
        answer = " ".join((*request.decided_by, request.reason_given)).strip() or "—"
        return Row(
            request.request_id,
            (request.number, self.when(request.asked_at), request.case_number, f"{fields} {minutes}", state, answer),
            strong=request.grant is not None and request.grant.state in ("approved", "active"),
        )

    def _chosen(self) -> RequestView | None:
        return self._requests.get(self.list.key or "")

    def on_row_list_moved(self) -> None:
        """What the approver wrote, for the one under the cursor."""
        request = self._chosen()
        self.say(self.t("mine.reason_given", reason=request.reason_given) if request and request.reason_given else "")

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter."""
        del event
        self.action_open()

    def action_open(self) -> None:
        """Open its case."""
        from console.tui.screens.case import CaseScreen  # noqa: PLC0415 - loaded when a case is opened

        request = self._chosen()
        if request is not None:
            self.app.push_screen(CaseScreen(request.case_id))

    def action_withdraw(self) -> None:
        """Take it back while it waits."""
        self.go(self._withdraw())

    async def _withdraw(self) -> None:
        request = self._chosen()
        if request is None:
            return
        done = await self.client.ask(reveal.WithdrawReveal(request_id=request.request_id))
        if done is not None:
            self.say(self.t("mine.withdrawn", number=done.number))
        self.reread()
