"""Field visits: planned, waiting to be agreed to, under way, over. Nobody's address is shown here."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import visits
from console.desk.api.base import Call
from console.desk.api.visits import Visit
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row

_LEAST = 4


class VisitsScreen(ListScreen):
    """See the module."""

    TITLE = "place.visits"
    HELP = "help.visits"
    EMPTY = "visit.empty"
    REREAD = frozenset({"visit"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {
        "plan": (Action.VISIT_PLAN_MAKE.value,),
        "decide": (Action.VISIT_PLAN_APPROVE.value,),
        "cancel": (Action.VISIT_PLAN_CANCEL.value,),
        "set_out": (Action.VISIT_PLAN_SET_OUT.value,),
        "write": (Action.VISIT_PLAN_WRITE.value,),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "plan", "key.visit.plan"),
        Binding("a", "decide(True)", "key.approve"),
        Binding("r", "decide(False)", "key.refuse"),
        Binding("o", "set_out", "key.visit.set_out"),
        Binding("w", "write", "key.visit.write"),
        Binding("x", "cancel", "key.visit.cancel"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._visits: dict[str, Visit] = {}

    def columns(self) -> tuple[Column, ...]:
        """When, case, where, who goes, state."""
        return (
            Column(self.t("visit.when"), 16),
            Column(self.t("column.case"), 14),
            Column(self.t("visit.visitors")),
            Column(self.t("column.state"), 14),
            Column(self.t("visit.result"), 12),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(visits.ListVisits())
        if reply is None:
            return
        self._visits = {one.visit_id: one for one in reply.visits}
        waiting = sum("approve" in one.may for one in reply.visits)
        rows = tuple(self._row(one) for one in reply.visits)
        self.show(rows, self.t("visit.summary", count=len(rows), waiting=waiting))

    def _row(self, one: Visit) -> Row:
        sign = "● " if {"approve", "set_out", "write"} & set(one.may) else ""
        return Row(
            one.visit_id,
            (
                self.texts.when(one.from_at, one.zone),
                one.case_number,
                ", ".join(person.name for person in one.visitors),
                sign + self.t(f"visit.state.{one.state}"),
                self.t(f"visit.result.{one.result}") if one.result else "—",
            ),
            strong=bool(sign),
        )

    def _chosen(self, act: str) -> Visit | None:
        """The visit under the cursor, if the person may do this to it; says so where not."""
        one = self._visits.get(self.list.key or "")
        if one is None or act not in one.may:
            self.say(self.t("visit.not_now"), bad=True)
            return None
        return one

    def action_plan(self) -> None:
        """Plan one."""
        self.go(self._plan())

    async def _plan(self) -> None:
        from console.tui.modals.visit import VisitForm  # noqa: PLC0415 - loaded when asked for

        call = await self.app.push_screen_wait(VisitForm())
        if call is not None:
            await self._do(call)

    def action_decide(self, approve: bool) -> None:  # noqa: FBT001 - a binding's parameter
        """Agree, or refuse saying why."""
        self.go(self._decide("approve" if approve else "refuse"))

    async def _decide(self, what: str) -> None:
        from console.tui.modals.confirm import ConfirmModal, WordsModal  # noqa: PLC0415 - loaded when asked for

        one = self._chosen(what)
        if one is None:
            return
        title, said = self.t(f"visit.sure.{what}", case=one.case_number), self.t(f"visit.sure.{what}.words")
        words: str | None = ""
        if what == "refuse":
            words = await self.app.push_screen_wait(WordsModal(title, said, self.t("visit.why"), least=_LEAST))
        elif not await self.app.push_screen_wait(ConfirmModal(title, said)):
            words = None
        if words is not None:
            call = visits.DecideVisit(
                visit_id=one.visit_id, version=one.version, approve=what == "approve", words=words
            )
            await self._do(call)

    def action_cancel(self) -> None:
        """Call it off, saying why."""
        self.go(self._cancel())

    async def _cancel(self) -> None:
        from console.tui.modals.confirm import WordsModal  # noqa: PLC0415 - loaded when asked for

        one = self._chosen("cancel")
        if one is None:
            return
        title, said = self.t("visit.sure.cancel", case=one.case_number), self.t("visit.sure.cancel.words")
        words = await self.app.push_screen_wait(WordsModal(title, said, self.t("visit.why"), least=_LEAST))
        if words is not None:
            await self._do(visits.CancelVisit(visit_id=one.visit_id, words=words))

    def action_set_out(self) -> None:
        """They leave now."""
        self.go(self._set_out())

    async def _set_out(self) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - loaded when asked for

        one = self._chosen("set_out")
        if one is None:
            return
        title, said = self.t("visit.sure.set_out", case=one.case_number), self.t("visit.sure.set_out.words")
        if await self.app.push_screen_wait(ConfirmModal(title, said)):
            await self._do(visits.SetOut(visit_id=one.visit_id))

    def action_write(self) -> None:
        """What came of it."""
        self.go(self._write())

    async def _write(self) -> None:
        from console.tui.modals.visit import VisitReport  # noqa: PLC0415 - loaded when asked for

        one = self._chosen("write")
        if one is None:
            return
        call = await self.app.push_screen_wait(VisitReport(one))
        if call is not None:
            await self._do(call)

    async def _do(self, call: Call[Visit]) -> None:
        done = await self.client.ask(call)
        self.reread()
        if done is not None:
            self.say(self.t(f"visit.state.{done.state}"))
