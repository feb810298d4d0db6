"""What somebody may do and see and by which rule, or what an application would add; answered by the decision itself."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from console.desk.api import Refusal, explain
from console.desk.api.explain import ActLine, FieldLine
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row


class AccessScreen(ListScreen):
    """Args: whose access (empty: one's own), or of which application; its number for the heading."""

    TITLE = "place.access"
    HELP = "help.access"
    EMPTY = "access.empty"
    REREAD = frozenset({"roles"})
    CSS_PATH = "lists.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f", "switch", "key.access.toggle")]

    def __init__(self, person_id: str = "", application_id: str = "", number: str = "") -> None:
        super().__init__()
        self._person_id, self._application_id, self._number = person_id, application_id, number
        self._acts: tuple[ActLine, ...] = ()
        self._fields: tuple[FieldLine, ...] = ()
        self._summary = ""
        self._shows_fields = False

    def columns(self) -> tuple[Column, ...]:
        """Act or field, where, how, by which rule."""
        return (
            Column(self.t("access.what")),
            Column(self.t("access.where"), 10),
            Column(self.t("access.how"), 17),
            Column(self.t("column.role"), 14, wide=True),
            Column(self.t("access.rule"), 10),
        )

    async def load(self) -> None:
        """Ask."""
        if self._application_id:
            found = await self.client.ask(explain.ExplainApplication(application_id=self._application_id))
            if found is not None:
                self._acts, self._fields = found.acts, found.fields
                against = [self.texts.refusal(Refusal(code=code)) for code in found.conflicts]
                counts = self.t("access.gains", number=self._number, acts=len(found.acts), fields=len(found.fields))
                self._summary = "\n".join([counts, *(f"✗ {words}" for words in against)])
        else:
            reply = await self.client.ask(explain.ExplainPerson(person_id=self._person_id))
            if reply is not None:
                self._acts, self._fields = reply.acts, reply.fields
                self._summary = self.t(
                    "access.summary", person=reply.person, roles=self.texts.roles(reply.roles) or "—"
                )
                if reply.why_nothing:
                    self._summary += "\n✗ " + self.texts.refusal(Refusal(code=reply.why_nothing, clause=reply.clause))
        self._paint()

    def _paint(self) -> None:
        rows = self._field_rows() if self._shows_fields else self._act_rows()
        self.show(tuple(rows), self._summary)

    def _act_rows(self) -> list[Row]:
        return [
            Row(
                str(place),
                (
                    self.t(f"action.{one.action}"),
                    self.t(f"access.scope.{one.scope}"),
                    self.t(f"access.mode.{one.mode}"),
                    self.t(f"role.{one.role}"),
                    one.rule,
                ),
            )
            for place, one in enumerate(self._acts)
        ]

    def _field_rows(self) -> list[Row]:
        return [
            Row(
                str(place),
                (
                    self.texts.field(one.field),
                    self.t(f"access.scope.{one.scope}"),
                    f"{one.mask} · {one.tier} {one.minutes or ''}".strip(),
                    "",
                    one.rule,
                ),
            )
            for place, one in enumerate(self._fields)
        ]

    def action_switch(self) -> None:
        """Fields instead of acts, and back."""
        self._shows_fields = not self._shows_fields
        self._paint()
