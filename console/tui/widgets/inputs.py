"""Ways to answer by keyboard: a line to type in, one of several, some of several. Nothing typed is kept or copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from console.tui.safe import fit, plain


class Field(Input):
    """A line to type in: pasted and typed text loses what does not print; it is neither copied nor remembered.

    `drafted`: the desk keeps what is typed, so that it may outlast a lock. Every other line is as it was at first then.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Field, Field:focus, Field.-textual-compact {
        border: none; height: 1; padding: 0; width: 1fr; text-style: underline; background-tint: 0%;
    }
    Field > .input--cursor { text-style: reverse; }
    """

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        secret: bool = False,
        limit: int = 200,
        drafted: bool = False,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        self._begun_with = value
        self.drafted = drafted
        super().__init__(
            value,
            placeholder=placeholder,
            password=secret,
            max_length=limit,
            select_on_focus=False,
            compact=True,
            id=id,
        )
        self.cursor_blink = False

    def insert(self, text: str, index: int) -> None:
        """Insert what prints."""
        super().insert(_typed(text), index)

    def replace(self, text: str, start: int, end: int) -> None:
        """Replace by what prints."""
        super().replace(_typed(text), start, end)

    def insert_text_at_cursor(self, text: str) -> None:
        """Insert what prints."""
        super().insert_text_at_cursor(_typed(text))

    def _on_paste(self, event: events.Paste) -> None:
        # Textual would hand the event to Input's own handler as well.
        event.prevent_default()
        event.stop()
        lines = event.text.splitlines()
        if lines:
            self.replace(lines[0], *sorted(self.selection))

    def action_copy(self) -> None:
        """Nothing."""

    def action_cut(self) -> None:
        """Nothing."""

    def action_paste(self) -> None:
        """Nothing: there is no clipboard to paste from; the terminal's own paste arrives as typing."""

    def take(self) -> str:
        """Return what was typed and leave the line empty."""
        typed = self.value
        self.value = ""
        return typed.strip()

    def forget(self) -> bool:
        """Be as at first, with nothing drawn of what was typed; whether anything was."""
        typed = self.value != self._begun_with
        self.value = self._begun_with
        self._styles_cache.clear()
        return typed

    def precede(self, text: str) -> None:
        """Put a text before what stands in the line, and the cursor behind it all."""
        self.value = text + self.value
        self.cursor_position = len(self.value)

    def empty(self) -> None:
        """Have nothing in it, not even what it began with, and nothing drawn of it."""
        self._begun_with = ""
        self.forget()


def _typed(text: str) -> str:
    """What may enter a line: printable, visible characters; blanks stay."""
    return "".join(" " if char.isspace() else char for char in text if char.isspace() or plain(char))


@dataclass(frozen=True, slots=True)
class Option:
    """One answer. why_not: in words, when it cannot be chosen."""

    key: str
    words: str
    why_not: str = ""


class Choice(Widget, can_focus=True):
    """One of several on one line; left, right and space go through them."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Choice { height: 1; width: 1fr; }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"choice--focus"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", show=False),
        Binding("right,space", "step(1)", show=False),
    ]

    class Changed(Message):
        """Another option was chosen."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

    def __init__(self, options: Sequence[Option], *, chosen: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._options = tuple(options)
        keys = [option.key for option in self._options]
        self._at = keys.index(chosen) if chosen in keys else 0

    @property
    def key(self) -> str:
        """The chosen option's key; empty when there are none."""
        return self._options[self._at].key if self._options else ""

    def offer(self, options: Sequence[Option], *, chosen: str = "") -> None:
        """Offer other options."""
        keep = chosen or self.key
        self._options = tuple(options)
        keys = [option.key for option in self._options]
        self._at = keys.index(keep) if keep in keys else 0
        self.refresh()

    def action_step(self, step: int) -> None:
        """The next or previous one."""
        if self._options:
            self._at = (self._at + step) % len(self._options)
            self.refresh()
            self.post_message(self.Changed(self))

    def on_focus(self) -> None:
        """Show where the keys go."""
        self.refresh()

    def on_blur(self) -> None:
        """Show where the keys no longer go."""
        self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 - one line
        """The chosen option between its arrows."""
        width, base = self.size.width, self.rich_style
        if self.has_focus:
            base += self.get_component_rich_style("choice--focus", partial=True)
        words = plain(self._options[self._at].words) if self._options else "—"
        text = f"◂ {words} ▸" if len(self._options) > 1 else f"  {words}"
        if len(self._options) > 1:
            text += f"  {self._at + 1}/{len(self._options)}"
        return Strip([Segment(fit(text, width), base)])


class Checks(Widget, can_focus=True):
    """Some of several, one a line; space ticks, up and down move, and past the ends the focus goes on."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Checks { height: auto; width: 1fr; }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"checks--cursor", "checks--not"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("space", "tick", show=False),
    ]

    class Changed(Message):
        """Something was ticked or unticked."""

    def __init__(
        self,
        options: Sequence[Option],
        *,
        ticked: Sequence[str] = (),
        rows: int = 6,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._options = tuple(options)
        self._ticked = {key for key in ticked if any(o.key == key and not o.why_not for o in self._options)}
        places = [place for place, option in enumerate(self._options) if option.key in self._ticked]
        self._at = places[0] if places else 0
        self._rows = rows

    @property
    def ticked(self) -> tuple[str, ...]:
        """Keys of what is ticked, in the order shown."""
        return tuple(option.key for option in self._options if option.key in self._ticked)

    def action_move(self, step: int) -> None:
        """The next line, or the next control."""
        place = self._at + step
        if 0 <= place < len(self._options):
            self._at = place
            self.refresh()
        elif step > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()

    def action_tick(self) -> None:
        """Tick or untick the line under the cursor."""
        if not self._options or self._options[self._at].why_not:
            return
        self._ticked ^= {self._options[self._at].key}
        self.refresh()
        self.post_message(self.Changed())

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """A window of at most `rows` lines."""
        return max(1, min(self._rows, len(self._options)))

    def render_line(self, y: int) -> Strip:
        """One option with its box; [-] where it cannot be ticked, and why."""
        width, base = self.size.width, self.rich_style
        top = max(0, min(self._at - self._rows + 1, len(self._options) - self._rows)) if self._at >= self._rows else 0
        place = top + y
        if place >= len(self._options):
            return Strip([Segment(fit("  —" if not self._options else "", width), base)])
        option = self._options[place]
        here = self.has_focus and place == self._at
        if here:
            base += self.get_component_rich_style("checks--cursor", partial=True)
        elif option.why_not:
            base += self.get_component_rich_style("checks--not", partial=True)
        box = "[-]" if option.why_not else "[x]" if option.key in self._ticked else "[ ]"
        words = f"{option.words}  {option.why_not}" if option.why_not else option.words
        return Strip([Segment(fit(f"{'▶' if here else ' '} {box} {plain(words)}", width), base)])


class Labelled(Horizontal):
    """A control with its name before it."""

    DEFAULT_CSS = "Labelled { height: auto; width: 1fr; } Labelled Name { width: 12; }"

    def __init__(self, words: str, control: Widget) -> None:
        super().__init__(Name(words), control)


class Name(Widget):
    """The name before a control."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Name { height: 1; width: 12; }"

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = plain(words)

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 - one line
        """The words."""
        return Strip([Segment(fit(self._words, self.size.width), self.rich_style)])
