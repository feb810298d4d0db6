"""The pure parts of reveals: states, reasons, slots, and whether an approval holds."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.grants import slots
from access.grants.approval import approval_holds
from access.grants.context import MINUTE, Limits
from access.grants.reasons import MOST, ReasonCode, checked_words, fits, parse_reason, tidy, words_required
from access.grants.rows import ends_at, grant_lives, waits_until
from access.grants.states import (
    GRANT_STEPS,
    LIVE,
    REQUEST_STEPS,
    WAITING,
    GrantState,
    RequestState,
    grant_step,
    request_step,
)
from access.policy import GRANT_LIVE, Refused
from access.roles import Role
from masking.catalogue import Condition, Tier

ME, BOSS, SEC, CMP = "1" * 32, "2" * 32, "3" * 32, "4" * 32


@pytest.mark.clause("S-4.1", "C-5.4d-2")
def test_every_request_step_is_listed_or_refused() -> None:
    allowed = {
        ("pending", "pending2"),
        *product(("pending", "pending2"), ("approved", "rejected", "withdrawn", "timed_out")),
    }
    for state, to in product([*RequestState, "draft", ""], RequestState):
        if (state, to) in allowed:
            assert request_step(state, to) == to.value
        else:
            with pytest.raises(Refused, match=r"reveal\.decided_already"):
                request_step(state, to)
    assert set(REQUEST_STEPS) == set(RequestState)
    assert set(WAITING) == {state for state in RequestState if REQUEST_STEPS[state]}


@pytest.mark.clause("S-4.1", "C-5.4d-2")
def test_every_grant_step_is_listed_or_refused() -> None:
    allowed = {
        *product(("approved",), ("active", "lapsed", "revoked")),
        *product(("active",), ("expired", "consumed", "revoked")),
        *product(("expired", "consumed", "revoked"), ("reviewed",)),
    }
    for state, to in product([*GrantState, "forged"], GrantState):
        if (state, to) in allowed:
            assert grant_step(state, to) == to.value
        else:
            with pytest.raises(Refused, match=r"grant\.not_live"):
                grant_step(state, to)
    assert set(GRANT_STEPS) == set(GrantState)
    assert set(LIVE) == GRANT_LIVE


@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(-5, 10**8))
@pytest.mark.clause("C-5.4d-2", "R-28a")
def test_a_grant_lives_from_its_beginning_to_just_before_its_end(begins: int, minutes: int, now: int) -> None:
    approved = {"state": "approved", "approved_at": begins, "open_by": begins + minutes * MINUTE}
    active = approved | {
        "state": "active",
        "first_view_at": begins + 7,
        "ends_at": begins + 7 + minutes * MINUTE,
    }
    assert grant_lives(approved, now) == (begins <= now < begins + minutes * MINUTE)
    assert grant_lives(active, now) == (begins + 7 <= now < begins + 7 + minutes * MINUTE)
    for row in (approved, active):
        assert grant_lives(row, ends_at(row) - 1)
        assert not grant_lives(row, ends_at(row))
    for state in set(GrantState) - set(LIVE):
        assert not grant_lives(active | {"state": state}, now)
    assert not grant_lives(active | {"first_view_at": None}, now)


@given(st.integers(0, 10**9), st.integers(0, 10**12))
def test_the_second_approval_waits_no_longer_than_twice(asked: int, later: int) -> None:
    limits = Limits(pending_minutes=15)
    row = {"state": "pending2", "asked_at": asked, "decided_at": asked + later}
    assert waits_until(row | {"state": "pending"}, limits) == asked + 15 * MINUTE
    assert waits_until(row, limits) == min(asked + later + 15 * MINUTE, asked + 30 * MINUTE)


@pytest.mark.clause("S-4.1")
def test_words_are_asked_for_where_a_code_says_too_little() -> None:
    for reason, tier in product(ReasonCode, (Tier.U2, Tier.U3)):
        wanted = reason is ReasonCode.OTHER or tier is Tier.U3
        assert words_required(reason, tier) is wanted
        assert checked_words("12345678", reason, tier) == "12345678"
        if wanted:
            with pytest.raises(Refused, match=r"reveal\.words_required"):
                checked_words("  1234  567 ".replace(" ", "")[:7], reason, tier)
        else:
            assert checked_words("", reason, tier) == ""


@given(st.text(max_size=900))
def test_words_are_one_line_clipped_and_hold_no_number(text: str) -> None:
    said = tidy(text + " 13800138000")
    assert len(said) <= MOST
    assert "13800138000" not in said
    assert said == " ".join(said.split())[:MOST]


def test_a_code_outside_the_list_is_none() -> None:
    assert [parse_reason(code.value) for code in ReasonCode] == list(ReasonCode)
    for odd in ("", "OTHER", "because"):
        with pytest.raises(Refused, match=r"reveal\.reason_unknown"):
            parse_reason(odd)


@pytest.mark.clause("C-5.4d-2")
def test_an_address_is_for_letters_and_a_card_for_disputes() -> None:
    assert not fits(ReasonCode.IDENTITY_CHECK, Condition.VISIT_OR_LETTER)
    assert fits(ReasonCode.LETTER_OR_VISIT, Condition.VISIT_OR_LETTER)
    assert not fits(ReasonCode.LETTER_OR_VISIT, Condition.REPAYMENT_DISPUTE)
    assert fits(ReasonCode.REPAYMENT_DISPUTE, Condition.REPAYMENT_DISPUTE)
    assert all(fits(reason, Condition.NONE) for reason in ReasonCode)


@given(st.lists(st.text(max_size=20), max_size=10))
def test_slots_come_out_canonical_or_not_at_all(texts: list[str]) -> None:
    try:
        found = slots.checked(texts)
    except Refused as no:
        code = no.code
    else:
        code = ""
        assert slots.checked(found) == found == slots.split(slots.join(found))
        assert len(set(found)) == len(found)
    assert code in ("", "reveal.fields")


def test_the_first_of_several_has_no_number() -> None:
    assert slots.checked(["contact_name#1", "contact_name", "contact_name#2"]) == ("contact_name", "contact_name#2")
    assert [slots.field_of(slot) for slot in ("contact_name#2", "mobile")] == ["contact_name", "mobile"]
    assert slots.split("") == ()
    for bad in ("a#", "a#0", "a#100", "a#-1", "#1", "a b", "a,b", "a#²"):
        with pytest.raises(Refused, match=r"reveal\.fields"):
            slots.checked([bad])


def chain(tier: str = "U3", *, third_party: int = 0) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
    request = {
        "id": "r",
        "case_id": "c",
        "requester_id": ME,
        "tenant_id": "t",
        "fields": "id_number,employer_name",
        "minutes": 5,
        "tier": tier,
        "third_party": third_party,
        "state": "approved",
    }
    first = {
        "stage": 1,
        "approver_id": BOSS,
        "approver_role": "supervisor",
        "verdict": "approve",
        "fields": "id_number,employer_name",
        "minutes": 4,
    }
    second = first | {
        "stage": 2,
        "approver_id": CMP if third_party else SEC,
        "approver_role": "compliance" if third_party else "security_admin",
        "fields": "id_number",
        "minutes": 3,
    }
    decisions = [first, second] if tier == "U3" else [first]
    last = decisions[-1]
    grant = {
        "request_id": "r",
        "case_id": "c",
        "person_id": ME,
        "tenant_id": "t",
        "fields": last["fields"],
        "minutes": last["minutes"],
    }
    return request, decisions, grant


@pytest.mark.clause("S-3.3", "design-4")
def test_a_chain_that_is_right_holds() -> None:
    assert approval_holds(*chain())
    assert approval_holds(*chain(third_party=1))
    assert approval_holds(*chain("U2"))


@pytest.mark.clause("S-3.3", "design-4")
@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("request", {"state": "pending2"}),
        ("request", {"state": "rejected"}),
        ("request", {"requester_id": BOSS}),
        ("request", {"case_id": "other"}),
        ("request", {"tenant_id": "other"}),
        ("request", {"tier": "U0"}),
        ("request", {"tier": "U1"}),
        ("request", {"tier": "UV"}),
        ("request", {"third_party": 1}),
        ("request", {"minutes": 3}),
        ("request", {"fields": "id_number"}),
        ("first", {"verdict": "refuse"}),
        ("first", {"approver_id": ME}),
        ("first", {"approver_id": SEC}),
        ("first", {"approver_role": "security_admin"}),
        ("first", {"approver_role": "agent"}),
        ("first", {"approver_role": "nobody"}),
        ("first", {"minutes": 2}),
        ("first", {"fields": "employer_name"}),
        ("first", {"stage": 2}),
        ("second", {"verdict": "refuse"}),
        ("second", {"approver_id": ME}),
        ("second", {"approver_id": BOSS}),
        ("second", {"approver_role": "supervisor"}),
        ("second", {"approver_role": "compliance"}),
        ("second", {"stage": 1}),
        ("second", {"minutes": 2}),
        ("grant", {"minutes": 4}),
        ("grant", {"minutes": 0}),
        ("grant", {"fields": "id_number,employer_name"}),
        ("grant", {"fields": "mobile"}),
        ("grant", {"person_id": BOSS}),
        ("grant", {"case_id": "other"}),
        ("grant", {"request_id": "other"}),
    ],
)
def test_a_chain_with_one_thing_wrong_does_not(part: str, change: dict[str, Any]) -> None:
    request, decisions, grant = chain()
    {"request": request, "first": decisions[0], "second": decisions[1], "grant": grant}[part].update(change)
    assert not approval_holds(request, decisions, grant)


@pytest.mark.clause("S-3.3")
def test_a_chain_too_short_or_too_long_does_not_hold() -> None:
    request, decisions, grant = chain()
    assert not approval_holds(request, [], grant)
    assert not approval_holds(request, decisions[:1], grant)
    assert not approval_holds(request, decisions[1:], grant)
    assert not approval_holds(request, [*decisions, decisions[0]], grant)
    assert not approval_holds(request, [*decisions, decisions[1] | {"verdict": "refuse"}], grant)
    assert Role(decisions[0]["approver_role"]) is Role.SUPERVISOR
