"""Special scenes: filings that one may know of; and one filing, where the number is seen while it may be."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import special
from console.desk.api.base import Call
from console.desk.api.special import SpecialFiling
from console.tui.safe import wrap
from console.tui.screens.lists import ListScreen
from console.tui.widgets.masked import MaskedValue
from console.tui.widgets.rows import Column, Row, RowList

_LEAST = 8
_WORDS = {"approve": 0, "refuse": _LEAST, "review": _LEAST, "escalate": _LEAST}


class SpecialsScreen(ListScreen):
    """See the module."""

    TITLE = "place.specials"
    HELP = "help.specials"
    EMPTY = "special.empty"
    REREAD = frozenset({"special"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {"file": (Action.SPECIAL_FILING_MAKE.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "key.open"),
        Binding("n", "file", "key.special.file"),
    ]

    def columns(self) -> tuple[Column, ...]:
        """Number, state, case, scene, who asked, how many agreed."""
        return (
            Column(self.t("column.number"), 10),
            Column(self.t("column.state"), 14),
            Column(self.t("column.case"), 14),
            Column(self.t("special.scene")),
            Column(self.t("column.asker"), 10),
            Column(self.t("special.agreed"), 6, right=True),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(special.ListSpecials())
        if reply is None:
            return
        rows = tuple(self._row(one) for one in reply.filings)
        waiting = sum(bool({"approve", "open", "report", "review"} & set(one.may)) for one in reply.filings)
        summary = self.t("special.summary", count=len(rows), waiting=waiting)
        self.show(rows, self.t("special.blocked") if reply.blocked else summary)

    def _row(self, one: SpecialFiling) -> Row:
        sign = "! " if one.overdue else "● " if {"approve", "open", "report", "review"} & set(one.may) else ""
        agreed = f"{sum(step.verdict == 'approve' for step in one.steps)}/{len(one.chain)}"
        scene = self.t(f"special.scene.{one.scenario}")
        state = sign + self.t(f"special.state.{one.state}")
        return Row(one.filing_id, (one.number, state, one.case_number, scene, one.asker, agreed), strong=bool(sign))

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter."""
        self.app.push_screen(SpecialScreen(event.key))

    def action_open(self) -> None:
        """The filing under the cursor."""
        if self.list.key is not None:
            self.app.push_screen(SpecialScreen(self.list.key))

    def action_file(self) -> None:
        """File for a number: first of which case."""
        self.go(self._file())

    async def _file(self) -> None:
        from console.tui.modals.confirm import WordsModal  # noqa: PLC0415 - loaded when asked for
        from console.tui.modals.special import SpecialForm  # noqa: PLC0415 - as above

        ask = WordsModal(self.t("special.file"), self.t("special.file.words"), self.t("special.case"), limit=40)
        case = await self.app.push_screen_wait(ask)
        options = await self.client.ask(special.ReadSpecialOptions(case_id=case.strip())) if case else None
        if options is None:
            return
        if not options.options:
            self.say(self.t("special.no_number"), bad=True)
            return
        call = await self.app.push_screen_wait(SpecialForm(options))
        filed = await self.client.ask(call) if call is not None else None
        self.reread()
        if filed is not None:
            self.say(self.t("special.filed", number=filed.number))


