"""What health says of the line while nobody calls: the provider is there, is silent, is back."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.desk.api.people import ReadHealth
from console.dial.messages import TrunkSeen
from console.settings import CallSettings
from tests.support.clock import FakeClock
from tests.support.desk import WholeDesk, opened
from tests.support.fake_dialer import Pool
from tests.support.sip import until


async def trunk(desk: WholeDesk) -> tuple[str, str]:
    checks = (await desk.call("zhenghao", ReadHealth())).checks
    return next((one.state, one.detail) for one in checks if one.name == "trunk")


@pytest.mark.clause("issue-5")
async def test_a_provider_that_falls_silent_is_in_health(tmp_path: Path) -> None:
    line = CallSettings(trunk_host="127.0.0.1", presented="057100000000")
    async with opened(tmp_path, FakeClock(), calls=line) as desk:
        board = desk.running.parts.switchboard
        pool = Pool(desk.clock)
        await desk.running.exchange.open(pool.open)
        await until(lambda: board.key is not None, "a dialer")
        assert await trunk(desk) == ("ok", "0")
        pool.now.told(TrunkSeen(up=False))
        assert await trunk(desk) == ("bad", "no_reply")
        pool.now.told(TrunkSeen(up=True))
        assert await trunk(desk) == ("ok", "0")
        # What one dialer saw says nothing of the next one's line.
        pool.now.told(TrunkSeen(up=False))
        before = pool.now
        before.gone.set()
        await until(lambda: pool.now is not before and board.key is not None, "another")
        assert await trunk(desk) == ("ok", "0")
