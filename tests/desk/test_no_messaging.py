"""Instant messaging is not offered: no act of it, no way to an account beyond its mask, by anybody, by any call."""

from __future__ import annotations

from pathlib import Path

import pytest

from access.policy import Action
from console.desk import api
from console.desk.api.base import DeskError
from console.desk.api.cases import AssignCases, CaseRow, FieldRef, ListQueue, OpenCase
from console.desk.api.reveal import AskReveal, GetRevealOptions, ViewField
from console.desk.api.session import Lock, SignInAs, SignOut
from console.desk.api.special import FileSpecial
from masking.catalogue import Catalogue, Tier
from tests.desk.test_every_call import scene
from tests.support.desk import HEADERS, ROWS, WholeDesk, lender_file
from tests.support.scene_calls import WORDS

ACCOUNTS = ("wxid_ouyang77aa", "wxid_wangfang88bb", "wxid_lisi99cc")
PEOPLE = ("zhangwei", "wangfang", "lina", "sunli", "machao", "zhenghao", "wugang", "fengxue", "hejie")
ACCOUNT = FieldRef(name="im_account")


async def with_accounts(desk: WholeDesk, folder: Path) -> tuple[CaseRow, ...]:
    rows = [(*row, account) for row, account in zip(ROWS, ACCOUNTS, strict=True)]
    report = await desk.load(lender_file(folder / "accounts.csv", rows, (*HEADERS, "微信号")))
    assert report.state == "published", report
    await desk.call("lina", AssignCases(assignee_id=desk.founded.persons["zhangwei"], count=3))
    return (await desk.call("zhangwei", ListQueue())).rows


@pytest.mark.clause("C-5.4e-2", "issue-5")
def test_there_is_no_act_of_messaging_and_the_account_has_no_tier() -> None:
    words = {part for action in Action for part in action.value.split(":")}
    tags = {part for call in api.calls() for part in str(call.__struct_config__.tag).split(".")}
    assert not (words | tags) & {"im", "chat", "friend", "wechat", "weixin", "qq", "messaging"}
    field = Catalogue.load().field("im_account")
    assert [rule.tier for rule in field.tiers] == [Tier.U0]
    assert field.special is None


@pytest.mark.clause("C-5.4e-2", "R-43a")
async def test_an_account_stays_behind_its_mask_whatever_anybody_asks(
    desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = await with_accounts(desk, tmp_path)

    async def these(_desk: WholeDesk, _folder: Path) -> tuple[CaseRow, ...]:
        return kept

    monkeypatch.setattr(WholeDesk, "with_cases", these)
    at = await scene(desk, tmp_path)
    seen = await desk.call("zhangwei", OpenCase(case_id=at.case_id))
    assert "wxid" not in repr(seen).replace("w****", "")
    assert ACCOUNT.name in repr(seen)
    for name in PEOPLE:
        calls = [
            *at.calls().values(),
            AskReveal(case_id=at.case_id, fields=(ACCOUNT,), reason="legal_request", minutes=5),
            ViewField(case_id=at.case_id, grant_id=at.grant, field=ACCOUNT),
            FileSpecial(case_id=at.case_id, field=ACCOUNT, scenario="court_request", words=WORDS),
            GetRevealOptions(case_id=at.case_id),
        ]
        for call in calls:
            if isinstance(call, Lock | SignOut):
                continue
            line = desk.running.line("pts/7")
            await line.call(SignInAs(name=name))
            try:
                said: object = await line.call(call)
            except DeskError as refused:
                said = refused.refusal
            assert not [one for one in ACCOUNTS if one in repr(said)], (name, type(call).__name__)
            if call in calls[-4:-1]:
                assert isinstance(said, api.Refusal), (name, said)
            await line.close()
    assert not [event for event in desk.events() if any(one in repr(event) for one in ACCOUNTS)]
