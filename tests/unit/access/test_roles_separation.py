"""Separation of duties, each rule by persons."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.roles import (
    Role,
    approver_in_line,
    compatible,
    context_seen,
    last_admin,
    mutual_approval,
    not_a_party,
    second_differs,
)

ROLES = st.sets(st.sampled_from(Role))


@pytest.mark.clause("S-3.3-1")
@given(st.text(min_size=1), st.lists(st.none() | st.text()))
def test_whoever_took_part_is_a_party(person: str, others: list[str | None]) -> None:
    assert not_a_party(person, [*others, person]) is not None
    assert (not_a_party(person, others) is not None) == (person in others)


@pytest.mark.clause("S-3.3-2", "C-6.3")
def test_the_three_admins_exclude_each_other_and_all_business() -> None:
    admins = [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR]
    for pair in itertools.combinations(admins, 2):
        assert compatible(pair, None) is not None
    business = [Role.AGENT, Role.SUPERVISOR, Role.REVIEWER]
    for admin, other in itertools.product(admins, business):
        assert compatible({admin, other}, None) is not None
    for admin in admins:
        assert compatible({admin}, None) is None


@pytest.mark.clause("S-3.3-2")
def test_compliance_is_neither_system_admin_nor_auditor() -> None:
    assert compatible({Role.COMPLIANCE, Role.SYSTEM_ADMIN}, None) is not None
    assert compatible({Role.COMPLIANCE, Role.AUDITOR}, None) is not None
    assert compatible({Role.COMPLIANCE}, None) is None


@pytest.mark.clause("S-3.3-3")
def test_in_house_and_agency_exclude_each_other() -> None:
    assert compatible({Role.AGENCY_AGENT}, "a1") is None
    assert compatible({Role.AGENCY_AGENT}, None) is not None
    assert compatible({Role.AGENCY_AGENT, Role.AGENT}, "a1") is not None
    assert compatible({Role.AGENT}, "a1") is not None


@pytest.mark.clause("S-3.3-2", "S-3.3-3")
@given(ROLES, ROLES, st.none() | st.just("a1"))
def test_taking_a_role_away_never_makes_people_incompatible(
    roles: set[Role], removed: set[Role], agency_id: str | None
) -> None:
    if compatible(roles, agency_id) is None:
        assert compatible(roles - removed, agency_id) is None


@pytest.mark.clause("S-3.3-5")
@pytest.mark.parametrize(
    ("role", "unit", "supervises", "stands_in", "allowed"),
    [
        (Role.SUPERVISOR, "u1", False, False, True),
        (Role.SUPERVISOR, "u2", False, False, False),
        (Role.SUPERVISOR, "u2", False, True, True),
        (Role.SUPERVISOR, None, False, False, False),
        (Role.COMPLIANCE, None, False, False, False),
        (Role.SECURITY_ADMIN, None, False, True, False),
        (Role.SUPERVISOR, "u2", True, False, True),
        (Role.COMPLIANCE, None, True, False, True),
        (Role.SECURITY_ADMIN, None, True, False, False),
        (Role.AGENT, "u1", True, True, False),
    ],
)
def test_the_first_approver_stands_in_the_requesters_line(
    role: Role, unit: str | None, *, supervises: bool, stands_in: bool, allowed: bool
) -> None:
    breach = approver_in_line(role, unit, "u1", requester_supervises=supervises, stands_in=stands_in)
    assert (breach is None) == allowed


@pytest.mark.clause("S-3.3-5")
def test_no_unit_is_nobodys_line() -> None:
    assert approver_in_line(Role.SUPERVISOR, None, None, requester_supervises=False, stands_in=False)


@pytest.mark.clause("S-3.3-5")
def test_mutual_approval_on_one_day_is_flagged() -> None:
    assert mutual_approval("a", "b", [("b", "a")]) is not None
    assert mutual_approval("a", "b", [("a", "b"), ("c", "a")]) is None


@pytest.mark.clause("S-3.3-6")
def test_the_second_approval_is_another_person_of_another_group() -> None:
    first = ("sup", Role.SUPERVISOR)
    assert second_differs("ag", first, ("sec", Role.SECURITY_ADMIN)) is None
    assert second_differs("ag", first, ("cmp", Role.COMPLIANCE)) is None
    assert second_differs("ag", first, ("sup", Role.SECURITY_ADMIN)) is not None
    assert second_differs("ag", first, ("ag", Role.SECURITY_ADMIN)) is not None
    assert second_differs("ag", first, ("other", Role.SUPERVISOR)) is not None
    assert second_differs("ag", None, ("sec", Role.SECURITY_ADMIN)) is not None


@pytest.mark.clause("S-3.3-15")
def test_the_last_admin_stays() -> None:
    assert last_admin(Role.AUDITOR, "p", {"p"}) is not None
    assert last_admin(Role.AUDITOR, "p", {"p", "q"}) is None
    assert last_admin(Role.AGENT, "p", {"p"}) is None


@pytest.mark.clause("S-3.3-18")
def test_a_decision_is_about_the_request_that_was_seen() -> None:
    assert context_seen(3, 3) is None
    assert context_seen(2, 3) is not None
    assert context_seen(None, 3) is not None
