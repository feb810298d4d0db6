"""The line itself: the host is known by the fingerprint that was printed, and a line that died is noticed."""

from __future__ import annotations

import re
import signal
import subprocess
import time

import pytest

from console.serve import host_key
from tests.ssh.test_sessions import sessions
from tests.support.served import Served

pytestmark = [pytest.mark.slow, pytest.mark.debian("ssh", "ssh-keygen"), pytest.mark.clause("issue-4")]

PATIENCE = 150.0


def fingerprint(public: str) -> str:
    """What OpenSSH makes of a public key."""
    told = subprocess.run(["ssh-keygen", "-lf", "-"], input=public, capture_output=True, text=True, check=True)
    (found,) = re.findall(r"SHA256:[A-Za-z0-9+/]{43}", told.stdout)
    return str(found)


@pytest.mark.debian("ssh-keyscan")
def test_the_host_that_answers_is_the_one_whose_fingerprint_is_printed(house: Served) -> None:
    port = str(house.door.address.port)
    scan = ["ssh-keyscan", "-t", "ed25519", "-p", port, "127.0.0.1"]
    answered = subprocess.run(scan, capture_output=True, text=True, check=True).stdout
    (line,) = [line for line in answered.splitlines() if not line.startswith("#")]
    seen = fingerprint(line.split(" ", 1)[1])
    # What `init` prints, and what the front door says it is.
    assert host_key.ensure(house.desk.running.home) == seen
    assert house.door.fingerprint == seen


def test_a_terminal_that_fell_silent_is_let_go(house: Served) -> None:
    house.clock.advance(60)
    before = set(sessions(house))
    client = house.sign_in("zhangwei")
    client.until("我的队列")
    assert len(set(sessions(house)) - before) == 1
    # As when a cable is pulled: the connection stands, nobody answers any more.
    client.child.kill(signal.SIGSTOP)
    try:
        end = time.monotonic() + PATIENCE
        while set(sessions(house)) - before:
            assert time.monotonic() < end, "three questions without an answer, fifteen seconds each"
            time.sleep(0.1)
    finally:
        client.child.kill(signal.SIGCONT)
        client.child.close(force=True)
