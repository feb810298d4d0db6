"""The invisible mark on a row of cells, and how such a row is written without paying for it twice.

A background becomes two levels lighter or darker, cell by cell as `watermark.screen_mark` says. Where two neighbours
differ in nothing else, only the background is written anew: a marked frame is mostly such neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rich.color import Color, ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._cells import cell_len
from textual.strip import Strip

from watermark.copy_mark import CopyPlan
from watermark.screen_mark import ShadePlan

DELTA: Final = 2
"""Levels of 255 by which every channel of a background goes up or down."""

_KEPT: Final = 4096
_TOP: Final = 255
_END: Final = "\x1b[0m"


class Shader:
    """Cuts segments where a plan's shade changes and shades their backgrounds."""

    def __init__(self, plan: ShadePlan) -> None:
        self._plan = plan
        self._shades: dict[Style, tuple[Style, Style] | None] = {}

    def shaded(self, segments: Iterable[Segment], x: int, y: int) -> list[Segment]:
        """The segments of a strip that begins at column `x` of row `y`.

        A background that is the terminal's own, or swapped with the letters' colour, stays as it is. A wide character
        is never cut: it has the shade of its first cell.
        """
        starts, signs, run = self._plan.runs(x, y)
        last = len(starts) - 1
        cut: list[Segment] = []
        for segment in segments:
            text, style = segment.text, segment.style
            width = len(text) if text.isascii() else cell_len(text)
            end = x + width
            shades = self._both(style) if style is not None else None
            while run < last and starts[run + 1] <= x:
                run += 1
            if shades is None:
                cut.append(segment)
            elif run == last or starts[run + 1] >= end:
                cut.append(Segment(text, shades[signs[run] > 0]))
            elif width == len(text):
                done = 0
                while run < last and starts[run + 1] < end:
                    upto = starts[run + 1] - x
                    cut.append(Segment(text[done:upto], shades[signs[run] > 0]))
                    done = upto
                    run += 1
                cut.append(Segment(text[done:], shades[signs[run] > 0]))
            else:
                run = self._wide(cut, text, x, run, shades, (starts, signs))
            x = end
        return cut

    @staticmethod
    def _wide(  # noqa: PLR0917 - the state of the loop that it is a part of
        cut: list[Segment], text: str, x: int, run: int, shades: tuple[Style, Style], row: tuple[list[int], list[int]]
    ) -> int:
        starts, signs = row
        begun = 0
        for place, char in enumerate(text):
            if run + 1 < len(starts) and starts[run + 1] <= x:
                if place > begun:
                    cut.append(Segment(text[begun:place], shades[signs[run] > 0]))
                    begun = place
                while run + 1 < len(starts) and starts[run + 1] <= x:
                    run += 1
            x += cell_len(char)
        cut.append(Segment(text[begun:], shades[signs[run] > 0]))
        return run

    def _both(self, style: Style) -> tuple[Style, Style] | None:
        """The style darker and lighter; none where there is no background of ours to shade."""
        try:
            return self._shades[style]
        except KeyError:
            pass
        back = style.bgcolor
        shades = None
        if back is not None and back.triplet is not None and not style.reverse:
            # Away from the ends first, so that both shades are equally far.
            middle = [min(_TOP - DELTA, max(DELTA, part)) for part in back.triplet]
            darker, lighter = (
                style + Style(bgcolor=Color.from_rgb(*(part + step for part in middle))) for step in (-DELTA, DELTA)
            )
            shades = (darker, lighter)
        if len(self._shades) >= _KEPT:
            self._shades.clear()
        self._shades[style] = shades
        return shades


class ThriftyStrip(Strip):
    """A strip that says again only what changes from one segment to the next, and may carry the copy mark.

    Characters without width are put in as it is written and not before, so that nothing miscounts cells.

    Args:
        segments: as of any strip.
        cell_length: as of any strip.
        copies: what follows blanks; none where text is copied as it is.
        place: column and row that it begins at.
    """

    __slots__ = ("_copies", "_place")

    def __init__(
        self,
        segments: Iterable[Segment],
        cell_length: int | None = None,
        copies: CopyPlan | None = None,
        place: tuple[int, int] = (0, 0),
    ) -> None:
        super().__init__(segments, cell_length)
        self._copies, self._place = copies, place

    def render(self, console: Console) -> str:
        """The strip as the terminal reads it."""
        if self._render_cache is None:
            segments: Iterable[Segment] = self._segments
            if self._copies is not None:
                segments = copied(segments, self._copies, *self._place)
            self._render_cache = written(segments, console._color_system or ColorSystem.TRUECOLOR)  # noqa: SLF001
        return self._render_cache

    def crop(self, start: int, end: int | None = None) -> Strip:
        """A part of it, as thrifty."""
        part = super().crop(start, end)
        if part is self:
            return part
        return ThriftyStrip(part, part.cell_length, self._copies, (self._place[0] + start, self._place[1]))


def copied(segments: Iterable[Segment], plan: CopyPlan, x: int, y: int) -> list[Segment]:
    """The segments of a strip with the copy mark behind blanks; fields to type in and cursors have none."""
    parts = list(segments)
    flat = "".join(
        "x" * len(text) if style and (style.underline or style.reverse) else text for text, style, _ in parts
    )
    carrying = set(plan.places(flat))
    if not carrying:
        return parts
    marked: list[Segment] = []
    offset = 0
    for text, style, _ in parts:
        here = range(offset, offset + len(text))
        offset += len(text)
        if carrying.isdisjoint(here):
            x += len(text) if text.isascii() else cell_len(text)
            marked.append(Segment(text, style))
            continue
        chars: list[str] = []
        for place, char in zip(here, text, strict=True):
            chars.append(char + plan.at(x, y) if place in carrying else char)
            x += 1 if char.isascii() else cell_len(char)
        marked.append(Segment("".join(chars), style))
    return marked


_codes: dict[int, dict[Style, tuple[str, str]]] = {system: {} for system in ColorSystem}


def _codes_of(style: Style, system: ColorSystem) -> tuple[str, str]:
    """What turns on all of a style but its background, and its background."""
    known = _codes[system]
    if len(known) >= _KEPT:
        known.clear()
    ground = ";".join(style.bgcolor.downgrade(system).get_ansi_codes(foreground=False)) if style.bgcolor else ""
    bare = style.without_color + Style(color=style.color)
    bare._ansi = None  # noqa: SLF001 - Rich keeps codes there, whatever system they are of
    found = known[style] = (bare._make_ansi_codes(system), ground)  # noqa: SLF001 - Rich's one place for codes
    return found


def written(segments: Iterable[Segment], system: ColorSystem) -> str:
    """Segments as control sequences and text."""
    parts: list[str] = []
    front = back = ""
    known = _codes[system]
    last: Style | None = None
    for text, style, _ in segments:
        if not text:
            continue
        if style is last and parts:
            parts.append(text)
            continue
        last = style
        now, ground = (known.get(style) or _codes_of(style, system)) if style is not None else ("", "")
        if now != front or (back and not ground):
            both = f"{now};{ground}" if now and ground else now or ground
            parts.append(f"\x1b[0;{both}m" if both else _END)
        elif ground != back:
            parts.append(f"\x1b[{ground}m")
        front, back = now, ground
        parts.append(text)
    if front or back:
        parts.append(_END)
    return "".join(parts)
