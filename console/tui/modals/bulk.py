"""Many cases at once: which and to whom, and before anything moves what would."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.assign import ListLoads, Load, Plan, PreviewMoves
from console.tui.modals.base import DeskModal
from console.tui.widgets.bars import KeyBar
from console.tui.widgets.inputs import Checks, Choice, Field, Labelled, Option
from console.tui.widgets.rows import Column, Row, RowList
from console.tui.widgets.words import Words

POOL: Final = "-"


class BulkModal(DeskModal[PreviewMoves]):
    """Args: ids of the ticked cases; without any it asks for whose first cases, and how many."""

    TITLE = "assign.bulk"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.preview"),
        Binding("space", "tick", "key.tick", show=True),
        Binding("tab", "app.focus_next", "key.next", priority=True),
    ]

    def __init__(self, ticked: tuple[str, ...]) -> None:
        super().__init__()
        self._ticked = ticked

    def body(self) -> ComposeResult:
        """Whose, how many, to whom."""
        if self._ticked:
            yield Words(self.t("assign.ticked", count=len(self._ticked)))
        else:
            yield Labelled(self.t("assign.from"), Choice([Option(POOL, self.t("assign.pool_name"))], id="from"))
            yield Labelled(self.t("assign.count"), Field("20", limit=4, id="count"))
        yield Words(self.t("assign.to"))
        yield Checks((), id="to")

    def on_mount(self) -> None:
        """Read who there is."""
        self.go(self._read())

    async def _read(self) -> None:
        reply = await self.client.ask(ListLoads())
        if reply is None:
            self.dismiss(None)
            return
        if self.query("#from"):
            words = self.t("assign.pool_holds", count=reply.pool)
            people = [Option(one.person_id, _load(one)) for one in reply.people]
            self.query_one("#from", Choice).offer([Option(POOL, words), *people])
        options = [
            Option(
                one.person_id,
                _load(one),
                self._why_not(one),
            )
            for one in reply.people
        ]
        await self.query_one("#to", Checks).remove()
        await self.query_one("#frame").mount(Checks(options, rows=8, id="to"), before=self.query_one("MessageBar"))
        self.query_one("#to", Checks).focus()
        self.query_one(KeyBar).say(self.shown_keys())

    def _why_not(self, one: Load) -> str:
        if one.unfit:
            return self.texts.unfit(one.unfit, one.until, self.desk_app.zone)
        return self.t("assign.full") if one.open >= one.most else ""

    def action_tick(self) -> None:
        """Space is the list's own."""

    def on_input_submitted(self) -> None:
        """Enter in the number."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand the question back; without anybody to give to, the cases go to the pool."""
        to = self.query_one("#to", Checks).ticked
        if self._ticked:
            self.dismiss(PreviewMoves(case_ids=self._ticked, to_ids=to))
            return
        typed = self.query_one("#count", Field).value.strip()
        if not (typed.isascii() and typed.isdigit() and int(typed) > 0):
            self.say(self.t("form.number_needed"), bad=True)
            return
        chosen = self.query_one("#from", Choice).key
        giver = None if chosen == POOL else chosen
        if giver is None and not to:
            self.say(self.t("assign.whom"), bad=True)
            return
        self.dismiss(PreviewMoves(from_id=giver, count=int(typed), to_ids=to))


def _load(one: Load) -> str:
    return f"{one.name} {one.staff_no}  {one.open}/{one.most}"


class PlanModal(DeskModal[bool]):
    """Who gets how many, which cases move, what is refused and by which rule; Enter does exactly that."""

    TITLE = "assign.plan.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "yes", "key.do"),
        Binding("tab", "app.focus_next", "key.next", priority=True),
    ]

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self._plan = plan

    def body(self) -> ComposeResult:
        """Counts, people, cases."""
        plan = self._plan
        refused = sum(one.count for one in plan.refused)
        yield Words(self.t("assign.plan", count=plan.count, stays=plan.stays, refused=refused))
        yield RowList(
            (
                Column(self.t("column.person")),
                Column(self.t("column.holds"), 8, right=True),
                Column(self.t("column.change"), 12, right=True),
                Column(self.t("column.after"), 8, right=True),
                Column(self.t("column.most"), 8, right=True),
            ),
            id="people",
        )
        yield RowList(
            (
                Column(self.t("column.case"), 15),
                Column(self.t("column.from"), 12),
                Column(self.t("column.to")),
            ),
            empty=self.t("assign.nothing_moves"),
            id="moves",
        )

    def on_mount(self) -> None:
        """Show it."""
        super().on_mount()
        self.query_one("#people", RowList).show(
            [
                Row(
                    one.person_id,
                    (
                        f"{one.name} {one.staff_no}",
                        str(one.open),
                        f"+{one.gets} −{one.gives}",
                        str(one.open + one.gets - one.gives),
                        str(one.most),
                    ),
                )
                for one in self._plan.people
                if one.gets or one.gives
            ]
        )
        pool = self.t("assign.pool_name")
        moves = [
            Row(one.case_id, (one.number, one.giver or pool, f"{one.taker or pool}  {one.rule}".rstrip()))
            for one in self._plan.moves
        ]
        refused = [
            Row(
                f"refused {place}",
                (
                    one.number or self.t("assign.cases", count=one.count),
                    f"✗ {one.clause}",
                    self.t(f"refusal.{one.code}"),
                ),
                strong=True,
            )
            for place, one in enumerate(self._plan.refused)
        ]
        passed = [
            Row(
                f"passed {one.staff_no} {one.code}",
                (
                    f"⊘ {one.staff_no}",
                    one.name,
                    " ".join(
                        (
                            self.texts.unfit(one.code, one.until, self.desk_app.zone),
                            *([self.t("assign.cases", count=one.cases)] if one.cases else []),
                        )
                    ),
                ),
                strong=True,
            )
            for one in self._plan.passed
        ]
        self.query_one("#moves", RowList).show([*passed, *refused, *moves])
        self.query_one("#moves", RowList).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing moves: nothing to confirm."""
        if action == "yes" and not self._plan.count:
            return False
        return super().check_action(action, parameters)

    def on_row_list_chosen(self) -> None:
        """Enter on a row."""
        self.action_yes()

    def action_yes(self) -> None:
        """Do it."""
        if self._plan.count:
            self.dismiss(result=True)
