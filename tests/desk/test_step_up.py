"""Another one-time code before acts of weight: when it is asked for, what it is good for, and what it is not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from pathlib import Path

import pytest

from access.audit.events import DetailKey
from access.policy import ACTIONS, Action, Decision, Proof, StepUp, settled, step_up
from access.policy.model import Conditions
from console.desk.act import Act, Unproven
from console.desk.api import session
from console.desk.api.base import DeskError, Refusal
from console.desk.api.cases import AssignCases, FieldRef
from console.desk.api.imports import ProposeSource, RegisterSource
from console.desk.api.reveal import AskReveal, DecideReveal, RequestView
from console.desk.api.roles import Apply, DecideApplication
from console.desk.line import Line
from console.proving import proven
from tests.support.desk import WholeDesk, lender_file
from tests.support.factored import ADDRESS, PASSWORD, Factored

AGENTS = ("zhangwei", "wangfang", "chenjing")
IDENTITY = FieldRef(name="id_number")


async def with_cases(factored: Factored, folder: Path) -> tuple[str, ...]:
    """A case for each agent of the first team; the agents."""
    desk = factored.desk
    desk._lines["lina"] = head = await factored.line("lina")
    source = await head.call(ProposeSource(name="甲消金"))
    register, security = RegisterSource(source_id=source.source_id), await factored.line("wugang")
    assert (await refusal(security.call(register, key="zero"))).params["how"] == "recent"
    await factored.prove("wugang", factored.next_code())
    await security.call(register, key="zero")
    await desk.load(lender_file(folder / "cases.csv"))
    for name in AGENTS:
        await factored.line(name)
        await desk.call("lina", AssignCases(assignee_id=desk.founded.persons[name], count=1))
    return AGENTS


async def refusal(call: Awaitable[object]) -> Refusal:
    with pytest.raises(DeskError) as error:
        await call
    return error.value.refusal


def approve(request: RequestView) -> DecideReveal:
    return DecideReveal(request_id=request.request_id, verdict="approve", minutes=5)


@pytest.mark.clause("Y-4.2.2")
async def test_an_approval_asks_for_a_code_that_is_good_for_five_minutes(factored: Factored, tmp_path: Path) -> None:
    agents = await with_cases(factored, tmp_path)
    head, clock = await factored.line("lina"), factored.clock
    first = await factored.ask(agents[0])
    asked = await refusal(head.call(approve(first), key="one"))
    assert (asked.code, asked.clause) == ("stepup.required", "Y-4.2.2")
    assert asked.params == {"act": "reveal:request:approve", "how": "recent", "factor": "totp"}
    used = factored.next_code()
    await factored.prove("lina", used)
    assert (await head.call(approve(first), key="one")).state == "approved", "the same call under the same key"
    clock.advance(299)
    second = await factored.ask(agents[1])
    assert (await head.call(approve(second))).state == "approved", "within five minutes nothing is asked"
    clock.advance(1)
    third = await factored.ask(agents[2])
    assert (await refusal(head.call(approve(third)))).code == "stepup.required"
    refused = DecideReveal(request_id=third.request_id, verdict="refuse", reason="not needed today")
    assert (await head.call(refused)).state == "rejected", "what only shuts asks for nothing"
    people = factored.desk.founded.persons
    shown = [one for one in factored.desk.events() if one.action == "account:session:step_up"]
    assert [(one.person_id, dict(one.detail)[DetailKey.FACTOR]) for one in shown] == [
        (people["wugang"], "totp"),
        (people["lina"], "totp"),
    ]


@pytest.mark.clause("Y-4.2.2")
async def test_a_code_counts_once_and_wrong_ones_lock(factored: Factored, tmp_path: Path) -> None:
    agents = await with_cases(factored, tmp_path)
    head = await factored.line("lina")
    request = await factored.ask(agents[0])
    await refusal(head.call(approve(request)))
    used = factored.next_code()
    await factored.prove("lina", used)
    replayed = await refusal(factored.prove("lina", used))
    assert replayed.code == "stepup.refused", "a code that was used is worth nothing, at the same terminal either"
    assert (await refusal(factored.prove("lina", "")),)[0].code == "stepup.refused"
    factored.clock.advance(300)
    for _ in range(5):
        assert (await refusal(factored.prove("lina", "000000"))).code == "stepup.refused"
    right = factored.code()
    locked = await refusal(factored.prove("lina", right))
    assert locked.code == "stepup.refused"
    assert int(locked.params["seconds"]) > 0, "the right code does not help while the name is locked"
    assert (await refusal(head.call(approve(request)))).code == "stepup.required"
    codes = [dict(one.detail).get(DetailKey.CODE) for one in factored.desk.events() if one.rule == "stepup.refused"]
    assert codes[-1] == "signin.locked"
    assert set(codes) == {"signin.totp", "signin.locked"}


@pytest.mark.clause("Y-4.2.2", "S-3.3-6")
async def test_the_strictest_fields_are_asked_about_afresh_and_for_this_call_alone(
    factored: Factored, tmp_path: Path
) -> None:
    agents = await with_cases(factored, tmp_path)
    head, security = await factored.line("lina"), await factored.line("wugang")
    first, second = await factored.ask(agents[0], IDENTITY), await factored.ask(agents[1], IDENTITY)
    assert (await refusal(head.call(approve(first), key="one"))).params["how"] == "afresh"
    await factored.prove("lina", factored.next_code())
    assert (await refusal(head.call(approve(first), key="one"))).code == "stepup.required", "not for any call"
    await factored.prove("lina", factored.next_code(), key="one")
    assert (await refusal(head.call(approve(second), key="two"))).code == "stepup.required", "not for another call"
    assert (await refusal(head.call(approve(second), key="one"))).code == "stepup.required", "nor under its key"
    assert (await head.call(approve(first), key="one")).state == "pending2"

    assert (await refusal(security.call(approve(first), key="three"))).params["how"] == "afresh"
    await factored.prove("wugang", factored.next_code(), key="three")
    factored.clock.advance(120)
    assert (await refusal(security.call(approve(first), key="three"))).code == "stepup.required", "two minutes"
    await factored.prove("wugang", factored.next_code(), key="three")
    assert (await security.call(approve(first), key="three")).state == "approved"


@pytest.mark.clause("Y-4.2.2", "S-3.3-7")
async def test_every_step_of_a_role_takes_a_code_of_its_own(factored: Factored) -> None:
    people, units = factored.desk.founded.persons, factored.desk.founded.units
    agent = await factored.line("wangfang")
    view = await agent.call(Apply(role="supervisor", unit_id=units["one"], words="带组"))
    for name in ("lina", "zhenghao", "wugang", "hejie"):
        line = await factored.line(name)
        call = DecideApplication(application_id=view.application_id, verdict="approve", seen_version=view.version)
        assert (await refusal(line.call(call))).params["how"] == "afresh"

        async def typed(asked: Refusal, wrong: Refusal | None) -> str | None:
            assert asked.params["how"] == "afresh"
            return "999999" if wrong is None else factored.next_code()

        view = await proven(line, call, None, typed)
    assert view.state == "active"
    shown = [
        one.person_id
        for one in factored.desk.events()
        if one.action == "account:session:step_up" and one.result == "ok"
    ]
    assert shown == [people[name] for name in ("lina", "zhenghao", "wugang", "hejie")]


@pytest.mark.clause("Y-4.2.2", "Y-4.7.2")
async def test_a_proof_stays_at_its_terminal_and_goes_with_the_lock(factored: Factored, tmp_path: Path) -> None:
    agents = await with_cases(factored, tmp_path)
    head = await factored.line("lina")
    request = await factored.ask(agents[0])
    await factored.prove("lina", factored.next_code())
    ticket = (await head.call(session.IssueTicket())).ticket
    other = factored.desk.running.line("pts/4")
    await other.call(session.Resume(ticket=ticket))
    assert (await refusal(other.call(approve(request)))).code == "stepup.required", "another terminal"
    await head.call(session.Lock())
    assert (await refusal(factored.prove("lina", factored.next_code()))).code == "session.locked"
    await head.call(session.Unlock(password=PASSWORD, code=factored.next_code()))
    assert (await head.call(approve(request))).state == "approved", "unlocking took a code as well"
    factored.clock.advance(300)
    later = await factored.ask(agents[1])
    assert (await refusal(head.call(approve(later)))).code == "stepup.required"


async def test_a_demo_desk_asks_and_takes_an_empty_answer(desk: WholeDesk, tmp_path: Path) -> None:
    rows = await desk.with_cases(tmp_path)
    ask = AskReveal(case_id=rows[0].case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=5)
    request = await desk.call("zhangwei", ask)
    line = await desk.line("lina")
    asked = await refusal(line.call(approve(request), key="one"))
    assert asked.params["factor"] == "none"
    await line.call(session.StepUp(code="", key="one"))
    assert (await line.call(approve(request), key="one")).state == "approved"
    assert [dict(one.detail)[DetailKey.FACTOR] for one in desk.events() if one.action == "account:session:step_up"] == [
        "demo"
    ]


async def test_a_handler_that_forgets_the_proof_does_nothing(desk: WholeDesk) -> None:
    line = await desk.line("wugang")

    def forgets(uow: object) -> None:
        act = Act(uow=uow, parts=desk.running.parts, line=line.line)  # type: ignore[arg-type]
        with pytest.raises(Unproven):
            act.event(Action.ACCOUNT_ROLE_APPROVE)
        assert isinstance(act.line, Line)

    await asyncio.to_thread(desk.running.parts.store.run, forgets)


def test_what_a_proof_is_good_for() -> None:
    minute, now, call = 60_000_000, 10**15, b"c" * 32
    yes = Decision(allowed=True, role=None, rule="", code="policy.allowed", clause="")
    cases = {
        (None, None): True,
        (None, StepUp.RECENT): False,
        (Proof(now), StepUp.RECENT): True,
        (Proof(now - 5 * minute + 1), StepUp.RECENT): True,
        (Proof(now - 5 * minute), StepUp.RECENT): False,
        (Proof(now + 1), StepUp.RECENT): False,
        (Proof(now), StepUp.AFRESH): False,
        (Proof(now, call), StepUp.AFRESH): True,
        (Proof(now, b"d" * 32), StepUp.AFRESH): False,
        (Proof(now - 2 * minute, call), StepUp.AFRESH): False,
    }
    for (proof, kind), holds in cases.items():
        asked = Decision(allowed=True, role=None, rule="", code="policy.allowed", clause="", step_up=kind)
        assert settled(asked, proof, call, now).allowed is holds, (proof, kind)
    nameless = Decision(allowed=True, role=None, rule="", code="", clause="", step_up=StepUp.AFRESH)
    assert not settled(nameless, Proof(now), b"", now).allowed, "no call, no proof for it"
    no = Decision(allowed=False, role=None, rule="", code="role.denied", clause="", step_up=StepUp.AFRESH)
    assert settled(no, Proof(now, call), call, now) == no
    assert settled(yes, None, b"", now) == yes


@pytest.mark.clause("Y-4.2.2")
def test_which_acts_ask() -> None:
    asks = {action: step_up.asked_by(spec, Conditions(tier="U2")) for action, spec in ACTIONS.items()}
    afresh = {action for action, kind in asks.items() if kind is StepUp.AFRESH}
    assert {
        Action.ACCOUNT_PERSON_CHECK,
        Action.ACCOUNT_ROLE_APPROVE,
        Action.ACCOUNT_ROLE_COUNTERSIGN,
        Action.ACCOUNT_ROLE_ENDORSE,
        Action.ACCOUNT_ROLE_ENTER,
        Action.ACCOUNT_ROLE_FILE,
        Action.REVEAL_REQUEST_SECOND,
    } <= afresh
    approving = ACTIONS[Action.REVEAL_REQUEST_APPROVE]
    assert step_up.asked_by(approving, Conditions(tier="U2")) is StepUp.RECENT
    assert step_up.asked_by(approving, Conditions(tier="U3")) is StepUp.AFRESH
    shuts = {Action.ACCOUNT_PERSON_SUSPEND, Action.ACCOUNT_ROLE_REVOKE, Action.REVEAL_GRANT_REVOKE}
    assert not any(asks[action] for action in shuts | {Action.REVEAL_REQUEST_REFUSE, Action.ACCOUNT_SESSION_END})


APPROVING = {"accept", "approve", "approve_outside", "comply", "countersign", "endorse", "second", "second_outside"}


@pytest.mark.clause("Y-4.2.2", "issue-4")
def test_no_approval_is_given_without_a_code() -> None:
    approvals = {action: spec for action, spec in ACTIONS.items() if action.value.rpartition(":")[2] in APPROVING}
    assert len(approvals) > 20
    assert [action.value for action, spec in approvals.items() if spec.step_up is None] == []
