"""What comes into a message of ours, or out of somebody's: nothing that could say more than it should."""

from __future__ import annotations

import msgspec
import pytest

from console.dial import messages, sdp
from console.dial.messages import Dial, Phone, Trunk
from console.dial.numbers import dialled
from console.dial.registrar import HOLDS, REALM, Registrar, _md5, secret_of
from console.dial.ticket import Ticket

pytestmark = pytest.mark.clause("issue-5")
ENDINGS = ["a b", "a\r\nX: y", "a>", 'a"', "a;b", "a@b", "", "x" * 65, "a\n"]
TICKET = Ticket("c", "e", 1, "t", "s", "r", "c", "f", 1, b"")


@pytest.mark.parametrize("word", ENDINGS)
def test_no_header_is_ended_by_what_the_desk_says(word: str) -> None:
    for said in (
        Dial(call_id="c", ticket=TICKET, phone="p", alias=word),
        Dial(call_id="c", ticket=TICKET, phone=word, alias="a"),
        Phone(name=word, secret=""),
        Trunk(host="127.0.0.1", port=1, domain=word, presented="1"),
        Trunk(host="127.0.0.1", port=1, domain="d", presented="1" + (word or " ")),
    ):
        with pytest.raises(msgspec.ValidationError):
            messages.at_dialer.decode(messages.encode(said))
    whole = Dial(call_id="c", ticket=TICKET, phone="ag-01", alias="case-7")
    assert messages.at_dialer.decode(messages.encode(whole)) == whole


def test_of_a_description_only_where_and_what() -> None:
    text = "v=0\r\no=138 1 1 IN IP4 9.9.9.9\r\ns=138\r\nc=IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP 0 101\r\na=x:138\r\n"
    assert sdp.parse(text) == sdp.Media("10.0.0.1", 4000, (0, 101))
    assert sdp.parse(text + "c=IN IP4 10.0.0.2\r\n") == sdp.Media("10.0.0.2", 4000, (0, 101))
    assert sdp.parse(text + "m=video 5000 RTP/AVP 96\r\nc=IN IP4 10.0.0.3\r\n") == sdp.Media("10.0.0.1", 4000, (0, 101))
    for broken in ("", "m=audio 4000 RTP/AVP 8", "c=IN IP4 1.2.3.4", "c=IN IP4 1.2.3.4\nm=audio 0 RTP/AVP 8", "x" * 99):
        assert sdp.parse(broken) is None
    assert sdp.agreed((18, 0, 8, 101)) == (0, 101)
    assert sdp.agreed((8,)) == (8,)
    assert sdp.agreed((18, 101)) == ()
    ours = sdp.build("127.0.0.1", 4000, (8, 101), 7)
    assert sdp.parse(ours) == sdp.Media("127.0.0.1", 4000, (8, 101))


@pytest.mark.parametrize(
    ("number", "strip", "prefix", "called"),
    [
        ("13800138000", "", "", "+8613800138000"),
        ("+86 138-0013-8000", "+86", "", "13800138000"),
        ("0571-88889999", "", "", "+8657188889999"),
        ("13800138000", "+86", "90", "9013800138000"),
        ("+14155552671", "+86", "", "+14155552671"),
        ("0571-88889999-123", "", "", None),
        ("110", "", "", None),
        ("nobody", "", "", None),
    ],
)
def test_the_digits_that_a_line_wants(number: str, strip: str, prefix: str, called: str | None) -> None:
    assert dialled(number, strip, prefix) == called


class Digest:
    """What an Authorization header says."""

    qop: str | None = None
    cnonce: str | None = None
    nc: str | None = None
    algorithm: str | None = "MD5"
    uri: str | None = "sip:x"

    def __init__(self, username: str, nonce: str, secret: str, realm: str = REALM) -> None:
        self.username: str | None = username
        self.realm: str | None = realm
        self.nonce: str | None = nonce
        self.response: str | None = _md5(f"{secret}:{nonce}:{_md5('REGISTER:sip:x')}")


def test_a_nonce_is_used_once_and_not_for_long() -> None:
    phones, secret = Registrar(), secret_of("ag01", "word")
    phones.allow("ag01", secret)
    nonce = phones.challenge(100.0)
    assert phones.proven(Digest("ag01", nonce, secret), 101.0) == "ag01"
    assert phones.proven(Digest("ag01", nonce, secret), 101.0) is None
    assert phones.proven(Digest("ag01", phones.challenge(100.0), secret), 131.0) is None
    assert phones.proven(Digest("ag01", "made up", secret), 101.0) is None
    assert phones.proven(Digest("ag01", phones.challenge(100.0), secret_of("ag01", "other")), 101.0) is None
    assert phones.proven(Digest("ag02", phones.challenge(100.0), secret), 101.0) is None
    assert phones.proven(Digest("ag01", phones.challenge(100.0), secret, "elsewhere"), 101.0) is None


def test_a_registration_ends_by_itself_and_with_its_secret() -> None:
    phones = Registrar()
    phones.allow("ag01", secret_of("ag01", "word"))
    assert phones.put("ag01", "x", ("10.0.0.1", 5060), seconds=9999, now=0.0) == HOLDS
    assert phones.find("ag01", HOLDS - 1.0) is not None
    assert phones.at(("10.0.0.1", 5060)) == "ag01"
    assert phones.find("ag01", HOLDS + 1.0) is None
    assert phones.gone(HOLDS + 1.0) == ["ag01"]
    assert phones.gone(HOLDS + 1.0) == []
    phones.put("ag01", "x", ("10.0.0.1", 5060), seconds=60, now=0.0)
    phones.allow("ag01", "")
    assert phones.find("ag01", 1.0) is None
