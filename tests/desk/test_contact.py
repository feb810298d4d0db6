"""Contact rules on a whole desk: slots that two cannot both take, consents, stops, editions, and what a check says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from access.audit.details import DetailKey
from access.context import Origin
from access.people.directory import load_actor
from access.policy import Action, Refused
from access.store.base import UnitOfWork
from console.desk.act import Act
from console.desk.api.base import Refusal
from console.desk.api.cases import AssignCases, FieldRef, ListQueue, OpenCase
from console.desk.api.contact import (
    CheckContacts,
    ConfirmConsent,
    ContactRef,
    ContactVerdict,
    DecideRules,
    LiftStop,
    ListRules,
    Means,
    ProposeRules,
    ReadRules,
    RecordConsent,
    RollBackRules,
    RulesEdition,
    RuleVerdict,
    StopContact,
    WithdrawConsent,
)
from console.desk.api.reveal import AskReveal, DecideReveal, GetRevealOptions, ViewField
from console.desk.api.work import PlaceHold
from console.desk.cases.rows import require_case
from console.desk.contact import recorder, slots
from console.desk.contact.facts import Outcome
from console.desk.contact.profile import shipped_lines
from console.desk.line import Line
from tests.support.consents import agreed
from tests.support.contact_calls import DAY, recording
from tests.support.desk import HEADERS, ROWS, WholeDesk, lender_file

MOBILE = ContactRef(field="mobile")
HOUR = 3_600_000_000
CN = shipped_lines("cn")


@pytest.fixture(autouse=True)
def _recorder() -> Iterator[None]:
    with recording():
        yield


def reserve(desk: WholeDesk, name: str, case_id: str, contact: ContactRef = MOBILE) -> slots.Slot | Refusal | str:
    """One attempt by this person, as whoever dials makes it; the code of what ended the act otherwise."""
    parts = desk.running.parts

    def act(uow: UnitOfWork) -> slots.Slot | Refusal | str:
        who = load_actor(uow, parts.proofs, desk.founded.persons[name])
        one = Act(uow=uow, parts=parts, line=Line(Origin("local", "test")))
        one.who = who
        try:
            row = require_case(one, case_id, Action.CONTACT_SLOT_CHECK)
            return slots.reserve(one, row, contact, Means.CALL)
        except Refused as refused:
            uow.rollback_act()
            return refused.decision.code

    return parts.store.run(act)


def settle(desk: WholeDesk, slot: slots.Slot | Refusal | str, outcome: Outcome) -> None:
    """What came of it, told by the desk itself."""
    assert isinstance(slot, slots.Slot), slot
    parts = desk.running.parts
    parts.store.run(
        lambda uow: slots.settle(
            Act(uow=uow, parts=parts, line=Line(Origin("local", "clockwork"))), slot.slot_id, outcome
        )
    )


async def checked(desk: WholeDesk, name: str, case_id: str, place: int = 0) -> ContactVerdict:
    return (await desk.call(name, CheckContacts(case_id=case_id))).contacts[place]


def rule(verdict: ContactVerdict, name: str) -> RuleVerdict:
    return next(one for one in verdict.rules if one.rule == name)


@pytest.mark.clause("S-5-2", "issue-5")
async def test_fifty_agents_race_for_the_last_slot_and_one_has_it(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case = (await desk.with_cases(tmp_path))[0]
    for _ in range(2):
        settle(desk, reserve(desk, "zhangwei", case.case_id), Outcome.CONNECTED)

    async def race() -> list[slots.Slot | Refusal | str]:
        names = ["zhangwei", "lina"] * 25
        return await asyncio.gather(*(asyncio.to_thread(reserve, desk, name, case.case_id) for name in names))

    first = await race()
    won = [one for one in first if isinstance(one, slots.Slot)]
    assert len(won) == 1
    lost = [one for one in first if isinstance(one, Refusal)]
    assert len(lost) == 49
    assert {one.params["contact_why"] for one in lost} == {"count_connected"}
    # Nobody was reached: the slot is there again, for one.
    settle(desk, won[0], Outcome.UNANSWERED)
    again = [one for one in await race() if isinstance(one, slots.Slot)]
    assert len(again) == 1
    settle(desk, again[0], Outcome.CONNECTED)
    assert not any(isinstance(one, slots.Slot) for one in await race())
    refused = [one for one in desk.events() if one.action == "contact:slot:reserve" and one.result == "refused"]
    assert {one.rule for one in refused} == {"contact.count_connected"}
    assert all(dict(one.detail)[DetailKey.SECONDS].isdigit() for one in refused)


@pytest.mark.clause("S-5-2")
async def test_the_debtor_is_one_over_cases(desk: WholeDesk, tmp_path: Path) -> None:
    rows = await desk.with_cases(tmp_path)
    one, other = rows[0], rows[1]
    parts = desk.running.parts
    with parts.store.engine.connect() as connection:
        debtor = connection.execute(text("SELECT debtor FROM case_file WHERE id = :i"), {"i": one.case_id}).scalar_one()
    parts.store.run(
        lambda uow: uow.connection.execute(
            text("UPDATE case_file SET debtor = :d WHERE id = :i"), {"d": debtor, "i": other.case_id}
        )
    )
    for case in (one, other, one):
        settle(desk, reserve(desk, "zhangwei", case.case_id), Outcome.CONNECTED)
    for case in (one, other):
        got = reserve(desk, "zhangwei", case.case_id)
        assert isinstance(got, Refusal)
        assert got.params["contact_why"] == "count_connected"


@pytest.mark.clause("S-5-3")
async def test_attempts_are_counted_by_number_and_a_cancelled_one_nowhere(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    settle(desk, reserve(desk, "zhangwei", case.case_id), Outcome.CANCELLED)
    for nth in range(6):
        seen = rule(await checked(desk, "zhangwei", case.case_id), "unanswered")
        assert (seen.used, seen.verdict) == (nth, "advice" if nth == 5 else "allowed")
        settle(desk, reserve(desk, "zhangwei", case.case_id), Outcome.UNANSWERED)
    got = reserve(desk, "zhangwei", case.case_id)
    assert isinstance(got, Refusal)
    assert got.params["contact_why"] == "count_unanswered"
    assert rule(await checked(desk, "zhangwei", case.case_id), "connected").used == 0


@pytest.mark.clause("S-5-2")
async def test_a_slot_left_by_a_crash_lapses_and_is_settled_once(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    left = [reserve(desk, "zhangwei", case.case_id) for _ in range(3)]
    assert isinstance(reserve(desk, "zhangwei", case.case_id), Refusal)
    seen = await checked(desk, "zhangwei", case.case_id)
    assert seen.allowed_at == min(one.expires_at for one in left if isinstance(one, slots.Slot))
    desk.clock.advance(5 * 60)
    seen = await checked(desk, "zhangwei", case.case_id)
    assert seen.allowed
    assert rule(seen, "connected").used == 0
    assert rule(seen, "unanswered").used == 3
    # Told late that somebody was reached after all, the desk believes it; what is settled stays settled.
    settle(desk, left[0], Outcome.CONNECTED)
    settle(desk, left[0], Outcome.UNANSWERED)
    assert rule(await checked(desk, "zhangwei", case.case_id), "connected").used == 1


@pytest.mark.clause("S-5-1", "C-5.4f")
async def test_quiet_hours_are_lifted_by_consent_until_it_ends(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    to_night(desk)
    got = reserve(desk, "zhangwei", case.case_id)
    assert isinstance(got, Refusal)
    assert got.clause == "S-5-1"
    assert int(got.params["contact_at"]) > desk.clock.now_us()
    consent = RecordConsent(
        case_id=case.case_id,
        means="call",
        from_minute=22 * 60,
        until_minute=60,
        expires_at=desk.clock.now_us() + HOUR,
        evidence="letter",
        reference="LETTER-2026-a",
    )
    kept = await agreed(desk, consent)
    slot = reserve(desk, "zhangwei", case.case_id)
    settle(desk, slot, Outcome.UNANSWERED)
    # Another's consent is nobody's to take back.
    assert await desk.refused("liuyang", WithdrawConsent(consent_id=kept.consent_id)) == "case.not_found"
    desk.clock.advance(61 * 60)
    assert isinstance(reserve(desk, "zhangwei", case.case_id), Refusal)
    again = await agreed(desk, replace(consent, expires_at=desk.clock.now_us() + HOUR))
    assert (await checked(desk, "zhangwei", case.case_id)).allowed
    await desk.call("zhangwei", WithdrawConsent(consent_id=again.consent_id))
    assert not (await checked(desk, "zhangwei", case.case_id)).allowed
    for wrong in (
        {"evidence": "hearsay"},
        {"reference": "13800138000"},
        {"from_minute": -1},
        {"until_minute": 1441},
        {"expires_at": desk.clock.now_us() + 91 * DAY},
        {"means": "fax"},
    ):
        code = await desk.refused("zhangwei", replace(consent, **wrong))
        assert code.startswith("contact."), wrong


@pytest.mark.clause("S-5-1", "C-5.4c")
async def test_a_consent_is_offered_to_whom_the_decision_lets(
    desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    kept = await agreed(
        desk,
        RecordConsent(
            case_id=case.case_id,
            means="visit",
            from_minute=600,
            until_minute=720,
            expires_at=desk.clock.now_us() + HOUR,
            evidence="letter",
            reference="LETTER-7",
        ),
    )
    assert kept.may == ("withdraw",)
    for name in ("zhangwei", "lina"):
        found = await desk.call(name, CheckContacts(case_id=case.case_id))
        # Whatever the check is for, every consent in force is told.
        assert (found.may, [(one.means, one.may) for one in found.consents]) == (
            ("consent",),
            [("visit", ("withdraw",))],
        )
    # Of a case that is worked no more nothing is kept, and what the customer takes back is taken back.
    monkeypatch.setattr("console.desk.conditions.workable", lambda _state: False)
    found = await desk.call("zhangwei", CheckContacts(case_id=case.case_id))
    assert (found.may, [one.may for one in found.consents]) == ((), [("withdraw",)])
    await desk.call("zhangwei", WithdrawConsent(consent_id=kept.consent_id))
    assert (await desk.call("zhangwei", CheckContacts(case_id=case.case_id))).consents == ()


@pytest.mark.clause("S-5-1", "S-3.3-1")
@pytest.mark.parametrize("evidence", ["letter", "message"])
async def test_what_the_desk_does_not_have_lifts_nothing_until_another_saw_it(
    desk: WholeDesk, tmp_path: Path, evidence: str
) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    to_night(desk)
    consent = RecordConsent(
        case_id=case.case_id,
        means="call",
        from_minute=22 * 60,
        until_minute=60,
        expires_at=desk.clock.now_us() + HOUR,
        evidence=evidence,
        reference="LETTER-2026-a",
    )
    kept = await desk.call("zhangwei", consent)
    assert (kept.state, kept.may) == ("asked", ("withdraw",))
    found = await desk.call("zhangwei", CheckContacts(case_id=case.case_id))
    assert (found.consents, [one.consent_id for one in found.asked]) == ((), [kept.consent_id])
    assert isinstance(reserve(desk, "zhangwei", case.case_id), Refusal)
    yes = ConfirmConsent(consent_id=kept.consent_id, version=kept.version)
    for name in ("zhangwei", "wangfang", "machao", "zhenghao"):
        assert await desk.refused(name, yes)
    (seen,) = (await desk.call("lina", CheckContacts(case_id=case.case_id))).asked
    assert seen.may == ("withdraw", "confirm", "refuse")
    await desk.call("lina", yes)
    assert await desk.refused("lina", yes) == "contact.consent_decided"
    (active,) = (await desk.call("zhangwei", CheckContacts(case_id=case.case_id))).consents
    assert (active.consent_id, active.state) == (kept.consent_id, "active")
    settle(desk, reserve(desk, "zhangwei", case.case_id), Outcome.UNANSWERED)
    # Who recorded it is no second person, whatever their role; and what was taken back is confirmed no more.
    own = await desk.call("lina", consent)
    mine = ConfirmConsent(consent_id=own.consent_id, version=own.version)
    assert await desk.refused("lina", mine) == "separation.own_request"
    await desk.call("lina", WithdrawConsent(consent_id=own.consent_id))
    assert await desk.refused("lina", mine)


@pytest.mark.clause("S-5-1")
async def test_a_recording_that_is_not_there_shows_nothing(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    for reference in ("", "REC-NONE", "0" * 32):
        consent = RecordConsent(
            case_id=case.case_id,
            means="call",
            from_minute=0,
            until_minute=1440,
            expires_at=desk.clock.now_us() + HOUR,
            evidence="recording",
            reference=reference,
        )
        assert await desk.refused("zhangwei", consent) == "contact.no_such_recording"
    found = await desk.call("zhangwei", CheckContacts(case_id=case.case_id))
    assert (found.consents, found.asked) == ((), ())


def to_night(desk: WholeDesk) -> None:
    """Half past ten in the evening in the desk's zone."""
    into = (desk.clock.now_us() + 8 * HOUR) % DAY
    desk.clock.advance(((22 * HOUR + HOUR // 2 - into) % DAY) // 1_000_000)


@pytest.mark.clause("R-54", "S-5-6")
async def test_a_stopped_number_stays_so_until_another_lifts_it(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case = (await desk.with_cases(tmp_path))[0]
    stop = StopContact(case_id=case.case_id, contact=MOBILE, reason="asked")
    for stranger in ("liuyang", "sunli", "machao"):
        assert await desk.refused(stranger, stop) == "case.not_found"
    assert await desk.refused("zhangwei", StopContact(case_id=case.case_id, contact=MOBILE, reason="bored"))
    gone = ContactRef(field="mobile", ordinal=7)
    assert await desk.refused("zhangwei", StopContact(case_id=case.case_id, contact=gone, reason="asked")) == (
        "contact.no_such_number"
    )
    await desk.call("lina", stop)
    assert await desk.refused("zhangwei", stop) == "contact.stopped_already"
    got = reserve(desk, "zhangwei", case.case_id)
    assert isinstance(got, Refusal)
    assert got.params == {
        "contact_why": "stop_asked",
        "contact_at": "",
        "contact_zone": "Asia/Shanghai",
    }
    seen = await checked(desk, "lina", case.case_id)
    assert seen.may == ()
    assert seen.allowed_at is None
    lift = LiftStop(stop_id=seen.stop_id, version=seen.stop_version)
    # Neither who stopped it nor who only asks.
    assert await desk.refused("lina", lift) == "separation.own_request"
    assert await desk.refused("zhangwei", lift) == "role.denied"
    assert await desk.refused("hejie", LiftStop(stop_id=seen.stop_id, version=9)) == "contact.stop_changed"
    await desk.call("hejie", lift)
    assert (await checked(desk, "zhangwei", case.case_id)).allowed
    await desk.call("zhangwei", StopContact(case_id=case.case_id, contact=MOBILE, reason="third_party"))
    seen = await checked(desk, "lina", case.case_id)
    lift = LiftStop(stop_id=seen.stop_id, version=seen.stop_version)
    assert await desk.refused("lina", lift) == "contact.stopped_for_good"


@pytest.mark.clause("R-54")
async def test_a_stop_that_somebody_tampered_with_stays(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    await desk.call("zhangwei", StopContact(case_id=case.case_id, contact=MOBILE, reason="asked"))
    desk.running.parts.store.run(lambda uow: uow.connection.execute(text("UPDATE contact_stop SET state = 'lifted'")))
    got = reserve(desk, "zhangwei", case.case_id)
    assert isinstance(got, Refusal)
    assert got.params["contact_why"] == "stop_asked"


@pytest.mark.clause("S-5-2")
async def test_a_slot_that_somebody_tampered_with_counts(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    for _ in range(3):
        settle(desk, reserve(desk, "zhangwei", case.case_id), Outcome.CONNECTED)
    desk.running.parts.store.run(
        lambda uow: uow.connection.execute(text("UPDATE contact_slot SET outcome = 'cancelled', inbound = 1"))
    )
    assert isinstance(reserve(desk, "zhangwei", case.case_id), Refusal)


@pytest.mark.clause("Y-4.2.1", "S-5-5")
async def test_anothers_case_and_a_foreign_number_are_nobodys(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    for stranger in ("liuyang", "wangfang", "sunli", "fengxue", "machao"):
        code = await desk.refused(stranger, CheckContacts(case_id=case.case_id))
        assert code in {"case.not_found", "role.denied"}, (stranger, code)
        assert reserve(desk, stranger, case.case_id) in {"case.not_found", "role.denied"}
    for contact in (ContactRef(field="mobile", ordinal=2), ContactRef(field="home_address"), ContactRef(field="")):
        assert reserve(desk, "zhangwei", case.case_id, contact) == "contact.no_such_number"
    assert await desk.refused("zhangwei", CheckContacts(case_id=case.case_id, means="fax")) == "contact.means_unknown"


@pytest.mark.clause("S-4.6", "S-4.9", "S-5-11")
async def test_holds_complaints_and_the_recorder_refuse(desk: WholeDesk, tmp_path: Path) -> None:
    rows = await desk.with_cases(tmp_path)
    recorder.register(lambda _parts: False)
    got = reserve(desk, "zhangwei", rows[0].case_id)
    assert isinstance(got, Refusal)
    assert got.params["contact_why"] == "recorder_not_ready"
    recorder.register(lambda _parts: True)
    await desk.call("lina", PlaceHold(case_id=rows[0].case_id, reason="complaint"))
    await desk.call("lina", PlaceHold(case_id=rows[1].case_id, reason="death"))
    assert reserve(desk, "zhangwei", rows[0].case_id).params["contact_why"] == "complaint"  # type: ignore[union-attr]
    assert reserve(desk, "zhangwei", rows[1].case_id).params["contact_why"] == "hold_death"  # type: ignore[union-attr]


async def approved(desk: WholeDesk, lines: tuple[str, ...], starts_at: int = 0) -> RulesEdition:
    """An edition in force from its moment on."""
    proposal = await desk.call("lina", ProposeRules(lines=lines, starts_at=starts_at))
    assert proposal.edition is not None, proposal.faults
    edition = proposal.edition
    for name in ("wugang", "hejie"):
        call = DecideRules(edition_id=edition.edition_id, version=edition.version, approve=True)
        edition = await desk.call(name, call)
    assert edition.state == "approved"
    return edition


def limited(most: int) -> tuple[str, ...]:
    """The shipped rules with another figure for conversations."""
    place = CN.index("limit = 3")
    return (*CN[:place], f"limit = {most}", *CN[place + 1 :])


@pytest.mark.clause("C-5.5b", "C-5.4c")
async def test_rules_change_by_maker_and_checkers_from_a_moment_and_go_back(
    any_desk: WholeDesk, tmp_path: Path
) -> None:
    desk = any_desk
    case = (await desk.with_cases(tmp_path))[0]
    first = (await desk.call("lina", ReadRules())).edition
    assert (first.edition, first.in_force, first.code) == (0, True, "cn")
    proposal = await desk.call("lina", ProposeRules(lines=limited(1)))
    assert proposal.edition is not None
    edition_id = proposal.edition.edition_id
    decide = DecideRules(edition_id=edition_id, version=1, approve=True)
    # Not by who proposed it, nor by compliance before the security admin; an agent changes nothing.
    assert await desk.refused("lina", decide) == "role.denied"
    assert await desk.refused("hejie", decide) == "role.denied"
    assert await desk.refused("zhangwei", ProposeRules(lines=CN)) == "role.denied"
    reviewed = await desk.call("wugang", decide)
    assert reviewed.state == "reviewed"
    assert await desk.refused("wugang", DecideRules(edition_id=edition_id, version=2, approve=True))
    assert await desk.refused("hejie", DecideRules(edition_id=edition_id, version=1, approve=True)) == (
        "contact.edition_changed"
    )
    before = await checked(desk, "zhangwei", case.case_id)
    assert rule(before, "connected").limit == 3
    done = await desk.call("hejie", DecideRules(edition_id=edition_id, version=2, approve=True))
    assert done.in_force
    # Whatever was checked before, what decides is in force when the slot is taken.
    settle(desk, reserve(desk, "zhangwei", case.case_id), Outcome.CONNECTED)
    assert isinstance(reserve(desk, "zhangwei", case.case_id), Refusal)
    view = await desk.call("zhangwei", ReadRules())
    assert view.edition.edition == 1
    assert "+limit = 1" in view.diff
    assert "-limit = 3" in view.diff
    # A later one waits for its moment.
    later = await approved(desk, limited(2), desk.clock.now_us() + 600_000_000)
    assert not later.in_force
    assert not (await checked(desk, "zhangwei", case.case_id)).allowed
    desk.clock.advance(601)
    assert (await desk.call("hejie", ListRules())).editions[0].in_force
    assert (await checked(desk, "zhangwei", case.case_id)).allowed
    back = RollBackRules(edition_id=later.edition_id, version=later.version)
    assert await desk.refused("lina", back) == "role.denied"
    rolled = await desk.call("hejie", back)
    assert rolled.state == "rolled_back"
    assert not rolled.in_force
    now = await desk.call("lina", ReadRules())
    assert (now.edition.edition, now.edition.digest) == (1, done.digest)
    assert not (await checked(desk, "zhangwei", case.case_id)).allowed


@pytest.mark.clause("C-5.5b")
async def test_a_faulty_text_changes_nothing_and_a_broken_edition_does_not_decide(
    desk: WholeDesk, tmp_path: Path
) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    for lines in ((), ("nonsense",), ("code = 'x'", "title = 'y'", "[[rule]]"), CN[:-4], (*CN, "# 13800138000")):
        reply = await desk.call("lina", ProposeRules(lines=lines))
        assert reply.edition is None, lines
        assert reply.faults, lines
    await approved(desk, limited(9))
    desk.running.parts.store.run(
        lambda uow: uow.connection.execute(text("UPDATE contact_edition SET text = replace(text, '9', '99')"))
    )
    assert rule(await checked(desk, "zhangwei", case.case_id), "connected").limit == 3


@pytest.mark.clause("S-5-5", "S-5-6")
async def test_a_third_party_is_asked_only_when_the_debtor_is_lost(desk: WholeDesk, tmp_path: Path) -> None:
    heads = (*HEADERS, "联系人姓名", "联系人电话", "联系人关系")
    rows = [(*row, f"周{nth}", f"1361234567{nth}", "朋友") for nth, row in enumerate(ROWS)]
    report = await desk.load(lender_file(tmp_path / "contacts.csv", rows, heads))
    assert report.state == "published", report
    await desk.call("lina", AssignCases(assignee_id=desk.founded.persons["zhangwei"], count=3))
    case = (await desk.call("zhangwei", ListQueue())).rows[0]
    friend = ContactRef(field="contact_phone")
    got = reserve(desk, "zhangwei", case.case_id, friend)
    assert isinstance(got, Refusal)
    assert got.params["contact_why"] == "third_not_lost"
    for _ in range(3):
        settle(desk, reserve(desk, "zhangwei", case.case_id), Outcome.UNANSWERED)
    assert isinstance(reserve(desk, "zhangwei", case.case_id, friend), Refusal)
    desk.clock.advance(86_400)
    settle(desk, reserve(desk, "zhangwei", case.case_id), Outcome.UNANSWERED)
    asked = reserve(desk, "zhangwei", case.case_id, friend)
    assert isinstance(asked, slots.Slot)
    assert asked.third
    settle(desk, asked, Outcome.CONNECTED)
    seen = (await desk.call("zhangwei", CheckContacts(case_id=case.case_id))).contacts
    assert [(one.contact.field, one.party) for one in seen] == [("mobile", "debtor"), ("contact_phone", "third")]
    assert rule(seen[1], "party").why == "third_relay"
    # The debtor answers: that ends it.
    settle(desk, reserve(desk, "zhangwei", case.case_id), Outcome.CONNECTED)
    assert isinstance(reserve(desk, "zhangwei", case.case_id, friend), Refusal)


@pytest.mark.clause("S-5-6", "C-5.4d-2")
async def test_a_contacts_name_is_shown_and_asked_for_only_while_the_debtor_is_lost(
    desk: WholeDesk, tmp_path: Path
) -> None:
    heads = (*HEADERS, "联系人姓名", "联系人电话", "联系人关系")
    rows = [(*row, f"周{nth}平", f"1361234567{nth}", "朋友") for nth, row in enumerate(ROWS)]
    await desk.load(lender_file(tmp_path / "contacts.csv", rows, heads))
    await desk.call("lina", AssignCases(assignee_id=desk.founded.persons["zhangwei"], count=3))
    case_id = (await desk.call("zhangwei", ListQueue())).rows[0].case_id
    friend = FieldRef(name="contact_name")
    ask = AskReveal(
        case_id=case_id,
        fields=(friend,),
        reason="contact_correction",
        words="多次联系本人未果，需确认联系人",
        minutes=5,
    )

    async def shown() -> tuple[bool, bool]:
        view = await desk.call("zhangwei", OpenCase(case_id=case_id))
        offered = await desk.call("zhangwei", GetRevealOptions(case_id=case_id))
        return "contact_name" in {one.name for one in view.fields}, friend in {one.field for one in offered.options}

    assert await shown() == (False, False)
    assert await desk.refused("zhangwei", ask) in {"reveal.condition_unmet", "field.hidden"}
    for _ in range(3):
        settle(desk, reserve(desk, "zhangwei", case_id), Outcome.UNANSWERED)
    assert await shown() == (False, False)
    desk.clock.advance(86_400)
    settle(desk, reserve(desk, "zhangwei", case_id), Outcome.UNANSWERED)
    assert await shown() == (True, True)
    asked = await desk.call("zhangwei", ask)
    first = await desk.call("lina", DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert first.grant is None
    given = (await desk.call("hejie", DecideReveal(request_id=asked.request_id, verdict="approve"))).grant
    assert given is not None
    look = ViewField(case_id=case_id, grant_id=given.grant_id, field=friend)
    assert (await desk.call("zhangwei", look)).value.startswith("周")
    # The debtor answers: nobody is lost any more, and what was given for that is worth nothing.
    settle(desk, reserve(desk, "zhangwei", case_id), Outcome.CONNECTED)
    assert await shown() == (False, False)
    assert await desk.refused("zhangwei", look) == "grant.not_live"


@pytest.mark.clause("Y-4.3.1")
async def test_a_clock_set_back_gives_no_call_more(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    for _ in range(3):
        settle(desk, reserve(desk, "zhangwei", case.case_id), Outcome.CONNECTED)
    stamp = desk.clock.now_us() + 20 * HOUR
    desk.running.parts.store.run(
        lambda uow: uow.connection.execute(text("UPDATE contact_slot SET reserved_at = :t"), {"t": stamp})
    )
    assert isinstance(reserve(desk, "zhangwei", case.case_id), Refusal)


async def test_checking_is_logged_and_shows_no_number(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    seen = await desk.call("zhangwei", CheckContacts(case_id=case.number))
    assert seen.case_id == case.case_id
    assert "13" not in seen.contacts[0].masked[4:-4]
    assert (await desk.log("contact:slot:check"))[0].case_number == case.number
