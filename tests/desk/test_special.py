"""Special scenes on a whole desk: filed, agreed to by distinct people, one contact, looked at afterwards."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from access.audit.details import DetailKey
from access.roles import Role
from console.desk.api.base import DeskError
from console.desk.api.cases import AssignCases, CaseRow, FieldRef, ListQueue, OpenCase
from console.desk.api.contact import CheckContacts, ContactRef, StopContact
from console.desk.api.contacts import CheckContact, ProposeContact
from console.desk.api.session import SignInAs
from console.desk.api.special import (
    DecideSpecial,
    EndSpecial,
    FileSpecial,
    ListSpecials,
    OpenSpecial,
    ReadSpecial,
    ReadSpecialOptions,
    ReportSpecial,
    ReviewSpecial,
    SpecialFiling,
    WithdrawSpecial,
)
from console.desk.api.work import PlaceHold
from console.proving import nothing, proven
from tests.support.desk import HEADERS, ROWS, WholeDesk, lender_file

MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
WORDS = "线路中断，客户要求当日回电确认还款"
MOBILE = FieldRef(name="mobile")
THIRD = FieldRef(name="contact_phone")
NUMBER = "13800138000"
CLERKS = {"supervisor": "lina", "security_admin": "wugang", "compliance": "hejie"}


async def filed(desk: WholeDesk, case: CaseRow, name: str = "zhangwei", **more: object) -> SpecialFiling:
    call = {"case_id": case.case_id, "field": MOBILE, "scenario": "proxy_failure", "words": WORDS} | more
    return await desk.call(name, FileSpecial(**call))  # type: ignore[arg-type]


async def agreed(desk: WholeDesk, one: SpecialFiling) -> SpecialFiling:
    """Everybody of the chain, in turn."""
    for role in one.chain:
        one = await desk.call(CLERKS[role], yes(one))
    return one


def yes(one: SpecialFiling, *, approve: bool = True, words: str = "") -> DecideSpecial:
    return DecideSpecial(filing_id=one.filing_id, version=one.version, approve=approve, words=words)


async def with_thirds(desk: WholeDesk, folder: Path) -> tuple[CaseRow, ...]:
    """Cases that name another person's number as well."""
    headers = (*HEADERS, "联系人姓名", "联系人电话")
    rows = [(*row, "赵六", f"1360000123{at}") for at, row in enumerate(ROWS)]
    report = await desk.load(lender_file(folder / "thirds.csv", rows, headers))
    assert report.state == "published", report
    await desk.call("lina", AssignCases(assignee_id=desk.founded.persons["zhangwei"], count=3))
    return (await desk.call("zhangwei", ListQueue())).rows


async def first_case(desk: WholeDesk, folder: Path) -> CaseRow:
    """The case whose number is known here."""
    rows = await desk.with_cases(folder)
    return next(row for row in rows if row.name.startswith("欧阳"))


