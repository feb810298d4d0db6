"""Past reveals drawn for review: was each of them needed?"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from console.desk.api import reveal
from console.desk.api.reveal import ReviewItem
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row


class ReviewsScreen(ListScreen):
    """See the module."""

    TITLE = "place.reviews"
    HELP = "help.reviews"
    EMPTY = "reviews.empty"
    REREAD = frozenset({"grant", "request"})
    CSS_PATH = "lists.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "judge('justified')", "key.justified"),
        Binding("d", "judge('doubtful')", "key.doubtful"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._items: dict[str, ReviewItem] = {}

    def columns(self) -> tuple[Column, ...]:
        """Request, when, who, what, why, how often looked at, who decided."""
        return (
            Column(self.t("column.request"), 10),
            Column(self.t("column.when"), 11),
            Column(self.t("column.person"), 14),
            Column(self.t("inbox.what")),
            Column(self.t("ask.reason"), 10),
            Column(self.t("reviews.views"), 6, right=True),
            Column(self.t("reviews.decided_by"), 14, wide=True),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(reveal.ListReviews())
        if reply is not None:
            self._take(reply)

    def _take(self, reply: reveal.ReviewList) -> None:
        self._items = {item.request.grant.grant_id: item for item in reply.items if item.request.grant is not None}
        rows = tuple(self._row(grant_id, item) for grant_id, item in self._items.items())
        self.show(rows, self.t("reviews.summary", count=len(rows)))

    def _row(self, grant_id: str, item: ReviewItem) -> Row:
        request = item.request
        fields = self.t("join.list").join(self.texts.field(field.name, field.ordinal) for field in request.fields)
        return Row(
            grant_id,
            (
                request.number,
                self.when(request.asked_at),
                f"{request.person} {request.staff_no}",
                f"{fields} {self.texts.minutes(request.minutes)}",
                self.t(f"reason.{request.reason}"),
                str(item.views),
                " ".join(request.decided_by) or "—",
            ),
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Judging needs something to judge."""
        if action == "judge":
            return bool(self._items)
        return super().check_action(action, parameters)

    def action_judge(self, verdict: str) -> None:
        """Close the one under the cursor."""
        self.go(self._judge(verdict))

    async def _judge(self, verdict: str) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - loaded when asked for

        grant_id = self.list.key
        item = self._items.get(grant_id or "")
        if item is None or grant_id is None:
            return
        words = self.t(f"reviews.judge.{verdict}", number=item.request.number, words=item.request.words or "—")
        if not await self.app.push_screen_wait(ConfirmModal(self.t("reviews.judge"), words)):
            return
        reply = await self.client.ask(reveal.ReviewReveal(grant_id=grant_id, verdict=verdict))
        if reply is not None:
            self.say(self.t("reviews.judged", number=item.request.number))
            self._take(reply)
