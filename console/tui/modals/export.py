"""Ask for an export in two steps: what is in the file, and for whom and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.exports import BASES, PROFILES, PURPOSES, REACHES, DraftExport, ExportOptions, Rule
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Checks, Choice, Field, Labelled, Option
from console.tui.widgets.words import Words

_FIRST: Final = ("full_name", "due_amount", "days_past_due")
_LEAST: Final = 8
_PEM_LINE: Final = 64
_LOCKED: Final = ".locked"


class What(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be in the file."""

    unit_id: str
    fields: tuple[str, ...]
    profile: str
    format: str
    locked: bool = False
    row_cap: int
    rule: Rule
    template: str = "list"


class _Form(DeskModal[What | DraftExport]):
    """What both steps have."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.submit"),
        Binding("left", "nothing", "key.choose", key_display="◂▸"),
        Binding("tab", "app.focus_next", "key.next", priority=True),
    ]

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_nothing(self) -> None:
        """Done by the control that has the focus; shown here so that every key is."""

    def action_submit(self) -> None:
        """Hand the answer back, if it is whole."""
        raise NotImplementedError

    def _number(self, name: str) -> int | None:
        text = self.query_one(f"#{name}", Field).value.strip()
        return int(text) if text.isascii() and text.isdigit() else None

    def _chosen(self, name: str) -> str:
        return self.query_one(f"#{name}", Choice).key

    def _typed(self, name: str) -> str:
        return self.query_one(f"#{name}", Field).value.strip()


class ExportWhatModal(_Form):
    """Args: what may be asked for."""

    TITLE = "export.what"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "nothing", "key.tick")]

    def __init__(self, options: ExportOptions) -> None:
        super().__init__()
        self._options = options

    def body(self) -> ComposeResult:
        """Fields, unit, masks, format, how many, which."""
        fields = [
            Option(one.name, f"{self.texts.field(one.name)} · {one.level}{' *' if one.analytics else ''}")
            for one in self._options.fields
        ]
        ticked = [one.name for one in self._options.fields if one.name in _FIRST]
        yield Labelled(self.t("export.fields"), Checks(fields, ticked=ticked, rows=6, id="fields"))
        units = [Option(one.unit_id, one.name) for one in self._options.units]
        yield Labelled(self.t("column.unit"), Choice(units, id="unit"))
        profiles = [Option(one, self.t(f"export.profile.{one}")) for one in PROFILES]
        yield Labelled(self.t("export.profile"), Choice(profiles, id="profile"))
        yield Labelled(self.t("export.format"), Choice([*self._formats()], id="format"))
        yield Labelled(self.t("export.cap"), Field("1000", limit=6, id="cap"))
        yield Labelled(self.t("export.days_from"), Field(limit=5, id="from"))
        yield Labelled(self.t("export.days_to"), Field(limit=5, id="to"))
        yield Words(self.t("export.what_words"))

    def on_mount(self) -> None:
        """Start at the fields."""
        self.query_one("#fields").focus()

    def action_submit(self) -> None:
        """On to whom."""
        fields, cap = self.query_one("#fields", Checks).ticked, self._number("cap")
        if not fields or not cap:
            self.say(self.t("export.choose"), bad=True)
            return
        self.dismiss(
            What(
                unit_id=self._chosen("unit"),
                fields=fields,
                profile=self._chosen("profile"),
                format=self._chosen("format").removesuffix(_LOCKED),
                locked=self._chosen("format").endswith(_LOCKED),
                row_cap=cap,
                rule=Rule(days_from=self._number("from"), days_to=self._number("to")),
            )
        )

    def _formats(self) -> Iterator[Option]:
        """Every format, bare and with a password."""
        for one in self._options.formats:
            yield Option(one, one.upper())
            yield Option(f"{one}{_LOCKED}", self.t("export.with_password", format=one.upper()))


class ExportWhomModal(_Form):
    """Args: what may be asked for, and what was chosen to be in the file."""

    TITLE = "export.whom"

    def __init__(self, options: ExportOptions, what: What) -> None:
        super().__init__()
        self._options, self._what = options, what

    def body(self) -> ComposeResult:
        """Purpose, words, recipient and key, basis, use."""
        # Models are built on the analytics profile alone (Y-4.8.2), which was chosen a step before.
        open_to = [one for one in PURPOSES if one != "modelling" or self._what.profile == "analytics"]
        purposes = [Option(one, self.t(f"export.purpose.{one}")) for one in open_to]
        reaches = [Option(one, self.t(f"export.reach.{one}")) for one in REACHES]
        bases = [Option(one, self.t(f"export.basis.{one}")) for one in BASES]
        yield Labelled(self.t("export.purpose"), Choice(purposes, id="purpose"))
        # A printout stays inside, on nobody's word but the house's.
        inside = self._what.template == "case"
        if not inside:
            yield Labelled(self.t("export.reach"), Choice(reaches, id="reach"))
            yield Labelled(self.t("export.basis_is"), Choice(bases, id="basis"))
        yield Labelled(self.t("export.why"), Field(limit=400, id="words"))
        yield Labelled(self.t("export.recipient"), Field(limit=80, id="recipient"))
        yield Labelled(self.t("export.key"), Field(limit=400, id="key"))
        if not inside:
            yield Labelled(self.t("export.assessment"), Field(limit=48, id="assessment"))
            yield Labelled(self.t("export.notice"), Field(limit=16, id="notice"))
        yield Labelled(self.t("export.use_days"), Field("7", limit=3, id="days"))
        yield Words(self.t("export.key_words" if self._options.sealed else "export.key_words_demo"))

    def on_mount(self) -> None:
        """Start at the purpose."""
        self.query_one("#purpose").focus()

    def action_submit(self) -> None:
        """Write the request down."""
        days, words = self._number("days"), self._typed("words")
        if len(words) < _LEAST:
            self.say(self.t("form.words_needed", least=_LEAST), bad=True)
            self.query_one("#words").focus()
            return
        if not days or not self._typed("recipient"):
            self.say(self.t("export.choose"), bad=True)
            return
        what = self._what
        said = {
            "type": "exports.draft",
            "purpose": self._chosen("purpose"),
            "words": words,
            "recipient": self._typed("recipient"),
            "recipient_key": pem(self._typed("key")),
            "unit_id": what.unit_id,
            "fields": what.fields,
            "row_cap": what.row_cap,
            "profile": what.profile,
            "format": what.format,
            "locked": what.locked,
            "use_days": days,
            "template": what.template,
        }
        if what.template != "case":
            said |= {name: self._chosen(name) for name in ("reach", "basis")}
            said |= {name: self._typed(name) for name in ("assessment", "notice")}
        call = msgspec.convert(said, DraftExport)
        self.dismiss(msgspec.structs.replace(call, rule=what.rule))


def pem(typed: str) -> str:
    """A public key as it is pasted into one line, with or without the lines around it, as PEM again."""
    head, tail = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"
    body = "".join(typed.replace(head, "").replace(tail, "").split())
    if not body:
        return ""
    lines = [body[start : start + _PEM_LINE] for start in range(0, len(body), _PEM_LINE)]
    return "\n".join([head, *lines, tail, ""])
