"""Applications for roles: what waits for one comes first, one key takes the step whose turn it is."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import roles
from console.desk.api.roles import ApplicationView
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList


class RolesScreen(ListScreen):
    """See the module."""

    TITLE = "place.roles"
    HELP = "help.roles"
    EMPTY = "roles.empty"
    REREAD = frozenset({"roles", "session"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {"apply": (Action.ACCOUNT_ROLE_APPLY.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "pass_on", "key.roles.pass_on"),
        Binding("r", "refuse", "key.refuse"),
        Binding("n", "apply", "key.roles.apply"),
        Binding("w", "withdraw", "key.roles.withdraw"),
        Binding("i", "what_if", "key.roles.what_if"),
        Binding("v", "switch", "key.roles.toggle"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._items: dict[str, ApplicationView] = {}
        self._only_open = True

    def columns(self) -> tuple[Column, ...]:
        """Number, whose, which role, where, how it stands and whose turn it is."""
        return (
            Column(self.t("column.application"), 10),
            Column(self.t("column.person"), 13),
            Column(self.t("column.role"), 14),
            Column(self.t("column.unit"), 8, wide=True),
            Column(self.t("column.state"), 12),
            Column(self.t("roles.next")),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(roles.ListApplications(only_open=self._only_open))
        if reply is None:
            return
        self._items = {one.application_id: one for one in reply.items}
        rows = tuple(
            Row(
                key,
                (
                    one.number,
                    f"{one.person} {one.staff_no}",
                    self.role_words(one),
                    one.unit or "—",
                    self.state_words(one),
                    self.next_words(one),
                ),
                strong=one.mine,
            )
            for key, one in self._items.items()
        )
        summary = self.t("roles.summary", mine=sum(one.mine for one in reply.items), count=len(rows))
        if reply.bootstrap_until is not None:
            summary += " · " + self.t("roles.bootstrap.left", when=self.when(reply.bootstrap_until))
        self.show(rows, summary)

    def role_words(self, one: ApplicationView) -> str:
        """The role; a head is called so."""
        words = self.t(f"role.{one.role}")
        return f"{words}·{self.t('roles.head')}" if one.head else words

    def state_words(self, one: ApplicationView) -> str:
        """How it stands; one of the bootstrap time carries its sign."""
        words = self.t(f"roles.standing.{one.standing}") if one.standing else self.t(f"roles.state.{one.state}")
        return f"{words} ◇" if one.bootstrap else words

    def next_words(self, one: ApplicationView) -> str:
        """Whose turn it is."""
        if not one.next:
            return "—"
        who = self.t("join.list").join(one.next_by) or self.t("roles.nobody")
        return f"{'▶ ' if one.mine else ''}{self.t(f'roles.stage.{one.next}')}: {who}"

    @property
    def _here(self) -> ApplicationView | None:
        return self._items.get(self.list.key or "") if self.query(RowList) else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A step needs one whose turn it is; withdrawing an own one."""
        here = self._here
        if action in ("pass_on", "refuse"):
            return here is not None and here.mine
        if action == "withdraw":
            return here is not None and here.own
        if action == "what_if":
            return here is not None
        return super().check_action(action, parameters)

    def on_row_list_moved(self) -> None:
        """Other keys may be open here."""
        self.refresh_keys()

    def on_row_list_chosen(self) -> None:
        """Enter: the whole application."""
        from console.tui.modals.details import DetailsModal  # noqa: PLC0415 - loaded when asked for

        one = self._here
        if one is not None:
            self.app.push_screen(DetailsModal("roles.details", self._pairs(one)))

    def _pairs(self, one: ApplicationView) -> list[tuple[str, str]]:
        pairs = [
            (self.t("column.application"), one.number),
            (self.t("column.person"), f"{one.person} {one.staff_no}"),
            (self.t("column.role"), self.role_words(one)),
            (self.t("column.unit"), one.unit),
            (self.t("roles.days"), self.texts.days(one.days)),
            (self.t("roles.applicant"), one.applicant),
            (self.t("roles.words"), one.words),
            (self.t("column.state"), self.state_words(one)),
            (self.t("roles.until"), self.when(one.until, "day") if one.until is not None else ""),
        ]
        for step in one.steps:
            who = f"{step.person} {step.staff_no}" + (f" 代 {step.stands_for}" if step.stands_for else "")
            sign = "✓" if step.verdict == "approve" else "✗"
            pairs.append(
                (self.t(f"roles.stage.{step.stage}"), f"{sign} {who} {self.when(step.at)} {step.reason}".strip())
            )
        if one.next:
            pairs.append((self.t("roles.next"), self.next_words(one)))
        if one.why_not:
            pairs.append((self.t("roles.why_not"), self.texts.t(f"refusal.{one.why_not}")))
        return pairs

    def action_switch(self) -> None:
        """Those that are over, too, or not."""
        self._only_open = not self._only_open
        self.reread()

    def action_pass_on(self) -> None:
        """Take the step."""
        self.go(self._decide("approve"))

    def action_refuse(self) -> None:
        """Refuse, with a reason."""
        self.go(self._decide("refuse"))

    async def _decide(self, verdict: str) -> None:
        from console.tui.modals.confirm import ConfirmModal, WordsModal  # noqa: PLC0415 - loaded when asked for

        one = self._here
        if one is None:
            return
        params = {"person": one.person, "role": self.role_words(one), "stage": self.t(f"roles.stage.{one.next}")}
        reason = ""
        if verdict == "refuse":
            title = self.t("roles.refuse", number=one.number)
            modal = WordsModal(title, self.t("roles.refuse.words", **params), self.t("roles.reason"), least=4)
            reason = await self.app.push_screen_wait(modal) or ""
            if not reason:
                return
        elif not await self.app.push_screen_wait(
            ConfirmModal(self.t("roles.pass_on", number=one.number), self.t("roles.pass_on.words", **params))
        ):
            return
        done = await self.client.ask(
            roles.DecideApplication(
                application_id=one.application_id, verdict=verdict, seen_version=one.version, reason=reason
            )
        )
        if done is not None:
            self.say(self.t("roles.done", number=done.number, state=self.state_words(done)))
        self.reread()

    def action_withdraw(self) -> None:
        """Take the own one back."""
        self.go(self._withdraw())

    async def _withdraw(self) -> None:
        one = self._here
        if one is None:
            return
        done = await self.client.ask(roles.WithdrawApplication(application_id=one.application_id))
        if done is not None:
            self.say(self.t("roles.done", number=done.number, state=self.state_words(done)))
        self.reread()

    def action_apply(self) -> None:
        """A new one."""
        self.go(self._apply())

    async def _apply(self) -> None:
        from console.tui.modals.apply import ApplyModal  # noqa: PLC0415 - loaded when asked for

        choices = await self.client.ask(roles.ListChoices())
        if choices is None:
            return
        wanted = await self.app.push_screen_wait(ApplyModal(choices))
        if wanted is None:
            return
        done = await self.client.ask(wanted)
        if done is not None:
            self.say(self.t("roles.applied", number=done.number, next=self.next_words(done)))
        self.reread()

    def action_what_if(self) -> None:
        """What it would give."""
        from console.tui.screens.access import AccessScreen  # noqa: PLC0415 - loaded when asked for

        one = self._here
        if one is not None:
            self.app.push_screen(AccessScreen(application_id=one.application_id, number=one.number))
