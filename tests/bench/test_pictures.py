"""Pictures of screens are measured as they say: the right session where there is one, nobody where there is none."""

from __future__ import annotations

import pytest
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from console.bench import marks_page, strangers, traced
from console.bench.measure import Figure
from console.bench.screens import Frame, written
from console.bench.spoilt import CONDITIONS, Picture, Rnd, png

COLUMNS, ROWS = 80, 24
PAGE = Style(color=Color.from_rgb(200, 210, 220), bgcolor=Color.from_rgb(20, 26, 32))
LINE = "C-2026-0417   138****5678   欠款 12,340.00   今天 15:30"
FRAME = Frame(
    tuple(
        (Segment((f"{row:02} {LINE}" if row % 2 else "").ljust(COLUMNS - 8 if row % 2 else COLUMNS), PAGE),)
        for row in range(ROWS)
    ),
    (COLUMNS, ROWS),
    "测试员 A0001 127.0.0.1",
    "veil",
)


@pytest.fixture(scope="module")
def issued() -> traced.Issued:
    return traced.Issued(sessions=50)


@pytest.mark.slow
@pytest.mark.clause("C-5.4d-1", "issue-4")
def test_a_screen_is_named_in_whole_and_in_part_and_the_page_says_so(
    issued: traced.Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = {name: CONDITIONS[name] for name in ("whole", "crop 50 %", "crop 25 %", "JPEG 90", "×1.5")}
    monkeypatch.setattr(traced, "CONDITIONS", some)
    *_, table = traced.named(traced.drawn([FRAME], 1, issued), issued, lambda _: None)
    assert [(one.condition, one.pictures, one.right, one.wrong) for one in table] == [(name, 1, 1, 0) for name in some]
    assert [figure.rounds for figure in traced.shares(table)] == [1] * len(some)
    kept = strangers.Kept({"scenery with noise": 3}, 0, 0.5)
    page = marks_page.page([Figure(name="x", unit="ms", value=2, floor=1, ratio=2, floored_by="bare")], table, kept)
    assert "| whole | 1/1 | 100.0 % of 1 |" in page
    assert "**0 of 3 named**" in page


@pytest.mark.slow
@pytest.mark.clause("issue-4")
@pytest.mark.parametrize("kind", strangers.KINDS)
def test_no_stranger_is_named(kind: str, issued: traced.Issued) -> None:
    image = strangers.KINDS[kind]([FRAME], issued, Rnd(7))
    assert not issued.match(Picture(png(image))).named


@pytest.mark.slow
@pytest.mark.clause("issue-4")
def test_a_batch_is_the_same_wherever_it_is_traced(issued: traced.Issued, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strangers, "BATCH", 8)
    one, other = strangers.batch([FRAME], 3, issued), strangers.batch([FRAME], 3, issued)
    assert one == other
    assert one.wrong == 0
    both = one.and_(other)
    assert sum(both.pictures.values()) == 16


def test_a_marked_screen_is_written_with_its_shades(issued: traced.Issued) -> None:
    assert written(FRAME, issued.packed[0]) != written(FRAME, issued.packed[1]) != written(FRAME, None)
