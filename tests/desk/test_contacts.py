"""Contact data: proposed by one, checked by another, sealed all the while, on the case only once it is accepted."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select

from access.roles import Role
from access.store.schema import contact_change
from console.desk.api.base import DeskError
from console.desk.api.cases import AssignCases, CaseRow, ExactSearch, OpenCase
from console.desk.api.contacts import (
    CheckContact,
    ContactChange,
    ContactFiled,
    ListContactChanges,
    ProposeContact,
    ProposeFound,
    WithdrawContact,
)
from console.desk.api.notes import ReadNotes, WriteNote
from masking.case_seals import find
from tests.desk.test_notes import agency_case
from tests.support.desk import WholeDesk
from tests.support.seals import seals_of

NEW = "13955556666"
MASK = "139****6666"


def adding(case: CaseRow, value: str = NEW, **more: object) -> ProposeContact:
    values: dict[str, object] = {"field": "mobile", "lawful_source": "customer"}
    return ProposeContact(case_id=case.case_id, value=value, **(values | more))  # type: ignore[arg-type]


async def waiting(desk: WholeDesk, name: str = "lina") -> tuple[ContactChange, ...]:
    return (await desk.call(name, ListContactChanges())).items


async def accept(desk: WholeDesk, filed: ContactFiled, name: str = "lina", source: str = "") -> ContactFiled:
    call = CheckContact(change_id=filed.change_id, accept=True, lawful_source=source, seen_version=filed.version)
    return await desk.call(name, call)


async def masks(desk: WholeDesk, case: CaseRow, name: str = "zhangwei") -> dict[tuple[str, int], str]:
    view = await desk.call(name, OpenCase(case_id=case.case_id))
    return {(field.name, field.ordinal): field.masked for field in view.fields}


@pytest.mark.clause("F-2", "issue-3", "S-3.2")
async def test_an_accepted_number_stands_on_the_case_masked_and_is_found(any_desk: WholeDesk, tmp_path: Path) -> None:
    case = (await any_desk.with_cases(tmp_path))[0]
    filed = await any_desk.call("zhangwei", adding(case, "139 5555-6666"))
    assert filed.state == "pending"
    assert ("mobile", 2) not in await masks(any_desk, case)
    assert not (await any_desk.call("zhangwei", ExactSearch(kind="mobile", value=NEW))).rows
    (item,) = await waiting(any_desk)
    assert (item.masked, item.person, item.lawful_source, item.checkable) == (MASK, "张伟", "customer", True)
    done = await accept(any_desk, filed)
    assert (done.state, done.version) == ("accepted", 2)
    shown = await masks(any_desk, case)
    assert shown["mobile", 2] == MASK
    assert ("mobile", 1) in shown
    found = (await any_desk.call("zhangwei", ExactSearch(kind="mobile", value=NEW))).rows
    assert [row.case_id for row in found] == [case.case_id]
    assert await waiting(any_desk) == ()
    engine = any_desk.running.parts.store.engine
    second = find(seals_of(engine, case.case_id), "mobile", 2)
    assert second is not None
    assert second.lawful_source == "customer"
    with engine.connect() as connection:
        assert NEW not in repr(connection.execute(select(contact_change)).all())
    accepted = [one for one in any_desk.events() if one.action == "case:contact:accept" and one.result == "ok"]
    assert [(one.purpose, one.reason) for one in accepted] == [("reprojection", None), ("collection", "customer")]


@pytest.mark.clause("S-3.3", "issue-3")
async def test_nobody_checks_what_they_proposed(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    filed = await desk.call("zhangwei", adding(case))
    call = CheckContact(change_id=filed.change_id, accept=True, seen_version=filed.version)
    assert await desk.refused("zhangwei", call) == "role.denied"
    assert await desk.refused("lina", adding(case)) == "role.denied"
    desk.give("zhangwei", Role.SUPERVISOR, "one")
    desk.clock.advance(2)
    assert await desk.refused("zhangwei", call) == "separation.own_request"
    assert (await desk.call("zhangwei", ListContactChanges(scope="mine"))).items[0].checkable is False
    for name in ("sunli", "qianfang"):
        assert await desk.refused(name, call) == "contact.not_found"


@pytest.mark.clause("issue-3", "S-6-22")
async def test_of_two_who_decide_at_once_one_wins(any_desk: WholeDesk, tmp_path: Path) -> None:
    case = (await any_desk.with_cases(tmp_path))[0]
    filed = await any_desk.call("zhangwei", adding(case))
    yes = CheckContact(change_id=filed.change_id, accept=True, seen_version=filed.version)
    no = CheckContact(change_id=filed.change_id, accept=False, reason="号码有误", seen_version=filed.version)

    async def decide(name: str, call: CheckContact) -> str:
        try:
            return (await any_desk.call(name, call)).state
        except DeskError as refused:
            return refused.code

    first, second = await asyncio.gather(decide("lina", yes), decide("zhaoqiang", no))
    assert sorted((first, second)) in (["accepted", "contact.decided"], ["contact.decided", "refused"])
    state = (await any_desk.call("zhangwei", ListContactChanges(scope="mine"))).items[0].state
    assert (("mobile", 2) in await masks(any_desk, case)) == (state == "accepted")


@pytest.mark.clause("issue-3", "F-2")
async def test_a_number_in_a_note_becomes_a_proposal_by_one_call(any_desk: WholeDesk, tmp_path: Path) -> None:
    case = (await any_desk.with_cases(tmp_path))[0]
    note = await any_desk.call(
        "zhangwei", WriteNote(case_id=case.case_id, text="本人说新号一三九五五五五六六六六，旧号停机")
    )
    filed = await any_desk.call("zhangwei", ProposeFound(note_id=note.note_id, place=0))
    (item,) = await waiting(any_desk)
    assert (item.masked, item.lawful_source, item.note) == (MASK, "", "本人说新号***********，旧号停机")
    with pytest.raises(DeskError, match=r"contact\.source_unlawful"):
        await accept(any_desk, filed)
    await accept(any_desk, filed, source="customer")
    assert (await masks(any_desk, case))["mobile", 2] == MASK
    for place in (1, -1, 99):
        assert await any_desk.refused("zhangwei", ProposeFound(note_id=note.note_id, place=place)) == (
            "contact.not_found"
        )
    assert await any_desk.refused("wangfang", ProposeFound(note_id=note.note_id, place=0)) == "case.not_found"


@pytest.mark.clause("F-1", "S-3.2")
async def test_an_agency_gives_leads_only(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = await agency_case(desk, tmp_path)
    call = ProposeContact(case_id=case_id, field="mobile", value=NEW, lawful_source="customer")
    filed = await desk.call("machao", call)
    assert await desk.refused("linjing", call) == "case.not_found"
    (item,) = await waiting(desk, "qianfang")
    assert (item.lead, item.lawful_source) == (True, "")
    (own,) = (await desk.call("machao", ListContactChanges(scope="mine"))).items
    assert MASK not in own.masked
    check = CheckContact(change_id=filed.change_id, accept=True, seen_version=filed.version)
    assert await desk.refused("machao", check) == "role.denied"
    assert await desk.refused("qianfang", check) == "contact.source_unlawful"
    assert (await accept(desk, filed, "qianfang", "authorised")).state == "accepted"
    note = await desk.call("qianfang", WriteNote(case_id=case_id, text="另一号码 13612345678"))
    assert await desk.refused("machao", ProposeFound(note_id=note.note_id, place=0)) == "case.not_found"


@pytest.mark.clause("issue-3")
async def test_a_corrected_number_takes_the_old_ones_place_and_the_old_is_found_no_more(
    any_desk: WholeDesk, tmp_path: Path
) -> None:
    case = (await any_desk.with_cases(tmp_path))[0]
    old = "13700137000"
    assert (await any_desk.call("zhangwei", ExactSearch(kind="mobile", value=old))).rows
    filed = await any_desk.call("zhangwei", adding(case, ordinal=1))
    await accept(any_desk, filed)
    shown = await masks(any_desk, case)
    assert shown["mobile", 1] == MASK
    assert ("mobile", 2) not in shown
    assert not (await any_desk.call("zhangwei", ExactSearch(kind="mobile", value=old))).rows
    assert (await any_desk.call("zhangwei", ExactSearch(kind="mobile", value=NEW))).rows
    address = await any_desk.call(
        "zhangwei", adding(case, "广东省深圳市南山区科技路5号", field="home_address", lawful_source="authorised")
    )
    await accept(any_desk, address)
    assert (await masks(any_desk, case))["home_address", 1] == "广东省深圳市南山区****"
    gone = await any_desk.call("zhangwei", adding(case, ordinal=7))
    with pytest.raises(DeskError, match=r"contact\.gone"):
        await accept(any_desk, gone)


@pytest.mark.clause("F-2", "issue-3")
async def test_what_is_no_contact_datum_or_has_no_lawful_source_is_refused(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    for call, code in (
        (adding(case, "1395555"), "contact.value_unfit"),
        (adding(case, "x@y", field="email"), "contact.value_unfit"),
        (adding(case, "110101199003078515", field="id_number"), "contact.field_unknown"),
        (adding(case, lawful_source=""), "contact.source_unlawful"),
        (adding(case, lawful_source="bought"), "contact.source_unlawful"),
        (adding(case, ordinal=-1), "contact.gone"),
    ):
        assert await desk.refused("zhangwei", call) == code, call
    assert await waiting(desk) == ()


@pytest.mark.clause("issue-3")
async def test_refusing_says_why_and_an_own_proposal_can_be_taken_back(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    filed = await desk.call("zhangwei", adding(case))
    silent = CheckContact(change_id=filed.change_id, accept=False, seen_version=1)
    assert await desk.refused("lina", silent) == "contact.reason_needed"
    told = CheckContact(
        change_id=filed.change_id, accept=False, reason=f"应为 {NEW} 之外的号码", seen_version=filed.version
    )
    await desk.call("lina", told)
    (mine,) = (await desk.call("zhangwei", ListContactChanges(scope="mine"))).items
    assert (mine.state, mine.reason, mine.checked_by) == ("refused", "应为 *********** 之外的号码", "李娜")
    again = await desk.call("zhangwei", adding(case))
    assert await desk.refused("wangfang", WithdrawContact(change_id=again.change_id)) == "contact.not_found"
    assert (await desk.call("zhangwei", WithdrawContact(change_id=again.change_id))).state == "withdrawn"
    assert await desk.refused("zhangwei", WithdrawContact(change_id=again.change_id)) == "contact.decided"
    stale = CheckContact(change_id=again.change_id, accept=True, seen_version=again.version)
    assert await desk.refused("lina", stale) == "contact.decided"


@pytest.mark.clause("design-4")
async def test_a_row_changed_by_sql_counts_for_nothing(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    filed = await desk.call("zhangwei", adding(case))
    with desk.running.parts.store.engine.begin() as connection:
        connection.execute(contact_change.update().values(requester_id=desk.founded.persons["wangfang"]))
    assert await waiting(desk) == ()
    call = CheckContact(change_id=filed.change_id, accept=True, seen_version=filed.version)
    assert await desk.refused("lina", call) == "contact.not_found"
    assert ("mobile", 2) not in await masks(desk, case)


@pytest.mark.clause("Y-4.2.1")
async def test_a_case_that_went_to_another_colleague_takes_its_proposals_along(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    await desk.call("zhangwei", adding(case))
    await desk.call("lina", AssignCases(assignee_id=desk.founded.persons["wangfang"], case_ids=(case.case_id,)))
    assert (await desk.call("zhangwei", ListContactChanges(scope="mine"))).items == ()
    assert len(await waiting(desk)) == 1
    assert (await desk.call("wangfang", ReadNotes(case_id=case.case_id))).notes == ()
