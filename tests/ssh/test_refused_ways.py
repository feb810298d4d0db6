"""Ways in that are not open: each is refused, and each refusal is in the log. asyncssh's client, and bare sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence

import asyncssh
import pytest
from asyncssh.packet import String, UInt32

from console.bench.visitors import Visitor
from console.serve import file_words
from console.serve.file_words import See
from console.serve.link import pair
from console.serve.messages import Enter, FileAsked, Return, encode
from console.serve.reception import Reception
from tests.ssh.test_factors import run, turned_away
from tests.ssh.test_fuzz_ssh import REFUSED, account, stands
from tests.support.served import PASSWORD, Served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.debian("ssh", "ssh-keygen"),
    pytest.mark.clause("issue-4", "T11", "Y-4.2.2"),
]

Ask = tuple[bytes, tuple[bytes, ...]]
NO, YES = b"\0", b"\1"


class Odd(asyncssh.SSHClient):
    """Asks to be let in, one way after the other, and shows no key of its own. asks: the methods and what they say."""

    def __init__(self, asks: Sequence[Ask]) -> None:
        self._asks = iter(asks)
        self._conn: asyncssh.SSHClientConnection

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        self._conn = conn

    async def public_key_auth_requested(self) -> None:
        """Called anew after every no."""
        for method, words in self._asks:
            await self._conn.send_userauth_request(method, *words)
            await asyncio.sleep(3600)


async def come(house: Served, login: str, client: Callable[[], asyncssh.SSHClient], **more: object) -> None:
    """Try to come in, and do not."""
    with pytest.raises((asyncssh.Error, ConnectionError)):
        async with asyncssh.connect(
            "127.0.0.1",
            house.door.address.port,
            username=login,
            known_hosts=None,
            config=None,
            agent_path=None,
            client_factory=client,
            login_timeout=60,
            **{"client_keys": None, **more},
        ):
            pytest.fail("came in")


WAYS: dict[str, Ask] = {
    "password": (b"password", (NO, String(PASSWORD))),
    "another password": (b"password", (YES, String(PASSWORD), String("new " + PASSWORD))),
    "host": (b"hostbased", (String("ssh-ed25519"), String(b""), String("a.example"), String("root"), String(b""))),
    "kerberos": (b"gssapi-with-mic", (UInt32(1), String(bytes.fromhex("06092a864886f712010202")))),
    "kerberos exchanged": (b"gssapi-keyex", (String(b"mic"),)),
    "questions before a key": (b"keyboard-interactive", (String(""), String(""))),
    "nonsense": (b"\xff\x00odd@nobody", ()),
    "nothing": (b"", ()),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_method_that_is_not_open_is_logged_once_a_visit(house: Served, way: Ask) -> None:
    before = len(turned_away(house, "method"))
    asyncio.run(come(house, "zhangwei", lambda: Odd([way, way])))
    turned_away(house, "method", before + 1)


def test_openssh_that_asks_which_methods_there_are_is_refused_nothing_by_that(house: Served) -> None:
    before = len(turned_away(house, "method"))
    assert run(house, "zhangwei", "-o", "PreferredAuthentications=none,publickey").returncode == 255
    asyncio.run(come(house, "zhangwei", lambda: Odd([WAYS["password"]])))
    turned_away(house, "method", before + 1)


class Forged(asyncssh.SSHKeyPair):
    """Somebody's public key, and signatures of anything but it."""

    def __init__(self, key: asyncssh.SSHKey, signed: Callable[[bytes], bytes]) -> None:
        algorithm = key.algorithm
        super().__init__(algorithm, algorithm, (algorithm,), (algorithm,), key.public_data, None)
        self._signed = signed

    def sign(self, data: bytes) -> bytes:
        return String(b"ssh-ed25519") + String(self._signed(data))


SIGNATURES: dict[str, Callable[[bytes], bytes]] = {
    "somebody else's": lambda data: asyncssh.generate_private_key("ssh-ed25519").sign_ssh(data, b"ssh-ed25519"),
    "none": lambda _: b"",
    "zeroes": lambda _: b"\0" * 64,
    "long": lambda _: b"x" * 20_000,
}


