"""How much of a field each seat sees, and by which tier it could be revealed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.policy import HIDDEN, Actor, Conditions, Resource, Seat, reveal_rule, reveal_tier, visible_cell
from access.policy.model import WHOLE_DESK
from access.roles import AGENCY_ROLES, Role
from masking.catalogue import Catalogue, CellAction, DataType, ForbiddenKind, Tier
from masking.masks import MaskCode, derivable

NOW = 1_800_000_000_000_000
ME, OTHER = "1" * 32, "2" * 32
TEAM, TEAM2, AGENCY = "a" * 32, "b" * 32, "c" * 32
CATALOGUE = Catalogue.load()
CUSTOMER_FIELDS = [f.name for f in CATALOGUE.fields.values() if f.data_type is DataType.CUSTOMER]


def seat(role: Role, unit: str = TEAM) -> Seat:
    return Seat(role, WHOLE_DESK, AGENCY if role in AGENCY_ROLES else unit, 0, NOW + 1)


def actor(*seats: Seat) -> Actor:
    agency = AGENCY if any(one.role in AGENCY_ROLES for one in seats) else None
    return Actor(ME, seats=seats, unit_id=TEAM, agency_id=agency, state="active", trained=True, confidentiality=True)


def case(assignee: str = ME, unit: str = TEAM, agency: str | None = None, task: str | None = None) -> Resource:
    return Resource(kind="case", id="e" * 32, assignee_id=assignee, unit_id=unit, agency_id=agency, task_person_id=task)


def code(field: str, who: Actor, what: Resource, given_here: Conditions | None = None) -> MaskCode:
    return visible_cell(CATALOGUE, field, who, what, given_here or Conditions(), NOW).code


@pytest.mark.clause("C-5.4d-1", "Y-4.2.1")
def test_masks_follow_role_and_scope() -> None:
    agent, boss = actor(seat(Role.AGENT)), actor(seat(Role.SUPERVISOR))
    assert code("full_name", agent, case()) is MaskCode.N1
    assert code("full_name", agent, case(assignee=OTHER)) is MaskCode.NONE
    assert code("credit_limit", agent, case()) is MaskCode.BKT
    assert code("credit_limit", boss, case(assignee=OTHER)) is MaskCode.AMT
    assert code("credit_limit", boss, case(assignee=OTHER, unit=TEAM2)) is MaskCode.NONE
    outsourced = actor(seat(Role.AGENCY_AGENT))
    assert code("full_name", outsourced, case(agency=AGENCY)) is MaskCode.N0
    assert code("id_number", outsourced, case(agency=AGENCY)) is MaskCode.NONE


@pytest.mark.clause("C-5.4d-1", "S-3.1")
@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN])
@pytest.mark.parametrize("field", CUSTOMER_FIELDS)
def test_admins_see_no_customer_data(role: Role, field: str) -> None:
    for what in (case(), case(task=ME), Resource(kind="queue", assignee_id=ME, unit_id=TEAM)):
        assert visible_cell(CATALOGUE, field, actor(seat(role)), what, Conditions(), NOW) == HIDDEN
        assert reveal_tier(CATALOGUE, field, actor(seat(role)), what, Conditions(in_call=True), NOW) is Tier.U0


@pytest.mark.clause("C-5.4d-1")
def test_several_seats_in_scope_give_the_strictest_mask() -> None:
    both = actor(seat(Role.AGENT), seat(Role.SUPERVISOR))
    assert code("credit_limit", both, case()) is MaskCode.BKT
    assert code("credit_limit", both, case(assignee=OTHER)) is MaskCode.AMT


@pytest.mark.clause("C-5.4d-1")
@given(
    field=st.sampled_from(sorted(CATALOGUE.fields)),
    roles=st.sets(st.sampled_from([Role.AGENT, Role.SUPERVISOR, Role.COMPLIANCE]), min_size=1),
    assignee=st.sampled_from([ME, OTHER]),
    unit=st.sampled_from([TEAM, TEAM2]),
    lost=st.booleans(),
)
def test_a_further_seat_in_scope_never_widens_a_mask(
    field: str, roles: set[Role], assignee: str, unit: str, *, lost: bool
) -> None:
    what, given_here = case(assignee, unit), Conditions(lost_contact=lost)
    together = code(field, actor(*(seat(role) for role in sorted(roles))), what, given_here)
    alone = [code(field, actor(seat(role)), what, given_here) for role in roles]
    assert together is MaskCode.NONE or any(derivable(one, together) for one in alone)


@pytest.mark.clause("C-5.4d-2")
def test_third_parties_show_only_after_contact_is_lost() -> None:
    agent = actor(seat(Role.AGENT))
    assert code("contact_name", agent, case()) is MaskCode.NONE
    assert code("contact_name", agent, case(), Conditions(lost_contact=True)) is MaskCode.N1


@pytest.mark.clause("R-43a")
def test_who_is_out_of_force_or_untrained_sees_nothing() -> None:
    agent = actor(seat(Role.AGENT))
    for unfit in (
        replace(agent, state="suspended"),
        replace(agent, trained=False),
        replace(agent, confidentiality=False),
        replace(agent, seats=(replace(agent.seats[0], valid_until=NOW),)),
    ):
        assert code("full_name", unfit, case()) is MaskCode.NONE


@pytest.mark.clause("design-1")
def test_what_cannot_be_decided_is_hidden() -> None:
    agent = actor(seat(Role.AGENT))
    assert visible_cell(CATALOGUE, "no_such_field", agent, case(), Conditions(), NOW) == HIDDEN
    assert visible_cell(None, "full_name", agent, case(), Conditions(), NOW) == HIDDEN  # type: ignore[arg-type]
    assert reveal_rule(CATALOGUE, "no_such_field", agent, case(), Conditions(), NOW) is None
    assert visible_cell(CATALOGUE, "full_name", agent, Resource.absent("case"), Conditions(), NOW) == HIDDEN


@pytest.mark.clause("C-5.4d-2", "R-43a")
def test_tiers_by_role_call_and_task() -> None:
    agent, officer = actor(seat(Role.AGENT)), actor(seat(Role.COMPLIANCE))

    def tier(field: str, who: Actor, what: Resource, *, in_call: bool = False) -> Tier:
        return reveal_tier(CATALOGUE, field, who, what, Conditions(in_call=in_call), NOW)

    assert tier("full_name", agent, case()) is Tier.U2
    assert tier("full_name", agent, case(), in_call=True) is Tier.U1
    assert tier("id_number", agent, case()) is Tier.U3
    assert tier("id_number", agent, case(assignee=OTHER)) is Tier.U0
    assert tier("mobile", agent, case()) is Tier.U0
    assert tier("approval_record", officer, case(task=ME)) is Tier.UV
    assert tier("approval_record", officer, case()) is Tier.U0
    outsourced = actor(seat(Role.AGENCY_AGENT))
    assert tier("full_name", outsourced, case(agency=AGENCY)) is Tier.U0
    assert tier("id_number", outsourced, case(agency=AGENCY), in_call=True) is Tier.U0


@pytest.mark.clause("C-5.4d-1", "R-43a")
@pytest.mark.parametrize("role", list(Role))
def test_authenticators_are_neither_shown_nor_revealed_to_anybody(role: Role) -> None:
    kinds = {ForbiddenKind.C3, ForbiddenKind.AUTH_AUX}
    names = [field.name for field in CATALOGUE.fields.values() if field.forbidden in kinds]
    assert names
    what = case(agency=AGENCY if role in AGENCY_ROLES else None, task=ME)
    for name in names:
        assert visible_cell(CATALOGUE, name, actor(seat(role)), what, Conditions(), NOW) == HIDDEN
        assert reveal_rule(CATALOGUE, name, actor(seat(role)), what, Conditions(in_call=True), NOW) is None


def test_a_cell_keeps_what_may_be_done_without_seeing() -> None:
    cell = visible_cell(CATALOGUE, "mobile", actor(seat(Role.AGENT)), case(), Conditions(), NOW)
    assert CellAction.CALL in cell.actions
