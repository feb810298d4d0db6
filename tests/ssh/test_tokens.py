"""Hardware tokens as OpenSSH speaks of them: a touched one counts, an untouched one does not; `prod` takes them.

No token is at hand where tests run, so the private half is a key of the test's; what it signs is what a token signs
(OpenSSH PROTOCOL.u2f): application, flags, counter and the digest of the message.
"""

from __future__ import annotations

import asyncio
import hashlib
import struct
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from access.people import possession, public_keys
from access.people.deed import Hand
from access.store.base import UnitOfWork
from masking.keys import Profile
from tests.support.served import PASSWORD, Served, serving

pytestmark = [pytest.mark.slow, pytest.mark.debian("ssh-keygen"), pytest.mark.clause("Y-4.2.2", "issue-4")]

KIND = b"sk-ssh-ed25519@openssh.com"
APPLICATION = b"ssh:"
TOUCHED, UNTOUCHED = 1, 0


def string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


class Token(asyncssh.SSHKeyPair):
    """A token: its signatures say whether it was touched."""

    def __init__(self, flags: int) -> None:
        self._key = asyncssh.generate_private_key("ssh-ed25519")
        point = self._key.public_data[-32:]
        self._flags = flags
        self._counter = 0
        super().__init__(KIND, KIND, [KIND], [KIND], string(KIND) + string(point) + string(APPLICATION), b"")

    def sign(self, data: bytes) -> bytes:
        """As a token signs."""
        self._counter += 1
        tail = struct.pack(">BI", self._flags, self._counter)
        digest = hashlib.sha256(APPLICATION).digest() + tail + hashlib.sha256(data).digest()
        packed = self._key.sign(digest, b"ssh-ed25519")
        (name,) = struct.unpack_from(">I", packed)
        return string(KIND) + packed[4 + name :] + tail


class Typist(asyncssh.SSHClient):
    """Answers what is asked."""

    def __init__(self, code: str) -> None:
        self._answers = [PASSWORD, code]

    def kbdint_auth_requested(self) -> str:
        return ""

    def kbdint_challenge_received(self, name: str, instructions: str, lang: str, prompts: Any) -> list[str]:
        del name, instructions, lang
        return self._answers if prompts else []


def give(house: Served, login: str, token: Token) -> None:
    """Put the token's public half into use for somebody."""
    parts, people = house.desk.running.parts, house.desk.founded.persons
    key = public_keys.PublicKey(KIND.decode(), token.public_data)

    def act(uow: UnitOfWork) -> None:
        possession.found(Hand(uow, parts.proofs), people[login], key, (people["zhenghao"], people["wugang"]))

    parts.store.run(act)


def comes_in(house: Served, login: str, token: Token) -> bool:
    """Whether somebody with this token, the right password and code gets a terminal."""

    async def try_it() -> bool:
        try:
            async with (
                asyncssh.connect(
                    "127.0.0.1",
                    house.door.address.port,
                    username=login,
                    known_hosts=None,
                    config=None,
                    agent_path=None,
                    client_keys=[token],
                    client_factory=lambda: Typist(house.code()),
                    login_timeout=30,
                ) as connection,
                connection.create_process(term_type="xterm", encoding=None) as process,
            ):
                seen = b""
                while "我的队列".encode() not in seen:
                    chunk = await asyncio.wait_for(process.stdout.read(4096), 30)
                    if not chunk:
                        return False
                    seen += chunk
                return True
        except asyncssh.PermissionDenied:
            return False

    return asyncio.run(try_it())


def test_in_prod_a_touched_token_comes_in_and_nothing_else(tmp_path: Path) -> None:
    with serving(tmp_path, Profile.PROD) as house:
        touched, untouched = Token(TOUCHED), Token(UNTOUCHED)
        give(house, "zhangwei", touched)
        give(house, "wangfang", untouched)
        assert comes_in(house, "zhangwei", touched)
        house.clock.advance(60)
        assert not comes_in(house, "wangfang", untouched), "nobody touched it"
        assert not comes_in(house, "wangfang", touched), "a colleague's"
