"""Contact rules: every edition with its state; writing one, checking it, taking the one in force back."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import contact
from console.desk.api.base import Call
from console.desk.api.contact import RulesEdition, RulesView
from console.tui.screens.lists import ListScreen
from console.tui.screens.strategy_edit import StrategyEditScreen
from console.tui.widgets.rows import Column, Row, RowList


class ContactRulesScreen(ListScreen):
    """See the module."""

    TITLE = "place.contact_rules"
    HELP = "help.contact_rules"
    EMPTY = "contact.rules.empty"
    REREAD = frozenset({"rules"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {"propose": (Action.CONTACT_RULES_PROPOSE.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "key.open"),
        Binding("n", "propose", "key.strategy.write"),
    ]

    def columns(self) -> tuple[Column, ...]:
        """Number, profile, state, from when, who made and checked it."""
        return (
            Column(self.t("column.edition"), 5, right=True),
            Column(self.t("contact.column.profile")),
            Column(self.t("column.state"), 12),
            Column(self.t("contact.column.from"), 12),
            Column(self.t("column.made_by"), 10),
            Column(self.t("column.approved_by"), 10),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(contact.ListRules())
        if reply is None:
            return
        rows = tuple(
            Row(
                one.edition_id or "shipped",
                (
                    str(one.edition),
                    one.code,
                    ("● " if one.in_force else "") + self.texts.state("rules", one.state),
                    self.when(one.starts_at) if one.starts_at else "—",
                    one.made_by or "—",
                    one.approved_by or one.reviewed_by or "—",
                ),
                strong=one.state in {"proposed", "reviewed"},
            )
            for one in reply.editions
        )
        self.show(rows, self.t("contact.rules.summary", count=len(rows)))

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter."""
        self.app.push_screen(ContactEditionScreen(event.key))

    def action_open(self) -> None:
        """The edition under the cursor."""
        if self.list.key is not None:
            self.app.push_screen(ContactEditionScreen(self.list.key))

    def action_propose(self) -> None:
        """Write a new edition, from the text of the one under the cursor."""
        self.go(self._propose())

    async def _propose(self) -> None:
        view = await self.client.ask(asked(self.list.key or ""))
        if view is not None:
            self.app.push_screen(ContactRulesEditScreen(view.lines))


def asked(key: str) -> contact.ReadRules:
    """The call for an edition by its row's key."""
    return contact.ReadRules(shipped="cn") if key == "shipped" else contact.ReadRules(edition_id=key)


class ContactEditionScreen(ListScreen):
    """One edition: its text, its difference; and the step that is this person's to take. Args: its row's key."""

    TITLE = "contact.rules.title"
    HELP = "help.contact_edition"
    EMPTY = "strategy.nothing_here"
    REREAD = frozenset({"rules"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {
        "decide": (Action.CONTACT_RULES_APPROVE.value, Action.CONTACT_RULES_LIMIT.value),
        "roll_back": (Action.CONTACT_RULES_ROLL_BACK.value,),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "part('text')", "key.text"),
        Binding("2", "part('diff')", "key.diff"),
        Binding("a", "decide(True)", "key.approve"),
        Binding("r", "decide(False)", "key.refuse"),
        Binding("B", "roll_back", "key.roll_back"),
    ]

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key
        self._part = "text"
        self._view: RulesView | None = None

    def title_text(self) -> str:
        """Which edition."""
        return self.t(self.TITLE, edition="" if self._view is None else self._view.edition.edition)

    def columns(self) -> tuple[Column, ...]:
        """A line and its number."""
        return (Column("", 4, right=True), Column(self.t(f"strategy.part.{self._part}")))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Steps from where the edition stands."""
        states = {"decide": {"proposed", "reviewed"}, "roll_back": {"approved"}}.get(action)
        edition = self._view.edition if self._view is not None else None
        if states is not None and (edition is None or not edition.edition_id or edition.state not in states):
            return False
        return super().check_action(action, parameters)

    async def load(self) -> None:
        """Read it."""
        view = await self.client.ask(asked(self._key))
        if view is not None:
            self._view = view
            self._show(view)

    def _show(self, view: RulesView) -> None:
        lines = view.lines if self._part == "text" else view.diff
        rows = tuple(
            Row(str(at), (str(at), line), strong=self._part == "diff" and line[:1] in {"+", "-"})
            for at, line in enumerate(lines, 1)
        )
        self.list.show(rows, columns=self.columns())
        self.show(rows, self._summary(view.edition))
        self.refresh_bars()

    def _summary(self, edition: RulesEdition) -> str:
        said = [edition.code, self.texts.state("rules", edition.state)]
        if edition.in_force:
            said.append(self.t("contact.rules.in_force"))
        if edition.made_by:
            said.append(self.t("strategy.made", person=edition.made_by, at=self.when(edition.made_at)))
        return " · ".join(said)

    def action_part(self, part: str) -> None:
        """Text or difference."""
        if part in {"text", "diff"} and self._view is not None:
            self._part = part
            self._show(self._view)

    def action_decide(self, approve: bool) -> None:  # noqa: FBT001 - a binding's parameter
        """Approve or refuse it."""
        self.go(self._decide(approve=approve))

    async def _decide(self, *, approve: bool) -> None:
        edition = self._view.edition if self._view is not None else None
        if edition is None:
            return
        call = contact.DecideRules(edition_id=edition.edition_id, version=edition.version, approve=approve)
        await self._sure("approve" if approve else "refuse", call)

    def action_roll_back(self) -> None:
        """The edition before decides again."""
        edition = self._view.edition if self._view is not None else None
        if edition is not None:
            call = contact.RollBackRules(edition_id=edition.edition_id, version=edition.version)
            self.go(self._sure("roll_back", call))

    async def _sure(self, what: str, call: Call[RulesEdition]) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - loaded when asked for

        number = self._view.edition.edition if self._view is not None else ""
        title = self.t(f"contact.rules.{what}", edition=number)
        if await self.app.push_screen_wait(ConfirmModal(title, self.t(f"contact.rules.{what}.words"))):
            done = await self.client.ask(call)
            self.reread()
            if done is not None:
                self.say(self.texts.state("rules", done.state))


class ContactRulesEditScreen(StrategyEditScreen):
    """Writing the rules' text line by line; what is wrong stands beside the line it is in."""

    TITLE = "contact.rules.edit"
    HELP = "help.contact_edit"
    NEEDS: ClassVar = {"submit": (Action.CONTACT_RULES_PROPOSE.value,)}

    async def ask(self, lines: tuple[str, ...]) -> contact.RulesProposal | None:
        """Propose it."""
        return await self.client.ask(contact.ProposeRules(lines=lines))
