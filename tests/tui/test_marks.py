"""The marks on real frames: every cell of every frame carries its shade, widths stay, a picture names the session."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from typing import Any

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from console.bench.drawn import Cell, draw
from console.bench.marks import BUDGET_KIB, packed_size
from console.tui.colours import QUESTION, Colours, Listening, told
from console.tui.marker import FrameMarker, harmless
from console.tui.safe import cell_len
from console.tui.shading import DELTA, Shader, written
from tests.support.fake_desk import MARK
from tests.support.terminal import Seat, at_rest, seated
from watermark import Tile
from watermark.screen_mark import SessionCodes, ShadePlan, pack
from watermark.screen_trace.match import best_match, signs_of
from watermark.screen_trace.picture import read_picture
from watermark.screen_trace.signs import readings

CODES = SessionCodes(lambda said: hashlib.sha256(b"desk" + said).digest())
SESSIONS = 400

Cells = dict[tuple[int, int], tuple[str, Style]]


def cells(update: object) -> Cells:
    """Every cell that an update draws, with its style."""
    drawn: Cells = {}
    for x, y, row in placed(update):
        for text, style, _ in row:
            for char in text:
                if cell_len(char):
                    drawn[x, y] = char, style or Style.null()
                x += cell_len(char)  # noqa: PLW2901 - the row goes on
    return drawn


def placed(update: object) -> Iterator[tuple[int, int, Any]]:
    """Rows of segments and where they begin."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            yield update.region.x, y, [segment for strip in line for segment in strip]
    elif isinstance(update, ChopsUpdate):
        for y in {y for y, _, _ in update.spans}:
            yield from ((x, y, strip) for x, strip in update.chops[y].items() if strip is not None)


def watch(seat: Seat) -> list[tuple[Cells, Cells]]:
    """Keep each frame as it came and as it goes to the terminal."""
    frames: list[tuple[Cells, Cells]] = []
    frame = seat.app.marker.frame

    def kept(update: object) -> Any:
        went = frame(update)
        frames.append((cells(update), cells(went)))
        return went

    seat.app.marker.frame = kept  # type: ignore[method-assign]
    return frames


def middle(style: Style) -> list[int] | None:
    """The ground that shades are put on, if there is one."""
    back = style.bgcolor
    if back is None or back.triplet is None or style.reverse:
        return None
    return [min(255 - DELTA, max(DELTA, part)) for part in back.triplet]


@pytest.mark.clause("C-5.4d-1", "issue-4")
@pytest.mark.parametrize("size", [(80, 24), (160, 50)], ids=["narrow", "wide"])
async def test_every_cell_of_every_frame_of_a_sitting_carries_its_shade(size: tuple[int, int]) -> None:
    async with seated("supervisor", size=size) as seat:
        frames = watch(seat)
        plan = ShadePlan(MARK)
        for keys in (("down", "down"), ("enter",), ("escape",), ("f3",), ("a",), ("escape",), ("question_mark",)):
            await seat.press(*keys)
        seat.screen.refresh()
        await at_rest(seat.app, seat.pilot)
        shaded = 0
        for before, after in frames:
            assert after.keys() <= before.keys(), "only second halves of the mark's own wide characters go"
            for (x, y), (_, style) in after.items():
                ground = middle(before[x, y][1])
                if ground is None:
                    assert style.bgcolor == before[x, y][1].bgcolor
                    continue
                # A wide character that begins in one chip ends in the next with the first one's shade.
                sign = plan.sign(x, y)
                assert style.bgcolor is not None
                assert list(style.bgcolor.triplet or ()) == [part + DELTA * sign for part in ground], (x, y)
                shaded += 1
        assert len(frames) >= 7
        assert shaded > 20_000


async def test_nobody_is_marked_before_signing_in_and_another_sitting_has_another_mark() -> None:
    async with seated("") as seat:
        assert seat.app.marker._shader is None
    async with seated("agent") as seat:
        first = seat.app.marker._shader
        assert first is not None
        seat.app.remark()
        assert seat.app.marker._shader is first, "made once a sitting, not once a minute"
        seat.app.seat(None)
        assert [seat.app.marker._shader] == [None]


