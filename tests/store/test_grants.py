"""Reveals on both engines: asked, decided, opened, ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from access.context import SECOND
from access.grants import live, requests, review
from access.grants.context import MINUTE, Limits
from access.policy import Conditions, Refused, Resource
from access.roles import Role
from access.store.base import Store
from access.store.proof import RowProofs
from masking.catalogue import Tier
from tests.support.clock import FakeClock
from tests.support.house import CATALOGUE, TEAM, WORKABLE, House

NOTHING = {"id": "0" * 32}


@pytest.fixture
def house(store: Store, row_proofs: RowProofs, clock: FakeClock) -> House:
    return House.build(store, row_proofs, clock)


def refused(work: Callable[..., Any], *given: Any, **more: Any) -> str:
    with pytest.raises(Refused) as caught:
        work(*given, **more)
    assert not caught.value.decision.allowed
    assert caught.value.decision.clause
    return caught.value.code


@pytest.mark.clause("C-5.4d-2", "R-28a", "S-4.1")
def test_asked_approved_opened_expired_is_one_event_each(house: House) -> None:
    before = len(house.log())
    request = house.ask()
    assert (request["state"], request["tier"], request["number"]) == ("pending", "U2", "R-00000001")
    assert house.decide("boss", request)["state"] == "approved"
    grant = house.granted(request)
    assert (grant["state"], grant["open_by"]) == ("approved", house.clock.now_us() + 10 * MINUTE)
    house.clock.advance(60)
    opened = house.view("asker", grant)
    assert opened["first_view_at"] == house.clock.now_us()
    assert opened["ends_at"] == house.clock.now_us() + 5 * MINUTE
    house.clock.advance(5 * 60)
    ended = house.act(None, live.expire_due)
    assert [row["state"] for row in ended] == ["expired"]
    actions = [event.action for event in house.log()[before:]]
    assert actions == [
        "reveal:request:ask",
        "reveal:request:approve",
        "reveal:request:settle",
        "reveal:grant:issue",
        "case:field:reveal",
        "reveal:grant:expire",
    ]
    seen = house.log("case:field:reveal")[0]
    assert (seen.fields, seen.approval_id, seen.case_id) == (("employer_name",), request["id"], house.cases["one"].id)


@pytest.mark.clause("C-5.4d-2", "S-4.1")
def test_the_minutes_start_at_the_first_view_and_end_to_the_microsecond(house: House) -> None:
    grant = house.grant()
    house.clock.advance(10 * 60 - 1e-6)
    ends = house.view("asker", grant)["ends_at"]
    assert ends == house.clock.now_us() + 5 * MINUTE
    house.clock.advance(5 * 60 - 1e-6)
    again = house.view("asker", grant)
    assert again["ends_at"] == ends == house.clock.now_us() + 1
    house.clock.advance(1e-6)
    assert refused(house.view, "asker", grant) == "grant.not_live"
    assert len(house.log("case:field:reveal")) == 2


@pytest.mark.clause("S-4.1")
def test_an_unopened_grant_lapses(house: House) -> None:
    grant = house.grant()
    house.clock.advance(10 * 60)
    assert refused(house.view, "asker", grant) == "grant.not_live"
    assert [row["state"] for row in house.act(None, live.expire_due)] == ["lapsed"]
    assert house.act(None, live.expire_due) == []


@pytest.mark.clause("S-4.6", "S-6-25", "C-5.4d-2")
@pytest.mark.parametrize(
    ("hold", "reason", "code"),
    [
        ("death", "complaint_handling", "held.death"),
        ("dispute", "identity_check", "held.dispute"),
        ("dispute", "other", "held.dispute"),
        ("dispute", "complaint_handling", None),
        ("nobody knows", "complaint_handling", "held.unknown"),
    ],
)
def test_a_hold_that_came_between_is_asked_about_at_every_reading(
    house: House, hold: str, reason: str, code: str | None
) -> None:
    grant = house.grant(reason=reason, words="the customer wrote to us about it")
    held = replace(WORKABLE, hold=hold)
    if code is None:
        assert house.view("asker", grant, base=held)["state"] == "active"
    else:
        assert refused(house.view, "asker", grant, base=held) == code
        assert refused(house.ask, reason=reason, words="the customer wrote to us about it", base=held) == code
        assert house.log("case:field:reveal") == []


@pytest.mark.clause("C-5.4d-2")
def test_a_refused_reading_leaves_no_reading_behind(house: House) -> None:
    grant = house.grant()
    assert refused(house.view, "colleague", grant) == "case.not_found"
    assert refused(house.view, "asker", grant, "home_address") == "grant.not_live"
    assert refused(house.view, "asker", grant, case="two") == "grant.not_live"
    assert refused(house.view, "boss", grant) == "grant.not_live"
    assert refused(house.view, "asker", grant, base=Conditions(hold=None)) == "case.not_workable"
    assert house.log("case:field:reveal") == []
    assert house.granted({"id": grant["request_id"]})["state"] == "approved"


@pytest.mark.clause("S-3.3", "C-5.4d-2")
def test_nobody_approves_their_own(house: House) -> None:
    request = house.ask()
    house.give("asker", Role.SUPERVISOR)
    assert refused(house.decide, "asker", request) == "separation.own_request"
    second_login = {"login_id": "f" * 32, "session_id": "e" * 32}
    assert (
        refused(
            house.act, "asker", lambda desk: requests.decide_request(desk, request["id"], "approve"), **second_login
        )
        == "separation.own_request"
    )
    assert house.request(request)["state"] == "pending"


@pytest.mark.clause("S-3.3", "Y-4.2.1")
def test_only_the_line_decides(house: House) -> None:
    request = house.ask()
    codes = {
        name: refused(house.decide, name, request)
        for name in ("colleague", "deputy", "security", "compliance", "auditor", "admin")
    }
    assert codes["deputy"] == codes["compliance"] == codes["security"] == "request.not_found"
    assert codes["colleague"] == codes["auditor"] == codes["admin"] == "role.denied"
    assert house.request(request)["version"] == 1


@pytest.mark.clause("issue-2", "S-3.3")
def test_the_deputy_stands_in_after_five_minutes(house: House) -> None:
    request = house.ask()
    assert house.act("deputy", requests.inbox) == []
    house.clock.advance(5 * 60)
    moved = house.act(None, requests.escalate_due)
    assert [row["id"] for row in moved] == [request["id"]]
    assert house.act(None, requests.escalate_due) == []
    assert [entry.request["id"] for entry in house.act("deputy", requests.inbox)] == [request["id"]]
    assert house.decide("deputy", request)["state"] == "approved"
    assert house.view("asker", house.granted(request))["state"] == "active"


@pytest.mark.clause("S-3.3", "S-3.2")
def test_two_approvals_come_from_two_groups(house: House) -> None:
    request = house.ask_both()
    assert request["tier"] == "U3"
    assert house.decide("boss", request)["state"] == "pending2"
    assert refused(house.decide, "boss", request) == "reveal.decided_already"
    assert refused(house.decide, "compliance", request) in {"request.not_found", "role.denied"}
    assert house.decide("security", request)["state"] == "approved"
    grant = house.granted(request)
    assert house.view("asker", grant, "id_number")["state"] == "active"


@pytest.mark.clause("S-3.2")
def test_compliance_seconds_what_is_about_a_third_party(house: House) -> None:
    lost = Conditions(workable=True, hold=None, lost_contact=True)
    asked: dict[str, Any] = {"fields": ("contact_name#2",), "words": "nobody answers at any number", "minutes": 5}
    assert refused(house.ask, base=WORKABLE, **asked) == "reveal.condition_unmet"
    request = house.ask(base=lost, **asked)
    assert (request["tier"], request["third_party"]) == ("U3", 1)
    house.decide("boss", request)
    assert refused(house.decide, "security", request) == "request.not_found"
    assert house.decide("compliance", request)["state"] == "approved"
    grant = house.granted(request)
    assert refused(house.view, "asker", grant, "contact_name#2") == "grant.not_live"
    assert refused(house.view, "asker", grant, "contact_name", base=lost) == "grant.not_live"
    assert house.view("asker", grant, "contact_name#2", base=lost)["state"] == "active"


@pytest.mark.clause("S-3.3")
def test_a_supervisors_own_request_goes_to_another(house: House) -> None:
    request = house.ask("boss", "one")
    assert refused(house.decide, "boss", request) == "separation.own_request"
    seats = house.act("boss", lambda desk: requests.approvers_for(desk, house.cases["one"], "U2", third_party=False))
    assert {(seat.person_id, seat.deputy) for seat in seats} == {
        (house.people["deputy"], False),
        (house.people["compliance"], False),
    }
    assert house.decide("compliance", request)["state"] == "approved"
    assert house.view("boss", house.granted(request))["state"] == "active"


@pytest.mark.clause("S-3.3", "issue-2")
def test_an_approver_may_give_less_and_never_more(house: House) -> None:
    request = house.ask(fields=("employer_name", "loan_number"), minutes=8)
    more: list[dict[str, Any]] = [
        {"fields": ("employer_name", "birth_date")},
        {"minutes": 9},
        {"minutes": -1},
    ]
    for wish in more:
        assert refused(house.decide, "boss", request, **wish) == "reveal.not_narrower"
    house.decide("boss", request, fields=("loan_number",), minutes=3)
    grant = house.granted(request)
    assert (grant["fields"], grant["minutes"]) == ("loan_number", 3)
    assert refused(house.view, "asker", grant, "employer_name") == "grant.not_live"
    assert house.view("asker", grant, "loan_number")["ends_at"] == house.clock.now_us() + 3 * MINUTE


def test_the_second_approver_sees_what_the_first_left(house: House) -> None:
    request = house.ask(fields=("id_number", "employer_name"), words="identity is in dispute", minutes=5)
    house.decide("boss", request, fields=("id_number",), minutes=4)
    assert refused(house.decide, "security", request, fields=("employer_name",)) == "reveal.not_narrower"
    house.decide("security", request)
    grant = house.granted(request)
    assert (grant["fields"], grant["minutes"]) == ("id_number", 4)


@pytest.mark.clause("S-3.3")
def test_a_refusal_needs_a_reason_and_is_final(house: House) -> None:
    request = house.ask()
    assert refused(house.decide, "boss", request, "refuse", reason=" no ") == "reveal.reason_required"
    assert house.decide("boss", request, "refuse", reason="ring 13800138000 first")["state"] == "rejected"
    assert refused(house.decide, "boss", request) == "reveal.decided_already"
    assert refused(house.decide, "boss", request, "maybe") == "reveal.decided_already"
    assert "13800138000" not in str(house.log())


@pytest.mark.clause("S-3.3")
def test_a_decision_is_about_what_was_seen(house: House) -> None:
    request = house.ask()
    assert refused(house.decide, "boss", request, seen_version=2) == "separation.context_unseen"
    assert house.decide("boss", request, seen_version=1)["state"] == "approved"
    other = house.ask(case="one", fields=("loan_number",))
    assert refused(house.decide, "boss", other, "perhaps") == "reveal.verdict_unknown"


@pytest.mark.clause("S-4.1", "C-5.4d-2")
@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"fields": ("mobile",)}, "tier.never"),
        ({"fields": ("contact_phone",)}, "tier.never"),
        ({"fields": ("card_pin",)}, "tier.never"),
        ({"fields": ("gender",)}, "tier.never"),
        ({"fields": ("nothing_known",)}, "tier.never"),
        ({"fields": ("employer_name", "mobile")}, "tier.never"),
        ({"fields": ("id_valid_until",)}, "tier.never"),
        ({"fields": ()}, "reveal.fields"),
        ({"fields": ("employer name",)}, "reveal.fields"),
        ({"fields": ("contact_name#0",)}, "reveal.fields"),
        ({"minutes": 0}, "reveal.minutes"),
        ({"minutes": 11}, "reveal.minutes"),
        ({"fields": ("employer_name", "birth_date"), "minutes": 6}, "reveal.minutes"),
        ({"reason": "curiosity"}, "reveal.reason_unknown"),
        ({"reason": "other", "words": "please"}, "reveal.words_required"),
        ({"fields": ("home_address",)}, "reveal.reason_unfit"),
        ({"fields": ("bank_card",), "words": "long enough words"}, "reveal.reason_unfit"),
        ({"fields": ("id_number",)}, "reveal.words_required"),
        ({"base": Conditions(hold=None)}, "case.not_workable"),
        ({"case": "three"}, "case.not_found"),
        ({"case": "far"}, "case.not_found"),
        ({"name": "security"}, "role.denied"),
        ({"name": "admin"}, "role.denied"),
        ({"name": "auditor"}, "role.denied"),
    ],
)
def test_what_cannot_be_asked(house: House, wish: dict[str, Any], code: str) -> None:
    before = len(house.log())
    assert refused(house.ask, **wish) == code
    assert len(house.log()) == before


@pytest.mark.clause("Y-4.2.1")
def test_a_missing_case_answers_like_a_foreign_one(house: House) -> None:
    absent = Resource.absent("case")
    work = lambda desk: requests.ask(desk, CATALOGUE, absent, WORKABLE, ("employer_name",), "other", "", 5)  # noqa: E731
    with pytest.raises(Refused) as missing:
        house.act("asker", work)
    with pytest.raises(Refused) as foreign:
        house.ask(case="far", reason="other")
    assert missing.value.decision == foreign.value.decision


@pytest.mark.clause("S-4.1", "Y-4.6.2")
def test_who_may_not_ask_today(house: House) -> None:
    house.set_person("asker", trained_until=house.clock.now_us())
    assert refused(house.ask) in {"actor.untrained", "tier.never"}
    house.set_person("asker", trained_until=house.clock.now_us() + SECOND, state="suspended")
    assert refused(house.ask) == "actor.not_active"


@pytest.mark.clause("S-4.1")
def test_words_are_masked_before_they_are_stored(house: House) -> None:
    request = house.ask(reason="other", words="says her card 6222021234567890128 was lost, ring 13800138000")
    assert "13800138000" not in request["words"]
    assert "6222021234567890128" not in request["words"]
    assert request["words"].startswith("says her card ")


@pytest.mark.clause("S-4.1", "issue-2")
def test_one_case_at_a_time_several_requests_on_it(house: House) -> None:
    first = house.ask()
    second = house.ask(fields=("loan_number",))
    assert [first["number"], second["number"]] == ["R-00000001", "R-00000002"]
    assert refused(house.ask, case="two") == "reveal.other_case"
    house.withdraw("asker", first)
    house.decide("boss", second)
    assert refused(house.ask, case="two") == "reveal.other_case"
    house.view("asker", house.granted(second), "loan_number")
    assert refused(house.ask, case="two") == "reveal.other_case"
    house.clock.advance(5 * 60)
    assert house.ask(case="two")["state"] == "pending"


@pytest.mark.clause("issue-2")
def test_overlapping_grants_do_not_end_each_other(house: House) -> None:
    first, second = house.grant(minutes=5), house.grant(fields=("employer_name", "loan_number"), minutes=3)
    house.view("asker", first)
    house.clock.advance(60)
    house.view("asker", second)
    house.clock.advance(3 * 60)
    assert [row["id"] for row in house.act(None, live.expire_due)] == [second["id"]]
    assert refused(house.view, "asker", second) == "grant.not_live"
    assert house.view("asker", first)["state"] == "active"
    house.revoke("boss", first)
    assert refused(house.view, "asker", first) == "grant.not_live"


@pytest.mark.clause("S-4.1", "C-5.4h")
def test_the_days_quota_is_hard_and_rolls(house: House) -> None:
    house.limits = Limits(u2_a_day=3, u3_a_day=1)
    house.ask_both()
    assert refused(house.ask_both) == "quota.spent"
    house.ask()
    house.ask()
    assert house.act("asker", lambda desk: requests.quota_left(desk, Tier.U2)) == 0
    assert refused(house.ask) == "quota.spent"
    house.clock.advance(86_400 - 1e-6)
    assert refused(house.ask) == "quota.spent"
    house.clock.advance(1e-6)
    assert house.ask_both()["tier"] == "U3"


@pytest.mark.clause("C-5.4h", "design-4")
@pytest.mark.parametrize("change", ["DELETE FROM reveal_request", "UPDATE reveal_request SET asked_at = 0"])
def test_rows_deleted_or_changed_give_no_quota_back(house: House, change: str) -> None:
    house.limits = Limits(u2_a_day=2, u3_a_day=1)
    for _ in range(2):
        house.withdraw("asker", house.ask())
    house.store.run(lambda uow: uow.connection.exec_driver_sql(change))
    assert refused(house.ask) == "quota.spent"


@pytest.mark.clause("S-3.3", "design-4")
def test_without_approvers_nobody_can_ask(house: House) -> None:
    house.take("security", Role.SECURITY_ADMIN)
    assert refused(house.ask_both) == "reveal.no_approver"
    house.set_person("boss", state="suspended")
    house.take("deputy", Role.SUPERVISOR)
    assert refused(house.ask) == "reveal.no_approver"
    assert house.log("reveal:request:ask") == []


def test_one_person_in_both_roles_is_not_two_approvers(house: House) -> None:
    house.take("security", Role.SECURITY_ADMIN)
    house.take("compliance", Role.COMPLIANCE)
    house.take("deputy", Role.SUPERVISOR)
    house.give("boss", Role.COMPLIANCE)
    lost = Conditions(workable=True, hold=None, lost_contact=True)
    asked: dict[str, Any] = {"fields": ("contact_name",), "words": "nobody answers at any number", "base": lost}
    assert refused(house.ask, **asked) == "reveal.no_approver"
    house.give("compliance", Role.COMPLIANCE)
    request = house.ask(**asked)
    house.decide("boss", request)
    assert refused(house.decide, "boss", request) in {"reveal.decided_already", "separation.same_approver"}
    assert house.decide("compliance", request)["state"] == "approved"


@pytest.mark.clause("S-4.1")
def test_a_request_times_out_at_each_stage(house: House) -> None:
    request = house.ask_both()
    house.clock.advance(15 * 60 - 1e-6)
    assert house.act(None, requests.time_out_due) == []
    house.decide("boss", request)
    house.clock.advance(15 * 60 - 1e-6)
    assert len(house.act("security", requests.inbox)) == 1
    house.clock.advance(1e-6)
    assert house.act("security", requests.inbox) == []
    assert refused(house.decide, "security", request) == "reveal.timed_out"
    assert [row["state"] for row in house.act(None, requests.time_out_due)] == ["timed_out"]
    assert refused(house.decide, "security", request) == "reveal.decided_already"
    assert refused(house.withdraw, "asker", request) == ("reveal.decided_already")


def test_only_the_asker_withdraws(house: House) -> None:
    request = house.ask()
    for name in ("colleague", "stranger", "boss"):
        with pytest.raises(Refused):
            house.withdraw(name, request)
    assert house.withdraw("asker", request)["state"] == "withdrawn"
    assert refused(house.decide, "boss", request) == "reveal.decided_already"
    assert refused(house.withdraw, "asker", NOTHING) == "request.not_found"


@pytest.mark.clause("S-3.3")
def test_the_inbox_tells_what_an_approver_should_know(house: House) -> None:
    refused_one = house.ask()
    house.decide("boss", refused_one, "refuse")
    house.ask(reason="complaint_handling")
    house.clock.advance(1)
    newest = house.ask_both()
    house.clock.advance(1)
    house.ask("colleague", "three")
    entries = house.act("boss", requests.inbox)
    assert [entry.request["requester_id"] for entry in entries] == [
        house.people[n] for n in ("asker", "asker", "colleague")
    ]
    entry = next(one for one in entries if one.request["id"] == newest["id"])
    assert (entry.stage, entry.week, entry.team_mean, entry.refused_week) == (1, 3, 2.0, 1)
    assert entry.same_reason == 1
    assert entry.second_by == (Role.SECURITY_ADMIN,)
    assert house.act("security", requests.inbox) == []
    house.decide("boss", newest)
    (second,) = house.act("security", requests.inbox)
    assert (second.stage, second.second_by) == (2, ())
    assert house.act("asker", requests.inbox) == house.act(None, requests.inbox) == []


@pytest.mark.clause("C-5.4c", "Y-4.2.1")
def test_reassignment_ends_what_the_old_hand_holds(house: House) -> None:
    grant = house.grant()
    waiting = house.ask(fields=("loan_number",))
    house.view("asker", grant)
    house.assign("one", "colleague")
    assert refused(house.view, "asker", grant) == "case.not_found"
    ended = house.act(
        "boss",
        lambda desk: live.end_grants(
            desk, case_id=house.cases["one"].id, person_id=house.people["asker"], why="reassigned"
        ),
    )
    assert [row["state"] for row in ended.grants] == ["revoked"]
    assert [(row["id"], row["state"]) for row in ended.requests] == [(waiting["id"], "withdrawn")]
    house.assign("one", "asker")
    assert refused(house.view, "asker", grant) == "grant.not_live"
    assert {event.reason for event in house.log("reveal:grant:end")} == {"reassigned"}
    with pytest.raises(ValueError, match="whose"):
        house.act("boss", lambda desk: live.end_grants(desk, why="reassigned"))


@pytest.mark.clause("C-5.4c", "Y-4.2.3")
def test_a_lost_role_shuts_at_the_next_reading(house: House) -> None:
    grant = house.grant()
    house.view("asker", grant)
    house.take("asker", Role.AGENT)
    assert refused(house.view, "asker", grant) == "role.denied"
    house.give("asker", Role.AGENT)
    house.set_person("asker", state="frozen")
    assert refused(house.view, "asker", grant) == "actor.not_active"
    house.set_person("asker", state="active")
    assert house.view("asker", grant)["state"] == "active"


@pytest.mark.clause("S-3.2", "C-5.4d-2")
def test_who_may_end_a_grant(house: House) -> None:
    for name, state in (("asker", "revoked"), ("boss", "revoked"), ("security", "revoked"), ("compliance", "revoked")):
        grant = house.grant()
        assert refused(house.revoke, "colleague", grant) == ("grant.not_found")
        with pytest.raises(Refused):
            house.revoke("deputy", grant)
        ended = house.revoke(name, grant)
        assert ended["state"] == state
        assert refused(house.view, "asker", grant) == "grant.not_live"
        assert refused(house.revoke, "boss", grant) == ("grant.not_live")
    grant = house.grant()
    house.view("asker", grant)
    assert house.revoke("asker", grant)["state"] == "consumed"
    assert refused(house.revoke, "asker", NOTHING) == "grant.not_found"


@pytest.mark.clause("R-28a", "design-4")
def test_a_clock_set_back_opens_nothing(house: House) -> None:
    grant = house.grant()
    house.clock.advance(30)
    house.view("asker", grant)
    house.clock.advance(-3)
    assert refused(house.view, "asker", grant) in {"clock.broken", "grant.not_live"}
    assert refused(house.ask, fields=("loan_number",)) == "clock.broken"
    house.clock.advance(3)
    assert house.view("asker", grant)["state"] == "active"


def test_live_grants_are_those_of_this_microsecond(house: House) -> None:
    def live_now(**by: Any) -> list[str]:
        return house.act(
            None,
            lambda desk: [row["id"] for row in live.live_grants(desk.uow, desk.proofs, desk.now, **by)],
        )

    first = house.grant()
    second = house.grant("colleague", "three")
    house.view("asker", first)
    assert live_now() == [first["id"], second["id"]]
    assert live_now(person_id=house.people["asker"]) == [first["id"]]
    assert live_now(case_id=house.cases["three"].id) == [second["id"]]
    assert live_now(unit_ids=(TEAM,)) == [first["id"], second["id"]]
    assert live_now(unit_ids=("b" * 32,)) == []
    house.clock.advance(5 * 60)
    assert live_now() == [second["id"]]
    house.clock.advance(5 * 60)
    assert live_now() == []


def test_an_idle_desk_has_nothing_due(house: House) -> None:
    def due(**more: Any) -> int | None:
        with house.store.engine.connect() as connection:
            return live.next_due(connection, house.limits, **more)

    start = house.clock.now_us()
    assert due() is None
    request = house.ask()
    assert due() == start + 5 * MINUTE
    assert due(since=start + 5 * MINUTE) == start + 15 * MINUTE
    house.clock.advance(5 * 60)
    house.act(None, requests.escalate_due)
    assert due() == start + 15 * MINUTE
    house.decide("boss", request)
    assert due() == start + 15 * MINUTE
    house.view("asker", house.granted(request))
    assert due() == start + 10 * MINUTE
    house.clock.advance(5 * 60)
    house.act(None, live.expire_due)
    assert due() is None


@pytest.mark.clause("S-4.1", "S-3.3")
def test_used_grants_are_reviewed_by_somebody_else(house: House) -> None:
    house.limits = Limits(review_percent=100)
    request = house.ask("boss", "one")
    house.decide("compliance", request)
    grant = house.granted(request)
    unopened = house.grant()
    assert refused(house.review, "auditor", grant, "justified") == ("review.never_viewed")
    house.view("boss", grant)
    assert refused(house.review, "auditor", grant, "justified") == ("grant.not_live")
    house.clock.advance(10 * 60)
    house.act(None, live.expire_due)
    assert [row["id"] for row in house.act("auditor", review.due_reviews)] == [grant["id"]]
    assert unopened["id"] not in {row["id"] for row in house.act("auditor", review.due_reviews)}
    assert house.act("compliance", review.due_reviews) == []
    assert house.act("boss", review.due_reviews) == []
    assert refused(house.review, "compliance", grant, "justified") == ("separation.own_request")
    assert refused(house.review, "auditor", grant, "fine") == ("reveal.verdict_unknown")
    done = house.review("auditor", grant, "doubtful")
    assert (done["state"], done["reviewed_by"]) == ("reviewed", house.people["auditor"])
    assert house.act("auditor", review.due_reviews) == []
    assert refused(house.review, "auditor", grant, "justified") == ("grant.not_live")


@pytest.mark.clause("S-3.3")
def test_two_who_approve_each_other_are_reported(house: House) -> None:
    house.decide("deputy", house.ask("boss", "one"))
    assert house.log("alert:approval:loop") == []
    mirrored = house.ask("deputy", "far")
    house.decide("boss", mirrored)
    assert [event.object_id for event in house.log("alert:approval:loop")] == [mirrored["id"]]


@pytest.mark.clause("S-4.1")
def test_the_lot_is_fair_and_never_spares_two_approvals(house: House) -> None:
    def share(desk: Any) -> tuple[int, int]:
        ids = [{"id": desk.ids.new(), "person_id": "p" * 32, "first_view_at": None} for _ in range(2000)]
        once = [review.drawn(desk, one, "U2") for one in ids]
        assert once == [review.drawn(desk, one, "U2") for one in ids]
        return sum(once), sum(review.drawn(desk, one, "U3") for one in ids)

    few, every = house.act(None, share)
    assert 50 < few < 160
    assert every == 2000
