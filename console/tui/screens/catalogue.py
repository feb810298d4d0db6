"""The catalogue to read: every field with its levels; Enter shows each role's mask, `w` who may see it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from console.desk.api import explain
from console.desk.api.explain import CatalogueField
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList


class CatalogueScreen(ListScreen):
    """See the module."""

    TITLE = "place.catalogue"
    HELP = "help.catalogue"
    EMPTY = "catalogue.empty"
    CSS_PATH = "lists.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "masks", "key.catalogue.masks"),
        Binding("w", "who", "key.catalogue.who"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._fields: dict[str, CatalogueField] = {}

    def columns(self) -> tuple[Column, ...]:
        """Name, its three codes, what it belongs to, by which tiers it is revealed."""
        return (
            Column(self.t("catalogue.field")),
            Column(self.t("catalogue.jrt"), 6),
            Column(self.t("catalogue.plan"), 6),
            Column(self.t("catalogue.reg"), 6),
            Column(self.t("catalogue.tiers"), 12),
            Column(self.t("catalogue.name"), 26, wide=True),
        )

    async def load(self) -> None:
        """Read it."""
        reply = await self.client.ask(explain.ReadCatalogue())
        if reply is None:
            return
        self._fields = {field.name: field for field in reply.fields}
        rows = tuple(
            Row(
                field.name,
                (
                    self.texts.field(field.name),
                    field.jrt.replace("_AUX", "+"),
                    str(field.plan),
                    str(field.reg),
                    " ".join(sorted({line.tier for line in field.reveals})) or "—",
                    field.name,
                ),
                strong=field.cibi,
            )
            for field in reply.fields
        )
        self.show(rows, self.t("catalogue.summary", count=len(rows), version=reply.version, digest=reply.digest[:12]))

    @property
    def _here(self) -> CatalogueField | None:
        return self._fields.get(self.list.key or "") if self.query(RowList) else None

    def on_row_list_chosen(self) -> None:
        """Enter."""
        self.action_masks()

    def action_masks(self) -> None:
        """What each role sees of the field, and how it could be revealed."""
        from console.tui.modals.details import DetailsModal  # noqa: PLC0415 - loaded when asked for

        field = self._here
        if field is None:
            return
        pairs = [(self.t("catalogue.field"), f"{self.texts.field(field.name)} ({field.name})")]
        for mask in field.masks:
            ways = [f"{line.tier} {line.minutes}" for line in field.reveals if line.role == mask.role]
            words = f"{mask.predicate} {mask.mask}" + (f" · {', '.join(ways)}" if ways else "")
            pairs.append((self.t(f"role.{mask.role}"), words))
        self.app.push_screen(DetailsModal("catalogue.masks", pairs))

    def action_who(self) -> None:
        """Who may see the field."""
        self.go(self._who())

    async def _who(self) -> None:
        from console.tui.modals.details import DetailsModal  # noqa: PLC0415 - as above

        field = self._here
        reply = await self.client.ask(explain.ExplainField(field=field.name)) if field is not None else None
        if reply is None:
            return
        pairs = [(self.t("catalogue.field"), self.texts.field(reply.field))]
        for one in reply.people:
            how = f"{one.line.mask} · {one.line.tier} {one.line.minutes or ''}"
            where = self.t(f"access.scope.{one.line.scope}")
            pairs.append((f"{one.staff_no} {one.person}", f"{where} {how} · {one.line.rule}"))
        if len(pairs) == 1:
            pairs.append((self.t("catalogue.who"), self.t("roles.nobody")))
        self.app.push_screen(DetailsModal("catalogue.who", pairs))
