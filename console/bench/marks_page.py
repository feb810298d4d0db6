"""What the marks of screens can do, as a page: measured tables, where they fail, and what is left then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from console.bench.measure import Figure
from console.bench.strangers import Kept
from console.bench.traced import SESSIONS, Traced
from watermark.screen_trace.match import NAMED

_HEAD = """# Marks on the screen: what they cost and what a picture still tells

Written by `veildesk bench marks --pictures N --foreign N --captures FOLDER --document FILE`.

Every screen carries two marks. The *visible* one says who, when, from where and in which session, under the data and in
a bar of its own. The *invisible* one is the session's 64-bit code in the background: four cells a sign, two levels of
255 lighter or darker, in every frame. `veildesk trace --screenshot FILE.png` names the session it belongs to.

## What fails, and what is left

* **256 colours, 16, none, `NO_COLOR`**: shades of two levels do not exist there. The session is told so in its mark
  (*visible mark only*), the log keeps it (`account:session:colours`), and the visible mark is what remains.
* **A multiplexer that rounds colours** (tmux or screen without `RGB`): the same. One that does not repeat a colour when
  it is asked is not believed, even where it would pass colours on.
* **A terminal that does not answer** (DECRQSS) and whose kind says nothing: counts as one of few colours.
* **The first frames of such a session**, until the terminal has answered (one round trip): visible mark only.
* **Crops of an eighth of an 80×24 screen** hold about sixty signs, many of them under text: where fewer than about
  fifty can be read the answer is *undetermined*, of which no way of reading makes more; after JPEG 70 that is the usual
  answer. A quarter of such a screen that was also rescaled and compressed: the same, less often.
* **Pages with text on every other row only, compressed by JPEG**: the rows may be taken for twice as high as they are;
  *undetermined* then.
* **Grey-scale thresholds, heavy posterising, text typed off**: no shade survives. The visible mark and the log remain.
* **Photographs** need the screen's four corners (`--corners`), because a picture that is askew has no rows.
* A real camera was not at hand: photographs are simulated (askew by up to 3 %, blurred, noise of 4 levels, darker at
  the edges, JPEG 85, corners said to within 2 pixels).
* It names the *session* whose screen it was, not who took the picture.
"""

_SOURCES = """Screens of a demo desk, each with a session of its own, shown in xterm (Xft, DejaVu Sans Mono 10) and
kitty under Xvfb and captured there; *drawn* where no emulator was at hand. A scale is bicubic; crops are of the
window's shape and from anywhere; a share of 12 % is of the area.
"""

_STRANGERS = """Whole and in parts down to 16 %, in every condition above but photographs, compared with the same
sessions.
"""


def page(costs: Sequence[Figure], table: Sequence[Traced] = (), met: Kept | None = None) -> str:
    """The page.

    Args:
        costs: from `marks.run`.
        table: from `traced.named`.
        met: from `strangers.batch`.
    """
    parts = [_HEAD, "## What it costs\n", "| | value | floor | ratio |", "|---|---|---|---|"]
    parts += [f"| {one.name} | {one.value:.2f} {one.unit} | {one.floor:.2f} | {one.ratio:.2f} |" for one in costs]
    parts += ["", f"Floor: {_floors(costs)}.", ""]
    if table:
        parts += ["## Pictures that named their session\n", _SOURCES, *_table(table)]
    if met is not None:
        count = sum(met.pictures.values())
        parts += ["## Pictures that must name nobody\n", _STRANGERS, "| | pictures |", "|---|---|"]
        parts += [f"| {kind} | {pictures:,} |" for kind, pictures in met.pictures.items()]
        parts += ["", f"**{met.wrong} of {count:,} named**; the least p(false) among them was {met.least:.1e}.", ""]
    return "\n".join(parts).rstrip() + "\n"


def _table(tables: Sequence[Traced]) -> list[str]:
    kinds = sorted({one.kind for one in tables})
    lines = [
        f"Compared with {SESSIONS:,} sessions; named at p(false) ≤ {NAMED:g}. A cell is named / pictures.\n",
        "| | " + " | ".join(kinds) + " | all |",
        "|---|" + "---|" * (len(kinds) + 1),
    ]
    for condition in dict.fromkeys(one.condition for one in tables):
        rows = {one.kind: one for one in tables if one.condition == condition}
        cells = [f"{rows[kind].right}/{rows[kind].pictures}" if kind in rows else "" for kind in kinds]
        right, pictures = sum(one.right for one in rows.values()), sum(one.pictures for one in rows.values())
        lines.append(f"| {condition} | " + " | ".join(cells) + f" | {100 * right / pictures:.1f} % of {pictures} |")
    count = sum(one.pictures for one in tables)
    return [*lines, "", f"Wrong names among these {count:,} pictures: {sum(one.wrong for one in tables)}.", ""]


def _floors(costs: Iterable[Figure]) -> str:
    return "; ".join(dict.fromkeys(one.floored_by for one in costs))


def write(path: Path, text: str) -> None:
    """Keep the page."""
    path.write_text(text, "utf-8")
