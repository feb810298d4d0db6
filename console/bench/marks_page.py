"""What the marks of screens can do, as a page: measured tables, where they fail, and what is left then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from console.bench.measure import Figure
from console.bench.traced import SESSIONS, Traced
from watermark.screen_trace.match import NAMED


class Foreign(NamedTuple):
    """Pictures that must name nobody: how many, how many did, and the least p(false) among them."""

    pictures: int
    wrong: int
    least: float


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
* **Crops of an eighth of an 80×24 screen** hold fewer than sixty signs: often named as *undetermined*, never wrongly.
* **Grey-scale thresholds, heavy posterising, text typed off**: no shade survives. The visible mark and the log remain.
* **Photographs** need the screen's four corners (`--corners`), because a picture that is askew has no rows.
* A real camera was not at hand: photographs are simulated (askew by up to 3 %, blurred, noise of 4 levels, darker at
  the edges, JPEG 85, corners said to within 2 pixels).
* It names the *session* whose screen it was, not who took the picture.
"""


def page(
    costs: Sequence[Figure],
    tables: Sequence[Traced] = (),
    foreign: Foreign | None = None,
    controls: Sequence[Traced] = (),
) -> str:
    """The page.

    Args:
        costs: from `marks.run`.
        tables: from `traced.named`.
        foreign: from `traced.falsely_named`.
        controls: from `traced.controls`.
    """
    parts = [_HEAD, "## What it costs\n", "| | value | floor | ratio |", "|---|---|---|---|"]
    parts += [f"| {one.name} | {one.value:.2f} {one.unit} | {one.floor:.2f} | {one.ratio:.2f} |" for one in costs]
    parts += ["", f"Floor: {_floors(costs)}.", ""]
    if tables:
        parts += ["## Pictures that named their session\n", "Drawn from screens of a demo desk.\n", *_table(tables)]
    if controls:
        parts += ["## Captures of real emulators\n", "Whole windows, as the X server shows them.\n", *_table(controls)]
    if foreign is not None:
        parts += [
            "## Pictures that must name nobody\n",
            f"{foreign.pictures:,} pictures without a mark or with another desk's, whole, in parts, re-encoded.\n",
            f"**{foreign.wrong} named**; the least p(false) among them was {foreign.least:.1e}.\n",
        ]
    return "\n".join(parts).rstrip() + "\n"


def _table(tables: Sequence[Traced]) -> list[str]:
    kinds = sorted({(one.theme, one.size) for one in tables})
    lines = [
        f"Compared with {SESSIONS:,} sessions; named at p(false) ≤ {NAMED:g}. A cell is named / pictures.\n",
        "| | " + " | ".join(f"{theme} {size[0]}×{size[1]}" for theme, size in kinds) + " | all |",
        "|---|" + "---|" * (len(kinds) + 1),
    ]
    for condition in dict.fromkeys(one.condition for one in tables):
        rows = [one for one in tables if one.condition == condition]
        by_kind = {(one.theme, one.size): one for one in rows}
        cells = [f"{by_kind[kind].right}/{by_kind[kind].pictures}" if kind in by_kind else "" for kind in kinds]
        right, pictures = sum(one.right for one in rows), sum(one.pictures for one in rows)
        lines.append(f"| {condition} | " + " | ".join(cells) + f" | {100 * right / pictures:.1f} % of {pictures} |")
    return [*lines, "", f"Wrong names among them: {sum(one.wrong for one in tables)}.", ""]


def _floors(costs: Iterable[Figure]) -> str:
    return "; ".join(dict.fromkeys(one.floored_by for one in costs))


def write(path: Path, text: str) -> None:
    """Keep the page."""
    path.write_text(text, "utf-8")