@pytest.mark.clause("issue-4")
@pytest.mark.parametrize("colours", [Colours.FEWER, Colours.NONE])
async def test_a_terminal_of_few_colours_is_told_and_the_desk_too(colours: Colours) -> None:
    async with seated("agent") as seat:
        assert seat.app.texts.t("mark.visible_only") not in seat.text
        seat.app._settle(colours)
        await seat.settle()
        assert [seat.app.marker._shader] == [None]
        assert seat.app.texts.t("mark.visible_only") in seat.text
        said = [call for call in seat.desk.calls if type(call).__name__ == "NoteColours"]
        assert [call.colours for call in said] == [str(colours)]  # type: ignore[attr-defined]
        seat.app._settle(Colours.FULL)
        await seat.settle()
        assert seat.app.marker._shader is not None
        assert seat.app.texts.t("mark.visible_only") not in seat.text


@pytest.mark.parametrize(
    ("kind", "system", "environment", "expected"),
    [
        ("xterm-256color", ColorSystem.EIGHT_BIT, {}, Colours.ASKED),
        ("xterm-256color", ColorSystem.TRUECOLOR, {}, Colours.FULL),
        ("xterm-kitty", ColorSystem.EIGHT_BIT, {}, Colours.FULL),
        ("xterm-direct", ColorSystem.EIGHT_BIT, {}, Colours.FULL),
        ("tmux-256color", ColorSystem.TRUECOLOR, {}, Colours.ASKED),
        ("screen", ColorSystem.STANDARD, {}, Colours.ASKED),
        ("dumb", None, {}, Colours.NONE),
        ("xterm-kitty", ColorSystem.TRUECOLOR, {"NO_COLOR": "1"}, Colours.NONE),
    ],
)
def test_what_a_terminal_shows(
    kind: str, system: ColorSystem | None, environment: dict[str, str], expected: Colours
) -> None:
    assert told(kind, system, environment) is expected


@given(
    st.text(alphabet="ab\x1b[AP1$", max_size=12),
    st.text(alphabet="ab\x1b[AP1$", max_size=12),
    st.sampled_from([("1$r0;48:2:1:2:3m", True), ("1$r48;2;1;2;3m", True), ("1$r0;48:2::1:2:3m", True),
                     ("1$r0;48:5:16m", False), ("0$r", False), ("1$r0;48:2:1:2:30m", False)]),
    st.lists(st.integers(0, 40), max_size=4),
)  # fmt: skip
def test_the_answer_is_heard_and_every_key_goes_on(
    before: str, after: str, answer: tuple[str, bool], cuts: list[int]
) -> None:
    heard: list[bool] = []
    listening = Listening(heard.append)
    said = f"{before}x\x1bP{answer[0]}\x1b\\{after}x"
    passed = ""
    for part in pieces(said, cuts):
        passed += listening.rest(part)
    assert heard == [answer[1]]
    assert passed in {f"{before}x{after}x", f"{before}x\x1b{after}x"}


def pieces(text: str, cuts: list[int]) -> Iterator[str]:
    """A text in pieces, as a line delivers it."""
    start = 0
    for cut in sorted(cuts):
        yield text[start:cut]
        start = max(start, cut)
    yield text[start:]


def test_what_is_typed_is_given_back_once_nobody_listens() -> None:
    heard: list[bool] = []
    listening = Listening(heard.append)
    assert listening.rest("\x1bP") == ""
    listening.close()
    assert listening.rest("x") == "\x1bPx"
    assert heard == []
    assert "\x1bP$qm" in QUESTION


STYLES = (
    Style.parse("#d6dde4 on #10161c"),
    Style.parse("bold #e0b15c on #1c2631"),
    Style.parse("reverse #ffffff on #000000"),
    Style.parse("dim on #ffffff"),
    Style.parse("underline"),
    None,
)
segments = st.lists(
    st.tuples(st.text(alphabet="a 张é1　", max_size=9), st.sampled_from(STYLES)).map(lambda made: Segment(*made)),
    max_size=8,
)


