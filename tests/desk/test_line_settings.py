"""Settings of the lines through the desk: everything that can be set, where; of a secret only whether it is kept."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from console.desk.api.calling import SetCloudSecret, SetTrunkPassword
from console.desk.api.lines import LineList, LineView, ReadLines
from console.desk.api.sending import SetMessageSecret
from console.desk.line_settings import CLOUD, MESSAGES, RECORDER, TRUNK
from console.settings import CallSettings, MessageSettings
from tests.support.clock import FakeClock
from tests.support.desk import WholeDesk, opened

pytestmark = pytest.mark.clause("issue-5")
LINE = CallSettings(trunk_host="127.0.0.1", presented="057100000000", trunk_srtp=True, ring_seconds=33)
EVERYBODY_ELSE = ("zhangwei", "lina", "machao", "wugang", "fengxue", "hejie")


def named(found: LineList, name: str) -> LineView:
    return next(one for one in found.lines if one.name == name)


def test_every_setting_of_a_line_is_shown_once() -> None:
    assert sorted((*TRUNK, *RECORDER, *CLOUD)) == sorted(CallSettings.__struct_fields__)
    assert sorted(MESSAGES) == sorted(MessageSettings.__struct_fields__)


async def test_settings_and_where_they_stand(tmp_path: Path, clock: FakeClock) -> None:
    post = MessageSettings(provider="smpp", smpp_host="127.0.0.1", signature="示例银行")
    async with opened(tmp_path / "h", clock, calls=LINE, message=post) as desk:
        found = await desk.call("zhenghao", ReadLines())
        assert [one.name for one in found.lines] == ["trunk", "recorder", "messages", "cloud"]
        shown = {one.name: one.value for line in found.lines for one in line.settings}
        assert shown["calls.trunk_host"] == "127.0.0.1"
        assert (shown["calls.trunk_srtp"], shown["calls.private_link"]) == (True, False)
        assert shown["calls.ring_seconds"] == 33
        assert shown["message.smpp_host"] == "127.0.0.1"
        assert shown["calls.cloud_url"] == ""
        # Nobody calls here: no address. Messages are set up, and their way is not open yet.
        assert [one.state for one in found.lines] == ["off", "off", named(found, "messages").state, "off"]
        assert named(found, "messages").state in {"ok", "bad"}
        for name in EVERYBODY_ELSE:
            assert await desk.refused(name, ReadLines())
        said = [one for one in desk.events() if one.action == "health:line:read" and one.result == "ok"]
        assert [one.person_id for one in said] == [desk.founded.persons["zhenghao"]]


async def test_a_secret_is_told_to_be_kept_and_never_comes_back(desk: WholeDesk) -> None:
    none = await desk.call("zhenghao", ReadLines())
    assert [one.secret.kept for one in none.lines if one.secret is not None] == [False, False, False]
    assert named(none, "recorder").secret is None
    await desk.call("zhenghao", SetTrunkPassword(password="trunk-unseen"))
    await desk.call("zhenghao", SetMessageSecret(secret="post-unseen"))
    await desk.call("zhenghao", SetCloudSecret(secret="cloud-unseen"))
    found = await desk.call("zhenghao", ReadLines())
    kept = [one.secret for one in found.lines if one.secret is not None]
    assert [(one.kept, one.kept_at, one.kept_by) for one in kept] == [(True, desk.clock.now_us(), "郑浩")] * 3
    assert b"unseen" not in msgspec.json.encode(found)
    await desk.call("zhenghao", SetTrunkPassword(password=""))
    again = named(await desk.call("zhenghao", ReadLines()), "trunk").secret
    assert again is not None
    assert (again.kept, again.kept_at, again.kept_by) == (False, None, "")
