"""Consents by letter or message: found by who may confirm them, decided once, and whoever recorded them hears of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from access.roles import Role
from console.desk.api.assign import DeclareInterest
from console.desk.api.base import DeskError
from console.desk.api.cases import AssignCases, CaseRow
from console.desk.api.consents import ConsentLine, ListConsents
from console.desk.api.contact import CheckContacts, ConfirmConsent, ConsentView, RecordConsent, RefuseConsent
from console.desk.api.contact import WithdrawConsent as Withdraw
from tests.support.desk import WholeDesk

HOUR = 3_600_000_000
PATIENCE = 60.0
WHY = "信上没有签名"


def letter(desk: WholeDesk, case: CaseRow, reference: str = "LETTER-7", **more: object) -> RecordConsent:
    values: dict[str, object] = {
        "means": "call",
        "from_minute": 22 * 60,
        "until_minute": 23 * 60,
        "expires_at": desk.clock.now_us() + HOUR,
        "evidence": "letter",
    }
    return RecordConsent(case_id=case.case_id, reference=reference, **(values | more))  # type: ignore[arg-type]


async def listed(desk: WholeDesk, name: str, scope: str = "waiting") -> tuple[ConsentLine, ...]:
    return (await desk.call(name, ListConsents(scope=scope))).items


def yes(kept: ConsentView) -> ConfirmConsent:
    return ConfirmConsent(consent_id=kept.consent_id, version=kept.version)


def no(kept: ConsentView, reason: str = WHY) -> RefuseConsent:
    return RefuseConsent(consent_id=kept.consent_id, version=kept.version, reason=reason)


@pytest.mark.clause("S-5-1", "S-3.3-1")
async def test_one_that_waits_is_found_by_who_may_confirm_it(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case = (await desk.with_cases(tmp_path))[0]
    kept = await desk.call("zhangwei", letter(desk, case))
    (item,) = await listed(desk, "lina")
    assert (item.case_number, item.name, item.staff_no, item.mine) == (case.number, case.name, "A0173", False)
    assert (item.consent.evidence, item.consent.reference, item.consent.recorded_by) == ("letter", "LETTER-7", "张伟")
    assert (item.consent.state, item.consent.recorded_at) == ("asked", kept.recorded_at)
    assert item.consent.may == ("withdraw", "confirm", "refuse", "open")
    # Compliance decides on every case, and sees no name.
    (seen,) = await listed(desk, "hejie")
    assert (seen.case_number, seen.name, seen.consent.may) == (case.number, "@none", ("confirm", "refuse"))
    for name in ("zhangwei", "wangfang", "sunli", "qianfang", "machao"):
        assert await listed(desk, name) == (), name
    for name in ("zhenghao", "wugang", "fengxue"):
        assert await desk.refused(name, ListConsents()) == "role.denied", name
    assert await desk.refused("lina", ListConsents(scope="everything")) == "contact.scope_unknown"
    await desk.call("hejie", yes(kept))
    for name in ("lina", "hejie"):
        assert await listed(desk, name) == ()
    (mine,) = await listed(desk, "zhangwei", "mine")
    assert (mine.consent.state, mine.decided_by, mine.words, mine.mine) == ("active", "何洁", "", True)
    assert [one.consent_id for one in (await desk.call("lina", CheckContacts(case_id=case.case_id))).consents] == [
        kept.consent_id
    ]


@pytest.mark.clause("S-5-1", "C-5.4f")
async def test_refusing_says_why_and_lifts_nothing(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case = (await desk.with_cases(tmp_path))[0]
    kept = await desk.call("zhangwei", letter(desk, case, evidence="message"))
    for silent in ("", "  ", "no"):
        assert await desk.refused("lina", no(kept, silent)) == "contact.reason_needed"
    for name in ("zhangwei", "wangfang", "sunli", "machao", "zhenghao", "fengxue"):
        assert await desk.refused(name, no(kept)) in {"role.denied", "case.not_found"}, name
    await desk.call("lina", no(kept, "应为 13955556666 发来的消息"))
    found = await desk.call("zhangwei", CheckContacts(case_id=case.case_id))
    assert (found.consents, found.asked) == ((), ())
    (mine,) = await listed(desk, "zhangwei", "mine")
    assert (mine.consent.state, mine.decided_by, mine.decided_at) == ("refused", "李娜", desk.clock.now_us())
    assert (mine.words, mine.consent.may) == ("应为 *********** 发来的消息", ("open",))
    # One event tells of it, and holds no word of the reason.
    (event,) = [one for one in desk.events() if one.action == "contact:consent:refuse" and one.result == "ok"]
    assert (event.case_id, event.object_id, event.reason) == (case.case_id, kept.consent_id, "message")
    assert [(str(key), value) for key, value in event.detail] == [("from", "asked"), ("to", "refused")]
    assert "消息" not in repr(event)


@pytest.mark.clause("S-6-22", "S-5-1")
async def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case = (await desk.with_cases(tmp_path))[0]
    kept = await desk.call("zhangwei", letter(desk, case))

    async def decide(name: str, call: ConfirmConsent | RefuseConsent) -> str:
        try:
            await desk.call(name, call)
        except DeskError as refused:
            return refused.code
        return "active" if isinstance(call, ConfirmConsent) else "refused"

    answers = await asyncio.gather(decide("lina", yes(kept)), decide("hejie", no(kept)))
    assert sorted(answers) in (["active", "contact.consent_decided"], ["contact.consent_decided", "refused"])
    (mine,) = await listed(desk, "zhangwei", "mine")
    assert mine.consent.state in answers
    for name, call in (("lina", yes(kept)), ("hejie", no(kept))):
        assert await desk.refused(name, call) == "contact.consent_decided"
    decided = [one for one in desk.events() if one.action.startswith("contact:consent:") and one.approval_id]
    assert [one.result for one in decided] == ["ok"]


@pytest.mark.clause("S-3.3-1")
async def test_nobody_decides_on_their_own(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    own = await desk.call("lina", letter(desk, case))
    assert await listed(desk, "lina") == ()
    for call in (yes(own), no(own)):
        assert await desk.refused("lina", call) == "separation.own_request"
    assert [one.consent.may for one in await listed(desk, "lina", "mine")] == [("withdraw", "open")]
    # Neither does whoever gets the role afterwards.
    kept = await desk.call("zhangwei", letter(desk, case))
    desk.give("zhangwei", Role.SUPERVISOR, "one")
    desk.clock.advance(2)
    assert {one.consent.consent_id for one in await listed(desk, "zhangwei")} == {own.consent_id}
    assert await desk.refused("zhangwei", no(kept)) == "separation.own_request"


@pytest.mark.clause("S-5-1")
async def test_what_is_taken_back_or_over_waits_for_nobody(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    first = await desk.call("zhangwei", letter(desk, case, "LETTER-1"))
    second = await desk.call("zhangwei", letter(desk, case, "LETTER-2"))
    await desk.call("zhangwei", Withdraw(consent_id=first.consent_id))
    assert [one.consent.reference for one in await listed(desk, "lina")] == ["LETTER-2"]
    assert await desk.refused("lina", yes(first)) == "contact.consent_decided"
    desk.clock.advance(61 * 60)
    assert await listed(desk, "lina") == ()
    for call in (yes(second), no(second)):
        assert await desk.refused("lina", call) == "contact.consent_lapsed"
    assert [
        (one.consent.reference, one.consent.state, one.consent.may) for one in await listed(desk, "zhangwei", "mine")
    ] == [
        ("LETTER-2", "lapsed", ("open",)),
        ("LETTER-1", "withdrawn", ("open",)),
    ]


@pytest.mark.clause("issue-2")
async def test_whoever_may_decide_and_whoever_asked_are_told_at_once(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    names = ("zhangwei", "wangfang", "lina", "sunli", "hejie", "fengxue")
    heard = dict.fromkeys(names, 0)

    async def listen(name: str) -> None:
        async for push in (await desk.line(name)).subscribe():
            heard[name] += push.kind == "consent"

    for name in names:
        await desk.line(name)
    tasks = [asyncio.create_task(listen(name)) for name in names]
    try:
        for nth in (1, 2):
            kept = await desk.call("zhangwei", letter(desk, case))
            await desk.call("hejie", no(kept) if nth == 1 else yes(kept))
            # Once when it comes, once when it is decided: those whom it concerns, and nobody else.
            async with asyncio.timeout(PATIENCE):
                while any(heard[name] < 2 * nth for name in ("zhangwei", "lina", "hejie")):
                    await asyncio.sleep(0.01)
            assert {name for name, count in heard.items() if count} == {"zhangwei", "lina", "hejie"}
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.clause("Y-4.2.1")
async def test_a_case_that_is_out_of_reach_takes_its_consents_along(desk: WholeDesk, tmp_path: Path) -> None:
    cases = await desk.with_cases(tmp_path)
    for nth, case in enumerate(cases):
        await desk.call("zhangwei", letter(desk, case, f"LETTER-{nth}"))
    wangfang = desk.founded.persons["wangfang"]
    await desk.call("lina", AssignCases(assignee_id=wangfang, case_ids=(cases[0].case_id,)))
    assert {one.case_id for one in await listed(desk, "zhangwei", "mine")} == {case.case_id for case in cases[1:]}
    assert await listed(desk, "wangfang", "mine") == ()
    assert len(await listed(desk, "lina")) == 3
    await desk.call("lina", DeclareInterest(case_id=cases[1].case_id, kind="relative"))
    assert {one.case_id for one in await listed(desk, "lina")} == {cases[0].case_id, cases[2].case_id}


@pytest.mark.clause("design-4")
async def test_long_lists_come_in_pages(any_desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = any_desk
    monkeypatch.setattr("console.desk.contact.confirming.PAGE", 2)
    cases = await desk.with_cases(tmp_path)
    kept = [await desk.call("zhangwei", letter(desk, cases[nth % 3], f"LETTER-{nth}")) for nth in range(5)]
    # Of a customer with whom the head has to do nothing is hers to decide, wherever a page ends.
    await desk.call("lina", DeclareInterest(case_id=cases[1].case_id, kind="relative"))
    wanted = {
        ("lina", "waiting"): [kept[0], kept[2], kept[3]],
        ("hejie", "waiting"): kept,
        ("zhangwei", "mine"): kept[::-1],
    }
    for (name, scope), expected in wanted.items():
        found: list[str] = []
        cursor: str | None = None
        for _ in range(10):
            page = await desk.call(name, ListConsents(scope=scope, cursor=cursor))
            assert 0 < len(page.items) <= 2
            found += [one.consent.consent_id for one in page.items]
            cursor = page.cursor
            if cursor is None:
                break
        assert found == [one.consent_id for one in expected], (name, scope)


@pytest.mark.clause("design-4")
async def test_a_row_changed_by_sql_counts_for_nothing(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case = (await desk.with_cases(tmp_path))[0]
    kept = await desk.call("zhangwei", letter(desk, case))
    await desk.call("lina", no(kept))

    def run(statement: str) -> None:
        desk.running.parts.store.run(lambda uow: uow.connection.execute(text(statement)))

    # Another person's words: nobody's.
    run("UPDATE consent_decision SET words = 'fine by me'")
    (mine,) = await listed(desk, "zhangwei", "mine")
    assert (mine.consent.state, mine.decided_by, mine.words) == ("refused", "", "")
    # Refused once, it waits for nobody, whatever the row says.
    run("UPDATE contact_consent SET state = 'asked'")
    assert await listed(desk, "lina") == ()
    assert await desk.refused("hejie", yes(kept)) == "case.not_found"
    found = await desk.call("zhangwei", CheckContacts(case_id=case.case_id))
    assert (found.consents, found.asked) == ((), ())