class SpecialScreen(ListScreen):
    """One filing. Args: its id."""

    TITLE = "special.heading"
    HELP = "help.special"
    EMPTY = "special.empty"
    REREAD = frozenset({"special", "case"})
    CSS_PATH = "lists.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "decide(True)", "key.approve"),
        Binding("r", "decide(False)", "key.refuse"),
        Binding("o", "look", "key.special.look"),
        Binding("x", "hide", "key.hide"),
        Binding("w", "report", "key.special.report"),
        Binding("e", "end", "key.special.end"),
        Binding("v", "review(True)", "key.special.clear"),
        Binding("i", "review(False)", "key.special.escalate"),
        Binding("d", "withdraw", "key.withdraw"),
    ]
    _MAY: ClassVar = {
        "decide": "approve",
        "look": "open",
        "hide": "open",
        "report": "report",
        "end": "end",
        "review": "review",
        "withdraw": "withdraw",
    }

    def __init__(self, filing_id: str) -> None:
        super().__init__()
        self._filing_id = filing_id
        self._one: SpecialFiling | None = None

    def title_text(self) -> str:
        """Which one."""
        return self.t(self.TITLE, number=self._one.number if self._one is not None else "")

    def columns(self) -> tuple[Column, ...]:
        """What it is called, and what it says."""
        return (Column("", 14), Column(""))

    def below(self) -> ComposeResult:
        """The number: its mask, and while it is open the number itself."""
        yield MaskedValue(field="", ordinal=1, label="", masked="", hint="")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What the desk says the person may do with it now."""
        wanted = self._MAY.get(action)
        if wanted is not None and (self._one is None or wanted not in self._one.may):
            return False
        return super().check_action(action, parameters)

    async def load(self) -> None:
        """Read it; a number that may not be seen any more goes at once."""
        one = await self.client.ask(special.ReadSpecial(filing_id=self._filing_id))
        if one is None:
            self.hide_values()
            return
        self._one = one
        if "open" not in one.may:
            self.hide_values()
        for masked in self.query(MaskedValue):
            label = self.texts.field(one.field.name, one.field.ordinal)
            masked.describe(label=label, masked=self.texts.mask(one.masked), hint="")
        width = max(24, self.size.width - 20)
        rows = tuple(
            Row(f"{at}.{nth}", (name if nth == 0 else "", line), strong=at == 0)
            for at, (name, words) in enumerate(self._said(one))
            for nth, line in enumerate(wrap(words, width))
        )
        self.show(rows, f"{one.case_number} · {one.asker} · {self.t(f'special.state.{one.state}')}")
        self.refresh_bars()

    def _said(self, one: SpecialFiling) -> list[tuple[str, str]]:
        said = [(self.t("special.scene"), self.t(f"special.scene.{one.scenario}"))]
        said += [(self.t("special.words"), one.words), (self.t("special.minutes"), str(one.minutes))]
        given = {step.role: step for step in one.steps}
        for role in one.chain:
            step = given.get(role)
            words = "—" if step is None else f"{self.t(f'verdict.{step.verdict}')} {step.person} {step.words}"
            said.append((self.t(f"role.{role}"), words.rstrip()))
        if one.outcome:
            said.append((self.t("special.report"), f"{self.t(f'special.outcome.{one.outcome}')} {one.report}"))
        if one.review_by is not None:
            due = self.t("special.due", at=self.when(one.review_by))
            said.append((self.t("special.review"), f"{one.reviewer} {one.review}" if one.review else due))
        return said

    def action_look(self) -> None:
        """See the number."""
        self.go(self._look())

    async def _look(self) -> None:
        reply = await self.client.ask(special.OpenSpecial(filing_id=self._filing_id))
        if reply is not None and self.app.screen is self and self.desk_app.me is not None:
            for masked in self.query(MaskedValue):
                masked.reveal(reply.value, reply.ends_at - reply.now)
                masked.focus()
            # Before the next frame, so that no frame shows the number under a calm mark.
            self.desk_app.remark()
        else:
            self.hide_values()
        self.reread()

    def action_hide(self) -> None:
        """Hide it now; it may be seen again."""
        self.hide_values()

    def on_masked_value_changed(self, event: MaskedValue.Changed) -> None:
        """Say why it went by itself."""
        if event.expired:
            self.say(self.t("case.expired"))
            self.reread()

    def action_decide(self, approve: bool) -> None:  # noqa: FBT001 - a binding's parameter
        """Agree or refuse, as it was seen."""
        self.go(self._decide("approve" if approve else "refuse"))

    def action_review(self, cleared: bool) -> None:  # noqa: FBT001 - a binding's parameter
        """Nothing odd, or an incident."""
        self.go(self._decide("review" if cleared else "escalate"))

    async def _decide(self, what: str) -> None:
        from console.tui.modals.confirm import WordsModal  # noqa: PLC0415 - loaded when asked for

        one = self._one
        if one is None:
            return
        least = _WORDS[what]
        title = self.t(f"special.sure.{what}", number=one.number)
        form = WordsModal(title, self.t(f"special.sure.{what}.words"), self.t("special.words"), least=least)
        words = await self.app.push_screen_wait(form)
        if words is None:
            return
        if what in {"approve", "refuse"}:
            await self._do(
                special.DecideSpecial(
                    filing_id=one.filing_id, version=one.version, approve=what == "approve", words=words
                )
            )
        else:
            await self._do(
                special.ReviewSpecial(
                    filing_id=one.filing_id, version=one.version, cleared=what == "review", words=words
                )
            )

    def action_report(self) -> None:
        """Say what came of it."""
        self.go(self._report())

    async def _report(self) -> None:
        from console.tui.modals.special import ReportForm  # noqa: PLC0415 - loaded when asked for

        call = await self.app.push_screen_wait(ReportForm(self._filing_id))
        if call is not None:
            await self._do(call)

    def action_end(self) -> None:
        """Give it back, or take it away."""
        self.go(self._do(special.EndSpecial(filing_id=self._filing_id)))

    def action_withdraw(self) -> None:
        """Take the filing back."""
        self.go(self._do(special.WithdrawSpecial(filing_id=self._filing_id)))

    async def _do(self, call: Call[SpecialFiling]) -> None:
        done = await self.client.ask(call)
        self.reread()
        if done is not None:
            self.say(self.t(f"special.state.{done.state}"))
