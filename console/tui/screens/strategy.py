"""One edition of a strategy: its text, its difference, its dry run; and the step that is this person's to take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import strategy
from console.desk.api.strategy import DryRun, EditionView
from console.tui.screens.strategy_steps import SteppingScreen
from console.tui.widgets.rows import Column, Row

_PARTS = ("text", "diff", "run")


class StrategyScreen(SteppingScreen):
    """See the module."""

    TITLE = "strategy.title"
    HELP = "help.strategy"
    EMPTY = "strategy.nothing_here"
    REREAD = frozenset({"strategy"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {
        "dry_run": (Action.STRATEGY_EDITION_DRY_RUN.value,),
        "start": (Action.STRATEGY_EDITION_APPLY.value,),
        "roll_back": (Action.STRATEGY_EDITION_ROLL_BACK.value,),
        "decide": (Action.STRATEGY_EDITION_APPROVE.value, Action.STRATEGY_EDITION_LIMIT.value),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "part('text')", "key.text"),
        Binding("2", "part('diff')", "key.diff"),
        Binding("3", "part('run')", "key.dry_run"),
        Binding("y", "dry_run", "key.try"),
        Binding("a", "decide(True)", "key.approve"),
        Binding("r", "decide(False)", "key.refuse"),
        Binding("g", "start", "key.go_live"),
        Binding("B", "roll_back", "key.roll_back"),
    ]

    def __init__(self, strategy_id: str) -> None:
        super().__init__()
        self._strategy = strategy_id
        self._part = "text"
        self._view: EditionView | None = None
        self._tried: DryRun | None = None

    def title_text(self) -> str:
        """Which edition."""
        if self._view is None:
            return self.t(self.TITLE, edition="")
        return self.t(self.TITLE, edition=self._view.edition.edition)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Steps from where the edition stands."""
        state = self._view.edition.state if self._view is not None else ""
        steps = {
            "dry_run": {"draft", "dry_run", "reviewed", "approved", "live"},
            "decide": {"dry_run", "reviewed"},
            "start": {"approved"},
            "roll_back": {"live", "rolled_back"},
        }
        if action in steps and state not in steps[action]:
            return False
        if action == "roll_back" and state == "rolled_back" and self._view is not None:
            return self._view.edition.to_undo > 0 and super().check_action(action, parameters)
        return super().check_action(action, parameters)

    def columns(self) -> tuple[Column, ...]:
        """A line and its number; in a dry run who and what."""
        if self._part == "run":
            return (
                Column(self.t("column.what"), 24),
                Column(self.t("column.from"), 14),
                Column(self.t("column.to")),
            )
        return (Column("", 4, right=True), Column(self.t(f"strategy.part.{self._part}")))

    async def load(self) -> None:
        """Read it."""
        view = await self.client.ask(strategy.ReadStrategy(strategy_id=self._strategy))
        if view is None:
            return
        self._view = view
        self._show()

    def _show(self) -> None:
        if self._view is None:
            return
        edition = self._view.edition
        said = [
            edition.name,
            self.texts.state("strategy", edition.state),
            self.t("strategy.made", person=edition.made_by, at=self.when(edition.made_at)),
        ]
        if edition.limits:
            said.append(self.t("strategy.limits"))
        if edition.to_undo:
            said.append(self.t("strategy.to_undo", count=edition.to_undo))
        run = self._run_shown if self._part == "run" else None
        if run is not None:
            said = [self.t("strategy.run", count=run.count, ranked=run.ranked, waiting=run.waiting)]
        rows = tuple(self._run_rows() if self._part == "run" else self._text_rows())
        self.list.show(rows, columns=self.columns())
        self.show(rows, " · ".join(said))
        self.refresh_bars()

    def _text_rows(self) -> Iterator[Row]:
        view = self._view
        lines = () if view is None else view.lines if self._part == "text" else view.diff
        for place, line in enumerate(lines, 1):
            yield Row(str(place), (str(place), line), strong=self._part == "diff" and line[:1] in {"+", "-"})

    @property
    def _run_shown(self) -> DryRun | None:
        """This person's own dry run, which names cases, else the one kept with the edition, which counts."""
        return self._tried or (self._view.dry_run if self._view is not None else None)

    def _run_rows(self) -> Iterator[Row]:
        run = self._run_shown
        if run is None:
            return
        for rule in run.rules:
            yield Row(
                f"rule {rule.rule}",
                (rule.rule, self.t("assign.cases", count=rule.cases), self.t("strategy.moves", count=rule.moves)),
            )
        for one in run.people:
            held = f"{one.open + one.gets - one.gives}/{one.most}"
            yield Row(one.person_id, (f"{one.name} {one.staff_no}", f"{one.open} +{one.gets} −{one.gives}", held))
        for lacking in run.passed:
            why = self.texts.unfit(lacking.code, lacking.until, self.desk_app.zone)
            many = self.t("assign.cases", count=lacking.cases) if lacking.cases else ""
            who = f"⊘ {lacking.name} {lacking.staff_no}"
            yield Row(f"passed {lacking.staff_no} {lacking.code}", (who, many, why), strong=True)
        for place, lack in enumerate(run.refused):
            what = lack.number or self.t("assign.cases", count=lack.count)
            yield Row(f"lack {place}", (f"✗ {what}", lack.clause, self.t(f"refusal.{lack.code}")), strong=True)
        pool = self.t("assign.pool_name")
        for move in run.moves:
            yield Row(move.case_id, (f"{move.number} {move.rule}", move.giver or pool, move.taker or pool))

    def action_part(self, part: str) -> None:
        """Text, difference or dry run."""
        if part in _PARTS:
            self._part = part
            self._show()

    def action_dry_run(self) -> None:
        """Try it: what would going live do now?"""
        self.go(self._try())

    async def _try(self) -> None:
        run = await self.client.ask(strategy.TryStrategy(strategy_id=self._strategy))
        if run is not None:
            self._tried, self._part = run, "run"
            await self.load()

    def action_decide(self, approve: bool) -> None:  # noqa: FBT001 - a binding's parameter
        """Approve or refuse it."""
        self.go(self._decide(approve=approve))

    async def _decide(self, *, approve: bool) -> None:
        if self._view is None:
            return
        edition = self._view.edition
        sure = (
            await self._sure("strategy.approve", "strategy.approve.words")
            if approve
            else await self._sure("strategy.refuse", "strategy.refuse.words")
        )
        if sure:
            call = strategy.DecideStrategy(strategy_id=self._strategy, version=edition.version, approve=approve)
            done = await self.client.ask(call)
            self.reread()
            if done is not None:
                self.say(self.texts.state("strategy", done.state))

    def action_start(self) -> None:
        """Make it live."""
        self.go(self._start())

    async def _start(self) -> None:
        if self._view is not None and await self._sure("strategy.start", "strategy.start.words"):
            version = self._view.edition.version
            await self.apply_all(strategy.StartStrategy(strategy_id=self._strategy, version=version))
            self.reread()

    def action_roll_back(self) -> None:
        """Back to the edition before."""
        self.go(self._roll_back())

    async def _roll_back(self) -> None:
        if self._view is None or not await self._sure("strategy.roll_back", "strategy.roll_back.words"):
            return
        version = self._view.edition.version
        await self.roll_back_all(strategy.RollBackStrategy(strategy_id=self._strategy, version=version))
        self.reread()

    async def _sure(self, key: str, words: str) -> bool:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - loaded when asked for

        edition = self._view.edition.edition if self._view is not None else ""
        return bool(await self.app.push_screen_wait(ConfirmModal(self.t(key, edition=edition), self.t(words))))
