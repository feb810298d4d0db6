"""Daily and weekly figures as a table and as bars: the team's by name for whoever runs it, an agent's own."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from console.bars import bar
from console.desk.api import team
from console.desk.api.team import FigureRow, Figures
from console.tui.safe import fit
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList
from console.tui.widgets.words import Words

MEASURES: Final = ("worked", "made", "kept", "broken", "promised", "paid", "asked", "refusals")
MONEY: Final = frozenset({"promised", "paid"})
_BAR: Final = 46


class FiguresScreen(ListScreen):
    """See the module."""

    TITLE = "place.figures"
    HELP = "help.figures"
    EMPTY = "figures.empty"
    CSS_PATH = "lists.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "period('day')", "key.figures.day"),
        Binding("w", "period('week')", "key.figures.week"),
        Binding("left", "step(1)", "key.figures.before", key_display="◂"),
        Binding("right", "step(-1)", "key.figures.after", key_display="▸"),
        Binding("m", "measure", "key.figures.measure"),
        Binding("enter", "details", "key.details"),
        Binding("v", "peers", "key.figures.peers"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._period, self._back, self._measure = "day", 0, 0
        self._figures: Figures | None = None

    def columns(self) -> tuple[Column, ...]:
        """Who, cases, promises, money, reveals, refusals."""
        return (
            Column(self.t("column.person"), 15),
            Column(self.t("figures.worked"), 6, right=True),
            Column(self.t("figures.made"), 4, right=True),
            Column(self.t("figures.kept"), 4, right=True),
            Column(self.t("figures.broken"), 4, right=True),
            Column(self.t("figures.promised"), 11, right=True),
            Column(self.t("figures.paid"), 11, right=True),
            Column(self.t("figures.reveals"), 8, right=True),
            Column(self.t("figures.refusals"), 0, right=True),
        )

    def below(self) -> ComposeResult:
        """The bars."""
        with Vertical(id="detail"):
            yield Words(id="plot")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where there is something to go to; peers are compared by those who are compared."""
        if action == "details":
            return bool(self._figures and self._figures.rows)
        if action == "peers":
            return {"agent", "agency_agent"} & set(self.me.roles) != set()
        return super().check_action(action, parameters)

    async def load(self) -> None:
        """Read the span."""
        reply = await self.client.ask(team.ReadFigures(period=self._period, back=self._back))
        if reply is None:
            return
        self._figures = reply
        rows = [self._row(row, str(place)) for place, row in enumerate(reply.rows)]
        if len(rows) > 1:
            rows.append(self._row(reply.total, "total"))
        key = f"figures.span.{reply.period}"
        self.show(tuple(rows), self.t(key, first=reply.first_day, last=reply.last_day))
        self._plot()

    def _row(self, row: FigureRow, key: str) -> Row:
        figures = self._figures
        currency = figures.currency if figures is not None else ""
        return Row(
            key,
            (
                f"{row.person} {row.staff_no}".strip() or self.t("figures.total"),
                str(row.worked),
                str(row.made),
                str(row.kept),
                str(row.broken),
                self.texts.money(row.promised, currency),
                self.texts.money(row.paid, currency),
                f"{row.asked}/{row.approved}/{row.refused}",
                str(row.refusals),
            ),
            strong=key == "total",
        )

    def _plot(self) -> None:
        figures = self._figures
        if figures is None:
            return
        name = MEASURES[self._measure]
        values = [(one.first_day[5:], int(getattr(one.row, name))) for one in figures.series]
        most = max((value for _, value in values), default=0)
        lines = [f"# {self.t(f'figures.plot.{figures.period}', measure=self.t(f'figures.measure.{name}'))}"]
        for day, value in values:
            said = self.texts.money(value, figures.currency) if name in MONEY else str(value)
            lines.append(f"{day} {fit(bar(value, most, _BAR), _BAR)} {fit(said, 14, right=True)}")
        self.query_one("#plot", Words).say("\n".join(lines))

    # -- keys -------------------------------------------------------------------------------------------------------
    def action_period(self, period: str) -> None:
        """Days or weeks."""
        self._period, self._back = period, 0
        self.reread()

    def action_step(self, step: int) -> None:
        """The span before, or after."""
        back = max(0, min(60, self._back + step))
        if back != self._back:
            self._back = back
            self.reread()

    def action_measure(self) -> None:
        """Another figure as bars."""
        self._measure = (self._measure + 1) % len(MEASURES)
        self._plot()

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Everything about one line."""
        from console.tui.modals.details import DetailsModal  # noqa: PLC0415 - loaded when asked for

        figures = self._figures
        if figures is None:
            return
        row = figures.total if event.key == "total" else figures.rows[int(event.key)]
        pairs = [("", f"{row.person} {row.staff_no}".strip() or self.t("figures.total"))]
        for name in MEASURES:
            value = int(getattr(row, name))
            said = self.texts.money(value, figures.currency) if name in MONEY else str(value)
            pairs.append((self.t(f"figures.measure.{name}"), said))
        pairs += [(self.t(f"result.{code}"), str(count)) for code, count in row.results]
        self.app.push_screen(DetailsModal("figures.details", pairs))

    def action_details(self) -> None:
        """As Enter."""
        self.list.action_choose()

    def action_peers(self) -> None:
        """Where one stands."""
        self.go(self._peers())

    async def _peers(self) -> None:
        from console.tui.modals.details import DetailsModal  # noqa: PLC0415 - as above

        figures = self._figures
        reply = await self.client.ask(team.ComparePeers(period=self._period, back=self._back))
        if reply is None or figures is None:
            return
        pairs = [("", self.t("peers.words", size=reply.size, first=reply.first_day, last=reply.last_day))]
        for one in reply.figures:
            money = one.name in MONEY
            own = self.texts.money(one.own, figures.currency) if money else str(one.own)
            middle = self.texts.money(round(one.median), figures.currency) if money else f"{one.median:g}"
            pairs.append(
                (
                    self.t(f"figures.measure.{one.name}"),
                    self.t("peers.line", own=own, median=middle, quartile=self.t(f"peers.quartile.{one.quartile}")),
                )
            )
        self.app.push_screen(DetailsModal("peers.title", pairs))
