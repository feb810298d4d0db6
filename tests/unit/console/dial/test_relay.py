"""What passes between two legs as those who hear it take it: one stream, bare or covered, whatever a phone sends."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.dial import announcing, rtp
from console.dial.relay import Leg, RelayedCall
from console.dial.srtp import Cover
from masking.recording import new_recording_key

HOST = "127.0.0.1"
KEY = bytes(range(30))
TYPES = (8, 101)
pytestmark = pytest.mark.clause("issue-5")


class Side:
    """Whoever a leg is spoken with. cover: what theirs goes through, none for a bare one."""

    def __init__(self, cover: Cover | None = None) -> None:
        self.cover = cover
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind((HOST, 0))
        self.sock.settimeout(30)
        self.port: int = self.sock.getsockname()[1]

    def say(self, to: int, number: int, *, source: bytes = b"SSRC", stamp: int | None = None) -> None:
        head = b"\x80\x08" + number.to_bytes(2, "big")
        data = head + (number * 160 if stamp is None else stamp).to_bytes(4, "big") + source
        data += bytes([number % 256]) * 160
        covered = data if self.cover is None else self.cover.over(data)
        assert covered is not None
        self.sock.sendto(covered, (HOST, to))

    def hear(self) -> rtp.Packet:
        """The next packet, which has to be one."""
        data = self.sock.recv(2048)
        bare = data if self.cover is None else self.cover.off(data)
        assert bare is not None
        found = rtp.parse(bare)
        assert found is not None
        return found


class Relayed:
    """A call that stands, its customer's leg covered."""

    def __init__(self, folder: Path) -> None:
        self.agent, self.customer = Side(), Side(Cover(KEY[::-1], KEY))
        descriptor = os.open(folder / "one.vdr", os.O_WRONLY | os.O_CREAT, 0o600)
        self.call = RelayedCall(Leg(HOST), Leg(HOST), new_recording_key("rec"), descriptor)
        assert self.call.agent.aim((HOST, self.agent.port), HOST, TYPES)
        assert self.call.customer.aim((HOST, self.customer.port), HOST, TYPES, (KEY, KEY[::-1]))
        assert self.call.begin(0.0)

    def agent_says(self, number: int, **more: object) -> None:
        self.agent.say(self.call.agent.port, number, **more)  # type: ignore[arg-type]
        self.call.hear(agent=True, now=1.0)

    def customer_says(self, number: int, **more: object) -> None:
        self.customer.say(self.call.customer.port, number, **more)  # type: ignore[arg-type]
        self.call.hear(agent=False, now=1.0)

    def close(self) -> None:
        self.call.part()
        self.call.end(1.0)
        self.agent.sock.close()
        self.customer.sock.close()


@pytest.fixture
def relayed(tmp_path: Path) -> Iterator[Relayed]:
    relayed = Relayed(tmp_path)
    yield relayed
    relayed.close()


def test_a_packet_twice_ends_nothing(relayed: Relayed) -> None:
    for number in (1, 2, 2, 1, 3):
        relayed.agent_says(number)
    heard = [relayed.customer.hear() for _ in range(3)]
    assert [one.payload[0] for one in heard] == [1, 2, 3]
    assert [(one.number - heard[0].number) % 65536 for one in heard] == [0, 1, 2]


@pytest.mark.parametrize(("begins", "source"), [(33_000, b"SSRC"), (20_000, b"SSRC"), (900, b"SSRC"), (900, b"next")])
def test_a_phone_that_begins_another_stream_is_heard_on(relayed: Relayed, begins: int, source: bytes) -> None:
    for number in (1000, 1001):
        relayed.agent_says(number)
    for number in range(begins, begins + 4):
        relayed.agent_says(number, source=source, stamp=number)
    # From its second packet on at the latest, once it is clear that it is none that came astray.
    first = [relayed.customer.hear() for _ in range(2)]
    later = [relayed.customer.hear() for _ in range(4 if source == b"next" else 3)]
    assert [one.payload[0] for one in later][-3:] == [number % 256 for number in range(begins + 1, begins + 4)]
    numbers = [(one.number - first[0].number) % 65536 for one in (*first, *later)]
    assert numbers == list(range(len(numbers)))
    assert later[0].marked
    assert len({one.source for one in (*first, *later)}) == 1
    # No time runs backwards, and as much passed as did.
    stamps = [(one.stamp - first[0].stamp) % (1 << 32) for one in (*first, *later)]
    assert stamps == sorted(stamps)
    assert stamps[2] - stamps[1] < 30 * 8000


def test_one_packet_astray_changes_nothing(relayed: Relayed) -> None:
    for number in (1000, 40_000, 1001, 1002):
        relayed.agent_says(number)
    heard = [relayed.customer.hear() for _ in range(3)]
    assert [one.payload[0] for one in heard] == [1000 % 256, 1001 % 256, 1002 % 256]
    assert [(one.number - heard[0].number) % 65536 for one in heard] == [0, 1, 2]


