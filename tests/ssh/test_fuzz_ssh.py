"""Everything odd that a signed-in SSH client can ask for: refused, logged, and the house stands."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from typing import Any

import asyncssh
import pytest
from asyncssh.packet import String, UInt32

from console.bench.visitors import Account, Visitor
from tests.support.served import PASSWORD, Served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.debian("ssh", "ssh-keygen"),
    pytest.mark.clause("issue-4", "T11"),
    # asyncssh's own end of a channel that is cut off in the middle of an answer.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

REFUSED = "account:door:refuse"
GIANT = 0xFFFFFFFF


def account(house: Served, login: str) -> Account:
    return Account(login, asyncssh.read_private_key(house.keys[login]), PASSWORD, house.code)


def visit(house: Served, login: str, does: Callable[[Visitor], Coroutine[Any, Any, None]]) -> None:
    """Come in, do it, go."""

    async def whole() -> None:
        visitor = await Visitor.come(house.door.address.port, account(house, login))
        try:
            async with asyncio.timeout(60):
                await does(visitor)
        except (asyncssh.Error, ConnectionError):
            # Sent away: what the log says of it is looked at by the test.
            pass
        finally:
            await visitor.go()

    asyncio.run(whole())


async def answered(visitor: Visitor) -> None:
    """The door still answers this visitor."""
    connection = visitor.connection
    await connection._make_global_request(b"keepalive@openssh.com")


def stands(house: Served) -> None:
    """Somebody else comes in."""
    assert not house.over.is_set()
    client = house.sign_in("lina")
    client.until("S0021")
    client.press("ctrl+q")
    client.ended()


def test_unknown_requests_of_the_connection_and_the_channel(house: Served) -> None:
    dice = random.Random(5)  # noqa: S311 - a test's dice

    async def ask(visitor: Visitor) -> None:
        await visitor.painted(b"VEILDESK")
        connection, channel = visitor.connection, visitor.channel
        for number in range(20):
            name = dice.randbytes(dice.randrange(0, 40)) if number % 2 else b"tcpip-forward@nobody"
            await connection._make_global_request(name, String(dice.randbytes(dice.randrange(0, 200))))
            await channel._make_request(b"odd%d" % number, String(dice.randbytes(dice.randrange(0, 200))))
        await answered(visitor)

    visit(house, "zhangwei", ask)
    house.until_event(REFUSED, rule="door.unknown", person_id=house.desk.founded.persons["zhangwei"])
    stands(house)


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (GIANT, GIANT), (0, GIANT)])
def test_terminals_of_absurd_sizes(house: Served, size: tuple[int, int]) -> None:
    async def ask(visitor: Visitor) -> None:
        await visitor.painted(b"\x1b[", size=size)
        for width, height in [(0, 0), (GIANT, 1), (1, GIANT), (GIANT, GIANT), (80, 24)]:
            visitor.channel._send_request(b"window-change", UInt32(width), UInt32(height), UInt32(GIANT), UInt32(GIANT))
        await answered(visitor)

    visit(house, "wangfang", ask)
    stands(house)


def test_a_storm_of_window_changes(house: Served) -> None:
    async def ask(visitor: Visitor) -> None:
        await visitor.painted(b"VEILDESK")
        for number in range(2_000):
            visitor.channel._send_request(
                b"window-change", UInt32(80 + number % 60), UInt32(24 + number % 20), UInt32(0), UInt32(0)
            )
        await answered(visitor)

    visit(house, "chenjing", ask)
    stands(house)


def test_a_flood_of_environment_ends_the_visit_and_is_logged(house: Served) -> None:
    async def ask(visitor: Visitor) -> None:
        await visitor.painted(b"VEILDESK", env={f"NAME{number}": "x" * 100 for number in range(500)})

    visit(house, "liuyang", ask)
    person = house.desk.founded.persons["liuyang"]
    for rule in ("door.environment", "door.too_many"):
        assert house.until_event(REFUSED, rule=rule, person_id=person).result == "refused"
    stands(house)


def test_broken_requests_of_a_channel(house: Served) -> None:
    dice = random.Random(9)  # noqa: S311 - a test's dice

    async def ask(visitor: Visitor) -> None:
        await visitor.painted(b"VEILDESK")
        for name in (b"pty-req", b"window-change", b"signal", b"xon-xoff", b"break", b"shell", b"exec", b"subsystem"):
            visitor.channel._send_request(name, dice.randbytes(dice.randrange(0, 30)), want_reply=True)
            await asyncio.sleep(0)
        await answered(visitor)

    visit(house, "yangmin", ask)
    stands(house)


def test_channels_of_unknown_kinds(house: Served) -> None:
    async def ask(visitor: Visitor) -> None:
        for number in range(10):
            kind = b"session" if number == 9 else b"kind%d@nobody" % number
            packet = String(kind), UInt32(1000 + number), UInt32(GIANT), UInt32(GIANT)
            visitor.connection.send_packet(90, *packet)
        await answered(visitor)

    visit(house, "machao", ask)
    person = house.desk.founded.persons["machao"]
    house.until_event(REFUSED, rule="door.unknown", person_id=person)
    stands(house)