@pytest.mark.clause("C-5.4e-3", "S-4.2", "issue-5")
async def test_from_filing_to_review(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case = await first_case(desk, tmp_path)
    seen = await desk.call("zhangwei", ReadSpecialOptions(case_id=case.case_id))
    (option,) = seen.options
    assert (option.minutes, option.chain, option.masked) == (30, ("supervisor", "security_admin"), "138****8000")
    one = await filed(desk, case)
    assert (one.state, one.may, one.number) == ("filed", ("withdraw",), "S-00000001")
    assert await desk.refused("zhangwei", OpenSpecial(filing_id=one.filing_id)) == "grant.not_live"
    one = await desk.call("lina", yes(one))
    assert one.state == "sup_ok"
    assert await desk.refused("zhangwei", OpenSpecial(filing_id=one.filing_id)) == "grant.not_live"
    one = await desk.call("wugang", yes(one))
    assert one.state == "approved"
    seen_by = await desk.call("zhangwei", OpenSpecial(filing_id=one.number))
    assert seen_by.value == NUMBER
    assert seen_by.ends_at - seen_by.now == 30 * MINUTE
    again = await desk.call("zhangwei", OpenSpecial(filing_id=one.filing_id))
    assert (again.value, again.ends_at) == (NUMBER, seen_by.ends_at)
    told = await desk.call(
        "zhangwei", ReportSpecial(filing_id=one.filing_id, outcome="reached", words="已与本人通话并约定还款日")
    )
    assert (told.state, told.outcome) == ("returned", "reached")
    assert await desk.refused("zhangwei", OpenSpecial(filing_id=one.filing_id)) == "grant.not_live"
    (waiting,) = (await desk.call("fengxue", ListSpecials(todo=True))).filings
    assert waiting.may == ("review",)
    call = ReviewSpecial(filing_id=one.filing_id, version=waiting.version, cleared=True, words="用途与报备一致，无异常")
    assert (await desk.call("fengxue", call)).state == "cleared"
    acts = [event.action for event in desk.events() if event.action.startswith(("special:contact", "alert:special"))]
    assert acts.count("special:contact:open") >= 2
    assert "alert:special:open" in acts
    # The one contact counts where every contact counts.
    check = await desk.call("zhangwei", CheckContacts(case_id=case.case_id))
    connected = next(rule for rule in check.contacts[0].rules if rule.rule == "connected")
    assert connected.used == 1


@pytest.mark.clause("C-5.4e-3", "S-4.2")
async def test_a_third_person_needs_compliance_too_and_the_lost_contact_gate(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await with_thirds(desk, tmp_path))[0]
    one = await filed(desk, case, field=THIRD, scenario="court_request", minutes=10)
    assert one.chain == ("supervisor", "security_admin", "compliance")
    assert one.third
    assert await desk.refused("hejie", yes(one)) == "role.denied"
    one = await desk.call("lina", yes(one))
    assert await desk.refused("hejie", yes(one)) in {"role.denied", "separation.same_group"}
    one = await desk.call("wugang", yes(one))
    assert one.state == "sec_ok"
    assert await desk.refused("wugang", yes(one)) in {"role.denied", "separation.own_request"}
    one = await desk.call("hejie", yes(one))
    assert one.state == "approved"
    # Handed to a court it reaches nobody, so no rule of contact is asked.
    assert (await desk.call("zhangwei", OpenSpecial(filing_id=one.filing_id))).value.startswith("1360000123")
    other = await agreed(desk, await filed(desk, case, field=THIRD, scenario="disaster"))
    assert await desk.refused("zhangwei", OpenSpecial(filing_id=other.filing_id)) == "contact.refused"
    assert "disaster" not in {one.scenario for one in (await desk.call("fengxue", ListSpecials(todo=True))).filings}


@pytest.mark.clause("S-4.2", "S-3.3")
async def test_nobody_agrees_alone_for_oneself_or_out_of_turn(desk: WholeDesk, tmp_path: Path) -> None:
    case = await first_case(desk, tmp_path)
    one = await filed(desk, case)
    for name in ("zhangwei", "wangfang", "sunli", "liuyang", "machao", "qianfang", "zhenghao", "fengxue", "wugang"):
        assert await desk.refused(name, yes(one)), name
    assert (await desk.call("lina", ReadSpecial(filing_id=one.filing_id))).state == "filed"
    # Of what belongs to another team, and of what nobody asks them, they learn nothing.
    for name in ("sunli", "liuyang", "qianfang"):
        assert not (await desk.call(name, ListSpecials())).filings
        assert await desk.refused(name, ReadSpecial(filing_id=one.filing_id)) == "special.not_found"
        assert await desk.refused(name, yes(one)) in {"special.not_found", "role.denied"}
    stale = DecideSpecial(filing_id=one.filing_id, version=9, approve=True)
    assert await desk.refused("lina", stale) == "separation.context_unseen"
    one = await desk.call("lina", yes(one))
    for name in ("lina", "zhaoqiang", "hejie"):
        assert await desk.refused(name, yes(one)), name
    one = await desk.call("wugang", yes(one))
    assert one.state == "approved"
    for name in ("wangfang", "lina", "wugang", "fengxue", "hejie"):
        assert await desk.refused(name, OpenSpecial(filing_id=one.filing_id)), name


@pytest.mark.clause("S-4.2", "S-3.3")
async def test_a_supervisors_own_goes_to_another_supervisor(desk: WholeDesk, tmp_path: Path) -> None:
    case = await first_case(desk, tmp_path)
    one = await filed(desk, case, name="lina")
    assert await desk.refused("lina", yes(one)) == "separation.own_request"
    assert (await desk.call("sunli", yes(one))).state == "sup_ok"


@pytest.mark.clause("S-3.3")
async def test_one_person_in_two_roles_agrees_once(desk: WholeDesk, tmp_path: Path) -> None:
    desk.give("hejie", Role.SECURITY_ADMIN)
    desk.lose("wugang", Role.SECURITY_ADMIN)
    case = (await with_thirds(desk, tmp_path))[0]
    # Nobody is left who could be the third: it is not taken on at all.
    call = FileSpecial(case_id=case.case_id, field=THIRD, scenario="court_request", words=WORDS)
    assert await desk.refused("zhangwei", call) == "approver.none"


@pytest.mark.clause("S-4.2")
async def test_what_is_not_taken_on(desk: WholeDesk, tmp_path: Path) -> None:
    case = await first_case(desk, tmp_path)

    async def no(name: str = "zhangwei", **more: object) -> str:
        call = {"case_id": case.case_id, "field": MOBILE, "scenario": "proxy_failure", "words": WORDS} | more
        return await desk.refused(name, FileSpecial(**call))  # type: ignore[arg-type]

    assert await no(scenario="convenience") == "special.scenario_unknown"
    assert await no(words="快") == "special.words_needed"
    assert await no(minutes=31) == "special.minutes"
    assert await no(minutes=-1) == "special.minutes"
    assert await no(field=FieldRef(name="mobile", ordinal=2)) == "contact.no_such_number"
    for field in ("im_account", "email", "id_number", "bank_card", "home_address", "cvv", ""):
        assert await no(field=FieldRef(name=field)) in {"special.never", "approver.none"}, field
    for name in ("wangfang", "liuyang", "machao", "linjing", "zhenghao", "wugang", "fengxue", "hejie"):
        assert await no(name) in {"case.not_found", "role.denied"}, name
    await desk.call("lina", PlaceHold(case_id=case.case_id, reason="illness", words="住院"))
    assert (await no()).startswith("held.")
    # A court is answered whatever the hold, unless nobody may touch the case at all.
    assert (await filed(desk, case, scenario="court_request")).state == "filed"


@pytest.mark.clause("S-4.2", "S-5-1")
async def test_opening_is_judged_by_the_rules_of_contact_as_they_stand_then(desk: WholeDesk, tmp_path: Path) -> None:
    case = await first_case(desk, tmp_path)
    one = await agreed(desk, await filed(desk, case))
    stop = StopContact(case_id=case.case_id, contact=ContactRef(field="mobile"), reason="asked")
    await desk.call("zhangwei", stop)
    assert await desk.refused("zhangwei", OpenSpecial(filing_id=one.filing_id)) == "contact.refused"
    refused = [event for event in desk.events() if event.action == "contact:slot:reserve" and event.result == "refused"]
    assert refused[-1].rule == "contact.stop_asked"
    now = await desk.call("zhangwei", ReadSpecial(filing_id=one.filing_id))
    assert now.state == "approved"


@pytest.mark.clause("S-4.2", "C-5.4d-2")
async def test_times_and_the_one_screen(desk: WholeDesk, tmp_path: Path) -> None:
    case = await first_case(desk, tmp_path)
    one = await agreed(desk, await filed(desk, case, minutes=5))
    await desk.call("zhangwei", OpenSpecial(filing_id=one.filing_id))
    other = desk.running.line("pts/8")
    await other.call(SignInAs(name="zhangwei"))
    with pytest.raises(DeskError) as told:
        await proven(other, OpenSpecial(filing_id=one.filing_id), None, nothing)
    assert told.value.code == "special.other_screen"
    desk.clock.advance(5 * 60)
    with pytest.raises(DeskError) as told:
        await proven(other, OpenSpecial(filing_id=one.filing_id), None, nothing)
    assert told.value.code == "grant.not_live"
    assert (await other.call(ReadSpecial(filing_id=one.filing_id))).state == "expired"
    await desk.beat()
    assert [event.action for event in desk.events()].count("special:contact:expire") == 1
    await other.close()


@pytest.mark.clause("S-4.2")
async def test_an_overdue_review_blocks_the_asker_until_it_is_done(desk: WholeDesk, tmp_path: Path) -> None:
    case = await first_case(desk, tmp_path)
    one = await agreed(desk, await filed(desk, case))
    await desk.call("zhangwei", OpenSpecial(filing_id=one.filing_id))
    running = await desk.call("fengxue", ReadSpecial(filing_id=one.filing_id))
    assert await desk.refused("fengxue", review(running)) == "special.state"
    desk.clock.advance(31 * 60)
    other = await filed(desk, case)
    await desk.call("zhangwei", WithdrawSpecial(filing_id=other.filing_id))
    desk.clock.advance(5 * 86_400)
    line = await desk.call("zhangwei", ListSpecials())
    assert line.blocked
    again = FileSpecial(case_id=case.case_id, field=MOBILE, scenario="disaster", words=WORDS)
    assert await desk.refused("zhangwei", again) == "special.review_overdue"
    assert (await filed(desk, case, name="lina")).state == "filed"
    now = await desk.call("fengxue", ReadSpecial(filing_id=one.filing_id))
    assert now.overdue
    for name in ("zhangwei", "lina", "wugang"):
        assert await desk.refused(name, review(now)), name
    # The clockwork has five days to work through, and may have moved it on since.
    now = await desk.call("hejie", ReadSpecial(filing_id=one.filing_id))
    judged = await desk.call("hejie", review(now, cleared=False))
    assert judged.state == "escalated"
    assert "alert:special:escalate" in {event.action for event in desk.events()}
    assert (await filed(desk, case)).state == "filed"


def review(one: SpecialFiling, *, cleared: bool = True) -> ReviewSpecial:
    return ReviewSpecial(filing_id=one.filing_id, version=one.version, cleared=cleared, words="已核对通话与催记")


@pytest.mark.clause("S-4.2")
async def test_taken_away_reassigned_or_waiting_too_long_it_opens_no_more(desk: WholeDesk, tmp_path: Path) -> None:
    case = await first_case(desk, tmp_path)
    one = await agreed(desk, await filed(desk, case))
    await desk.call("zhangwei", OpenSpecial(filing_id=one.filing_id))
    assert (await desk.call("hejie", EndSpecial(filing_id=one.filing_id))).state == "revoked"
    assert await desk.refused("zhangwei", OpenSpecial(filing_id=one.filing_id)) == "grant.not_live"
    two = await agreed(desk, await filed(desk, case))
    desk.clock.advance(61 * 60)
    assert await desk.refused("zhangwei", OpenSpecial(filing_id=two.filing_id)) == "grant.not_live"
    await desk.beat()
    assert (await desk.call("zhangwei", ReadSpecial(filing_id=two.filing_id))).state == "lapsed"
    three = await filed(desk, case)
    desk.clock.advance(86_400)
    assert await desk.refused("lina", yes(three)) == "special.state"
    four = await agreed(desk, await filed(desk, case, scenario="court_request"))
    away = AssignCases(assignee_id=desk.founded.persons["wangfang"], case_ids=(case.case_id,))
    await desk.call("lina", away)
    assert await desk.refused("zhangwei", OpenSpecial(filing_id=four.filing_id)) == "case.not_found"
    assert await desk.refused("wangfang", OpenSpecial(filing_id=four.filing_id)) == "grant.not_live"


@pytest.mark.clause("R-43", "design-4")
@pytest.mark.parametrize(
    "forged",
    [
        "UPDATE special_filing SET asker_id = :w WHERE id = :i",
        "UPDATE special_filing SET state = 'approved', open_by = :far WHERE id = :i",
        "UPDATE special_filing SET chain = 'supervisor' WHERE id = :i",
        "DELETE FROM special_decision WHERE filing_id = :i AND place = 2",
        "UPDATE special_decision SET person_id = :w WHERE filing_id = :i AND place = 2",
    ],
)
async def test_rows_changed_in_the_database_open_nothing(desk: WholeDesk, tmp_path: Path, forged: str) -> None:
    case = await first_case(desk, tmp_path)
    one = await agreed(desk, await filed(desk, case))
    if "state" in forged:
        one = await filed(desk, case)
    values = {"i": one.filing_id, "w": desk.founded.persons["wangfang"], "far": desk.clock.now_us() + DAY}
    wanted = {name: value for name, value in values.items() if f":{name}" in forged}
    desk.running.parts.store.run(lambda uow: uow.connection.execute(text(forged), wanted))
    for name in ("zhangwei", "wangfang"):
        code = await desk.refused(name, OpenSpecial(filing_id=one.filing_id))
        assert code in {"special.not_found", "grant.not_live", "case.not_found"}


@pytest.mark.clause("S-4.2")
async def test_of_two_at_once_one_decides_and_one_opens(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case = await first_case(desk, tmp_path)
    one = await filed(desk, case)
    said = await asyncio.gather(
        desk.call("lina", yes(one)),
        desk.call("zhaoqiang", yes(one, approve=False, words="请改用代理拨号")),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, SpecialFiling) for answer in said) == 1
    two = await agreed(desk, await filed(desk, case))
    got = await asyncio.gather(
        *(desk.call("zhangwei", OpenSpecial(filing_id=two.filing_id)) for _ in range(3)), return_exceptions=True
    )
    ends = {answer.ends_at for answer in got if not isinstance(answer, BaseException)}
    assert len(ends) == 1
    opened = [
        event
        for event in desk.events()
        if event.action == "special:contact:open" and dict(event.detail).get(DetailKey.TO) == "active"
    ]
    assert len(opened) == 1


@pytest.mark.clause("C-5.4g")
async def test_words_are_masked_and_no_event_holds_the_number(desk: WholeDesk, tmp_path: Path) -> None:
    case = await first_case(desk, tmp_path)
    one = await agreed(desk, await filed(desk, case, words=f"客户本人 {NUMBER} 来电要求改线路联系"))
    assert NUMBER not in one.words
    await desk.call("zhangwei", OpenSpecial(filing_id=one.filing_id))
    told = await desk.call(
        "zhangwei", ReportSpecial(filing_id=one.filing_id, outcome="reached", words=f"打了{NUMBER}，接通了")
    )
    assert NUMBER not in told.report
    assert not [event for event in desk.events() if NUMBER in repr(event)]
    with desk.running.parts.store.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM special_filing")).all()
    assert NUMBER not in repr(rows)


async def lost(desk: WholeDesk, case: CaseRow) -> tuple[bool, bool]:
    """Whether the other person may be called, and whether the case shows who that is."""
    check = await desk.call("zhangwei", CheckContacts(case_id=case.case_id))
    view = await desk.call("zhangwei", OpenCase(case_id=case.case_id))
    named = "contact_name" in {one.name for one in view.fields}
    return next(one.allowed for one in check.contacts if one.contact.field == THIRD.name), named


@pytest.mark.clause("S-5-6", "S-4.2", "C-5.4d-2")
@pytest.mark.parametrize("outcome", ["invalid", "not_reached"])
async def test_no_report_declares_the_debtor_lost(desk: WholeDesk, tmp_path: Path, outcome: str) -> None:
    case = (await with_thirds(desk, tmp_path))[0]

    async def reported() -> None:
        one = await agreed(desk, await filed(desk, case, scenario="hearing_impaired"))
        await desk.call("zhangwei", OpenSpecial(filing_id=one.filing_id))
        await desk.call("zhangwei", ReportSpecial(filing_id=one.filing_id, outcome=outcome, words=WORDS))

    for _ in range(3):
        await reported()
    desk.clock.advance(23 * 3600)
    await reported()
    assert await lost(desk, case) == (False, False)


@pytest.mark.clause("S-5-2", "S-4.2")
async def test_what_nobody_reports_was_a_conversation(desk: WholeDesk, tmp_path: Path) -> None:
    case = await first_case(desk, tmp_path)
    opened = []
    for _ in range(3):
        one = await agreed(desk, await filed(desk, case))
        await desk.call("zhangwei", OpenSpecial(filing_id=one.filing_id))
        opened.append(one.filing_id)
        desk.clock.advance(31 * 60)
        await desk.beat()
    four = await agreed(desk, await filed(desk, case))
    assert await desk.refused("zhangwei", OpenSpecial(filing_id=four.filing_id)) == "contact.refused"
    # Only a report makes less of it, late as it is.
    await desk.call("zhangwei", ReportSpecial(filing_id=opened[0], outcome="not_reached", words=WORDS))
    assert (await desk.call("zhangwei", OpenSpecial(filing_id=four.filing_id))).value == NUMBER


async def renumbered(desk: WholeDesk, case: CaseRow) -> None:
    """The debtor's place gets another number, by maker and checker."""
    call = ProposeContact(
        case_id=case.case_id, field=MOBILE.name, ordinal=1, value="13955556666", lawful_source="customer"
    )
    change = await desk.call("zhangwei", call)
    check = CheckContact(change_id=change.change_id, accept=True, lawful_source="", seen_version=change.version)
    await desk.call("lina", check)


@pytest.mark.clause("S-4.2", "C-5.4e-3")
@pytest.mark.parametrize(
    ("scenario", "looked", "ended"),
    [("proxy_failure", False, "lapsed"), ("proxy_failure", True, "revoked"), ("court_request", True, "revoked")],
)
async def test_one_number_is_agreed_to_and_not_the_place_where_it_stands(
    any_desk: WholeDesk, tmp_path: Path, scenario: str, ended: str, *, looked: bool
) -> None:
    desk = any_desk
    case = await first_case(desk, tmp_path)
    one = await agreed(desk, await filed(desk, case, scenario=scenario))
    look = OpenSpecial(filing_id=one.filing_id)
    if looked:
        assert (await desk.call("zhangwei", look)).value == NUMBER
    await renumbered(desk, case)
    assert await desk.refused("zhangwei", look) == "special.number_changed"
    assert (await desk.call("zhangwei", ReadSpecial(filing_id=one.filing_id))).state == ended
    assert await desk.refused("zhangwei", look) == "grant.not_live"
    said = [(event.result, event.rule) for event in desk.events() if event.action == "special:contact:open"]
    assert ("refused", "special.number_changed") in said
    # What was agreed to meanwhile is the new one.
    two = await agreed(desk, await filed(desk, case, scenario=scenario))
    assert (await desk.call("zhangwei", OpenSpecial(filing_id=two.filing_id))).value == "13955556666"


@pytest.mark.clause("S-4.2", "R-54")
async def test_a_number_to_be_left_alone_is_shown_no_more(desk: WholeDesk, tmp_path: Path) -> None:
    case = await first_case(desk, tmp_path)
    one = await agreed(desk, await filed(desk, case))
    court = await agreed(desk, await filed(desk, case, scenario="court_request"))
    look = OpenSpecial(filing_id=one.filing_id)
    assert (await desk.call("zhangwei", look)).value == NUMBER
    await desk.call("zhangwei", StopContact(case_id=case.case_id, contact=ContactRef(field="mobile"), reason="asked"))
    assert await desk.refused("zhangwei", look) == "contact.refused"
    for _ in range(2):
        assert (await desk.call("zhangwei", OpenSpecial(filing_id=court.filing_id))).value == NUMBER