def test_what_a_covered_side_sends_twice_or_anew(relayed: Relayed) -> None:
    for number in (1, 2):
        relayed.customer_says(number)
    # What comes again as it was, from whoever, is dropped; a stream begun anew is heard.
    relayed.agent.sock.settimeout(30)
    data = relayed.customer.cover.over(b"\x80\x08\x00\x03" + bytes(4) + b"SSRC" + b"v" * 160)  # type: ignore[union-attr]
    for _ in range(2):
        relayed.customer.sock.sendto(data or b"", (HOST, relayed.call.customer.port))
        relayed.call.hear(agent=False, now=1.0)
    relayed.customer_says(9, source=b"next")
    heard = [relayed.agent.hear() for _ in range(4)]
    assert [one.payload[:1] for one in heard] == [b"\x01", b"\x02", b"v", b"\x09"]
    assert relayed.call.customer.dropped == 1
    # And what goes the other way is heard by both sides' covers all the while.
    relayed.agent_says(5)
    assert relayed.customer.hear().payload[0] == 5


SENT = st.lists(st.tuples(st.sampled_from([b"aaaa", b"bbbb"]), st.integers(0, 65535) | st.integers(65_400, 65_535)))


@given(SENT, st.integers(0, 65535))
def test_whatever_is_sent_on_is_covered_or_came_twice(sent: list[tuple[bytes, int]], first: int) -> None:
    stream, cover = rtp.Stream(), Cover(KEY, KEY[::-1])
    there: set[int] = set()
    for at, (source, number) in enumerate([(b"aaaa", (first + n) % 65536) for n in range(150)] + sent):
        ours = stream.put(rtp.Packet(8, False, number, number, source, b"v" * 160), at * 0.02)  # noqa: FBT003
        if ours is not None:
            taken = cover.over(rtp.build(ours, b"ours"))
            assert (taken is None) is (ours.number in there)
            there.add(ours.number)


def test_a_stream_begins_anywhere() -> None:
    begun = [rtp.Stream().put(rtp.Packet(8, False, 7, 7, b"s", b"v"), 0.0) for _ in range(4)]  # noqa: FBT003
    assert len({(one.number, one.stamp) for one in begun if one is not None}) == 4


def test_the_announced_port_is_heard_whoever_spoke_before(relayed: Relayed) -> None:
    early, third = Side(), Side()
    try:
        # The last of early media came after the answer, from where the customer does not speak.
        for number in (1, 2):
            early.say(relayed.call.agent.port, number)
            relayed.call.hear(agent=True, now=1.0)
        for number in (10, 11):
            relayed.agent_says(number, source=b"next")
        for side in (early, third):
            side.say(relayed.call.agent.port, 3)
            relayed.call.hear(agent=True, now=1.0)
        relayed.agent_says(12, source=b"next")
        heard = [relayed.customer.hear() for _ in range(5)]
        assert [one.payload[0] for one in heard] == [1, 2, 10, 11, 12]
        assert relayed.call.agent.dropped == 2
        relayed.customer_says(1)
        assert relayed.agent.hear().payload[0] == 1
    finally:
        early.sock.close()
        third.sock.close()


def test_whoever_is_heard_unannounced_is_heard_alone(relayed: Relayed) -> None:
    elsewhere, third = Side(), Side()
    try:
        for number, side in enumerate((elsewhere, third, elsewhere)):
            side.say(relayed.call.agent.port, number)
            relayed.call.hear(agent=True, now=1.0)
        assert [relayed.customer.hear().payload[0] for _ in range(2)] == [0, 2]
        relayed.customer_says(1)
        assert elsewhere.hear().payload[0] == 1
    finally:
        elsewhere.sock.close()
        third.sock.close()


def test_what_we_say_after_ringing_is_heard_from_its_first_packet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = bytes(one for one in range(1, 9) for _ in range(160))
    monkeypatch.setattr(announcing, "speech", lambda *_: frames)
    side, other = Side(), Side()
    descriptor = os.open(tmp_path / "one.vdr", os.O_WRONLY | os.O_CREAT, 0o600)
    call = RelayedCall(Leg(HOST), Leg(HOST), new_recording_key("rec"), descriptor, announced="both")
    try:
        assert call.agent.aim((HOST, side.port), HOST, TYPES)
        assert call.customer.aim((HOST, other.port), HOST, TYPES)
        assert call.ring(0.0)
        call.speak(0.0)
        ringing = side.hear()
        assert call.begin(0.01)
        for beat in range(100):
            call.speak(0.02 + beat * 0.02)
        assert not call.announcing
        heard = [side.hear() for _ in range(8)]
        assert [one.payload[0] for one in heard] == list(range(1, 9))
        assert [one.payload[0] for one in (other.hear() for _ in range(8))] == list(range(1, 9))
        assert heard[0].marked
        assert [(one.number - ringing.number) % 65536 for one in heard] == list(range(1, 9))
        assert ringing.source not in {one.source for one in heard}
    finally:
        call.part()
        call.end(3.0)
        side.sock.close()
        other.sock.close()