@given(segments, st.integers(0, 120), st.integers(0, 60))
def test_shading_changes_no_cell_and_no_width(row: list[Segment], x: int, y: int) -> None:
    marker = FrameMarker()
    bare: Any = marker.frame(LayoutUpdate([[Strip(row)]], Region(x, y, 100, 1)))
    marker.shade(Shader(ShadePlan(MARK)))
    shaded: Any = marker.frame(LayoutUpdate([[Strip(row)]], Region(x, y, 100, 1)))
    assert {at: char for at, (char, _) in cells(shaded).items()} == {at: char for at, (char, _) in cells(bare).items()}


@given(segments)
def test_what_is_written_thriftily_looks_like_what_rich_writes(row: list[Segment]) -> None:
    usual = "".join(style.render(text) if style is not None else text for text, style, _ in row)
    assert emulated(written(row, ColorSystem.TRUECOLOR)) == emulated(usual)


def emulated(said: str) -> list[object]:
    """What a terminal shows of it, cell by cell, and how it goes on afterwards."""
    screen = pyte.Screen(90, 1)
    pyte.Stream(screen).feed(f"{said}.")
    return [screen.buffer[0][x] for x in range(90)]


@pytest.mark.parametrize("text", ["a\x1b[2Jb", "张\u202e伟", "a\u200bb", "\ufe0f", "\x9b1m", "ok\u00a0"])
def test_what_came_with_data_is_harmless_and_keeps_its_cells(text: str) -> None:
    shown = harmless(text)
    assert cell_len(shown) == cell_len(text)
    assert not {"\x1b", "\u202e", "\u200b", "\ufe0f", "\x9b"} & set(shown)


async def frame_of(seat: Seat, session: int | None) -> list[list[Segment]]:
    """The screen with both marks, those of a session of a desk, or with the visible one alone."""
    marker = FrameMarker()
    marker.show(Tile(seat.app.mark_text()), keep=False)
    if session is not None:
        marker.shade(Shader(ShadePlan(pack(CODES.word(str(session))))))
    update: Any = marker.frame(seat.screen._compositor.render_full_update())
    return [[segment for strip in line for segment in strip] for line in update.strips]


@pytest.mark.clause("issue-4", "Y-5.2.3a")
async def test_a_picture_names_the_session_and_none_other() -> None:
    words = signs_of([CODES.word(str(number)) for number in range(SESSIONS)])

    def trace(rows: list[list[Segment]], *, quality: int, part: float = 1.0) -> Any:
        image = draw(rows, 120, Cell(8, 16))
        image = image.crop((37, 53, 37 + int(image.width * part), 53 + int(image.height * part)))
        file = io.BytesIO()
        image.save(file, "JPEG" if quality else "PNG", **({"quality": quality} if quality else {}))
        return best_match(readings(read_picture(file.getvalue())), words)

    async with seated("agent", size=(120, 40)) as seat:
        for session, quality, part in ((3, 0, 0.9), (77, 60, 0.9), (399, 0, 0.5), (12, 80, 0.5)):
            found = trace(await frame_of(seat, session), quality=quality, part=part)
            assert found.named, (session, quality, part, found)
            assert found.word == session
        for quality in (0, 70):
            assert not trace(await frame_of(seat, None), quality=quality).named
            assert not trace(await frame_of(seat, SESSIONS + 5), quality=quality, part=0.5).named


@pytest.mark.clause("issue-4")
async def test_a_whole_frame_with_both_marks_stays_within_three_kilobytes_compressed() -> None:
    async with seated("supervisor", size=(120, 40)) as seat:
        sizes = []
        for session in range(12):
            rows = await frame_of(seat, session)
            sizes.append(packed_size("\n".join(written(row, ColorSystem.TRUECOLOR) for row in rows)) / 1024)
        assert max(sizes) <= BUDGET_KIB
