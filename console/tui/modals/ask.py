"""Ask to reveal: which fields, why, for how long, and who would decide.

The field under the cursor, the reason used last and the longest time are filled in, so that an honest request is two
keystrokes; the words are asked for only where the desk wants them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.cases import FieldRef
from console.desk.api.reveal import AskReveal, RevealOption, RevealOptions
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Checks, Choice, Field, Labelled, Option
from console.tui.widgets.words import Words

LEAST_WORDS = 8


def field_key(field: FieldRef) -> str:
    """A field of a case as one word."""
    return f"{field.name}#{field.ordinal}"


class AskModal(DeskModal[AskReveal]):
    """Args: the case, what may be asked on it, and the field that is asked for first."""

    TITLE = "ask.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.submit"),
        Binding("space", "nothing", "key.tick"),
        Binding("left", "nothing", "key.choose", key_display="◂▸"),
    ]

    def __init__(self, case_id: str, number: str, options: RevealOptions, chosen: FieldRef | None) -> None:
        super().__init__()
        self._case_id, self._number, self._options, self._chosen = case_id, number, options, chosen
        self._by_key = {field_key(option.field): option for option in options.options}

    def heading(self) -> str:
        """Which case."""
        return self.t(self.TITLE, number=self._number)

    def body(self) -> ComposeResult:
        """Fields, reason, minutes, words; quota and approvers below."""
        ticked = [field_key(self._chosen)] if self._chosen else []
        yield Labelled(
            self.t("ask.fields"),
            Checks([self._option(option) for option in self._options.options], ticked=ticked, rows=7, id="fields"),
        )
        yield Labelled(self.t("ask.reason"), Choice(self._reasons(self._options.reasons), id="reason"))
        yield Labelled(self.t("ask.minutes"), Choice(self._minutes(), id="minutes"))
        yield Labelled(self.t("ask.words"), Field(limit=200, id="words"))
        yield Words(id="need")
        yield Words(self._approvers(), id="approvers")

    def on_mount(self) -> None:
        """Start at the fields."""
        self._fit()
        self.query_one("#fields").focus()

    def _option(self, option: RevealOption) -> Option:
        several = sum(other.field.name == option.field.name for other in self._options.options) > 1
        words = self.texts.field(option.field.name, option.field.ordinal, several=several)
        if option.why_not:
            return Option(field_key(option.field), words, self.t(f"refusal.{option.why_not}"))
        return Option(field_key(option.field), f"{words} · {self.t('tier.' + option.tier)}")

    def _approvers(self) -> str:
        lines = [self.t("ask.quota", count=self._options.quota_left)]
        for approver in self._options.approvers:
            key = "ask.approver.deputy" if approver.deputy else "ask.approver"
            online = self.t("ask.online" if approver.online else "ask.offline")
            role = self.t(f"role.{approver.role}")
            lines.append(self.t(key, name=approver.name, role=role, online=online))
        if not self._options.approvers:
            lines.append(self.t("ask.nobody"))
        return "\n".join(lines)

    def _ticked(self) -> list[RevealOption]:
        return [self._by_key[key] for key in self.query_one("#fields", Checks).ticked]

    def _limit(self) -> int:
        ticked = self._ticked() or [option for option in self._options.options if not option.why_not]
        return min((option.max_minutes for option in ticked), default=0)

    def _minutes(self) -> list[Option]:
        limit = min((option.max_minutes for option in self._options.options if not option.why_not), default=0)
        return self._steps(limit)

    def _steps(self, limit: int) -> list[Option]:
        steps = sorted(
            {step for step in (1, 2, 3, 5, 8, 10, 15, 20, 30) if step < limit} | ({limit} if limit else set())
        )
        return [
            Option(str(step), self.t("ask.limit", minutes=self.texts.minutes(step), limit=limit))
            for step in reversed(steps)
        ]

    def _words_needed(self) -> bool:
        wanted = set(self._options.words_for)
        tiers = {option.tier for option in self._ticked()}
        return self.query_one("#reason", Choice).key in wanted or bool(tiers & wanted)

    def _reasons(self, codes: Iterable[str]) -> list[Option]:
        return [Option(code, self.t(f"reason.{code}")) for code in codes]

    def _fit(self) -> None:
        fitting = [set(option.reasons) for option in self._ticked() if option.reasons]
        codes = [code for code in self._options.reasons if all(code in each for each in fitting)]
        self.query_one("#reason", Choice).offer(self._reasons(codes))
        limit = self._limit()
        self.query_one("#minutes", Choice).offer(self._steps(limit), chosen=str(limit))
        need = self.t("ask.words_needed", least=LEAST_WORDS) if self._words_needed() else self.t("ask.words_free")
        self.query_one("#need", Words).say(need)

    def on_checks_changed(self) -> None:
        """Other fields allow other minutes."""
        self._fit()

    def on_choice_changed(self) -> None:
        """Another reason may need words."""
        need = self.t("ask.words_needed", least=LEAST_WORDS) if self._words_needed() else self.t("ask.words_free")
        self.query_one("#need", Words).say(need)

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_nothing(self) -> None:
        """Done by the control that has the focus; shown here so that every key is."""

    def action_submit(self) -> None:
        """Hand the request back, if it is whole."""
        ticked = self._ticked()
        minutes = self.query_one("#minutes", Choice).key
        words = self.query_one("#words", Field).value.strip()
        reason = self.query_one("#reason", Choice).key
        if not ticked or not minutes or not reason:
            self.say(self.t("ask.choose"), bad=True)
            self.query_one("#fields").focus()
        elif self._words_needed() and len(words) < LEAST_WORDS:
            self.say(self.t("form.words_needed", least=LEAST_WORDS), bad=True)
            self.query_one("#words").focus()
        else:
            fields = tuple(option.field for option in ticked)
            call = AskReveal(case_id=self._case_id, fields=fields, reason=reason, words=words, minutes=int(minutes))
            self.dismiss(call)
