"""Cause before code; every answer has a word."""

from __future__ import annotations

import pytest

from console.dial.results import Result, cause_of, of_agent, of_customer

pytestmark = pytest.mark.clause("issue-5")


@pytest.mark.parametrize(
    ("code", "cause", "result"),
    [
        (486, None, Result.BUSY),
        (600, None, Result.BUSY),
        (603, None, Result.REJECTED),
        (480, None, Result.NO_ANSWER),
        (480, 20, Result.UNREACHABLE),
        (480, 1, Result.INVALID_NUMBER),
        # A network's "no route" comes as 404 too: only the cause tells them apart.
        (404, None, Result.NOT_FOUND),
        (404, 16, Result.NOT_FOUND),
        (404, 31, Result.NOT_FOUND),
        (404, 1, Result.INVALID_NUMBER),
        (404, 22, Result.INVALID_NUMBER),
        (410, None, Result.INVALID_NUMBER),
        (604, None, Result.INVALID_NUMBER),
        (503, 22, Result.INVALID_NUMBER),
        (404, 2, Result.NETWORK_ERROR),
        (404, 3, Result.NETWORK_ERROR),
        (484, None, Result.NOT_DIALLABLE),
        (484, 28, Result.NOT_DIALLABLE),
        (503, None, Result.NETWORK_ERROR),
        (503, 17, Result.BUSY),
        (407, None, Result.TRUNK_AUTH_FAILED),
        (401, None, Result.TRUNK_AUTH_FAILED),
        (486, 16, Result.BUSY),
        (488, None, Result.NO_COMMON_SPEECH),
        (606, None, Result.NO_COMMON_SPEECH),
        (503, 88, Result.NO_COMMON_SPEECH),
        (699, None, Result.NETWORK_ERROR),
        (302, None, Result.NETWORK_ERROR),
    ],
)
def test_customer(code: int, cause: int | None, result: Result) -> None:
    assert of_customer(code, cause) is result


def test_a_number_of_ours_says_nothing_of_the_customers() -> None:
    for code, cause in ((404, None), (410, None), (604, None), (480, 1)):
        assert of_customer(code, cause, over=True) is Result.NETWORK_ERROR
    assert of_customer(486, None, over=True) is Result.BUSY


def test_agent() -> None:
    assert of_agent(486, None) is Result.AGENT_BUSY
    assert of_agent(603, None) is Result.AGENT_REJECTED
    assert of_agent(480, None) is Result.AGENT_NO_ANSWER
    assert of_agent(488, None) is Result.NO_COMMON_SPEECH
    assert of_agent(503, None) is Result.AGENT_UNREACHABLE


@pytest.mark.parametrize(
    ("header", "cause"),
    [
        ('Q.850;cause=20;text="13800138000"', 20),
        ("Q.850 ; cause=1", 1),
        ("q.850;text=x;cause=17", 17),
        ("SIP;cause=200", None),
        ("Q.850;cause=13800138000", None),
        ("", None),
        (None, None),
    ],
)
def test_the_cause_and_nothing_else(header: str | None, cause: int | None) -> None:
    assert cause_of(header) == cause
