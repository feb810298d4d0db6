"""A lost line: said on the screen, tried again by itself, and back locked and masked with nothing typed lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.bootstrap import RunningDesk
from console.client import attach
from console.demo import build
from console.desk.api import Desk, DeskError, Refusal, session
from console.desk.api.cases import FieldRef
from console.tui.screens import lost, sign_in
from tests.support.fake_desk import FakeDesk
from tests.support.terminal import Seat, SeenApp, met, until


class Line:
    """Where a new line comes from: refused until there is a desk."""

    def __init__(self) -> None:
        self.desk: FakeDesk | None = None
        self.tries = 0

    async def again(self) -> Desk:
        """A new line, or none."""
        self.tries += 1
        if self.desk is None:
            raise DeskError(Refusal(code="desk.unreachable"))
        return self.desk


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lost, "EVERY", 0.02)
    monkeypatch.setattr(sign_in, "EVERY", 0.02)


@pytest.mark.clause("S-6-21", "C-5.4d-1")
async def test_a_lost_line_comes_back_locked_and_masked() -> None:
    line, desk = Line(), FakeDesk()
    desk.grant(FieldRef(name="home_address"))
    app = SeenApp(desk, (80, 24), sign_in_as="agent", again=line.again)
    async with app.run_test(size=(80, 24)) as pilot:
        seat = Seat(app, pilot, desk)
        await seat.until("C-2026-0000001")
        await seat.press("enter")
        await seat.until("家庭地址")
        desk.drop()
        await seat.until("连接中断")
        assert "家庭地址" not in seat.text
        await met(app, pilot, lambda: line.tries > 1)
        await seat.until("已尝试 ")
        await seat.press("ctrl+p", "escape", "ctrl+l", "f2")
        assert "连接中断" in seat.text
        line.desk = FakeDesk()
        await seat.until("已锁定")
        assert "家庭地址" not in seat.text
        assert not line.desk.asked(session.SignInAs), "a new line knows nobody"
        await seat.press("enter")
        await seat.until("家庭地址")
        assert line.desk.me is not None
        assert line.desk.me.staff_no == "A0173"
        assert [call.name for call in line.desk.asked(session.SignInAs)] == ["agent"]
        line.desk.push("case", "case-1")
        await seat.settle()


@pytest.mark.clause("S-6-21", "Y-4.2.2")
async def test_outside_a_demo_desk_the_factors_are_proven_again() -> None:
    line, desk = Line(), FakeDesk()
    desk.demo = False
    app = SeenApp(desk, (80, 24), again=line.again)
    async with app.run_test(size=(80, 24)) as pilot:
        seat = Seat(app, pilot, desk)
        await seat.until("登录")
        await seat.press(*"zhangwei", "enter", *"right", "enter", *"123456", "enter")
        await seat.until("C-2026-0000001")
        line.desk = FakeDesk()
        line.desk.demo = False
        desk.drop()
        await seat.until("已锁定")
        await seat.press(*"wrong", "enter", *"123456", "enter")
        assert "C-2026" not in seat.text
        assert line.desk.me is None
        await seat.press(*"right", "enter", *"123456", "enter")
        await seat.until("C-2026-0000001")
        assert line.desk.asked(session.SignIn)[-1].login == "zhangwei"


async def test_before_signing_in_the_line_is_tried_again_too() -> None:
    line, desk = Line(), FakeDesk()
    app = SeenApp(desk, (80, 24), again=line.again)
    async with app.run_test(size=(80, 24)) as pilot:
        seat = Seat(app, pilot, desk)
        await seat.until("张伟")
        desk.drop()
        await seat.until("张伟", gone=True)
        line.desk = FakeDesk()
        await seat.until("张伟")
        await seat.press("enter")
        await seat.until("C-2026-0000001")


@pytest.mark.slow
@pytest.mark.clause("S-6-21")
async def test_an_attached_console_outlives_its_desk(tmp_path: Path) -> None:
    running = await build.build(tmp_path / "h", cases=12, seed=3)
    home = running.home
    line = await attach(home.socket)
    app = SeenApp(line, (80, 24), sign_in_as="zhangwei", again=lambda: attach(home.socket))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(app, pilot, "C-20")
        await running.stop()
        await until(app, pilot, "连接中断")
        running = await RunningDesk.start(home)
        try:
            await until(app, pilot, "已锁定")
            await pilot.press("enter")
            await until(app, pilot, "C-20")
        finally:
            await app.client.close()
            await running.stop()
