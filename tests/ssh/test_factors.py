"""Coming in over SSH: three factors or nothing, and nothing is learned from how it is refused. OpenSSH's own client."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import asyncssh
import pytest

from access.audit.events import DetailKey, Event
from access.people import addresses
from access.people.lockout import forget_failures
from masking.keys import Profile
from tests.support.pty_screen import PtyScreen
from tests.support.served import PASSWORD, Served, serving

pytestmark = [pytest.mark.slow, pytest.mark.debian("ssh", "ssh-keygen")]

REFUSED = "account:session:sign_in"


def why(house: Served) -> str:
    """What the log says of the last refused attempt."""
    event = [one for one in house.events(REFUSED) if one.result == "refused"][-1]
    assert (event.rule, event.source) == ("signin.refused", "127.0.0.1")
    return dict(event.detail)[DetailKey.CODE]


def refused(client: PtyScreen) -> str:
    """The client is asked again, hangs up, and has seen no screen; what it saw until then."""
    while client.raw.count("密码: ") < 2:
        assert client.pump(), client.text
    seen = client.raw
    client.press("ctrl+c")
    client.ended()
    assert "VEILDESK" not in client.raw
    return seen


@pytest.mark.clause("Y-4.2.2", "issue-4")
def test_three_factors_open_the_persons_own_desk(house: Served) -> None:
    client = house.sign_in("zhangwei")
    client.until("我的队列")
    assert "张伟 A0173" in client.text
    assert "127.0.0.1/ssh" in client.text, "the mark names where the person sits"
    event = house.events(REFUSED, result="ok")[-1]
    assert dict(event.detail)[DetailKey.FACTOR] == "ssh_key+password+totp"
    assert (event.source, event.person_id) == ("127.0.0.1", house.desk.founded.persons["zhangwei"])
    client.press("ctrl+q")
    assert client.ended() == 0
    assert "\x1b[?1049l" in client.raw
    assert house.until_event("account:session:end").session_id == event.session_id


@pytest.mark.clause("Y-4.2.2", "issue-4")
@pytest.mark.parametrize(
    ("password", "code", "said"),
    [
        ("correct horse battery staple 48", None, "signin.password"),
        ("", None, "signin.password"),
        (PASSWORD, "000000", "signin.totp"),
        (PASSWORD, "", "signin.totp"),
        (PASSWORD, "１２３４５６", "signin.totp"),
    ],
)
def test_a_wrong_password_or_code_is_refused(house: Served, password: str, code: str | None, said: str) -> None:
    refused(house.sign_in("chenjing", password=password, code=code))
    assert why(house) == said
    house.desk.running.parts.store.run(lambda uow: forget_failures(uow, "chenjing"))


@pytest.mark.clause("Y-4.2.2", "issue-4")
def test_a_key_of_nobodys_or_a_colleagues_is_refused_at_the_very_end(house: Served) -> None:
    strange = house.key("strange")
    seen = refused(house.sign_in("liuyang", key=strange))
    assert why(house) == "signin.ssh_key"
    other = refused(house.sign_in("liuyang", key=house.keys["zhangwei"]))
    assert why(house) == "signin.ssh_key"
    nobody = refused(house.sign_in("nobody", key=strange))
    assert why(house) == "signin.unknown"
    assert seen.replace("liuyang", "-") == other.replace("liuyang", "-") == nobody.replace("nobody", "-")


def run(house: Served, login: str, *more: str, **options: object) -> subprocess.CompletedProcess[str]:
    """A client without a terminal."""
    order = house.order(login, *more, **options)  # type: ignore[arg-type]
    return subprocess.run(order, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, check=False)


@pytest.mark.clause("Y-4.2.2", "issue-4")
def test_without_a_key_nothing_else_is_even_asked(house: Served) -> None:
    for methods in ("keyboard-interactive", "password", "none,keyboard-interactive"):
        said = run(house, "zhangwei", "-o", f"PreferredAuthentications={methods}", "-o", "PubkeyAuthentication=no")
        assert said.returncode == 255
        assert "Permission denied (publickey)" in said.stderr
        assert "密码" not in said.stderr + said.stdout


@pytest.mark.clause("Y-4.2.2", "issue-4")
def test_a_key_alone_is_not_enough(house: Served) -> None:
    said = run(house, "zhangwei", "-o", "PreferredAuthentications=publickey")
    assert said.returncode == 255
    assert "Permission denied (keyboard-interactive)" in said.stderr
    assert "仅限授权人员" in said.stderr, "the banner comes before everything"


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_other_kinds_of_keys_are_not_taken(house: Served, kind: str) -> None:
    before = len(turned_away(house, "key_kind"))
    said = run(house, "zhangwei", "-o", "PreferredAuthentications=publickey", key=house.key(f"of-{kind}", kind))
    assert "Permission denied (publickey)" in said.stderr
    if kind != "rsa":
        # The client is told which signatures count, and does not even offer one that cannot make any.
        turned_away(house, "key_kind", before + 1)


@pytest.mark.clause("issue-4")
@pytest.mark.parametrize("route", ["admin", "drop+admin", "EXPORT", "+"])
def test_a_route_that_the_door_does_not_have_leads_nowhere_and_is_logged(house: Served, route: str) -> None:
    before = len(turned_away(house, "route"))
    said = run(house, f"lina+{route}", "-o", "PreferredAuthentications=publickey,keyboard-interactive")
    assert said.returncode == 255
    assert "密码" not in said.stderr + said.stdout
    turned_away(house, "route", before + 1)


@pytest.mark.clause("issue-4")
@pytest.mark.parametrize("answers", [[], ["x"], ["a", "b", "c"], ["p" * 257, "123456"], [PASSWORD, "1" * 257]], ids=len)
def test_other_than_two_short_answers_are_refused_and_each_time_logged(house: Served, answers: list[str]) -> None:
    before = len(turned_away(house, "answers"))

    class Odd(asyncssh.SSHClient):
        """Answers what was not asked."""

        def kbdint_auth_requested(self) -> str:
            return ""

        def kbdint_challenge_received(
            self, name: str, instructions: str, lang: str, prompts: Sequence[tuple[str, bool]]
        ) -> list[str]:
            del name, instructions, lang, prompts
            return answers

    async def come() -> None:
        async with asyncssh.connect(
            "127.0.0.1",
            house.door.address.port,
            username="lina",
            client_keys=[asyncssh.read_private_key(house.keys["lina"])],
            known_hosts=None,
            config=None,
            agent_path=None,
            client_factory=Odd,
            preferred_auth="publickey,keyboard-interactive",
            login_timeout=60,
        ):
            pytest.fail("came in")

    with pytest.raises((asyncssh.Error, ConnectionError)):
        asyncio.run(come())
    turned_away(house, "answers", before + 3)


def turned_away(house: Served, what: str, count: int = 0) -> list[Event]:
    """What the log says of it, once it says so many of them."""
    end = time.monotonic() + 60
    while len(found := house.events("account:door:refuse", rule=f"door.{what}")) < count:
        assert time.monotonic() < end, [one.rule for one in house.events("account:door:refuse")]
        time.sleep(0.02)
    assert {(one.result, one.source, one.person_id) for one in found} <= {("refused", "127.0.0.1", None)}
    assert not count or len(found) == count
    return found


@pytest.mark.clause("Y-4.2.2")
def test_a_code_is_good_once(house: Served) -> None:
    first = house.sign_in("sunli")
    first.until("F1" if "F1" in first.text else "VEILDESK")
    first.press("ctrl+q")
    first.ended()
    refused(house.sign_in("sunli"))
    assert why(house) == "signin.totp"


@pytest.mark.clause("Y-4.2.3", "issue-4")
def test_too_many_failures_lock_the_name_whoever_it_is(served: Served) -> None:
    for name in ("zhangwei", "nobody"):
        for _ in range(2):
            client = served.dial(name, key=served.keys["zhangwei"])
            for count in range(1, 4):
                while client.raw.count("密码: ") < count:
                    assert client.pump(), client.text
                client.press("wrong", "enter")
                while client.raw.count("动态码: ") < count:
                    assert client.pump(), client.text
                client.press("000000", "enter")
            assert client.ended() == 255
    refused(served.sign_in("zhangwei"))
    assert why(served) == "signin.locked"
    refused(served.sign_in("nobody", key=served.keys["zhangwei"]))
    assert why(served) == "signin.locked"
    served.clock.advance(3700)
    served.sign_in("zhangwei").until("我的队列")


@pytest.mark.clause("issue-4")
def test_an_address_that_tries_every_name_is_locked(served: Served) -> None:
    store = served.desk.running.parts.store
    for _ in range(addresses.BACKOFF.free):
        store.run(lambda uow: addresses.failed(uow, "127.0.0.1"))
    refused(served.sign_in("zhangwei"))
    (event,) = served.events(REFUSED, result="refused")
    assert event.rule == "signin.refused"
    assert not store.run(lambda uow: addresses.shut(uow, "127.0.0.2"))
    served.clock.advance(61)
    served.sign_in("zhangwei").until("我的队列")


@pytest.mark.clause("Y-4.1.2", "Y-4.2.2", "issue-4")
def test_in_prod_a_plain_key_counts_only_while_two_people_allow_it(tmp_path: Path) -> None:
    with serving(tmp_path, Profile.PROD, plain_keys_days=1) as house:
        client = house.sign_in("zhangwei")
        client.until("我的队列")
        client.press("ctrl+q")
        client.ended()
        house.clock.advance(86_400)
        refused(house.sign_in("zhangwei"))
        assert why(house) == "signin.ssh_key"


def test_nothing_typed_is_anywhere(house: Served) -> None:
    secret = "a password typed in the wrong place 1"
    refused(house.sign_in("wangfang", password=secret, code="987654"))
    root = house.desk.running.home.root
    for path in root.rglob("*"):
        if path.is_file():
            assert secret.encode() not in path.read_bytes(), path.name
            assert PASSWORD.encode() not in path.read_bytes(), path.name
