"""Every frame on its way to the terminal: scrubbed of what came in with data, and marked with who looks at it.

Sits in `App._display`, where each layout and each partial update passes once with absolute positions, whatever screen
or modal it belongs to. What a mark says and which cells it takes is decided in `watermark`; this is only the part that
knows Textual's frames. A kind of frame it does not know is not shown: it raises, and the application ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual._cells import cell_len
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

from console.tui.shading import Shader, ThriftyStrip
from masking.text import scrub
from watermark import Tile, blank_runs
from watermark.copy_mark import CopyPlan

_STRENGTH: Final = 0.26
_CACHED_STRIPS: Final = 6000
_DIM: Final = Style(dim=True)
_OWN_BLANK: Final = "\u00a0"
_BLANKS: Final = f" {_OWN_BLANK}"
"""Blanks; the second one is a column's own, is never marked, and reaches the terminal as the first."""


class UnknownFrame(Exception):
    """A kind of update that this module cannot mark; it may not reach the terminal."""


def harmless(text: str) -> str:
    """The same cells without any character that does more than print."""
    shown = f".{text.replace(_OWN_BLANK, ' ')}."
    if scrub(shown) == shown:
        return text
    return "".join(char if scrub(char) or char in _BLANKS else "?" * cell_len(char) for char in text)


class FrameMarker:
    """Scrubs always; marks as soon as a tile is set, and invisibly as soon as a shader is."""

    def __init__(self) -> None:
        self._tile: Tile | None = None
        self._shader: Shader | None = None
        self._copies: CopyPlan | None = None
        self._keep = True
        self._ghosts: dict[Style, Style] = {}
        self._done: dict[tuple[int, int], tuple[Strip, Strip]] = {}

    def show(self, tile: Tile | None, *, keep: bool) -> None:
        """Use another tile from the next frame on.

        Args:
            tile: the mark, or None while nobody is signed in.
            keep: whether finished strips may be kept for the next frame; False while a value is revealed.
        """
        self._tile = tile
        self._keep = keep
        self._done.clear()

    def shade(self, shader: Shader | None) -> None:
        """Shade every background from the next frame on.

        Args:
            shader: of the session; None while nobody is signed in, or where a terminal could not show it.
        """
        self._shader = shader
        self._done.clear()

    def copy(self, plan: CopyPlan | None) -> None:
        """Let text that is copied out of the terminal name the session, from the next frame on.

        Args:
            plan: of the session; None where the desk does not want it, or the terminal could not keep it.
        """
        self._copies = plan
        self._done.clear()

    def forget(self) -> None:
        """Drop every strip that was kept."""
        self._done.clear()

    def frame(self, update: object) -> CompositorUpdate:
        """The update as it may reach the terminal.

        Raises:
            UnknownFrame: the update is neither a layout nor chops.
        """
        if isinstance(update, LayoutUpdate):
            rows: list[Iterable[Strip]] = []
            for y, line in enumerate(update.strips, update.region.y):
                x = update.region.x
                row: list[Strip] = []
                for strip in line:
                    row.append(self._strip(strip, x, y))
                    x += strip.cell_length
                rows.append(row)
            return LayoutUpdate(rows, update.region)
        if isinstance(update, ChopsUpdate):
            touched = {y for y, _, _ in update.spans}
            chops = [
                {x: None if strip is None else self._strip(strip, x, y) for x, strip in line.items()}
                if y in touched
                else line
                for y, line in enumerate(update.chops)
            ]
            return ChopsUpdate(chops, update.spans, update.chop_ends)
        raise UnknownFrame(type(update).__name__)

    def _strip(self, strip: Strip, x: int, y: int) -> Strip:
        kept = self._done.get((x, y))
        if kept is not None and kept[0] is strip:
            return kept[1]
        segments = [self._scrubbed(segment) for segment in strip]
        tile = self._tile
        if tile is not None and tile.marks(y):
            segments = self._marked(segments, tile, x, y)
        segments = [
            Segment(segment.text.replace(_OWN_BLANK, " "), segment.style) if _OWN_BLANK in segment.text else segment
            for segment in segments
        ]
        if self._shader is not None:
            segments = self._shader.shaded(segments, x, y)
        done = ThriftyStrip(segments, strip.cell_length, self._copies, (x, y))
        if self._keep:
            if len(self._done) > _CACHED_STRIPS:
                self._done.clear()
            self._done[x, y] = (strip, done)
        return done

    @staticmethod
    def _scrubbed(segment: Segment) -> Segment:
        # Control segments would carry cursor moves out of data; no widget here makes one.
        if segment.control:
            return Segment("")
        if segment.text.isascii() and segment.text.isprintable():
            return segment
        return Segment(harmless(segment.text), segment.style)

    def _marked(self, segments: list[Segment], tile: Tile, x: int, y: int) -> list[Segment]:
        marked: list[Segment] = []
        for segment in segments:
            text, style = segment.text, segment.style or Style.null()
            # An underlined or reversed blank is a field to type in or a cursor, not background.
            if "     " not in text or style.underline or style.reverse:
                marked.append(segment)
                x += cell_len(text)
                continue
            done = 0
            for start, end in blank_runs(text):
                before = text[done:start]
                marked.append(Segment(before, style))
                x += cell_len(before)
                words = tile.fill(x, y, end - start)
                # Figures alone could be taken for what stands beside them.
                told = any(map(str.isalpha, words))
                marked.append(Segment(words if told else " " * (end - start), self._ghost(style)))
                x += end - start
                done = end
            rest = text[done:]
            marked.append(Segment(rest, style))
            x += cell_len(rest)
        return marked

    def _ghost(self, style: Style) -> Style:
        """A colour between background and black or white; dim where the background is not known."""
        ghost = self._ghosts.get(style)
        if ghost is None:
            back = style.bgcolor
            if back is None or back.triplet is None:
                ghost = Style(bgcolor=back) + _DIM
            else:
                red, green, blue = back.triplet
                target = 255 if 0.3 * red + 0.59 * green + 0.11 * blue < 128 else 0  # noqa: PLR2004 - half of 255
                shade = [int(part + (target - part) * _STRENGTH) for part in (red, green, blue)]
                ghost = Style(color=Color.from_rgb(*shade), bgcolor=back)
            self._ghosts[style] = ghost
        return ghost
