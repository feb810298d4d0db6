"""On a real terminal: what is written there, what is left there, and the whole way from asking to seeing."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.desk.api.cases import FieldRef
from tests.support.fake_desk import secret
from tests.support.pty_screen import PtyScreen

SUPPORT = Path(__file__).resolve().parents[1] / "support"
FAKE = SUPPORT / "screen_on_fake.py"
ADDRESS = secret(FieldRef(name="home_address"))[-7:]  # a part: other tests hunt for the whole in this process

pytestmark = pytest.mark.slow


@pytest.fixture
def agent() -> Iterator[PtyScreen]:
    screen = PtyScreen(FAKE, "agent", "zh_CN")
    screen.until("C-2026-0000001")
    yield screen
    screen.child.close(force=True)


def reveal(screen: PtyScreen) -> None:
    screen.press("enter")
    screen.until("家庭地址")
    screen.press("down", "down", "down", "down", "down", "u")
    screen.until(ADDRESS)


@pytest.mark.clause("C-5.4d-1", "C-5.4d-2", "T11")
def test_marked_revealed_and_wiped(agent: PtyScreen) -> None:
    assert "A0173张" in agent.text
    assert "#K7QF2M" in agent.text
    calm = agent.quiet().count("K7QF2M")
    reveal(agent)
    assert agent.quiet().count("K7QF2M") > calm
    agent.press("ctrl+c", "ctrl+x", "ctrl+z")
    agent.press("ctrl+l")
    agent.until("已锁定")
    assert ADDRESS not in agent.quiet()
    agent.press("enter")
    agent.until("家庭地址")
    agent.press("ctrl+q")
    assert agent.ended() == 0
    assert ADDRESS not in agent.quiet()
    assert "C-2026" not in agent.text
    assert "\x1b]52" not in agent.raw
    assert agent.raw.rindex("\x1b[2J") < agent.raw.rindex("\x1b[?1049l"), "wiped before it is left"
    assert "\x1b[?1049h" in agent.raw


@pytest.mark.clause("T11")
def test_a_crash_leaves_a_number_and_nothing_else() -> None:
    screen = PtyScreen(FAKE, "agent", "zh_CN", BREAK="1")
    screen.until("C-2026-0000001")
    screen.press("enter")
    assert screen.ended() == 1
    left = screen.text.strip()
    assert re.search(r"编号报给系统管理员：[0-9a-f]{8}", left)
    assert "Traceback" not in screen.raw
    assert "13800138000" not in screen.raw
    assert "C-2026" not in left


@pytest.mark.clause("T11")
def test_a_program_does_not_outlive_its_terminal(agent: PtyScreen) -> None:
    reveal(agent)
    assert agent.lose() == 1


@pytest.mark.clause("T11")
def test_a_process_told_to_end_wipes_what_was_revealed(agent: PtyScreen) -> None:
    reveal(agent)
    agent.child.kill(signal.SIGTERM)
    assert agent.ended() == 1
    assert ADDRESS not in agent.quiet()
    assert agent.raw.rindex("\x1b[2J") < agent.raw.rindex("\x1b[?1049l")


@pytest.mark.clause("S-6-16")
def test_english_on_a_wide_terminal_without_colour() -> None:
    screen = PtyScreen(FAKE, "supervisor", "en", size=(120, 40), NO_COLOR="1")
    screen.until("Team's queue")
    screen.press("f3")
    screen.until("1 wait for you")
    screen.press("a")
    screen.until("Approve R-00000007?")
    assert not re.search(r"\x1b\[[0-9;]*[34]8;[25]", screen.raw), "no colours"
    screen.press("escape", "ctrl+q")
    assert screen.ended() == 0


def test_every_key_reaches_the_screen_one_after_the_other(agent: PtyScreen) -> None:
    agent.press("/")
    agent.until("精确查找")
    agent.press(*"C-2026-1")
    agent.press("enter")
    agent.until("还可查找 19 次")
    assert "C-2026-1 " not in agent.text
    agent.press("escape")
    agent.until("还可查找", gone=True)
    agent.press("?")
    agent.until("帮助：我的队列")


@pytest.mark.clause("T11", "issue-4")
def test_nothing_but_the_screen_is_said_to_the_terminal(agent: PtyScreen) -> None:
    reveal(agent)
    agent.press("escape")
    agent.until("家庭地址", gone=True)
    agent.press("/")
    agent.until("╭")
    agent.child.send("\x1b[200~pasted \x1b]0;title\x07words\x1b[201~")
    agent.until("pasted")
    agent.press("ctrl+c", "ctrl+x", "escape")
    agent.until("╭", gone=True)
    agent.press("ctrl+q")
    assert agent.ended() == 0
    said = set(re.findall(r"\x1b\]([^\x07\x1b]*)", agent.raw))
    # 22 is the shape of the pointer; no title (0, 1, 2), clipboard (52), notification (9, 99, 777), link (8).
    assert {one for one in said if not re.fullmatch(r"22;[a-z]*", one)} == set()
    for sequence in ("\x1b[200~", "\x1b[201~", "title", "\x1bP", "\x1b_", "\x1b^"):
        assert sequence not in agent.raw, repr(sequence)
    assert not re.search(r"\x1b\[[0-9;]*t", agent.raw), "no title stack, no window report"
    before, _, rest = agent.raw.partition("\x1b[?1049h")
    inside, _, after = rest.rpartition("\x1b[?1049l")
    assert "C-2026" in inside
    for outside in (before, after):
        assert re.sub(r"\x1b\[[0-9;?<>=]*[A-Za-z]", "", outside).strip() == "", "the main buffer gets no character"
