"""The marks of screens: what a terminal cannot show of them, and whose screen a picture shows."""

from __future__ import annotations

from typing import Final

from console.desk.api.base import Call, Done, Value

MOST_READINGS: Final = 64
READING_BYTES: Final = 254
"""127 sums, two bytes each, signed, the higher byte first."""


class NoteColours(Call[Done], frozen=True, kw_only=True, tag="marks.note_colours"):
    """Say what this session's terminal cannot carry. `colours`: `fewer` or `none` for shades, `no_copies`."""

    colours: str


class ScreenTrace(Value, frozen=True, kw_only=True):
    """Whose screen a picture shows, as far as it tells.

    verdict: `named` or `undetermined`; then `reason` says why: `no_cells`, `no_sessions`, `weak`. p_false: the most
    that the probability of naming any session falsely is. agreement: 0 to 1, of `signs` of the 127 signs.
    sessions: how many were compared. code: the session's 64 bits, hexadecimal. opened_at, closed_at: microseconds UTC;
    the picture is from between them; closed_at is none while the session lasts.
    """

    verdict: str
    reason: str
    p_false: float
    agreement: float
    signs: int
    sessions: int
    session_id: str = ""
    code: str = ""
    staff_no: str = ""
    person: str = ""
    source: str = ""
    terminal: str = ""
    opened_at: int | None = None
    closed_at: int | None = None


class TraceScreen(Call[ScreenTrace], frozen=True, kw_only=True, tag="marks.trace_screen"):
    """Ask whose screen a picture shows, or a text was copied from.

    readings: what `watermark.screen_trace.signs` or `watermark.copy_mark` found in it; picture and text themselves stay
    where they are. digest: their SM3, hexadecimal, for the log. text: it is a text.
    """

    readings: tuple[bytes, ...]
    digest: str
    text: bool = False
