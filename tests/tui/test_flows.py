"""What staff do on the screens, key by key, against a desk that answers and records."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from console.desk.api import cases, imports, log, people, reveal, session
from console.desk.api.cases import FieldRef, QueuePage
from console.tui.screens.case import CaseScreen
from console.tui.screens.queue import QueueScreen
from console.tui.widgets.rows import RowList
from tests.support.fake_desk import FakeDesk, row
from tests.support.terminal import Seat, SeenApp, come_in, seated, until

ADDRESS = FieldRef(name="home_address")
FIVE_DOWN = ("down",) * 5


# -- queue and search -----------------------------------------------------------------------------------------------
async def test_the_queue_fetches_further_pages_as_one_goes_down() -> None:
    async with seated() as seat:
        await seat.press("end")
        await seat.until("前 100 件")
        await seat.press("end")
        await seat.until("120 件")
        cursors = [call.cursor for call in seat.desk.asked(cases.ListQueue)]
        assert cursors == [None, "50", "100"]


async def test_the_cursor_stays_with_its_case_when_others_come_and_go() -> None:
    desk = FakeDesk()
    shown = [row(number) for number in range(1, 9)]
    desk.answers[cases.ListQueue] = lambda _: QueuePage(rows=tuple(shown), cursor=None)
    async with seated(desk=desk) as seat:
        rows = seat.screen.query_one(RowList)
        await seat.press("down", "down", "down")
        assert rows.key == "case-4"
        shown.insert(0, row(40))
        del shown[2]
        desk.push("queue")
        await seat.until("C-2026-0000040")
        assert rows.key == "case-4"
        shown[:] = [each for each in shown if each.case_id != "case-4"]
        desk.push("queue")
        await seat.until("C-2026-0000004", gone=True)
        assert rows.key == "case-5"


async def test_a_supervisor_starts_with_the_team_and_switches_queues_with_digits() -> None:
    async with seated("supervisor") as seat:
        assert "全组队列" in seat.text
        await seat.press("3")
        await seat.until("待分配")
        await seat.press("1")
        await seat.until("我的队列")
        assert [call.scope for call in seat.desk.asked(cases.ListQueue)] == ["team", "pool", "own"]


async def test_an_agent_has_no_keys_for_what_an_agent_may_not_do() -> None:
    async with seated("agent") as seat:
        assert "分案" not in seat.text
        await seat.press("a", "3", "f3", "f7")
        assert type(seat.screen) is QueueScreen
        assert seat.desk.asked(cases.AssignCases) == []
        assert seat.desk.asked(reveal.ReadInbox) == []


@pytest.mark.clause("S-6-4")
async def test_exact_search_opens_what_it_found() -> None:
    async with seated() as seat:
        await seat.press("slash", "right", *"13900000001", "enter")
        await seat.until("还可查找 19 次")
        await seat.press("enter")
        await seat.until("案件 C-2026-0000001")
        (asked,) = seat.desk.asked(cases.ExactSearch)
        assert asked == cases.ExactSearch(kind="case_number", value="13900000001")


async def test_a_kind_is_chosen_with_the_arrows() -> None:
    async with seated() as seat:
        await seat.press("slash", "up", "right", "down", *"13900000001", "enter")
        await seat.until("还可查找")
        assert seat.desk.asked(cases.ExactSearch)[0].kind == "mobile"


async def test_pool_cases_are_given_by_number() -> None:
    async with seated("supervisor") as seat:
        await seat.press("3", "a")
        await seat.until("A0173")
        seat.screen.query_one("#count").value = "25"  # type: ignore[attr-defined]
        await seat.press("down", "enter")
        await seat.until("已分配 25 件")
        assert seat.desk.asked(cases.AssignCases) == [cases.AssignCases(assignee_id="p1", count=25)]


async def test_a_case_is_put_back_into_the_pool() -> None:
    async with seated("supervisor") as seat:
        await seat.press("a")
        await seat.until("A0173")
        await seat.press("end")
        await seat.until("放回待分配")
        await seat.press("enter")
        await seat.until("已分配 1 件")
        given = cases.AssignCases(assignee_id=None, case_ids=("case-1",), versions=(0,))
        assert seat.desk.asked(cases.AssignCases) == [given]
        assert seat.desk.asked(people.ListPeople)


@pytest.mark.clause("S-6-20")
async def test_a_refusal_says_rule_and_whom_to_ask_and_the_screen_stays() -> None:
    async with seated() as seat:
        seat.desk.refuse(cases.OpenCase, "case.not_found", clause="Y-4.2.1", ask=("supervisor",))
        await seat.press("enter")
        await seat.until("依据 Y-4.2.1")
        assert "可联系：组长" in seat.text
        assert "打不开这个案件" in seat.text


async def test_who_looked_is_one_key_away() -> None:
    async with seated() as seat:
        await seat.press("enter", "w")
        await seat.until("谁看过 C-2026-0000001")
        assert "王芳 A0188" in seat.text
        assert seat.desk.asked(cases.ReadTimeline) == [cases.ReadTimeline(case_id="case-1", looks_only=True)]


# -- asking and deciding --------------------------------------------------------------------------------------------
@pytest.mark.clause("S-4.1", "S-6-15")
async def test_an_honest_request_is_two_keystrokes_on_the_field() -> None:
    async with seated() as seat:
        await seat.press("enter", *FIVE_DOWN)
        await seat.press("u", "enter")
        await seat.until("已提交 R-00000008")
        assert seat.desk.asked(reveal.AskReveal) == [
            reveal.AskReveal(case_id="case-1", fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
        ]


@pytest.mark.clause("S-4.1")
async def test_words_are_asked_for_where_the_desk_wants_them_and_minutes_follow_the_field() -> None:
    async with seated() as seat:
        await seat.press("enter", "down", "down", "u")
        await seat.until("上限 5")
        assert "[x] 证件号码" in seat.text
        await seat.press("enter")
        await seat.until("至少写 8 个字")
        assert seat.desk.asked(reveal.AskReveal) == []
        await seat.press(*"identity of caller", "enter")
        await seat.until("已提交")
        (call,) = seat.desk.asked(reveal.AskReveal)
        assert call.minutes == 5
        assert call.words == "identity of caller"


async def test_a_field_that_nobody_may_see_cannot_be_ticked() -> None:
    async with seated() as seat:
        await seat.press("enter", "down", "u")
        await seat.press("down", "down", "down", "space", "enter")
        await seat.until("请至少勾选一个字段")
        assert "[-] 本人手机号" in seat.text


async def inbox_of(seat: Seat, *requests: reveal.RequestView) -> None:
    seat.desk.requests = list(requests)
    await seat.press("f3")
    await seat.until("件等你决定")


@pytest.mark.clause("S-3.3-18", "C-5.4d-2")
async def test_the_inbox_shows_the_askers_week_beside_the_teams_before_deciding() -> None:
    async with seated("supervisor") as seat:
        await inbox_of(seat, seat.desk.request(9, words="客户要求寄函"))
        assert "近 7 日 19 次（组均 3.1）" in seat.text
        assert "▲ 偏高" in seat.text
        assert "客户要求寄函" in seat.text
        assert "全部批准" not in seat.text
        await seat.press("a")
        await seat.until("批准 R-00000009？")
        assert seat.desk.asked(reveal.DecideReveal) == []
        await seat.press("enter")
        await seat.until("◆ 已批准")
        (call,) = seat.desk.asked(reveal.DecideReveal)
        assert (call.verdict, call.fields, call.minutes, call.seen_version) == ("approve", (), 0, 0)


async def test_less_is_offered_with_half_the_time_at_first() -> None:
    async with seated("supervisor") as seat:
        await inbox_of(seat, seat.desk.request(7, fields=(ADDRESS, FieldRef(name="employer_name"))))
        await seat.press("m", "down", "space", "enter")
        await seat.until("◆ 已批准")
        (call,) = seat.desk.asked(reveal.DecideReveal)
        assert (call.verdict, call.fields, call.minutes) == ("approve", (ADDRESS,), 5)


async def test_refusing_needs_a_reason() -> None:
    async with seated("supervisor") as seat:
        await inbox_of(seat, seat.desk.request())
        await seat.press("r", "enter")
        await seat.until("至少写 4 个字")
        await seat.press(*"not needed", "enter")
        await seat.until("✗ 已拒绝")
        (call,) = seat.desk.asked(reveal.DecideReveal)
        assert (call.verdict, call.reason) == ("refuse", "not needed")


@pytest.mark.clause("S-4.1")
async def test_the_inbox_is_live_without_asking_again_and_again() -> None:
    async with seated("supervisor") as seat:
        await seat.press("f3")
        await seat.until("没有等你决定的申请")
        asked = len(seat.desk.asked(reveal.ReadInbox))
        await seat.pilot.pause(1.2)
        assert len(seat.desk.asked(reveal.ReadInbox)) == asked
        seat.desk.requests = [seat.desk.request()]
        seat.desk.push("request", "r7")
        await seat.until("R-00000007")
        assert len(seat.desk.asked(reveal.ReadInbox)) == asked + 1


async def test_a_covered_inbox_reads_again_when_it_comes_back() -> None:
    async with seated("supervisor") as seat:
        await inbox_of(seat, seat.desk.request())
        await seat.press("o")
        assert type(seat.screen) is CaseScreen
        asked = len(seat.desk.asked(reveal.ReadInbox))
        seat.desk.requests.append(seat.desk.request(9))
        seat.desk.push("request", "r9")
        await seat.settle()
        assert len(seat.desk.asked(reveal.ReadInbox)) == asked
        await seat.press("escape")
        await seat.until("2 件等你决定")
        assert seat.screen.query("#about")


async def test_a_waiting_request_is_taken_back() -> None:
    async with seated() as seat:
        seat.desk.requests = [seat.desk.request()]
        await seat.press("f4")
        await seat.until("待一审")
        await seat.press("w")
        await seat.until("↩ 已撤回")
        assert seat.desk.asked(reveal.WithdrawReveal) == [reveal.WithdrawReveal(request_id="r7")]


async def test_a_grant_is_ended_after_asking_once() -> None:
    async with seated("supervisor") as seat:
        seat.desk.grant(ADDRESS)
        await seat.press("f6")
        await seat.until("张伟 A0173")
        await seat.press("r", "escape")
        assert seat.desk.asked(reveal.RevokeGrant) == []
        await seat.press("r", "enter")
        await seat.until("没有生效中的授权")
        assert seat.desk.asked(reveal.RevokeGrant) == [reveal.RevokeGrant(grant_id="g1")]


async def test_a_past_reveal_is_judged() -> None:
    async with seated("auditor") as seat:
        seat.desk.grant(ADDRESS)
        await seat.press("ctrl+p", *"抽查", "enter")
        await seat.until("R-00000007")
        await seat.press("d", "enter")
        await seat.until("没有待抽查")
        assert seat.desk.asked(reveal.ReviewReveal) == [reveal.ReviewReveal(grant_id="g1", verdict="doubtful")]


async def test_a_freeze_is_lifted() -> None:
    async with seated("supervisor") as seat:
        await seat.press("ctrl+p", *"冻结", "enter")
        await seat.until("王芳 A0188")
        await seat.press("l", "enter")
        await seat.until("没有被冻结的客户")
        assert seat.desk.asked(cases.LiftFreeze) == [cases.LiftFreeze(freeze_id="f1")]


# -- files ----------------------------------------------------------------------------------------------------------
async def test_a_file_is_tried_first_and_followed_by_pushes() -> None:
    desk = FakeDesk()
    stage: list[Any] = ["running", 40]
    desk.answers[imports.StartImport] = lambda _: desk.report("running", done=40)
    desk.answers[imports.ReadImport] = lambda _: desk.report(stage[0], done=stage[1])
    async with seated("supervisor", desk=desk) as seat:
        await seat.press("f7", "n", *"/in/a.csv", "down", "right", "left", "enter")
        await seat.until("◷ 进行中")
        await seat.until(" 40%")
        (call,) = desk.asked(imports.StartImport)
        assert call == imports.StartImport(path="/in/a.csv", source="A 消金", dry_run=True)
        stage[:] = ["dry", 100]
        desk.push("import", "j1")
        await seat.until("◇ 试导入")
        assert "若正式导入：新案 1,100" in seat.text
        assert "Excel" in seat.text
        await seat.press("m")
        await seat.until("列映射")
        assert "客户姓名" in seat.text
        assert "（舍弃）" in seat.text


@pytest.mark.clause("issue-2")
async def test_what_an_import_left_or_does_not_name_is_said() -> None:
    desk = FakeDesk()
    until = 1_795_222_800_000_000
    report = desk.report(
        "published", left=("file", "rows"), faults_total=10_004, faults_unnamed=4, kept_until=until, batch_id="b1"
    )
    desk.answers[imports.ListImports] = lambda _: imports.ImportList(imports=(report,))
    desk.answers[imports.ReadImport] = lambda _: report
    async with seated("supervisor", desk=desk) as seat:
        await seat.press("f7", "enter")
        await seat.until("来源文件尚未销毁")
        for words in ("暂存记录尚未清除", "另有 4 处问题未逐条列出", "文件已隔离，保留至"):
            assert words in seat.text


async def test_a_running_import_is_stopped() -> None:
    desk = FakeDesk()
    desk.answers[imports.ListImports] = lambda _: imports.ImportList(imports=(desk.report("running", done=10),))
    desk.answers[imports.ReadImport] = lambda _: desk.report("running", done=10)
    async with seated("supervisor", desk=desk) as seat:
        await seat.press("f7", "enter")
        await seat.until("◷ 进行中")
        await seat.press("c")
        await seat.until("↩ 已停止")


async def test_a_waiting_import_is_published_by_the_security_admin_only() -> None:
    async with seated("security_admin") as seat:
        await seat.press("f7", "a")
        await seat.until("只有“待批”的导入")
        await seat.press("down", "a", "enter")
        await seat.until("✓ 已生效")
        assert seat.desk.asked(imports.ApproveImport) == [imports.ApproveImport(batch_id="b2", approve=True)]
    async with seated("supervisor") as seat:
        await seat.press("f7", "down", "a")
        assert seat.desk.asked(imports.ApproveImport) == []


async def test_a_source_is_proposed_and_registered() -> None:
    async with seated("supervisor") as seat:
        await seat.press("ctrl+p", *"来源", "enter", "n", *"C Bank", "enter")
        await seat.until("没有可留空")
        await seat.press("enter")
        await seat.until("已提出 C Bank")
        assert seat.desk.asked(imports.ProposeSource) == [imports.ProposeSource(name="C Bank")]
    async with seated("security_admin") as seat:
        await seat.press("ctrl+p", *"来源", "enter", "down", "a", "enter")
        await seat.until("已登记 B 银行")
        assert seat.desk.asked(imports.RegisterSource) == [imports.RegisterSource(source_id="s2")]


async def test_a_lender_gets_another_key_and_is_retired() -> None:
    async with seated("supervisor") as seat:
        await seat.press("ctrl+p", *"来源", "enter", "e")
        await seat.until("旧公钥立即停用")
        await seat.press(*"M" * 100, "enter")
        await seat.until("A 消金 的新公钥已提出")
        assert seat.desk.asked(imports.RekeySource) == [imports.RekeySource(source_id="s1", public_key="M" * 100)]
    async with seated("security_admin") as seat:
        await seat.press("ctrl+p", *"来源", "enter", "x")
        await seat.until("停用 A 消金？")
        await seat.press("enter")
        await seat.until("已停用 A 消金")
        assert seat.desk.asked(imports.RetireSource) == [imports.RetireSource(source_id="s1")]


async def test_a_file_in_a_drop_is_loaded_and_an_unknown_column_is_named_and_tried_again() -> None:
    async with seated("supervisor") as seat:
        seat.desk.dropped = (
            imports.DroppedFile(key="ab12", source="A 消金", name="cases.csv", kind="cases", size=1, arrived=0),
        )
        seat.desk.reports = lambda: seat.desk.report(
            "refused",
            faults=(
                imports.RowFault(row=0, column="债主", code="columns.unknown"),
                imports.RowFault(row=0, column="画像", code="columns.unknown"),
            ),
            faults_total=2,
        )
        await seat.press("f7", "n")
        await seat.until("A 消金 · cases.csv")
        await seat.press("enter")
        await seat.until("画像")
        first = seat.desk.asked(imports.StartImport)[0]
        assert (first.path, first.source, first.drop, first.dry_run) == ("", "A 消金", "ab12", True)
        await seat.press("enter")
        await seat.until("这一列是什么")
        await seat.press("right", "enter")
        await seat.until("还有 1 列待说明")
        await seat.press("down", "enter")
        await seat.until("这一列是什么")
        await seat.press("enter")
        await seat.until("债主=客户姓名；画像=-")
        await seat.press("enter")
        again = seat.desk.asked(imports.StartImport)[-1]
        assert again.mapping == {"债主": "full_name", "画像": "-"}
        assert again.drop == "ab12"


# -- log ------------------------------------------------------------------------------------------------------------
async def test_the_log_is_paged_filtered_and_verified() -> None:
    async with seated("auditor") as seat:
        await seat.press("n")
        await seat.press("n", "p")
        befores = [call.before for call in seat.desk.asked(log.ReadLog)]
        assert befores == [None, 1_204_281, 1_204_231, 1_204_281]
        await seat.press("f", *"A0173", "enter")
        await seat.until("筛选：A0173")
        last = seat.desk.asked(log.ReadLog)[-1]
        assert (last.staff_no, last.before) == ("A0173", None)
        await seat.press("v")
        await seat.until("✓ 日志完整")


async def test_findings_are_listed_with_their_places() -> None:
    desk = FakeDesk()
    desk.answers[log.VerifyLog] = lambda _: log.VerificationView(
        ok=False,
        events=9,
        checkpoints=1,
        waiting=0,
        root="00",
        seconds=0.1,
        findings=(log.Finding(kind="event_changed", position=7), log.Finding(kind="tail_cut", position=None)),
    )
    async with seated("auditor", desk=desk) as seat:
        await seat.press("v")
        await seat.until("✗ 发现 2 处问题")
        assert "#7" in seat.text
        assert "记录被改" in seat.text
        assert "末尾被截" in seat.text


async def test_the_language_that_was_asked_for_counts_over_ones_own_until_another_is_chosen() -> None:
    desk = FakeDesk()
    app = SeenApp(desk, (80, 24), language="zh_CN", asked="en", sign_in_as="agent", clock=lambda: desk.now)
    async with app.run_test(size=(80, 24)) as pilot:
        await come_in(app, pilot)
        await until(app, pilot, "My queue")
        assert desk.language == "zh_CN"
        await pilot.press("ctrl+n")
        await until(app, pilot, "我的队列")


# -- who is there ---------------------------------------------------------------------------------------------------
@pytest.mark.clause("S-6-16")
async def test_the_language_changes_here_and_now_and_is_kept() -> None:
    async with seated() as seat:
        await seat.press("enter", "ctrl+n")
        await seat.until("Case C-2026-0000001")
        assert "Home address" in seat.text
        assert seat.desk.asked(session.SetLanguage) == [session.SetLanguage(language="en")]
        await seat.press("escape")
        await seat.until("My queue")


async def test_idling_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    async with seated() as seat:
        assert seat.app.me is not None
        monkeypatch.setattr(seat.app, "_touched", seat.app._touched - 601)
        await seat.until("已锁定")
        await seat.settle()
        assert seat.desk.locked


async def test_a_session_locked_elsewhere_locks_this_screen() -> None:
    async with seated() as seat:
        seat.desk.locked = True
        await seat.press("f5")
        await seat.until("已锁定")
        await seat.press("enter")
        await seat.until("我的队列")


async def test_a_wrong_password_does_not_unlock() -> None:
    async with seated() as seat:
        await seat.press("ctrl+l", *"nope", "enter", "enter")
        await seat.until("登录未成功")
        assert seat.desk.locked
        assert "我的队列" not in seat.text


async def test_a_lost_line_covers_everything_and_says_so() -> None:
    async with seated() as seat:
        await seat.press("enter")
        seat.desk.drop()
        await seat.until("服务台没有应答")
        assert "C-2026" not in seat.text
        assert seat.app.me is None


async def test_a_role_taken_away_takes_its_keys() -> None:
    async with seated("supervisor") as seat:
        assert "分案" in seat.text
        assert seat.desk.me is not None
        seat.desk.me = replace(seat.desk.me, acts=("case:queue:list_own", "case:file:open"), roles=("agent",))
        seat.desk.push("session")
        await seat.until("分案", gone=True)


async def test_leaving_closes_the_line() -> None:
    async with seated() as seat:
        await seat.press("ctrl+q")
        assert seat.app.return_code == 0
        assert not seat.app.is_running
