"""An agent's whole day by telephone at a real terminal: real dialer and media, sipp as phone and customers."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from tests.support.pty_screen import PtyScreen
from tests.support.screen_on_calls import PLAN
from tests.tui.test_agent_day import CASES, WORKED, number_of

SCRIPT = Path(__file__).resolve().parents[1] / "support" / "screen_on_calls.py"
SAVED = {
    "answered": "本人接听",
    "busy": "忙音",
    "no_answer": "无人接听",
    "rejected": "拒接",
    "unreachable": "关机",
}
PROMISED_EVERY = 2  # of the calls that are answered


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.debian("sipp")
@pytest.mark.clause("S-6-1", "S-6-2", "S-6-17", "S-6-18", "issue-5")
def test_an_agent_calls_a_hundred_and_fifty_customers(tmp_path: Path) -> None:
    screen = PtyScreen(SCRIPT, str(tmp_path), str(CASES), "zhangwei")
    screen.patience = 90.0
    screen.until("我的队列")
    screen.until("· 新案")
    screen.press("enter")
    screen.until("停留")
    seen: set[str] = set()
    keys: dict[str, list[int]] = {}
    talked, began = 0, time.monotonic()
    for nth in range(WORKED):
        number = number_of(screen)
        assert number not in seen, "every case once"
        seen.add(number)
        result = PLAN[nth % len(PLAN)]
        screen.press("c")
        screen.until("✓ 现在可以联系")
        screen.press("enter")
        screen.until("通话小结 —")
        words, pressed = SAVED[result], ["enter"]
        if result == "answered":
            talked += 1
            if talked % PROMISED_EVERY:
                words, pressed = "承诺还款", ["9", "+", "3", "enter"]
        for key in pressed:
            screen.press(key)
            if key == "9":
                screen.until("还款日")
        screen.until(f"{number} 已保存：{words}")
        screen.until(f"案件 {number}", gone=True)
        keys.setdefault(words, []).append(2 + len(pressed))
    seconds = (time.monotonic() - began) / WORKED
    total = sum(sum(counts) for counts in keys.values())
    sys.stdout.write(
        f"agent's day by telephone: {WORKED} real calls, {total / WORKED:.1f} keys and {seconds:.2f} s a case; "
        + ", ".join(f"{words} ≤ {max(counts)} keys" for words, counts in keys.items())
        + "\n"
    )
    assert max(keys["无人接听"]) <= 3
    assert max(keys["承诺还款"]) <= 12
    screen.press("ctrl+q")
    assert screen.ended() == 0
