"""Training and confidentiality: what shuts somebody out, by entry or by the clock, and what lets them in again."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.desk.api.cases import FieldRef, ListQueue
from console.desk.api.people import ListPeople
from console.desk.api.reveal import AskReveal, DecideReveal, ReadInbox, ViewField
from console.desk.api.session import SignInAs, WhoAmI
from console.desk.api.staff import SuspendPerson
from console.desk.api.training import CheckTraining, ListTraining, RecordAgreement, RecordTraining
from tests.support.desk import WholeDesk

ADDRESS = FieldRef(name="home_address")
HOUR = 3600
DAY = 24 * HOUR


def course(desk: WholeDesk, name: str, **changes: object) -> RecordTraining:
    made: dict[str, object] = {
        "person_id": desk.founded.persons[name],
        "kind": "quarterly",
        "held_on": "2026-11-19",
        "minutes": 90,
        "passed": True,
        "content": "客户信息保护",
    }
    return RecordTraining(**(made | changes))  # type: ignore[arg-type]


async def gates(desk: WholeDesk, name: str) -> tuple[str, ...]:
    people = (await desk.call("zhenghao", ListPeople())).people
    return next(one.gates for one in people if one.login == name)


@pytest.mark.clause("Y-4.6.2", "S-3.2-55", "issue-3")
async def test_failed_shuts_out_at_once_and_passed_lets_in(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    asked = await desk.call(
        "zhangwei", AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
    )
    decided = await desk.call("lina", DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert decided.grant is not None
    seen = ViewField(case_id=case_id, grant_id=decided.grant.grant_id, field=ADDRESS)
    assert (await desk.call("zhangwei", seen)).value
    for name in ("lina", "hejie", "wugang", "zhangwei"):
        assert await desk.refused(name, course(desk, "zhangwei", passed=False)) == "role.denied"
    await desk.call("zhenghao", course(desk, "zhangwei", passed=False))
    assert await desk.refused("zhangwei", seen) == "actor.untrained"
    assert await desk.refused("zhangwei", ListQueue()) == "actor.untrained"
    me = await desk.call("zhangwei", WhoAmI())
    assert me.gates == ("training",)
    assert set(me.acts) == {"account:session:sign_in", "account:training:list", "call:line:end", "call:recording:leave"}
    ledger = await desk.call("zhangwei", ListTraining())
    assert [(one.staff_no, one.passed) for one in ledger.entries] == [("A0173", False)]
    assert (await desk.running.line().call(SignInAs(name="zhangwei"))).gates == ("training",)
    await desk.call("zhenghao", course(desk, "zhangwei", held_on="2026-11-20"))
    assert (await desk.call("zhangwei", WhoAmI())).gates == ()
    assert len((await desk.call("zhangwei", ListQueue())).rows) == 3, "cases stay with somebody who is only shut out"
    assert await desk.refused("zhangwei", seen) == "grant.not_live", "what ended stays ended"


@pytest.mark.clause("Y-4.6.2")
async def test_a_missed_quarter_shuts_out_by_the_clock(desk: WholeDesk, tmp_path: Path) -> None:
    rows = await desk.with_cases(tmp_path)
    await desk.call("zhenghao", course(desk, "zhangwei", passed=False, held_on="2026-11-18"))
    entry = await desk.call("zhenghao", course(desk, "zhangwei"))
    # A course of the last quarter counts to the end of the next, midnight in Shanghai: 2027-04-01 00:00.
    left = entry.valid_until // 1_000_000 - desk.clock.now_us() // 1_000_000
    assert left == 131 * DAY + 15 * HOUR
    desk.clock.advance(left - 60)
    asked = await desk.call(
        "zhangwei", AskReveal(case_id=rows[0].case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
    )
    assert len((await desk.call("lina", ReadInbox())).items) == 1
    desk.clock.advance(60)
    await desk.beat()
    assert (await desk.call("lina", ReadInbox())).items == ()
    assert await desk.refused("zhangwei", ListQueue()) == "actor.untrained"
    closed = [event for event in desk.events() if event.action == "account:gate:close"]
    assert len(closed) == 2, "the failure, and the quarter that was missed"
    await desk.beat()
    assert len([event for event in desk.events() if event.action == "account:gate:close"]) == 2
    assert asked.request_id


@pytest.mark.clause("C-6.1c", "Y-4.6.3")
async def test_an_agreement_that_runs_out_shuts_out(desk: WholeDesk) -> None:
    sign = RecordAgreement(person_id=desk.founded.persons["zhangwei"], signed_on="2026-11-01", until="2026-11-20")
    assert await desk.refused("lina", sign) == "role.denied"
    for bad in (
        RecordAgreement(person_id=sign.person_id, signed_on="2026-11-21"),
        RecordAgreement(person_id=sign.person_id, signed_on="2026-11-01", until="2026-10-01"),
        RecordAgreement(person_id=sign.person_id, signed_on="yesterday"),
    ):
        assert await desk.refused("zhenghao", bad) == "agreement.day_unfit"
    await desk.call("zhenghao", sign)
    await desk.call("zhangwei", ListQueue())
    desk.clock.advance(15 * HOUR)
    await desk.beat()
    assert await desk.refused("zhangwei", ListQueue()) == "actor.no_confidentiality"
    assert (await desk.call("zhangwei", WhoAmI())).gates == ("agreement",)
    await desk.call("zhenghao", RecordAgreement(person_id=sign.person_id, signed_on="2026-11-20"))
    await desk.call("zhangwei", ListQueue())


@pytest.mark.clause("Y-4.6.2", "S-3.3-1")
async def test_compliance_checks_and_an_own_entry_waits_for_it(desk: WholeDesk) -> None:
    own = await desk.call("zhenghao", course(desk, "zhenghao"))
    assert own.state == "waiting"
    assert await desk.refused("zhenghao", CheckTraining(record_id=own.record_id, good=True)) == "role.denied"
    assert (await desk.call("hejie", CheckTraining(record_id=own.record_id, good=True))).state == "effective"
    hers = await desk.call("zhenghao", course(desk, "zhangwei"))
    assert hers.state == "effective"
    await desk.call("hejie", CheckTraining(record_id=hers.record_id, good=False))
    assert await gates(desk, "zhangwei") == ("training",)
    again = CheckTraining(record_id=hers.record_id, good=True)
    assert await desk.refused("hejie", again) == "training.struck"
    about_her = await desk.call("zhenghao", course(desk, "hejie"))
    assert await desk.refused("hejie", CheckTraining(record_id=about_her.record_id, good=True)) == (
        "separation.own_request"
    )


@pytest.mark.clause("Y-4.6.2")
async def test_an_unfit_entry_is_refused(desk: WholeDesk) -> None:
    for changes, code in (
        ({"kind": "induction", "minutes": 239}, "training.too_short"),
        ({"held_on": "2026-11-21"}, "training.day_to_come"),
        ({"held_on": "19.11.2026"}, "training.unfit"),
        ({"kind": "party"}, "training.unfit"),
        ({"minutes": 0}, "training.unfit"),
        ({"score": 101}, "training.unfit"),
        ({"person_id": "0" * 32}, "person.not_found"),
    ):
        assert await desk.refused("zhenghao", course(desk, "zhangwei", **changes)) == code
    entry = await desk.call("zhenghao", course(desk, "zhangwei", content="客户 13800138000 的案例"))
    assert "13800138000" not in entry.content


@pytest.mark.clause("Y-4.6.2", "S-3.3-5")
async def test_an_approver_who_is_shut_out_decides_nothing(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    await desk.call("zhenghao", SuspendPerson(person_id=desk.founded.persons["zhaoqiang"]))
    asked = await desk.call(
        "zhangwei", AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
    )
    await desk.call("zhenghao", course(desk, "lina", passed=False))
    decide = DecideReveal(request_id=asked.request_id, verdict="approve")
    assert await desk.refused("lina", decide) in {"actor.untrained", "request.not_found"}


@pytest.mark.clause("Y-4.6.2")
async def test_a_shut_out_keeper_can_still_keep_the_ledger(desk: WholeDesk) -> None:
    own = await desk.call("zhenghao", course(desk, "zhenghao", passed=False))
    await desk.call("hejie", CheckTraining(record_id=own.record_id, good=True))
    me = await desk.call("zhenghao", WhoAmI())
    assert me.gates == ("training",)
    assert "account:training:record" in me.acts
    await desk.call("zhenghao", course(desk, "zhangwei"))
    assert (await desk.call("zhenghao", ListPeople())).people
    assert await desk.refused("zhenghao", SuspendPerson(person_id=desk.founded.persons["zhangwei"])) == (
        "actor.untrained"
    )