@pytest.mark.parametrize("signed", SIGNATURES.values(), ids=SIGNATURES)
def test_a_signature_that_the_shown_key_did_not_make_is_logged(house: Served, signed: Callable[[bytes], bytes]) -> None:
    before, kinds = len(turned_away(house, "signature")), len(turned_away(house, "key_kind"))
    key = Forged(asyncssh.read_private_key(house.keys["zhangwei"]), signed)
    asyncio.run(come(house, "zhangwei", asyncssh.SSHClient, client_keys=[key], preferred_auth="publickey"))
    turned_away(house, "signature", before + 1)
    assert len(turned_away(house, "key_kind")) == kinds


@pytest.mark.parametrize("blob", [b"", b"no key", String(b"ssh-ed25519") + String(b"short")], ids=len)
def test_what_is_no_key_is_logged_as_a_kind_that_counts_nowhere(house: Served, blob: bytes) -> None:
    before = len(turned_away(house, "key_kind"))
    ask = b"publickey", (NO, String(b"ssh-ed25519"), String(blob))
    asyncio.run(come(house, "zhangwei", lambda: Odd([ask, ask])))
    turned_away(house, "key_kind", before + 1)


def test_a_certificate_is_one_as_well(house: Served) -> None:
    ours = asyncssh.generate_private_key("ssh-ed25519")
    certificate = asyncssh.generate_private_key("ssh-ed25519").generate_user_certificate(ours, "zhangwei")
    before = len(turned_away(house, "key_kind"))
    ask = b"publickey", (NO, String(certificate.algorithm), String(certificate.public_data))
    asyncio.run(come(house, "zhangwei", lambda: Odd([ask])))
    turned_away(house, "key_kind", before + 1)


def talk(house: Served, said: bytes, *, hang_up: bool = False) -> bytes:
    """Say something that is no SSH; what came back until the door hung up, or heard that we did."""
    with socket.create_connection(("127.0.0.1", house.door.address.port), timeout=60) as line:
        line.sendall(said)
        if hang_up:
            line.shutdown(socket.SHUT_WR)
        heard = b""
        try:
            while more := line.recv(1 << 16):
                heard += more
        except ConnectionError:
            pass
        return heard


@pytest.mark.parametrize(
    "said",
    [b"GET / HTTP/1.1\r\n\r\n", b"SSH-1.5-old\r\n", b"SSH-2.0-x\r\n" + b"\xff" * 64, b"SSH-2.0-\xe9\r\n", b"x" * 9_000],
    ids=["another protocol", "an old one", "no packet", "no ascii", "no end"],
)
def test_what_breaks_sshs_own_rules_is_logged(house: Served, said: bytes) -> None:
    before = len(turned_away(house, "protocol"))
    talk(house, said)
    turned_away(house, "protocol", before + 1)
    stands(house)


def test_so_is_a_name_without_an_end(house: Served) -> None:
    before = len(turned_away(house, "protocol"))
    asyncio.run(come(house, "x" * 2_000, asyncssh.SSHClient))
    turned_away(house, "protocol", before + 1)


def test_who_just_goes_was_refused_nothing(house: Served) -> None:
    before = len(turned_away(house, "protocol"))

    async def comes_and_goes(goes: Callable[[Visitor], Awaitable[object]]) -> None:
        visitor = await Visitor.come(house.door.address.port, account(house, "liuyang"))
        await visitor.painted(b"VEILDESK")
        await goes(visitor)

    async def pulled(visitor: Visitor) -> None:
        visitor.connection.abort()

    async def cross(visitor: Visitor) -> None:
        visitor.connection.disconnect(asyncssh.DISC_PROTOCOL_ERROR, "you are no SSH")

    for goes in (pulled, cross):
        house.clock.advance(60)
        ends = len(house.events("account:session:end"))
        asyncio.run(comes_and_goes(goes))
        while len(house.events("account:session:end")) == ends:
            house.until_event("account:session:end")
    talk(house, b"HTTP", hang_up=True)
    turned_away(house, "protocol", before)
    talk(house, b"GET / HTTP/1.1\r\n\r\n")
    turned_away(house, "protocol", before + 1)


