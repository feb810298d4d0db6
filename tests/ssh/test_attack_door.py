"""The door attacked by who knows SSH well: questions taken back midway, one channel for two, lines without an end."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from types import SimpleNamespace
from typing import cast

import asyncssh
import pytest
from asyncssh.packet import String, UInt32

from access.people.public_keys import parse
from console.bench.visitors import Visitor
from console.serve.link import Link
from console.serve.messages import Answered, FromDesk, Prove, at_door_from_desk
from console.serve.reception import Reception
from console.serve.visitor import House as AtHouse
from console.serve.visitor import Visitor as AtDoor
from tests.ssh.test_fuzz_ssh import REFUSED, answered, stands, visit
from tests.ssh.test_sessions import sessions
from tests.support.served import PASSWORD, Served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.debian("ssh", "ssh-keygen"),
    pytest.mark.clause("issue-4", "T11", "Y-4.2.2"),
]


def proof(house: Served, login: str, password: str = PASSWORD) -> Prove:
    """What the door says of three factors."""
    key = parse(house.keys[login].with_suffix(".pub").read_text(encoding="utf-8")).blob
    return Prove(visit=1, source="127.0.0.9", login=login, key=key, password=password, code=house.code())


async def asked(house: Served, *proofs: Prove, at_once: bool) -> list[bool]:
    """Ask a reception of one's own; what it answered to one visitor."""
    heard: asyncio.Queue[Answered] = asyncio.Queue()

    def take(message: FromDesk, descriptors: list[int]) -> None:
        assert not descriptors
        if isinstance(message, Answered):
            heard.put_nowait(message)

    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    room = Reception(house.desk.running.kernel, theirs, lambda: None)
    link = Link(ours, at_door_from_desk, take, lambda: None)
    said = []
    try:
        async with asyncio.timeout(60):
            for one in proofs:
                await link.send(one)
                if not at_once:
                    said.append((await heard.get()).seated)
            if at_once:
                said.append((await heard.get()).seated)
    finally:
        await room.close()
        link.close()
    return said + [heard.get_nowait().seated for _ in range(heard.qsize())]


def test_a_question_over_another_is_answered_for_neither(house: Served) -> None:
    both = proof(house, "zhangwei"), proof(house, "lina", "not hers, whoever she is")
    assert house.wait(asked(house, *both, at_once=True)) == [False]
    assert house.until_event(REFUSED, rule="door.out_of_turn", source="127.0.0.9").result == "refused"
    # The one whose factors were right, and were judged to the end, sits nowhere.
    for one in house.events("account:session:sign_in", source="127.0.0.9", result="ok"):
        house.until_event("account:session:end", result="ok", session_id=one.session_id)


def test_whoever_was_let_in_is_not_let_in_again_under_another_name(house: Served) -> None:
    right, wrong = proof(house, "zhangwei"), proof(house, "lina", "not hers, whoever she is")
    before = len(house.events(REFUSED, rule="door.out_of_turn"))
    assert house.wait(asked(house, right, wrong, at_once=False)) == [True, False]
    (event,) = house.events(REFUSED, rule="door.out_of_turn")[before:]
    assert event.person_id == house.desk.founded.persons["zhangwei"], "whose seat it was"
    last = house.until_event("account:session:sign_in", source="127.0.0.9", result="ok")
    house.until_event("account:session:end", result="ok", session_id=last.session_id)


def test_a_wrong_password_may_be_said_again(house: Served) -> None:
    wrong, right = proof(house, "wangfang", "not hers, whoever she is"), proof(house, "wangfang")
    assert house.wait(asked(house, wrong, right, at_once=False)) == [False, True]


def test_another_name_begins_anew() -> None:
    visitor = AtDoor.__new__(AtDoor)
    visitor._conn, visitor._login = None, ""
    visitor._signed, visitor.seated = b"a key", True
    assert visitor.begin_auth("lina+drop")
    assert not visitor.seated
    assert visitor.opened_with == ("lina", b"")


@pytest.mark.parametrize("kind", ["ssh-rsa", "ecdsa-sha2-nistp256", "ssh-ed448"])
def test_a_key_of_a_kind_that_counts_nowhere_is_logged_once_a_visit(kind: str) -> None:
    said: list[str] = []
    visitor = AtDoor(cast("AtHouse", SimpleNamespace(refuse=lambda _, what: said.append(what))))
    visitor.begin_auth("lina")
    for _ in range(3):
        assert not visitor.validate_public_key("lina", asyncssh.generate_private_key(kind))
    assert said == ["key_kind"]
    assert visitor.validate_public_key("lina", asyncssh.generate_private_key("ssh-ed25519"))
    assert said == ["key_kind"]


def test_one_channel_is_one_terminal_and_each_further_thing_is_logged(house: Served) -> None:
    pty = String(b"xterm"), *(UInt32(number) for number in (80, 24, 0, 0)), String(b"")

    async def ask(visitor: Visitor) -> None:
        await visitor.painted(b"VEILDESK")
        for name, words in (
            (b"shell", ()),
            (b"pty-req", pty),
            (b"exec", (String(b"id"),)),
            (b"exec", (String(b"\xff\xfe"),)),
            (b"subsystem", (String(b"sftp"),)),
            (b"subsystem", (String(b"\xff\xfe"),)),
        ):
            assert not await visitor.channel._make_request(name, *words)
        await answered(visitor)

    visit(house, "chenjing", ask)
    person = house.desk.founded.persons["chenjing"]
    house.until_event(REFUSED, rule="door.subsystem", person_id=person)
    rules = [one.rule for one in house.events(REFUSED, person_id=person)]
    again = "door.second_session"
    assert rules == [again, again, again, "door.exec", again, "door.subsystem"]
    stands(house)


def talk_on(line: socket.socket) -> None:
    """Say what has no end."""
    for _ in range(1 << 12):
        line.sendall(b"SSH-2.0-" + b"x" * (1 << 14))


def test_a_line_without_an_end_and_a_caller_without_a_word(house: Served) -> None:
    address = ("127.0.0.1", house.door.address.port)
    with socket.create_connection(address) as silent, socket.create_connection(address) as endless:
        endless.settimeout(60)
        with pytest.raises(ConnectionError):
            talk_on(endless)
        silent.sendall(b"SSH-2.0-")
        stands(house)


def test_a_hang_up_signal_stops_nothing_but_the_session_it_meets(house: Served) -> None:
    stays = house.sign_in("zhangwei")
    stays.until("我的队列")
    goes = house.sign_in("liuyang")
    goes.until("VEILDESK")
    for process in house.door.processes.values():
        os.kill(process, signal.SIGHUP)
    os.kill(max(sessions(house)), signal.SIGHUP)
    assert goes.ended() != 0
    stays.press("?")
    stays.until("帮助")
    stays.press("escape", "ctrl+q")
    assert stays.ended() == 0
    stands(house)
