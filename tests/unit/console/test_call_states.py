"""What the end of a call means for the attempt, for every end there is and however far the call had come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.desk.calls.states import CallState, outcome_of
from console.desk.contact.facts import FAILED, SETTLED, Outcome
from console.dial.results import Result

pytestmark = pytest.mark.clause("S-5-2", "S-5-3")
AGENTS_OWN = [one for one in Result if one.value.startswith("agent_")]


@given(st.sampled_from(Result), st.sampled_from(CallState), st.booleans())
def test_every_end_settles_the_attempt(result: Result, state: CallState, rang: bool) -> None:  # noqa: FBT001 - drawn
    outcome = outcome_of(result, state, rang=rang)
    assert outcome in SETTLED
    if state is CallState.CONNECTED or result is Result.ANSWERED:
        assert outcome is Outcome.CONNECTED
    elif rang:
        # A phone that was heard to ring is an attempt, however it ended.
        assert outcome in {Outcome.UNANSWERED, Outcome.INVALID}


@pytest.mark.clause("S-5-6")
def test_only_a_number_that_the_provider_says_is_none_is_evidence_of_that() -> None:
    for state in CallState:
        found = [one for one in Result if outcome_of(one, state) is Outcome.INVALID]
        assert found == ([] if state is CallState.CONNECTED else [Result.INVALID_NUMBER])
        vague = [one for one in Result if outcome_of(one, state) is Outcome.NOT_FOUND]
        assert vague == ([] if state is CallState.CONNECTED else [Result.NOT_FOUND])
    assert Outcome.NOT_FOUND not in FAILED
    for result in (Result.NOT_DIALLABLE, Result.NETWORK_ERROR):
        assert outcome_of(result, CallState.STARTED) is Outcome.CANCELLED
        assert outcome_of(result, CallState.DIALLING) is Outcome.CANCELLED


@pytest.mark.parametrize("result", AGENTS_OWN)
def test_ones_own_phone_uses_nothing_up(result: Result) -> None:
    assert outcome_of(result, CallState.STARTED) is Outcome.CANCELLED


@pytest.mark.parametrize("result", [Result.SYSTEM_ERROR, Result.CANCELLED, Result.AGENT_CANCELLED])
def test_what_may_have_rung_counts(result: Result) -> None:
    assert outcome_of(result, CallState.STARTED) is Outcome.CANCELLED
    assert outcome_of(result, CallState.DIALLING) is Outcome.UNANSWERED
    assert outcome_of(result, CallState.STARTED, doubt=True) is Outcome.UNANSWERED
