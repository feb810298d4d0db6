"""An agent's whole day at a real terminal on a real desk: cases worked by result codes, keys and seconds counted."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import pytest

from tests.support.pty_screen import PtyScreen

SCRIPT = Path(__file__).resolve().parents[1] / "support" / "screen_on_demo.py"
CASES = 1000
"""Of the desk; the agent has some 160 of them."""

WORKED = 150
NO_ANSWER = ("r", "1", "enter")
DAY: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("无人接听", NO_ANSWER),
    ("无人接听", NO_ANSWER),
    ("承诺还款", ("p", "+", "3", "enter")),
    ("无人接听", NO_ANSWER),
    ("忙音", ("r", "2", "enter")),
    ("本人接听", ("r", "7", "enter")),
    ("无人接听", NO_ANSWER),
    ("承诺还款", ("p", *"+2", "\t", *"100.5", "enter")),
    ("关机", ("r", "4", "enter")),
    ("他人接听", ("r", "8", "enter")),
)
"""What comes of ten cases, and the keys for it."""


def number_of(screen: PtyScreen) -> str:
    """Number of the case on the screen, once it is read."""
    screen.until("案件 C-")
    found = re.search(r"案件 (C-\d{4}-\d{7})", screen.text)
    assert found is not None, screen.text
    return found[1]


@pytest.mark.slow
@pytest.mark.clause("S-6-1", "S-6-2", "S-6-17", "issue-3")
def test_an_agent_works_a_hundred_and_fifty_cases(tmp_path: Path) -> None:
    screen = PtyScreen(SCRIPT, str(tmp_path), str(CASES), "zhangwei")
    screen.patience = 90.0
    screen.until("我的队列")
    screen.until("· 新案")
    screen.press("enter")
    screen.until("停留")
    seen: set[str] = set()
    keys: dict[str, list[int]] = {}
    began = time.monotonic()
    for nth in range(WORKED):
        words, pressed = DAY[nth % len(DAY)]
        number = number_of(screen)
        assert number not in seen, "every case once"
        seen.add(number)
        for key in pressed:
            screen.press(key)
            if key in {"r", "p"}:
                screen.until("结果 —")
        screen.until(f"{number} 已保存：{words}")
        screen.until(f"案件 {number}", gone=True)
        keys.setdefault(words, []).append(len(pressed))
    seconds = (time.monotonic() - began) / WORKED
    total = [count for counts in keys.values() for count in counts]
    sys.stdout.write(
        f"agent's day: {WORKED} cases, {sum(total) / WORKED:.1f} keys and {seconds:.2f} s a case; "
        + ", ".join(f"{words} ≤ {max(counts)} keys" for words, counts in keys.items())
        + "\n"
    )
    assert max(keys["无人接听"]) <= 3
    assert max(keys["承诺还款"]) <= 12
    screen.press("escape")
    screen.until("我的队列")
    screen.until("… 等待")
    screen.press("ctrl+q")
    assert screen.ended() == 0
