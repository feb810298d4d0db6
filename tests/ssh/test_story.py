"""An agent and a supervisor at their own terminals at once, over SSH at 80×24: asked, approved, plain, taken back."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.support.pty_screen import PtyScreen
from tests.support.served import Served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.debian("ssh", "ssh-keygen"),
    pytest.mark.clause("issue-4", "C-5.4d-2", "S-4.1"),
]


def row(client: PtyScreen, words: str) -> str:
    """The line of the screen that holds these words."""
    return next((line for line in client.text.splitlines() if words in line), "")


def to(client: PtyScreen, words: str) -> None:
    """Move the cursor to the row."""
    for _ in range(20):
        if f"▶ {words}" in client.text:
            return
        client.press("down")
        client.quiet()
    raise AssertionError(client.text)


def test_asked_approved_seen_and_taken_back_on_two_terminals(served: Served, tmp_path: Path) -> None:
    served.wait(served.desk.with_cases(tmp_path))
    agent, supervisor = served.sign_in("zhangwei"), served.sign_in("lina")
    agent.until("C-20")
    agent.press("enter")
    agent.until("家庭地址")
    to(agent, "家庭地址")
    masked = row(agent, "家庭地址")
    agent.press("u")
    agent.until("[x] 家庭地址")
    agent.press("enter")
    agent.until("已提交 R-")

    supervisor.until("李娜 S0021")
    supervisor.press("f3")
    supervisor.until("R-")
    assert "张伟" in supervisor.text
    supervisor.press("a")
    supervisor.until("╰")
    supervisor.press("enter")
    supervisor.until("再次输入动态码")
    served.clock.advance(31)
    supervisor.press(served.code(), "enter")
    agent.until("◆ 已批准")
    to(agent, "家庭地址")
    agent.press("u")
    agent.until("◷ 0")
    plain = row(agent, "家庭地址")
    assert plain != masked
    assert "号" in plain
    assert "A0173" in agent.text, "the mark is on the frame that shows it"
    seen = next(word for word in plain.split() if "号" in word)
    assert seen not in supervisor.raw

    supervisor.press("\x1b[17~")
    supervisor.until("张伟")
    supervisor.press("r")
    begun = time.monotonic()
    while seen in agent.text and time.monotonic() - begun < 60:
        supervisor.pump()
        if "╰" in supervisor.text:
            supervisor.press("enter")
        agent.pump()
    assert seen not in agent.text

    for client in (agent, supervisor):
        client.press("ctrl+q")
        assert client.ended() == 0
    people = served.desk.founded.persons
    acts = [(event.action, event.person_id) for event in served.events() if event.source == "127.0.0.1"]
    for act, login in (("case:field:reveal", "zhangwei"), ("reveal:grant:revoke", "lina")):
        assert (act, people[login]) in acts, sorted({one for one, _ in acts})
