"""The driver drives everything: a call that it does not make would be a call that no leak test sees."""

from __future__ import annotations

from console.desk.api import calls
from tests.support.drive import Known, attempts


def test_every_call_of_the_protocol_is_attempted() -> None:
    known = Known(guesses=[("mobile", "1")], paths=["p"], request_ids=["r"], grant_ids=["g"])
    assert {type(call) for call in attempts(known)} == set(calls())
