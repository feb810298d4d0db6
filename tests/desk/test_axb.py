"""Privacy numbers on a whole desk: the pool's two keys, bindings, who is put through to whom, who is turned away."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from access.audit.details import DetailKey
from access.store.schema import call_record, contact_slot
from console.desk.api.base import DeskError
from console.desk.api.calling import ListCalls, ListLiveCalls, ReadOwnCall
from console.desk.api.contact import CheckContacts, ContactRef, DecideRules, ProposeRules
from console.desk.api.contacts import CheckContact, ProposeContact
from console.desk.api.privacy import (
    BindingView,
    BindNumber,
    DecideNumber,
    ListBindings,
    ListNumbers,
    ProposeNumber,
    RetireNumber,
    UnbindNumber,
)
from console.desk.api.recordings import StartListening
from console.desk.api.session import SignOut
from console.desk.api.team import EndAbsence, ListAbsences
from console.desk.contact import live, recorder
from console.desk.contact.profile import shipped_lines
from console.dial.axb.said import Bind, Bound, Rang, Reject, Turned, Unbind
from console.dial.messages import Intruded
from console.dial.results import By, Result
from tests.desk.test_covers import away
from tests.support.calls import Line
from tests.support.desk import ROWS, WholeDesk
from tests.support.privacy_calls import X, pooled
from tests.support.sip import until

pytestmark = pytest.mark.clause("issue-5", "C-5.4e-1")


@pytest.fixture(autouse=True)
def _recorder() -> Iterator[None]:
    before = list(recorder._probes)
    yield
    recorder._probes[:] = before


@pytest_asyncio.fixture
async def line(any_desk: WholeDesk) -> AsyncIterator[Line]:
    yield Line(any_desk)


def said(line: Line, kind: type) -> list[object]:
    return [one for one in line.dialer.said if isinstance(one, kind)]


async def bound(line: Line, case_id: str, name: str = "zhangwei", hours: int = 24) -> BindingView:
    """A binding that the dialer has taken."""
    view = await line.desk.call(name, BindNumber(case_id=case_id, hours=hours))
    await until(lambda: any(one.binding_id == view.binding_id for one in said(line, Bind)), "told")  # type: ignore[attr-defined]
    line.dialer.told(Bound(binding_id=view.binding_id, code="ok"))
    await until(lambda: len(logged(line.desk, "call:number:answer")) > 0, "answered")
    return view


def logged(desk: WholeDesk, action: str) -> list[tuple[str, str]]:
    return [(one.result, one.rule or "") for one in desk.events() if one.action == action]


def slots_of(desk: WholeDesk) -> list[tuple[int, str]]:
    with desk.running.parts.store.engine.connect() as connection:
        query = select(contact_slot.c.inbound, contact_slot.c.outcome).order_by(contact_slot.c.reserved_at)
        return [(row[0], row[1]) for row in connection.execute(query)]


async def test_two_keys_fill_the_pool(any_desk: WholeDesk) -> None:
    desk = any_desk
    for name in ("zhangwei", "lina", "wugang", "hejie"):
        assert await desk.refused(name, ProposeNumber(number=X))
    assert await desk.refused("zhenghao", ProposeNumber(number="95-abc")) == "call.number_unfit"
    made = await desk.call("zhenghao", ProposeNumber(number=f"+86{X}"))
    assert (made.number, made.state) == (X, "proposed")
    assert await desk.refused("zhenghao", ProposeNumber(number=X)) == "call.number_there"
    yes = DecideNumber(number_id=made.number_id, version=made.version, approve=True)
    for name in ("zhenghao", "zhangwei", "lina", "hejie"):
        assert await desk.refused(name, yes)
    live = await desk.call("wugang", yes)
    assert live.state == "live"
    assert await desk.refused("wugang", yes) == "call.number_changed"
    (seen,) = (await desk.call("wugang", ListNumbers())).numbers
    assert (seen.number, seen.bound) == (X, 0)
    await desk.call("wugang", RetireNumber(number_id=made.number_id, version=live.version))
    assert (await desk.call("zhenghao", ListNumbers())).numbers == ()


async def test_a_customer_who_calls_in_reaches_the_agent(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    assert await desk.refused("zhangwei", BindNumber(case_id=case.case_id)) == "call.no_free_number"
    number_id = await pooled(desk)
    view = await bound(line, case.case_id)
    assert (view.number, view.state) == (X, "asked")
    (again,) = (await desk.call("zhangwei", ListBindings(case_id=case.case_id))).bindings
    assert (again.binding_id, again.state) == (view.binding_id, "live")
    assert (await desk.call("zhangwei", BindNumber(case_id=case.case_id))).binding_id == view.binding_id
    # The number travels sealed, to the dialer alone.
    (order,) = said(line, Bind)
    assert isinstance(order, Bind)
    assert line.dialer.tickets.open(order.ticket, view.binding_id) in {row[2] for row in ROWS}
    assert not any(row[2] in repr(order) for row in ROWS)
    left = (await desk.call("zhangwei", CheckContacts(case_id=case.case_id))).contacts[0].left

    line.dialer.told(Rang(ring_id="ring-1", number_id=number_id, binding_id=view.binding_id))
    await until(lambda: line.dialer.dialled, "put through")
    ((call_id, dial),) = line.dialer.dialled.items()
    assert (dial.ring, dial.ticket, dial.phone, dial.alias) == ("ring-1", None, line.names["zhangwei"], case.number)
    own = (await desk.call("zhangwei", ReadOwnCall())).call
    assert own is not None
    assert (own.call_id, own.case_id, own.inbound) == (call_id, case.case_id, True)
    # What the rules leave today is said as in a call of the agent's, this one counted, and is what is said of the next.
    (seen,) = (await desk.call("lina", ListLiveCalls())).calls
    next_one = (await desk.call("zhangwei", CheckContacts(case_id=case.case_id))).contacts[0]
    assert own.left == seen.left == next_one.left == 2
    assert slots_of(desk) == [(1, "pending")]
    # Who calls in is told that it is recorded, as whoever is called.
    assert line.dialer.announced == [desk.running.parts.settings.calls.announce] != [""]
    line.dialer.move(call_id, "agent_calling", "agent_ringing", "customer_answered")
    await until(lambda: line.dialer.bridged == [call_id], "bridged")
    assert slots_of(desk) == [(1, "connected")]
    line.dialer.end(call_id, Result.ANSWERED, By.CUSTOMER, talked=5_000, seconds=5)
    await line.over(call_id)
    last = await line.last("zhangwei")
    assert (last.result, last.by, last.recording, last.inbound) == ("answered", "customer", "whole", True)
    # By the rules of China a conversation counts, whoever called (`inbound` in the profile).
    after = (await desk.call("zhangwei", CheckContacts(case_id=case.case_id))).contacts[0].left
    assert (left, after) == (3, 2)
    took = [one for one in desk.events() if one.action == "call:line:take"]
    assert [(one.person_id, one.case_id, one.result) for one in took] == [
        (desk.founded.persons["zhangwei"], case.case_id, "ok")
    ]


@pytest.mark.parametrize("rules", ["counted", "unreadable"])
async def test_the_call_says_what_is_left_where_it_counts(
    desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules: str
) -> None:
    line = Line(desk)
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    number_id = await pooled(desk)
    view = await bound(line, case.case_id)
    lines = tuple("warn = 4" if line == "warn = 5" else line for line in shipped_lines("cn"))
    proposal = await desk.call("lina", ProposeRules(lines=lines))
    assert proposal.edition is not None, proposal.faults
    edition = proposal.edition
    for name in ("wugang", "hejie"):
        call = DecideRules(edition_id=edition.edition_id, version=edition.version, approve=True)
        edition = await desk.call(name, call)
    if rules == "unreadable":
        monkeypatch.setattr(live, "read", lambda _: None)
    line.dialer.told(Rang(ring_id="ring-1", number_id=number_id, binding_id=view.binding_id))
    await until(lambda: line.dialer.dialled, "put through")
    own = (await desk.call("zhangwei", ReadOwnCall())).call
    assert own is not None
    # It counts while it rings; rules that cannot be read keep no customer from getting through.
    assert (own.inbound, own.left) == (True, 2 if rules == "counted" else None)


async def test_whom_nobody_can_take_is_on_the_books(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei")
    number_id = await pooled(desk)
    view = await bound(line, cases[0].case_id)
    call = await line.start("zhangwei", cases[1].case_id)
    line.dialer.told(Rang(ring_id="ring-1", number_id=number_id, binding_id=view.binding_id))
    await until(lambda: Reject(ring_id="ring-1", busy=True) in line.dialer.said, "busy")
    missed = next(one for one in (await desk.call("zhangwei", ListCalls())).calls if one.inbound)
    assert (missed.state, missed.result, missed.recording) == ("ended", "agent_busy", "none")
    line.dialer.end(call.call_id, Result.BUSY)
    await line.over(call.call_id)
    assert (1, "cancelled") in slots_of(desk)
    # A binding that ended, one that is nobody's, and strangers: refused, and in the log.
    await desk.call("zhangwei", UnbindNumber(binding_id=view.binding_id))
    assert Unbind(binding_id=view.binding_id) in line.dialer.said
    assert await desk.refused("zhangwei", UnbindNumber(binding_id=view.binding_id)) == "call.no_such_binding"
    for ring, binding in (("ring-2", view.binding_id), ("ring-3", "0" * 32)):
        line.dialer.told(Rang(ring_id=ring, number_id=number_id, binding_id=binding))
        await until(lambda ring=ring: Reject(ring_id=ring) in line.dialer.said, ring)  # type: ignore[misc]
    line.dialer.told(Turned(why="stranger", number_id=number_id, count=3))
    await until(lambda: ("refused", "call.axb_stranger") in logged(desk, "call:number:turn_away"), "logged")
    assert logged(desk, "call:number:turn_away").count(("refused", "call.axb_expired")) == 2
    assert len(line.dialer.dialled) == 1
    # A phone that may only be rung, and one whose proof is false: which, and how often.
    line.dialer.told(Intruded(name="ag01", host="10.0.0.7", count=4))
    line.dialer.told(Intruded(name="ag02", host="10.0.0.7", false_proof=True))
    await until(lambda: len(logged(desk, "call:phone:intrude")) == 2, "logged")
    found = {
        one.object_id: (one.rule, dict(one.detail)[DetailKey.COUNT])
        for one in desk.events()
        if one.action == "call:phone:intrude"
    }
    assert found == {"ag01": ("call.only_rung", "4"), "ag02": ("call.proof_false", "1")}


async def test_whoever_listens_to_a_recording_is_busy(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    number_id = await pooled(desk)
    view = await bound(line, case.case_id)
    call = await line.start("zhangwei", case.case_id)
    line.dialer.move(call.call_id, "customer_answered")
    await until(lambda: line.dialer.bridged == [call.call_id], "bridged")
    line.dialer.end(call.call_id, Result.ANSWERED, By.CUSTOMER, talked=5_000, seconds=5)
    await line.over(call.call_id)
    (file,) = line.files()
    file.write_bytes(b"something to open")
    heard = await desk.call("zhangwei", StartListening(call_id=call.call_id, reason="wrap_up"))
    await until(lambda: heard.listening_id in line.dialer.listening, "the phone rings")
    line.dialer.told(Rang(ring_id="ring-1", number_id=number_id, binding_id=view.binding_id))
    await until(lambda: Reject(ring_id="ring-1", busy=True) in line.dialer.said, "busy")
    assert (await line.last("zhangwei")).result == "agent_busy"
    # Their own phone does not call either.
    line.dialer.told(Rang(ring_id="ring-2", number_id=number_id, phone=line.names["zhangwei"]))
    await until(lambda: Reject(ring_id="ring-2") in line.dialer.said, "refused")
    assert list(line.dialer.dialled) == [call.call_id]


async def test_a_binding_ends_and_a_new_dialer_learns_those_that_stand(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei")
    number_id = await pooled(desk)
    await pooled(desk, "95013000002")
    short = await bound(line, cases[0].case_id, hours=1)
    # Another customer of the same agent stands on another number: whoever dials it means one case.
    other = await bound(line, cases[1].case_id, hours=2)
    assert {short.number, other.number} == {X, "95013000002"}
    assert await desk.refused("zhangwei", BindNumber(case_id=cases[2].case_id)) == "call.no_free_number"
    assert await desk.refused("zhangwei", BindNumber(case_id=cases[0].case_id, hours=999)) == "call.hours_unfit"
    third = BindNumber(case_id=cases[0].case_id, contact=ContactRef(field="contact_phone"))
    assert await desk.refused("zhangwei", third) == "call.bind_own_only"
    desk.clock.advance(3601)
    line.dialer.told(Rang(ring_id="ring-1", number_id=number_id, binding_id=short.binding_id))
    await until(lambda: Reject(ring_id="ring-1") in line.dialer.said, "expired")
    line.dialer.die()
    await until(lambda: len(line.pool.made) == 2, "another dialer")
    await line.registered()
    await until(lambda: said(line, Bind), "bound again")
    (order,) = said(line, Bind)
    assert isinstance(order, Bind)
    assert order.binding_id == other.binding_id
    assert line.dialer.tickets.open(order.ticket, other.binding_id)
    line.dialer.told(Bound(binding_id=other.binding_id, code="taken"))
    await until(lambda: len(logged(desk, "call:number:answer")) == 3, "written")
    assert (await desk.call("zhangwei", ListBindings(case_id=cases[1].case_id))).bindings == ()


@pytest.mark.clause("S-5-11")
async def test_a_phone_that_dials_its_own_number_calls_by_the_rules(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei", "wangfang")
    number_id = await pooled(desk)
    view = await bound(line, cases[0].case_id)
    # Somebody else's number is nobody's to dial.
    line.dialer.told(Rang(ring_id="ring-1", number_id=number_id, phone=line.names["wangfang"]))
    await until(lambda: Reject(ring_id="ring-1") in line.dialer.said, "refused")
    assert ("refused", "call.only_rung") in logged(desk, "call:number:turn_away") or (
        "refused",
        "call.not_signed_in",
    ) in logged(desk, "call:number:turn_away")
    line.dialer.told(Rang(ring_id="ring-2", number_id=number_id, phone=line.names["zhangwei"]))
    await until(lambda: line.dialer.dialled, "called")
    ((call_id, order),) = line.dialer.dialled.items()
    assert (order.ring, order.presented) == ("ring-2", X)
    assert order.ticket is not None
    assert slots_of(desk) == [(0, "pending")]
    line.dialer.end(call_id, Result.BUSY)
    await line.over(call_id)
    # From the case it is the same number that the customer sees.
    call = await line.start("zhangwei", cases[0].case_id)
    assert line.dialer.dialled[call.call_id].presented == view.number
    line.dialer.end(call.call_id, Result.BUSY)
    await line.over(call.call_id)
    # By night the rules say no, and the phone hears it.
    desk.clock.advance(14 * 3600)
    before = len(line.dialer.dialled)
    line.dialer.told(Rang(ring_id="ring-3", number_id=number_id, phone=line.names["zhangwei"]))
    await until(lambda: Reject(ring_id="ring-3") in line.dialer.said, "by night")
    assert len(line.dialer.dialled) == before


async def test_binding_and_its_end_are_offered_to_whom_the_decision_lets(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    with pytest.raises(DeskError) as refused:
        await desk.call("zhangwei", BindNumber(case_id=case.case_id))
    assert (refused.value.code, refused.value.refusal.ask) == ("call.no_free_number", ("system_admin",))
    await pooled(desk)
    assert (await desk.call("zhangwei", ListBindings(case_id=case.case_id))).may == ("bind",)
    view = await bound(line, case.case_id)
    assert view.may == ("release",)
    # The head of the team ends it too, and binds for herself.
    seen = await desk.call("lina", ListBindings(case_id=case.case_id))
    assert (seen.may, [one.may for one in seen.bindings]) == (("bind",), [("release",)])
    # A case that is worked no more is bound no more; what stands can be ended.
    monkeypatch.setattr("console.desk.conditions.workable", lambda _state: False)
    seen = await desk.call("zhangwei", ListBindings(case_id=case.case_id))
    assert (seen.may, [one.may for one in seen.bindings]) == ((), [("release",)])
    line.dialer.told(Bound(binding_id=view.binding_id, code="taken"))
    await until(lambda: len(logged(desk, "call:number:answer")) == 2, "written")
    (gone,) = (await desk.call("zhangwei", ListBindings(case_id=case.case_id))).refused
    assert (gone.why, gone.may) == ("taken", ())


async def test_a_barred_agent_takes_nobody(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    number_id = await pooled(desk)
    view = await bound(line, case.case_id)
    for name in ("machao", "hejie", "wugang"):
        assert await desk.refused(name, UnbindNumber(binding_id=view.binding_id)) not in {"", "call.no_such_binding"}
    with desk.running.parts.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE call_binding SET ordinal = 2")
    # A row that somebody changed binds nobody.
    line.dialer.told(Rang(ring_id="ring-1", number_id=number_id, binding_id=view.binding_id))
    await until(lambda: Reject(ring_id="ring-1") in line.dialer.said, "refused")
    with desk.running.parts.store.engine.connect() as connection:
        assert connection.execute(select(call_record.c.id)).all() == []


async def rings(line: Line, view: BindingView, ring: str) -> None:
    line.dialer.told(Rang(ring_id=ring, number_id="x95", binding_id=view.binding_id))


async def test_whoever_works_the_case_now_and_is_there_takes_the_call(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei", "wangfang")
    await pooled(desk)
    await away(desk, "zhangwei", "wangfang")
    # Who covers has a number of her own: its customer reaches her, not the one who is away.
    view = await bound(line, case.case_id, "wangfang")
    await rings(line, view, "ring-1")
    await until(lambda: line.dialer.dialled, "put through")
    ((call_id, dial),) = line.dialer.dialled.items()
    assert dial.phone == line.names["wangfang"]
    line.dialer.end(call_id, Result.BUSY)
    await line.over(call_id)
    # Once she covers no more, it is the other's again.
    (absence,) = (await desk.call("lina", ListAbsences())).absences
    await desk.call("lina", EndAbsence(absence_id=absence.absence_id, seen_version=absence.version))
    await rings(line, view, "ring-2")
    await until(lambda: len(line.dialer.dialled) == 2, "put through")
    assert list(line.dialer.dialled.values())[-1].phone == line.names["zhangwei"]


async def test_nobody_who_is_not_signed_in_is_rung(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei", "wangfang")
    await pooled(desk)
    view = await bound(line, case.case_id)
    await desk.call("zhangwei", SignOut())
    await rings(line, view, "ring-1")
    await until(lambda: Reject(ring_id="ring-1") in line.dialer.said, "turned away")
    assert not line.dialer.dialled
    with desk.running.parts.store.engine.connect() as connection:
        missed = connection.execute(select(call_record.c.person_id, call_record.c.state, call_record.c.result)).all()
    assert [tuple(one) for one in missed] == [(desk.founded.persons["zhangwei"], "ended", "agent_unreachable")]


async def test_a_number_that_was_replaced_is_known_no_more(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    await pooled(desk)
    view = await bound(line, case.case_id)
    await corrected(desk, case.case_id, "13955556666")
    await until(lambda: Unbind(binding_id=view.binding_id) in line.dialer.said, "told")
    assert (await desk.call("zhangwei", ListBindings(case_id=case.case_id))).bindings == ()
    ended = [one for one in desk.events() if one.action == "call:number:release"]
    assert [(one.object_id, one.reason) for one in ended] == [(view.binding_id, "replaced")]
    again = await bound(line, case.case_id)
    assert again.binding_id != view.binding_id


async def test_a_binding_of_another_number_than_the_cases_lets_nobody_in(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    await pooled(desk)
    view = await bound(line, case.case_id)
    # Whatever else changes a number: nobody ends the binding.
    monkeypatch.setattr("console.desk.contacts.checking.replaced", lambda *_: None)
    await corrected(desk, case.case_id, "13955556666")
    await rings(line, view, "ring-1")
    await until(lambda: Reject(ring_id="ring-1") in line.dialer.said, "turned away")
    assert logged(desk, "call:number:turn_away") == [("refused", "call.axb_expired")]
    assert slots_of(desk) == []
    line.dialer.die()
    await until(lambda: len(line.pool.made) == 2, "another dialer")
    await line.registered()
    call = await line.start("zhangwei", case.case_id)
    assert said(line, Bind) == []
    line.dialer.end(call.call_id, Result.BUSY)
    await line.over(call.call_id)


async def corrected(desk: WholeDesk, case_id: str, value: str) -> None:
    """Another number takes the place of the customer's."""
    proposed = ProposeContact(case_id=case_id, field="mobile", ordinal=1, value=value, lawful_source="customer")
    filed = await desk.call("zhangwei", proposed)
    accept = CheckContact(change_id=filed.change_id, accept=True, lawful_source="", seen_version=filed.version)
    await desk.call("lina", accept)
