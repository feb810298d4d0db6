"""The decision: total, closed by default, deny wins; the whole table of role × action × scope."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.policy import (
    ACTIONS,
    Action,
    Actor,
    Conditions,
    Decision,
    Need,
    Policy,
    Purpose,
    Resource,
    Seat,
    decide,
    held_actions,
)
from access.policy.fields import HIDDEN, visible_cell
from access.policy.model import WHOLE_DESK
from access.policy.needs import ROLE_PURPOSES
from access.roles import AGENCY_ROLES, Matrix, Qualifier, Role, Scope, compatible, load_matrix
from access.roles.matrix import EMPTY
from access.store.schema import DESK_TENANT
from masking.catalogue import Catalogue

NOW = 1_800_000_000_000_000
ME, OTHER = "1" * 32, "2" * 32
TEAM, TEAM2, AGENCY, TENANT = "a" * 32, "b" * 32, "c" * 32, "d" * 32


def seat(role: Role, unit: str | None = TEAM, tenant: str = WHOLE_DESK) -> Seat:
    return Seat(role, tenant, AGENCY if role in AGENCY_ROLES else unit, 0, NOW + 1)


def actor(*roles: Role, person: str = ME, **more: Any) -> Actor:
    agency = AGENCY if any(role in AGENCY_ROLES for role in roles) else None
    values: dict[str, Any] = {
        "person_id": person,
        "seats": tuple(seat(role) for role in roles),
        "unit_id": TEAM,
        "agency_id": agency,
        "state": "active",
        "trained": True,
        "confidentiality": True,
    }
    return Actor(**{**values, **more})


def conditions(role: Role | None = None, **more: Any) -> Conditions:
    values: dict[str, Any] = {
        "purpose": min(ROLE_PURPOSES[role]) if role else Purpose.COLLECTION,
        "tier": "U2",
        "fields": ("full_name",),
        "grant_state": "approved",
        "quota_left": 1,
        "clock_ok": True,
        "keys_ok": True,
        "log_ok": True,
        "frozen": False,
        "workable": True,
        "hold": None,
        "overdue": False,
        "engaged": True,
        "approver_ids": (OTHER,),
        "first_approval": (OTHER, Role.SUPERVISOR),
    }
    return Conditions(**{**values, **more})


RESOURCES = {
    Scope.OWN: {"assignee_id": ME, "unit_id": TEAM2},
    Scope.TEAM: {"assignee_id": OTHER, "unit_id": TEAM},
    Scope.AGENCY: {"agency_id": AGENCY, "unit_id": TEAM2, "assignee_id": OTHER},
    Scope.TASK: {"task_person_id": ME, "unit_id": TEAM2, "assignee_id": OTHER},
    Scope.DEPUTY: {"deputy_id": ME, "unit_id": TEAM2, "assignee_id": OTHER},
    Scope.ANY: {"unit_id": TEAM2, "assignee_id": OTHER},
}


def case_in(scope: Scope, role: Role, **more: Any) -> Resource:
    values: dict[str, Any] = dict(RESOURCES[scope])
    if scope is Scope.OWN:
        values["unit_id"] = None
        values["agency_id"] = AGENCY if role in AGENCY_ROLES else None
    return Resource(kind="case", id="e" * 32, tenant_id=TENANT, **{**values, **more})


def lies_in(scope: Scope, place: Scope, role: Role) -> bool:
    """What each place of the table is within, said once more by hand."""
    if scope is Scope.ANY:
        return True
    if scope is Scope.AGENCY:
        return role in AGENCY_ROLES and place in (Scope.AGENCY, Scope.OWN)
    return scope is place and (scope is not Scope.TEAM or role not in AGENCY_ROLES)


@pytest.mark.clause("S-3.2", "C-5.4c", "R-28a", "R-43a")
@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("place", list(Scope))
def test_the_whole_table(role: Role, action: Action, place: Scope) -> None:
    spec = ACTIONS[action]
    requester = ME if {Need.ASKER, Need.OWN_HOLD, Need.OWN_REQUEST} & spec.needs else "3" * 32
    resource = case_in(place, role, requester_id=requester)
    held = "dispute" if Need.LIFTER in spec.needs else None
    given_here = conditions(role, escalated=True, hold=held)
    decision = decide(actor(role), action, resource, given_here, NOW)

    permits = [
        replace(permit, qualifiers=frozenset()) if spec.looks else permit
        for row, mode in spec.permits
        for permit, _ in load_matrix().permits(row, role, mode)
        if not spec.scopes or permit.scope in spec.scopes
    ]
    if not permits:
        assert not decision.allowed
        assert decision.code == "role.denied"
        return
    reached = [
        permit
        for permit in permits
        if lies_in(permit.scope, place, role)
        and not permit.qualifiers & {Qualifier.SUPERVISORS_REQUEST, Qualifier.THIRD_PARTY}
    ]
    if not reached:
        assert decision.code == "case.not_found"
        assert decision.clause == "Y-4.2.1"
        return
    refused_by_qualifier = {
        Qualifier.BOOTSTRAP,
        Qualifier.COACHING,
        Qualifier.DEPARTMENT,
        Qualifier.LIMITS,
        Qualifier.LOGS,
        Qualifier.ON_ORDER,
        Qualifier.PRIVILEGED,
        Qualifier.REGULATOR_OFFICER,
        Qualifier.SEALED,
        Qualifier.SEVEN_DAYS,
    }
    expected = any(not permit.qualifiers & refused_by_qualifier for permit in reached)
    if Need.IN_LINE in spec.needs:
        expected = role is Role.SUPERVISOR
    assert decision.allowed == expected, decision
    if decision.allowed:
        assert decision.role is role
    else:
        assert decision.code == "role.qualified"


@pytest.mark.clause("S-3.2")
def test_actions_are_named_scope_resource_action_in_order() -> None:
    names = [action.value for action in Action]
    assert names == sorted(names)
    assert all(name.count(":") == 2 for name in names)
    assert set(ACTIONS) == set(Action)
    assert WHOLE_DESK == DESK_TENANT


REACH_EVERY_CASE = {
    Action.CASE_FREEZE_LIFT,
    Action.CASE_FREEZE_LIST,
    Action.CASE_HOLD_ASK,
    Action.CASE_HOLD_ASK_LIFT,
    Action.CASE_HOLD_CONFIRM,
    Action.CASE_HOLD_LIFT,
    Action.CASE_HOLD_LIST,
    Action.CASE_HOLD_PLACE,
    Action.CASE_HOLD_STOP,
    Action.CASE_HOLD_WITHDRAW,
    Action.CASE_INTEREST_DECLARE,
    Action.CASE_INTEREST_LIFT,
    Action.CASE_INTEREST_LIST,
}
"""Acts on any case of the desk for roles that see nothing of it."""


@pytest.mark.clause("Y-4.2.1")
@pytest.mark.parametrize("action", [a for a, s in ACTIONS.items() if a.startswith("case:")])
@pytest.mark.parametrize("role", list(Role))
def test_another_persons_case_is_answered_like_a_missing_one(role: Role, action: Action) -> None:
    elsewhere = Resource(kind="case", id="f" * 32, tenant_id=TENANT, assignee_id=OTHER, unit_id=TEAM2, agency_id=None)
    for given_here in (conditions(role), conditions(role, workable=False, keys_ok=False)):
        there = decide(actor(role), action, elsewhere, given_here, NOW)
        missing = decide(actor(role), action, Resource.absent("case"), given_here, NOW)
        any_scope = role in (Role.SECURITY_ADMIN, Role.COMPLIANCE, Role.SYSTEM_ADMIN)
        if any_scope and action in REACH_EVERY_CASE:
            continue
        assert there == missing
        assert not there.allowed


@pytest.mark.clause("design-1")
def test_an_empty_policy_denies_everything() -> None:
    for action in Action:
        for role in Role:
            decision = Policy(EMPTY).decide(actor(role), action, case_in(Scope.OWN, role), conditions(role), NOW)
            assert decision.code == "role.denied"
    assert Policy(EMPTY).held_actions(actor(Role.AGENT), NOW) == frozenset()


@pytest.mark.clause("design-1")
def test_a_broken_policy_denies() -> None:
    broken = Policy(None)  # type: ignore[arg-type]
    decision = broken.decide(
        actor(Role.AGENT), Action.CASE_FILE_OPEN, case_in(Scope.OWN, Role.AGENT), conditions(), NOW
    )
    assert decision.code == "policy.broken"
    assert broken.held_actions(actor(Role.AGENT), NOW) == frozenset()


ODD = st.none() | st.text() | st.integers() | st.lists(st.text()) | st.just(object())


@pytest.mark.clause("design-1")
@given(ODD, ODD, ODD, ODD, ODD)
def test_the_decision_is_total(who: Any, what: Any, which: Any, how: Any, when: Any) -> None:
    assert decide(who, what, which, how, when).allowed is False


@given(
    st.sampled_from(Action),
    st.builds(Resource, st.sampled_from(["case", "request", "queue"]), ODD, ODD, ODD, ODD, ODD, ODD),
    ODD,
)
def test_odd_resources_never_raise(action: Action, resource: Resource, when: Any) -> None:
    for role in Role:
        answer = decide(actor(role), action, resource, conditions(role), when)
        assert isinstance(answer, Decision)
        assert not (answer.allowed and not isinstance(when, int))


@pytest.mark.clause("design-1", "C-5.4f")
@pytest.mark.parametrize("action", list(Action))
def test_nothing_is_filled_in_so_nothing_is_allowed(action: Action) -> None:
    for role in Role:
        assert not decide(actor(role), action, case_in(Scope.OWN, role), Conditions(), NOW).allowed
    assert not decide(Actor(ME), action, case_in(Scope.OWN, Role.AGENT), conditions(), NOW).allowed


OPEN = (Role.AGENT, Action.CASE_FILE_OPEN)
ASK = (Role.AGENT, Action.REVEAL_REQUEST_ASK)
LOOK = (Role.AGENT, Action.CASE_FIELD_REVEAL)


@pytest.mark.parametrize(
    ("who", "change", "code"),
    [
        pytest.param(OPEN, {"log_ok": False}, "log.unavailable", marks=pytest.mark.clause("C-5.4f")),
        pytest.param(OPEN, {"clock_ok": False}, "clock.broken", marks=pytest.mark.clause("R-28a")),
        pytest.param(OPEN, {"keys_ok": False}, "keys.unavailable", marks=pytest.mark.clause("Y-4.1.2")),
        pytest.param(OPEN, {"purpose": None}, "purpose.missing", marks=pytest.mark.clause("C-5.4a")),
        pytest.param(OPEN, {"purpose": Purpose.AUDIT}, "purpose.mismatch", marks=pytest.mark.clause("C-5.4a")),
        (ASK, {"tier": "U0"}, "tier.never"),
        (ASK, {"tier": "U1"}, "tier.in_call_only"),
        (ASK, {"tier": "UV"}, "tier.task_only"),
        (ASK, {"tier": None}, "tier.unknown"),
        (ASK, {"tier": "U9"}, "tier.unknown"),
        (ASK, {"quota_left": 0}, "quota.spent"),
        (ASK, {"workable": False}, "case.not_workable"),
        (ASK, {"approver_ids": ()}, "approver.none"),
        (ASK, {"approver_ids": (ME,)}, "approver.none"),
        (LOOK, {"grant_state": None}, "grant.not_live"),
        (LOOK, {"grant_state": "expired"}, "grant.not_live"),
        (LOOK, {"grant_state": "revoked"}, "grant.not_live"),
        (LOOK, {"tier": "U0"}, "tier.never"),
        (LOOK, {"clock_ok": False}, "clock.broken"),
    ],
)
@pytest.mark.clause("C-5.4d-2", "design-1")
def test_each_condition_by_itself_shuts(who: tuple[Role, Action], change: dict[str, Any], code: str) -> None:
    role, action = who
    resource = case_in(Scope.OWN, role, requester_id=ME)
    assert decide(actor(role), action, resource, conditions(role), NOW).allowed
    refused = decide(actor(role), action, resource, conditions(role, **change), NOW)
    assert (refused.allowed, refused.code) == (False, code)
    assert refused.clause


@pytest.mark.clause("C-5.4d-2")
def test_u1_needs_a_call_and_uv_a_task() -> None:
    case = case_in(Scope.OWN, Role.AGENT)
    in_call = conditions(Role.AGENT, tier="U1", in_call=True)
    assert decide(actor(Role.AGENT), Action.REVEAL_REQUEST_ASK, case, in_call, NOW).allowed
    task = case_in(Scope.TASK, Role.COMPLIANCE)
    paper = conditions(Role.COMPLIANCE, tier="UV")
    assert decide(actor(Role.COMPLIANCE), Action.REVEAL_REQUEST_ASK, task, paper, NOW).allowed


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"state": "suspended"}, "actor.not_active"),
        ({"state": "left"}, "actor.not_active"),
        ({"trained": False}, "actor.untrained"),
        ({"confidentiality": False}, "actor.no_confidentiality"),
        ({"seats": ()}, "role.denied"),
    ],
)
@pytest.mark.clause("Y-4.6.2", "C-6.1c", "Y-4.2.3")
def test_who_is_not_fit_does_not_act(change: dict[str, Any], code: str) -> None:
    unfit = replace(actor(Role.AGENT), **change)
    decision = decide(unfit, Action.CASE_FILE_OPEN, case_in(Scope.OWN, Role.AGENT), conditions(), NOW)
    assert decision.code == code


@pytest.mark.clause("R-28a")
@pytest.mark.parametrize(("since", "until"), [(NOW + 1, NOW + 9), (0, NOW), (0, 0)])
def test_a_grant_without_a_running_period_is_none(since: int, until: int) -> None:
    late = actor(Role.AGENT, seats=(Seat(Role.AGENT, WHOLE_DESK, TEAM, since, until),))
    assert decide(late, Action.CASE_FILE_OPEN, case_in(Scope.OWN, Role.AGENT), conditions(), NOW).code == "role.denied"


@pytest.mark.clause("Y-4.2.1")
def test_a_seat_for_one_creditor_does_not_reach_another() -> None:
    seats = (Seat(Role.AGENT, "9" * 32, TEAM, 0, NOW + 1),)
    decision = decide(
        actor(Role.AGENT, seats=seats), Action.CASE_FILE_OPEN, case_in(Scope.OWN, Role.AGENT), conditions(), NOW
    )
    assert decision.code == "case.not_found"


@pytest.mark.clause("Y-4.2.1")
def test_a_case_left_behind_in_another_team_is_no_longer_own() -> None:
    moved = case_in(Scope.OWN, Role.AGENT, unit_id=TEAM2)
    assert decide(actor(Role.AGENT), Action.CASE_FILE_OPEN, moved, conditions(), NOW).code == "case.not_found"
    outsourced = case_in(Scope.OWN, Role.AGENT, agency_id=AGENCY)
    assert decide(actor(Role.AGENT), Action.CASE_FILE_OPEN, outsourced, conditions(), NOW).code == "case.not_found"


COMPATIBLE = (
    st.lists(st.sampled_from(Role), unique=True, max_size=4)
    .map(tuple)
    .filter(lambda roles: compatible(roles, AGENCY if set(roles) & AGENCY_ROLES else None) is None)
)
RESOURCE = st.builds(
    Resource,
    kind=st.sampled_from(["case", "request", "queue", "grant", "log"]),
    id=st.just("e" * 32),
    tenant_id=st.sampled_from([None, TENANT]),
    assignee_id=st.sampled_from([None, ME, OTHER]),
    unit_id=st.sampled_from([None, TEAM, TEAM2]),
    agency_id=st.sampled_from([None, AGENCY]),
    task_person_id=st.sampled_from([None, ME, OTHER]),
    requester_id=st.sampled_from([None, ME, OTHER]),
    subject_person_id=st.sampled_from([None, ME, OTHER]),
    deputy_id=st.sampled_from([None, ME]),
    found=st.booleans(),
)
CONDITIONS = st.builds(
    Conditions,
    purpose=st.sampled_from([None, *Purpose]),
    tier=st.sampled_from([None, "U0", "U1", "U2", "U3", "UV"]),
    fields=st.sampled_from([(), ("full_name",), ("id_number",)]),
    third_party=st.booleans(),
    grant_state=st.sampled_from([None, "pending", "approved", "active", "expired"]),
    in_call=st.booleans(),
    quota_left=st.integers(-1, 2),
    clock_ok=st.booleans(),
    keys_ok=st.booleans(),
    log_ok=st.sampled_from([True, True, True, False]),
    frozen=st.booleans(),
    workable=st.booleans(),
    approver_ids=st.sampled_from([(), (ME,), (OTHER,)]),
    first_approval=st.sampled_from([None, (OTHER, Role.SUPERVISOR), (ME, Role.SUPERVISOR)]),
    requester_supervises=st.booleans(),
    escalated=st.booleans(),
    department=st.booleans(),
    bootstrap=st.booleans(),
)


@pytest.mark.clause("design-4")
@given(COMPATIBLE, st.sampled_from(Action), RESOURCE, CONDITIONS, st.data())
def test_taking_a_seat_away_never_adds_a_permission(
    roles: tuple[Role, ...], action: Action, resource: Resource, given_here: Conditions, data: st.DataObject
) -> None:
    full = actor(*roles)
    kept = tuple(one for one in full.seats if data.draw(st.booleans()))
    # Without any seat nothing is asked in a role's name: one's own affairs alone are left.
    if kept and decide(replace(full, seats=kept), action, resource, given_here, NOW).allowed:
        assert decide(full, action, resource, given_here, NOW).allowed


_SHUTTING: dict[str, Any] = {
    "purpose": None,
    "tier": "U0",
    "grant_state": None,
    "quota_left": 0,
    "clock_ok": False,
    "keys_ok": False,
    "log_ok": False,
    "frozen": True,
    "workable": False,
    "approver_ids": (),
    "first_approval": None,
    "escalated": False,
    "department": False,
    "bootstrap": False,
    "third_party": False,
    "in_call": False,
}


@pytest.mark.clause("design-1", "design-4")
@given(COMPATIBLE, st.sampled_from(Action), RESOURCE, CONDITIONS, st.sampled_from(sorted(_SHUTTING)))
def test_deny_wins_shutting_one_condition_never_opens(
    roles: tuple[Role, ...], action: Action, resource: Resource, given_here: Conditions, name: str
) -> None:
    shut = replace(given_here, **{name: _SHUTTING[name]})
    if decide(actor(*roles), action, resource, shut, NOW).allowed:
        assert decide(actor(*roles), action, resource, given_here, NOW).allowed


@pytest.mark.clause("S-3.3-1", "S-3.3-2")
@given(st.sampled_from(Role), st.sampled_from(Action), RESOURCE, CONDITIONS)
def test_nobody_decides_on_what_they_asked_for(
    role: Role, action: Action, resource: Resource, given_here: Conditions
) -> None:
    own = replace(resource, requester_id=ME)
    if Need.NOT_PARTY in ACTIONS[action].needs or Need.SECOND in ACTIONS[action].needs:
        assert not decide(actor(role), action, own, given_here, NOW).allowed


CUSTOMER_ACTS = [action for action in Action if action.startswith(("case:", "reveal:"))]


@pytest.mark.clause("S-3.1", "design-1")
@settings(max_examples=300)
@given(st.sampled_from(CUSTOMER_ACTS), RESOURCE, CONDITIONS)
def test_a_system_admin_reaches_no_customer(action: Action, resource: Resource, given_here: Conditions) -> None:
    assert not decide(actor(Role.SYSTEM_ADMIN), action, resource, given_here, NOW).allowed


@pytest.mark.clause("S-3.2")
@given(st.sampled_from(Action), RESOURCE, CONDITIONS)
def test_agencies_ask_for_the_name_only_and_approve_nothing(
    action: Action, resource: Resource, given_here: Conditions
) -> None:
    decision = decide(actor(Role.AGENCY_AGENT), action, resource, given_here, NOW)
    if decision.allowed and action in (Action.REVEAL_REQUEST_ASK, Action.CASE_FIELD_REVEAL):
        assert given_here.fields == ("full_name",)
    if ".approve" in action or action in (Action.REVEAL_REQUEST_APPROVE, Action.REVEAL_REQUEST_SECOND):
        assert not decision.allowed


@pytest.mark.clause("S-3.3-2")
def test_incompatible_roles_together_are_worth_nothing() -> None:
    both = actor(Role.AGENT, Role.AUDITOR)
    decision = decide(both, Action.CASE_FILE_OPEN, case_in(Scope.OWN, Role.AGENT), conditions(), NOW)
    assert decision.code == "separation.admin_exclusive"
    assert held_actions(both, NOW) == frozenset()


@pytest.mark.clause("S-3.3-6")
@pytest.mark.parametrize(
    ("role", "first", "third_party", "allowed"),
    [
        (Role.SECURITY_ADMIN, (OTHER, Role.SUPERVISOR), False, True),
        (Role.SECURITY_ADMIN, None, False, False),
        (Role.SECURITY_ADMIN, (ME, Role.SUPERVISOR), False, False),
        (Role.SECURITY_ADMIN, (OTHER, Role.SECURITY_ADMIN), False, False),
        (Role.COMPLIANCE, (OTHER, Role.SUPERVISOR), True, True),
        (Role.COMPLIANCE, (OTHER, Role.SUPERVISOR), False, False),
        (Role.SUPERVISOR, (OTHER, Role.SECURITY_ADMIN), True, False),
    ],
)
def test_second_approvals(role: Role, first: tuple[str, Role] | None, *, third_party: bool, allowed: bool) -> None:
    request = Resource(kind="request", id="e" * 32, unit_id=TEAM, requester_id="3" * 32)
    given_here = conditions(role, first_approval=first, third_party=third_party)
    decision = decide(actor(role), Action.REVEAL_REQUEST_SECOND, request, given_here, NOW)
    assert decision.allowed == allowed
    if not third_party and role is Role.COMPLIANCE:
        assert decision.code == "request.not_found"


@pytest.mark.clause("S-3.3-5")
def test_first_approvals_follow_the_line() -> None:
    request = Resource(kind="request", id="e" * 32, unit_id=TEAM2, requester_id=OTHER, deputy_id=ME)
    boss = actor(Role.SUPERVISOR)
    acts = Action.REVEAL_REQUEST_APPROVE
    assert decide(boss, acts, request, conditions(), NOW).code == "request.not_found"
    assert decide(boss, acts, request, conditions(escalated=True), NOW).allowed
    assert decide(boss, acts, request, conditions(requester_supervises=True), NOW).allowed
    officer = actor(Role.COMPLIANCE)
    assert decide(officer, acts, request, conditions(requester_supervises=True), NOW).allowed
    assert decide(officer, acts, request, conditions(), NOW).code == "request.not_found"


@pytest.mark.clause("S-3.3-18")
def test_an_approval_names_the_version_that_was_seen() -> None:
    request = Resource(kind="request", id="e" * 32, unit_id=TEAM, requester_id=OTHER)
    boss = actor(Role.SUPERVISOR)
    seen = conditions(seen_version=2, version=2)
    assert decide(boss, Action.REVEAL_REQUEST_APPROVE, request, seen, NOW).allowed
    stale = conditions(seen_version=1, version=2)
    refused = decide(boss, Action.REVEAL_REQUEST_APPROVE, request, stale, NOW)
    assert refused.code == "separation.context_unseen"


@pytest.mark.clause("C-5.4c")
def test_a_refusal_names_rule_and_whom_to_ask() -> None:
    decision = decide(
        actor(Role.AGENT), Action.REVEAL_REQUEST_APPROVE, case_in(Scope.OWN, Role.AGENT), conditions(), NOW
    )
    assert (decision.code, decision.rule, decision.clause) == ("role.denied", "§3.2-8", "C-5.4c")
    assert decision.ask == (Role.SUPERVISOR,)


def test_the_palette_lists_what_some_scope_allows() -> None:
    held = held_actions(actor(Role.AGENT), NOW)
    assert Action.CASE_FILE_OPEN in held
    assert Action.REVEAL_REQUEST_APPROVE not in held
    assert Action.CASE_QUEUE_LIST_TEAM not in held
    assert held_actions(actor(Role.AGENT, state="suspended"), NOW) == frozenset()


def test_a_matrix_without_a_row_denies_that_row() -> None:
    rows = {number: row for number, row in load_matrix().rows.items() if number != 4}
    policy = Policy(Matrix(rows))
    decision = policy.decide(
        actor(Role.AGENT), Action.CASE_FILE_OPEN, case_in(Scope.OWN, Role.AGENT), conditions(), NOW
    )
    assert decision.code == "role.denied"


@pytest.mark.clause("S-4.6", "Y-4.2.1")
@pytest.mark.parametrize("action", [a for a in Action if a.startswith(("case:", "reveal:", "audit:log"))])
@pytest.mark.parametrize("role", list(Role))
def test_a_case_does_not_exist_for_whom_an_interest_keeps_from_it(role: Role, action: Action) -> None:
    """Whatever the scope: kept from it answers like missing, in every place where the case could lie."""
    for place in Scope:
        case = case_in(place, role, requester_id=ME, barred_ids=(OTHER, ME))
        kept = decide(actor(role), action, case, conditions(role, escalated=True), NOW)
        missing = decide(actor(role), action, Resource.absent("case"), conditions(role, escalated=True), NOW)
        assert kept == missing
        assert not kept.allowed
        assert visible_cell(Catalogue.load(), "full_name", actor(role), case, conditions(role), NOW) == HIDDEN


@pytest.mark.clause("C-5.8b2", "issue-5")
def test_an_agency_out_of_date_is_given_no_case_and_the_house_needs_no_engagement() -> None:
    theirs = Resource(kind="queue", assignee_id=ME, agency_id=AGENCY)
    clerk, ours = actor(Role.AGENCY_AGENT), actor(Role.AGENT)
    for engaged in (True, False):
        found = decide(
            clerk,
            Action.CASE_ASSIGNMENT_RECEIVE,
            theirs,
            conditions(Role.AGENCY_AGENT, purpose=Purpose.COLLECTION, engaged=engaged),
            NOW,
        )
        assert found.allowed is engaged
    assert (found.code, found.clause) == ("agency.not_in_date", "C-5.8b2")
    assert found.ask == (Role.SUPERVISOR, Role.COMPLIANCE)
    # What nobody filled in is not in date; and they go on seeing what they hold.
    unknown = replace(conditions(Role.AGENCY_AGENT, purpose=Purpose.COLLECTION), engaged=Conditions().engaged)
    assert not decide(clerk, Action.CASE_ASSIGNMENT_RECEIVE, theirs, unknown, NOW).allowed
    assert decide(clerk, Action.CASE_QUEUE_LIST_OWN, theirs, unknown, NOW).allowed
    house = Resource(kind="queue", assignee_id=ME, unit_id=TEAM)
    assert decide(ours, Action.CASE_ASSIGNMENT_RECEIVE, house, unknown, NOW).allowed
    for role, action in (
        (Role.SUPERVISOR, Action.IMPORT_BATCH_STAGE),
        (Role.SECURITY_ADMIN, Action.IMPORT_BATCH_APPROVE),
    ):
        batch = Resource(kind="batch", id="9" * 32, unit_id=TEAM, requester_id=OTHER)
        assert decide(actor(role), action, batch, conditions(role, engaged=False), NOW).allowed
        given_away = replace(batch, agency_id=AGENCY)
        assert decide(actor(role), action, given_away, conditions(role, engaged=False), NOW).code == found.code
        assert decide(actor(role), action, given_away, conditions(role), NOW).allowed


@pytest.mark.clause("S-4.6")
@pytest.mark.parametrize("action", [Action.CASE_ASSIGNMENT_BULK, Action.CASE_ASSIGNMENT_CHANGE])
def test_nobody_is_given_a_case_that_an_interest_keeps_from_them(action: Action) -> None:
    lead, given_here = actor(Role.SUPERVISOR), conditions(Role.SUPERVISOR)
    case = case_in(Scope.TEAM, Role.SUPERVISOR, barred_ids=("4" * 32,))
    assert decide(lead, action, replace(case, subject_person_id="5" * 32), given_here, NOW).allowed
    refused = decide(lead, action, replace(case, subject_person_id="4" * 32), given_here, NOW)
    assert (refused.allowed, refused.code) == (False, "assign.interest")


@pytest.mark.clause("S-3.2")
def test_compliance_decides_a_strategy_only_for_its_contact_limits() -> None:
    edition = Resource(kind="strategy", id="e" * 32, unit_id=TEAM, requester_id="3" * 32)
    for limits in (False, True):
        given_here = conditions(Role.COMPLIANCE, limits=limits)
        assert decide(actor(Role.COMPLIANCE), Action.STRATEGY_EDITION_LIMIT, edition, given_here, NOW).allowed is limits
