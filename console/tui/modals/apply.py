"""Apply for a role: whose, which, where, how long, what for."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api import people, roles
from console.desk.api.roles import Apply, Choices
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Choice, Field, Labelled, Option
from console.tui.widgets.words import Words

_DESK_WIDE = frozenset({"system_admin", "security_admin", "auditor", "compliance"})


class ApplyModal(DeskModal[Apply]):
    """Args: what can be applied for."""

    TITLE = "roles.apply"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.submit"),
        Binding("left", "nothing", "key.choose", key_display="◂▸"),
    ]

    def __init__(self, choices: Choices) -> None:
        super().__init__()
        self._choices = choices
        self._people: dict[str, str] = {}

    def body(self) -> ComposeResult:
        """Five lines; without a staff number it is for oneself."""
        t = self.t
        yield Labelled(t("column.staff_no"), Field(limit=32, id="staff", placeholder=self.me.staff_no))
        roles_offered = [Option(role, t(f"role.{role}")) for role in self._choices.roles]
        roles_offered += [Option(f"{role}+head", f"{t(f'role.{role}')}·{t('roles.head')}") for role in ("supervisor",)]
        yield Labelled(t("column.role"), Choice(roles_offered, id="role"))
        units = [Option("", t("roles.own_unit")), *(Option(one.unit_id, one.name) for one in self._choices.units)]
        yield Labelled(t("column.unit"), Choice(units, id="unit"))
        yield Labelled(t("roles.days"), Field(str(self._choices.longest_days), limit=4, id="days"))
        yield Labelled(t("roles.words"), Field(limit=200, id="words"))
        yield Words(t("roles.apply.words"))

    def action_nothing(self) -> None:
        """Done by the control that has the focus."""

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand the application back."""
        self.go(self._submit())

    async def _submit(self) -> None:
        days = self.query_one("#days", Field).value.strip()
        if not (days.isascii() and days.isdigit() and int(days) > 0):
            self.say(self.t("form.number_needed"), bad=True)
            return
        staff_no = self.query_one("#staff", Field).value.strip()
        person_id = await self._person(staff_no) if staff_no not in ("", self.me.staff_no) else ""
        if person_id is None:
            self.say(self.t("roles.no_person"), bad=True)
            return
        role, _, head = self.query_one("#role", Choice).key.partition("+")
        self.dismiss(
            roles.Apply(
                role=role,
                person_id=person_id,
                unit_id="" if role in _DESK_WIDE else self.query_one("#unit", Choice).key,
                days=int(days),
                words=self.query_one("#words", Field).value.strip(),
                head=bool(head),
            )
        )

    async def _person(self, staff_no: str) -> str | None:
        """The person of that staff number or login, of those one may see."""
        reply = await self.client.ask(people.ListPeople())
        for card in reply.people if reply is not None else ():
            if staff_no in (card.staff_no, card.login):
                return card.person_id
        return None
