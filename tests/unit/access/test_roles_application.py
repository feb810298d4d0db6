"""The way of an application, pure: whose turn, what period, which chain, which delegation, which posts."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.roles import BUSINESS_ROLES, Role, TechnicalPost, delegate_decides, delegation_fits, posts_compatible
from access.roles.application import (
    BOOTSTRAP,
    MODES,
    OPEN,
    REGULAR,
    ApplicationState,
    Stage,
    Standing,
    after,
    chain_holds,
    next_stage,
    parties,
    period_fits,
    standing,
)
from access.roles.separation import Breach

DAY = 86_400_000_000
PAPER = {"person_id": "s", "applicant_id": "a", "bootstrap": 0}


def chain(*people: str, bootstrap: bool = False, **more: Any) -> list[dict[str, Any]]:
    stages = BOOTSTRAP if bootstrap else REGULAR
    return [
        {"stage": stage.value, "person_id": person, "verdict": "approve", "stands_for": None, **more}
        for stage, person in zip(stages, people, strict=False)
    ]


def code(breach: Breach | None) -> str:
    return breach.code if breach is not None else ""


@pytest.mark.clause("S-4.4", "S-3.3-7")
@pytest.mark.parametrize(("bootstrap", "way"), [(False, REGULAR), (True, BOOTSTRAP)])
def test_each_state_has_one_next_step_and_the_last_makes_the_role(bootstrap: bool, way: tuple[Stage, ...]) -> None:  # noqa: FBT001
    state, went = ApplicationState.REQUESTED, []
    while (stage := next_stage(state, bootstrap=bootstrap)) is not None:
        went.append(stage)
        assert after(stage, refused=True) is ApplicationState.REJECTED
        state = after(stage, refused=False)
    assert (tuple(went), state) == (way, ApplicationState.ACTIVE)
    for over in set(ApplicationState) - OPEN:
        assert next_stage(over, bootstrap=bootstrap) is None
    assert len({MODES[stage] for stage in way}) == len(way)


@pytest.mark.clause("S-3.3-7")
@pytest.mark.parametrize(
    ("role", "days", "fits"),
    [
        (Role.AGENT, 365, True),
        (Role.AGENT, 366, False),
        (Role.AGENT, 0, False),
        (Role.AGENCY_AGENT, 182, True),
        (Role.AGENCY_AGENT, 183, False),
        (Role.AUDITOR, -1, False),
    ],
)
def test_no_role_for_good(role: Role, days: int, fits: bool) -> None:  # noqa: FBT001
    assert (period_fits(role, days) is None) == fits


@pytest.mark.clause("S-3.3-1", "S-3.3-7")
def test_a_chain_of_four_people_holds_and_no_other() -> None:
    assert chain_holds(PAPER, chain("h", "m", "c", "f")) is None
    assert chain_holds(PAPER, chain("h", "a", "c", "f")) is None, "who applied on somebody's behalf may enter it"
    for people in ("shcf", "hscf", "hmsf", "hmcs"):
        assert code(chain_holds(PAPER, chain(*people))) == "separation.own_request"
    for people in ("amcf", "hmaf", "hmca", "hhcf", "hmmf", "hmcc", "hmch"):
        assert code(chain_holds(PAPER, chain(*people))) == "separation.own_request"
    for short in range(4):
        assert code(chain_holds(PAPER, chain("h", "m", "c", "f")[:short])) == "roles.chain_broken"
    refused = chain("h", "m", "c", "f")
    refused[2]["verdict"] = "refuse"
    assert code(chain_holds(PAPER, refused)) == "roles.chain_broken"
    behind = chain("h", "m", "c", "f")
    behind[0]["stands_for"] = "s"
    assert code(chain_holds(PAPER, behind)) == "separation.own_request", "nor by somebody in their place"
    early = PAPER | {"bootstrap": 1}
    assert chain_holds(early, chain("m", "c", "x", bootstrap=True)) is None
    assert code(chain_holds(early, chain("h", "m", "c", "f"))) == "roles.chain_broken"
    assert code(chain_holds(PAPER, chain("m", "c", "x", bootstrap=True))) == "roles.chain_broken"


@pytest.mark.clause("S-3.3-1")
@given(st.lists(st.sampled_from("sahmcfx"), min_size=4, max_size=4))
def test_whatever_holds_has_four_people_without_subject_and_with_the_applicant_at_most_entering(
    people: list[str],
) -> None:
    if chain_holds(PAPER, chain(*people)) is None:
        assert len(set(people)) == 4
        assert "s" not in people
        assert "a" not in (people[0], people[2], people[3])


@pytest.mark.clause("S-3.3-1")
def test_whoever_took_part_takes_no_further_step() -> None:
    steps = chain("h", "m")
    assert parties(PAPER, steps, Stage.APPROVE) == ("a", "h", "m", "s")
    assert parties(PAPER, steps[:1], Stage.ENTER) == ("h", "s")
    for order in permutations(steps):
        assert parties(PAPER, order, Stage.FILE) == ("a", "h", "m", "s")


@pytest.mark.clause("S-4.4")
@pytest.mark.parametrize(
    ("state", "days_left", "worth"),
    [
        ("active", 15, Standing.ACTIVE),
        ("active", 14, Standing.EXPIRING),
        ("active", 1, Standing.EXPIRING),
        ("active", 0, Standing.EXPIRED),
        ("revoked", 90, Standing.REVOKED),
        ("suspended", 90, Standing.SUSPENDED),
        ("expired", 90, Standing.EXPIRED),
    ],
)
def test_what_a_role_is_worth(state: str, days_left: int, worth: Standing) -> None:
    assert standing(state, 1000 * DAY, (1000 - days_left) * DAY, DAY) is worth


@pytest.mark.clause("S-3.3-13")
@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, ""),
        ({"to_id": "a"}, "delegation.self"),
        ({"equal_role": False}, "delegation.lower_role"),
        ({"days": 7}, ""),
        ({"days": 7.001}, "delegation.period_unfit"),
        ({"days": 0}, "delegation.period_unfit"),
        ({"lends": True}, "delegation.chain"),
        ({"borrows": True}, "delegation.chain"),
    ],
)
def test_delegation(change: dict[str, Any], found: str) -> None:
    given_here = {"from_id": "a", "to_id": "b", "days": 3, "equal_role": True, "lends": False, "borrows": False}
    assert code(delegation_fits(**{**given_here, **change})) == found


@pytest.mark.clause("S-3.3-13")
def test_a_delegate_decides_neither_for_themselves_nor_upwards() -> None:
    assert delegate_decides("d", "agent", {"boss"}) is None
    assert code(delegate_decides("d", "d", {"boss"})) == "delegation.self"
    assert code(delegate_decides("d", None, set())) == "delegation.self"
    assert code(delegate_decides("d", "boss", {"boss"})) == "delegation.subordinate"


@pytest.mark.clause("S-3.3-4", "J-23")
@given(st.sets(st.sampled_from(TechnicalPost)), st.sets(st.sampled_from(Role)), st.booleans())
def test_technical_posts(posts: set[TechnicalPost], roles: set[Role], production: bool) -> None:  # noqa: FBT001
    breach = posts_compatible(posts, roles, production=production)
    if len(posts) > 1 or (posts and production and roles & BUSINESS_ROLES):
        assert code(breach) == "separation.post_exclusive"
    if not posts or (len(posts) == 1 and not production):
        assert breach is None
