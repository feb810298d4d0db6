"""Which file, from whom, what kind, what its columns are, and whether only to try it out. Trying it out comes first.

A file lies on the desk's machine, or a lender left it in its drop; on a production desk there are only those.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.imports import DroppedFile, StartImport
from console.tui.columns import fields_of, read_mapping, written
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Checks, Choice, Field, Labelled, Option
from console.tui.widgets.words import Words

KINDS = ("cases", "repayments", "recalls")
_NEW = "\0new"


class LoadFileModal(DeskModal[StartImport]):
    """Args: names of known sources; what was chosen before; files in lenders' drops."""

    TITLE = "load.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.start"),
        Binding("space", "nothing", "key.tick"),
        Binding("left", "nothing", "key.choose", key_display="◂▸"),
    ]

    def __init__(
        self, sources: tuple[str, ...], before: StartImport | None = None, dropped: tuple[DroppedFile, ...] = ()
    ) -> None:
        super().__init__()
        self._sources, self._before, self._dropped = sources, before, dropped

    def body(self) -> ComposeResult:
        """Path, source, kind, columns to leave out, the two ticks."""
        before = self._before
        if self._dropped:
            drops = [Option(one.key, f"{one.source} · {one.name}") for one in self._dropped]
            drops.append(Option("", self.t("load.by_path")))
            yield Labelled(
                self.t("load.drop"), Choice(drops, chosen=before.drop if before else drops[0].key, id="drop")
            )
        yield Labelled(self.t("load.path"), Field(before.path if before else "", limit=400, id="path"))
        sources = [Option(name, name) for name in self._sources]
        sources.append(Option(_NEW, self.t("load.other_source")))
        yield Labelled(self.t("imports.source"), Choice(sources, chosen=before.source if before else "", id="source"))
        yield Labelled(self.t("load.source_name"), Field(limit=60, id="name"))
        kinds = [Option(kind, self.t(f"imports.kind.{kind}")) for kind in KINDS]
        yield Labelled(self.t("imports.kind"), Choice(kinds, chosen=before.kind if before else "", id="kind"))
        dropped = ",".join(before.dropped) if before else ""
        yield Labelled(self.t("load.dropped"), Field(dropped, limit=400, id="dropped"))
        mapping = written(before.mapping, self.texts) if before else ""
        yield Labelled(self.t("load.mapping"), Field(mapping, limit=400, id="mapping"))
        ticked = ["dry_run"] if before is None or before.dry_run else []
        ticked += ["accept_good"] if before is not None and before.accept_good else []
        options = [Option("dry_run", self.t("load.dry_run")), Option("accept_good", self.t("load.accept_good"))]
        yield Labelled(self.t("load.how"), Checks(options, ticked=ticked))
        yield Words(self.t("load.words"))

    def on_mount(self) -> None:
        """A name of its own only for another source."""
        self._fit()
        self.query_one("#drop" if self._dropped else "#path").focus()

    @property
    def _drop(self) -> DroppedFile | None:
        """The file in a drop that is chosen; none: one by its path."""
        key = self.query_one("#drop", Choice).key if self._dropped else ""
        return next((one for one in self._dropped if one.key == key), None)

    def _fit(self) -> None:
        left = self._drop is not None
        self.query_one("#path").disabled = self.query_one("#source").disabled = left
        self.query_one("#name").disabled = left or self.query_one("#source", Choice).key != _NEW

    def on_choice_changed(self) -> None:
        """Another source or kind."""
        self._fit()

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_nothing(self) -> None:
        """Done by the control that has the focus."""

    def action_submit(self) -> None:
        """Hand the order back, if it is whole."""
        drop, path = self._drop, self.query_one("#path", Field).value.strip()
        source = self.query_one("#source", Choice).key
        if source == _NEW:
            source = self.query_one("#name", Field).value.strip()
        if drop is not None:
            path, source = "", drop.source
        if not (path or drop) or not source:
            self.say(self.t("load.incomplete"), bad=True)
            self.query_one("#path" if not path else "#source").focus()
            return
        kind = self.query_one("#kind", Choice).key
        mapping, unread = read_mapping(self.query_one("#mapping", Field).value, fields_of(kind), self.texts)
        if unread:
            self.say(self.t("load.mapping.unread", part=unread), bad=True)
            self.query_one("#mapping").focus()
            return
        ticked = self.query_one(Checks).ticked
        dropped = self.query_one("#dropped", Field).value.replace("，", ",").split(",")
        self.dismiss(
            StartImport(
                path=path,
                source=source,
                kind=kind,
                dropped=tuple(name.strip() for name in dropped if name.strip()),
                mapping=mapping,
                accept_good="accept_good" in ticked,
                dry_run="dry_run" in ticked,
                drop=drop.key if drop is not None else "",
            )
        )
