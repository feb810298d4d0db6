"""A provider of privacy numbers that verifies what it is asked: what is bound, what failures are told as, no leaks."""

from __future__ import annotations

import ssl
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from access.context import SECOND, SystemClock
from console.dial.axb import posting
from console.dial.axb.cloud import CloudNumbers
from console.dial.axb.posting import NotDone
from console.dial.axb.said import Cloud
from tests.support.clock import FakeClock
from tests.support.cloud_peer import KEY_ID, POOL, SECRET, CloudPeer

pytestmark = pytest.mark.clause("issue-5", "C-5.4e-1")
A, B, X = "057100000000", "13800138000", "17000000001"
HOUR = 3600 * SECOND


class Now(FakeClock):
    """The machine's time, put off by what a test says, in microseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.off = 0

    def now_us(self) -> int:
        return SystemClock().now_us() + self.off


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[CloudPeer]:
    peer = CloudPeer(tmp_path / "peer")
    yield peer
    peer.close()


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def numbers(now: Now) -> CloudNumbers:
    return CloudNumbers(now)


def to(peer: CloudPeer, **more: str) -> Cloud:
    said = Cloud(url=peer.url, key_id=KEY_ID, secret=SECRET, pool=POOL, ca=str(peer.ca))
    return replace(said, **more)


def bind(numbers: CloudNumbers, at: Cloud, now: Now, name: str = "b1", customer: str = B, hours: float = 1) -> str:
    return numbers.bind(at, name, (A, customer, X), now.now_us() + int(hours * HOUR))


def test_a_binding_is_made_and_ended(peer: CloudPeer, numbers: CloudNumbers, now: Now) -> None:
    assert bind(numbers, to(peer), now) == "ok"
    (there,) = peer.of(X)
    assert (there["A"], there["B"], there["out"]) == (A, B, "b1")
    end = datetime.strptime(there["until"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) - timedelta(hours=8)
    assert abs(end - datetime.now(UTC) - timedelta(hours=1)) < timedelta(minutes=1)
    # Asked for again by the same process, it is there; nothing is posted.
    assert bind(numbers, to(peer), now) == "ok"
    assert numbers.unbind(to(peer), "b1") == "ok"
    assert peer.of(X) == []
    assert numbers.unbind(to(peer), "b1") == "ok"
    assert peer.asked == ["BindAxb", "UnbindSubscription"]
    assert peer.faults == []
    # No number stands in an address or a header.
    assert all(one.startswith("/\n") for one in peer.seen)
    assert not any(needle in one for one in peer.seen for needle in (A, B, X, B[-8:], SECRET))


def test_an_end_that_is_near_is_put_off_and_kept_by_us(peer: CloudPeer, numbers: CloudNumbers, now: Now) -> None:
    assert bind(numbers, to(peer), now, hours=0.001) == "ok"
    # What the provider has ended by itself meanwhile is ended.
    peer.subscriptions.clear()
    assert numbers.unbind(to(peer), "b1") == "ok"


def test_who_is_not_let_in(peer: CloudPeer, numbers: CloudNumbers, now: Now) -> None:
    assert bind(numbers, to(peer, secret="another"), now) == "not_let_in"
    assert bind(numbers, to(peer, key_id="another"), now) == "not_let_in"
    now.off = -HOUR
    assert bind(numbers, to(peer), now) == "not_let_in"
    assert peer.faults == ["SignatureDoesNotMatch", "InvalidAccessKeyId.NotFound", "InvalidTimeStamp.Expired"]
    now.off = 0
    assert bind(numbers, to(peer, pool="FC2"), now) == "refused"
    assert peer.subscriptions == {}


def test_a_request_is_taken_once(
    peer: CloudPeer, numbers: CloudNumbers, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.dial.axb.posting.secrets.token_hex", lambda _: "0" * 32)
    assert bind(numbers, to(peer), now) == "ok"
    assert numbers.unbind(to(peer), "b1") == "not_let_in"
    assert peer.faults == ["SignatureNonceUsed"]


@pytest.mark.parametrize(
    ("play", "code"),
    [
        ("code isv.NO_AVAILABLE_NUMBER", "no_free"),
        ("code isp.RAM_PERMISSION_DENY", "not_let_in"),
        ("code isv.ACCOUNT_ABNORMAL", "not_let_in"),
        ("code isv.FLOW_LIMIT", "busy"),
        ("code Throttling.User", "busy"),
        ("code isv.MOBILE_NUMBER_ILLEGAL", "invalid"),
        ("code isv.EXPIRE_DATE_ILLEGAL", "refused"),
        ("code isp.SYSTEM_ERROR", "no_answer"),
        ("status 403", "not_let_in"),
        ("status 429", "busy"),
        ("status 503", "busy"),
        ("status 404", "refused"),
        ("status 500", "no_answer"),
        ("status 200", "no_answer"),
        ("junk", "no_answer"),
        ("huge", "no_answer"),
        ("elsewhere", "refused"),
        ("other number", "refused"),
    ],
)
def test_every_refusal_has_a_code(peer: CloudPeer, numbers: CloudNumbers, now: Now, play: str, code: str) -> None:
    peer.plays.append(play)
    assert bind(numbers, to(peer), now) == code
    assert peer.subscriptions == {}
    assert (peer.asked.count("BindAxb"), peer.redirected) == (1, 0)


@pytest.mark.parametrize("play", ["silence", "drops", "done and silence"])
def test_what_is_not_answered_is_unknown_and_not_posted_again(
    peer: CloudPeer, numbers: CloudNumbers, now: Now, monkeypatch: pytest.MonkeyPatch, play: str
) -> None:
    monkeypatch.setattr(posting, "WITHIN", 0.5)
    peer.plays.append(play)
    assert bind(numbers, to(peer), now) == "no_answer"
    assert peer.asked == ["BindAxb"]
    # Asked for again, by a person: what was done without a word is found, ended and made anew under the new name.
    monkeypatch.undo()
    assert bind(numbers, to(peer), now, "b2", hours=2) == "ok"
    assert [one["out"] for one in peer.of(X)] == ["b2"]


def test_a_new_dialer_takes_over_what_is_ours_and_nothing_else(peer: CloudPeer, now: Now) -> None:
    assert bind(CloudNumbers(now), to(peer), now) == "ok"
    after = CloudNumbers(now)
    assert bind(after, to(peer), now) == "ok"
    assert len(peer.of(X)) == 1
    # Another customer on that number: it stays whose it is.
    assert bind(CloudNumbers(now), to(peer), now, "b2", "13912345678") == "taken"
    assert [one["B"] for one in peer.of(X)] == [B]
    assert after.unbind(to(peer), "b1") == "ok"
    assert peer.subscriptions == {}


def test_a_provider_that_is_not_who_it_should_be(tmp_path: Path, peer: CloudPeer, now: Now) -> None:
    numbers = CloudNumbers(now)
    old = CloudPeer(tmp_path / "old", ssl.TLSVersion.TLSv1_2)
    elsewhere = CloudPeer(tmp_path / "elsewhere", name="127.0.0.9")
    try:
        for at in (to(peer, ca=""), to(peer, ca=str(old.ca)), to(old), to(elsewhere)):
            assert bind(numbers, at, now) == "not_verified"
        assert peer.seen == old.seen == elsewhere.seen == []
    finally:
        old.close()
        elsewhere.close()
    assert bind(numbers, to(old), now) == "away"
    assert bind(numbers, to(peer, ca=str(tmp_path / "none.pem")), now) == "away"
    assert bind(numbers, to(peer, url="https://127.0.0.1:99999"), now) == "away"


def test_no_proxy_is_used(peer: CloudPeer, numbers: CloudNumbers, now: Now, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert bind(numbers, to(peer), now) == "ok"


@pytest.mark.parametrize("play", ["code isv.BIND", "status 500", "junk", "silence"])
def test_no_error_holds_a_number(peer: CloudPeer, now: Now, monkeypatch: pytest.MonkeyPatch, play: str) -> None:
    monkeypatch.setattr(posting, "WITHIN", 0.5)
    peer.plays.append(play)
    with pytest.raises(NotDone) as caught:
        posting.post(to(peer), "BindAxb", {"PhoneNoB": B}, now.now_us())
    fault = caught.value
    assert fault.__context__ is None
    text = "".join(traceback.format_exception(fault)) + repr(fault) + repr(vars(fault)) + repr(to(peer))
    assert not any(needle in text for needle in (B, B[-8:], SECRET))
