"""Many sign-ins at once: hashing passwords takes a bounded number of threads, and with it a bounded memory."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from access.people import sign_in as signing
from access.people.passwords import Argon2Parameters, Hasher
from console.desk import kernel
from console.desk.api.base import DeskError
from console.desk.api.session import SignIn, WhoAmI
from tests.support.factored import Factored

CROWD = 24


class Counting:
    """Stands where the slow hash is begun; counts who is inside at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.inside = self.most = self.count = 0
        self._real = signing.prove

    def __call__(self, candidate: signing.Candidate, password: str, hasher: Hasher) -> signing.Proven:
        with self._lock:
            self.inside += 1
            self.count += 1
            self.most = max(self.most, self.inside)
        try:
            time.sleep(0.02)
            return self._real(candidate, password, hasher)
        finally:
            with self._lock:
                self.inside -= 1


@pytest.mark.clause("issue-4", "Y-4.2.2")
async def test_a_crowd_at_the_door_hashes_two_at_a_time(factored: Factored, monkeypatch: pytest.MonkeyPatch) -> None:
    counting = Counting()
    monkeypatch.setattr(signing, "prove", counting)
    seated = await factored.line("lina")
    lines = [factored.desk.running.line(f"pts/{number}") for number in range(CROWD)]
    attempts = [
        asyncio.ensure_future(line.call(SignIn(login=f"nobody{number}", password="wrong password", code="000000")))
        for number, line in enumerate(lines)
    ]
    assert (await seated.call(WhoAmI())).staff_no == "S0021", "who is in goes on working meanwhile"
    answers = await asyncio.gather(*attempts, return_exceptions=True)
    assert {one.code for one in answers if isinstance(one, DeskError)} == {"signin.refused"}
    assert counting.count == CROWD + 1, "the same work for every name"
    assert counting.most <= kernel._SLOW_AT_ONCE == 2
    assert kernel._SLOW_AT_ONCE * Argon2Parameters().memory <= 128 * 1024, "KiB"
    for line in lines:
        await line.close()