class Hasty(asyncssh.SSHClient):
    """Answers, and asks anew while the answer is being judged."""

    def __init__(self, house: Served, conn: list[asyncssh.SSHClientConnection]) -> None:
        self._house, self._conns, self._asked = house, conn, 0

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        self._conns.append(conn)

    def kbdint_auth_requested(self) -> str:
        return ""

    def kbdint_challenge_received(self, *question: object) -> list[str]:
        del question
        self._asked += 1
        if self._asked == 1:
            asyncio.get_running_loop().create_task(self._again())
        return [PASSWORD, self._house.code()]

    async def _again(self) -> None:
        while not judged(self._house):
            await asyncio.sleep(0.01)
        await self._conns[0].send_userauth_request(b"keyboard-interactive", String(""), String(""))


def judged(house: Served) -> bool:
    """Somebody's factors are with the desk."""
    return any(visit.asked for visit in tuple(house.door.reception._visits.values()))


@pytest.fixture
def slow_hash(house: Served) -> Iterator[None]:
    """The desk judges nobody until the test is over."""
    hashing = house.desk.running.kernel._hashing

    async def take() -> None:
        await hashing.acquire()
        await hashing.acquire()

    async def give() -> None:
        hashing.release()
        hashing.release()

    house.wait(take())
    yield
    house.wait(give())


@pytest.mark.usefixtures("slow_hash")
def test_a_real_client_that_asks_over_its_own_question_is_logged_and_sits_nowhere(house: Served) -> None:
    key = asyncssh.read_private_key(house.keys["sunli"])
    asyncio.run(come(house, "sunli", lambda: Hasty(house, []), client_keys=[key]))
    event = house.until_event(REFUSED, rule="door.out_of_turn", source="127.0.0.1")
    assert (event.result, event.person_id) == ("refused", None)
    assert not house.events("account:session:sign_in", result="ok", person_id=house.desk.founded.persons["sunli"])


def asked(visit: int, word: bytes) -> bytes:
    """A question about files, as the door sends it."""
    return encode(FileAsked(visit=visit, number=1, body=word))


OUT_OF_TURN: dict[str, tuple[str, list[tuple[bytes, int]]]] = {
    "files of nobody": ("out_of_turn", [(asked(3, file_words.encode(See())), 0)]),
    "no words of files": ("garbled", [(asked(3, b"\xc1"), 0)]),
    "a session of nobody": ("out_of_turn", [(encode(Enter(visit=3)), 1)]),
    "a session without a socket": ("out_of_turn", [(encode(Enter(visit=3)), 0)]),
    "back twice": (
        "out_of_turn",
        [(encode(Return(visit=3, source="127.0.0.1", login="lina", key=b"")), 1)] * 2,
    ),
    "no message": ("garbled", [(b"\xc1", 0)]),
}


@pytest.mark.parametrize(("rule", "words"), OUT_OF_TURN.values(), ids=OUT_OF_TURN)
def test_a_front_door_that_is_not_what_it_was_is_logged(
    house: Served, rule: str, words: list[tuple[bytes, int]]
) -> None:
    before = len(house.events(REFUSED, rule=f"door.{rule}"))

    async def say() -> None:
        ours, theirs = pair()
        room = Reception(house.desk.running.kernel, theirs, lambda: None)
        line, other = socket.socketpair()
        with ours, line, other:
            for word, beside in words:
                socket.send_fds(ours, [word], [line.fileno()] * beside)
            async with asyncio.timeout(60):
                while len(house.events(REFUSED, rule=f"door.{rule}")) == before:
                    await asyncio.sleep(0.02)
            await room.close()

    house.wait(say())
    assert len(house.events(REFUSED, rule=f"door.{rule}")) == before + 1
