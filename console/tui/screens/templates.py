"""Templates of messages: every edition; one with its words, what it would replace and the steps that are one's own."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import messages
from console.desk.api.base import Call
from console.desk.api.messages import ProposeTemplate, TemplateEdition, TemplateView
from console.tui.safe import wrap
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList


class TemplatesScreen(ListScreen):
    """See the module."""

    TITLE = "place.templates"
    HELP = "help.templates"
    EMPTY = "template.empty"
    REREAD = frozenset({"templates"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {"propose": (Action.MESSAGE_TEMPLATE_PROPOSE.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "key.open"),
        Binding("n", "propose", "key.template.write"),
    ]

    def columns(self) -> tuple[Column, ...]:
        """Code, edition, name, state, length, who wrote and approved it."""
        return (
            Column(self.t("template.code"), 12),
            Column(self.t("column.edition"), 5, right=True),
            Column(self.t("template.title")),
            Column(self.t("column.state"), 10),
            Column(self.t("template.parts"), 5, right=True),
            Column(self.t("column.made_by"), 10),
            Column(self.t("column.approved_by"), 10),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(messages.ListTemplates())
        if reply is None:
            return
        rows = tuple(
            Row(
                one.template_id,
                (
                    one.code,
                    str(one.edition),
                    one.title,
                    ("● " if one.state == "live" else "") + self.texts.state("template", one.state),
                    str(one.parts or "—"),
                    one.made_by or "—",
                    one.approved_by or "—",
                ),
                strong=one.state == "proposed",
            )
            for one in reply.templates
        )
        self.show(rows, self.t("template.summary", count=sum(one.state == "live" for one in reply.templates)))

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter."""
        self.app.push_screen(TemplateScreen(event.key))

    def action_open(self) -> None:
        """The edition under the cursor."""
        if self.list.key is not None:
            self.app.push_screen(TemplateScreen(self.list.key))

    def action_propose(self) -> None:
        """Write one, from the text of the one under the cursor."""
        self.go(self._propose())

    async def _propose(self) -> None:
        start = ProposeTemplate(code="", title="", body="")
        if self.list.key is not None:
            view = await self.client.ask(messages.ReadTemplate(template_id=self.list.key))
            if view is not None:
                start = ProposeTemplate(code=view.template.code, title=view.template.title, body=view.body)
        from console.tui.modals.template import TemplateForm  # noqa: PLC0415 - loaded when asked for

        faults: messages.TemplateProposal | None = None
        while True:
            form = TemplateForm(start, faults.faults if faults is not None else ())
            call = await self.app.push_screen_wait(form)
            if call is None:
                return
            start, faults = call, await self.client.ask(call)
            if faults is None or faults.template is not None:
                break
        self.reread()
        if faults is not None and faults.template is not None:
            self.say(self.t("template.proposed", code=faults.template.code, edition=faults.template.edition))


class TemplateScreen(ListScreen):
    """One edition. Args: its id."""

    TITLE = "template.heading"
    HELP = "help.template"
    EMPTY = "strategy.nothing_here"
    REREAD = frozenset({"templates"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {
        "decide": (Action.MESSAGE_TEMPLATE_APPROVE.value,),
        "retire": (Action.MESSAGE_TEMPLATE_RETIRE.value,),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "decide(True)", "key.approve"),
        Binding("r", "decide(False)", "key.refuse"),
        Binding("R", "retire", "key.template.retire"),
    ]

    def __init__(self, template_id: str) -> None:
        super().__init__()
        self._template_id = template_id
        self._view: TemplateView | None = None

    def title_text(self) -> str:
        """Which one."""
        one = self._view.template if self._view is not None else None
        return self.t(self.TITLE, code="" if one is None else one.code, edition="" if one is None else one.edition)

    def columns(self) -> tuple[Column, ...]:
        """What it is called, and what it says."""
        return (Column("", 14), Column(self.t("template.body")))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Steps from where the edition stands."""
        state = {"decide": "proposed", "retire": "live"}.get(action)
        if state is not None and (self._view is None or self._view.template.state != state):
            return False
        return super().check_action(action, parameters)

    async def load(self) -> None:
        """Read it."""
        view = await self.client.ask(messages.ReadTemplate(template_id=self._template_id))
        if view is None:
            return
        self._view = view
        said = [(self.t("template.body"), self._filled(view.body))]
        if view.replaces:
            said.append((self.t("template.replaces"), self._filled(view.replaces)))
        said += [(self.t("column.fault"), self.t(f"refusal.{one.code}", what=one.what)) for one in view.faults]
        width = max(24, self.size.width - 20)
        rows = tuple(
            Row(f"{at}.{nth}", (name if nth == 0 else "", line), strong=at == 0)
            for at, (name, words) in enumerate(said)
            for nth, line in enumerate(wrap(words, width))
        )
        self.show(rows, self._summary(view.template))
        self.refresh_bars()

    def _filled(self, body: str) -> str:
        """The message with its parameters named, as it begins with who writes it."""
        for name in ("amount", "date", "account"):
            body = body.replace(f"{{{name}}}", f"‹{self.t(f'template.parameter.{name}')}›")
        signature = self._view.signature if self._view is not None else ""
        return f"【{signature}】{body}" if signature else body

    def _summary(self, one: TemplateEdition) -> str:
        said = [one.title, self.texts.state("template", one.state), self.t("template.takes", parts=one.parts or "—")]
        if one.made_by:
            said.append(self.t("strategy.made", person=one.made_by, at=self.when(one.made_at)))
        return " · ".join(said)

    def action_decide(self, approve: bool) -> None:  # noqa: FBT001 - a binding's parameter
        """Approve or refuse it, as it was seen."""
        if self._view is not None:
            one = self._view.template
            call = messages.DecideTemplate(template_id=one.template_id, version=one.version, approve=approve)
            self.go(self._sure("approve" if approve else "refuse", call))

    def action_retire(self) -> None:
        """It is sent no more."""
        if self._view is not None:
            one = self._view.template
            self.go(self._sure("retire", messages.RetireTemplate(template_id=one.template_id, version=one.version)))

    async def _sure(self, what: str, call: Call[TemplateEdition]) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - loaded when asked for

        title = self.t(f"template.sure.{what}", code=self._view.template.code if self._view is not None else "")
        if await self.app.push_screen_wait(ConfirmModal(title, self.t(f"template.sure.{what}.words"))):
            done = await self.client.ask(call)
            self.reread()
            if done is not None:
                self.say(self.texts.state("template", done.state))
