"""Garbage at each of the service's doors: nothing falls over, staff still come in, and the desk's log still holds."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import socket
import struct

import msgspec
import pytest

from console.desk.api import AnyCall, calls
from console.desk.api.doorway import NoteSideDoor, SignInBySsh
from console.serve.link import LinkBroken, pair, receive
from console.serve.messages import Answered, Prove, at_desk, at_door_from_desk, at_zygote, encode
from console.serve.service import Address
from console.wire import LIMIT, Garbled, decode_ask, encode_call
from tests.support.served import Served

pytestmark = [pytest.mark.slow, pytest.mark.debian("ssh", "ssh-keygen"), pytest.mark.clause("issue-4")]

ROUNDS = 60


def throw(port: int, data: bytes) -> None:
    """Connect, say it, listen a little, hang up."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sock, contextlib.suppress(OSError):
        sock.settimeout(0.2)
        sock.sendall(data)
        sock.recv(4096)


def test_garbage_at_the_ssh_port(served: Served) -> None:
    dice = random.Random(20261122)  # noqa: S311 - a test's dice
    port = served.door.address.port
    for round_ in range(ROUNDS):
        noise = dice.randbytes(dice.randrange(1, 2000))
        greeting = b"SSH-2.0-noise\r\n" if round_ % 2 else b""
        packet = struct.pack(">IB", dice.randrange(1, 40_000), 4) + bytes([dice.randrange(256)]) + noise
        throw(port, greeting + (packet if round_ % 3 else noise))
    client = served.sign_in("zhangwei")
    client.until("我的队列")
    assert not served.over.is_set()


def test_garbage_from_a_session_that_was_taken_over_ends_its_line_alone(served: Served) -> None:
    other = served.sign_in("lina")
    other.until("李娜 S0021")
    dice = random.Random(7)  # noqa: S311 - a test's dice
    for number in range(ROUNDS):
        ours, theirs = socket.socketpair()
        body = dice.randbytes(dice.randrange(0, 400))
        length = len(body) if number % 2 else dice.choice((LIMIT + 1, 0xFFFFFFFF, 3))
        served.wait(said(served, theirs, struct.pack(">I", length) + body, ours))
    other.press("?")
    other.until("帮助")


async def said(served: Served, theirs: socket.socket, data: bytes, ours: socket.socket) -> None:
    """Serve a line on a socket that says this and nothing more."""
    from console.serve.converse import converse  # noqa: PLC0415 - only here

    line = served.desk.running.line("pts/1")
    reader, writer = await asyncio.open_connection(sock=theirs)
    ours.setblocking(False)  # noqa: FBT003 - its only argument
    with contextlib.suppress(OSError):
        ours.send(data)
    ours.close()
    try:
        await asyncio.wait_for(converse(line, reader, writer), 10)
    finally:
        writer.close()


@pytest.mark.parametrize("decoder", [at_desk, at_zygote, at_door_from_desk])
def test_garbage_on_a_link_ends_it_and_leaks_no_descriptor(decoder: msgspec.msgpack.Decoder[object]) -> None:
    dice = random.Random(11)  # noqa: S311 - a test's dice
    for number in range(200):
        left, right = pair()
        with left, right:
            good = encode(Answered(visit=1, seated=True))
            data = dice.randbytes(dice.randrange(1, 200)) if number % 2 else good[: dice.randrange(1, len(good))]
            socket.send_fds(left, [data], [left.fileno()])
            with pytest.raises(LinkBroken):
                receive(right, decoder)


@pytest.mark.parametrize(
    "call",
    [SignInBySsh(login="lina", password="x", code="000000", key="00"), NoteSideDoor(what="exec")],
)
def test_no_session_can_say_what_only_the_front_door_may(call: AnyCall) -> None:
    body = encode_call(1, "key", call)[4:]
    with pytest.raises(Garbled):
        decode_ask(body)
    assert type(call) not in calls()


def test_what_was_typed_is_in_no_text_of_a_message() -> None:
    message = Prove(visit=1, source="-", login="x", key=b"k", password="secret", code="123456")
    assert "secret" not in repr(message)
    assert "123456" not in f"{message}"


@pytest.mark.parametrize("said", ["", "2222", "host:", "host:x", "host:70000", "host:-1", "host:２"])
def test_what_is_no_address(said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$|"):
        Address.parse(said)


@pytest.mark.parametrize(
    ("said", "host"), [("127.0.0.1:22", "127.0.0.1"), ("[::1]:22", "::1"), ("a.example:22", "a.example")]
)
def test_what_is_an_address(said: str, host: str) -> None:
    assert Address.parse(said) == Address(host, 22)
    assert str(Address.parse(said)) == said
